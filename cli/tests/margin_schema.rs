//! The JSON Schema of a story says what a margin is: every margin of the vectors, and the lists in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "schemas/schema.rs"]
mod schema;

use std::collections::BTreeSet;

use counterfoil_audit::{Auditor, Observer};
use counterfoil_decide::State;
use counterfoil_record::Record;
use counterfoil_review::margin::{Margin, Which};
use counterfoil_testkit::script::trust;
use counterfoil_testkit::vectors::{Decision, files, read};
use serde_json::{Value, json};

use schema::{assert_valid, schema, validator_at};

/// The margins of a log.
#[derive(Default)]
struct Margins(Vec<Value>);

impl Observer for Margins {
    fn before(&mut self, record: &Record, state: &State) {
        self.0.extend(Margin::of(record, state).map(|margin| serde_json::to_value(margin).unwrap()));
    }
}

#[test]
fn every_margin_of_the_vectors_is_valid() {
    let valid = validator_at("story", "margin");
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for file in files("decision").into_iter().skip(2).step_by(3) {
        let (mut auditor, mut margins) = (Auditor::new(Some(trust()), None), Margins::default());
        for entry in read::<Decision>(&file).run() {
            auditor.push_observed(&entry, &mut margins);
        }
        for margin in margins.0 {
            assert_valid(&valid, &margin);
            let rooms =
                margin["left"].as_array().unwrap().iter().flat_map(|it| it.as_object().unwrap().keys());
            seen.extend(rooms.filter(|key| *key != "rule" && *key != "run").cloned());
            for part in ["amount", "time", "approvals", "asset"] {
                seen.insert(format!("{part} {}", if margin[part].is_null() { "none" } else { "some" }));
            }
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
    let expected = [
        "amount none",
        "amount some",
        "approvals none",
        "approvals some",
        "asset none",
        "asset some",
        "beyond",
        "left",
        "more",
        "over",
        "time none",
        "time some",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn the_list_in_the_schema_is_the_programs_and_what_is_not_said_is_not_valid() {
    let listed =
        &schema("story")["$defs"]["margin"]["properties"]["approvals"]["anyOf"][0]["properties"]["which"];
    assert_eq!(listed["enum"], json!(Which::ALL.map(Which::code)));
    for which in Which::ALL {
        assert_eq!(serde_json::to_value(which).unwrap(), which.code());
    }
    let left = validator_at("story", "left");
    assert!(left.is_valid(&json!({"rule": "run-total", "left": "1"})));
    for wrong in [
        json!({"rule": "run-total"}),
        json!({"rule": "run-total", "left": "1", "over": "1"}),
        json!({"rule": "a", "beyond": 0}),
    ] {
        assert!(!left.is_valid(&wrong), "{wrong}");
    }
}
