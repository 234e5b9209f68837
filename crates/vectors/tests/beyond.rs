//! What no vector holds: a time, a store that fails, an audit that is interrupted or saved, a trust file that is none.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod common;

use common::{honest, trust, vector};
use counterfoil_audit::bundle::{BUNDLE_MOST, PAYMENTS_MOST, RECORDS_MOST, examine};
use counterfoil_audit::{
    Auditor, CheckpointError, FindingCode, NotCheckedCode, Report, ResumeError, Trust, TrustError, Verdict,
};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::cose::{MESSAGE_MOST, Unsigned};
use counterfoil_record::{Hash32, PROFILE, SignedRecord, Span, Time};
use counterfoil_vectors::Given;

/// An audit of the first `records` of the honest log.
fn audited(records: usize) -> Auditor {
    let (trust, entries) = honest();
    let mut auditor = Auditor::new(Some(trust), None);
    for entry in &entries[..records] {
        auditor.push(entry);
    }
    auditor
}

fn found(report: &Report) -> Vec<(FindingCode, Option<u64>)> {
    report.findings.iter().map(|finding| (finding.code, finding.index)).collect()
}

fn lists(report: &Report, code: NotCheckedCode) -> bool {
    report.not_checked.iter().any(|it| it.code == code)
}

#[test]
fn an_entry_that_the_store_does_not_have_is_found_missing() {
    let mut auditor = audited(4);
    auditor.missing(4, 6);
    let report = auditor.finish();
    assert_eq!(
        (report.verdict, found(&report)),
        (Verdict::Failed, vec![(FindingCode::EntryMissing, Some(4))])
    );
}

#[test]
fn an_entry_and_a_checkpoint_that_the_store_cannot_give_are_found() {
    let mut auditor = audited(4);
    auditor.unreadable("the disk".into());
    let report = auditor.finish();
    assert_eq!(found(&report), [(FindingCode::EntryUnreadable, Some(4))]);
    assert_eq!(report.verdict, Verdict::Failed);
    let mut auditor = audited(4);
    auditor.checkpoint_unreadable("the disk".into());
    let report = auditor.finish();
    assert_eq!(found(&report), [(FindingCode::CheckpointInvalid, None)]);
    assert_eq!(report.verdict, Verdict::Failed);
}

#[test]
fn an_entry_whose_parts_are_each_within_bounds_is_no_record_above_the_longest() {
    let (_, entries) = honest();
    let mut record = SignedRecord::decode(&entries[4]).unwrap().unverified().clone();
    let row = SignedRecord::decode(&entries[5]).unwrap().unverified().verdict.trace[0].clone();
    while record.to_bytes().len() < MESSAGE_MOST - 100 {
        record.verdict.trace.push(row.clone());
    }
    let header = SignedRecord::decode(&entries[4]).unwrap().header().clone();
    let long = Unsigned::new(PROFILE, &header, record.to_bytes()).finish(&[0; 64]);
    assert!(record.to_bytes().len() <= MESSAGE_MOST && long.len() > MESSAGE_MOST);
    let mut auditor = audited(4);
    auditor.push(&long);
    assert_eq!(found(&auditor.finish()), [(FindingCode::RecordMalformed, Some(4))]);
}

#[test]
fn an_audit_that_was_interrupted_says_so_and_does_not_verify() {
    let mut auditor = audited(4);
    auditor.interrupt();
    let report = auditor.finish();
    assert!(lists(&report, NotCheckedCode::Interrupted));
    assert_eq!((report.verdict, found(&report)), (Verdict::Insufficient, vec![]));
}

#[test]
fn what_an_interrupted_audit_did_not_come_to_is_not_held_against_a_checkpoint() {
    let interrupted = |name: &str, records: usize| {
        let vector = vector(name);
        let Given::Entries(entries) = vector.given() else { panic!("no log") };
        let mut auditor = Auditor::new(Some(trust(&vector)), vector.checkpoint.as_deref());
        for entry in &entries[..records] {
            auditor.push(entry);
        }
        auditor.interrupt();
        found(&auditor.finish())
    };
    let forged = [(FindingCode::CheckpointInvalid, None)];
    assert_eq!(interrupted("own-checkpoint-of-another-key", 10), forged);
    assert_eq!(interrupted("own-checkpoint-of-another-key", 4), []);
    assert_eq!(interrupted("own-checkpoint-of-another-root", 4), []);
    assert_eq!(interrupted("honest-log-under-its-checkpoint", 4), []);
}

