//! Opening a log: the core goes on only from a log of its own key in which every record follows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use counterfoil_audit::FindingCode;
use counterfoil_enforce::{Command, Core, Error, FileKey, Outstanding, SurroundingsError};
use counterfoil_record::{Amount, Time};
use counterfoil_store::{MemoryStore, Records as _};
use counterfoil_testkit::rail::response;
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, policy, script};

use common::{Ticking, core, entries, holding, open_run, pay, signed};

/// A log with runs and payments, and the checkpoint of its end.
fn log() -> (Vec<Vec<u8>>, String) {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let permit = core.pay(pay(&Ask::new(run, "a", 10_000).purpose("a report"))).unwrap();
    core.bind(&permit, &signed(&permit)).unwrap();
    core.settle(permit, None, Some(&response(true))).unwrap();
    core.pay(pay(&Ask::new(run, "b", 10_000).category("tip"))).unwrap_err();
    let store = core.close().unwrap();
    (entries(&store), store.checkpoint().unwrap().unwrap())
}

fn open(entries: &[Vec<u8>], checkpoint: Option<&str>) -> Result<Core<MemoryStore, FileKey, Ticking>, Error> {
    let later = Ticking { now: script::START + 60_000, salts: 1_000 };
    Core::open(holding(entries, checkpoint), keys::log(), later)
}

