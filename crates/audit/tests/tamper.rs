//! Nothing in a log can be changed without a finding that names the record.
//!
//! The log is the demonstration log of the test vectors: about thirty records with nearly everything in it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use std::thread;

use counterfoil_audit::{Auditor, Verdict};
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::script::{audit, trust};

fn number(index: usize) -> u64 {
    u64::try_from(index).expect("a short log")
}

/// For each record, an auditor who has followed everything before it.
fn prefixes(entries: &[Vec<u8>]) -> Vec<Auditor> {
    let mut auditor = Auditor::new(Some(trust()), None);
    let mut prefixes = Vec::new();
    for entry in entries {
        prefixes.push(auditor.clone());
        assert!(auditor.push(entry).is_some(), "{:?}", auditor.findings());
    }
    prefixes
}

/// The one finding on `entry` after the records that `before` has followed.
fn found(before: &Auditor, entry: &[u8]) -> (&'static str, Option<u64>) {
    let mut auditor = before.clone();
    assert!(auditor.push(entry).is_none());
    let report = auditor.finish();
    assert_ne!(report.verdict, Verdict::Verified);
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    (report.findings[0].code.code(), report.findings[0].index)
}

#[test]
fn a_changed_byte_anywhere_is_a_finding_about_its_record() {
    let entries = logs::demo().script.entries();
    assert!(entries.len() >= 25, "{} records", entries.len());
    let prefixes = prefixes(&entries);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for worker in 0..workers {
            let (entries, prefixes) = (&entries, &prefixes);
            scope.spawn(move || {
                for (index, entry) in entries.iter().enumerate() {
                    for at in (worker..entry.len()).step_by(workers) {
                        let mut changed = entry.clone();
                        // Another bit from byte to byte.
                        changed[at] ^= 1 << (at % 8);
                        let (code, named) = found(&prefixes[index], &changed);
                        assert_eq!(named, Some(number(index)), "{code} at byte {at} of record {index}");
                    }
                }
            });
        }
    });
}

#[test]
fn a_record_cut_anywhere_is_malformed() {
    let entries = logs::short().script.entries();
    let prefixes = prefixes(&entries);
    for (index, entry) in entries.iter().enumerate() {
        for len in 0..entry.len() {
            assert_eq!(found(&prefixes[index], &entry[..len]), ("record-malformed", Some(number(index))));
        }
    }
}

/// The first finding of the audit of `entries`, which must not verify.
fn first_finding(entries: &[Vec<u8>]) -> (&'static str, Option<u64>) {
    let report = audit(Some(trust()), None, entries);
    assert_eq!(report.verdict, Verdict::Failed);
    let first = report.findings.first().expect("a finding");
    (first.code.code(), first.index)
}

#[test]
fn any_record_but_the_last_deleted_is_a_finding_at_its_place() {
    let entries = logs::demo().script.entries();
    for index in 0..entries.len() - 1 {
        let mut changed = entries.clone();
        changed.remove(index);
        let code = if index == 0 { "no-genesis" } else { "index-wrong" };
        assert_eq!(first_finding(&changed), (code, Some(number(index))));
    }
}

#[test]
fn the_last_record_deleted_contradicts_a_pinned_checkpoint() {
    let entries = logs::demo().script.entries();
    let log = counterfoil_testkit::keys::log();
    let note = counterfoil_testkit::forge::checkpoint(&entries, &log);
    let pinned = trust();
    let checkpoint =
        counterfoil_audit::open_checkpoint(&note, &pinned.origin, core::slice::from_ref(&pinned.log))
            .unwrap();
    let pinned = counterfoil_audit::Trust { checkpoint: Some(checkpoint), ..pinned };
    let report = audit(Some(pinned.clone()), None, &entries[..entries.len() - 1]);
    assert_eq!(report.verdict, Verdict::Contradiction);
    assert_eq!(report.findings[0].code.code(), "shorter-than-pinned");
    assert_eq!(audit(Some(pinned), None, &entries).verdict, Verdict::Verified);
}

#[test]
fn any_record_duplicated_is_a_finding_at_the_second() {
    let entries = logs::demo().script.entries();
    for index in 0..entries.len() {
        let mut changed = entries.clone();
        changed.insert(index + 1, entries[index].clone());
        assert_eq!(first_finding(&changed), ("index-wrong", Some(number(index) + 1)));
    }
}

#[test]
fn any_two_neighbours_swapped_are_a_finding_at_the_first() {
    let entries = logs::demo().script.entries();
    for index in 0..entries.len() - 1 {
        let mut changed = entries.clone();
        changed.swap(index, index + 1);
        let code = if index == 0 { "no-genesis" } else { "index-wrong" };
        assert_eq!(first_finding(&changed), (code, Some(number(index))));
    }
}
