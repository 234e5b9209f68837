//! An operator who lies: records changed and signed again with the log's own key, the tree built anew.

use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_record::{Hash32, Record, SignedRecord};
use counterfoil_tlog::{CompactRange, leaf_hash};

use crate::keys;

/// Decodes the entries.
pub fn records(entries: &[Vec<u8>]) -> Vec<Record> {
    entries.iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().clone()).collect()
}

/// Signs `record` with `key`, as a record of the test log.
pub fn sign(record: &Record, key: &FileKey) -> Vec<u8> {
    let unsigned = record.to_unsigned(keys::log_named().name(), key.public_key()).unwrap();
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
