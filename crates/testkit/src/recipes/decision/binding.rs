//! Binding: what the wallet signed must be what was allowed.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::{Amount, Hash32, Index};

use crate::policy::{OTHER_SELLER, STRANGER};
use crate::rail::Signing;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        exactly(),
        mismatch("bind-another-payee", "payee", |it| it.authorization.to = OTHER_SELLER.parse().unwrap()),
        mismatch("bind-larger-amount", "signed-amount", |it| it.authorization.value = Amount::new(100_001)),
        mismatch("bind-smaller-amount", "signed-amount", |it| it.authorization.value = Amount::new(99_999)),
        mismatch("bind-lives-longer", "lifetime", |it| it.authorization.valid_before += 1),
        mismatch("bind-another-nonce", "slot", |it| it.authorization.nonce = Hash32([7; 32])),
        mismatch("bind-from-another-wallet", "signature", |it| {
            it.authorization.from = STRANGER.parse().unwrap();
        }),
        mismatch("bind-under-another-domain", "signature", |it| it.domain.name = "USD Coin".into()),
        tampered(),
        preferred(),
        twice(),
        two_payments(),
        longer_reservation(),
        stray_outlives_the_bound(),
        second_payload(),
        not_open(),
    ]
}

const MISMATCH: &[&str] = &["bind-mismatch"];

fn allowed(name: &'static str, shows: &'static str) -> (Scene, Index, Recorded) {
    let (mut scene, run) = Scene::plain(name, shows);
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    (scene, run, allowed)
}

fn exactly() -> Decision {
    let (mut scene, _, allowed) = allowed(
        "bind-exactly",
        "A payload of exactly what was allowed, with the slot as its nonce, is bound; a shorter life is fine.",
    );
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before -= 1;
    scene.bind(allowed.index, &signing, accepted());
    scene.finish()
}

/// A payload with one thing changed is refused; what was allowed can still be bound.
fn mismatch(name: &'static str, check: &'static str, change: impl Fn(&mut Signing)) -> Decision {
    let shows = "What was signed differs in one thing from what was allowed: it is refused, and recorded.";
    let (mut scene, _, allowed) = allowed(name, shows);
    let mut signing = scene.signing(&allowed);
    change(&mut signing);
    scene.bind(allowed.index, &signing, refused(MISMATCH).failing(&[check]));
    scene.bind_exactly(&allowed);
    scene.finish()
}

fn tampered() -> Decision {
    let (mut scene, _, allowed) =
        allowed("bind-tampered-signature", "A signature that is not the wallet's is refused.");
    let header = scene.signing(&allowed).header_with(&format!("0x{}1b", "11".repeat(64)));
    let bind = Command::Bind { payment: allowed.index, payment_signature: header };
    scene.record(bind, refused(MISMATCH).failing(&["signature"]));
    scene.finish()
}

fn preferred() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "bind-another-nonce-where-the-slot-is-preferred",
        "Where the slot is preferred, another nonce is bound and marked.",
        &[("slot = \"required\"", "slot = \"preferred\"")],
    );
    let first = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let mut signing = scene.signing(&first);
    signing.authorization.nonce = Hash32([7; 32]);
    scene.bind(first.index, &signing, accepted_with(&["slot-not-used"]));
    let second = scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.bind_exactly(&second);
    scene.finish()
}

fn twice() -> Decision {
    let (mut scene, _, allowed) = allowed("bind-twice", "A payment is bound once.");
    scene.bind_exactly(&allowed);
    let signing = scene.signing(&allowed);
    scene.bind(allowed.index, &signing, refused(&["already-bound"]));
    scene.finish()
}

fn two_payments() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "bind-one-payload-to-two-payments",
        "One signed payload stands for one payment: it is not bound to a second.",
        &[("slot = \"required\"", "slot = \"preferred\"")],
    );
    let first = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let second = scene.pay(&Ask::new(run, "b", 100_000), allow());
    let signing = scene.signing(&first);
    scene.bind(first.index, &signing, accepted());
    scene.bind(second.index, &signing, refused(MISMATCH).failing(&["obligation"]));
    scene.finish()
}

fn longer_reservation() -> Decision {
    let (mut scene, _, allowed) = allowed(
        "bind-mismatch-extends-the-reservation",
        "A refused payload that the wallet did sign is out: the reservation holds until its end and finality.",
    );
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before += 100;
    scene.bind(allowed.index, &signing, refused(MISMATCH).failing(&["lifetime"]));
    scene.at(720_001).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(820_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(820_001).expire(allowed.index, accepted());
    scene.finish()
}

fn stray_outlives_the_bound() -> Decision {
    let (mut scene, _, allowed) = allowed(
        "bind-after-a-mismatch-keeps-the-longer-end",
        "Binding the right payload afterwards does not shorten the reservation: the refused one is still out.",
    );
    let mut stray = scene.signing(&allowed);
    stray.authorization.to = OTHER_SELLER.parse().unwrap();
    stray.authorization.valid_before += 60;
    scene.bind(allowed.index, &stray, refused(MISMATCH).failing(&["payee", "lifetime"]));
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before -= 540;
    scene.bind(allowed.index, &signing, accepted());
    scene.at(780_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(780_001).expire(allowed.index, accepted());
    scene.finish()
}

fn second_payload() -> Decision {
    let (mut scene, _, allowed) = allowed(
        "bind-second-payload-extends-the-reservation",
        "A second payload of the wallet for a bound payment is refused, and holds the reservation until its own end.",
    );
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before -= 540;
    scene.bind(allowed.index, &signing, accepted());
    let mut second = scene.signing(&allowed);
    second.authorization.valid_before += 100;
    scene.bind(allowed.index, &second, refused(&["already-bound"]));
    scene.at(820_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(820_001).expire(allowed.index, accepted());
    scene.finish()
}

fn not_open() -> Decision {
    let (mut scene, run, allowed) =
        allowed("bind-what-is-not-open", "Only what is allowed and open is bound.");
    let signing = scene.signing(&allowed);
    scene.bind(run, &signing, refused(&["unknown-payment"]));
    scene.at(730_000).expire(allowed.index, accepted());
    scene.bind(allowed.index, &signing, refused(&["out-of-order"]));
    scene.finish()
}
