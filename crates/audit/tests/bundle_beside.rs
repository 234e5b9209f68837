//! Bundles of payments beside others: what another payment came to is shown where something rests on it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use counterfoil_audit::Verdict;
use counterfoil_enforce::Command;
use counterfoil_record::Index;
use counterfoil_testkit::bundles;
use counterfoil_testkit::scene::{Ask, Expect, Scene, accepted, accepted_with, allow, deny, hold};

/// The bundle of `payments`, and which of `records` it shows.
fn followed(scene: &Scene, payments: &[Index], records: &[Index]) -> (Verdict, Vec<bool>) {
    let (bundle, report) = bundles::followed(&scene.script.entries(), payments);
    (report.verdict, records.iter().map(|index| bundle.read(*index).is_some()).collect())
}

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
    let shown = followed(&scene, &[b], &[a, settled, committed]);
    assert_eq!(shown, (Verdict::Verified, vec![true, true, true]));
}

#[test]
fn an_abort_follows_where_the_step_before_it_is_left_out() {
    let (mut scene, run) = Scene::plain("beside", "");
    let transaction = scene.begin(run, &[("a", true), ("b", true)]);
    let paid = scene.pay(&Ask::new(run, "b", 100_000).reversible(transaction, "b"), allow());
    scene.bind_exactly(&paid);
    let step = scene.complete(transaction, "a", accepted()).index;
    let aborted = scene.record(Command::Abort { transaction, reason: None }, accepted()).index;
    scene.settle(paid.index, 100_000, accepted_with(&["after-abort"]));
    let shown = followed(&scene, &[paid.index], &[step, aborted]);
    assert_eq!(shown, (Verdict::Verified, vec![false, true]));
}

#[test]
fn the_held_payment_whose_key_another_used_is_shown() {
    let asks = ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.20 usdc\"");
    let (mut scene, run) = Scene::plain_with("beside", "", &[asks]);
    let needs = ["gate:premium", "gate:new-payee"];
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&needs)).index;
    let denied = scene.pay(&Ask::new(run, "a", 100_000), key_reused()).index;
    // What was never allowed has no end that a state shows.
    assert_eq!(followed(&scene, &[denied], &[held]), (Verdict::Insufficient, vec![true]));
}

fn key_reused() -> Expect {
    deny(&["idempotency"]).codes(&["key-reused"])
}

/// A payment of a thousandth of the run's yen, and two minutes between it and what follows: it counts in nothing
/// that a payment of dollars counts in.
fn yen(scene: &mut Scene, run: Index, key: &str) -> Index {
    let paid = scene.pay(&Ask::yen(run, key, 1), allow()).index;
    let now = scene.elapsed();
    scene.at(now + 120_000);
    paid
}

#[test]
fn the_payment_whose_key_another_used_is_shown_where_it_counts_in_nothing() {
    let (mut scene, run) = Scene::plain("beside", "");
    let [first, keyed, second, third, last] =
        ["first", "a", "second", "third", "last"].map(|key| yen(&mut scene, run, key));
    let settled = scene.settle(second, 1, accepted_with(&["unbound"])).index;
    let denied = scene.pay(&Ask::new(run, "a", 100_000), key_reused()).index;
    let shown = followed(&scene, &[denied], &[first, keyed, second, settled, third, last]);
    // The settlement was the last that moved a group, and the trace names it.
    assert_eq!(shown, (Verdict::Insufficient, vec![false, true, true, true, false, false]));
}

#[test]
fn the_payment_that_made_a_payee_known_is_shown_where_people_would_be_asked_of_a_new_one() {
    // Without what counts payments of every asset, one of yen moves nothing that one of dollars names.
    let burst = "[[budgets]]\nid = \"burst\"\nper = [\"agent\", \"payee\"]\nwindow = { rolling = \"60s\" }\ncount = 5\n";
    let (mut scene, run) = Scene::plain_with("beside", "", &[(burst, "")]);
    let [known, again] = ["known", "again"].map(|key| yen(&mut scene, run, key));
    let small = scene.pay(&Ask::new(run, "small", 100_000), allow()).index;
    let records = [known, again];
    // Nobody is asked of so little.
    assert_eq!(followed(&scene, &[small], &records), (Verdict::Verified, vec![false, false]));

    let (mut scene, run) = Scene::plain_with("beside", "", &[(burst, "")]);
    let [known, again] = ["known", "again"].map(|key| yen(&mut scene, run, key));
    let large = scene.pay(&Ask::new(run, "large", 300_000), allow()).index;
    let more = scene.pay(&Ask::new(run, "more", 300_000), allow()).index;
    for payments in [&[large][..], &[large, more]] {
        let shown = followed(&scene, payments, &[known, again]);
        assert_eq!(shown, (Verdict::Verified, vec![true, false]));
    }
}
