//! Evasions: ways around a limit that look harmless.

use counterfoil_enforce::Command;
use counterfoil_enforce::command::{Attach, PlanItem};
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::{Amount, Hash32};

use super::gates::LOOSE;
use crate::policy;
use crate::scene::{Ask, Scene, accepted, allow, deny, hold, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        taken_back(),
        dead_payload(),
        asset_renamed(),
        item_without_a_plan(),
        other_chain(),
        rule_changed(),
        no_account(),
    ]
}

fn taken_back() -> Decision {
    let shows = "An approval can be taken back: a refusal by the same person is final.";
    let (mut scene, run) = Scene::plain_with("approval-taken-back", shows, &[LOOSE]);
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "a", 2_000_000), hold(&["gate:premium"]));
    scene.approve("alice", &held);
    scene.say("alice", Say::Refuse, &held, accepted());
    scene.say("alice", Say::Refuse, &held, refused(&["already-answered"]));
    scene.say("alice", Say::Approve, &held, refused(&["already-answered"]));
    scene.claim(held.index, deny(&["gate:premium"]).because("refused"));
    scene.finish()
}

fn dead_payload() -> Decision {
    let shows = "A payload that is dead when it is bound does not free what its permit still lets be signed.";
    let (mut scene, run) = Scene::plain("reservation-outlives-a-dead-payload", shows);
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before = 1;
    scene.bind(allowed.index, &signing, accepted());
    scene.at(300_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(720_001).expire(allowed.index, accepted());
    scene.finish()
}

fn asset_renamed() -> Decision {
    let shows = "A policy's name for an asset stands for it for good: budgets and plans that use it keep their meaning.";
    let mut scene = Scene::new("policy-asset-identity-changed", shows, &policy::plain());
    let (gold, yen) = (policy::GOLD, policy::YEN);
    let swapped = policy::plain().replace(gold, "swapped").replace(yen, gold).replace("swapped", yen);
    scene.adopt(&policy::version(&swapped, 2), refused(&["asset-identity-changed"]));
    let coarser = policy::plain().replacen("decimals = 6", "decimals = 12", 1);
    scene.adopt(&policy::version(&coarser, 2), refused(&["asset-identity-changed"]));
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    scene.finish()
}

fn item_without_a_plan() -> Decision {
    let shows = "Where no plan lists items, an item does not make another purchase.";
    let (mut scene, run) = Scene::plain("purchase-with-an-item-that-no-plan-lists", shows);
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    for item in ["first", "second"] {
        scene.pay(&Ask::new(run, "a", 100_000).key(item).item(item), deny(&["purchase"]));
    }
    scene.finish()
}

fn other_chain() -> Decision {
    let shows = "A wallet pays on its own chain alone: what it signed elsewhere could not be recognised.";
    let cold = "[wallets.cold]\naccount = \"eip155:84532:";
    let elsewhere = "[wallets.cold]\naccount = \"eip155:1:";
    let served = ("agents = [\"scout\"]", "agents = [\"researcher\"]");
    let (mut scene, run) = Scene::plain_with("wallet-on-another-chain", shows, &[(cold, elsewhere), served]);
    scene.pay(&Ask::new(run, "a", 100_000).wallet("cold"), deny(&["wallet"]).because("another-chain"));
    scene.finish()
}

fn rule_changed() -> Decision {
    let shows = "A run is in its phase under the rule that it entered it by; under another it pays nothing.";
    let (mut scene, run) = Scene::plain("phase-rule-changed-since-entry", shows);
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    let more = ("\"compute\", \"tip\"]", "\"compute\", \"tip\", \"travel\"]");
    scene.adopt(&policy::version(&policy::plain_with(&[more]), 2), accepted());
    scene.pay(&Ask::new(run, "b", 100_000), deny(&["phase"]).because("rule-changed-since-entry"));
    let other = scene.open_run_of("run-2", "researcher", "carol");
    scene.pay(&Ask::new(other, "b", 100_000), allow());
    scene.finish()
}

fn no_account() -> Decision {
    let shows = "A plan names accounts: one whose payee is none is not attached.";
    let mut scene = Scene::new("plan-payee-is-no-account", shows, &policy::full());
    let run = scene.open_run();
    let item = PlanItem {
        id: "quotes".parse().unwrap(),
        category: "data".parse().unwrap(),
        payee: "somebody".parse().unwrap(),
        asset: "usdc".parse().unwrap(),
        ceiling: Amount::new(300_000),
    };
    let attach = Attach {
        run,
        name: "plan".parse().unwrap(),
        media_type: "application/json".parse().unwrap(),
        digest: Hash32::of(&[b"a plan"]),
        items: vec![item],
    };
    scene.record(Command::Attach(attach), refused(&["bad-account"]));
    scene.finish()
}
