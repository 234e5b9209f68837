//! Bundles of payments beside others: what another payment came to is shown where something rests on it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use counterfoil_audit::Verdict;
use counterfoil_enforce::Command;
use counterfoil_testkit::bundles;
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow, deny, hold};

#[test]
fn what_lets_a_transaction_end_after_the_decision_is_shown_where_a_later_fact_rests_on_the_end() {
    let (mut scene, run) = Scene::plain("beside", "");
    let deadline = scene.later(900_000);
    let steps = [("a", true), ("b", true)];
    let transaction = scene.begin_due(run, "order", &steps, deadline, accepted()).index;
    let mut paid = |step: &str| {
        let allowed = scene.pay(&Ask::new(run, step, 100_000).reversible(transaction, step), allow());
        scene.bind_exactly(&allowed);
        scene.complete(transaction, step, accepted());
        allowed.index
    };
    let (a, b) = (paid("a"), paid("b"));
    let settled = scene.settle(a, 100_000, accepted()).index;
    scene.at(850_000).expire(b, accepted());
    let committed = scene.record(Command::Commit { transaction }, accepted()).index;
    // After the deadline: of a transaction that had not committed, it would have to come back.
    scene.at(950_000).settle(b, 100_000, accepted_with(&["late"]));
    let (bundle, report) = bundles::followed(&scene.script.entries(), b);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!([a, settled, committed].iter().all(|index| bundle.read(*index).is_some()));
}

#[test]
fn the_held_payment_whose_key_another_used_is_shown() {
    let (mut scene, run) = Scene::plain_with(
        "beside",
        "",
        &[("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.20 usdc\"")],
    );
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:premium", "gate:new-payee"])).index;
    let denied = scene.pay(&Ask::new(run, "a", 100_000), deny(&["idempotency"]).codes(&["key-reused"])).index;
    let (bundle, report) = bundles::followed(&scene.script.entries(), denied);
    assert_eq!(report.verdict, Verdict::Insufficient, "it was never allowed");
    assert!(bundle.read(held).is_some());
}
