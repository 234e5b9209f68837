//! How far the clock goes by itself, and who lets it go further.

use counterfoil_enforce::Command;
use counterfoil_record::{Amount, Index, Time};

use crate::scene::{Ask, Scene, accepted, allow, refused};
use crate::script::{About, START};
use crate::vectors::Decision;
use crate::{keys, policy};

/// `max_step` of the policy, 72 hours.
const STEP: u64 = 72 * 3_600_000;
/// When a run of the plain policy is open.
const OPENED: u64 = 2;
const JUMP: &[&str] = &["clock-jump"];

pub(super) fn all() -> Vec<Decision> {
    vec![
        at_the_most(),
        too_far(),
        facts(),
        unlimited(),
        not_yet_in_force(),
        signed(),
        at_its_end(),
        beyond_its_end(),
        signed_for_less(),
        statement_expired(),
        too_few(),
        without_power(),
        without_policy(),
        after_the_jump(),
        by_statement_again(),
        behind(),
    ]
}

fn clock(to: u64) -> Command {
    Command::Clock { to: Time::from_millis(START + to), statements: Vec::new() }
}

/// Alice's signature for it, which counts until the clock is there.
fn signature(scene: &Scene, about: &About) -> Vec<String> {
    let late = Time::from_millis(START + 10 * STEP);
    let alice = keys::person("alice");
    vec![scene.script.approval_with("finance", &alice, "alice", about, |it| it.expires = late)]
}

fn at_the_most() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-step-at-the-most",
        "One step of the clock may be exactly as long as the policy says, again and again.",
    );
    scene.at(OPENED + STEP).pay(&Ask::new(run, "a", 100_000), allow());
    scene.at(OPENED + 2 * STEP).pay(&Ask::new(run, "b", 100_000), allow());
    scene.finish()
}

fn too_far() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-step-too-far",
        "One millisecond more is refused, and time stands where it stood.",
    );
    scene.at(OPENED + STEP + 1).pay(&Ask::new(run, "a", 100_000), refused(JUMP));
    // Had it moved, this would go back.
    scene.back_at(10).pay(&Ask::new(run, "a", 100_000), allow());
    scene.at(10 + STEP + 1).record(Command::Heartbeat {}, refused(JUMP));
    scene.back_at(10 + STEP).record(Command::Heartbeat {}, accepted());
    scene.finish()
}

fn facts() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-facts-too-far",
        "Facts and requests to end a reservation are refused too: nothing expires by a jump of the clock.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.bind_exactly(&allowed);
    let last = scene.elapsed();
    scene.at(last + STEP + 1).settle(allowed.index, 100_000, refused(JUMP));
    scene.back_at(last + STEP + 1).unknown(allowed.index, refused(JUMP));
    scene.back_at(last + STEP + 1).expire(allowed.index, refused(JUMP));
    let settle = Command::Settle { payment: Index::new(99), amount: Amount::new(1), payment_response: None };
    scene.back_at(last + STEP + 1).record(settle, refused(JUMP));
    scene.back_at(last + STEP).settle(allowed.index, 100_000, accepted());
    scene.finish()
}

fn unlimited() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "clock-step-unlimited",
        "Without a limit in the policy the clock goes as far as it likes.",
        &[("max_step = \"72h\"\n", "")],
    );
    scene.at(100 * STEP).pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn not_yet_in_force() -> Decision {
    let mut scene = Scene::bare(
        "clock-step-before-the-policy",
        "Without a policy nothing limits the clock; the record that puts one in force is not under it.",
    );
    scene.at(2 * STEP).record(Command::Heartbeat {}, accepted());
    scene.at(4 * STEP).adopt(&policy::plain(), accepted());
    scene.at(5 * STEP + 1).record(Command::Heartbeat {}, refused(JUMP));
    scene.finish()
}

fn signed() -> Decision {
    let (mut scene, run) =
        Scene::plain("clock-signed", "People may let the clock go further, to a moment that they sign for.");
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(3 * STEP - 5).with(&far, &statements, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn at_its_end() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-signed-to-the-end",
        "The signed step goes to exactly the moment that was signed, and the next from there.",
    );
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(3 * STEP).with(&far, &statements, accepted());
    scene.at(4 * STEP).pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn beyond_its_end() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-beyond-what-was-signed",
        "One millisecond after the moment that was signed is refused, and time stands where it stood.",
    );
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(3 * STEP + 1).with(&far, &statements, refused(JUMP));
    scene.back_at(100).pay(&Ask::new(run, "a", 100_000), allow());
    // It is refused so also where the step is one that needs nobody.
    let near = clock(200);
    let about = scene.back_at(150).question(&near);
    let statements = signature(&scene, &about);
    scene.at(201).with(&near, &statements, refused(JUMP));
    scene.back_at(200).with(&near, &statements, accepted());
    scene.finish()
}

