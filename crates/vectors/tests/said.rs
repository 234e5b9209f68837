//! What a report says beside its verdict: which log it is of, how much of it, and what was not checked, in words.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{honest, trust, vector};
use counterfoil_audit::{Auditor, FindingCode, Level, NotCheckedCode, Report, Trust};
use counterfoil_record::{Hash32, SignedRecord, Span, Time};
use counterfoil_vectors::Given;

fn audit(trust: Option<Trust>, entries: &[Vec<u8>]) -> Auditor {
    let mut auditor = Auditor::new(trust, None);
    for entry in entries {
        auditor.push(entry);
    }
    auditor
}

fn detail(report: &Report, code: NotCheckedCode) -> Option<&str> {
    report.not_checked.iter().find(|it| it.code == code).map(|it| it.detail.as_str())
}

/// What is said of `code` about the log of a vector.
fn detail_of(name: &str, code: NotCheckedCode) -> Option<String> {
    let vector = vector(name);
    let Given::Entries(entries) = vector.given() else { panic!("{name} is no log") };
    let report = audit(Some(trust(&vector)), &entries).finish();
    detail(&report, code).map(ToOwned::to_owned)
}

#[test]
fn a_report_says_which_log_it_is_of_and_how_much_of_it() {
    let under = vector("honest-log-under-its-checkpoint");
    let note = under.checkpoint.as_deref().unwrap();
    let mut lines = note.lines().skip(1);
    let size: u64 = lines.next().unwrap().parse().unwrap();
    let root = STANDARD.decode(lines.next().unwrap()).unwrap();
    let root = Hash32(root.try_into().unwrap()).to_string();
    let (trust, entries) = honest();
    let times: Vec<u64> =
        entries.iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().time.millis()).collect();
    let origin = Some(trust.origin.to_string());
    let log_key = Some(trust.log.to_string());
    let report = audit(Some(trust), &entries).finish();
    assert_eq!(report.assurance.map(Level::code), Some("log-key"));
    let scope = report.scope;
    assert_eq!((scope.origin, scope.log_key.clone()), (origin, log_key.clone()));
    assert_eq!((scope.records, scope.followed, scope.root), (size, size, root));
    assert_eq!((scope.first_time, scope.last_time), (Some(times[0]), times.last().copied()));
    assert_eq!((scope.pinned, scope.bundle), (None, None));
    // Without trust the key is the one that the genesis names.
    assert_eq!(audit(None, &entries).finish().scope.log_key, log_key);
    assert_eq!(audit(None, &[]).finish().scope.log_key, None);

    let pinned = audit(Some(self::trust(&vector("honest-log-grown-past-its-pin"))), &entries).finish();
    assert_eq!(pinned.scope.pinned, Some(6));
    assert_eq!(pinned.assurance.map(Level::code), Some("pinned-checkpoint"));
    assert_eq!(pinned.required.map(Level::code), Some("pinned-checkpoint"));
}

#[test]
fn the_records_after_a_pin_and_after_a_break_are_named() {
    let after = |name| detail_of(name, NotCheckedCode::AfterPinned);
    let rest = "records 6 to 9 rest on the operator's key alone";
    assert_eq!(after("honest-log-grown-past-its-pin").as_deref(), Some(rest));
    assert_eq!(after("tampered-against-a-pin"), None, "the pin is of the whole log");
    assert_eq!(after("honest-log-under-its-key"), None);

    let undecided = |name| detail_of(name, NotCheckedCode::AfterBreak);
    let rest = "records 5 to 9 were not decided again";
    assert_eq!(undecided("tampered-against-a-pin").as_deref(), Some(rest));
    assert_eq!(undecided("honest-log-under-its-key"), None);
}

