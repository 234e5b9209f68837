//! Who asks, and under what: policy, run, agent, wallet.

use counterfoil_record::Index;

use crate::policy;
use crate::scene::{Ask, Scene, accepted, allow, deny};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        allowed(),
        no_policy(),
        unknown_run(),
        closed_run(),
        dropped_agent(),
        unknown_wallet(),
        wallet_of_another_agent(),
    ]
}

fn allowed() -> Decision {
    let (mut scene, run) = Scene::plain(
        "a-payment-from-allow-to-settlement",
        "A payment in which everything is in order is allowed, bound and settled.",
    );
    let allowed = scene.pay(&Ask::new(run, "quote", 100_000).purpose("a quote for the report"), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 100_000, accepted());
    scene.finish()
}

fn no_policy() -> Decision {
    let mut scene = Scene::bare(
        "no-policy-in-force",
        "Without a policy nothing is allowed, and that alone is what fails.",
    );
    scene.pay(&Ask::new(Index::new(0), "quote", 100_000), deny(&["policy-in-force"]));
    scene.finish()
}

fn unknown_run() -> Decision {
    let mut scene =
        Scene::new("run-unknown", "A payment of a run that was never opened is denied.", &policy::plain());
    scene.pay(&Ask::new(Index::new(1), "quote", 100_000), deny(&["run-open"]));
    scene.finish()
}

fn closed_run() -> Decision {
    let (mut scene, run) = Scene::plain("run-closed", "No payment of a closed run is allowed.");
    scene.pay(&Ask::new(run, "before", 100_000), allow());
    scene.record(counterfoil_enforce::Command::CloseRun { run }, accepted());
    scene.pay(&Ask::new(run, "after", 100_000), deny(&["run-open"]));
    scene.finish()
}

fn dropped_agent() -> Decision {
    let (mut scene, run) = Scene::plain(
        "agent-dropped-by-a-new-policy",
        "A run that is open when a new policy drops its agent may not pay any more.",
    );
    let dropped = policy::vary(&policy::plain(), "[agents.researcher]\nowner = \"erin\"\n", "");
    let dropped = policy::vary(&dropped, "[\"researcher\", \"scout\", \"signer\"]", "[\"scout\"]");
    scene.adopt(&policy::version(&dropped, 2), accepted());
    scene.pay(&Ask::new(run, "quote", 100_000), deny(&["agent"]));
    scene.finish()
}

fn unknown_wallet() -> Decision {
    let (mut scene, run) =
        Scene::plain("wallet-unknown", "A wallet that the policy does not name may not pay.");
    scene.pay(&Ask::new(run, "quote", 100_000).wallet("warm"), deny(&["wallet"]).because("unknown-wallet"));
    scene.finish()
}

fn wallet_of_another_agent() -> Decision {
    let (mut scene, run) =
        Scene::plain("wallet-does-not-serve-the-agent", "A wallet pays only for the agents that it serves.");
    let ask = Ask::new(run, "quote", 100_000).wallet("cold");
    scene.pay(&ask, deny(&["wallet"]).because("does-not-serve-agent"));
    let scouting = scene.open_run_of("run-2", "scout", "carol");
    scene.pay(&Ask::new(scouting, "quote", 100_000).wallet("cold"), allow());
    scene.finish()
}
