//! A disk or a signer that fails: no permit without a record, and nothing signed twice for one place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use core::cell::{Cell, RefCell};
use core::ops::ControlFlow;
use std::rc::Rc;

use counterfoil_enforce::command::OpenRun;
use counterfoil_enforce::{Command, Core, Error, FileKey, NotAllowed, Permit, SignError, Signer};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::key::PublicKey;
use counterfoil_record::private::{Private, commitments};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Index, SignedRecord};
use counterfoil_store::{Aside, MemoryStore, Records, Store, StoreError};
use counterfoil_testkit::rail::response;
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, policy};

use common::{Ticking, audit, open_run, pay, signed};

/// When a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    /// Before the record reaches it.
    Before,
    /// After the record has reached it, before it says so.
    After,
}

/// A disk: what is on it stays when the store in front of it has failed.
#[derive(Clone, Debug)]
struct Disk {
    inner: Rc<RefCell<MemoryStore>>,
    /// How many writes succeed yet.
    left: Rc<Cell<usize>>,
    fails: Fails,
    failed: Rc<Cell<bool>>,
}

impl Disk {
    fn new(left: usize, fails: Fails) -> Self {
        Self { inner: Rc::default(), left: Rc::new(Cell::new(left)), fails, failed: Rc::default() }
    }

    fn write(
        &self,
        write: impl FnOnce(&mut MemoryStore) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        assert!(!self.failed.get(), "a store that has failed is not written to");
        if let Some(left) = self.left.get().checked_sub(1) {
            self.left.set(left);
            return write(&mut self.inner.borrow_mut());
        }
        self.failed.set(true);
        if self.fails == Fails::After {
            write(&mut self.inner.borrow_mut())?;
        }
        Err(StoreError::Io(std::io::Error::other("the disk failed")))
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.failed.get() { Err(StoreError::Poisoned) } else { Ok(()) }
    }
}

impl Records for Disk {
    fn len(&self) -> u64 {
        self.inner.borrow().len()
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.usable()?;
        self.inner.borrow().scan(from, each)
    }

    fn read(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        self.inner.borrow().read(index)
    }

    fn aside(&self, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        self.inner.borrow().aside(commitment)
    }

    fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        self.usable()?;
        self.inner.borrow().checkpoint()
    }
}

impl Store for Disk {
    fn erase(&mut self, commitment: &[u8; 32]) -> Result<bool, StoreError> {
        self.write(|store| store.erase(commitment).map(drop)).map(|()| true)
    }

    /// Holds the caller to the contract: the next number, and with each record exactly the private values
    /// that it commits to.
    fn append(&mut self, index: u64, record: &[u8], asides: &[Aside]) -> Result<(), StoreError> {
        assert_eq!(index, self.len());
        let decoded = SignedRecord::decode(record).expect("a record");
        let owed: Vec<[u8; 32]> =
            commitments(&decoded.unverified().input).iter().map(|(_, it)| it.0.0).collect();
        let mut given: Vec<[u8; 32]> = asides.iter().map(|aside| aside.commitment).collect();
        for aside in asides {
            let private = Private::from_bytes(&aside.bytes).expect("a private value");
            assert_eq!(private.commitment().0.0, aside.commitment);
        }
        given.sort_unstable();
        let mut expected = owed;
        expected.sort_unstable();
        assert_eq!(given, expected, "record {index}");
        self.write(|inner| inner.append(index, record, asides))
    }

    fn put_checkpoint(&mut self, checkpoint: &str) -> Result<(), StoreError> {
        self.write(|inner| inner.put_checkpoint(checkpoint))
    }
}

/// What was handed out before the disk failed.
#[derive(Default)]
struct HandedOut(Vec<(Index, Hash32)>);

fn name(run: &str) -> OpenRun {
    OpenRun::new(run.parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap())
}

/// A day's work on `disk`, until it is done or the disk fails.
fn work(disk: &Disk, out: &mut HandedOut) -> Result<(), NotAllowed> {
    let mut core = Core::create(disk.clone(), keys::log(), Ticking::new(), keys::ORIGIN.parse().unwrap())?;
    let worked = work_on(&mut core, out);
    if worked.is_err() {
        let (size, root) = (core.state().size, core.root());
        let refused = core.submit(Command::OpenRun(name("after"))).unwrap_err();
        assert!(matches!(refused, Error::Store(StoreError::Poisoned)), "{refused:?}");
        assert!(matches!(core.checkpoint(), Err(Error::Store(StoreError::Poisoned))));
        assert_eq!((core.state().size, core.root()), (size, root));
    }
    worked
}

