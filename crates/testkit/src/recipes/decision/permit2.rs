//! Permit2 and x402 version 1: what may be signed, bound and settled.

use counterfoil_enforce::Recorded;
use counterfoil_rails::caip::ChainId;
use counterfoil_rails::permit2::UPTO_PROXY;
use counterfoil_record::{Amount, Hash32, Index};

use crate::policy::{OTHER_SELLER, STRANGER, YEN};
use crate::rail::{self, Permit2Signing};
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, cannot, deny, refused};
use crate::vectors::Decision;

const MISMATCH: &[&str] = &["bind-mismatch"];
const PREFERRED: (&str, &str) = ("slot = \"required\"", "slot = \"preferred\"");

pub(super) fn all() -> Vec<Decision> {
    let mut vectors = vec![
        exact(),
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
