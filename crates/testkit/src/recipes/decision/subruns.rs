//! Runs within runs: who works for whom, and whose budgets that spends.

use counterfoil_enforce::Command;
use counterfoil_enforce::command::OpenRun;
use counterfoil_record::Index;
use counterfoil_record::statement::Answer as Say;

use crate::scene::{Ask, Expect, Scene, accepted, allow, deny, hold, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        spends_its_parents_run(),
        spends_its_parents_agent(),
        one_group_counts_once(),
        three_levels(),
        another_principal(),
        closed_parent(),
        closes_after_its_sub_runs(),
        owner_of_the_parents_agent(),
        own_phase(),
    ]
}

/// Opens a run of `agent` for carol as a part of `parent`.
fn within(scene: &mut Scene, parent: Index, id: &str, agent: &str, expect: Expect) -> Index {
    within_for(scene, parent, id, agent, "carol", expect)
}

fn within_for(
    scene: &mut Scene,
    parent: Index,
    id: &str,
    agent: &str,
    principal: &str,
    expect: Expect,
) -> Index {
    let run = OpenRun::new(id.parse().unwrap(), agent.parse().unwrap(), principal.parse().unwrap());
    scene.record(Command::OpenRun(run.within(parent)), expect).index
}

fn spends_its_parents_run() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "sub-run-spends-its-parents-budget",
        "What a sub-run spends counts in its parent's budgets too, so that splitting the work spends no more.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let sub = within(&mut scene, run, "part", "scout", accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(sub, "b", 200_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(sub, "b", 200_000), allow());
    // The sub-run has room of its own; the parent has none.
    scene.pay(&Ask::new(sub, "c", 1), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "c", 1), deny(&["budget:run-total"]));
    let other = scene.open_run_of("other", "scout", "carol");
    scene.pay(&Ask::new(other, "c", 1), allow());
    scene.finish()
}

fn spends_its_parents_agent() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "sub-run-spends-its-parents-agent",
        "A sub-run of another agent counts in the budgets of both agents.",
        &[
            ("limit = \"25.00 usdc\"", "limit = \"0.30 usdc\""),
            ("budget = \"agent-day\"", "budget = \"gold-run\""),
        ],
    );
    let sub = within(&mut scene, run, "part", "scout", accepted());
    scene.pay(&Ask::new(sub, "a", 200_000), allow());
    scene.pay(&Ask::new(run, "b", 100_001), deny(&["budget:agent-day"]));
    scene.pay(&Ask::new(run, "b", 100_000), allow());
    // The scout has spent 0.20, the researcher 0.30.
    let free = scene.open_run_of("free", "scout", "dave");
    scene.pay(&Ask::new(free, "c", 100_001), deny(&["budget:agent-day"]));
    scene.pay(&Ask::new(free, "c", 100_000), allow());
    scene.finish()
}

fn one_group_counts_once() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "sub-run-counts-once-in-a-group",
        "A group that parent and sub-run share counts a payment once.",
        &[("limit = \"40.00 usdc\"", "limit = \"0.20 usdc\"")],
    );
    let sub = within(&mut scene, run, "part", "researcher", accepted());
    scene.pay(&Ask::new(sub, "a", 100_000), allow());
    scene.pay(&Ask::new(sub, "b", 100_001), deny(&["budget:principal-all"]));
    scene.pay(&Ask::new(sub, "b", 100_000), allow());
    scene.finish()
}

fn three_levels() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "sub-run-too-deep",
        "A run has at most three runs above it, and spends the budgets of each.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.10 usdc\"")],
    );
    let second = within(&mut scene, run, "second", "scout", accepted());
    let third = within(&mut scene, second, "third", "researcher", accepted());
    let fourth = within(&mut scene, third, "fourth", "scout", accepted());
    within(&mut scene, fourth, "fifth", "scout", refused(&["too-deep"]));
    scene.pay(&Ask::new(fourth, "a", 100_000), allow());
    for (key, spent) in [("b", run), ("c", second), ("d", third), ("e", fourth)] {
        let ask = Ask::new(spent, key, 1);
        let rows = if spent == run {
            1
        } else if spent == second {
            2
        } else if spent == third {
            3
        } else {
            4
        };
        scene.pay(&ask, deny(&vec!["budget:run-total"; rows]));
    }
    scene.finish()
}

fn another_principal() -> Decision {
    let (mut scene, run) = Scene::plain(
        "sub-run-for-another-principal",
        "A sub-run acts for its parent's principal, and nobody else.",
    );
    within_for(&mut scene, run, "part", "scout", "dave", refused(&["principal-differs"]));
    within(&mut scene, run, "part", "scout", accepted());
    scene.finish()
}

fn closed_parent() -> Decision {
    let (mut scene, run) = Scene::plain("sub-run-of-a-closed-run", "A sub-run is a part of an open run.");
    scene.record(Command::CloseRun { run }, accepted());
    within(&mut scene, run, "part", "scout", refused(&["unknown-run"]));
    within(&mut scene, Index::new(99), "part", "scout", refused(&["unknown-run"]));
    scene.finish()
}

fn closes_after_its_sub_runs() -> Decision {
    let (mut scene, run) = Scene::plain(
        "sub-run-keeps-its-parent-open",
        "A run closes once its sub-runs are closed: until then they spend its budgets.",
    );
    let sub = within(&mut scene, run, "part", "scout", accepted());
    scene.record(Command::CloseRun { run }, refused(&["sub-run-open"]));
    scene.record(Command::CloseRun { run: sub }, accepted());
    scene.record(Command::CloseRun { run }, accepted());
    scene.finish()
}

fn owner_of_the_parents_agent() -> Decision {
    let (mut scene, run) = Scene::plain(
        "sub-run-approved-by-the-owner-of-its-parents-agent",
        "Who owns the agent of a run does not approve what its sub-runs ask for.",
    );
    let sub = within(&mut scene, run, "part", "scout", accepted());
    let held = scene.pay(&Ask::new(sub, "a", 300_000), hold(&["gate:new-payee"]));
    scene.say("erin", Say::Approve, &held, refused(&["own-request"]));
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn own_phase() -> Decision {
    let (mut scene, run) = Scene::plain(
        "sub-run-has-its-own-phase",
        "A sub-run goes through the phases by itself; what its parent may do is no leave for it.",
    );
    let sub = within(&mut scene, run, "part", "scout", accepted());
    scene.enter(sub, "deliver", accepted());
    scene.pay(&Ask::new(sub, "a", 100_000), deny(&["phase"]).because("phase-may-not-pay"));
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}
