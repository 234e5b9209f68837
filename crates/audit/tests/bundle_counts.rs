//! Bundles show what counted in a decision, and what came of that: by budget, plan item and mandate, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use counterfoil_enforce::command::Mandate;
use counterfoil_record::{Index, Time};
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow, deny, mandate};
use counterfoil_testkit::script::START;
use counterfoil_testkit::{bundles, policy};

const DAY: u64 = 86_400_000;

/// Which of `records` the bundle of `payment` shows.
fn shown<const N: usize>(scene: &Scene, payment: Index, records: [Index; N]) -> [bool; N] {
    let (bundle, _) = bundles::followed(&scene.script.entries(), &[payment]);
    records.map(|index| bundle.read(index).is_some())
}

/// `policy` with a day of each agent as its only budget.
fn by_the_day(policy: &str) -> String {
    let (before, rest) = policy.split_once("[[budgets]]").unwrap();
    let (_, after) = rest.split_once("[[gates]]").unwrap();
    let day =
        "id = \"agent-day\"\nper = [\"agent\"]\nwindow = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"\n";
    format!("{before}[[budgets]]\n{day}\n[[gates]]{after}")
}

/// A payment that moves every group after what came before it, so that the trace names this one.
fn moves(scene: &mut Scene, run: Index) -> Index {
    scene.pay(&Ask::new(run, "moves", 1), allow()).index
}

#[test]
fn what_came_back_is_shown_where_it_may_be_spent_again() {
    let restores = ("limit = \"20.00 usdc\"", "limit = \"20.00 usdc\"\nrestore_refunds = true");
    for (changes, is_seen) in [(&[restores][..], true), (&[], false)] {
        let (mut scene, run) = Scene::plain_with("counts", "", changes);
        let first = scene.pay(&Ask::new(run, "first", 100_000), allow());
        scene.bind_exactly(&first);
        let settled = scene.settle(first.index, 100_000, accepted()).index;
        let back = scene.compensate(first.index, 40_000, accepted()).index;
        moves(&mut scene, run);
        let paid = scene.pay(&Ask::new(run, "paid", 100_000), allow()).index;
        assert_eq!(shown(&scene, paid, [first.index, settled, back]), [true, true, is_seen]);
    }
}

#[test]
fn what_settled_late_is_shown() {
    let (mut scene, run) = Scene::plain("counts", "");
    let first = scene.pay(&Ask::new(run, "first", 100_000), allow());
    scene.bind_exactly(&first);
    let expired = scene.at(850_000).expire(first.index, accepted()).index;
    let settled = scene.settle(first.index, 100_000, accepted_with(&["late"])).index;
    moves(&mut scene, run);
    let paid = scene.pay(&Ask::new(run, "paid", 100_000), allow()).index;
    assert_eq!(shown(&scene, paid, [first.index, expired, settled]), [true, true, true]);
}

#[test]
fn what_came_of_a_payment_that_is_only_counted_is_not_shown() {
    let (mut scene, run) = Scene::plain("counts", "");
    let counted = scene.pay(&Ask::yen(run, "counted", 1), allow()).index;
    let settled = scene.settle(counted, 1, accepted_with(&["unbound"])).index;
    scene.pay(&Ask::yen(run, "moves", 1), allow());
    let paid = scene.pay(&Ask::new(run, "paid", 100_000), allow()).index;
    assert_eq!(shown(&scene, paid, [counted, settled]), [true, false]);
}

#[test]
fn what_was_paid_for_an_item_is_shown_beyond_the_window_of_every_budget() {
    let mut scene = Scene::new("counts", "", &by_the_day(&policy::full()));
    let run = scene.open_run();
    scene.attach_plan(run, 600_000);
    scene.execute(run);
    let mut allowed = |key: &str| {
        let paid = scene.pay(&Ask::new(run, key, 100_000).quotes(), allow());
        scene.bind_exactly(&paid);
        paid.index
    };
    let [settles, expires, late, moves] = ["settles", "expires", "late", "moves"].map(&mut allowed);
    let settled = scene.settle(settles, 100_000, accepted()).index;
    let expired = scene.at(850_000).expire(expires, accepted()).index;
    scene.expire(late, accepted());
    let after = scene.settle(late, 100_000, accepted_with(&["late"])).index;
    scene.settle(moves, 100_000, accepted());
    let paid = scene.at(DAY + 900_000).pay(&Ask::new(run, "paid", 100_000).quotes(), allow()).index;
    // What is reserved for an item and what has settled of it are one sum; what ends unspent leaves it.
    let records = [settles, settled, expires, expired, late, after];
    assert_eq!(shown(&scene, paid, records), [true, false, true, true, true, true]);
}

#[test]
fn that_a_payment_ended_is_shown_where_the_same_purchase_is_made_again_under_its_key() {
    let mut scene = Scene::new("counts", "", &by_the_day(&policy::plain()));
    let run = scene.open_run();
    let [first, other] = ["a", "b"].map(|key| scene.pay(&Ask::new(run, key, 100_000), allow()).index);
    let settled = scene.settle(first, 100_000, accepted_with(&["unbound"])).index;
    scene.settle(other, 100_000, accepted_with(&["unbound"]));
    let reused = deny(&["idempotency"]).codes(&["key-reused"]);
    let denied = scene.at(DAY + 900_000).pay(&Ask::new(run, "a", 100_001), reused).index;
    assert_eq!(shown(&scene, denied, [first, settled, other]), [true, true, true]);
}

#[test]
fn what_was_paid_under_a_mandate_is_shown_beyond_the_window_of_every_budget() {
    let mut scene = Scene::new("counts", "", &by_the_day(&policy::plain()));
    let ten_days = Mandate { expires: Time::from_millis(START + 10 * DAY), ..mandate(2_000_000) };
    let over = scene.open_within("over", None, Some(ten_days), accepted());
    let [part, beside] = ["part", "beside"].map(|id| scene.open_within(id, Some(over), None, accepted()));
    let free = scene.open_run();
    let mut allowed = |run: Index, key: &str| {
        let paid = scene.pay(&Ask::new(run, key, 100_000), allow());
        scene.bind_exactly(&paid);
        paid.index
    };
    let [settles, expires, late] = ["settles", "expires", "late"].map(|key| allowed(beside, key));
    let [other, moves] = ["other", "moves"].map(|key| allowed(free, key));
    let settled = scene.settle(settles, 100_000, accepted()).index;
    let expired = scene.at(850_000).expire(expires, accepted()).index;
    scene.expire(late, accepted());
    let after = scene.settle(late, 100_000, accepted_with(&["late"])).index;
    scene.settle(moves, 100_000, accepted());
    let paid = scene.at(DAY + 900_000).pay(&Ask::new(part, "paid", 100_000), allow()).index;
    let records = [settles, settled, expires, expired, late, after, other];
    assert_eq!(shown(&scene, paid, records), [true, false, true, true, true, true, false]);
}
