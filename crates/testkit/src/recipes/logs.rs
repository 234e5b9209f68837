//! Honest logs for evidence vectors and tamper tests.

use counterfoil_enforce::Command;

use crate::policy;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, deny, hold, refused};

/// A short log of ten records:
///
/// ```text
/// 0 genesis   1 adopt-policy   2 open-run   3 pay: held   4 statement   5 claim: allowed
/// 6 bind      7 settle         8 pay: allowed             9 pay: denied, its key is used
/// ```
pub fn short() -> Scene {
    let (mut scene, run) = Scene::plain("short", "A short log.");
    let held = scene.pay(&Ask::new(run, "first", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    let allowed = scene.claim(held.index, allow());
    scene.bind_exactly(&allowed);
    scene.settle(held.index, 300_000, accepted());
    scene.pay(&Ask::new(run, "second", 100_000), allow());
    let reused = Ask::new(run, "third", 100_000).key("second");
    scene.pay(&reused, deny(&["idempotency"]).codes(&["key-reused"]));
    scene
}

/// A log of about thirty records with nearly everything in it.
pub fn demo() -> Scene {
    let mut scene = Scene::new("demo", "Nearly everything.", &policy::full());
    scene.record(Command::Start {}, accepted());
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "early", 100_000).purpose("a look ahead"), deny(&["phase"]));
    scene.attach_plan(run, 5_000_000);
    scene.execute(run);
    let transaction = scene.begin(run, &[("data", true), ("more", true)]);
    let data = Ask::new(run, "data", 200_000).quotes().reversible(transaction, "data");
    let data = scene.pay(&data, allow());
    scene.bind_exactly(&data);
    scene.settle(data.index, 200_000, accepted());
    scene.complete(transaction, "data", accepted());
    let more = Ask::new(run, "more", 2_000_000).quotes().reversible(transaction, "more");
    let held = scene.pay(&more, hold(&["gate:premium"]));
    scene.approve("alice", &held);
    let allowed = scene.claim(held.index, allow());
    let mut longer = scene.signing(&allowed);
    longer.authorization.valid_before += 30;
    scene.bind(held.index, &longer, refused(&["bind-mismatch"]).failing(&["lifetime"]));
    scene.bind_exactly(&allowed);
    scene.unknown(held.index, accepted());
    scene.pay(&more.key("again"), deny(&["purchase"]).needing(&["gate:premium"]));
    scene.fail(held.index, accepted_with(&["reservation-holds"]));
    scene.record(Command::Abort { transaction, reason: Some("no answer".into()) }, accepted());
    scene.settle(held.index, 2_000_000, accepted_with(&["after-abort"]));
    scene.compensate(held.index, 2_000_000, accepted());
    let last = scene.pay(&Ask::new(run, "last", 100_000).quotes(), allow());
    scene.at(800_000).expire(last.index, accepted());
    scene.enter(run, "deliver", accepted());
    scene.record(Command::CloseRun { run }, accepted());
    scene.record(Command::Stop {}, accepted());
    scene
}
