//! What the decision vectors show, counted: no check without a vector in which it alone makes the difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeSet;

use counterfoil_record::verdict::{CheckName, Code};
use counterfoil_testkit::recipes::decision;
use counterfoil_testkit::vectors::Expected;

/// The one check that keeps a step from being allowed or accepted.
fn alone(expect: &Expected) -> Option<&str> {
    let stopped = matches!(expect.outcome.as_deref(), Some("deny" | "refused"));
    match expect.fail.as_slice() {
        [check] if stopped && expect.needs.is_empty() && expect.cannot.is_empty() => {
            Some(check.split(':').next().unwrap_or(check))
        }
        _ => None,
    }
}

#[test]
fn each_check_is_the_only_one_to_stop_something_in_some_vector() {
    let vectors = decision::all();
    let steps = vectors.iter().flat_map(|vector| &vector.steps);
    let shown: BTreeSet<&str> = steps.filter_map(|step| alone(&step.expect)).collect();
    let all: BTreeSet<&str> = CheckName::ALL.iter().map(|check| check.code()).collect();
    assert_eq!(shown, all);
}

/// What no command can bring about: it takes a record that somebody forged, or a second clock.
const NOT_BY_COMMAND: [Code; 5] = [
    Code::NotOpened,
    Code::UnknownVersion,
    Code::TimeWentBack,
    Code::PolicyDoesNotCompile,
    Code::StateDiffers,
];

#[test]
fn each_code_stands_in_some_vector() {
    let vectors = decision::all();
    let codes = vectors.iter().flat_map(|vector| &vector.steps).flat_map(|step| &step.expect.codes);
    let shown: BTreeSet<&str> = codes.map(String::as_str).collect();
    let missing: Vec<Code> = Code::ALL.iter().filter(|code| !shown.contains(code.code())).copied().collect();
    assert_eq!(missing, NOT_BY_COMMAND);
}