/// The findings for which a log is not opened.
fn findings(opened: Result<Core<MemoryStore, FileKey, Ticking>, Error>) -> Vec<(FindingCode, Option<u64>)> {
    match opened {
        Err(Error::DoesNotVerify(findings)) => findings.iter().map(|it| (it.code, it.index)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_that_follows_is_opened_and_goes_on() {
    let (entries, checkpoint) = log();
    let mut core = open(&entries, Some(&checkpoint)).unwrap();
    open_run(&mut core, "run-2");
    let store = core.close().unwrap();
    assert_eq!(common::audit(&store).findings, []);
}

#[test]
fn one_flipped_byte_anywhere_is_refused_and_its_record_named() {
    let (entries, checkpoint) = log();
    let mut tried = 0;
    for (index, entry) in entries.iter().enumerate() {
        for at in (index % 5..entry.len()).step_by(5) {
            let mut tampered = entries.clone();
            tampered[index][at] ^= 1 << (at % 8);
            let found = findings(open(&tampered, Some(&checkpoint)));
            let named: Vec<u64> = found.iter().filter_map(|it| it.1).collect();
            assert_eq!(named, [u64::try_from(index).unwrap()], "record {index}, byte {at}: {found:?}");
            tried += 1;
        }
    }
    assert!(tried > 800, "{tried}");
}

#[test]
fn a_log_of_another_key_is_refused() {
    let (entries, checkpoint) = log();
    for checkpoint in [None, Some(checkpoint.as_str())] {
        let opened = Core::open(holding(&entries, checkpoint), keys::ed25519("another"), Ticking::new());
        assert!(matches!(opened, Err(Error::AnotherKey)), "{opened:?}");
    }
}

#[test]
fn an_empty_store_is_not_opened_and_a_log_is_not_made_over_another() {
    assert!(matches!(open(&[], None), Err(Error::Size(0))));
    let (entries, _) = log();
    let size = u64::try_from(entries.len()).unwrap();
    let origin = keys::ORIGIN.parse().unwrap();
    match Core::create(holding(&entries, None), keys::log(), Ticking::new(), origin) {
        Err(Error::Size(found)) => assert_eq!(found, size),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_that_is_shorter_than_its_checkpoint_is_refused() {
    let (entries, checkpoint) = log();
    for kept in 1..entries.len() {
        assert_eq!(
            findings(open(&entries[..kept], Some(&checkpoint))),
            [(FindingCode::CheckpointBeyondLog, None)]
        );
    }
}

#[test]
fn a_checkpoint_that_is_not_the_logs_is_refused() {
    let (entries, checkpoint) = log();
    let forged = checkpoint.replacen("log.test.example", "log.evil.example", 1);
    assert_eq!(findings(open(&entries, Some(&forged))), [(FindingCode::CheckpointInvalid, None)]);
    let mut other = core();
    open_run(&mut other, "another");
    let other = other.close().unwrap();
    let found = findings(open(&entries, other.checkpoint().unwrap().as_deref()));
    assert_eq!(found, [(FindingCode::CheckpointRoot, None)]);
}

#[test]
fn records_that_were_left_out_or_swapped_are_refused() {
    let (entries, checkpoint) = log();
    for index in 0..entries.len() - 1 {
        let mut without = entries.clone();
        without.remove(index);
        let mut swapped = entries.clone();
        swapped.swap(index, index + 1);
        let mut twice = entries.clone();
        twice.insert(index, entries[index].clone());
        // In a log with a record twice, it is the second that stands in the wrong place.
        for (tampered, named) in [(without, index), (swapped, index), (twice, index + 1)] {
            let found = findings(open(&tampered, Some(&checkpoint)));
            assert_eq!(found[0].1, u64::try_from(named).ok(), "{index}: {found:?}");
        }
    }
}

#[test]
fn after_a_crash_exactly_the_open_payments_are_outstanding() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    core.pay(pay(&Ask::new(run, "held", 300_000))).unwrap_err();
    let [settled, lost, bound, allowed] =
        ["a", "b", "c", "d"].map(|key| core.pay(pay(&Ask::new(run, key, 10_000))).unwrap());
    core.bind(&bound, &signed(&bound)).unwrap();
    core.settle(settled, None, Some(&response(true))).unwrap();
    let expected: Vec<Outstanding> = [(&lost, "unknown"), (&bound, "open"), (&allowed, "open")]
        .map(|(permit, status)| Outstanding {
            payment: permit.payment(),
            status,
            exposure: Amount::new(10_000),
            claimable_until: permit.granted().until,
        })
        .into();
    core.unknown(lost, "no answer").unwrap();
    // The process ends here: the permits are gone without a word.
    let left = core.into_store();
    let entries = entries(&left);
    let core = open(&entries, None).unwrap();
    assert_eq!(core.outstanding(), expected);
}

#[test]
fn a_clock_that_is_behind_by_more_than_a_second_is_refused() {
    let (entries, checkpoint) = log();
    let last = common::records(&holding(&entries, None)).last().unwrap().time.millis();
    let at = |now: u64| {
        let clock = Ticking { now: now - 1, salts: 1_000 };
        Core::open(holding(&entries, Some(&checkpoint)), keys::log(), clock)
    };
    match at(last - 1_001) {
        Err(Error::ClockBehind { behind }) => assert_eq!(behind, 1_001),
        other => panic!("{other:?}"),
    }
    let core = at(last - 1_000).unwrap();
    assert_eq!(core.state().time, Time::from_millis(last), "a small step back stands still");
    let core = at(last + 5).unwrap();
    assert_eq!(core.state().time, Time::from_millis(last + 5));
}

#[test]
fn a_clock_that_falls_behind_later_is_refused_and_nothing_is_written() {
    let mut core = core();
    core.surroundings_mut().now -= 5_000;
    let (size, root) = (core.store().len(), core.root());
    let again = core.submit(Command::Start {});
    assert!(matches!(again, Err(Error::ClockBehind { .. })), "{again:?}");
    assert_eq!((core.store().len(), core.root()), (size, root));
}

#[test]
fn without_a_time_or_a_salt_nothing_is_recorded() {
    let mut script = script::Script::with_policy(&policy::plain());
    let run = counterfoil_enforce::command::OpenRun {
        id: "run-1".parse().unwrap(),
        agent: "researcher".parse().unwrap(),
        principal: "carol".parse().unwrap(),
        purpose: Some("a report".into()),
        parent: None,
        mandate: None,
    };
    let size = script.core.store().len();
    script.core.surroundings_mut().salts.clear();
    match script.core.submit(Command::OpenRun(run.clone())) {
        Err(Error::Command(counterfoil_enforce::CommandError::Surroundings(SurroundingsError::Random))) => {}
        other => panic!("{other:?}"),
    }
    script.core.surroundings_mut().time = None;
    match script.core.submit(Command::OpenRun(run)) {
        Err(Error::Surroundings(SurroundingsError::Clock)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(script.core.store().len(), size);
}
