//! Budgets: each is used to exactly its limit, and not to one unit over it.

use crate::policy::{self, OTHER_SELLER};
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, deny};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        coverage(),
        per_run(),
        per_agent(),
        per_principal(),
        count(),
        window_boundary(),
        raised(),
        lowered(),
        new_id(),
        comes_back(),
        overflowed_window(),
    ]
}

const DAY: u64 = 86_400_000;
/// The limit of `run-total`, and one that takes 0.30.
const RUN_TOTAL: (&str, &str) = ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"");
const AGENT_DAY: (&str, &str) = ("limit = \"25.00 usdc\"", "limit = \"0.30 usdc\"");
const PRINCIPAL_ALL: (&str, &str) = ("limit = \"40.00 usdc\"", "limit = \"0.30 usdc\"");
/// The gate that watches `agent-day`, watching another budget.
const NOT_LOW: (&str, &str) = ("budget = \"agent-day\"", "budget = \"principal-all\"");
const NOT_LOW_EITHER: (&str, &str) = ("budget = \"agent-day\"", "budget = \"gold-run\"");

fn coverage() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-coverage",
        "An asset that no amount budget counts is not paid in.",
        &[("[[budgets]]\nid = \"yen-run\"\nper = [\"run\"]\nlimit = \"1000 yen\"\n", "")],
    );
    scene.pay(&Ask::yen(run, "a", 1), deny(&["budget-coverage"]));
    scene.finish()
}

fn per_run() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-per-run",
        "A run's budget is used to exactly its limit; another run has its own.",
        &[RUN_TOTAL],
    );
    for key in ["a", "b"] {
        scene.pay(&Ask::new(run, key, 100_000), allow());
    }
    scene.pay(&Ask::new(run, "c", 100_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "c", 100_000), allow());
    scene.pay(&Ask::new(run, "d", 1), deny(&["budget:run-total"]));
    let other = scene.open_run_of("run-2", "researcher", "carol");
    scene.pay(&Ask::new(other, "d", 1), allow());
    scene.finish()
}

fn per_agent() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-per-agent",
        "An agent's budget counts all of its runs; another agent has its own.",
        &[AGENT_DAY, NOT_LOW],
    );
    let other = scene.open_run_of("run-2", "researcher", "dave");
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(other, "b", 200_000), allow());
    scene.pay(&Ask::new(run, "c", 1), deny(&["budget:agent-day"]));
    let scouting = scene.open_run_of("run-3", "scout", "dave");
    scene.pay(&Ask::new(scouting, "c", 1), allow());
    scene.finish()
}

fn per_principal() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-per-principal",
        "A principal's budget counts every run and agent that acts for them: splitting spends no more.",
        &[PRINCIPAL_ALL],
    );
    let scouting = scene.open_run_of("run-2", "scout", "carol");
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(scouting, "b", 200_000), allow());
    scene.pay(&Ask::new(run, "c", 1), deny(&["budget:principal-all"]));
    let other = scene.open_run_of("run-3", "researcher", "dave");
    scene.pay(&Ask::new(other, "c", 1), allow());
    scene.finish()
}

fn count() -> Decision {
    let (mut scene, run) = Scene::plain(
        "budget-count",
        "A count budget allows its number of payments in its window, to each payee, whatever becomes of them.",
    );
    let first = scene.at(1_000).pay(&Ask::new(run, "a", 1), allow());
    scene.bind_exactly(&first);
    scene.settle(first.index, 1, accepted());
    for key in ["b", "c", "d", "e"] {
        scene.pay(&Ask::new(run, key, 1), allow());
    }
    scene.pay(&Ask::new(run, "f", 1), deny(&["budget:burst"]));
    scene.pay(&Ask::new(run, "g", 1).offer("/payTo", OTHER_SELLER), allow());
    scene.at(60_999).pay(&Ask::new(run, "f", 1), deny(&["budget:burst"]));
    scene.at(61_000).pay(&Ask::new(run, "f", 1), allow());
    scene.finish()
}

