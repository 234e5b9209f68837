//! Bundles of payments that were held: each decision on them follows from the records shown, and not without any.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use counterfoil_audit::bundle::Bundle;
use counterfoil_audit::{NotCheckedCode, Report, Verdict};
use counterfoil_enforce::Command;
use counterfoil_enforce::command::Scope;
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Index, Input};
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::scene::{Ask, Scene, accepted, allow, deny, hold, mandate, refused};
use counterfoil_testkit::{bundles, forge, policy};

/// People are asked from 0.20 on, and nothing needs a transaction.
const ASKS: [(&str, &str); 2] = [
    ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.20 usdc\""),
    ("required_above = [\"0.50 usdc\"", "required_above = [\"20.00 usdc\""),
];

const PREMIUM: &[&str] = &["gate:premium"];

fn scene() -> (Scene, Index) {
    Scene::plain_with("held", "", &ASKS)
}

/// A run with a plan, under a policy whose phases take one.
fn planned() -> (Scene, Index) {
    let policy = ASKS.iter().fold(policy::full(), |it, (from, to)| policy::vary(&it, from, to));
    let mut scene = Scene::new("held", "", &policy);
    let run = scene.open_run();
    scene.attach_plan(run, 600_000);
    (scene, run)
}

/// The bundle of `payment`, which is followed.
fn followed(scene: &Scene, payment: Index) -> (Bundle, Report) {
    bundles::followed(&scene.script.entries(), &[payment])
}

fn shows(bundle: &Bundle, record: Index) -> bool {
    bundle.read(record).is_some()
}

/// How the payment was decided, one time after the other.
fn decisions(scene: &Scene, payment: Index) -> Vec<Outcome> {
    let records = forge::records(&scene.script.entries());
    let decides = |input: &Input, index: Index| match input {
        Input::Pay(_) => index == payment,
        Input::Claim(claim) => claim.payment == payment,
        _ => false,
    };
    records.iter().filter(|it| decides(&it.input, it.index)).map(|it| it.verdict.outcome).collect()
}

#[test]
fn what_only_the_hold_counted_is_shown() {
    let (scene, held, settled) = logs::claimed_a_day_later();
    let (bundle, report) = followed(&scene, held);
    assert_eq!(report.verdict, Verdict::Verified);
    // By the claim the other payment has left the day that the agent's budget counts.
    let records = forge::records(&scene.script.entries());
    let paid = records.iter().find(|it| it.index == settled).and_then(|it| it.input.payment()).unwrap();
    assert!(shows(&bundle, paid) && shows(&bundle, settled));
}

#[test]
fn what_moves_the_budgets_between_the_decisions_is_shown() {
    let (mut scene, run) = scene();
    let first = scene.pay(&Ask::new(run, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM));
    scene.claim(held.index, hold(PREMIUM));
    scene.bind_exactly(&first);
    scene.settle(first.index, 100_000, accepted());
    scene.claim(held.index, hold(PREMIUM));
    let other = scene.pay(&Ask::new(run, "other", 50_000), allow());
    scene.bind_exactly(&other);
    scene.claim(held.index, hold(PREMIUM));
    scene.compensate(first.index, 40_000, accepted());
    scene.approve("bob", &held);
    let claimed = scene.claim(held.index, allow());
    scene.settle(other.index, 50_000, accepted());
    scene.bind_exactly(&claimed);
    scene.settle(held.index, 300_000, accepted());
    assert_eq!(
        decisions(&scene, held.index),
        [Outcome::Hold, Outcome::Hold, Outcome::Hold, Outcome::Hold, Outcome::Allow]
    );
    assert_eq!(followed(&scene, held.index).1.verdict, Verdict::Verified);
}

#[test]
fn a_phase_that_is_entered_while_a_payment_waits_is_shown() {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM));
    let left = scene.enter(run, "commit", accepted()).index;
    let entered = scene.enter(run, "execute", accepted()).index;
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    let (bundle, report) = followed(&scene, held.index);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!(shows(&bundle, left) && shows(&bundle, entered));
}