#[test]
fn an_audit_that_was_cut_short_or_went_on_says_where() {
    let (trust, entries) = honest();
    let mut auditor = audit(Some(trust.clone()), &entries[..4]);
    auditor.interrupt();
    let report = auditor.finish();
    let ended = "the audit was ended after 4 records";
    assert_eq!(detail(&report, NotCheckedCode::Interrupted), Some(ended));

    let bytes = audit(Some(trust.clone()), &entries[..6]).snapshot().unwrap().to_file();
    let trust = Trust { audited: Some(Hash32::of(&[&bytes])), ..trust };
    let report = Auditor::resume(trust, None, &bytes, 10).unwrap().finish();
    let skipped = "the first 6 records were not read again: an earlier audit followed them";
    assert_eq!(detail(&report, NotCheckedCode::Resumed), Some(skipped));
}

#[test]
fn an_age_is_said_in_seconds_beside_the_most() {
    let (trust, entries) = honest();
    let last = audit(None, &entries).finish().scope.last_time.unwrap();
    let trust = Trust { max_age: Some(Span::from_millis(60_000)), ..trust };
    let at = |now: Option<u64>| {
        let auditor = audit(Some(trust.clone()), &entries);
        let report = match now {
            Some(now) => auditor.finish_at(Time::from_millis(now)),
            None => auditor.finish(),
        };
        detail(&report, NotCheckedCode::Stale).map(ToOwned::to_owned)
    };
    let ahead = "the last record is 301 s ahead of the clock here";
    assert_eq!(at(last.checked_sub(301_000)).as_deref(), Some(ahead));
    assert_eq!(at(Some(last)), None);
    let old = "the last record is 61 s old, 60 s are the most";
    assert_eq!(at(last.checked_add(61_000)).as_deref(), Some(old));
    assert_eq!(at(None).as_deref(), Some("there is no time to hold the last record against"));
}

#[test]
fn what_the_log_has_that_nobody_checked_is_counted() {
    let mandates = detail_of("honest-log-with-a-mandate", NotCheckedCode::Mandates);
    assert_eq!(mandates.as_deref(), Some("what mandates say, and who signed them: test-mandate"));
    let erased = detail_of("honest-log-with-an-erasure", NotCheckedCode::Erased);
    let gone = "the private values of 1 commitments were erased by signed order";
    assert_eq!(erased.as_deref(), Some(gone));
    let plain = "honest-log-under-its-key";
    for code in [NotCheckedCode::Mandates, NotCheckedCode::Erased, NotCheckedCode::Suppressed] {
        assert_eq!(detail_of(plain, code), None);
    }
    let compromised = detail_of("key-compromised", NotCheckedCode::CompromisedKeys).unwrap();
    assert!(compromised.starts_with("what ") && compromised.contains(" signed in records from "));
}

#[test]
fn a_bundle_that_does_not_reach_the_pin_says_so_once() {
    let unpinned = "a log that its operator rewrote or cut looks the same";
    let apart = "the bundle does not show that its checkpoint and the pinned one are of one log";
    let cases = [
        ("bundle-honest", &[unpinned][..]),
        ("bundle-under-its-pin", &[]),
        ("bundle-that-does-not-reach-the-pin", &[apart]),
    ];
    for (name, expected) in cases {
        let vector = vector(name);
        let report = vector.given().audit(Some(trust(&vector)), None);
        let of_pin = report.not_checked.iter().filter(|it| it.code == NotCheckedCode::NoPinnedCheckpoint);
        assert_eq!(of_pin.map(|it| it.detail.as_str()).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn a_standing_that_the_shown_records_do_not_come_to_says_how() {
    let said = |name: &str| {
        let vector = vector(name);
        let report = vector.given().audit(Some(trust(&vector)), None);
        let found = report.findings.iter().find(|it| it.code == FindingCode::BundleStanding).unwrap();
        found.detail.clone()
    };
    let another = "the state that the bundle gives has another digest";
    assert_eq!(said("bundle-standing-altered"), another);
    assert_eq!(said("bundle-standing-of-another-state"), another);
    assert_eq!(said("bundle-standing-of-a-refusal"), "the shown records do not open it");
    let later = "the last record about it was 9 there, 8 is the last shown";
    assert_eq!(said("bundle-without-a-settlement"), later);
}
