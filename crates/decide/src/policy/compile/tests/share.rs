//! The largest trace that budgets and gates could make, and the share of a record that it may take.

use super::super::share::{TRACE_MOST, largest_trace};
use super::*;

/// The sample with more budgets that tell runs apart, and with gates whose names have those lengths.
fn with(budgets: usize, gates: &[usize]) -> String {
    let budgets: Vec<String> = (0..budgets)
        .map(|at| format!("[[budgets]]\nid = \"b{at:02}\"\nper = [\"run\"]\nlimit = \"1 usdc\"\n"))
        .collect();
    let gate = |(at, length): (usize, &usize)| {
        let filler = "g".repeat(length - 2);
        format!("[[gates]]\nid = \"{at}{filler}\"\nwhen = {{ first_payment_to_payee = true }}\ndeny = true\n")
    };
    let gates: Vec<String> = (10..).zip(gates).map(gate).collect();
    format!("{SAMPLE}{}{}", budgets.concat(), gates.concat())
}

fn bytes(source: &str) -> usize {
    largest_trace(&compile(source).unwrap())
}

#[test]
fn a_trace_of_exactly_its_share_is_taken_and_one_byte_more_is_refused() {
    assert_eq!(TRACE_MOST, 24 * 1024);
    let budgets = 15;
    let rest = TRACE_MOST - bytes(&with(budgets, &[]));
    let row = bytes(&with(budgets, &[2])) - bytes(&with(budgets, &[])) - 2;
    // As few gates as can fill the rest: each takes its row and its name.
    let count = rest.div_ceil(row + 128);
    let names = rest - count * row;
    let mut gates: Vec<usize> =
        (0..count).map(|at| names / count + usize::from(at < names % count)).collect();
    assert!(count > 1 && gates.iter().all(|length| (2..=128).contains(length)), "{gates:?}");
    assert_eq!(bytes(&with(budgets, &gates)), TRACE_MOST);
    *gates.last_mut().unwrap() += 1;
    let kind = Kind::TraceTooLarge { bytes: TRACE_MOST + 1, most: TRACE_MOST };
    assert_eq!(problems(&with(budgets, &gates)), [Problem { place: Place::START, key: None, kind }]);
}

#[test]
fn more_rows_longer_names_and_more_people_make_a_larger_trace() {
    let sample = bytes(SAMPLE);
    assert!(sample > 8 * 1024);
    assert!(bytes(&with(1, &[])) > sample);
    assert!(bytes(&with(0, &[2])) > sample);
    assert_eq!(bytes(&with(0, &[3])), bytes(&with(0, &[2])) + 1);
    // A budget that tells neither runs nor agents apart has one row, whatever runs are within runs.
    let (run, payee) = (
        with(1, &[]),
        with(1, &[]).replace("[\"run\"]\nlimit = \"1 usdc\"", "[\"payee\"]\nlimit = \"1 usdc\""),
    );
    assert_eq!(bytes(&run) - sample, 4 * (bytes(&payee) - sample));
    let agent = with(1, &[]).replace("[\"run\"]\nlimit = \"1 usdc\"", "[\"agent\"]\nlimit = \"1 usdc\"");
    assert_eq!(bytes(&agent), bytes(&run));
    // A gate that asks people takes room for each of them, and for the name of their role.
    let alone = vary(", bob = [\"bob+3c95ee94+AZ9VGZv2MWCDFcYaBpLBZ36oyUGubEU5RJV3xidwAFP5\"]", "");
    let alone = alone.replace("approvals = 2", "approvals = 1");
    assert!(bytes(&alone) < sample);
}

#[test]
fn the_most_budgets_that_tell_runs_apart_do_not_fit() {
    let found = problems(&with(28, &[]));
    assert!(
        matches!(
            found[..],
            [Problem { place: Place::START, key: None, kind: Kind::TraceTooLarge { most: TRACE_MOST, .. } }]
        ),
        "{found:?}"
    );
    let shown = compile(&with(28, &[])).unwrap_err().to_string();
    assert!(shown.starts_with("line 1, column 1: budgets and gates could make a trace of "), "{shown}");
    assert!(shown.ends_with(" bytes, 24576 is the most"), "{shown}");
}
