//! What a payment would oblige to: payee, resource, asset, scheme, amount, lifetime.

use serde_json::Value;

use crate::policy::{STRANGER, YEN};
use crate::scene::{Ask, Scene, allow, cannot, deny};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    let mut vectors = vec![
        payee(),
        resource(),
        lookalikes(),
        another_resource(),
        undeclared_asset(),
        domain(),
        over_maximum(),
        lives_too_long(),
        no_maximum(),
        scheme_not_allowed(),
        zero(),
        unreadable(),
    ];
    vectors.extend(unsupported());
    vectors
}

fn payee() -> Decision {
    let (mut scene, run) =
        Scene::plain("payee-not-allowed", "Only the payees that the policy names are paid.");
    scene.pay(&Ask::new(run, "quote", 100_000).offer("/payTo", STRANGER), deny(&["payee"]));
    scene.finish()
}

fn resource() -> Decision {
    let (mut scene, run) =
        Scene::plain("resource-not-allowed", "Only the resources that the policy names are paid for.");
    let ask = Ask::new(run, "quote", 100_000).url("https://data.example/v2/quote");
    scene.pay(&ask, deny(&["resource"]).because("not-allowed"));
    scene.finish()
}

fn lookalikes() -> Decision {
    let (mut scene, run) = Scene::plain(
        "resource-that-only-looks-alike",
        "URLs are matched on origin and path segments, never on the beginning of the text.",
    );
    let urls = [
        "https://data.example.evil.example/v1/quote",
        "https://data.example:8443/v1/quote",
        "https://data.example/v1evil/quote",
        "https://data.example/V1/quote",
    ];
    for url in urls {
        scene.pay(&Ask::new(run, "quote", 100_000).url(url), deny(&["resource"]).because("not-allowed"));
    }
    scene.pay(&Ask::new(run, "quote", 100_000).url("https://DATA.example:443/v1/quote"), allow());
    scene.finish()
}

fn another_resource() -> Decision {
    let (mut scene, run) = Scene::plain(
        "resource-seller-names-another",
        "The seller's answer must be for the URL that was asked.",
    );
    let ask = Ask::new(run, "quote", 100_000).seller_names("https://data.example/v1/other");
    scene.pay(&ask, deny(&["resource"]).because("seller-names-another"));
    scene.finish()
}

fn undeclared_asset() -> Decision {
    let (mut scene, run) =
        Scene::plain("asset-not-declared", "An asset that the policy does not pin is not paid in.");
    let ask = Ask::new(run, "quote", 100).offer("/asset", YEN.replace("a1", "a9"));
    scene.pay(&ask, deny(&["asset"]).because("not-declared"));
    scene.finish()
}

fn domain() -> Decision {
    let (mut scene, run) =
        Scene::plain("asset-domain-differs", "The token's domain is the policy's word, not the seller's.");
    let name = Ask::new(run, "quote", 100_000).offer("/extra/name", "USD Coin");
    scene.pay(&name, deny(&["asset"]).because("domain-differs"));
    let version = Ask::new(run, "quote", 100_000).offer("/extra/version", "1");
    scene.pay(&version, deny(&["asset"]).because("domain-differs"));
    scene.finish()
}

fn over_maximum() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "obligation-over-maximum",
        "One payment may oblige to exactly the maximum, and not to one unit more.",
        &[("max_exposure = [\"10.00 usdc\"", "max_exposure = [\"0.20 usdc\"")],
    );
    scene.pay(&Ask::new(run, "a", 200_001), deny(&["obligation"]).because("over-maximum"));
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.finish()
}

fn lives_too_long() -> Decision {
    let (mut scene, run) = Scene::plain(
        "obligation-lives-too-long",
        "What is signed lives at most as long as the policy allows.",
    );
    let ask = Ask::new(run, "a", 100_000).offer("/maxTimeoutSeconds", 601);
    scene.pay(&ask, deny(&["obligation"]).because("lives-too-long"));
    scene.pay(&Ask::new(run, "a", 100_000).offer("/maxTimeoutSeconds", 600), allow());
    scene.finish()
}

fn no_maximum() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "obligation-no-maximum-for-asset",
        "Without a maximum for its asset no payment is allowed.",
        &[("max_exposure = [\"10.00 usdc\", \"1000 yen\", \"5 gold\"]", "max_exposure = \"10.00 usdc\"")],
    );
    scene.pay(&Ask::yen(run, "a", 1), deny(&["obligation"]).because("no-maximum-for-asset"));
    scene.finish()
}

fn scheme_not_allowed() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "obligation-scheme-not-allowed",
        "A scheme that the policy does not list is not used, even where it is supported.",
        &[("schemes = [\"exact\", \"upto\"]", "schemes = []")],
    );
    scene.pay(&Ask::new(run, "a", 100_000), deny(&["obligation"]).because("scheme-not-allowed"));
    scene.finish()
}

fn zero() -> Decision {
    let (mut scene, run) =
        Scene::plain("obligation-zero-amount", "There is nothing to allow in a payment of zero.");
    scene.pay(&Ask::new(run, "a", 0), deny(&["obligation"]).because("zero-amount"));
    scene.finish()
}

fn unreadable() -> Decision {
    let (mut scene, run) = Scene::plain(
        "obligation-unreadable",
        "Requirements that do not say what they oblige to cannot be decided, and nothing is allowed.",
    );
    let unreadable = || cannot(&["obligation"]);
    scene.pay(&Ask::new(run, "a", 100_000).offer_without("payTo"), unreadable());
    scene.pay(&Ask::new(run, "a", 100_000).offer_without("amount"), unreadable());
    scene.pay(&Ask::new(run, "a", 100_000).offer("/amount", "1e5"), unreadable());
    scene.pay(&Ask::new(run, "a", 100_000).offer("/amount", "-1"), unreadable());
    // 2^128.
    let too_much = "340282366920938463463374607431768211456";
    scene.pay(&Ask::new(run, "a", 100_000).offer("/amount", too_much), unreadable());
    scene.pay(&Ask::new(run, "a", 100_000).offer("/extra", Value::Null), unreadable());
    scene.finish()
}

/// What is known and not supported, or not known at all, is refused by name.
fn unsupported() -> Vec<Decision> {
    let scheme = |name: &'static str| move |ask: Ask| ask.offer("/scheme", name);
    let method = |name: &'static str| move |ask: Ask| ask.offer_new("/extra", "assetTransferMethod", name);
    vec![
        refused_by_name("obligation-scheme-batch-settlement", "batch-settlement", scheme("batch-settlement")),
        refused_by_name("obligation-scheme-auth-capture", "auth-capture", scheme("auth-capture")),
        refused_by_name("obligation-scheme-unknown", "unknown-scheme", scheme("subscribe")),
        refused_by_name("obligation-method-unknown", "unknown-transfer-method", method("teleport")),
        refused_by_name("obligation-network-not-evm", "non-evm-network", |ask: Ask| {
            ask.offer("/network", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1")
        }),
    ]
}

fn refused_by_name(name: &'static str, because: &'static str, change: impl Fn(Ask) -> Ask) -> Decision {
    let shows = "What is not supported is refused by name, never read as if it were `exact`.";
    let (mut scene, run) = Scene::plain(name, shows);
    scene.pay(&change(Ask::new(run, "a", 100_000)), deny(&["obligation"]).because(because));
    scene.finish()
}
