//! The logs that are edited, each with everything that judges it known after every record.

use counterfoil_audit::{Auditor, Level, Trust, Verdict, open_checkpoint};
use counterfoil_decide::{State, Step};
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_record::key::PublicKey;
use counterfoil_record::{Hash32, Record};
use counterfoil_tlog::leaf_hash;

use crate::recipes::logs;
use crate::reference::Reference;
use crate::script::trust;
use crate::vectors::{Decision, files, read};
use crate::{forge, keys};

/// The decision vectors whose logs are edited too: one or more for each kind of record.
const VECTORS: [&str; 22] = [
    "approval-taken-back",
    "bind-second-payload-extends-the-reservation",
    "budget-that-comes-back",
    "clock-signed",
    "erase-signed",
    "fact-settled-twice",
    "flood-is-only-counted",
    "gate-two-people",
    "governance-adopts",
    "key-governor-rotated",
    "key-log-rotated",
    "key-revoked-since",
    "mandate-counts-sub-runs",
    "permit2-exact",
    "purchase-overridden-by-people",
    "request-signed-once-pays-once",
    "resumed",
    "saga-abort-leaves-obligations",
    "saga-commits",
    "start-and-stop",
    "unreadable-bytes",
    "write-off-closes-an-obligation",
];

/// What an attacker signs as the log: every key that the log of a base ever had.
const LABELS: [&str; 3] = ["log", "log-2", "log-3"];

/// The log's key of those bytes, if it is one that the log had.
pub fn secret(key: &PublicKey) -> Option<FileKey> {
    LABELS.iter().map(|label| keys::ed25519(label)).find(|it| it.public_key() == key)
}

/// What is known after some of a base's records.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// An auditor in trust of the log's key.
    pub key: Auditor,
    /// An auditor who has also pinned the base's last checkpoint.
    pub pin: Auditor,
    /// The reference, which has seen the same records.
    pub reference: Reference,
    /// The state, whose digest alone is asked for.
    pub state: State,
}

impl Prefix {
    fn new(pinned: Trust) -> Self {
        Self {
            key: Auditor::new(Some(trust()), None),
            pin: Auditor::new(Some(pinned), None),
            reference: Reference::new(),
            state: State::new(),
        }
    }

    fn push(&mut self, entry: &[u8], record: Record) {
        assert!(self.key.push(entry).is_some(), "{:?}", self.key.findings());
        assert!(self.pin.push(entry).is_some(), "{:?}", self.pin.findings());
        let Step::Record(decision) = self.state.step(&record.input, record.time) else { panic!("a repeat") };
        let leaf = Hash32(*leaf_hash(entry).bytes());
        self.state.seal(decision.pending, leaf);
        self.reference.push(record.input, record.time, record.verdict, leaf, record.suppressed);
    }
}

/// An honest log.
#[derive(Debug)]
pub struct Base {
    /// What it is.
    pub name: String,
    /// Its entries.
    pub entries: Vec<Vec<u8>>,
    /// What they say.
    pub records: Vec<Record>,
    /// What is known before each record, and at the end.
    pub prefixes: Vec<Prefix>,
}

impl Base {
    /// A log with everything that is known of it.
    pub fn new(name: &str, entries: Vec<Vec<u8>>) -> Self {
        let records = forge::records(&entries);
        let mut prefix = Prefix::new(pinned(&entries));
        let mut prefixes = Vec::new();
        for (entry, record) in entries.iter().zip(&records) {
            prefixes.push(prefix.clone());
            prefix.push(entry, record.clone());
        }
        prefixes.push(prefix);
        let base = Self { name: name.into(), entries, records, prefixes };
        let last = base.prefixes.last().unwrap();
        for report in [last.key.clone().finish(), last.pin.clone().finish()] {
            assert_eq!((report.verdict, report.findings), (Verdict::Verified, Vec::new()), "{name}");
        }
        base
    }
}

/// Trust that also pins a checkpoint of all of `entries`, by the key of the log that signs at that size.
pub fn pinned(entries: &[Vec<u8>]) -> Trust {
    let state = forge::followed(entries).into_parts().0;
    let key = state.log_key_at(state.size).unwrap_or(*keys::log().public_key());
    let named = counterfoil_record::key::NamedKey::new(keys::ORIGIN.parse().unwrap(), key).unwrap();
    let note = forge::checkpoint(entries, &secret(&key).expect("a key of the log"));
    let checkpoint = open_checkpoint(&note, named.name(), core::slice::from_ref(&named)).unwrap();
    Trust { checkpoint: Some(checkpoint), require: Level::PinnedCheckpoint, ..trust() }
}

/// The logs of the tests: the three rich ones first, then those of some decision vectors.
pub fn bases() -> Vec<Base> {
    let mut bases = vec![
        Base::new("short", logs::short().script.entries()),
        Base::new("demo", logs::demo().script.entries()),
        Base::new("busy", logs::busy().script.entries()),
    ];
    for file in files("decision") {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if VECTORS.contains(&name.as_str()) {
            bases.push(Base::new(&name, read::<Decision>(&file).run()));
        }
    }
    assert_eq!(bases.len(), 3 + VECTORS.len());
    bases
}
