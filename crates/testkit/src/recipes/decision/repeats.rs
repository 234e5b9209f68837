//! Repeats: nothing is bought twice by accident, and a request that comes again gets its first answer.

use counterfoil_enforce::command::PlanItem;
use counterfoil_record::Amount;

use super::gates::LOOSE;
use crate::scene::{Ask, Scene, accepted, allow, deny, hold, repeat};
use crate::vectors::Decision;
use crate::{policy, rail};

pub(super) fn all() -> Vec<Decision> {
    vec![
        lost_answer(),
        query(),
        another_item(),
        another_principal(),
        repeatable(),
        no_longer_repeatable(),
        same_request(),
        same_terms_in_other_bytes(),
        held_request(),
        key_reused(),
        denied_key_is_free(),
    ]
}

fn lost_answer() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-after-a-lost-answer",
        "A lost answer does not pay twice: while a payment is open or unknown, the same purchase is denied.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let again = Ask::new(run, "a", 100_000).key("fresh");
    scene.pay(&again, deny(&["purchase"]));
    scene.bind_exactly(&allowed);
    scene.unknown(allowed.index, accepted());
    scene.pay(&again, deny(&["purchase"]));
    // Another amount is the same purchase.
    scene.pay(&Ask::new(run, "a", 50_000).key("fresh"), deny(&["purchase"]));
    scene.settle(allowed.index, 100_000, accepted());
    scene.pay(&again, allow());
    scene.finish()
}

fn query() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-with-another-query",
        "The query does not make another purchase: that is the safe side.",
    );
    scene.pay(&Ask::new(run, "a", 100_000).url("https://data.example/v1/quote?symbol=A"), allow());
    let other = Ask::new(run, "b", 100_000).url("https://data.example/v1/quote?symbol=B");
    scene.pay(&other, deny(&["purchase"]));
    scene.finish()
}

fn another_item() -> Decision {
    let shows = "For another item of the plan it is another purchase.";
    let mut scene = Scene::new("purchase-of-another-item", shows, &policy::full());
    let run = scene.open_run();
    let item = |id: &str| PlanItem {
        id: id.parse().unwrap(),
        category: "data".parse().unwrap(),
        payee: format!("{}:{}", rail::CHAIN, rail::SELLER).parse().unwrap(),
        asset: "usdc".parse().unwrap(),
        ceiling: Amount::new(300_000),
    };
    scene.attach_items(run, vec![item("first"), item("second")]);
    scene.execute(run);
    scene.pay(&Ask::new(run, "a", 100_000).item("first"), allow());
    scene.pay(&Ask::new(run, "a", 100_000).key("b").item("second"), allow());
    scene.pay(&Ask::new(run, "a", 100_000).key("c").item("second"), deny(&["purchase"]));
    scene.finish()
}

fn another_principal() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-in-another-run",
        "A purchase is its principal's, whichever run or agent makes it; another principal's is another.",
    );
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    let scouting = scene.open_run_of("run-2", "scout", "carol");
    scene.pay(&Ask::new(scouting, "a", 100_000), deny(&["purchase"]));
    let other = scene.open_run_of("run-3", "researcher", "dave");
    scene.pay(&Ask::new(other, "a", 100_000), allow());
    scene.finish()
}

fn repeatable() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-that-may-be-repeated",
        "What the policy lists as repeatable may be bought again while a payment is open.",
    );
    let tick = |key| Ask::new(run, key, 1_000).url("https://data.example/v1/tick");
    scene.pay(&tick("a"), allow());
    scene.pay(&tick("b"), allow());
    scene.finish()
}

fn no_longer_repeatable() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-no-longer-repeatable",
        "When a new policy drops it from the list, every payment that is open counts, not only the last.",
    );
    let tick = |key| Ask::new(run, key, 1_000).url("https://data.example/v1/tick");
    let first = scene.pay(&tick("a"), allow());
    let second = scene.pay(&tick("b"), allow());
    let dropped =
        policy::plain_with(&[("repeatable = [\"https://data.example/v1/tick\"]", "repeatable = []")]);
    scene.adopt(&policy::version(&dropped, 2), accepted());
    scene.bind_exactly(&second);
    scene.settle(second.index, 1_000, accepted());
    scene.pay(&tick("c"), deny(&["purchase"]));
    scene.bind_exactly(&first);
    scene.settle(first.index, 1_000, accepted());
    scene.pay(&tick("c"), allow());
    scene.finish()
}

fn same_request() -> Decision {
    let (mut scene, run) = Scene::plain(
        "repeat-of-an-allowed-request",
        "The same key and request give the first record again, with the payment's present status and no new record.",
    );
    let ask = Ask::new(run, "a", 100_000);
    let allowed = scene.pay(&ask, allow());
    scene.step(ask.command(), repeat(allowed.index, "open"));
    scene.bind_exactly(&allowed);
    scene.unknown(allowed.index, accepted());
    scene.step(ask.command(), repeat(allowed.index, "unknown"));
    scene.settle(allowed.index, 100_000, accepted());
    scene.step(ask.clone().purpose("for another reason").command(), repeat(allowed.index, "settled"));
    scene.finish()
}

fn same_terms_in_other_bytes() -> Decision {
    let (mut scene, run) = Scene::plain(
        "repeat-in-other-bytes",
        "A request is its parsed terms: the case of an address and unknown fields do not make another.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let shouted = rail::SELLER.to_uppercase().replace("0X", "0x");
    let other = Ask::new(run, "a", 100_000).offer("/payTo", shouted).offer_new("", "note", "hello");
    scene.step(other.command(), repeat(allowed.index, "open"));
    scene.finish()
}

fn held_request() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "repeat-of-a-held-request",
        "A held request that comes again is still held; void after a new policy, it stays answered.",
        &[LOOSE],
    );
    let ask = Ask::new(run, "a", 300_000);
    let held = scene.pay(&ask, hold(&["gate:new-payee"]));
    scene.step(ask.command(), repeat(held.index, "held"));
    scene.adopt(&policy::version(&policy::plain_with(&[LOOSE]), 2), accepted());
    scene.step(ask.command(), repeat(held.index, "void"));
    scene.pay(&ask.key("b"), hold(&["gate:new-payee"]));
    scene.finish()
}

fn key_reused() -> Decision {
    let (mut scene, run) = Scene::plain(
        "idempotency-key-for-another-request",
        "A key that named another request is refused; in another run it is free.",
    );
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    let other = Ask::new(run, "b", 100_000).key("a");
    scene.pay(&other, deny(&["idempotency"]).codes(&["key-reused"]));
    let second = scene.open_run_of("run-2", "researcher", "carol");
    scene.pay(&Ask::new(second, "b", 100_000).key("a"), allow());
    scene.finish()
}

fn denied_key_is_free() -> Decision {
    let (mut scene, run) = Scene::plain(
        "idempotency-key-of-a-denied-request",
        "What was denied claims no key, and is decided again.",
    );
    let ask = Ask::new(run, "a", 100_000);
    scene.pay(&ask.clone().wallet("warm"), deny(&["wallet"]));
    scene.pay(&ask.clone().wallet("warm"), deny(&["wallet"]));
    scene.pay(&ask, allow());
    scene.finish()
}
