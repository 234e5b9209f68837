//! Keys that are revoked: what is signed with them, and what was.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::Index;
use counterfoil_record::statement::Answer as Say;

use super::gates::LOOSE;
use super::keys::{
    QUORUM, REVOKED, ROLE, TOO_FEW, UNKNOWN, governed, of_log, revoke, rotate, with_second_log_key,
};
use crate::scene::{Ask, Scene, accepted, allow, hold, refused};
use crate::vectors::Decision;
use crate::{keys, policy};

pub(super) fn all() -> Vec<Decision> {
    vec![
        revoked(),
        revoked_since(),
        revoked_without_since(),
        revoked_phase_answer(),
        revoked_without_quorum(),
        revocation_statement_with_another_since(),
        in_use(),
        former_log_key_revoked(),
        quorum_unreachable(),
        governor_revoked_and_rotated(),
        revoked_twice(),
        revoked_unknown(),
    ]
}

/// A held payment under the governed log; what it waits for is an approval of `finance`.
fn held(name: &'static str, shows: &'static str) -> (Scene, Recorded) {
    let mut scene = Scene::governed_with(name, shows, &policy::plain_with(&[LOOSE]));
    let run = scene.open_run();
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    (scene, held)
}

fn revoked() -> Decision {
    let (mut scene, held) =
        held("key-revoked", "What is signed with a revoked key is refused; another person's counts.");
    scene.by(revoke(keys::person("alice"), None), ROLE, QUORUM, accepted());
    scene.say("alice", Say::Approve, &held, refused(REVOKED));
    scene.claim(held.index, hold(&["gate:new-payee"]));
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn revoked_since() -> Decision {
    let shows = "An answer collected by a record at or after `since` is gone, one collected before it stays.";
    let (mut scene, first) = held("key-revoked-since", shows);
    let run = Index::new(first.index.value() - 1);
    let second = scene.pay(&Ask::new(run, "b", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &first);
    let since = scene.approve("alice", &second).index;
    scene.by(revoke(keys::person("alice"), Some(since)), ROLE, QUORUM, accepted());
    scene.claim(second.index, hold(&["gate:new-payee"]));
    scene.claim(first.index, allow());
    scene.finish()
}

fn revoked_without_since() -> Decision {
    let (mut scene, held) = held(
        "key-revoked-without-since",
        "Without `since` the key was sound until now: what was collected stays.",
    );
    scene.approve("alice", &held);
    scene.by(revoke(keys::person("alice"), None), ROLE, QUORUM, accepted());
    scene.claim(held.index, allow());
    scene.finish()
}

fn revoked_phase_answer() -> Decision {
    let mut scene = Scene::governed_with(
        "key-revoked-since-drops-an-answer-about-a-phase",
        "Answers about phases are gone with the key as those about payments are.",
        &policy::full(),
    );
    let run = scene.open_run();
    scene.attach_plan(run, 100_000);
    scene.enter(run, "commit", accepted());
    let lacking = || refused(&["conditions-not-met"]).needing(&["approvals"]);
    let asked = scene.enter(run, "execute", lacking());
    let since = scene.approve("alice", &asked).index;
    scene.by(revoke(keys::person("alice"), Some(since)), ROLE, QUORUM, accepted());
    scene.enter(run, "execute", lacking());
    scene.approve("bob", &asked);
    scene.enter(run, "execute", accepted());
    scene.finish()
}

fn revoked_without_quorum() -> Decision {
    let (mut scene, held) =
        held("key-revoked-without-quorum", "One person alone revokes nobody's key, and nobody's approval.");
    let since = scene.approve("alice", &held).index;
    let revocation = revoke(keys::person("alice"), Some(since));
    let about = scene.question(&revocation);
    let signed = scene.signed(ROLE, &["hugo"], &about);
    scene.with(&revocation, &signed, refused(TOO_FEW));
    scene.claim(held.index, allow());
    scene.finish()
}

fn revocation_statement_with_another_since() -> Decision {
    let mut scene = governed(
        "key-revocation-statement-with-another-since",
        "Since when a key is not to be believed is signed for too.",
    );
    let about = scene.question(&revoke(keys::person("alice"), Some(Index::new(2))));
    let signed = scene.signed(ROLE, QUORUM, &about);
    for since in [None, Some(Index::new(1)), Some(Index::new(3))] {
        let other = revoke(keys::person("alice"), since);
        scene.with(&other, &signed, refused(&["statement-subject"]));
    }
    scene.with(&revoke(keys::person("alice"), Some(Index::new(2))), &signed, accepted());
    scene.finish()
}

fn in_use() -> Decision {
    let mut scene = with_second_log_key(
        "key-of-the-log-in-use",
        "The key that signs the log is rotated before it can be revoked.",
    );
    scene.record(revoke(of_log("log-2"), None), refused(&["key-in-use"]));
    scene.record(revoke(of_log("log-2"), Some(Index::new(u64::MAX))), refused(&["key-in-use"]));
    scene.finish()
}

fn former_log_key_revoked() -> Decision {
    let mut scene =
        with_second_log_key("key-of-the-log-revoked", "A former key of the log is revoked as any other.");
    scene.by(revoke(of_log("log"), Some(Index::new(4))), ROLE, QUORUM, accepted());
    scene.record(revoke(of_log("log"), None), refused(REVOKED));
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn quorum_unreachable() -> Decision {
    let mut scene = governed(
        "key-revoked-quorum-unreachable",
        "So many governors keep a key as it takes: the log cannot be left to nobody.",
    );
    scene.by(revoke(keys::person("ines"), None), ROLE, QUORUM, accepted());
    scene.record(revoke(keys::person("hugo"), None), refused(&["quorum-unreachable"]));
    scene.by(revoke(keys::person("alice"), None), ROLE, QUORUM, accepted());
    scene.finish()
}

fn governor_revoked_and_rotated() -> Decision {
    let mut scene = governed(
        "key-governor-revoked-and-rotated",
        "A governor whose key was revoked counts again once the others gave them a new one.",
    );
    scene.by(revoke(keys::person("ines"), None), ROLE, QUORUM, accepted());
    let adopt = Command::adopt_policy(&policy::version(&policy::plain(), 2));
    let about = scene.question(&adopt);
    let signed = scene.signed(ROLE, &["gina", "ines"], &about);
    scene.with(&adopt, &signed, refused(REVOKED));
    let new = keys::named("ines", "ines-2");
    scene.by(rotate(keys::person("ines"), new.clone()), ROLE, QUORUM, accepted());
    let about = scene.question(&adopt);
    let ines = scene.script.approval_with(ROLE, &new, "ines-2", &about, |_| {});
    let gina = scene.script.approval(ROLE, "gina", &about);
    scene.with(&adopt, &[gina, ines], accepted());
    scene.finish()
}

fn revoked_twice() -> Decision {
    let mut scene = governed("key-revoked-twice", "A key is revoked once, since when it was first said.");
    scene.by(revoke(keys::person("alice"), None), ROLE, QUORUM, accepted());
    scene.record(revoke(keys::person("alice"), None), refused(REVOKED));
    scene.record(revoke(keys::person("alice"), Some(Index::new(1))), refused(REVOKED));
    scene.finish()
}

fn revoked_unknown() -> Decision {
    let mut scene = governed(
        "key-revoked-unknown",
        "What is revoked is a key of the log, and compromised by now, not in time to come.",
    );
    scene.record(revoke(keys::person("mallory"), None), refused(UNKNOWN));
    let own = scene.record(Command::Heartbeat {}, accepted()).index.value() + 1;
    scene.record(revoke(keys::person("alice"), Some(Index::new(own + 1))), refused(UNKNOWN));
    // Its own index is as late as can be.
    scene.record(revoke(keys::person("alice"), Some(Index::new(own + 1))), refused(TOO_FEW));
    scene.finish()
}
