//! An operator who lies: records changed and signed again with the log's own key, the tree built anew.

use core::convert::Infallible;

use counterfoil_audit::Auditor;
use counterfoil_decide::Step;
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_record::key::NamedKey;
use counterfoil_record::{FORMAT, Hash32, Id, Input, Record, SignedRecord, Span};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash, note};

use crate::keys;
use crate::script::trust;

/// Decodes the entries.
pub fn records(entries: &[Vec<u8>]) -> Vec<Record> {
    entries.iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().clone()).collect()
}

/// Signs `record` with `key`, as a record of the test log.
pub fn sign(record: &Record, key: &FileKey) -> Vec<u8> {
    sign_as(record, keys::log_named().name(), key)
}

/// Signs `record` with `key`, as a record of the log `origin`.
pub fn sign_as(record: &Record, origin: &Id, key: &FileKey) -> Vec<u8> {
    let unsigned = record.to_unsigned(origin, key.public_key()).unwrap();
    let signature = key.sign(&unsigned.to_be_signed()).unwrap();
    unsigned.finish(&signature)
}

/// Gives every record its `prior` in the tree that they make together, and signs it with the log's key.
/// Indices stay as they are.
pub fn resign(records: &[Record]) -> Vec<Vec<u8>> {
    let mut tree = CompactRange::new();
    let mut entries = Vec::new();
    for record in records {
        let record = Record { prior: Hash32(*tree.root().bytes()), ..record.clone() };
        let entry = sign(&record, &keys::log());
        tree.append(leaf_hash(&entry));
        entries.push(entry);
    }
    entries
}

/// An auditor who has followed `entries` to their end.
pub fn followed(entries: &[Vec<u8>]) -> Auditor {
    let mut auditor = Auditor::new(Some(trust()), None);
    for entry in entries {
        assert!(auditor.push(entry).is_some(), "{:?}", auditor.findings());
    }
    auditor
}

/// The record that honestly follows `entries` for `input`, one millisecond later.
pub fn next(entries: &[Vec<u8>], input: Input) -> Record {
    let auditor = followed(entries);
    let state = auditor.state();
    let time = state.time.plus(Span::from_millis(1));
    let Step::Record(decision) = state.step(&input, time) else { panic!("a repeat") };
    Record {
        format: FORMAT,
        index: state.size,
        prior: Hash32(*auditor.tree().root().bytes()),
        prev_control: state.last_control,
        time,
        input,
        verdict: decision.verdict,
        suppressed: None,
    }
}

/// A checkpoint of `entries`, signed by `key` under the test log's name.
pub fn checkpoint(entries: &[Vec<u8>], key: &FileKey) -> String {
    let mut tree = CompactRange::new();
    for entry in entries {
        tree.append(leaf_hash(entry));
    }
    let checkpoint = Checkpoint {
        origin: keys::ORIGIN.into(),
        size: tree.size(),
        root: tree.root(),
        extensions: Vec::new(),
    };
    let log = NamedKey::new(keys::ORIGIN.parse().unwrap(), *key.public_key()).unwrap();
    note::sign(&checkpoint.to_text(), &NoteSigner { log, key }).unwrap()
}

/// A key that signs notes under a log's name.
#[derive(Debug)]
pub struct NoteSigner<'k> {
    log: NamedKey,
    key: &'k FileKey,
}

impl<'k> NoteSigner<'k> {
    /// The key `key` under the name of `log`.
    pub fn new(log: &NamedKey, key: &'k FileKey) -> Self {
        Self { log: log.clone(), key }
    }
}

impl note::Signer for NoteSigner<'_> {
    type Error = Infallible;

    fn name(&self) -> &str {
        self.log.name().as_str()
    }

    fn key_id(&self) -> [u8; 4] {
        self.log.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Infallible> {
        Ok(self.key.sign(message).unwrap().to_vec())
    }
}