fn window_boundary() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-window-boundary",
        "What was allowed exactly one window ago has left it; one millisecond less, and it has not.",
        &[AGENT_DAY, NOT_LOW],
    );
    scene.at(1_000).pay(&Ask::new(run, "a", 200_000), allow());
    scene.at(2_000).pay(&Ask::new(run, "b", 100_000), allow());
    scene.at(DAY + 999).pay(&Ask::new(run, "c", 1), deny(&["budget:agent-day"]));
    scene.at(DAY + 1_000).pay(&Ask::new(run, "c", 200_000), allow());
    scene.pay(&Ask::new(run, "d", 1), deny(&["budget:agent-day"]));
    scene.at(DAY + 2_000).pay(&Ask::new(run, "d", 100_000), allow());
    scene.finish()
}

fn raised() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-limit-raised",
        "A new policy may change a limit; what the budget has counted stays counted.",
        &[RUN_TOTAL],
    );
    scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.pay(&Ask::new(run, "b", 200_000), deny(&["budget:run-total"]));
    let raised = policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"0.40 usdc\"")]);
    scene.adopt(&policy::version(&raised, 2), accepted());
    scene.pay(&Ask::new(run, "b", 200_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.finish()
}

fn lowered() -> Decision {
    let (mut scene, run) =
        Scene::plain("budget-limit-lowered", "Below what is used already, a lowered limit leaves nothing.");
    scene.pay(&Ask::new(run, "a", 200_000), allow());
    let lowered = policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"0.10 usdc\"")]);
    scene.adopt(&policy::version(&lowered, 2), accepted());
    scene.pay(&Ask::new(run, "b", 1), deny(&["budget:run-total"]));
    scene.finish()
}

fn new_id() -> Decision {
    let (mut scene, run) =
        Scene::plain("budget-under-a-new-id", "A budget under a new id counts from its adoption.");
    let first = scene.pay(&Ask::new(run, "a", 200_000), allow());
    let renamed = policy::plain_with(&[("id = \"run-total\"", "id = \"run-sum\""), RUN_TOTAL]);
    scene.adopt(&policy::version(&renamed, 2), accepted());
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    // The end of a payment from before moves nothing in it.
    scene.bind_exactly(&first);
    scene.settle(first.index, 200_000, accepted());
    scene.pay(&Ask::new(run, "c", 100_001), deny(&["budget:run-sum"]));
    scene.pay(&Ask::new(run, "c", 100_000), allow());
    scene.finish()
}

fn comes_back() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-that-comes-back",
        "A budget that was dropped and comes back counts anew: the end of an older payment frees nothing in it.",
        &[RUN_TOTAL],
    );
    let first = scene.pay(&Ask::new(run, "a", 200_000), allow());
    let without = "[[budgets]]\nid = \"run-total\"\nper = [\"run\"]\nlimit = \"20.00 usdc\"\n";
    scene.adopt(&policy::version(&policy::plain_with(&[(without, "")]), 2), accepted());
    scene.adopt(&policy::version(&policy::plain_with(&[RUN_TOTAL]), 3), accepted());
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.at(730_000).expire(first.index, accepted());
    scene.pay(&Ask::new(run, "c", 100_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "c", 100_000), allow());
    scene.finish()
}

fn overflowed_window() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "budget-window-after-an-overflow",
        "A total that overflowed is added up again when what overflowed it has left the window.",
        &[AGENT_DAY, NOT_LOW_EITHER],
    );
    let first = scene.at(1_000).pay(&Ask::new(run, "a", 100_000), allow());
    let other = scene.open_run_of("run-2", "researcher", "dave");
    let second = scene.at(100_000).pay(&Ask::new(other, "b", 200_000), allow());
    scene.bind_exactly(&second);
    scene.settle(second.index, 200_000, accepted());
    scene.bind_exactly(&first);
    scene.settle(first.index, u128::MAX, accepted_with(&["excess", "over-limit"]));
    let ask = Ask::new(other, "c", 100_001);
    scene.pay(&ask, crate::scene::cannot(&["budget:agent-day"]));
    scene.at(DAY + 1_000).pay(&ask, deny(&["budget:agent-day"]));
    scene.pay(&Ask::new(other, "c", 100_000), allow());
    scene.finish()
}
