//! Permit2, `upto` and x402 version 1: what may be signed, bound and settled.

use counterfoil_enforce::Recorded;
use counterfoil_rails::caip::ChainId;
use counterfoil_rails::permit2::UPTO_PROXY;
use counterfoil_record::{Amount, Hash32, Index};

use crate::policy::{OTHER_SELLER, STRANGER, YEN};
use crate::rail::{self, Permit2Signing};
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, cannot, deny, refused};
use crate::vectors::Decision;

const MISMATCH: &[&str] = &["bind-mismatch"];
/// A run may spend 0.30 USDC.
const SMALL: (&str, &str) = ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"");
const PREFERRED: (&str, &str) = ("slot = \"required\"", "slot = \"preferred\"");

pub(super) fn all() -> Vec<Decision> {
    let mut vectors = vec![
        exact(),
        upto_at_its_maximum(),
        upto_for_less(),
        upto_for_less_by_the_operator(),
        upto_for_less_without_an_amount(),
        upto_for_less_with_another_amount(),
        upto_for_nothing(),
        upto_for_more(),
        exact_for_less(),
        upto_over_maximum(),
        upto_not_allowed(),
        upto_without_facilitator(),
        upto_by_eip3009(),
        domain(),
        oversized(),
        eip3009_for_permit2(),
        permit2_for_eip3009(),
        preferred(),
        nonce_twice(),
        v1(),
    ];
    vectors.extend(mismatches());
    vectors.extend(v1_refused());
    vectors
}