fn work_on(core: &mut Core<Disk, FileKey, Ticking>, out: &mut HandedOut) -> Result<(), NotAllowed> {
    core.adopt_policy(&policy::plain())?;
    let run = core.open_run(name("run-1"))?;
    let mut permits: Vec<Permit> = Vec::new();
    for key in ["a", "b", "c"] {
        let permit = core.pay(pay(&Ask::new(run, key, 10_000).purpose("a report")))?;
        out.0.push((permit.payment(), *permit.slot()));
        core.bind(&permit, &signed(&permit))?;
        permits.push(permit);
    }
    let [a, b, c] = permits.try_into().unwrap();
    core.settle(a, None, Some(&response(true)))?;
    core.fail(b, "the seller answered 500", Some(&response(false)))?;
    drop(c);
    core.open_run(name("run-2"))?;
    core.checkpoint()?;
    core.submit(Command::Stop {})?;
    Ok(())
}

#[test]
fn whenever_the_disk_fails_every_permit_that_was_handed_out_is_in_the_log() {
    for fails in [Fails::Before, Fails::After] {
        let mut failures = 0;
        for left in 0.. {
            let (disk, mut out) = (Disk::new(left, fails), HandedOut::default());
            match work(&disk, &mut out) {
                Ok(()) => break,
                Err(NotAllowed::Core(Error::Store(StoreError::Io(_)))) => failures += 1,
                Err(other) => panic!("{other:?}"),
            }
            let left = disk.inner.borrow().clone();
            if left.is_empty() {
                assert_eq!(out.0, []);
                continue;
            }
            let records = common::records(&left);
            for (payment, slot) in &out.0 {
                let at = usize::try_from(payment.value()).unwrap();
                assert_eq!(records[at].verdict.outcome, Outcome::Allow);
                let leaf = counterfoil_tlog::leaf_hash(&left.read(payment.value()).unwrap().unwrap());
                assert_eq!(counterfoil_rails::eip3009::slot(&Hash32(*leaf.bytes())), *slot);
            }
            assert_eq!(audit(&left).findings, []);
            let later = Ticking { now: counterfoil_testkit::script::START + 60_000, salts: 1_000 };
            let mut core = Core::open(left, keys::log(), later).unwrap();
            core.open_run(name("next-day")).unwrap_or_else(|error| match error {
                // Where the log has no policy yet, it cannot open a run.
                Error::Refused(refused) if core.state().policy.is_none() => refused.index,
                other => panic!("{other:?}"),
            });
            assert_eq!(audit(&core.close().unwrap()).findings, []);
        }
        assert!(failures >= 15, "{failures}");
    }
}

/// A signer that can be switched off.
#[derive(Debug)]
struct Flaky {
    key: FileKey,
    off: Rc<Cell<bool>>,
}

impl Signer for Flaky {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        if self.off.get() { Err(SignError("switched off".into())) } else { self.key.sign(message) }
    }
}

#[test]
fn a_signer_that_fails_leaves_state_and_log_as_they_were() {
    let off = Rc::new(Cell::new(false));
    let signer = Flaky { key: keys::log(), off: Rc::clone(&off) };
    let origin = keys::ORIGIN.parse().unwrap();
    let mut core = Core::create(MemoryStore::default(), signer, Ticking::new(), origin).unwrap();
    core.adopt_policy(&policy::plain()).unwrap();
    let run = open_run(&mut core, "run-1");
    let [first, second] = ["a", "b"].map(|key| core.pay(pay(&Ask::new(run, key, 10_000))).unwrap());
    let payments = [first.payment(), second.payment()];
    let before = (core.state().clone(), core.store().len(), core.root());

    off.set(true);
    let ask = Ask::new(run, "c", 10_000);
    for _ in 0..2 {
        match core.pay(pay(&ask)) {
            Err(NotAllowed::Core(Error::Sign(error))) => assert_eq!(error, SignError("switched off".into())),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(core.checkpoint(), Err(Error::Sign(_))));
    drop(first);
    drop(second);
    assert!(matches!(core.submit(Command::OpenRun(name("run-2"))), Err(Error::Sign(_))));
    assert_eq!((core.state().clone(), core.store().len(), core.root()), before);

    off.set(false);
    let third = core.pay(pay(&ask)).unwrap();
    let unknown: Vec<Index> =
        core.outstanding().iter().filter(|it| it.status == "unknown").map(|it| it.payment).collect();
    assert_eq!(unknown, payments, "permits that were dropped meanwhile are not forgotten");
    core.settle(third, None, None).unwrap();
    assert_eq!(audit(&core.close().unwrap()).findings, []);
}

#[test]
fn a_log_cannot_be_made_with_a_signer_that_fails() {
    let signer = Flaky { key: keys::log(), off: Rc::new(Cell::new(true)) };
    let made = Core::create(MemoryStore::default(), signer, Ticking::new(), keys::ORIGIN.parse().unwrap());
    assert!(matches!(made, Err(Error::Sign(_))), "{made:?}");
}
