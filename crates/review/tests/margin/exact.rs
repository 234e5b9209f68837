//! Margins that are known by hand, in words and in values.

use counterfoil_decide::State;
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Index, Record, SignedRecord};
use counterfoil_review::margin::{Margin, Which};
use counterfoil_testkit::policy::{full, plain_with};
use counterfoil_testkit::scene::{Ask, Scene, accepted, allow, deny, hold, refused};

/// The record of that index.
fn record(scene: &Scene, index: Index) -> Record {
    let entry = &scene.script.entries()[usize::try_from(index.value()).unwrap()];
    SignedRecord::decode(entry).unwrap().unverified().clone()
}

fn state(scene: &Scene) -> State {
    scene.script.core.state().clone()
}

fn said(record: &Record, before: &State) -> String {
    Margin::of(record, before).unwrap().lines().join("\n")
}

#[test]
fn a_hold_says_what_more_it_takes_and_what_would_not_have_been_held() {
    let (mut scene, run) = Scene::plain("margin", "a payment that waits");
    let before = state(&scene);
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    let expected = "\
left       budget run-total: 19.70 usdc (19700000)
left       budget agent-day: 24.70 usdc (24700000)
left       budget principal-all: 39.70 usdc (39700000)
left       budget month: 399.70 usdc (399700000)
left       budget burst: 4 more payments
amount     at 0.500001 usdc (500001), 200001 more: deny [transaction: required, gate new-payee: needs 1 of finance]
amount     at 0.249999 usdc (249999), 50001 less: allow
time       at 9999-01-01T00:00:00.000Z, 251575372799997 ms later: cannot-decide [budget month: overflow, gate new-payee: needs 1 of finance]
phase      in commit (1 edge away): deny [phase: phase-may-not-pay, gate new-payee: needs 1 of finance]
phase      in deliver (1 edge away): deny [phase: phase-may-not-pay, gate new-payee: needs 1 of finance]
phase      in explore (2 edges away): deny [phase: phase-may-not-pay, gate new-payee: needs 1 of finance]
approvals  1 more of finance: allow";
    assert_eq!(said(&record(&scene, held.index), &before), expected);
}

#[test]
fn an_allowance_by_people_says_when_it_would_have_been_too_late_and_who_could_not_be_spared() {
    let (mut scene, run) = Scene::plain("margin", "a payment that people allowed");
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    scene.approve("bob", &held);
    let before = state(&scene);
    let claimed = scene.claim(held.index, allow());
    let margin = Margin::of(&record(&scene, claimed.index), &before).unwrap();
    let time = margin.time.unwrap();
    // Both approvals expire an hour after they were given, and the gate waits as long from the hold on.
    let asked = record(&scene, held.index).time.millis();
    assert_eq!((time.at.millis(), time.then.outcome), (asked + 3_600_001, Outcome::Deny));
    let approvals = margin.approvals.unwrap();
    assert_eq!((approvals.which, approvals.roles[0].approvals), (Which::Fewer, 2));
    assert_eq!(approvals.then.unwrap().outcome, Outcome::Hold);
}

#[test]
fn what_somebody_refused_no_approvals_turn() {
    let (mut scene, run) = Scene::plain("margin", "a payment that was refused");
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.say("alice", Say::Refuse, &held, accepted());
    let before = state(&scene);
    let denied = scene.claim(held.index, deny(&["gate:new-payee"]));
    let margin = Margin::of(&record(&scene, denied.index), &before).unwrap();
    assert_eq!((margin.outcome, margin.approvals, margin.time), (Outcome::Deny, None, None));
    // For less, people would not have been asked.
    let decrease = margin.amount.unwrap().decrease.unwrap();
    assert_eq!((decrease.amount.units(), decrease.then.outcome), (249_999, Outcome::Allow));
}

#[test]
fn a_hold_for_more_people_than_may_answer_says_that_none_turn_it() {
    let policy = [(
        "need = { approvals = 1, from = \"finance\", ttl = \"15m\" }",
        "need = { approvals = 3, from = \"finance\", ttl = \"15m\" }",
    )];
    let mut scene = Scene::new("margin", "too many people", &plain_with(&policy));
    let run = scene.open_run();
    let order = scene.begin(run, &[("data", true)]);
    let before = state(&scene);
    // The agent's owner is one of the three, and may not approve.
    let held = scene.pay(
        &Ask::new(run, "a", 2_000_000).reversible(order, "data"),
        hold(&["gate:premium", "gate:new-payee"]),
    );
    let margin = Margin::of(&record(&scene, held.index), &before).unwrap();
    let approvals = margin.approvals.as_ref().unwrap();
    assert_eq!((approvals.which, approvals.roles.len(), &approvals.then), (Which::More, 0, &None));
    let last = margin.lines().pop().unwrap();
    assert_eq!(last, "approvals  none that people could still give turn it");
}

#[test]
fn a_denial_by_a_window_says_when_it_is_over_and_one_by_a_phase_in_which_it_would_go() {
    let (mut scene, run) = Scene::plain_with("margin", "a window", &[("count = 5", "count = 1")]);
    let first = scene.pay(&Ask::new(run, "a", 1_000), allow());
    let before = state(&scene);
    let denied = scene.pay(&Ask::new(run, "b", 1_000), deny(&["budget:burst"]));
    let margin = Margin::of(&record(&scene, denied.index), &before).unwrap();
    let time = margin.time.as_ref().unwrap();
    let again = record(&scene, first.index).time.millis() + 60_000;
    assert_eq!((time.at.millis(), time.wait.millis()), (again, 59_999));
    assert_eq!(time.then.outcome, Outcome::Allow);
    assert!(margin.lines().contains(&"over       budget burst: by 1 payment".into()));
    assert_eq!(margin.amount.map(|it| (it.increase, it.decrease)), Some((None, None)));

    let mut scene = Scene::new("margin", "a phase", &full());
    let run = scene.open_run();
    scene.attach_plan(run, 500_000);
    let before = state(&scene);
    let denied = scene.pay(&Ask::new(run, "a", 1_000).quotes(), deny(&["phase"]));
    let margin = Margin::of(&record(&scene, denied.index), &before).unwrap();
    let phases: Vec<_> =
        margin.phases.iter().map(|it| (it.phase.as_str(), it.edges, it.then.outcome)).collect();
    assert_eq!(phases, [("execute", Some(2), Outcome::Allow)]);
    assert_eq!((margin.time, margin.approvals), (None, None));
}

#[test]
fn there_is_no_margin_of_what_decides_no_payment_or_does_not_follow() {
    let (mut scene, run) = Scene::plain("margin", "none");
    let before = state(&scene);
    let paid = scene.pay(&Ask::new(run, "a", 1_000), allow());
    let record_of = record(&scene, paid.index);
    assert!(Margin::of(&record_of, &before).is_some());
    // From another state another trace follows.
    assert_eq!(Margin::of(&record_of, &state(&scene)), None);
    let mut other = record_of.clone();
    other.verdict.outcome = Outcome::Deny;
    assert_eq!(Margin::of(&other, &before), None);
    let before = state(&scene);
    let claimed = scene.claim(paid.index, refused(&["unknown-payment"]));
    assert_eq!(Margin::of(&record(&scene, claimed.index), &before), None);
    assert_eq!(Margin::of(&record(&scene, run), &State::new()), None);
}
