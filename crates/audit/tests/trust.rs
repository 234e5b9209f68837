//! What an auditor must have been told, and what is said of a log below that.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use counterfoil_audit::{Auditor, Level, Trust, TrustError, Verdict};
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::script::{audit, trust};
use counterfoil_testkit::{forge, keys};

fn file(require: &str, more: &str) -> String {
    format!("origin = \"{}\"\nlog = \"{}\"\nrequire = \"{require}\"\n{more}", keys::ORIGIN, keys::log_named())
}

#[test]
fn a_log_below_the_required_assurance_is_insufficient() {
    let required = Trust { require: Level::PinnedCheckpoint, ..trust() };
    let report = audit(Some(required), None, &logs::short().script.entries());
    assert_eq!((report.verdict, report.assurance), (Verdict::Insufficient, Some(Level::LogKey)));
}

#[test]
fn a_trust_file_that_requires_a_checkpoint_pins_one() {
    assert_eq!(Trust::parse(&file("pinned-checkpoint", "")), Err(TrustError::NoCheckpoint));
    assert_eq!(Trust::parse(&file("log-key", "")), Ok(trust()));
}

#[test]
fn a_trust_file_with_anything_unknown_is_refused() {
    assert!(matches!(Trust::parse(&file("log-key", "witness = 3\n")), Err(TrustError::Toml(_))));
    assert!(matches!(Trust::parse(&file("witnessed", "")), Err(TrustError::Toml(_))));
}

#[test]
fn a_trust_file_names_the_logs_key_after_its_origin() {
    let other = file("log-key", "").replacen(
        "origin = \"log.test.example/agents\"",
        "origin = \"log.other.example\"",
        1,
    );
    assert!(matches!(Trust::parse(&other), Err(TrustError::Name { .. })));
}

#[test]
fn a_trust_file_does_not_pin_a_checkpoint_of_another_key() {
    let note = forge::checkpoint(&logs::short().script.entries(), &keys::ed25519("mallory"));
    let text = file("log-key", &format!("checkpoint = \"\"\"\n{note}\"\"\"\n"));
    assert!(matches!(Trust::parse(&text), Err(TrustError::Checkpoint(_))));
}

#[test]
fn a_checkpoint_of_no_records_holds_and_pins_nothing() {
    let note = forge::checkpoint(&[], &keys::log());
    let text = file("pinned-checkpoint", &format!("checkpoint = \"\"\"\n{note}\"\"\"\n"));
    let entries = logs::short().script.entries();
    let report = audit(Some(Trust::parse(&text).unwrap()), Some(&note), &entries);
    assert_eq!((report.verdict, report.assurance), (Verdict::Insufficient, Some(Level::LogKey)));
    assert_eq!(report.findings, []);
    assert_eq!(audit(None, Some(&note), &entries).findings, []);
}

#[test]
fn nothing_at_all_is_never_verified() {
    assert_eq!(Auditor::new(None, None).finish().verdict, Verdict::Failed);
    assert_eq!(Auditor::new(Some(trust()), None).finish().verdict, Verdict::Failed);
}

/// A log whose key is rotated, and the checkpoint that the new one signed at its end.
fn rotated() -> (Vec<Vec<u8>>, String) {
    let vector = counterfoil_testkit::recipes::decision::all().into_iter();
    let mut rotated = vector.filter(|vector| vector.steps.iter().any(|step| step.log_key_seed.is_some()));
    let vector = rotated.next().unwrap();
    let seed = vector.steps.iter().rev().find_map(|step| step.log_key_seed.as_ref()).unwrap();
    let key =
        counterfoil_enforce::FileKey::from_seed(&hex::decode(seed).unwrap().try_into().unwrap()).unwrap();
    let entries = vector.run();
    let checkpoint = forge::checkpoint(&entries, &key);
    (entries, checkpoint)
}

#[test]
fn an_audit_interrupted_before_a_rotation_says_nothing_of_the_later_keys_checkpoint() {
    let (entries, checkpoint) = rotated();
    let until = |records: usize| {
        let mut auditor = Auditor::new(Some(trust()), Some(&checkpoint));
        for entry in &entries[..records] {
            auditor.push(entry);
        }
        if records < entries.len() {
            auditor.interrupt();
        }
        let report = auditor.finish();
        (report.verdict, report.findings.len())
    };
    assert_eq!(until(entries.len()), (Verdict::Verified, 0));
    assert_eq!(until(1), (Verdict::Insufficient, 0));
}