#[test]
fn a_plan_that_is_taken_up_while_a_payment_waits_is_shown() {
    let (mut scene, run) = planned();
    scene.execute(run);
    let first = scene.pay(&Ask::new(run, "first", 100_000).quotes(), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000).quotes(), hold(PREMIUM));
    scene.enter(run, "commit", accepted());
    let plan = scene.attach_plan(run, 700_000).index;
    let asked = scene.enter(run, "execute", refused(&["conditions-not-met"]).needing(&["approvals"]));
    let approved = scene.approve("bob", &asked).index;
    scene.enter(run, "execute", accepted());
    scene.bind_exactly(&first);
    scene.settle(first.index, 100_000, accepted());
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    let (bundle, report) = followed(&scene, held.index);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!(shows(&bundle, plan) && shows(&bundle, approved));
}

#[test]
fn an_answer_about_a_phase_that_nobody_entered_is_not_shown() {
    let (mut scene, run) = planned();
    scene.execute(run);
    let held = scene.pay(&Ask::new(run, "held", 300_000).quotes(), hold(&["gate:premium", "gate:new-payee"]));
    let left = scene.enter(run, "commit", accepted()).index;
    let asked = scene.enter(run, "execute", refused(&["conditions-not-met"]).needing(&["approvals"]));
    let answered = scene.approve("alice", &asked).index;
    scene.claim(held.index, deny(&["phase"]).needing(&["gate:premium", "gate:new-payee"]));
    let (bundle, _) = followed(&scene, held.index);
    assert_eq!([left, answered].map(|index| shows(&bundle, index)), [true, false]);
}

#[test]
fn an_answer_about_a_phase_follows_where_what_its_run_did_before_is_left_out() {
    let (mut scene, run) = planned();
    scene.enter(run, "commit", accepted());
    let denied = scene.pay(&Ask::new(run, "early", 100_000).quotes(), deny(&["phase"])).index;
    let asked = scene.enter(run, "execute", refused(&["conditions-not-met"]).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.enter(run, "execute", accepted());
    let paid = scene.pay(&Ask::new(run, "first", 100_000).quotes(), allow()).index;
    let (bundle, report) = followed(&scene, paid);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!(!shows(&bundle, denied));
}

#[test]
fn what_a_mandate_had_been_used_for_at_each_decision_is_shown() {
    let (mut scene, _) = scene();
    let over = scene.open_within("over", None, Some(mandate(2_000_000)), accepted());
    let [part, beside] = ["part", "beside"].map(|id| scene.open_within(id, Some(over), None, accepted()));
    let first = scene.pay(&Ask::new(over, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(part, "held", 300_000), hold(PREMIUM));
    scene.pay(&Ask::new(beside, "other", 100_000), allow());
    scene.claim(held.index, hold(PREMIUM));
    scene.bind_exactly(&first);
    scene.settle(first.index, 100_000, accepted());
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    let (bundle, report) = followed(&scene, held.index);
    assert_eq!(report.verdict, Verdict::Verified);
    assert!([over, part, beside].iter().all(|run| shows(&bundle, *run)));
}

#[test]
fn the_steps_of_a_transaction_that_a_payment_waits_in_are_shown() {
    let (mut scene, run) = scene();
    let transaction = scene.begin(run, &[("data", true), ("print", false)]);
    let first = scene.pay(&Ask::new(run, "first", 100_000).reversible(transaction, "data"), allow());
    let last = Ask::new(run, "print", 300_000).irreversible(transaction, "print");
    scene.pay(&last, deny(&["transaction"]).needing(PREMIUM));
    scene.bind_exactly(&first);
    scene.settle(first.index, 100_000, accepted());
    scene.complete(transaction, "data", accepted());
    let held = scene.pay(&last, hold(PREMIUM));
    scene.claim(held.index, hold(PREMIUM));
    scene.approve("alice", &held);
    let claimed = scene.claim(held.index, allow());
    scene.bind_exactly(&claimed);
    scene.settle(held.index, 300_000, accepted());
    scene.complete(transaction, "print", accepted());
    scene.record(Command::Commit { transaction }, accepted());
    assert_eq!(followed(&scene, held.index).1.verdict, Verdict::Verified);
    assert_eq!(followed(&scene, first.index).1.verdict, Verdict::Verified);
}

#[test]
fn a_purchase_that_somebody_else_opens_and_ends_meanwhile_is_shown() {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM));
    let same = scene.pay(&Ask::new(run, "held", 50_000).key("same"), allow());
    scene.bind_exactly(&same);
    scene.settle(same.index, 50_000, accepted());
    scene.claim(held.index, hold(PREMIUM));
    let again = scene.pay(&Ask::new(run, "held", 60_000).key("again"), allow()).index;
    scene.claim(held.index, deny(&["purchase"]).needing(PREMIUM));
    let (bundle, report) = followed(&scene, held.index);
    assert_eq!(report.verdict, Verdict::Insufficient, "no state shows the end of what was never allowed");
    assert!(shows(&bundle, same.index) && shows(&bundle, again));
}

