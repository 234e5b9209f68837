//! Facts: accepted whatever state they find, counted, and marked where something is odd.

use counterfoil_enforce::Command;
use counterfoil_record::{Amount, Index};

use super::gates::LOOSE;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, deny, hold, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        twice(),
        late(),
        other_amounts(),
        unbound(),
        contradicting_evidence(),
        after_settlement(),
        unmatched(),
    ]
}

fn twice() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-settled-twice",
        "A second settlement is marked, and not counted twice.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 200_000, accepted());
    scene.settle(allowed.index, 200_000, accepted_with(&["contradicts"]));
    scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.pay(&Ask::new(run, "c", 1), deny(&["budget:run-total"]));
    scene.finish()
}

fn late() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-settled-after-expiry",
        "A settlement after the reservation ended is accepted, marked, and counted.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    scene.at(730_000).expire(allowed.index, accepted());
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.settle(allowed.index, 200_000, accepted_with(&["late", "over-limit"]));
    scene.pay(&Ask::new(run, "c", 1), deny(&["budget:run-total"]));
    scene.finish()
}

fn other_amounts() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-settled-for-another-amount",
        "Another amount than was allowed is marked; a larger one is counted as stated.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.50 usdc\"")],
    );
    let less = scene.pay(&Ask::new(run, "less", 100_000), allow());
    scene.bind_exactly(&less);
    scene.settle(less.index, 99_999, accepted_with(&["amount-differs"]));
    let more = scene.pay(&Ask::new(run, "more", 100_000), allow());
    scene.bind_exactly(&more);
    scene.settle(more.index, 300_000, accepted_with(&["excess"]));
    scene.pay(&Ask::new(run, "b", 100_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.finish()
}

fn unbound() -> Decision {
    let (mut scene, run) = Scene::plain(
        "fact-settled-unbound",
        "A settlement of a payment whose signed payload was never shown is marked.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.settle(allowed.index, 200_000, accepted_with(&["unbound"]));
    scene.finish()
}

fn contradicting_evidence() -> Decision {
    let (mut scene, run) = Scene::plain(
        "fact-settled-on-other-evidence",
        "Evidence of a failure, or none that can be read, does not show a settlement; the fact is taken and marked.",
    );
    let answers = [crate::rail::response(false), "e30=".into()];
    for (key, answer) in ["a", "b"].into_iter().zip(answers) {
        let allowed = scene.pay(&Ask::new(run, key, 100_000), allow());
        scene.bind_exactly(&allowed);
        let settled = Command::Settle {
            payment: allowed.index,
            amount: Amount::new(100_000),
            payment_response: Some(answer),
        };
        scene.record(settled, accepted_with(&["evidence-differs"]));
    }
    let allowed = scene.pay(&Ask::new(run, "c", 100_000), allow());
    scene.bind_exactly(&allowed);
    let settled =
        Command::Settle { payment: allowed.index, amount: Amount::new(100_000), payment_response: None };
    scene.record(settled, accepted());
    scene.finish()
}

fn after_settlement() -> Decision {
    let (mut scene, run) = Scene::plain(
        "fact-after-settlement",
        "What contradicts a settlement is recorded, marked, and changes nothing.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 200_000, accepted());
    scene.fail(allowed.index, accepted_with(&["contradicts"]));
    scene.unknown(allowed.index, accepted_with(&["contradicts"]));
    scene.expire(allowed.index, refused(&["out-of-order"]));
    scene.finish()
}

fn unmatched() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-unmatched",
        "A fact about something that was never allowed is recorded as unmatched.",
        &[LOOSE],
    );
    scene.settle(Index::new(77), 1, accepted_with(&["unmatched"]));
    scene.fail(run, accepted_with(&["unmatched"]));
    scene.unknown(run, accepted_with(&["unmatched"]));
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.settle(held.index, 300_000, accepted_with(&["unmatched"]));
    scene.expire(held.index, refused(&["unknown-payment"]));
    scene.finish()
}
