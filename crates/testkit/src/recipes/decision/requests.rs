//! Agents with keys sign what they ask for; purchases that people let be made twice.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::{Index, Time};

use crate::keys;
use crate::policy;
use crate::scene::{Ask, Expect, Scene, accepted, allow, deny, hold};
use crate::script::About;
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        unsigned(),
        another_request(),
        another_key(),
        expired(),
        expired_while_held(),
        asserted_agent(),
        revoked(),
        once(),
        overridden(),
        override_once(),
        override_needs_people(),
        override_of_another(),
        override_without_power(),
    ]
}

/// A run of the agent that has a key.
fn signer(name: &'static str, shows: &'static str) -> (Scene, Index) {
    let mut scene = Scene::new(name, shows, &policy::plain());
    let run = scene.open_run_of("run-1", "signer", "carol");
    (scene, run)
}

/// The request that `signer` signs for what was denied for want of it.
fn sign(scene: &Scene, denied: &Recorded) -> String {
    scene.script.approval("agent", "signer", &About::of(denied))
}

fn with_request(ask: &Ask, request: String) -> Command {
    let Command::Pay(mut pay) = ask.command() else { panic!("no payment") };
    pay.request = Some(request);
    Command::Pay(pay)
}

fn with_overrides(ask: &Ask, overrides: Vec<String>) -> Command {
    let Command::Pay(mut pay) = ask.command() else { panic!("no payment") };
    pay.overrides = overrides;
    Command::Pay(pay)
}

fn not_signed() -> Expect {
    deny(&["agent"]).because("not-signed")
}

fn unsigned() -> Decision {
    let (mut scene, run) =
        signer("request-not-signed", "An agent with keys signs what it asks for; else it is denied.");
    let denied = scene.pay(&Ask::new(run, "a", 100_000), not_signed());
    let request = sign(&scene, &denied);
    scene.record(with_request(&Ask::new(run, "a", 100_000), request), allow());
    scene.finish()
}

fn another_request() -> Decision {
    let (mut scene, run) =
        signer("request-for-something-else", "A signed request is for one request, to the last field.");
    let denied = scene.pay(&Ask::new(run, "a", 100_000), not_signed());
    let request = sign(&scene, &denied);
    let fails = || deny(&["agent"]).because("statement-subject");
    scene.record(with_request(&Ask::new(run, "a", 100_001), request.clone()), fails());
    scene.record(with_request(&Ask::new(run, "a", 100_000).category("compute"), request.clone()), fails());
    scene.record(with_request(&Ask::new(run, "a", 100_000).key("b"), request.clone()), fails());
    let other = scene.open_run_of("run-2", "signer", "carol");
    scene.record(with_request(&Ask::new(other, "a", 100_000), request), fails());
    scene.finish()
}

fn another_key() -> Decision {
    let (mut scene, run) =
        signer("request-by-somebody-else", "A request is signed by the agent's own key, in its own role.");
    let denied = scene.pay(&Ask::new(run, "a", 100_000), not_signed());
    let about = About::of(&denied);
    let ask = Ask::new(run, "a", 100_000);
    let stranger = scene.script.approval("agent", "alice", &about);
    scene.record(with_request(&ask, stranger), deny(&["agent"]).because("signer-not-in-role"));
    let role = scene.script.approval("finance", "signer", &about);
    scene.record(with_request(&ask, role), deny(&["agent"]).because("signer-not-in-role"));
    let forged = scene.script.approval_with("agent", &keys::person("signer"), "alice", &about, |_| {});
    scene.record(with_request(&ask, forged), deny(&["agent"]).because("statement-signature"));
    scene.record(with_request(&ask, "AAAA".into()), deny(&["agent"]).because("statement-malformed"));
    scene.finish()
}

fn until(scene: &Scene, denied: &Recorded, expires: Time) -> String {
    let about = About::of(denied);
    let named = keys::person("signer");
    scene.script.approval_with("agent", &named, "signer", &about, |statement| statement.expires = expires)
}

fn expired() -> Decision {
    let (mut scene, run) = signer(
        "request-expired",
        "A signed request counts up to the moment at which it expires, and not a millisecond longer.",
    );
    let ask = Ask::new(run, "a", 100_000);
    let denied = scene.pay(&ask, not_signed());
    let request = until(&scene, &denied, scene.later(1_000));
    let end = scene.elapsed() + 1_000;
    scene.at(end + 1).record(with_request(&ask, request), deny(&["agent"]).because("statement-expired"));
    let request = until(&scene, &denied, scene.later(1_000));
    let end = scene.elapsed() + 1_000;
    scene.at(end).record(with_request(&ask, request), allow());
    scene.finish()
}

