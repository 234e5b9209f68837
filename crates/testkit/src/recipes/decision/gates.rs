//! Gates: what needs people, and what is denied by rule.

use crate::policy::OTHER_SELLER;
use crate::scene::{Ask, Scene, allow, deny, hold};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![premium(), two_people(), new_payee(), both(), denied(), all_conditions(), role_counts()]
}

/// No payment needs a transaction.
pub(crate) const LOOSE: (&str, &str) =
    ("required_above = [\"0.50 usdc\"", "required_above = [\"20.00 usdc\"");

fn premium() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "gate-premium",
        "From its threshold on, a payment waits for an approval; claimed with it, it is allowed.",
        &[LOOSE],
    );
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    scene.pay(&Ask::new(run, "below", 1_999_999), allow());
    let held = scene.pay(&Ask::new(run, "premium", 2_000_000), hold(&["gate:premium"]));
    scene.claim(held.index, hold(&["gate:premium"]));
    scene.approve("alice", &held);
    let allowed = scene.claim(held.index, allow());
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn two_people() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "gate-two-people",
        "From 80 % of a budget on, two different people must approve; one is not enough.",
        &[("limit = \"25.00 usdc\"", "limit = \"1.00 usdc\"")],
    );
    for key in ["a", "b", "c"] {
        scene.pay(&Ask::new(run, key, 200_000), allow());
    }
    let held = scene.pay(&Ask::new(run, "d", 200_000), hold(&["gate:running-low"]));
    scene.approve("alice", &held);
    scene.claim(held.index, hold(&["gate:running-low"]));
    scene.pay(&Ask::new(run, "e", 199_999), allow());
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn new_payee() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "gate-new-payee",
        "The first larger payment to a payee waits; once one was allowed, the payee is not new.",
        &[LOOSE],
    );
    scene.pay(&Ask::new(run, "a", 250_000), hold(&["gate:new-payee"]));
    scene.pay(&Ask::new(run, "b", 249_999), allow());
    scene.pay(&Ask::new(run, "c", 250_000), allow());
    scene.pay(&Ask::new(run, "d", 250_000).offer("/payTo", OTHER_SELLER), hold(&["gate:new-payee"]));
    scene.finish()
}

fn both() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "gate-one-person-for-two-gates",
        "One approval counts once in each gate that waits for it.",
        &[LOOSE],
    );
    let held = scene.pay(&Ask::new(run, "a", 2_000_000), hold(&["gate:premium", "gate:new-payee"]));
    scene.approve("bob", &held);
    scene.claim(held.index, allow());
    scene.finish()
}

fn denied() -> Decision {
    let (mut scene, run) = Scene::plain("gate-that-denies", "A gate may deny outright; nobody can open it.");
    scene.pay(&Ask::new(run, "a", 1).category("tip"), deny(&["gate:no-tips"]).because("denied-by-rule"));
    scene.finish()
}

fn all_conditions() -> Decision {
    let tip =
        ("when = { category = \"tip\" }", "when = { category = \"tip\", exposure_at_least = \"0.10 usdc\" }");
    let (mut scene, run) = Scene::plain_with(
        "gate-all-conditions",
        "A gate closes only where all that it states holds.",
        &[tip],
    );
    scene.pay(&Ask::new(run, "a", 99_999).category("tip"), allow());
    scene.pay(&Ask::new(run, "b", 100_000).category("data"), allow());
    scene.pay(&Ask::new(run, "c", 100_000).category("tip"), deny(&["gate:no-tips"]));
    scene.finish()
}

fn role_counts() -> Decision {
    let deny_then_hold = Scene::plain_with(
        "gate-does-not-mend-a-denial",
        "A payment that fails a check is denied, not held, whatever it needs besides.",
        &[LOOSE, ("limit = \"20.00 usdc\"", "limit = \"1.00 usdc\"")],
    );
    let (mut scene, run) = deny_then_hold;
    let denied = deny(&["budget:run-total"]).needing(&["gate:premium", "gate:new-payee"]);
    let denied = scene.pay(&Ask::new(run, "a", 2_000_000), denied);
    assert!(denied.question.is_none());
    scene.claim(denied.index, crate::scene::refused(&["unknown-payment"]));
    scene.finish()
}
