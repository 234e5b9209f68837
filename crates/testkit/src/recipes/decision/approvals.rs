//! Approvals: each fits one question at one moment, and counts once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::statement::{Answer as Say, Statement};
use counterfoil_record::{Index, Time};

use super::gates::LOOSE;
use crate::scene::{Ask, Expect, Scene, accepted, allow, deny, hold, refused};
use crate::script::{About, sign};
use crate::vectors::Decision;
use crate::{keys, policy};

pub(super) fn all() -> Vec<Decision> {
    vec![
        used_once(),
        another_payment(),
        altered(),
        malformed(),
        expired(),
        expires_before_the_claim(),
        last_moment(),
        too_late(),
        own_principal(),
        own_agent(),
        twice(),
        outside_role(),
        another_log(),
        policy_change(),
        refusal(),
        closed_run(),
        claim_meets_the_state_of_its_moment(),
    ]
}

/// A held payment of 2 USDC to a payee that is known.
fn held(name: &'static str, shows: &'static str) -> (Scene, Index, Recorded) {
    let (mut scene, run) = Scene::plain_with(name, shows, &[LOOSE]);
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "premium", 2_000_000), needs_premium());
    (scene, run, held)
}

fn needs_premium() -> Expect {
    hold(&["gate:premium"])
}

/// Hands in alice's approval, with something changed in what it says.
fn approve_with(scene: &mut Scene, about: &Recorded, change: impl Fn(&mut Statement), expect: Expect) {
    let mut statement = scene.script.statement(Say::Approve, &About::of(about));
    change(&mut statement);
    let at = Time::from_millis(scene.script.now);
    let statement = sign(&keys::person("alice"), &keys::ed25519("alice"), &statement, at);
    scene.record(Command::Statement { statement }, expect);
}

