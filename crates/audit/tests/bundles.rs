//! Bundles: whatever a log says about a payment is followed from a few of its records, and not without any of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use core::sync::atomic::{AtomicUsize, Ordering};

use counterfoil_audit::bundle::{Bundle, Gather, GatherError, PAYMENTS_MOST, examine};
use counterfoil_audit::{NotCheckedCode, Report, Trust, Verdict};
use counterfoil_enforce::{Command, FileKey};
use counterfoil_testkit::scene::{Ask, Scene, accepted, allow};
use counterfoil_testkit::script::trust;
use counterfoil_testkit::vectors::Decision;
use counterfoil_testkit::{bundles, forge, keys, recipes};

fn look(bytes: &[u8], trust: Option<Trust>) -> Report {
    examine(bytes, trust, None, &mut ())
}

/// The log of a vector, alive to its end, and the key that signs it last.
fn log_of(vector: &Decision) -> Option<(Vec<Vec<u8>>, FileKey)> {
    let entries = vector.run();
    let seed = vector.steps.iter().rev().find_map(|step| step.log_key_seed.as_ref());
    let seed = hex::decode(seed.unwrap_or(&vector.log_key_seed)).unwrap();
    let key = FileKey::from_seed(&seed.try_into().unwrap()).unwrap();
    let opened = forge::records(&entries).len() > 1;
    opened.then(|| (bundles::alive(&entries, &key), key))
}

/// Every payment of every `nth` decision vector, with its bundle, on both cores.
fn each(nth: usize, see: impl Fn(&str, &[Vec<u8>], &Bundle) + Sync) {
    let vectors: Vec<Decision> = recipes::decision::all().into_iter().step_by(nth).collect();
    let half = |first: usize| {
        for vector in vectors.iter().skip(first).step_by(2) {
            let Some((entries, key)) = log_of(vector) else { continue };
            for payment in bundles::payments(&entries) {
                let name = format!("{}, payment {payment}", vector.name);
                match bundles::bundle(&entries, &key, &[payment], None) {
                    Ok(bundle) => see(&name, &entries, &bundle),
                    Err(GatherError::NotDecided(_)) => {}
                    Err(error) => panic!("{name}: {error}"),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| half(1));
        half(0);
    });
}

#[test]
fn every_payment_of_every_decision_vector_is_followed_from_its_bundle() {
    let (verified, insufficient) = (AtomicUsize::new(0), AtomicUsize::new(0));
    each(1, |name, _, bundle| {
        let report = look(&bundle.to_file(), Some(trust()));
        assert_eq!(report.findings, [], "{name}");
        // What was never allowed has no end that a state shows.
        let never = bundle.standings.iter().all(|it| it.stood.payment.terms.is_none());
        let later = report.not_checked.iter().any(|it| it.code == NotCheckedCode::LaterRecords);
        assert_eq!(later, never, "{name}");
        if report.verdict == Verdict::Verified {
            verified.fetch_add(1, Ordering::Relaxed);
        } else {
            // A first payment, or one that was never allowed, about which a later fact would change no state.
            let partial = report.not_checked.iter().filter(|it| it.code.is_partial()).map(|it| it.code);
            let partial: Vec<NotCheckedCode> = partial.collect();
            let shown = [NotCheckedCode::FirstPayment, NotCheckedCode::LaterRecords];
            assert!(!partial.is_empty() && partial.iter().all(|code| shown.contains(code)), "{name}");
            assert_eq!(report.verdict, Verdict::Insufficient, "{name}");
            insufficient.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (verified, insufficient) = (verified.into_inner(), insufficient.into_inner());
    assert!(verified > 200 && insufficient > 80, "{verified} {insufficient}");
}

#[test]
fn with_any_record_left_out_a_bundle_is_never_verified() {
    let tried = AtomicUsize::new(0);
    each(12, |name, entries, bundle| {
        bundles::assert_needs_each(name, bundle, entries);
        tried.fetch_add(bundle.records.len(), Ordering::Relaxed);
        let mut less = bundle.clone();
        if !core::mem::take(&mut less.standings).is_empty() {
            let report = look(&less.to_file(), Some(trust()));
            assert!(report.not_checked.iter().any(|it| it.code == NotCheckedCode::LaterRecords), "{name}");
            assert_eq!(report.verdict, Verdict::Insufficient, "{name}");
        }
    });
    let tried = tried.into_inner();
    assert!(tried > 150, "{tried}");
}

#[test]
fn what_came_after_the_checkpoint_of_a_bundle_is_not_in_it() {
    let (mut scene, run) = Scene::plain("bundle", "a payment that came back after the checkpoint");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&paid);
    let settled = scene.settle(paid.index, 10_000, accepted()).index;
    let before = scene.script.entries();
    scene.compensate(paid.index, 4_000, accepted());
    let (after, payments) = (scene.script.entries(), [paid.index]);
    let make = |size: usize| {
        bundles::under(&after, forge::checkpoint(&after[..size], &keys::log()), &payments, None)
    };
    let bundle = make(before.len()).unwrap();
    assert_eq!(bundle.records.last().map(|shown| shown.index), Some(settled));
    assert_eq!(look(&bundle.to_file(), Some(trust())).findings, []);
    let decided = usize::try_from(paid.index.value()).unwrap();
    let size = paid.index.value();
    assert_eq!(make(decided), Err(GatherError::AfterCheckpoint { payment: paid.index, size }));
    assert_eq!(make(decided + 1).unwrap().records.last().map(|shown| shown.index), Some(paid.index));
}

#[test]
fn where_a_payment_stands_is_shown_by_whatever_record_states_it_last() {
    for states in [Command::Start {}, Command::Stop {}, Command::Heartbeat {}] {
        let (mut scene, run) = Scene::plain("bundle", "a payment, and a record of the whole state after it");
        let paid = scene.pay(&Ask::new(run, "one", 10_000), allow()).index;
        let stated = scene.record(states, accepted()).index;
        let bundle = bundles::bundle(&scene.script.entries(), &keys::log(), &[paid], None).unwrap();
        assert_eq!(bundle.standings.iter().map(|it| it.record).collect::<Vec<_>>(), [stated]);
        let report = look(&bundle.to_file(), Some(trust()));
        assert_eq!((report.verdict, report.findings), (Verdict::Verified, vec![]));
        assert_eq!(report.scope.bundle.unwrap().complete_to, Some(stated.value()));
    }
}

#[test]
fn a_bundle_explains_so_many_payments_and_no_more() {
    let (mut scene, run) = Scene::plain("bundle", "one payment, told over and over");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow()).index;
    let entries = scene.script.entries();
    let story = bundles::stories(&entries, &[paid]).remove(0);
    let made = |count: usize| {
        Gather::new(vec![story.clone(); count], forge::checkpoint(&entries, &keys::log())).map(|_| ())
    };
    assert_eq!(made(PAYMENTS_MOST), Ok(()));
    assert_eq!(made(PAYMENTS_MOST + 1), Err(GatherError::TooManyPayments));
}