#[test]
fn that_a_payee_was_new_at_the_hold_is_not_shown_though_it_is_known_at_the_claim() {
    let (mut scene, run) = scene();
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:premium", "gate:new-payee"]));
    scene.pay(&Ask::new(run, "other", 50_000), allow());
    for _ in 0..2 {
        scene.claim(held.index, hold(PREMIUM));
    }
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    let (_, report) = followed(&scene, held.index);
    let first: Vec<&str> = report
        .not_checked
        .iter()
        .filter(|it| it.code == NotCheckedCode::FirstPayment)
        .map(|it| it.detail.as_str())
        .collect();
    let said = format!("that record {} is the first payment to its payee", held.index);
    assert_eq!((report.verdict, first), (Verdict::Insufficient, vec![said.as_str()]));
}

#[test]
fn the_last_decision_that_rests_on_a_first_payment_is_named_once() {
    let (mut scene, run) = scene();
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:premium", "gate:new-payee"]));
    scene.claim(held.index, hold(&["gate:premium", "gate:new-payee"]));
    scene.approve("alice", &held);
    let claimed = scene.claim(held.index, allow()).index;
    let (_, report) = followed(&scene, held.index);
    let first = report.not_checked.iter().filter(|it| it.code == NotCheckedCode::FirstPayment);
    let first: Vec<&str> = first.map(|it| it.detail.as_str()).collect();
    assert_eq!(first, [format!("that record {claimed} is the first payment to its payee")]);
}

type End<'a> = &'a dyn Fn(&mut Scene, Index, Index);

#[test]
fn what_ends_the_waiting_is_shown() {
    let suspend = || Command::Suspend { scope: Scope::default(), reason: None, statements: Vec::new() };
    let ends: [End<'_>; 4] = [
        &|scene, run, payment| {
            scene.record(Command::CloseRun { run }, accepted());
            scene.claim(payment, refused(&["unknown-payment"]));
        },
        &|scene, _, payment| {
            scene.record(suspend(), accepted());
            scene.claim(payment, deny(&["not-suspended"]).needing(PREMIUM));
            scene.claim(payment, refused(&["unknown-payment"]));
        },
        &|scene, _, payment| {
            scene.adopt(&policy::version(&policy::plain_with(&ASKS), 2), accepted());
            scene.claim(payment, refused(&["unknown-payment"]));
        },
        &|scene, _, payment| {
            let about = scene.claim(payment, hold(PREMIUM));
            scene.say("alice", Say::Refuse, &about, accepted());
            scene.claim(payment, deny(PREMIUM));
        },
    ];
    for end in ends {
        let (mut scene, run) = scene();
        scene.pay(&Ask::new(run, "first", 100_000), allow());
        let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM)).index;
        end(&mut scene, run, held);
        let (_, report) = followed(&scene, held);
        assert_eq!(report.verdict, Verdict::Insufficient);
        let later = report.not_checked.iter().any(|it| it.code == NotCheckedCode::LaterRecords);
        assert!(later, "no state shows the end of what was never allowed");
    }
}
