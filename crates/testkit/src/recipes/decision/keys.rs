//! Keys that go and keys that come: rotation, and what a policy may name.

use counterfoil_enforce::Command;
use counterfoil_record::Index;
use counterfoil_record::key::NamedKey;

use crate::scene::{Ask, Scene, accepted, allow, refused};
use crate::vectors::Decision;
use crate::{keys, policy};

pub(super) const ROLE: &str = "governance";
pub(super) const QUORUM: &[&str] = &["gina", "hugo"];
pub(super) const TOO_FEW: &[&str] = &["quorum-not-reached"];
pub(super) const UNKNOWN: &[&str] = &["unknown-key"];
pub(super) const REVOKED: &[&str] = &["key-revoked"];
const SHARED: &[&str] = &["key-shared"];

pub(super) fn all() -> Vec<Decision> {
    vec![
        governor_rotated(),
        log_rotated(),
        log_rotated_by_the_operator(),
        rotated_to_a_taken_key(),
        rotated_to_a_former_log_key(),
        rotated_to_a_revoked_key(),
        unknown_rotated(),
        rotated_under_another_name(),
        rotated_without_quorum(),
        rotation_statement_for_another_key(),
        policy_with_a_revoked_key(),
        policy_with_a_governors_key(),
        policy_with_a_former_log_key(),
        policy_with_a_former_governors_key(),
    ]
}

pub(super) fn rotate(old: NamedKey, new: NamedKey) -> Command {
    Command::RotateKey { old, new, statements: Vec::new() }
}

pub(super) fn revoke(key: NamedKey, since: Option<Index>) -> Command {
    Command::RevokeKey { key, since, statements: Vec::new() }
}

/// The log's own key whose seed is `label`.
pub(super) fn of_log(label: &str) -> NamedKey {
    keys::named(keys::ORIGIN, label)
}

/// The governed log with the plain policy.
pub(super) fn governed(name: &'static str, shows: &'static str) -> Scene {
    Scene::governed_with(name, shows, &policy::plain())
}

/// The same with the log's key replaced by `log-2`.
pub(super) fn with_second_log_key(name: &'static str, shows: &'static str) -> Scene {
    let mut scene = governed(name, shows);
    scene.by(rotate(of_log("log"), of_log("log-2")), ROLE, QUORUM, accepted());
    scene.reopen_with("log-2");
    scene
}

/// The plain policy, with the key whose seed is `label` in the place of alice's.
fn with_key(label: &str) -> String {
    let alice = keys::person("alice").to_string();
    policy::vary(&policy::plain(), &alice, &keys::named("alice", label).to_string())
}

fn governor_rotated() -> Decision {
    let mut scene = governed(
        "key-governor-rotated",
        "A governor's new key takes the old one's place from the next record on.",
    );
    let new = keys::named("gina", "gina-2");
    scene.by(rotate(keys::person("gina"), new.clone()), ROLE, QUORUM, accepted());
    let adopt = Command::adopt_policy(&policy::version(&policy::plain(), 2));
    let about = scene.question(&adopt);
    let old = scene.signed(ROLE, QUORUM, &about);
    scene.with(&adopt, &old, refused(&["signer-not-in-role"]));
    let gina = scene.script.approval_with(ROLE, &new, "gina-2", &about, |_| {});
    let hugo = scene.script.approval(ROLE, "hugo", &about);
    scene.with(&adopt, &[gina, hugo], accepted());
    // The old key is nobody's any more.
    scene.record(revoke(keys::person("gina"), None), refused(UNKNOWN));
    scene.finish()
}

fn log_rotated() -> Decision {
    let mut scene = with_second_log_key(
        "key-log-rotated",
        "The log's new key signs from the record after the rotation on.",
    );
    let run = scene.open_run();
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.bind_exactly(&allowed);
    scene.by(rotate(of_log("log-2"), of_log("log-3")), ROLE, QUORUM, accepted());
    scene.reopen_with("log-3");
    scene.settle(allowed.index, 100_000, accepted());
    scene.finish()
}