fn used_once() -> Decision {
    let (mut scene, run, first) =
        held("approval-used-once", "An approval is used once: handed in again it fits nothing.");
    let statement = scene.script.say("alice", Say::Approve, &About::of(&first));
    scene.record(Command::Statement { statement: statement.clone() }, accepted());
    scene.claim(first.index, allow());
    scene.record(Command::Statement { statement: statement.clone() }, refused(&["statement-subject"]));
    // The same request again, under another key: the digest is the same, the question is not.
    let again = Ask::new(run, "premium", 2_000_000).key("again");
    scene.pay(&again, deny(&["purchase"]).needing(&["gate:premium"]));
    scene.claim(first.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn another_payment() -> Decision {
    let (mut scene, run, first) =
        held("approval-for-another-payment", "An approval of one held payment does not open another.");
    let second = scene.pay(&Ask::new(run, "larger", 3_000_000), needs_premium());
    let twin = scene.pay(&Ask::new(run, "premium", 2_000_000).key("twin"), needs_premium());
    scene.approve("alice", &first);
    scene.claim(second.index, needs_premium());
    scene.claim(twin.index, needs_premium());
    approve_with(&mut scene, &first, |it| it.against = second.index, refused(&["statement-subject"]));
    scene.claim(first.index, allow());
    scene.finish()
}

fn altered() -> Decision {
    let (mut scene, _, held) =
        held("approval-altered", "A statement with one bit changed is not the person's.");
    let statement = scene.script.say("alice", Say::Approve, &About::of(&held));
    let mut bytes = STANDARD.decode(statement).unwrap();
    let digest = held.question.as_ref().unwrap().digest;
    let at = bytes.windows(32).position(|window| window == digest.bytes()).unwrap();
    bytes[at] ^= 1;
    let statement = STANDARD.encode(bytes);
    scene.record(Command::Statement { statement }, refused(&["statement-signature"]));
    scene.claim(held.index, needs_premium());
    scene.finish()
}

fn malformed() -> Decision {
    let (mut scene, _, held) =
        held("approval-malformed", "Bytes that are no statement are refused, and recorded.");
    let statement = scene.script.say("alice", Say::Approve, &About::of(&held));
    let mut bytes = STANDARD.decode(statement).unwrap();
    bytes.push(0);
    scene.record(Command::Statement { statement: STANDARD.encode(bytes) }, refused(&["statement-malformed"]));
    scene.record(Command::Statement { statement: String::new() }, refused(&["statement-malformed"]));
    scene.finish()
}

fn expired() -> Decision {
    let (mut scene, _, held) = held(
        "approval-expired",
        "A statement counts until exactly the moment that it states, and no longer.",
    );
    let now = scene.later(1);
    let before = scene.later(1);
    approve_with(&mut scene, &held, |it| it.expires = now, accepted());
    approve_with(&mut scene, &held, |it| it.expires = before, refused(&["statement-expired"]));
    scene.claim(held.index, needs_premium());
    scene.finish()
}

fn expires_before_the_claim() -> Decision {
    let (mut scene, _, held) = held(
        "approval-expired-at-the-claim",
        "What counts is the claim's moment: an approval may have expired by then.",
    );
    let soon = scene.later(10_000);
    approve_with(&mut scene, &held, |it| it.expires = soon, accepted());
    scene.at(60_000).claim(held.index, needs_premium());
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn last_moment() -> Decision {
    let (mut scene, _, held) = held(
        "approval-at-its-last-moment",
        "An approval counts until exactly the rule's time after the hold.",
    );
    let asked = scene.elapsed();
    scene.approve("alice", &held);
    scene.at(asked + 900_000).claim(held.index, allow());
    scene.finish()
}

fn too_late() -> Decision {
    let (mut scene, _, held) = held(
        "approval-too-late",
        "Silence is a denial: after the rule's time the claim is denied, approved or not.",
    );
    let asked = scene.elapsed();
    scene.approve("alice", &held);
    scene.at(asked + 900_001).claim(held.index, deny(&["gate:premium"]).because("time-is-over"));
    scene.say("bob", Say::Approve, &held, refused(&["statement-subject"]));
    scene.claim(held.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn own_principal() -> Decision {
    let (mut scene, _) = Scene::plain_with(
        "approval-by-the-principal",
        "Nobody approves their own request: not the principal of the run.",
        &[LOOSE],
    );
    let run = scene.open_run_of("run-2", "scout", "alice");
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.say("alice", Say::Approve, &held, refused(&["own-request"]));
    scene.claim(held.index, hold(&["gate:new-payee"]));
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn own_agent() -> Decision {
    let (mut scene, _, held) = held(
        "approval-by-the-agents-owner",
        "Nobody approves their own request: not the owner of the agent.",
    );
    scene.say("erin", Say::Approve, &held, refused(&["own-request"]));
    scene.claim(held.index, needs_premium());
    scene.finish()
}

fn twice() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "approval-twice-by-one-person",
        "One person counts once, and answers once.",
        &[
            LOOSE,
            (
                "need = { approvals = 1, from = \"finance\", ttl = \"15m\" }",
                "need = { approvals = 2, from = \"finance\", ttl = \"15m\" }",
            ),
        ],
    );
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "a", 2_000_000), needs_premium());
    scene.approve("alice", &held);
    scene.say("alice", Say::Approve, &held, refused(&["already-answered"]));
    scene.claim(held.index, needs_premium());
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn outside_role() -> Decision {
    let (mut scene, _, held) = held(
        "approval-by-a-stranger",
        "Only keys that the policy has in the role count; a name proves nothing.",
    );
    scene.say("mallory", Say::Approve, &held, refused(&["signer-not-in-role"]));
    // Signed under alice's name and key id, by another key.
    let statement = scene.script.statement(Say::Approve, &About::of(&held));
    let at = Time::from_millis(scene.script.now);
    let statement = sign(&keys::person("alice"), &keys::ed25519("mallory"), &statement, at);
    scene.record(Command::Statement { statement }, refused(&["statement-signature"]));
    let board = |it: &mut Statement| it.role = "board".parse().unwrap();
    approve_with(&mut scene, &held, board, refused(&["signer-not-in-role"]));
    scene.claim(held.index, needs_premium());
    scene.finish()
}

fn another_log() -> Decision {
    let (mut scene, _, held) = held("approval-for-another-log", "A statement is for the log that it names.");
    let elsewhere = |it: &mut Statement| it.origin = "log.test.example/others".parse().unwrap();
    approve_with(&mut scene, &held, elsewhere, refused(&["statement-for-another-log"]));
    scene.claim(held.index, needs_premium());
    scene.finish()
}

fn policy_change() -> Decision {
    let (mut scene, _, held) = held(
        "approval-voided-by-a-new-policy",
        "A new policy voids what waits, and the approvals given to it.",
    );
    scene.approve("alice", &held);
    scene.adopt(&policy::version(&policy::plain_with(&[LOOSE]), 2), accepted());
    scene.say("bob", Say::Approve, &held, refused(&["statement-subject"]));
    scene.claim(held.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn refusal() -> Decision {
    let (mut scene, _, held) = held("approval-refused", "A refusal is final, whatever others approve.");
    scene.say("alice", Say::Refuse, &held, accepted());
    scene.approve("bob", &held);
    scene.claim(held.index, deny(&["gate:premium"]).because("refused"));
    scene.claim(held.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn closed_run() -> Decision {
    let (mut scene, run, held) =
        held("approval-after-the-run-closed", "What waits in a run is void when the run closes.");
    scene.approve("alice", &held);
    scene.record(Command::CloseRun { run }, accepted());
    scene.claim(held.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn claim_meets_the_state_of_its_moment() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "claim-decides-again",
        "A hold reserves nothing: the claim is decided from the budgets of its own moment.",
        &[LOOSE, ("limit = \"20.00 usdc\"", "limit = \"3.00 usdc\"")],
    );
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "premium", 2_000_000), needs_premium());
    scene.approve("alice", &held);
    scene.pay(&Ask::new(run, "meanwhile", 1_000_000), allow());
    scene.claim(held.index, deny(&["budget:run-total"]));
    scene.finish()
}