fn expired_while_held() -> Decision {
    let (mut scene, run) = signer(
        "request-expires-while-it-is-held",
        "An agent asks once: that its request expires while people take their time does not undo it.",
    );
    let ask = Ask::new(run, "a", 300_000);
    let denied = scene.pay(&ask, deny(&["agent"]).needing(&["gate:new-payee"]));
    let request = until(&scene, &denied, scene.later(1_000));
    let held = scene.record(with_request(&ask, request), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    scene.at(600_000).claim(held.index, allow());
    scene.finish()
}

fn asserted_agent() -> Decision {
    let (mut scene, run) = Scene::plain(
        "request-of-an-agent-without-keys",
        "Who has no key cannot have signed: a request that says so is denied, not passed over.",
    );
    let ask = Ask::new(run, "a", 100_000);
    let held = scene.pay(&Ask::new(run, "b", 300_000), hold(&["gate:new-payee"]));
    let signed = scene.script.approval("agent", "signer", &About::of(&held));
    scene.record(with_request(&ask, signed), deny(&["agent"]).because("agent-has-no-keys"));
    scene.finish()
}

fn revoked() -> Decision {
    let (mut scene, run) =
        signer("request-by-a-revoked-key", "A key that is revoked signs no request any more.");
    let ask = Ask::new(run, "a", 100_000);
    let denied = scene.pay(&ask, not_signed());
    let request = sign(&scene, &denied);
    let revoke = Command::RevokeKey { key: keys::person("signer"), since: None, statements: Vec::new() };
    scene.record(revoke, accepted());
    scene.record(with_request(&ask, request), deny(&["agent"]).because("key-revoked"));
    scene.finish()
}

fn once() -> Decision {
    let (mut scene, run) = signer(
        "request-signed-once-pays-once",
        "A signed request that was allowed is answered with the first permit when it comes again.",
    );
    let ask = Ask::new(run, "a", 100_000);
    let denied = scene.pay(&ask, not_signed());
    let request = sign(&scene, &denied);
    let allowed = scene.record(with_request(&ask, request.clone()), allow());
    scene.step(with_request(&ask, request), crate::scene::repeat(allowed.index, "open"));
    scene.finish()
}

/// A payment that is open, and the denial of another for the same purchase.
fn twice(scene: &mut Scene, run: Index, key: &str) -> (Ask, About) {
    let again = Ask::new(run, "quote", 100_000).key(key);
    let denied = scene.pay(&again, deny(&["purchase"]));
    (again, About::of(&denied))
}

fn overrides(scene: &Scene, people: &[&str], about: &About) -> Vec<String> {
    scene.signed("finance", people, about)
}

fn overridden() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-overridden-by-people",
        "Two people may let a purchase be made again while the outcome of the first is unknown.",
    );
    let first = scene.pay(&Ask::new(run, "quote", 100_000), allow());
    scene.bind_exactly(&first);
    scene.unknown(first.index, accepted());
    let (again, about) = twice(&mut scene, run, "retry");
    let signed = overrides(&scene, &["alice", "bob"], &about);
    scene.record(with_overrides(&again, signed), allow());
    scene.finish()
}

fn override_once() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-override-serves-once",
        "A signed override is for one request under one key: it does not let the purchase be made a third time.",
    );
    scene.pay(&Ask::new(run, "quote", 100_000), allow());
    let (again, about) = twice(&mut scene, run, "retry");
    let signed = overrides(&scene, &["alice", "bob"], &about);
    let second = scene.record(with_overrides(&again, signed.clone()), allow());
    scene.step(with_overrides(&again, signed.clone()), crate::scene::repeat(second.index, "open"));
    let third = again.key("once-more");
    scene.record(with_overrides(&third, signed), deny(&["purchase"]).because("statement-subject"));
    scene.finish()
}

fn override_needs_people() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-override-by-too-few",
        "An override takes as many different people as the policy says.",
    );
    scene.pay(&Ask::new(run, "quote", 100_000), allow());
    let (again, about) = twice(&mut scene, run, "retry");
    let few = || deny(&["purchase"]).because("quorum-not-reached");
    let one = overrides(&scene, &["alice"], &about);
    scene.record(with_overrides(&again, one), few());
    let same = overrides(&scene, &["alice", "alice"], &about);
    scene.record(with_overrides(&again, same), few());
    scene.finish()
}

fn override_of_another() -> Decision {
    let (mut scene, run) = Scene::plain(
        "purchase-override-under-an-older-policy",
        "An override dies with the policy that it was signed under.",
    );
    scene.pay(&Ask::new(run, "quote", 100_000), allow());
    let (again, about) = twice(&mut scene, run, "retry");
    let signed = overrides(&scene, &["alice", "bob"], &about);
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    scene.record(with_overrides(&again, signed), deny(&["purchase"]).because("statement-subject"));
    scene.finish()
}

fn override_without_power() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "purchase-override-without-power",
        "Where the policy gives nobody the power, nobody overrides.",
        &[("override = { approvals = 2, from = \"finance\" }\n", "")],
    );
    scene.pay(&Ask::new(run, "quote", 100_000), allow());
    let (again, about) = twice(&mut scene, run, "retry");
    let signed = overrides(&scene, &["alice", "bob"], &about);
    scene.record(with_overrides(&again, signed), deny(&["purchase"]).because("no-power"));
    scene.finish()
}