#[test]
fn the_log_s_own_checkpoint_and_its_size_are_known() {
    let vector = vector("tail-cut-against-its-own-checkpoint");
    let known = |note: Option<&str>| {
        let auditor = Auditor::new(Some(trust(&vector)), note);
        (auditor.own_size(), auditor.own_note().map(ToOwned::to_owned))
    };
    assert_eq!(known(None), (None, None));
    assert_eq!(known(vector.checkpoint.as_deref()), (Some(10), vector.checkpoint.clone()));
}

#[test]
fn what_differs_is_said() {
    let said = |name| {
        let vector = vector(name);
        let Given::Entries(entries) = vector.given() else { panic!("no log") };
        let mut auditor = Auditor::new(Some(trust(&vector)), None);
        for entry in &entries {
            auditor.push(entry);
        }
        auditor.finish().findings[0].detail.clone()
    };
    for (lie, detail) in [
        ("lie-operand", "obligation differs from what the decision gives"),
        ("lie-check-left-out", "a check differs from what the decision gives"),
        ("lie-outcome", "it says allow, the decision gives deny"),
        ("lie-code-removed", "it says no code, the decision gives key-reused"),
        ("lie-previous", "it names another record as the one before"),
        ("lie-grade", "whose word it is differs from what the decision gives"),
    ] {
        assert_eq!(said(lie), detail, "{lie}");
    }
}

#[test]
fn a_log_older_than_the_trust_lets_it_be_or_ahead_of_the_clock_does_not_verify() {
    let (trust, entries) = honest();
    let trust = Trust { max_age: Some(Span::from_millis(60_000)), ..trust };
    let at = |now: Time| {
        let mut auditor = Auditor::new(Some(trust.clone()), None);
        for entry in &entries {
            auditor.push(entry);
        }
        let report = auditor.finish_at(now);
        assert_eq!(lists(&report, NotCheckedCode::Stale), report.verdict == Verdict::Insufficient);
        report.verdict
    };
    let last = Time::from_millis(audited(10).finish().scope.last_time.unwrap());
    let milli = Span::from_millis(1);
    let (late, early) = (last.plus(Span::from_millis(60_000)), last.minus(Span::from_millis(300_000)));
    assert_eq!((at(late), at(late.plus(milli))), (Verdict::Verified, Verdict::Insufficient));
    assert_eq!((at(early), at(early.minus(milli))), (Verdict::Verified, Verdict::Insufficient));
}

#[test]
fn a_bundle_is_as_old_as_what_it_says_of_its_payments() {
    let vector = vector("bundle-honest");
    let Given::Bundle(bytes) = vector.given() else { panic!("no bundle") };
    let trust = Trust { max_age: Some(Span::from_millis(60_000)), ..trust(&vector) };
    let at = |now: Time| examine(&bytes, Some(trust.clone()), Some(now), &mut ());
    let complete = at(Time::from_millis(0)).scope.bundle.unwrap().complete_to_time.unwrap();
    let late = Time::from_millis(complete).plus(Span::from_millis(60_000));
    assert_eq!(at(late).verdict, Verdict::Verified);
    assert_eq!(at(late.plus(Span::from_millis(1))).verdict, Verdict::Insufficient);
}

#[test]
fn a_bundle_above_its_longest_is_not_read() {
    let mut long = b"counterfoil-bundle/1\n".to_vec();
    long.resize(BUNDLE_MOST + 1, 0);
    let report = examine(&long, None, None, &mut ());
    assert_eq!(found(&report), [(FindingCode::BundleMalformed, None)]);
    assert_eq!(report.findings[0].detail, "it is larger than a bundle may be");
    long.truncate(BUNDLE_MOST);
    assert_eq!(examine(&long, None, None, &mut ()).findings[0].detail, "wrong-type at byte 0");
}

#[test]
fn the_limits_of_a_bundle_are_those_of_the_format() {
    assert_eq!((BUNDLE_MOST, RECORDS_MOST, PAYMENTS_MOST), (16_777_216, 16_384, 256));
}

/// What an audit of the first six records saved, and trust in it.
fn saved() -> (Trust, Vec<u8>) {
    let bytes = audited(6).snapshot().unwrap().to_file();
    (Trust { audited: Some(Hash32::of(&[&bytes])), ..honest().0 }, bytes)
}

#[test]
fn an_audit_goes_on_from_what_was_saved_and_says_so() {
    let (trust, bytes) = saved();
    let mut auditor = Auditor::resume(trust, None, &bytes, 10).unwrap();
    for entry in &honest().1[6..] {
        auditor.push(entry);
    }
    let report = auditor.finish();
    assert_eq!((report.verdict, found(&report)), (Verdict::Verified, vec![]));
    assert!(lists(&report, NotCheckedCode::Resumed));
}

