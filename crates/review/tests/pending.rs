//! What waits for people, and what does not wait for them any more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a panic is how a test fails"
)]

use counterfoil_enforce::Command;
use counterfoil_enforce::command::Scope;
use counterfoil_record::statement::{Answer, Said, SubjectKind};
use counterfoil_record::verdict::{CheckResult, Outcome};
use counterfoil_record::{Index, SignedRecord, Time};
use counterfoil_review::lines::text;
use counterfoil_review::pending::{ClockJump, Entries, Pending, pending};
use counterfoil_review::statement::read;
use counterfoil_testkit::keys;
use counterfoil_testkit::policy::{full, plain, vary};
use counterfoil_testkit::scene::{Ask, Scene, accepted, allow, hold, refused};
use counterfoil_testkit::script::{About, START};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// What waits so many milliseconds after the beginning.
fn at(scene: &Scene, millis: u64) -> Result<Pending, ClockJump> {
    let mut entries = Entries::default();
    for entry in scene.script.entries() {
        entries.observe(SignedRecord::decode(&entry).unwrap().unverified());
    }
    pending(scene.script.core.state(), &entries, Time::from_millis(START + millis))
}

fn names(pending: &Pending) -> Vec<(SubjectKind, u64)> {
    pending.waiting.iter().map(|it| (it.kind, it.record.value())).collect()
}

#[test]
fn the_oldest_comes_first_and_what_people_did_not_answer_in_time_waits_no_more() {
    let (mut scene, run) = Scene::plain("waits", "two payments that wait");
    let [first, second] = [("a", 400_000), ("b", 300_000)].map(|(key, units)| {
        scene.at(if key == "a" { MINUTE } else { 2 * MINUTE });
        scene.pay(&Ask::new(run, key, units), hold(&["gate:new-payee"]))
    });
    let both = [first.index, second.index].map(|index| (SubjectKind::Payment, index.value()));
    assert_eq!(names(&at(&scene, 3 * MINUTE).unwrap()), both);
    // The gate asks for an answer within an hour, counted for each from when it was held.
    let late = at(&scene, HOUR + MINUTE + 1).unwrap();
    assert_eq!(names(&late), both[1..]);
    assert_eq!((late.decided[0].payment, late.decided[0].claimed_now), (first.index, Outcome::Deny));
    assert_eq!(late.decided[0].because, ["gate new-payee (time-is-over)"]);
    let need = &late.waiting[0].needs[0];
    assert_eq!((need.result, need.until.millis()), (CheckResult::Needs, START + 2 * MINUTE + HOUR));
    assert!(at(&scene, 3 * HOUR).unwrap().waiting.is_empty());
    assert_eq!(at(&scene, 73 * HOUR).map(|_| ()), Err(ClockJump), "the policy's max_step is 72 hours");
}

#[test]
fn an_approval_that_comes_too_late_to_count_is_shown_as_that() {
    let (mut scene, run) = Scene::plain("late", "an approval that comes too late");
    let asked = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    let time = Time::from_millis(START + 2 * HOUR);
    let mut statement = scene.script.statement(Answer::Approve, &About::of(&asked));
    statement.expires = Time::from_millis(START + 3 * HOUR);
    let bytes = statement.to_unsigned(&keys::person("alice"), time).to_be_signed();
    let said = Said::from_to_be_signed(&bytes).unwrap();
    let shown = text(&read(&said, None, scene.script.core.state(), time).unwrap().lines);
    assert!(shown.contains("counts for nothing"), "{shown}");
    let but = "BUT NOW    it would be denied all the same: gate new-payee (time-is-over)";
    assert!(shown.contains(but), "{shown}");
}

#[test]
fn a_phase_waits_while_what_was_asked_is_what_would_be_answered() {
    let mut scene = Scene::new("phase", "an entry that waits", &full());
    let run = scene.open_run();
    let enter = |phase: &str| Command::EnterPhase { run, phase: phase.parse().unwrap() };
    scene.record(enter("commit"), accepted());
    let waits = |scene: &Scene| names(&at(scene, scene.elapsed() + 1).unwrap());
    // Without its plan nobody is asked.
    scene.record(enter("execute"), refused(&["conditions-not-met"]).failing(&["artefact:plan"]));
    assert_eq!(waits(&scene), []);
    scene.attach_plan(run, 5_000_000);
    assert_eq!(waits(&scene), [], "nobody has asked to enter with this plan");
    let asked = scene.record(enter("execute"), refused(&["conditions-not-met"]).needing(&["approvals"]));
    assert_eq!(waits(&scene), [(SubjectKind::Phase, asked.index.value())]);
    // Another plan is another question, which nobody has asked yet.
    scene.attach_plan(run, 6_000_000);
    assert_eq!(waits(&scene), []);
    let again = scene.record(enter("execute"), refused(&["conditions-not-met"]).needing(&["approvals"]));
    assert_eq!(waits(&scene), [(SubjectKind::Phase, again.index.value())]);
    scene.record(Command::CloseRun { run }, accepted());
    assert_eq!(waits(&scene), []);
}