fn log_rotated_by_the_operator() -> Decision {
    let (mut scene, run) = Scene::plain(
        "key-log-rotated-by-the-operator",
        "Where nobody governs the operator rotates the log's key, and nobody can sign for it.",
    );
    let rotation = rotate(of_log("log"), of_log("log-2"));
    let mut governed = Scene::governed("", "", Some(keys::three_governors()));
    let about = governed.question(&rotation);
    let signed = scene.signed(ROLE, QUORUM, &about);
    scene.with(&rotation, &signed, refused(&["no-power"]));
    scene.record(rotation, accepted());
    scene.reopen_with("log-2");
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn rotated_to_a_taken_key() -> Decision {
    let mut scene =
        governed("key-rotated-to-a-taken-key", "One key stands for one party: the new key is nobody's yet.");
    let gina = keys::person("gina");
    for taken in ["gina", "hugo", "alice", "signer", "log"] {
        scene.record(rotate(gina.clone(), keys::named("gina", taken)), refused(SHARED));
    }
    for taken in ["log", "gina", "alice"] {
        scene.record(rotate(of_log("log"), of_log(taken)), refused(SHARED));
    }
    scene.by(rotate(gina, keys::named("gina", "gina-2")), ROLE, QUORUM, accepted());
    scene.finish()
}

fn rotated_to_a_former_log_key() -> Decision {
    let mut scene = with_second_log_key(
        "key-rotated-to-a-former-log-key",
        "What was the log's key is nobody's ever again.",
    );
    scene.record(rotate(of_log("log-2"), of_log("log")), refused(SHARED));
    scene.record(rotate(keys::person("gina"), keys::named("gina", "log")), refused(SHARED));
    scene.finish()
}

fn rotated_to_a_revoked_key() -> Decision {
    let mut scene = governed(
        "key-rotated-to-a-revoked-key",
        "A revoked key does not come back, not even without its owner.",
    );
    scene.by(revoke(keys::person("bob"), None), ROLE, QUORUM, accepted());
    let bob = keys::person("bob").to_string();
    let without = policy::vary(&policy::plain(), &bob, &keys::named("bob", "bob-2").to_string());
    scene.by(Command::adopt_policy(&policy::version(&without, 2)), ROLE, QUORUM, accepted());
    scene.record(rotate(keys::person("gina"), keys::named("gina", "bob")), refused(SHARED));
    scene.finish()
}

fn unknown_rotated() -> Decision {
    let mut scene = with_second_log_key(
        "key-rotated-unknown",
        "Only the log's present key and those of governors are rotated; the others change with the policy.",
    );
    for stranger in ["mallory", "alice", "signer"] {
        let new = keys::named(stranger, "somebody-new");
        scene.record(rotate(keys::person(stranger), new), refused(UNKNOWN));
    }
    scene.record(rotate(of_log("log"), of_log("log-3")), refused(UNKNOWN));
    scene.finish()
}

fn rotated_under_another_name() -> Decision {
    let mut scene =
        governed("key-rotated-under-another-name", "A rotation changes the key, never whose key it is.");
    scene.record(rotate(keys::person("gina"), keys::named("hugo", "gina-2")), refused(UNKNOWN));
    scene.record(rotate(keys::person("gina"), of_log("gina-2")), refused(UNKNOWN));
    scene.record(rotate(of_log("log"), keys::named("log.test.example/others", "log-2")), refused(UNKNOWN));
    scene.finish()
}

fn rotated_without_quorum() -> Decision {
    let mut scene = governed(
        "key-rotated-without-quorum",
        "Nobody rotates a key alone: neither a governor their own, nor the operator the log's.",
    );
    let own = rotate(keys::person("gina"), keys::named("gina", "gina-2"));
    let about = scene.question(&own);
    let signed = scene.signed(ROLE, &["gina"], &about);
    scene.with(&own, &signed, refused(TOO_FEW));
    scene.record(rotate(of_log("log"), of_log("log-2")), refused(TOO_FEW));
    scene.by(Command::adopt_policy(&policy::version(&policy::plain(), 2)), ROLE, QUORUM, accepted());
    scene.finish()
}

fn rotation_statement_for_another_key() -> Decision {
    let mut scene = governed(
        "key-rotation-statement-for-another-key",
        "Who signs for a new key signs for this very one.",
    );
    let about = scene.question(&rotate(keys::person("gina"), keys::named("gina", "gina-2")));
    let signed = scene.signed(ROLE, QUORUM, &about);
    let other = rotate(keys::person("gina"), keys::named("gina", "gina-3"));
    scene.with(&other, &signed, refused(&["statement-subject"]));
    let other = rotate(keys::person("ines"), keys::named("ines", "gina-2"));
    scene.with(&other, &signed, refused(&["statement-subject"]));
    scene.with(&revoke(keys::person("gina"), None), &signed, refused(&["statement-subject"]));
    scene.finish()
}

fn policy_with_a_revoked_key() -> Decision {
    let mut scene = governed(
        "policy-with-a-revoked-key",
        "A policy that names a revoked key is not put in force; with another in its place it is.",
    );
    scene.by(revoke(keys::person("alice"), None), ROLE, QUORUM, accepted());
    scene.adopt(&policy::version(&policy::plain(), 2), refused(REVOKED));
    let alice = keys::person("alice").to_string();
    let mended = policy::vary(&policy::plain(), &alice, &keys::named("alice", "alice-2").to_string());
    scene.by(Command::adopt_policy(&policy::version(&mended, 2)), ROLE, QUORUM, accepted());
    scene.finish()
}

fn policy_with_a_governors_key() -> Decision {
    let mut scene = governed(
        "policy-with-a-governors-key",
        "Who governs the policy signs nothing under it with the same key.",
    );
    scene.adopt(&policy::version(&with_key("gina"), 2), refused(SHARED));
    scene.finish()
}

fn policy_with_a_former_log_key() -> Decision {
    let mut scene =
        with_second_log_key("policy-with-a-former-log-key", "No person's key is the log's, present or past.");
    scene.adopt(&policy::version(&with_key("log"), 2), refused(SHARED));
    scene.adopt(&policy::version(&with_key("log-2"), 2), refused(SHARED));
    scene.finish()
}

fn policy_with_a_former_governors_key() -> Decision {
    let mut scene = governed(
        "policy-with-a-former-governors-key",
        "A key that a governor gave up, and that was not revoked, is free.",
    );
    let new = keys::named("ines", "ines-2");
    scene.by(rotate(keys::person("ines"), new), ROLE, QUORUM, accepted());
    let adopt = Command::adopt_policy(&policy::version(&with_key("ines"), 2));
    scene.by(adopt, ROLE, QUORUM, accepted());
    scene.finish()
}
