//! The kill switch: what is suspended, and who may say so.

use counterfoil_enforce::command::Scope;
use counterfoil_enforce::{Answer, Command};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::statement::{Answer as Say, Statement, SubjectKind};
use counterfoil_record::{Hash32, Index, Text, Time, input};

use super::gates::LOOSE;
use crate::policy::OTHER_SELLER;
use crate::scene::{Ask, Expect, Scene, accepted, allow, deny, hold, refused, repeat};
use crate::script::{About, START};
use crate::vectors::Decision;
use crate::{keys, policy, rail};

pub(super) const PEOPLE: &[&str] = &["alice", "bob"];

pub(super) fn all() -> Vec<Decision> {
    vec![
        scope_that_covers_nothing(),
        everything(),
        agent(),
        run(),
        payee(),
        asset(),
        two_fields(),
        three_fields(),
        twice(),
        outlasts_the_policy(),
        claim(),
        repeated(),
        facts(),
        asked_for(),
        by_a_governor(),
        badly_asked_for(),
    ]
}

pub(super) fn suspend(scope: Scope) -> Command {
    Command::Suspend { scope, reason: None, statements: Vec::new() }
}

pub(super) fn resume(scope: Scope) -> Command {
    Command::Resume { scope, reason: None, statements: Vec::new() }
}

pub(super) fn of_agent(agent: &str) -> Scope {
    Scope { agent: Some(agent.parse().unwrap()), ..Scope::default() }
}

fn of_payee(payee: &str) -> Scope {
    Scope { payee: Some(account(payee)), ..Scope::default() }
}

fn account(address: &str) -> Text {
    format!("{}:{address}", rail::CHAIN).parse().unwrap()
}

fn usdc() -> Text {
    format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN).parse().unwrap()
}

pub(super) fn suspended() -> Expect {
    deny(&["not-suspended"])
}

fn everything() -> Decision {
    let (mut scene, run) =
        Scene::plain("suspended-all", "A suspension that states nothing stops every payment.");
    scene.record(suspend(Scope::default()), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.pay(&Ask::yen(run, "b", 100).offer("/payTo", OTHER_SELLER), suspended());
    scene.finish()
}

fn agent() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-agent",
        "What one agent asks for is stopped, whatever the run; others go on.",
    );
    let again = scene.open_run_of("run-2", "researcher", "dave");
    let scout = scene.open_run_of("run-3", "scout", "carol");
    scene.record(suspend(of_agent("researcher")), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.pay(&Ask::new(again, "b", 100_000), suspended());
    scene.pay(&Ask::new(scout, "c", 100_000), allow());
    scene.finish()
}

fn run() -> Decision {
    let (mut scene, run) =
        Scene::plain("suspended-run", "One run is stopped; another of the same agent goes on.");
    let other = scene.open_run_of("run-2", "researcher", "carol");
    scene.record(suspend(Scope { run: Some(run), ..Scope::default() }), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.pay(&Ask::new(other, "b", 100_000), allow());
    scene.finish()
}

fn payee() -> Decision {
    let (mut scene, run) = Scene::plain("suspended-payee", "Nothing goes to one payee; others are paid.");
    scene.record(suspend(of_payee(rail::SELLER)), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.pay(&Ask::new(run, "b", 100_000).offer("/payTo", OTHER_SELLER), allow());
    scene.finish()
}

fn asset() -> Decision {
    let (mut scene, run) = Scene::plain("suspended-asset", "Nothing is paid in one asset; in others it is.");
    scene.record(suspend(Scope { asset: Some(usdc()), ..Scope::default() }), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.pay(&Ask::yen(run, "b", 100), allow());
    scene.finish()
}

fn two_fields() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-agent-and-payee",
        "A suspension covers a payment only if everything that it states is so.",
    );
    let scout = scene.open_run_of("run-2", "scout", "carol");
    scene.record(suspend(Scope { payee: Some(account(rail::SELLER)), ..of_agent("scout") }), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(scout, "b", 100_000).offer("/payTo", OTHER_SELLER), allow());
    scene.pay(&Ask::new(scout, "c", 100_000), suspended());
    scene.finish()
}

fn three_fields() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-run-payee-and-asset",
        "Of three things that a suspension states, two are not enough.",
    );
    let other = scene.open_run_of("run-2", "researcher", "carol");
    let scope =
        Scope { agent: None, run: Some(run), payee: Some(account(rail::SELLER)), asset: Some(usdc()) };
    scene.record(suspend(scope), accepted());
    scene.pay(&Ask::new(other, "a", 100_000), allow());
    scene.pay(&Ask::new(run, "b", 100_000).offer("/payTo", OTHER_SELLER), allow());
    scene.pay(&Ask::yen(run, "c", 100), allow());
    scene.pay(&Ask::new(run, "d", 100_000), suspended());
    scene.finish()
}

fn twice() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-twice",
        "The same scope is suspended once, and what is not suspended does not go on.",
    );
    scene.record(resume(of_agent("scout")), refused(&["nothing-suspended"]));
    scene.record(suspend(of_agent("scout")), accepted());
    scene.record(suspend(of_agent("scout")), refused(&["already-suspended"]));
    scene.record(suspend(Scope { run: Some(run), ..of_agent("scout") }), accepted());
    scene.finish()
}