#[test]
fn whoever_has_answered_or_stands_behind_the_request_is_not_asked() {
    let (mut scene, run) = Scene::plain("who", "who may answer");
    let ask = Ask::new(run, "a", 300_000);
    let asked = scene.pay(&ask, hold(&["gate:new-payee"]));
    let who = |scene: &Scene| {
        let waiting = at(scene, scene.elapsed() + 1).unwrap().waiting;
        let people = waiting.into_iter().flat_map(|it| it.needs).map(|need| need.may_answer);
        people.flatten().map(|person| person.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(who(&scene), ["alice", "bob"], "erin owns the agent");
    let revoke = Command::RevokeKey { key: keys::person("bob"), since: None, statements: Vec::new() };
    scene.record(revoke, accepted());
    assert_eq!(who(&scene), ["alice"], "bob has no key left");
    scene.approve("alice", &asked);
    let pending = at(&scene, scene.elapsed() + 1).unwrap();
    assert_eq!((pending.waiting.len(), pending.decided[0].claimed_now), (0, Outcome::Allow));
    assert_eq!(pending.records, Index::new(scene.script.entries().len().try_into().unwrap()));
}

#[test]
fn what_is_kept_for_now_only_is_listed_with_what_it_needs() {
    let (mut scene, run) = Scene::plain("kept", "a payment that waits, and a suspension");
    let asked = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    let suspend = Command::Suspend { scope: Scope::default(), reason: None, statements: Vec::new() };
    scene.record(suspend, accepted());
    let now = |scene: &Scene| at(scene, scene.elapsed() + 1).unwrap();
    let kept = now(&scene);
    assert_eq!((names(&kept), kept.decided.len()), (vec![(SubjectKind::Payment, asked.index.value())], 0));
    let waiting = &kept.waiting[0];
    assert_eq!(waiting.not_now, ["not-suspended"]);
    assert_eq!((waiting.amount.unwrap().units(), waiting.payee.is_some()), (300_000, true));
    assert_eq!(waiting.needs[0].may_answer.len(), 2);
    let says = "not now    not-suspended: claimed now it would be denied, and be over";
    assert!(kept.text().contains(says), "{}", kept.text());
    // With its answer it needs nobody, and is still not to be claimed.
    scene.approve("alice", &asked);
    let answered = now(&scene);
    assert_eq!((answered.waiting.len(), answered.decided[0].claimed_now), (0, Outcome::Deny));
    let says = "waits for nobody, but not now: not-suspended: claimed now it gets deny, and is over";
    assert!(answered.text().contains(says), "{}", answered.text());
}

#[test]
fn a_second_payment_for_the_same_purchase_waits_for_the_first() {
    let gate = (
        "first_payment_to_payee = true, exposure_at_least = \"0.25 usdc\"",
        "exposure_at_least = \"0.25 usdc\"",
    );
    let (mut scene, run) = Scene::plain_with("twice", "two payments for one purchase", &[gate]);
    let ask = |key: &str| Ask::new(run, key, 300_000).url("https://data.example/v1/one");
    let [first, second] = ["a", "b"].map(|key| scene.pay(&ask(key), hold(&["gate:new-payee"])));
    scene.approve("alice", &first);
    scene.claim(first.index, allow());
    let kept = at(&scene, scene.elapsed() + 1).unwrap();
    assert_eq!(names(&kept), [(SubjectKind::Payment, second.index.value())]);
    assert_eq!(kept.waiting[0].not_now, ["purchase"]);
}

#[test]
fn where_refusals_are_only_counted_an_entry_may_lack_and_that_is_said() {
    let all_recorded = vary(&full(), "refusals_per_minute = 60\n", "");
    for (policy, lacks) in [(all_recorded, false), (plain(), false), (full(), true)] {
        let scene = Scene::new("counted", "a policy that limits what is recorded", &policy);
        let pending = at(&scene, scene.elapsed() + 1).unwrap();
        assert_eq!(pending.entries_may_lack, lacks);
        assert_eq!(pending.text().contains("whose refusal was only counted is not listed"), lacks);
    }
}

#[test]
fn a_query_that_is_not_listed_is_said_to_be_there() {
    let (mut scene, run) = Scene::plain("query", "a payment whose URL has a query");
    let ask = Ask::new(run, "a", 300_000).url("https://data.example/v1/buy?sku=yacht");
    let asked = scene.pay(&ask, hold(&["gate:new-payee"]));
    let pending = at(&scene, scene.elapsed() + 1).unwrap();
    let held = scene.script.core.state().payments[&asked.index].hold.as_ref().unwrap();
    assert!(held.request.query.is_some());
    assert_eq!(pending.waiting[0].query, held.request.query);
    assert!(pending.text().contains("query      THERE IS ONE, private"), "{}", pending.text());
    assert!(!pending.text().contains("yacht"));
}
