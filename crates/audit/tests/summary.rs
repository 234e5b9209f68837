//! What a log adds up to, beside sums over the whole of it: of every decision vector.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_audit::{AssetTotal, Summary};
use counterfoil_decide::state::Payment;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Index, Input};
use counterfoil_testkit::whole::Whole;
use counterfoil_testkit::{bundles, recipes};

/// How often each comes.
fn counted(all: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

fn asset_of(payment: &Payment) -> Option<String> {
    payment.terms.as_ref().map(|terms| terms.asset.as_str().to_owned())
}

fn assert_counts(name: &str, log: &Whole, summary: &Summary) {
    let decided = log.records.iter().filter(|it| matches!(it.input, Input::Pay(_) | Input::Claim(_)));
    assert_eq!(summary.decisions, counted(decided.map(|it| it.verdict.outcome.code())), "{name}");
    let codes = log.records.iter().flat_map(|it| &it.verdict.codes);
    assert_eq!(summary.codes, counted(codes.map(|code| code.code())), "{name}");
    let suppressed = log.records.iter().filter_map(|it| it.suppressed);
    assert_eq!(summary.suppressed, suppressed.sum::<u64>(), "{name}");
    let accepted = log.records.iter().filter(|it| it.verdict.outcome == Outcome::Accepted);
    let mandates = accepted.filter_map(|it| match &it.input {
        Input::OpenRun(open) => open.mandate.as_ref().map(|mandate| mandate.format.clone()),
        _ => None,
    });
    assert_eq!(summary.mandates, mandates.collect::<BTreeSet<_>>(), "{name}");
}

/// The policies are those that a state has in force and the state before did not.
fn assert_policies(name: &str, log: &Whole, summary: &Summary) {
    let mut expected: Vec<(Index, String, u64)> = Vec::new();
    for (record, state) in log.records.iter().zip(&log.states) {
        let Some(in_force) = &state.policy else { continue };
        if expected.last().is_none_or(|(index, ..)| *index != in_force.index) {
            assert_eq!(in_force.index, record.index, "{name}");
            let policy = &in_force.policy;
            expected.push((record.index, policy.name.to_string(), policy.version));
        }
    }
    let listed = summary.policies.iter().map(|it| (it.index, it.name.to_string(), it.version));
    assert_eq!(listed.collect::<Vec<_>>(), expected, "{name}");
}

/// The totals are those of each payment as it was last known.
fn assert_totals(name: &str, log: &Whole, summary: &Summary) {
    let mut expected: BTreeMap<String, [u128; 3]> = BTreeMap::new();
    for payment in bundles::payments(&log.entries) {
        let Some(last) = log.stood(payment, log.states.len()) else { continue };
        let Some(asset) = asset_of(last) else { continue };
        let it = last.contribution();
        let sums = expected.entry(asset).or_default();
        for (sum, amount) in sums.iter_mut().zip([it.settled, it.returned, it.reserved]) {
            *sum = sum.saturating_add(amount.units());
        }
    }
    let units = |it: &AssetTotal| [it.settled, it.returned, it.reserved].map(Amount::units);
    let stated = summary.totals.iter().map(|(asset, it)| (asset.clone(), units(it)));
    assert_eq!(stated.collect::<BTreeMap<_, _>>(), expected, "{name}");
}

/// Open is what a decision still waits for, and what of a transaction that failed has not come back.
fn assert_open(name: &str, log: &Whole, summary: &Summary) -> usize {
    let state = log.states.last().unwrap();
    let waits = |payment: &Payment| matches!(payment.status.code(), "open" | "unknown" | "held");
    let mut expected: Vec<(u64, &str, Option<String>, Amount)> = Vec::new();
    for (index, payment) in &state.payments {
        if waits(payment) {
            let reserved = payment.contribution().reserved;
            expected.push((index.value(), payment.status.code(), asset_of(payment), reserved));
        }
    }
    for owed in state.obligations_at(state.time) {
        let asset = state.payments.get(&owed.payment).and_then(asset_of);
        expected.push((owed.payment.value(), "obligation", asset, owed.open));
    }
    let stated = summary.open.iter().map(|it| (it.payment, it.what, it.asset.clone(), it.amount));
    assert_eq!(stated.collect::<Vec<_>>(), expected, "{name}");
    expected.len()
}

#[test]
fn what_a_log_adds_up_to_is_the_sum_of_its_records() {
    let (mut logs, mut open) = (0, 0);
    for vector in recipes::decision::all() {
        let Some(log) = Whole::of(vector.run()) else { continue };
        let summary = &log.report.summary;
        assert_counts(&vector.name, &log, summary);
        assert_policies(&vector.name, &log, summary);
        assert_totals(&vector.name, &log, summary);
        open += assert_open(&vector.name, &log, summary);
        logs += 1;
    }
    assert!(logs > 300 && open > 100, "{logs} {open}");
}
