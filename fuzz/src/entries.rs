//! What must hold of every byte that comes in from outside. The corpora are replayed by a test on stable.
#![allow(dead_code, reason = "each target is one part of this")]

use std::sync::OnceLock;

use counterfoil_audit::bundle::{Bundle, examine};
use counterfoil_audit::{Auditor, Trust, Verdict};
use counterfoil_decide::State;
use counterfoil_enforce::{Command, rehearse};
use counterfoil_rails::x402;
use counterfoil_reconcile::evidence;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::statement::SignedStatement;
use counterfoil_record::{Record, SignedRecord};
use counterfoil_testkit::scene::{Ask, Scene, allow};
use counterfoil_testkit::script::trust as in_the_test_key;
use counterfoil_tlog::note::Note;
use counterfoil_tlog::{Checkpoint, MAX_EXTENSIONS};

/// What is a record is the one encoding of it.
pub fn record(bytes: &[u8]) {
    if let Ok(signed) = SignedRecord::decode(bytes) {
        let record = signed.unverified();
        assert_eq!(Record::from_bytes(&record.to_bytes()).as_ref(), Ok(record));
    }
}

/// What is a statement is the one encoding of it.
pub fn statement(bytes: &[u8]) {
    if let Ok(signed) = SignedStatement::decode(bytes) {
        assert!(signed.unverified().to_bytes().len() <= bytes.len());
    }
}

/// A log of entries, each after its length in two bytes: no such log is verified that the log's key did not sign.
pub fn log(bytes: &[u8]) {
    let mut auditor = Auditor::new(Some(in_the_test_key()), None);
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (entry, next) = after.split_at(length);
        auditor.push(entry);
        rest = next;
    }
    let report = auditor.finish();
    assert_eq!(report.verdict == Verdict::Verified, report.findings.is_empty());
    serde_json::to_string(&report).expect("a report is JSON");
}

/// A bundle is read as it was written, and has a verdict.
pub fn bundle(bytes: &[u8]) {
    if let Ok(bundle) = Bundle::from_file(bytes) {
        assert_eq!(bundle.to_file(), bytes);
    }
    let report = examine(bytes, Some(in_the_test_key()), None, &mut ());
    assert!(report.verdict != Verdict::Verified || report.findings.is_empty());
    serde_json::to_string(&report).expect("a report is JSON");
}

/// A trust file is read, or refused with a reason.
pub fn trust(text: &str) {
    match Trust::parse(text) {
        Ok(trust) => assert_eq!(*trust.log.name(), trust.origin),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A note is read as it was written, and so is a checkpoint.
pub fn note(bytes: &[u8]) {
    let Ok(note) = Note::parse(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(note.text()) {
        assert_eq!(checkpoint.to_text(), note.text());
        assert!(checkpoint.extensions.len() <= MAX_EXTENSIONS);
    }
}

/// What a rail says is read, or refused with a reason.
pub fn x402(bytes: &[u8]) {
    if let Err(error) = x402::PaymentRequired::parse(bytes) {
        assert!(!error.to_string().is_empty());
    }
    let _ = x402::PaymentRequirements::parse(bytes).map(|requirements| requirements.terms().is_ok());
    let _ = x402::PaymentPayload::parse(bytes);
    let _ = x402::SettleResponse::parse(bytes);
}

/// A line of `govern` comes to a decision or an error, and both are the same the second time.
pub fn govern(line: &str) {
    static STATE: OnceLock<State> = OnceLock::new();
    let state = STATE.get_or_init(|| {
        let (mut scene, run) = Scene::plain("govern", "a run with a payment in it");
        scene.pay(&Ask::new(run, "one", 10_000), allow());
        scene.script.core.state().clone()
    });
    let Ok(command) = serde_json::from_str::<Command>(line) else { return };
    let time = state.time;
    let [first, second] = [command.clone(), command].map(|command| rehearse(command, state, time));
    match (first, second) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.input, second.input);
            assert_eq!(first.verdict(), second.verdict());
        }
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        (first, second) => panic!("{:?}, then {:?}", first.is_ok(), second.is_ok()),
    }
}

/// Evidence of money that moved is read, or refused with a reason.
pub fn extract(bytes: &[u8]) {
    let _ = evidence::chain::read(bytes);
    let _ = evidence::facilitator::read(bytes);
    let _ = evidence::table::read(bytes);
}
