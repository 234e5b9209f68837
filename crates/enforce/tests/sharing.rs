//! One log, several who would write it: one process at a time, and in it any number of threads.
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

use std::sync::{Arc, Mutex};
use std::thread;

use counterfoil_enforce::{Core, Error, NotAllowed};
use counterfoil_record::Amount;
use counterfoil_record::verdict::CheckName;
use counterfoil_store::{SqliteReader, SqliteStore, StoreError};
use counterfoil_testkit::rail::response;
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, policy};

use common::{core_in, open_run, pay};

#[test]
fn a_second_core_on_one_log_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    let mut first = core_in(SqliteStore::create(&path).unwrap(), &policy::plain());
    for _ in 0..2 {
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Locked)));
        assert!(matches!(SqliteStore::create(&path), Err(StoreError::Exists)));
    }
    open_run(&mut first, "run-1");
    let clock = first.surroundings_mut().clone();
    first.close().unwrap().close().unwrap();
    let mut second = Core::open(SqliteStore::open(&path).unwrap(), keys::log(), clock).unwrap();
    open_run(&mut second, "run-2");
    second.close().unwrap().close().unwrap();
    assert_eq!(common::audit(&SqliteReader::open(&path).unwrap()).findings, []);
}

#[test]
fn a_core_that_another_has_overtaken_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    let mut first = core_in(SqliteStore::create(&path).unwrap(), &policy::plain());
    let run = open_run(&mut first, "run-1");
    // Somebody deletes the lock's file, and starts another core.
    std::fs::remove_file(dir.path().join("log.sqlite.lock")).unwrap();
    let clock = first.surroundings_mut().clone();
    let second = Core::open(SqliteStore::open(&path).unwrap(), keys::log(), clock).unwrap();
    match first.pay(pay(&Ask::new(run, "a", 10_000))) {
        Err(NotAllowed::Core(Error::Store(StoreError::Fenced))) => {}
        other => panic!("{other:?}"),
    }
    match first.pay(pay(&Ask::new(run, "a", 10_000))) {
        Err(NotAllowed::Core(Error::Store(StoreError::Poisoned))) => {}
        other => panic!("{other:?}"),
    }
    drop(first);
    second.close().unwrap().close().unwrap();
    assert_eq!(common::audit(&SqliteReader::open(&path).unwrap()).findings, []);
}

#[test]
fn eight_threads_on_one_budget_never_overspend_it() {
    const PRICE: u128 = 10_000;
    const LIMIT: u128 = 203_000;
    let limits = [("limit = \"20.00 usdc\"", "limit = \"0.203 usdc\""), ("count = 5", "count = 10000")];
    let mut core = core_in(counterfoil_store::MemoryStore::default(), &policy::plain_with(&limits));
    let run = open_run(&mut core, "run-1");
    let core = Arc::new(Mutex::new(core));
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let core = Arc::clone(&core);
            thread::spawn(move || {
                let (mut allowed, mut denied) = (0_u32, 0_u32);
                for number in 0..8 {
                    let ask = Ask::new(run, &format!("t{thread}-{number}"), PRICE);
                    let answer = core.lock().unwrap().pay(pay(&ask));
                    match answer {
                        // Some settle, some are dropped: what is unknown stays reserved.
                        Ok(permit) if number % 2 == 0 => {
                            core.lock().unwrap().settle(permit, None, Some(&response(true))).unwrap();
                            allowed += 1;
                        }
                        Ok(_dropped) => allowed += 1,
                        Err(NotAllowed::Denied(recorded)) => {
                            let failing = recorded.failing.iter().map(|it| it.check);
                            assert_eq!(failing.collect::<Vec<_>>(), [CheckName::Budget]);
                            denied += 1;
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
                (allowed, denied)
            })
        })
        .collect();
    let counts: Vec<(u32, u32)> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let allowed: u32 = counts.iter().map(|it| it.0).sum();
    let denied: u32 = counts.iter().map(|it| it.1).sum();
    assert_eq!((allowed, denied), (20, 44), "as many as the limit has room for, and no more");
    let core = Arc::into_inner(core).unwrap().into_inner().unwrap();
    let store = core.close().unwrap();
    let report = common::audit(&store);
    assert_eq!(report.findings, []);
    let total = report.summary.totals.values().next().unwrap();
    let spent = total.settled.checked_add(total.reserved).unwrap();
    assert_eq!(spent, Amount::new(u128::from(allowed) * PRICE));
    assert!(spent <= Amount::new(LIMIT));
}