#[test]
fn the_log_s_own_checkpoint_is_held_against_what_comes_after_the_saved_audit() {
    let (trust, bytes) = saved();
    let note = |name| vector(name).checkpoint;
    let on = |note: Option<String>, records: usize| {
        let size = u64::try_from(records).unwrap();
        let mut auditor = Auditor::resume(trust.clone(), note.as_deref(), &bytes, size).unwrap();
        for entry in &honest().1[6..records] {
            auditor.push(entry);
        }
        found(&auditor.finish())
    };
    assert_eq!(on(note("honest-log-under-its-checkpoint"), 10), []);
    let differs = [(FindingCode::CheckpointRoot, None)];
    assert_eq!(on(note("own-checkpoint-of-another-root"), 10), differs);
    // Nothing came since.
    assert_eq!(on(None, 6), []);
    let beyond = [(FindingCode::CheckpointBeyondLog, None)];
    assert_eq!(on(note("honest-log-under-its-checkpoint"), 6), beyond);
}

#[test]
fn an_audit_goes_on_from_nothing_that_the_trust_does_not_name() {
    let (trust, mut bytes) = saved();
    let resume = |trust: Trust, bytes: &[u8]| Auditor::resume(trust, None, bytes, 10).map(|_| ());
    assert_eq!(resume(honest().0, &bytes), Err(ResumeError::NotTrusted));
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(resume(trust, &bytes), Err(ResumeError::Differs));
}

#[test]
fn what_was_saved_has_a_tree_of_its_size() {
    let mut snapshot = audited(6).snapshot().unwrap();
    snapshot.peaks.pop();
    let bytes = snapshot.to_file();
    let trust = Trust { audited: Some(Hash32::of(&[&bytes])), ..honest().0 };
    assert_eq!(Auditor::resume(trust, None, &bytes, 10).map(|_| ()), Err(ResumeError::Tree(6)));
}

#[test]
fn a_pin_before_what_was_saved_cannot_be_held_against_the_log() {
    let (saved, bytes) = saved();
    let pinned = |name| trust(&vector(name)).checkpoint;
    // The one is of three records, the other of six.
    let older = Trust { checkpoint: pinned("bundle-under-its-pin"), ..saved.clone() };
    let refused = Err(ResumeError::PinnedBefore { pinned: 3, size: 6 });
    assert_eq!(Auditor::resume(older, None, &bytes, 10).map(|_| ()), refused);
    let same = Trust { checkpoint: pinned("honest-log-grown-past-its-pin"), ..saved };
    assert_eq!(Auditor::resume(same, None, &bytes, 10).map(|_| ()), Ok(()));
}

#[test]
fn a_log_shorter_than_what_was_saved_of_it_is_a_contradiction() {
    let (trust, bytes) = saved();
    let report = Auditor::resume(trust, None, &bytes, 5).unwrap().finish();
    assert_eq!(found(&report), [(FindingCode::ShorterThanPinned, None)]);
    assert_eq!(report.verdict, Verdict::Contradiction);
}

#[test]
fn only_a_sound_audit_of_something_is_saved() {
    assert_eq!(audited(0).snapshot(), None);
    let mut auditor = audited(6);
    auditor.missing(6, 7);
    assert_eq!(auditor.snapshot(), None);
}

#[test]
fn a_trust_file_is_refused_for_each_thing_that_is_wrong_with_it() {
    let parse = |text: &str| Trust::parse(text).map(|_| ());
    let file = vector("honest-log-under-its-key").trust.unwrap();
    assert_eq!(parse(&file), Ok(()));
    let renamed = file.replacen("origin = \"log.test.example/agents\"", "origin = \"log.other.example\"", 1);
    let (key, origin) = ("log.test.example/agents".into(), "log.other.example".into());
    assert_eq!(parse(&renamed), Err(TrustError::Name { key, origin }));
    let unpinned = file.replacen("\"log-key\"", "\"pinned-checkpoint\"", 1);
    assert_eq!(parse(&unpinned), Err(TrustError::NoCheckpoint));
    assert!(matches!(parse(&format!("witnesses = 3\n{file}")), Err(TrustError::Toml(_))));
    let aged = format!("max_age = \"soon\"\n{file}");
    assert_eq!(parse(&aged), Err(TrustError::MaxAge("soon".into())));
    let pinned = vector("pinned-checkpoint-of-a-later-key").trust.unwrap();
    let (_, without_the_key) = pinned.split_once('\n').unwrap();
    assert!(matches!(parse(without_the_key), Err(TrustError::Checkpoint(CheckpointError::Signature(_)))));
}
