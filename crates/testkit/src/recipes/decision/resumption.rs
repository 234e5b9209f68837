//! After a suspension: who lets payments go on, and which.

use counterfoil_enforce::command::Scope;

use super::suspension::{PEOPLE, of_agent, resume, suspend, suspended};
use crate::policy;
use crate::scene::{Ask, Scene, accepted, allow, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        resumed(),
        one_person(),
        another_scope(),
        resume_statement_replayed(),
        overlapping(),
        without_power(),
        without_policy(),
    ]
}

fn resumed() -> Decision {
    let (mut scene, run) =
        Scene::plain("resumed", "To stop takes one; to go on takes the people whom the policy names.");
    scene.record(suspend(Scope::default()), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.by(resume(Scope::default()), "finance", PEOPLE, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.record(resume(Scope::default()), refused(&["nothing-suspended"]));
    scene.finish()
}

fn one_person() -> Decision {
    let (mut scene, run) =
        Scene::plain("resumed-by-one-too-few", "One person fewer than the policy says, and nothing goes on.");
    scene.record(suspend(Scope::default()), accepted());
    let about = scene.question(&resume(Scope::default()));
    let signed = scene.signed("finance", &["alice"], &about);
    scene.with(&resume(Scope::default()), &signed, refused(&["quorum-not-reached"]));
    let signed = scene.signed("finance", &["alice", "alice"], &about);
    scene.with(&resume(Scope::default()), &signed, refused(&["quorum-not-reached"]));
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn another_scope() -> Decision {
    let (mut scene, run) = Scene::plain(
        "resumed-in-another-scope",
        "What goes on is exactly what was suspended: no more, no less, and nothing else.",
    );
    let scope = || of_agent("researcher");
    scene.record(suspend(scope()), accepted());
    for other in [Scope::default(), of_agent("scout"), Scope { run: Some(run), ..scope() }] {
        scene.record(resume(other), refused(&["nothing-suspended"]));
    }
    // Signed for another agent, it is no word about this one.
    scene.record(suspend(of_agent("scout")), accepted());
    let about = scene.question(&resume(of_agent("scout")));
    let signed = scene.signed("finance", PEOPLE, &about);
    scene.with(&resume(scope()), &signed, refused(&["statement-subject"]));
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn resume_statement_replayed() -> Decision {
    let (mut scene, run) = Scene::plain(
        "resume-statement-replayed",
        "What was signed to end one suspension does not end the next.",
    );
    scene.record(suspend(Scope::default()), accepted());
    let about = scene.question(&resume(Scope::default()));
    let signed = scene.signed("finance", PEOPLE, &about);
    scene.with(&resume(Scope::default()), &signed, accepted());
    scene.record(suspend(Scope::default()), accepted());
    scene.with(&resume(Scope::default()), &signed, refused(&["statement-subject"]));
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn overlapping() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-by-two",
        "Of two suspensions that cover a payment each stops it, until it is ended itself.",
    );
    scene.record(suspend(Scope::default()), accepted());
    scene.record(suspend(of_agent("researcher")), accepted());
    scene.by(resume(Scope::default()), "finance", PEOPLE, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.by(resume(of_agent("researcher")), "finance", PEOPLE, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn without_power() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "resumed-without-power",
        "Where the policy gives nobody the power, nothing goes on until a policy does.",
        &[("resume = { approvals = 2, from = \"finance\" }\n", "")],
    );
    scene.record(suspend(Scope::default()), accepted());
    scene.record(resume(Scope::default()), refused(&["no-power"]));
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    scene.by(resume(Scope::default()), "finance", PEOPLE, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn without_policy() -> Decision {
    let mut scene = Scene::bare(
        "suspended-before-the-policy",
        "A log without a policy can be stopped, and does not go on without one.",
    );
    scene.record(resume(Scope::default()), refused(&["nothing-suspended"]));
    scene.record(suspend(Scope::default()), accepted());
    scene.record(resume(Scope::default()), refused(&["no-policy"]));
    scene.adopt(&policy::plain(), accepted());
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}
