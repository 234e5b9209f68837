//! Plans: a plan-bound phase pays what the plan lists, each item within its ceiling.

use counterfoil_enforce::command::PlanItem;
use counterfoil_record::{Amount, Index};

use crate::policy::{self, OTHER_SELLER, STRANGER};
use crate::scene::{Ask, Scene, accepted, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        no_item(),
        not_in_plan(),
        another_payee(),
        another_asset(),
        another_category(),
        ceiling(),
        released(),
        swapped(),
        not_renewed(),
        stranger(),
    ]
}

/// A run that executes a plan with one item of 0.30 USDC.
fn planned(name: &'static str, shows: &'static str) -> (Scene, Index) {
    let mut scene = Scene::new(name, shows, &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.execute(run);
    (scene, run)
}

fn no_item() -> Decision {
    let (mut scene, run) = planned("plan-no-item", "In a plan-bound phase a payment names its item.");
    scene.pay(&Ask::new(run, "quote", 100_000), deny(&["plan"]).because("no-item"));
    scene.finish()
}

fn not_in_plan() -> Decision {
    let (mut scene, run) = planned("plan-item-not-listed", "Only what the plan lists is paid.");
    scene.pay(&Ask::new(run, "quote", 100_000).item("cars"), deny(&["plan"]).because("not-in-plan"));
    scene.finish()
}

fn another_payee() -> Decision {
    let (mut scene, run) = planned("plan-another-payee", "An item is for the payee that it names.");
    let ask = Ask::new(run, "quote", 100_000).quotes().offer("/payTo", OTHER_SELLER);
    scene.pay(&ask, deny(&["plan"]).because("another-payee"));
    scene.finish()
}

fn another_asset() -> Decision {
    let (mut scene, run) = planned("plan-another-asset", "An item is in the asset that it names.");
    scene.pay(&Ask::yen(run, "quote", 100).quotes(), deny(&["plan"]).because("another-asset"));
    scene.finish()
}

fn another_category() -> Decision {
    let (mut scene, run) = planned("plan-another-category", "An item is of the category that it names.");
    let ask = Ask::new(run, "quote", 100_000).quotes().category("compute");
    scene.pay(&ask, deny(&["plan"]).because("another-category"));
    scene.finish()
}

fn ceiling() -> Decision {
    let (mut scene, run) =
        planned("plan-ceiling", "An item is paid to exactly its ceiling, and not one unit over it.");
    scene.pay(&Ask::new(run, "a", 200_000).quotes(), allow());
    scene.pay(&Ask::new(run, "b", 100_001).quotes(), deny(&["plan"]).because("over-ceiling"));
    scene.pay(&Ask::new(run, "c", 100_000).quotes(), allow());
    scene.pay(&Ask::new(run, "d", 1).quotes(), deny(&["plan"]).because("over-ceiling"));
    scene.finish()
}

fn released() -> Decision {
    let (mut scene, run) = planned(
        "plan-ceiling-after-a-release",
        "What was reserved of an item and is released can be used again.",
    );
    let first = scene.pay(&Ask::new(run, "a", 200_000).quotes(), allow());
    scene.pay(&Ask::new(run, "b", 200_000).quotes(), deny(&["plan"]).because("over-ceiling"));
    scene.at(720_001).expire(first.index, accepted());
    scene.pay(&Ask::new(run, "b", 200_000).quotes(), allow());
    scene.finish()
}

fn swapped() -> Decision {
    let (mut scene, run) =
        planned("plan-swapped-after-entry", "A plan that is attached after the entry does not count.");
    scene.attach_plan(run, 400_000);
    scene.pay(&Ask::new(run, "a", 200_000).quotes(), allow());
    scene.pay(&Ask::new(run, "b", 200_000).quotes(), deny(&["plan"]).because("over-ceiling"));
    scene.finish()
}

fn not_renewed() -> Decision {
    let (mut scene, run) = planned(
        "plan-ceiling-after-going-back",
        "Entering the phase again with the same plan does not renew its ceilings.",
    );
    scene.pay(&Ask::new(run, "a", 200_000).quotes(), allow());
    scene.enter(run, "commit", accepted());
    let unmet = refused(&["conditions-not-met"]).needing(&["approvals"]);
    let asked = scene.enter(run, "execute", unmet);
    scene.approve("bob", &asked);
    scene.enter(run, "execute", accepted());
    scene.pay(&Ask::new(run, "b", 200_000).quotes(), deny(&["plan"]).because("over-ceiling"));
    scene.finish()
}

fn stranger() -> Decision {
    let shows = "A plan does not widen the policy: a payee that it names and the policy does not is denied.";
    let mut scene = Scene::new("plan-does-not-widen-the-policy", shows, &policy::full());
    let run = scene.open_run();
    let item = PlanItem {
        id: "quotes".parse().unwrap(),
        category: "data".parse().unwrap(),
        payee: format!("{}:{STRANGER}", crate::rail::CHAIN).parse().unwrap(),
        asset: "usdc".parse().unwrap(),
        ceiling: Amount::new(300_000),
    };
    scene.attach_items(run, vec![item]);
    scene.execute(run);
    let ask = Ask::new(run, "quote", 100_000).quotes().offer("/payTo", STRANGER);
    scene.pay(&ask, deny(&["payee"]));
    scene.finish()
}
