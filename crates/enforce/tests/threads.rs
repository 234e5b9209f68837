//! Sixty-four threads on one budget spend exactly its limit; a reservation that is decided on an old state does not
//! stand the same test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use std::sync::{Barrier, Mutex};

use counterfoil_enforce::{
    Core, FileKey, NotAllowed, Pay, Permit, Surroundings, SurroundingsError, command::OpenRun,
};
use counterfoil_record::{Index, Time};
use counterfoil_store::{MemoryStore, Records as _};
use counterfoil_testkit::script::{START, audit, trust};
use counterfoil_testkit::{keys, policy, rail};

const THREADS: usize = 64;
const ROUNDS: usize = 3;
const AMOUNT: u128 = 10_000;
/// Room for twenty payments; a hundred and ninety-two are asked for.
const LIMIT: u128 = 200_000;

/// A clock that stands, and salts that count.
struct Still(u64);

impl Surroundings for Still {
    fn now(&mut self) -> Result<Time, SurroundingsError> {
        Ok(Time::from_millis(START))
    }

    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError> {
        self.0 += 1;
        Ok(u128::from(self.0).to_be_bytes())
    }
}

type Till = Core<MemoryStore, FileKey, Still>;

fn till() -> (Till, Index) {
    let burst = "[[budgets]]\nid = \"burst\"\nper = [\"agent\", \"payee\"]\nwindow = { rolling = \"60s\" }\ncount = 5\n";
    let source = policy::plain_with(&[
        (burst, ""),
        ("limit = \"25.00 usdc\"", "limit = \"0.20 usdc\""),
        ("budget = \"agent-day\"", "budget = \"gold-run\""),
        ("refusals_per_minute = 60\n", ""),
    ]);
    let origin = keys::ORIGIN.parse().unwrap();
    let mut core = Core::create(MemoryStore::default(), keys::log(), Still(0), origin).unwrap();
    core.adopt_policy(&source).unwrap();
    let [id, agent, principal] = ["run-1", "researcher", "carol"].map(|name| name.parse().unwrap());
    let run = core.open_run(OpenRun::new(id, agent, principal)).unwrap();
    (core, run)
}

fn ask(run: Index, thread: usize, round: usize) -> Pay {
    let url = format!("https://data.example/v1/{thread}/{round}");
    let header = rail::Offer::new(&url, AMOUNT).header();
    let key = format!("{thread}-{round}").parse().unwrap();
    Pay::new(run, key, &header, &url, "hot".parse().unwrap()).category("data".parse().unwrap())
}

/// What a wallet would have signed for, with every thread asking at once.
fn spent(pay: impl Fn(Pay) -> bool + Sync, run: Index) -> u128 {
    let together = Barrier::new(THREADS);
    let allowed = Mutex::new(0_u128);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (together, allowed, pay) = (&together, &allowed, &pay);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    together.wait();
                    if pay(ask(run, thread, round)) {
                        *allowed.lock().unwrap() += AMOUNT;
                    }
                }
            });
        }
    });
    allowed.into_inner().unwrap()
}

#[test]
fn never_overspend_and_lose_nothing() {
    let (core, run) = till();
    let core = Mutex::new(core);
    let pay = |pay: Pay| {
        let permit = core.lock().unwrap().pay(pay);
        match permit {
            // Every other payment settles, in a lock of its own; the rest stay reserved.
            Ok(permit) => end(&mut core.lock().unwrap(), permit),
            Err(NotAllowed::Denied(_)) => false,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(spent(pay, run), LIMIT);
    let store = core.into_inner().unwrap().close().unwrap();
    let entries: Vec<_> = (0..store.len()).map(|index| store.read(index).unwrap().unwrap()).collect();
    assert!(audit(Some(trust()), None, &entries).findings.is_empty());
}

fn end(core: &mut Till, permit: Permit) -> bool {
    if permit.payment().value().is_multiple_of(2) {
        core.settle(permit, None, None).unwrap();
    } else {
        core.unknown(permit, "asked later").unwrap();
    }
    true
}

/// The same test on a core that decides on the state as it was when the round began, as one would that read the budget
/// first and reserved afterwards.
#[test]
fn would_overspend_if_they_decided_before_they_reserved() {
    let (core, run) = till();
    let core = Mutex::new(core);
    let together = Barrier::new(THREADS);
    let pay = |pay: Pay| {
        let mut before = {
            let core = core.lock().unwrap();
            let entries = (0..core.store().len()).map(|index| core.store().read(index).unwrap().unwrap());
            let mut copy = MemoryStore::default();
            for (index, entry) in (0..).zip(entries) {
                counterfoil_store::Store::append(&mut copy, index, &entry, &[]).unwrap();
            }
            Core::open_unstarted(copy, keys::log(), Still(0)).unwrap()
        };
        together.wait();
        let Ok(permit) = before.pay(pay.clone()) else { return false };
        let _reserved_too_late = core.lock().unwrap().pay(pay);
        drop(permit);
        true
    };
    assert!(spent(pay, run) > LIMIT);
}
