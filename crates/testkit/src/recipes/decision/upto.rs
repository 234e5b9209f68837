//! `upto`: the most that may be taken is what is decided on, and what was taken is the payee's word.

use counterfoil_record::Index;

use crate::rail;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, cannot, deny};
use crate::vectors::Decision;

/// A run may spend 0.30 USDC.
const SMALL: (&str, &str) = ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"");

/// The payee's word may end a reservation.
const PAYEE: (&str, &str) = ("releases = \"chain\"", "releases = \"payee\"");

pub(super) fn all() -> Vec<Decision> {
    vec![
        upto_at_its_maximum(),
        upto_for_less(),
        upto_for_less_by_the_operator(),
        upto_for_less_without_an_amount(),
        upto_for_less_with_another_amount(),
        upto_for_nothing(),
        upto_for_more(),
        upto_for_nothing_then_for_all(),
        upto_where_a_chain_releases(),
        exact_for_less(),
        upto_over_maximum(),
        upto_not_allowed(),
        upto_without_facilitator(),
        upto_by_eip3009(),
    ]
}

/// A run that may spend 0.30 USDC has an `upto` payment of at most 0.20 bound.
fn upto(name: &'static str, shows: &'static str) -> (Scene, Index, Index) {
    let (mut scene, run) = Scene::plain_with(name, shows, &[SMALL, PAYEE]);
    let allowed = scene.pay(&Ask::upto(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    (scene, run, allowed.index)
}

/// The run can still spend exactly `units`.
fn left(scene: &mut Scene, run: Index, units: u128) {
    scene.pay(&Ask::new(run, "one-too-many", units + 1), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "the-rest", units), allow());
}

fn upto_at_its_maximum() -> Decision {
    let (mut scene, run, payment) =
        upto("upto-settled-for-its-maximum", "What may be taken is reserved, and settled if it is taken.");
    scene.pay(&Ask::new(run, "while-open", 100_001), deny(&["budget:run-total"]));
    scene.settle_with(payment, 200_000, Some(rail::response_for(200_000)), accepted());
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn upto_for_less() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-less",
        "What the payee says that it took is what is counted; the difference can be spent.",
    );
    scene.settle_with(payment, 50_000, Some(rail::response_for(50_000)), accepted());
    left(&mut scene, run, 250_000);
    scene.finish()
}

fn upto_for_less_by_the_operator() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-less-on-the-operators-word",
        "That less was taken is not believed to the operator: the whole is counted.",
    );
    scene.settle_with(payment, 50_000, None, accepted_with(&["amount-differs"]));
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn upto_for_less_without_an_amount() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-less-without-an-amount",
        "An answer of the payee that states no amount is no word that less was taken.",
    );
    scene.settle_with(payment, 50_000, Some(rail::response(true)), accepted_with(&["amount-differs"]));
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn upto_for_less_with_another_amount() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-less-than-the-payee-says",
        "Where the payee's answer states another amount, it is not believed that less was taken.",
    );
    let said = Some(rail::response_for(50_001));
    scene.settle_with(payment, 50_000, said, accepted_with(&["evidence-differs", "amount-differs"]));
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn upto_for_nothing() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-nothing",
        "The payee may take nothing, and then names no transaction; the whole can be spent again.",
    );
    scene.settle_with(payment, 0, Some(rail::response_for(0)), accepted());
    left(&mut scene, run, 300_000);
    scene.finish()
}

fn upto_for_more() -> Decision {
    let (mut scene, run, payment) =
        upto("upto-settled-for-more", "More than may be taken is marked, and counted as stated.");
    scene.settle_with(payment, 200_001, Some(rail::response_for(200_001)), accepted_with(&["excess"]));
    left(&mut scene, run, 99_999);
    scene.finish()
}

fn upto_for_nothing_then_for_all() -> Decision {
    let (mut scene, run, payment) = upto(
        "upto-settled-for-nothing-then-for-all",
        "Who says that nothing was taken, and later that all was, has contradicted himself, and the more is counted.",
    );
    scene.settle_with(payment, 0, Some(rail::response_for(0)), accepted());
    scene.pay(&Ask::new(run, "between", 200_000), allow());
    let all = Some(rail::response_for(200_000));
    scene.settle_with(payment, 200_000, all, accepted_with(&["contradicts", "over-limit"]));
    scene.pay(&Ask::new(run, "after", 1), deny(&["budget:run-total"]));
    scene.finish()
}

fn upto_where_a_chain_releases() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "upto-settled-for-less-where-a-chain-releases",
        "Where only a chain may end a reservation early, the payee's word that less was taken does not.",
        &[SMALL],
    );
    let allowed = scene.pay(&Ask::upto(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    let nothing = Some(rail::response_for(0));
    scene.settle_with(allowed.index, 0, nothing, accepted_with(&["amount-differs"]));
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn exact_for_less() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "permit2-exact-settled-for-less",
        "An exact payment is counted whole, whatever the payee says that it took.",
        &[SMALL],
    );
    let allowed = scene.pay(&Ask::permit2(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    let said = Some(rail::response_for(50_000));
    scene.settle_with(allowed.index, 50_000, said, accepted_with(&["amount-differs"]));
    left(&mut scene, run, 100_000);
    scene.finish()
}

fn upto_over_maximum() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "upto-over-maximum",
        "What counts is what may be taken, not what will be: that is at most the maximum.",
        &[("max_exposure = [\"10.00 usdc\"", "max_exposure = [\"0.20 usdc\"")],
    );
    scene.pay(&Ask::upto(run, "a", 200_001), deny(&["obligation"]).because("over-maximum"));
    scene.pay(&Ask::upto(run, "b", 200_000), allow());
    scene.finish()
}

fn upto_not_allowed() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "upto-not-allowed",
        "A policy that lists `exact` alone allows no `upto`, and `exact` by any method.",
        &[("schemes = [\"exact\", \"upto\"]", "schemes = [\"exact\"]")],
    );
    scene.pay(&Ask::upto(run, "a", 100_000), deny(&["obligation"]).because("scheme-not-allowed"));
    scene.pay(&Ask::permit2(run, "b", 100_000), allow());
    scene.finish()
}

fn upto_without_facilitator() -> Decision {
    let (mut scene, run) = Scene::plain(
        "upto-without-facilitator",
        "Without the one who may settle there is nothing to sign, and nothing can be decided.",
    );
    let ask = Ask::upto(run, "a", 100_000).offer_inner_without("/extra", "facilitatorAddress");
    scene.pay(&ask, cannot(&["obligation"]).because("unreadable"));
    scene.finish()
}

fn upto_by_eip3009() -> Decision {
    let (mut scene, run) =
        Scene::plain("upto-by-eip3009", "EIP-3009 moves all or nothing: there is no `upto` by it.");
    let ask = Ask::upto(run, "a", 100_000).offer_new("/extra", "assetTransferMethod", "eip3009");
    scene.pay(&ask, deny(&["obligation"]).because("unknown-transfer-method"));
    scene.finish()
}
