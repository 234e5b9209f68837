//! Phases: when a run may pay, and what it takes to enter one.

use counterfoil_record::statement::Answer as Say;

use crate::policy;
use crate::scene::{Ask, Scene, accepted, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        may_not_pay(),
        no_category(),
        category_not_in_phase(),
        dropped_phase(),
        plan_and_approval(),
        skipped(),
        no_artefact(),
        unknown_phase(),
        approval_in_time(),
        approval_over(),
        attached_again(),
        second_entry(),
        own_request(),
    ]
}

const UNMET: &[&str] = &["conditions-not-met"];

fn may_not_pay() -> Decision {
    let shows = "While it explores, a run may not pay: premature spending is denied.";
    let mut scene = Scene::new("phase-may-not-pay", shows, &policy::full());
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "quote", 100_000), deny(&["phase"]).because("phase-may-not-pay"));
    scene.finish()
}

fn no_category() -> Decision {
    let (mut scene, run) = Scene::plain("phase-no-category", "A payment that names no category is denied.");
    scene.pay(&Ask::new(run, "quote", 100_000).no_category(), deny(&["phase"]).because("no-category"));
    scene.finish()
}

fn category_not_in_phase() -> Decision {
    let (mut scene, run) =
        Scene::plain("phase-category-not-listed", "A phase pays only for the categories that it lists.");
    let ask = Ask::new(run, "quote", 100_000).category("travel");
    scene.pay(&ask, deny(&["phase"]).because("category-not-in-phase"));
    scene.pay(&Ask::new(run, "quote", 100_000).category("compute"), allow());
    scene.finish()
}

fn dropped_phase() -> Decision {
    let (mut scene, run) = Scene::plain(
        "phase-dropped-by-a-new-policy",
        "A run in a phase that a new policy drops may not pay.",
    );
    scene.enter(run, "deliver", accepted());
    let dropped = policy::vary(&policy::plain(), "[phases.deliver]\nto = []\npay = false\n", "");
    let dropped = policy::vary(&dropped, "to = [\"deliver\", \"commit\"]", "to = [\"commit\"]");
    scene.adopt(&policy::version(&dropped, 2), accepted());
    scene.pay(&Ask::new(run, "quote", 100_000), deny(&["phase"]).because("unknown-phase"));
    scene.finish()
}

fn plan_and_approval() -> Decision {
    let shows =
        "With its plan attached and approved, a run enters the phase that pays, and pays what is planned.";
    let mut scene = Scene::new("phase-entered-with-plan-and-approval", shows, &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.enter(run, "commit", accepted());
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.enter(run, "execute", accepted());
    scene.pay(&Ask::new(run, "quote", 100_000).quotes(), allow());
    scene.finish()
}

fn skipped() -> Decision {
    let shows = "Phases move along the policy's graph only: none can be skipped.";
    let mut scene = Scene::new("phase-skipped", shows, &policy::full());
    let run = scene.open_run();
    scene.enter(run, "execute", refused(UNMET).failing(&["edge", "artefact:plan"]));
    scene.attach_plan(run, 300_000);
    let asked = scene.enter(run, "execute", refused(UNMET).failing(&["edge"]).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.enter(run, "execute", refused(UNMET).failing(&["edge"]));
    scene.enter(run, "deliver", refused(UNMET).failing(&["edge"]));
    scene.finish()
}

fn no_artefact() -> Decision {
    let shows = "A phase that demands an artefact is not entered without it.";
    let mut scene = Scene::new("phase-artefact-missing", shows, &policy::full());
    let run = scene.open_run();
    scene.enter(run, "commit", accepted());
    scene.enter(run, "execute", refused(UNMET).failing(&["artefact:plan"]));
    scene.finish()
}

fn unknown_phase() -> Decision {
    let shows = "A phase that the policy does not name is not entered.";
    let mut scene = Scene::new("phase-unknown", shows, &policy::full());
    let run = scene.open_run();
    scene.enter(run, "celebrate", refused(&["unknown-phase"]));
    scene.finish()
}

fn approval_in_time() -> Decision {
    let shows = "An approval of a phase counts until exactly its time after the plan was attached.";
    let mut scene = Scene::new("phase-approval-at-its-last-moment", shows, &policy::full());
    let run = scene.open_run();
    scene.enter(run, "commit", accepted());
    scene.attach_plan(run, 300_000);
    let attached = scene.elapsed();
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.at(attached + 3_600_000).enter(run, "execute", accepted());
    scene.finish()
}

fn approval_over() -> Decision {
    let shows = "One millisecond later it does not count any more; attaching the plan again asks again.";
    let mut scene = Scene::new("phase-approval-too-old", shows, &policy::full());
    let run = scene.open_run();
    scene.enter(run, "commit", accepted());
    scene.attach_plan(run, 300_000);
    let attached = scene.elapsed();
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("alice", &asked);
    let over = refused(UNMET).failing(&["approvals"]).because("time-is-over");
    scene.at(attached + 3_600_001).enter(run, "execute", over);
    scene.attach_plan(run, 300_000);
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("bob", &asked);
    scene.enter(run, "execute", accepted());
    scene.finish()
}

fn attached_again() -> Decision {
    let shows = "An approval dies when the plan is attached again, even with the same bytes.";
    let mut scene = Scene::new("phase-approval-dies-with-its-plan", shows, &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.enter(run, "commit", accepted());
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.attach_plan(run, 300_000);
    scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.say("bob", Say::Approve, &asked, refused(&["statement-subject"]));
    scene.finish()
}

fn second_entry() -> Decision {
    let shows =
        "An approval opens a phase once; the next entry is asked anew, and the old statement does not fit.";
    let mut scene = Scene::new("phase-approval-used-once", shows, &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.enter(run, "commit", accepted());
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.enter(run, "execute", accepted());
    scene.enter(run, "commit", accepted());
    scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.say("alice", Say::Approve, &asked, refused(&["statement-subject"]));
    scene.finish()
}

fn own_request() -> Decision {
    let shows =
        "The owner of the agent does not approve the phases of its runs, but may refuse them, for good.";
    let mut scene = Scene::new("phase-approved-by-the-owner", shows, &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.enter(run, "commit", accepted());
    let asked = scene.enter(run, "execute", refused(UNMET).needing(&["approvals"]));
    scene.say("erin", Say::Approve, &asked, refused(&["own-request"]));
    scene.say("erin", Say::Refuse, &asked, accepted());
    scene.approve("alice", &asked);
    scene.enter(run, "execute", refused(UNMET).failing(&["approvals"]).because("refused"));
    scene.finish()
}