fn exact() -> Decision {
    let (mut scene, run) = Scene::plain(
        "permit2-exact",
        "An exact payment by Permit2 is allowed, bound and settled as one by EIP-3009 is.",
    );
    let allowed = scene.pay(&Ask::permit2(run, "a", 100_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 100_000, accepted());
    scene.finish()
}

/// A run that may spend 0.30 USDC has an `upto` payment of at most 0.20 bound.
fn upto(name: &'static str, shows: &'static str) -> (Scene, Index, Index) {
    let (mut scene, run) = Scene::plain_with(name, shows, &[SMALL]);
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

fn domain() -> Decision {
    let (mut scene, run) = Scene::plain(
        "permit2-domain-differs",
        "For Permit2 the seller need not name the token's domain; if it does, it must be the policy's.",
    );
    let name = Ask::permit2(run, "a", 100_000).offer("/extra/name", "USD Coin");
    scene.pay(&name, deny(&["asset"]).because("domain-differs"));
    let version = Ask::permit2(run, "b", 100_000).offer("/extra/version", "1");
    scene.pay(&version, deny(&["asset"]).because("domain-differs"));
    let half = Ask::permit2(run, "c", 100_000).offer_inner_without("/extra", "version");
    scene.pay(&half.clone().offer("/extra/name", "USD Coin"), deny(&["asset"]).because("domain-differs"));
    scene.pay(&half, allow());
    let none = Ask::upto(run, "d", 100_000).offer_inner_without("/extra", "version");
    let allowed = scene.pay(&none.offer_inner_without("/extra", "name"), allow());
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn oversized() -> Decision {
    let (mut scene, run) = Scene::plain(
        "obligation-oversized",
        "Requirements of 16 KiB are read; one byte more, and nothing can be decided.",
    );
    let ask = Ask::new(run, "a", 100_000).offer_of_length(16 * 1024 + 1);
    scene.pay(&ask, cannot(&["obligation"]).because("too-large"));
    scene.pay(&Ask::new(run, "a", 100_000).offer_of_length(16 * 1024), allow());
    scene.finish()
}

/// Payloads that differ in one thing from what was allowed: each is refused by one row.
fn mismatches() -> Vec<Decision> {
    let (exact, upto) = (Ask::permit2, Ask::upto);
    vec![
        mismatch("bind-permit2-another-spender", exact, "spender", |it| {
            it.transfer.spender = STRANGER.parse().unwrap();
        }),
        mismatch("bind-permit2-the-spender-of-upto", exact, "spender", |it| it.transfer.spender = UPTO_PROXY),
        mismatch("bind-permit2-with-a-facilitator", exact, "spender", |it| {
            it.transfer.facilitator = Some(rail::FACILITATOR.parse().unwrap());
        }),
        mismatch("bind-upto-another-facilitator", upto, "spender", |it| {
            it.transfer.facilitator = Some(STRANGER.parse().unwrap());
        }),
        mismatch("bind-upto-no-facilitator", upto, "spender", |it| it.transfer.facilitator = None),
        mismatch("bind-permit2-another-token", exact, "signed-amount", |it| {
            it.transfer.token = YEN.parse().unwrap();
        }),
        mismatch("bind-permit2-larger-amount", exact, "signed-amount", |it| {
            it.transfer.amount = Amount::new(100_001);
        }),
        mismatch("bind-upto-smaller-amount", upto, "signed-amount", |it| {
            it.transfer.amount = Amount::new(99_999);
        }),
        mismatch("bind-permit2-another-payee", exact, "payee", |it| {
            it.transfer.to = OTHER_SELLER.parse().unwrap();
        }),
        mismatch("bind-permit2-lives-longer", exact, "lifetime", |it| it.transfer.deadline += 1),
        mismatch("bind-permit2-another-nonce", exact, "slot", |it| it.transfer.nonce = Hash32([7; 32])),
        mismatch("bind-permit2-for-another-chain", exact, "signature", |it| it.chain = ChainId::new(8453)),
    ]
}

fn mismatch(
    name: &'static str,
    ask: fn(Index, &str, u128) -> Ask,
    row: &'static str,
    change: impl Fn(&mut Permit2Signing),
) -> Decision {
    let shows = "What was signed for Permit2 differs in one thing from what was allowed: it is refused, and recorded.";
    let (mut scene, run) = Scene::plain(name, shows);
    let allowed = scene.pay(&ask(run, "a", 100_000), allow());
    let mut signing = scene.signing_permit2(&allowed);
    change(&mut signing);
    scene.bind_header(allowed.index, signing.header(), refused(MISMATCH).failing(&[row]));
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn eip3009_for_permit2() -> Decision {
    let (mut scene, run) = Scene::plain(
        "bind-eip3009-where-permit2-was-allowed",
        "What is signed moves the money in the way that was allowed, and in no other.",
    );
    let allowed = scene.pay(&Ask::permit2(run, "a", 100_000), allow());
    let signing = scene.signing(&allowed);
    scene.bind(allowed.index, &signing, refused(MISMATCH).failing(&["spender"]));
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn permit2_for_eip3009() -> Decision {
    let (mut scene, run) = Scene::plain(
        "bind-permit2-where-eip3009-was-allowed",
        "What is signed moves the money in the way that was allowed, and in no other.",
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let signing = scene.signing_permit2(&allowed);
    scene.bind_header(allowed.index, signing.header(), refused(MISMATCH).failing(&["spender"]));
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn preferred() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "bind-permit2-another-nonce-where-the-slot-is-preferred",
        "Where the slot is preferred, another nonce is bound and marked, by Permit2 too.",
        &[PREFERRED],
    );
    let allowed = scene.pay(&Ask::permit2(run, "a", 100_000), allow());
    let mut signing = scene.signing_permit2(&allowed);
    signing.transfer.nonce = Hash32([7; 32]);
    scene.bind_header(allowed.index, signing.header(), accepted_with(&["slot-not-used"]));
    scene.finish()
}

fn nonce_twice() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "bind-permit2-nonce-of-another-payment",
        "A nonce of Permit2 moves money once, whatever the token: it is bound to one payment.",
        &[PREFERRED],
    );
    let first = scene.pay(&Ask::permit2(run, "a", 100_000), allow());
    scene.bind_exactly(&first);
    let slot = |allowed: &Recorded| allowed.permit.as_ref().unwrap().slot;
    let same = scene.pay(&Ask::permit2(run, "b", 100_000), allow());
    let mut signing = scene.signing_permit2(&same);
    signing.transfer.nonce = slot(&first);
    scene.bind_header(same.index, signing.header(), refused(MISMATCH).failing(&["obligation"]));

    let yen = Ask::permit2(run, "c", 100).offer("/asset", YEN).offer("/extra/name", "Yen");
    let yen = scene.pay(&yen.offer("/extra/version", "1"), allow());
    let mut signing = scene.signing_permit2(&yen);
    signing.transfer.token = YEN.parse().unwrap();
    signing.transfer.nonce = slot(&first);
    scene.bind_header(yen.index, signing.header(), refused(MISMATCH).failing(&["obligation"]));
    // A token's own nonces are others.
    let own = scene.pay(&Ask::new(run, "d", 100_000), allow());
    let mut signing = scene.signing(&own);
    signing.authorization.nonce = slot(&first);
    scene.bind(own.index, &signing, accepted_with(&["slot-not-used"]));
    scene.finish()
}

fn v1() -> Decision {
    let (mut scene, run) = Scene::plain(
        "x402-version-1",
        "An offer of x402 version 1 is allowed, bound and settled, with its network by name.",
    );
    let allowed = scene.pay(&Ask::v1(run, "a", 100_000), allow());
    let header = scene.signing(&allowed).header_v1();
    scene.bind_header(allowed.index, header, accepted());
    scene.settle_with(allowed.index, 100_000, Some(rail::response_v1()), accepted());
    // The resource that the offer names is the seller's word.
    let other = Ask::v1(run, "b", 100_000).seller_names("https://data.example/v1/other");
    scene.pay(&other, deny(&["resource"]).because("seller-names-another"));
    scene.finish()
}

/// What version 1 does not define is refused by name.
fn v1_refused() -> Vec<Decision> {
    vec![
        v1_refused_by_name("x402-version-1-network-unknown", "unknown-network", |ask| {
            ask.offer("/network", "nowhere")
        }),
        v1_refused_by_name("x402-version-1-network-not-evm", "non-evm-network", |ask| {
            ask.offer("/network", "solana")
        }),
        v1_refused_by_name("x402-version-1-permit2", "permit2", |ask| {
            ask.offer_new("/extra", "assetTransferMethod", "permit2")
        }),
        v1_refused_by_name("x402-version-1-upto", "upto", |ask| {
            ask.offer("/scheme", "upto").offer_new("/extra", "facilitatorAddress", rail::FACILITATOR)
        }),
    ]
}

fn v1_refused_by_name(name: &'static str, because: &'static str, change: impl Fn(Ask) -> Ask) -> Decision {
    let shows = "What x402 version 1 does not define is refused by name, never read as if it did.";
    let (mut scene, run) = Scene::plain(name, shows);
    scene.pay(&change(Ask::v1(run, "a", 100_000)), deny(&["obligation"]).because(because));
    scene.finish()
}
