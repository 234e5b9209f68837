//! Private text that people have erased.

use counterfoil_enforce::Command;
use counterfoil_enforce::command::{OpenRun, Scope};
use counterfoil_record::{Hash32, Index, Time};

use crate::keys;
use crate::policy;
use crate::scene::{Ask, Expect, Scene, accepted, allow, refused};
use crate::script::START;
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        signed(),
        again(),
        of_a_refused_record(),
        of_the_reason_of_an_erasure(),
        without_power(),
        without_policy(),
        unknown_record(),
        too_few(),
        another_subject(),
        expired(),
    ]
}

/// What the plain policy says of the power `clock`, and after it the power to erase.
const CLOCK: &str = "clock = { approvals = 1, from = \"finance\" }\n";
const POWER: &str =
    "clock = { approvals = 1, from = \"finance\" }\nerase = { approvals = 2, from = \"finance\" }\n";

/// A log in which two people of finance may have text erased, and a run with a purpose.
fn scene(name: &'static str, shows: &'static str) -> (Scene, Index) {
    let mut scene = Scene::new(name, shows, &policy::plain_with(&[(CLOCK, POWER)]));
    let run = open(&mut scene, "researcher", accepted());
    (scene, run)
}

fn open(scene: &mut Scene, agent: &str, expect: Expect) -> Index {
    let mut run = OpenRun::new("run-1".parse().unwrap(), agent.parse().unwrap(), "carol".parse().unwrap());
    run.purpose = Some("a flat for Carol Doe, born 1 May 1990".into());
    scene.record(Command::OpenRun(run), expect).index
}

/// Erases the private value at `place` of `record`.
fn erase(scene: &Scene, record: Index, place: usize) -> Command {
    let commitment = scene.script.commitments(record)[place].0;
    Command::Erase { record, commitment, statements: Vec::new(), reason: None }
}

fn signed() -> Decision {
    let (mut scene, run) = scene(
        "erase-signed",
        "A private text is erased as people sign for it; what rests on its record goes on.",
    );
    let erase = erase(&scene, run, 0);
    scene.by(erase, "finance", &["alice", "bob"], accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn again() -> Decision {
    let (mut scene, run) = scene(
        "erase-again",
        "The same statements serve again: what is gone is not more gone the second time.",
    );
    let erase = erase(&scene, run, 0);
    let about = scene.question(&erase);
    let statements = scene.signed("finance", &["alice", "bob"], &about);
    scene.with(&erase, &statements, accepted());
    scene.adopt(&policy::version(&policy::plain_with(&[(CLOCK, POWER)]), 2), accepted());
    scene.with(&erase, &statements, accepted());
    scene.finish()
}

fn of_a_refused_record() -> Decision {
    let (mut scene, run) = scene(
        "erase-of-a-refused-record",
        "A record that was refused has text beside it too, and it can be erased.",
    );
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    let refused = open(&mut scene, "nobody", refused(&["unknown-agent"]));
    let erase = erase(&scene, refused, 0);
    scene.by(erase, "finance", &["alice", "bob"], accepted());
    scene.finish()
}

fn of_the_reason_of_an_erasure() -> Decision {
    let (mut scene, run) =
        scene("erase-of-a-reason", "The reason for an erasure is a private text as any, and can be erased.");
    let mut first = erase(&scene, run, 0);
    if let Command::Erase { reason, .. } = &mut first {
        *reason = Some("Carol Doe asked for it".into());
    }
    let erased = scene.by(first, "finance", &["alice", "bob"], accepted());
    let erase = erase(&scene, erased.index, 0);
    scene.by(erase, "finance", &["alice", "bob"], accepted());
    scene.finish()
}

fn without_power() -> Decision {
    let mut scene = Scene::new(
        "erase-without-power",
        "Where the policy gives nobody the power, nothing is erased.",
        &policy::plain(),
    );
    let run = open(&mut scene, "researcher", accepted());
    let erase = erase(&scene, run, 0);
    scene.record(erase, refused(&["no-power"]));
    // That nobody may comes before whether there is such a record.
    let none = Command::Erase {
        record: Index::new(99),
        commitment: Hash32([7; 32]),
        statements: Vec::new(),
        reason: None,
    };
    scene.record(none, refused(&["no-power"]));
    scene.finish()
}

fn without_policy() -> Decision {
    let mut scene =
        Scene::bare("erase-without-policy", "Without a policy nobody has the power to have text erased.");
    let reason = Some("Carol Doe called".into());
    let suspend = Command::Suspend { scope: Scope::default(), reason, statements: Vec::new() };
    let suspended = scene.record(suspend, accepted()).index;
    let erase = erase(&scene, suspended, 0);
    scene.record(erase, refused(&["no-policy"]));
    scene.finish()
}

fn unknown_record() -> Decision {
    let (mut scene, run) = scene(
        "erase-of-an-unknown-record",
        "Of a record that is not there yet nothing is erased, nor of the own.",
    );
    let commitment = scene.script.commitments(run)[0].0;
    let erase = |record| Command::Erase { record, commitment, statements: Vec::new(), reason: None };
    scene.record(erase(Index::new(99)), refused(&["unknown-record"]));
    scene.record(erase(run.next().next()), refused(&["unknown-record"]));
    scene.by(erase(run), "finance", &["alice", "bob"], accepted());
    scene.finish()
}

fn too_few() -> Decision {
    let (mut scene, run) = scene(
        "erase-signed-by-too-few",
        "Fewer people than the policy says, or one of them twice, are not enough.",
    );
    let erase = erase(&scene, run, 0);
    let about = scene.question(&erase);
    for people in [&["alice"][..], &["alice", "alice"]] {
        let statements = scene.signed("finance", people, &about);
        scene.with(&erase, &statements, refused(&["quorum-not-reached"]));
    }
    let statements = scene.signed("finance", &["alice", "gina"], &about);
    scene.with(&erase, &statements, refused(&["signer-not-in-role"]));
    scene.finish()
}

fn another_subject() -> Decision {
    let (mut scene, run) = scene(
        "erase-signed-for-another-text",
        "Who signs for one text of a record signs neither for another of it nor for that of another record.",
    );
    let paid = scene.pay(&Ask::new(run, "a", 100_000).purpose("a present for Carol Doe"), allow()).index;
    let [offer, purpose] = [0, 1].map(|place| erase(&scene, paid, place));
    let about = scene.question(&offer);
    let statements = scene.signed("finance", &["alice", "bob"], &about);
    scene.with(&purpose, &statements, refused(&["statement-subject"]));
    let of_run = erase(&scene, run, 0);
    scene.with(&of_run, &statements, refused(&["statement-subject"]));
    scene.with(&offer, &statements, accepted());
    scene.finish()
}

fn expired() -> Decision {
    let (mut scene, run) =
        scene("erase-statement-expired", "A statement counts until it expires, and no longer.");
    let erase = erase(&scene, run, 0);
    let about = scene.question(&erase);
    let signed = ["alice", "bob"].map(|name| {
        let expires = Time::from_millis(START + 1_000);
        scene.script.approval_with("finance", &keys::person(name), name, &about, |it| it.expires = expires)
    });
    scene.at(1_000).with(&erase, &signed, accepted());
    scene.with(&erase, &signed, refused(&["statement-expired"]));
    scene.finish()
}
