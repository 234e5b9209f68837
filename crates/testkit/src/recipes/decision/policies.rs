//! Policies and the log: what is adopted, and what is refused.

use counterfoil_enforce::Command;
use counterfoil_enforce::command::{Attach, OpenRun};
use counterfoil_record::{Hash32, Index};

use crate::scene::{Ask, Scene, accepted, allow, deny, refused};
use crate::vectors::Decision;
use crate::{keys, policy};

pub(super) fn all() -> Vec<Decision> {
    vec![
        version(),
        identity(),
        shared_key(),
        reservations_stay(),
        requests_without_a_policy(),
        runs(),
        start_and_stop(),
    ]
}

fn version() -> Decision {
    let mut scene = Scene::new(
        "policy-version-not-rising",
        "A policy's version rises; an older or equal one is refused.",
        &policy::plain(),
    );
    scene.adopt(&policy::plain(), refused(&["policy-version-not-rising"]));
    scene.adopt(&policy::version(&policy::plain(), 3), accepted());
    scene.adopt(&policy::version(&policy::plain(), 2), refused(&["policy-version-not-rising"]));
    scene.finish()
}

fn identity() -> Decision {
    let shows = "Under one id a budget keeps its groups, window and asset; its limit may change.";
    let mut scene = Scene::new("policy-budget-identity-changed", shows, &policy::plain());
    let changes = [
        ("window = { rolling = \"24h\" }", "window = { rolling = \"12h\" }"),
        ("window = { rolling = \"24h\" }\n", ""),
        ("per = [\"principal\"]\nlimit", "per = [\"agent\"]\nlimit"),
        ("every = \"month\"", "every = \"week\""),
        ("utc_offset = \"+01:00\"", "utc_offset = \"-01:00\""),
        ("limit = \"5 gold\"", "limit = \"5 usdc\""),
        ("count = 5", "limit = \"5 usdc\""),
    ];
    for change in changes {
        let changed = policy::version(&policy::plain_with(&[change]), 2);
        scene.adopt(&changed, refused(&["budget-identity-changed"]));
    }
    let raised =
        policy::plain_with(&[("limit = \"5 gold\"", "limit = \"6 gold\""), ("count = 5", "count = 6")]);
    scene.adopt(&policy::version(&raised, 2), accepted());
    scene.finish()
}

fn shared_key() -> Decision {
    let mut scene = Scene::bare(
        "policy-shares-the-logs-key",
        "One key stands for one party: the log's key is no person's key.",
    );
    let log =
        counterfoil_record::key::NamedKey::new("alice".parse().unwrap(), *keys::log_named().key()).unwrap();
    let alice = keys::person("alice").to_string();
    let shared = policy::plain_with(&[(&alice, &log.to_string())]);
    scene.adopt(&shared, refused(&["key-shared"]));
    scene.adopt(&policy::plain(), accepted());
    scene.finish()
}

fn reservations_stay() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "policy-change-keeps-reservations",
        "A new policy voids what waits, never what is reserved; permits given keep their terms.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    let changed = policy::plain_with(&[
        ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\""),
        ("max_lifetime = \"10m\"", "max_lifetime = \"1m\""),
        ("slot = \"required\"", "slot = \"preferred\""),
        ("finality = \"2m\"", "finality = \"1s\""),
    ]);
    scene.adopt(&policy::version(&changed, 2), accepted());
    scene.pay(&Ask::new(run, "b", 200_000), deny(&["budget:run-total"]));
    let mut other = scene.signing(&allowed);
    other.authorization.nonce = Hash32([7; 32]);
    scene.bind(allowed.index, &other, refused(&["bind-mismatch"]).failing(&["slot"]));
    scene.bind_exactly(&allowed);
    scene.at(720_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(720_001).expire(allowed.index, accepted());
    scene.finish()
}

fn requests_without_a_policy() -> Decision {
    let mut scene =
        Scene::bare("policy-absent", "Without a policy nothing begins, and a log is opened once.");
    let run = OpenRun::new("run-1".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    scene.record(Command::OpenRun(run), refused(&["no-policy"]));
    let genesis = Command::Genesis { origin: keys::ORIGIN.parse().unwrap(), governance: None };
    scene.record(genesis, refused(&["already-opened"]));
    scene.finish()
}

fn runs() -> Decision {
    let (mut scene, run) = Scene::plain(
        "runs-and-their-names",
        "Runs are of known agents; a name is free once its run is closed.",
    );
    let named = |id: &str, agent: &str| {
        Command::OpenRun(OpenRun::new(id.parse().unwrap(), agent.parse().unwrap(), "carol".parse().unwrap()))
    };
    scene.record(named("run-1", "researcher"), refused(&["id-taken"]));
    scene.record(named("run-2", "stranger"), refused(&["unknown-agent"]));
    scene.record(named("run-2", "scout"), accepted());
    scene.record(Command::CloseRun { run }, accepted());
    scene.record(named("run-1", "researcher"), accepted());
    let attach = Attach {
        run,
        name: "plan".parse().unwrap(),
        media_type: "text/plain".parse().unwrap(),
        digest: Hash32::of(&[]),
        items: Vec::new(),
    };
    scene.record(Command::Attach(attach), refused(&["unknown-run"]));
    scene.enter(run, "deliver", refused(&["unknown-run"]));
    scene.enter(Index::new(77), "deliver", refused(&["unknown-run"]));
    scene.finish()
}

fn start_and_stop() -> Decision {
    let (mut scene, run) = Scene::plain(
        "start-and-stop",
        "The core starts from the state that it left, and says so by its digest.",
    );
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.record(Command::Stop {}, accepted());
    scene.record(Command::Start {}, accepted());
    scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.finish()
}
