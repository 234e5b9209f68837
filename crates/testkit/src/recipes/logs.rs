//! Honest logs for evidence vectors and tamper tests.

use counterfoil_enforce::Command;
use counterfoil_record::Index;
use counterfoil_record::verdict::Outcome;
use serde_json::json;

use crate::scene::{Ask, Scene, accepted, accepted_with, allow, cannot, deny, hold, refused};
use crate::{policy, rail};

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

/// A payment that was held while another counted in the agent's day, and was claimed once that had left it. Beside the log
/// the held payment, and the settlement of the other.
pub fn claimed_a_day_later() -> (Scene, Index, Index) {
    let asked = ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.20 usdc\"");
    let (mut scene, run) = Scene::plain_with("claimed-a-day-later", "", &[asked]);
    let daves = scene.open_run_of("run-2", "researcher", "dave");
    let first = scene.pay(&Ask::new(daves, "first", 100_000), allow());
    scene.bind_exactly(&first);
    let settled = scene.settle(first.index, 100_000, accepted()).index;
    let day = 86_400_000;
    let held = scene.at(day - 60_000).pay(&Ask::new(run, "held", 300_000), hold(&["gate:premium"]));
    scene.approve("alice", &held);
    scene.at(day + 60_000).claim(held.index, allow());
    (scene, held.index, settled)
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

fn sub(scene: &mut Scene, id: &str, agent: &str, principal: &str) -> Index {
    scene.open_run_of(id, agent, principal)
}

/// A log of three agents, three assets, two payees, and every status that a payment can have. Some names are what a
/// spreadsheet would take for formulas.
pub fn busy() -> Scene {
    let policy = policy::plain_with(&[
        ("[agents.scout]\n", "[agents.scout]\n[agents.\"@SUM\"]\n"),
        ("[\"researcher\", \"scout\", \"signer\"]", "[\"researcher\", \"scout\", \"signer\", \"@SUM\"]"),
        ("releases = \"chain\"", "releases = \"payee\""),
        ("count = 5", "count = 1000"),
        ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        ("match_horizon = \"90d\"", "match_horizon = \"1h\""),
    ]);
    let mut scene = Scene::new("busy", "everything that can happen to a payment", &policy);
    let research = sub(&mut scene, "report-17", "researcher", "carol");
    let formula = sub(&mut scene, "+1+2", "@SUM", "-2+3");

    // Settled and partly refunded; it is forgotten before the log ends.
    let first = scene.pay(&Ask::new(research, "first", 200_000), allow());
    scene.bind_exactly(&first);
    scene.settle(first.index, 200_000, accepted());
    scene.script.json(json!({"type": "refund", "payment": first.index, "amount": "50000"}));
    // Failed as the payee says; unknown; a settlement late after it has expired.
    let failed = scene.pay(&Ask::new(formula, "-1", 110_000), allow());
    scene.fail(failed.index, accepted());
    let gone = scene.pay(&Ask::new(research, "gone", 120_000), allow());
    scene.bind_exactly(&gone);
    let never = scene.pay(&Ask::new(research, "never", 130_000), allow());
    scene.script.wait(13 * 60_000);
    scene.expire(gone.index, accepted());
    scene.expire(never.index, accepted());
    scene.settle(gone.index, 120_000, accepted_with(&["late"]));
    scene.script.wait(3 * 3_600_000);

    // Denied for every kind of reason.
    scene.pay(&Ask::new(research, "tip", 10_000).category("tip"), deny(&["gate:no-tips"]));
    let stranger = format!("{}:{}", rail::CHAIN, policy::STRANGER);
    scene.script.submit(Ask::new(research, "stranger", 20_000).offer("/payTo", policy::STRANGER).command());
    assert!(scene.script.core.state().payees.iter().all(|payee| payee.as_str() != stranger));
    scene.script.submit(Ask::new(formula, "coin", 30_000).offer("/asset", policy::STRANGER).command());
    scene.script.submit(Ask::new(formula, "batch", 40_000).offer("/scheme", "batch-settlement").command());
    scene.pay(&Ask::new(research, "odd", 1).offer("/amount", "x"), cannot(&["obligation"]));
    scene.script.submit(Ask::new(Index::new(1), "nowhere", 50_000).command());

    // Held: waiting, refused by somebody, approved, voided by the end of its run.
    let closing = sub(&mut scene, "closing", "scout", "carol");
    scene.pay(&Ask::new(closing, "void", 2_000_000), hold(&["gate:premium"]));
    scene.script.json(json!({"type": "close-run", "run": closing}));
    scene.pay(&Ask::new(closing, "closed", 60_000), deny(&["run-open"]));
    scene.pay(&Ask::new(research, "waits", 2_100_000), hold(&["gate:premium"]));
    let approved = scene.pay(&Ask::new(research, "approved", 2_200_000), hold(&["gate:premium"]));
    scene.approve("alice", &approved);
    scene.claim(approved.index, allow());
    let refused = scene.pay(&Ask::new(research, "refused", 2_300_000), hold(&["gate:premium"]));
    scene.say("bob", counterfoil_record::statement::Answer::Refuse, &refused, accepted());
    scene.claim(refused.index, deny(&["gate:premium"]));

    // A transaction that fails after one of its payments has settled.
    let transaction = scene.begin(research, &[("a", true), ("b", true)]);
    let a = scene.pay(&Ask::new(research, "a", 400_000).reversible(transaction, "a"), allow());
    scene.bind_exactly(&a);
    scene.settle(a.index, 400_000, accepted());
    let compensate = json!({"type": "compensate", "payment": a.index, "amount": "100000"});
    assert_eq!(scene.script.json(compensate).outcome, Outcome::Accepted);
    let abort = Command::Abort { transaction, reason: None };
    scene.record(abort, accepted());

    // Other assets, another payee, still open, and one whose outcome nobody knows.
    scene.pay(&Ask::yen(research, "yen", 900), allow());
    scene.pay(&Ask::gold(formula, "gold", 1_500_000_000_000_000_000), allow());
    let other = Ask::new(formula, "@other", 70_000).offer("/payTo", policy::OTHER_SELLER);
    let other = scene.pay(&other, allow());
    scene.unknown(other.index, accepted());
    scene.script.json(json!({"type": "heartbeat"}));
    // The last: refused for its time.
    scene.script.wait(73 * 3_600_000);
    scene.script.submit(Ask::new(research, "jump", 80_000).command());
    scene
}