fn outlasts_the_policy() -> Decision {
    let (mut scene, run) = Scene::plain("suspended-across-policies", "A new policy ends no suspension.");
    scene.record(suspend(of_payee(rail::SELLER)), accepted());
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn claim() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "suspended-claim",
        "What is held and then suspended is denied when it is claimed, and does not wait any longer.",
        &[LOOSE],
    );
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    scene.record(suspend(Scope::default()), accepted());
    scene.claim(held.index, suspended());
    scene.by(resume(Scope::default()), "finance", PEOPLE, accepted());
    scene.claim(held.index, refused(&["unknown-payment"]));
    scene.finish()
}

fn repeated() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-repeat",
        "A repeated request gets its first answer, but not the permit while the payment is suspended.",
    );
    let ask = Ask::new(run, "a", 100_000);
    let allowed = scene.pay(&ask, allow());
    let permit_again = |scene: &mut Scene| match scene.step(ask.command(), repeat(allowed.index, "open")) {
        Answer::Repeated(repeated) => repeated.permit.is_some(),
        other => panic!("{other:?}"),
    };
    assert!(permit_again(&mut scene));
    scene.record(suspend(of_payee(rail::SELLER)), accepted());
    assert!(!permit_again(&mut scene));
    scene.by(resume(of_payee(rail::SELLER)), "finance", PEOPLE, accepted());
    assert!(permit_again(&mut scene));
    scene.finish()
}

fn facts() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-facts",
        "What was allowed before can be bound, and what happens is recorded, suspended or not.",
    );
    let first = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let second = scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.record(suspend(Scope::default()), accepted());
    scene.bind_exactly(&first);
    scene.settle(first.index, 100_000, accepted());
    scene.at(730_000).expire(second.index, accepted());
    scene.finish()
}

fn asked_for() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-on-request",
        "Whoever asked for a suspension may have signed for it; one person is enough.",
    );
    // The statement is for the scope and the last control record, as it would be to end it.
    let about = question(&scene, of_agent("researcher"));
    let signed = scene.signed("finance", &["erin"], &about);
    scene.with(&suspend(of_agent("researcher")), &signed, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn by_a_governor() -> Decision {
    let mut scene = Scene::governed_with(
        "suspended-by-a-governor",
        "Governors may ask for it too; each statement is in the role that it names.",
        &policy::plain(),
    );
    let run = scene.open_run();
    let about = question(&scene, Scope::default());
    let mut signed = scene.signed("governance", &["gina"], &about);
    signed.extend(scene.signed("finance", &["bob"], &about));
    scene.with(&suspend(Scope::default()), &signed, accepted());
    scene.pay(&Ask::new(run, "a", 100_000), suspended());
    scene.finish()
}

fn badly_asked_for() -> Decision {
    let (mut scene, run) = Scene::plain(
        "suspended-with-a-bad-statement",
        "A suspension may go without statements; one that is not what it should be is refused.",
    );
    let about = question(&scene, Scope::default());
    let alice = keys::person("alice");
    let with = |scene: &mut Scene, change: fn(&mut Statement), codes: &[&str]| {
        let good = scene.script.approval("finance", "bob", &about);
        let bad = scene.script.approval_with("finance", &alice, "alice", &about, change);
        scene.with(&suspend(Scope::default()), &[good, bad], refused(codes));
    };
    with(&mut scene, |it| it.kind = SubjectKind::Resume, &["statement-subject"]);
    with(&mut scene, |it| it.against = Index::GENESIS, &["statement-subject"]);
    with(&mut scene, |it| it.answer = Say::Refuse, &["statement-subject"]);
    with(&mut scene, |it| it.role = "board".parse().unwrap(), &["signer-not-in-role"]);
    with(&mut scene, |it| it.role = "governance".parse().unwrap(), &["signer-not-in-role"]);
    with(&mut scene, |it| it.expires = Time::from_millis(START), &["statement-expired"]);
    let signed = scene.signed("finance", &["mallory"], &about);
    scene.with(&suspend(Scope::default()), &signed, refused(&["signer-not-in-role"]));
    let signed = scene.signed("finance", &["alice"; 17], &about);
    scene.with(&suspend(Scope::default()), &signed, refused(&["too-many"]));
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.record(suspend(Scope::default()), accepted());
    scene.finish()
}

/// What is signed to suspend `scope`, after the last control record. A suspension needs no statements, so that
/// nothing that is refused says so.
fn question(scene: &Scene, scope: Scope) -> About {
    let Scope { agent, run, payee, asset } = scope;
    let scope = input::Scope { agent, run, payee, asset }.to_bytes();
    About {
        kind: SubjectKind::Suspend,
        digest: Hash32::of(&[b"counterfoil/subject/suspend/1\0", &scope]),
        against: scene.script.core.state().last_control.unwrap(),
        run: None,
        phase: None,
    }
}

fn scope_that_covers_nothing() -> Decision {
    let (mut scene, _) = Scene::plain(
        "suspension-of-no-account-or-asset",
        "A scope in a form that no payment has is refused: it would stop nothing, and nobody would know.",
    );
    let suspend = |payee: Option<&str>, asset: Option<&str>| {
        let text = |name: &str| name.parse().unwrap();
        let scope = Scope { payee: payee.map(text), asset: asset.map(text), ..Default::default() };
        Command::Suspend { scope, reason: None, statements: Vec::new() }
    };
    scene.record(suspend(Some(rail::SELLER), None), refused(&["bad-account"]));
    scene.record(suspend(None, Some("usdc")), refused(&["bad-account"]));
    scene.finish()
}