fn signed_for_less() -> Decision {
    let (mut scene, _) = Scene::plain(
        "clock-signed-for-another-moment",
        "Who signs for one moment does not sign for a later one.",
    );
    let about = scene.question(&clock(2 * STEP));
    let statements = signature(&scene, &about);
    scene.at(2 * STEP + 1).with(&clock(2 * STEP + 1), &statements, refused(&["statement-subject"]));
    scene.back_at(2 * STEP).with(&clock(2 * STEP), &statements, accepted());
    scene.finish()
}

fn statement_expired() -> Decision {
    let (mut scene, _) = Scene::plain(
        "clock-statement-expired-on-the-way",
        "The statement counts at the moment to which the clock goes, and may have expired by then.",
    );
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let alice = keys::person("alice");
    let until = |scene: &Scene, millis: u64| {
        let expires = Time::from_millis(START + millis);
        vec![scene.script.approval_with("finance", &alice, "alice", &about, |it| it.expires = expires)]
    };
    let (short, just) = (until(&scene, 3 * STEP - 1), until(&scene, 3 * STEP));
    scene.at(3 * STEP).with(&far, &short, refused(&["statement-expired"]));
    scene.back_at(3 * STEP).with(&far, &just, accepted());
    scene.finish()
}

fn too_few() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "clock-signed-by-too-few",
        "With fewer people than the policy says the clock stands, even for a step that it could go alone.",
        &[("clock = { approvals = 1, from = \"finance\" }", "clock = { approvals = 2, from = \"finance\" }")],
    );
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(3 * STEP).with(&far, &statements, refused(&["quorum-not-reached"]));
    scene.back_at(1_000).with(&far, &statements, refused(&["quorum-not-reached"]));
    scene.back_at(500).pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn without_power() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "clock-without-power",
        "Where the policy gives nobody the power, nobody signs for the clock.",
        &[("clock = { approvals = 1, from = \"finance\" }\n", ""), ("max_step = \"72h\"\n", "")],
    );
    let far = clock(3 * STEP);
    scene.at(3 * STEP).record(far.clone(), refused(&["no-power"]));
    scene.back_at(1_000).record(far, refused(&["no-power"]));
    scene.back_at(500).pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn without_policy() -> Decision {
    let mut scene =
        Scene::bare("clock-without-policy", "Without a policy nobody has the power to move the clock.");
    scene.at(5_000).record(clock(3 * STEP), refused(&["no-policy"]));
    // A refused step did not move it.
    scene.back_at(1_500).adopt(&policy::plain(), accepted());
    scene.finish()
}

fn after_the_jump() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-jump-ends-nothing",
        "A refused jump ends no reservation, window or deadline; a signed one is as good as the time itself.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.at(2 * STEP).expire(allowed.index, refused(JUMP));
    scene.back_at(720_000).expire(allowed.index, refused(&["still-claimable"]));
    let far = clock(3 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(3 * STEP).with(&far, &statements, accepted());
    scene.expire(allowed.index, accepted());
    scene.finish()
}

fn by_statement_again() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-statement-until-a-control-record",
        "A statement about the clock serves until its moment, or until a record changes policy, keys or suspensions.",
    );
    let far = clock(4 * STEP);
    let about = scene.question(&far);
    let statements = signature(&scene, &about);
    scene.at(2 * STEP).with(&far, &statements, accepted());
    scene.at(4 * STEP - 1_000).with(&far, &statements, accepted());
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    scene.at(4 * STEP).with(&far, &statements, refused(&["statement-subject"]));
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn behind() -> Decision {
    let (mut scene, run) = Scene::plain(
        "clock-a-little-behind",
        "A clock that is at most a second behind the last record is taken to be at its time.",
    );
    scene.at(5_000).pay(&Ask::new(run, "a", 100_000), allow());
    scene.back_at(4_500).pay(&Ask::new(run, "b", 100_000), allow());
    let third = scene.back_at(4_000).pay(&Ask::new(run, "c", 100_000), allow());
    assert_eq!(third.time, Time::from_millis(START + 5_000));
    scene.finish()
}
