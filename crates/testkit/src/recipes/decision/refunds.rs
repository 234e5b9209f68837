//! Money that comes back, and what is given up of it.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::{Amount, Index};

use crate::scene::{Ask, Expect, Scene, accepted, accepted_with, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        not_restored(),
        restored(),
        together(),
        unmatched(),
        of_an_obligation(),
        written_off(),
        write_off_bounds(),
        write_off_power(),
        write_off_once(),
    ]
}

fn settled(scene: &mut Scene, run: Index, key: &str, units: u128) -> Recorded {
    let allowed = scene.pay(&Ask::new(run, key, units), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, units, accepted());
    allowed
}

fn refund(scene: &mut Scene, payment: Index, units: u128, expect: Expect) {
    let amount = Amount::new(units);
    scene.record(Command::Refund { payment, amount, evidence: None, reason: Some("late".into()) }, expect);
}

fn not_restored() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "refund-does-not-restore-a-budget",
        "What a seller gives back may not be spent again, unless the budget says so.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.20 usdc\"")],
    );
    let paid = settled(&mut scene, run, "a", 200_000);
    refund(&mut scene, paid.index, 200_000, accepted());
    scene.pay(&Ask::new(run, "b", 1), deny(&["budget:run-total"]));
    scene.finish()
}

fn restored() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "refund-restores-a-budget",
        "Under `restore_refunds` what came back may be spent again, to the unit.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.20 usdc\"\nrestore_refunds = true")],
    );
    let paid = settled(&mut scene, run, "a", 200_000);
    refund(&mut scene, paid.index, 150_000, accepted());
    scene.pay(&Ask::new(run, "b", 150_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "b", 150_000), allow());
    scene.finish()
}

fn together() -> Decision {
    let (mut scene, run) = Scene::plain(
        "refund-and-compensation-together",
        "Refunds and compensations together are counted up to what settled, and not beyond.",
    );
    let paid = settled(&mut scene, run, "a", 100_000);
    refund(&mut scene, paid.index, 60_000, accepted());
    scene.compensate(paid.index, 40_001, accepted_with(&["excess"]));
    refund(&mut scene, paid.index, 1, accepted_with(&["excess"]));
    scene.finish()
}

fn unmatched() -> Decision {
    let (mut scene, run) = Scene::plain(
        "refund-of-what-was-never-allowed",
        "A refund of a payment that this log does not know, or only held, is recorded and counts for nothing.",
    );
    refund(&mut scene, Index::new(77), 1, accepted_with(&["unmatched"]));
    let held = scene.pay(&Ask::new(run, "a", 300_000), crate::scene::hold(&["gate:new-payee"]));
    refund(&mut scene, held.index, 1, accepted_with(&["unmatched"]));
    let open = scene.pay(&Ask::new(run, "b", 100_000), allow());
    refund(&mut scene, open.index, 1, accepted_with(&["excess"]));
    scene.finish()
}

/// A settled payment of 0.10 in a transaction that was aborted.
fn failed(scene: &mut Scene, run: Index) -> Recorded {
    let transaction = scene.begin(run, &[("a", true)]);
    let paid = scene.pay(&Ask::new(run, "a", 100_000).reversible(transaction, "a"), allow());
    scene.bind_exactly(&paid);
    scene.settle(paid.index, 100_000, accepted());
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    paid
}

fn owed(scene: &Scene) -> u128 {
    let state = scene.script.core.state();
    state.obligations_at(state.time).iter().map(|it| it.open.units()).sum()
}

fn of_an_obligation() -> Decision {
    let (mut scene, run) =
        Scene::plain("refund-closes-an-obligation", "What the seller gives back is not owed any more.");
    let paid = failed(&mut scene, run);
    refund(&mut scene, paid.index, 99_999, accepted());
    assert_eq!(owed(&scene), 1);
    refund(&mut scene, paid.index, 1, accepted());
    assert_eq!(owed(&scene), 0);
    scene.finish()
}

fn write_off(payment: Index, units: u128) -> Command {
    Command::WriteOff { payment, amount: Amount::new(units), statements: Vec::new(), reason: None }
}

fn written_off() -> Decision {
    let (mut scene, run) = Scene::plain(
        "write-off-closes-an-obligation",
        "People with the power give up what a failed transaction is owed.",
    );
    let paid = failed(&mut scene, run);
    scene.by(write_off(paid.index, 40_000), "finance", &["alice"], accepted());
    assert_eq!(owed(&scene), 60_000);
    scene.compensate(paid.index, 60_001, accepted_with(&["excess"]));
    assert_eq!(owed(&scene), 0);
    scene.finish()
}

fn write_off_bounds() -> Decision {
    let (mut scene, run) = Scene::plain(
        "write-off-of-more-than-is-owed",
        "What is not owed cannot be given up: not a unit more, not nothing, and nothing of a payment that is fine.",
    );
    let fine = settled(&mut scene, run, "fine", 100_000);
    scene.record(write_off(fine.index, 1), refused(&["no-obligation"]));
    scene.record(write_off(Index::new(77), 1), refused(&["unknown-payment"]));
    let paid = failed(&mut scene, run);
    scene.record(write_off(paid.index, 100_001), refused(&["no-obligation"]));
    scene.record(write_off(paid.index, 0), refused(&["no-obligation"]));
    scene.by(write_off(paid.index, 100_000), "finance", &["alice"], accepted());
    scene.finish()
}

fn write_off_power() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "write-off-without-power",
        "Where the policy gives nobody the power, nothing is written off.",
        &[("write_off = { approvals = 1, from = \"finance\" }\n", "")],
    );
    let paid = failed(&mut scene, run);
    scene.record(write_off(paid.index, 1), refused(&["no-power"]));
    scene.finish()
}

fn write_off_once() -> Decision {
    let (mut scene, run) =
        Scene::plain("write-off-signed-once", "A signed write-off serves once, and for its own amount.");
    let paid = failed(&mut scene, run);
    let asked = scene.question(&write_off(paid.index, 40_000));
    let signed = scene.signed("finance", &["alice"], &asked);
    scene.with(&write_off(paid.index, 40_001), &signed, refused(&["statement-subject"]));
    scene.with(&write_off(paid.index, 40_000), &signed, accepted());
    scene.with(&write_off(paid.index, 40_000), &signed, refused(&["statement-subject"]));
    scene.finish()
}
