//! Sagas: what becomes of a transaction's payments.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::Index;

use crate::scene::{Ask, Scene, accepted, accepted_with, allow, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![commits(), obligations(), after_abort(), excess(), deadline_makes_obligations()]
}

fn paid(scene: &mut Scene, run: Index, transaction: Index, step: &str) -> Recorded {
    let allowed = scene.pay(&Ask::new(run, step, 100_000).reversible(transaction, step), allow());
    scene.bind_exactly(&allowed);
    allowed
}

/// Payments that are to be compensated now, in order.
fn owed(scene: &Scene) -> Vec<(Index, u128)> {
    let state = scene.script.core.state();
    state.obligations_at(state.time).iter().map(|it| (it.payment, it.open.units())).collect()
}

fn commits() -> Decision {
    let (mut scene, run) = Scene::plain(
        "saga-commits",
        "A transaction commits once every step is complete and every payment has come to its end.",
    );
    let transaction = scene.begin(run, &[("a", true), ("b", true)]);
    let a = paid(&mut scene, run, transaction, "a");
    scene.complete(transaction, "a", accepted());
    scene.settle(a.index, 100_000, accepted());
    scene.record(Command::Commit { transaction }, refused(&["step-incomplete"]));
    let b = paid(&mut scene, run, transaction, "b");
    scene.complete(transaction, "b", accepted());
    scene.record(Command::Commit { transaction }, refused(&["payment-open"]));
    scene.unknown(b.index, accepted());
    scene.record(Command::Commit { transaction }, refused(&["payment-open"]));
    scene.settle(b.index, 100_000, accepted());
    scene.record(Command::Commit { transaction }, accepted());
    assert_eq!(owed(&scene), []);
    scene.record(Command::Abort { transaction, reason: None }, refused(&["out-of-order"]));
    scene.finish()
}

fn obligations() -> Decision {
    let (mut scene, run) = Scene::plain(
        "saga-abort-leaves-obligations",
        "An abort makes an obligation of every settled payment, the latest first; compensation closes them.",
    );
    let transaction = scene.begin(run, &[("a", true), ("b", true), ("c", true)]);
    let [a, b, c] = ["a", "b", "c"].map(|step| paid(&mut scene, run, transaction, step));
    for payment in [&a, &b] {
        scene.settle(payment.index, 100_000, accepted());
    }
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    assert_eq!(owed(&scene), [(b.index, 100_000), (a.index, 100_000)]);
    scene.settle(c.index, 100_000, accepted_with(&["after-abort"]));
    assert_eq!(owed(&scene), [(c.index, 100_000), (b.index, 100_000), (a.index, 100_000)]);
    scene.compensate(c.index, 100_000, accepted());
    scene.compensate(b.index, 40_000, accepted());
    assert_eq!(owed(&scene), [(b.index, 60_000), (a.index, 100_000)]);
    scene.compensate(b.index, 60_000, accepted());
    scene.compensate(a.index, 100_000, accepted());
    assert_eq!(owed(&scene), []);
    scene.finish()
}

fn after_abort() -> Decision {
    let (mut scene, run) = Scene::plain(
        "saga-settled-after-the-abort",
        "What settles after the abort is accepted, marked, and becomes an obligation too.",
    );
    let transaction = scene.begin(run, &[("a", true)]);
    let a = paid(&mut scene, run, transaction, "a");
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    assert_eq!(owed(&scene), []);
    scene.settle(a.index, 100_000, accepted_with(&["after-abort"]));
    assert_eq!(owed(&scene), [(a.index, 100_000)]);
    scene.finish()
}

fn excess() -> Decision {
    let (mut scene, run) = Scene::plain(
        "saga-excess-compensation",
        "What comes back beyond what settled is an excess, recorded and not counted.",
    );
    let transaction = scene.begin(run, &[("a", true)]);
    let a = paid(&mut scene, run, transaction, "a");
    scene.compensate(a.index, 1, accepted_with(&["excess"]));
    scene.settle(a.index, 100_000, accepted());
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    scene.compensate(a.index, 100_001, accepted_with(&["excess"]));
    assert_eq!(owed(&scene), []);
    scene.compensate(a.index, 100_000, accepted_with(&["excess"]));
    let payment = &scene.script.core.state().payments[&a.index];
    assert_eq!(payment.compensated, payment.settled);
    scene.compensate(run, 1, accepted_with(&["unmatched"]));
    scene.finish()
}

fn deadline_makes_obligations() -> Decision {
    let (mut scene, run) = Scene::plain(
        "saga-deadline-passes",
        "A passed deadline makes obligations without a word; the abort that says why is accepted after it.",
    );
    let transaction = scene.begin(run, &[("a", true), ("b", true)]);
    let a = paid(&mut scene, run, transaction, "a");
    let b = paid(&mut scene, run, transaction, "b");
    scene.settle(a.index, 100_000, accepted());
    assert_eq!(owed(&scene), []);
    scene.at(700_000).settle(b.index, 100_000, accepted_with(&["after-abort"]));
    assert_eq!(owed(&scene), [(b.index, 100_000), (a.index, 100_000)]);
    scene.record(Command::Abort { transaction, reason: Some("too slow".into()) }, accepted());
    scene.finish()
}
