//! What the tests of the core share: a clock of their own, a log with a policy, and payments in order.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use counterfoil_audit::{Auditor, Report};
use counterfoil_enforce::command::OpenRun;
use counterfoil_enforce::{Command, Core, FileKey, Pay, Permit, Signer, Surroundings, SurroundingsError};
use counterfoil_record::{Index, Record, SignedRecord, Time};
use counterfoil_store::{MemoryStore, Records, Store};
use counterfoil_testkit::rail::Signing;
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, policy, script};

/// A clock that goes on by a millisecond each time it is asked, and salts that count.
#[derive(Clone, Debug)]
pub struct Ticking {
    /// The time that was told last, milliseconds since the Unix epoch.
    pub now: u64,
    /// How many salts were given.
    pub salts: u128,
}

impl Ticking {
    pub fn new() -> Self {
        Self { now: script::START, salts: 0 }
    }
}

impl Surroundings for Ticking {
    fn now(&mut self) -> Result<Time, SurroundingsError> {
        self.now += 1;
        Ok(Time::from_millis(self.now))
    }

    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError> {
        self.salts += 1;
        Ok(self.salts.to_be_bytes())
    }
}

/// A log in memory with the plain policy in force.
pub fn core() -> Core<MemoryStore, FileKey, Ticking> {
    core_in(MemoryStore::default(), &policy::plain())
}

/// A log in an empty store with a policy in force.
pub fn core_in<S: Store>(store: S, policy: &str) -> Core<S, FileKey, Ticking> {
    let mut core = Core::create(store, keys::log(), Ticking::new(), keys::ORIGIN.parse().unwrap()).unwrap();
    core.adopt_policy(policy).unwrap();
    core
}

/// Opens a run of `researcher` for `carol`.
pub fn open_run<S: Store, K: Signer, E: Surroundings>(core: &mut Core<S, K, E>, name: &str) -> Index {
    let run = OpenRun::new(name.parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    core.open_run(run).unwrap()
}

/// What `ask` asks for, as [`Core::pay`] takes it.
pub fn pay(ask: &Ask) -> Pay {
    match ask.command() {
        Command::Pay(pay) => *pay,
        other => panic!("{other:?}"),
    }
}

/// The `PAYMENT-SIGNATURE` header of a wallet that signs exactly what is permitted.
pub fn signed(permit: &Permit) -> String {
    let granted = permit.granted();
    Signing::new(granted.exposure.units(), granted.until, granted.slot).header()
}

/// Every record of the log, unverified.
pub fn records(store: &impl Records) -> Vec<Record> {
    entries(store).iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().clone()).collect()
}

/// Every entry of the log.
pub fn entries(store: &impl Records) -> Vec<Vec<u8>> {
    (0..store.len()).map(|index| store.read(index).unwrap().unwrap()).collect()
}

/// A store that holds `entries` and `checkpoint`, whatever they are.
pub fn holding(entries: &[Vec<u8>], checkpoint: Option<&str>) -> MemoryStore {
    let mut store = MemoryStore::default();
    for (index, entry) in (0..).zip(entries) {
        store.append(index, entry, &[]).unwrap();
    }
    if let Some(checkpoint) = checkpoint {
        store.put_checkpoint(checkpoint).unwrap();
    }
    store
}

/// The auditor's report on the log, under trust that pins its key.
pub fn audit(store: &impl Records) -> Report {
    let mut auditor = Auditor::new(Some(script::trust()), store.checkpoint().unwrap().as_deref());
    for entry in entries(store) {
        auditor.push(&entry);
    }
    auditor.finish()
}
