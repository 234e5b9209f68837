//! Bundles of payments that were held: every decision on them is made again, not only the last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::Verdict;
use counterfoil_audit::bundle::Bundle;
use counterfoil_enforce::Command;
use counterfoil_enforce::command::Scope;
use counterfoil_record::statement::{Answer as Say, SubjectKind};
use counterfoil_record::verdict::{CheckName, Code, Grade, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, Index, Input, Verdict as Judgement, input};

use super::bundles::{lie_in, told_in};
use super::shown::{all_of, at, proved};
use super::told::Told;
use super::{Case, logs, trust};
use crate::scene::{Ask, Scene, accepted, allow, deny, hold, refused};
use crate::script::About;
use crate::vectors::Evidence;
use crate::{bundles, forge, keys, policy};

const DECISION: &str = "decision-does-not-follow";
const TRACE: &str = "trace-does-not-follow";

/// People are asked from 0.20 on.
const ASKS: (&str, &str) = ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.20 usdc\"");
const PREMIUM: &[&str] = &["gate:premium"];

pub(super) fn all() -> Vec<Evidence> {
    let mut all = honest();
    all.extend(lies());
    all.push(while_suspended());
    all.push(without_what_a_hold_counted());
    all.extend(closed());
    all
}

fn scene() -> (Scene, Index) {
    Scene::plain_with("bundle", "", &[ASKS])
}

/// ```text
/// 0 genesis   1 adopt-policy   2 open-run   3 pay: allowed
/// 4 pay: held, it is explained   5 claim: held   6 statement   7 claim: allowed   8 bind   9 settle   10 heartbeat
/// ```
fn log() -> Vec<Vec<u8>> {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM));
    assert_eq!(held.index, HELD);
    assert_eq!(scene.claim(HELD, hold(PREMIUM)).index, CLAIM);
    scene.approve("alice", &held);
    let allowed = scene.claim(HELD, allow());
    scene.bind_exactly(&allowed);
    scene.settle(HELD, 300_000, accepted());
    alive(&scene)
}

const HELD: Index = Index::new(4);
const CLAIM: Index = Index::new(5);

fn alive(scene: &Scene) -> Vec<Vec<u8>> {
    bundles::alive(&scene.script.entries(), &keys::log())
}

fn bundle(entries: &[Vec<u8>], payment: Index) -> Bundle {
    bundles::bundle(entries, &keys::log(), &[payment], None).unwrap()
}

fn honest() -> Vec<Evidence> {
    let case = |name, shows, entries: &[Vec<u8>], payment| {
        Case::of_bundle(name, shows, bundle(entries, payment).to_file())
    };
    let (phases, waits) = in_another_phase();
    let (answered, paid) = after_an_answer();
    let (new, first) = new_at_the_hold();
    let (later, allowed) = under_a_later_policy();
    let mut whole = Bundle::from_file(&all_of(&later, allowed)).unwrap();
    whole.standings = bundle(&later, allowed).standings;
    let expected = forge::followed(&later[..4]).state().policy.as_ref().unwrap().digest;
    vec![
        case("bundle-of-what-was-held", "A payment is followed from its hold on.", &log(), HELD).verifies(),
        case(
            "bundle-phase-entered-while-held",
            "The phases that a run entered while its payment waited are shown.",
            &phases,
            waits,
        )
        .verifies(),
        case(
            "bundle-answer-about-a-phase",
            "An answer about a phase follows, where what its run did just before is left out.",
            &answered,
            paid,
        )
        .verifies(),
        case(
            "bundle-first-payment-at-the-hold",
            "That a payee was new at the hold is not shown, though it was known when the payment was claimed.",
            &new,
            first,
        )
        .not_checked("first-payment")
        .expect(Verdict::Insufficient, &[]),
        Case::of_bundle(
            "bundle-claim-under-a-later-policy",
            "A refused claim decides nothing: the policy that is expected is the one before it.",
            whole.to_file(),
        )
        .trust(Some(format!("{}policy = \"{expected}\"\n", trust("log-key", None))))
        .verifies(),
    ]
}

fn in_another_phase() -> (Vec<Vec<u8>>, Index) {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(PREMIUM));
    scene.enter(run, "commit", accepted());
    scene.enter(run, "execute", accepted());
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    (alive(&scene), held.index)
}

fn after_an_answer() -> (Vec<Vec<u8>>, Index) {
    let mut scene = Scene::new("bundle", "", &policy::full());
    let run = scene.open_run();
    scene.attach_plan(run, 300_000);
    scene.enter(run, "commit", accepted());
    scene.pay(&Ask::new(run, "early", 100_000).quotes(), deny(&["phase"]));
    let asked = scene.enter(run, "execute", refused(&["conditions-not-met"]).needing(&["approvals"]));
    scene.approve("alice", &asked);
    scene.enter(run, "execute", accepted());
    let paid = scene.pay(&Ask::new(run, "first", 100_000).quotes(), allow()).index;
    (alive(&scene), paid)
}

fn new_at_the_hold() -> (Vec<Vec<u8>>, Index) {
    let (mut scene, run) = scene();
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:premium", "gate:new-payee"]));
    scene.pay(&Ask::new(run, "other", 100_000), allow());
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    (alive(&scene), held.index)
}

fn under_a_later_policy() -> (Vec<Vec<u8>>, Index) {
    let (mut scene, run) = scene();
    let paid = scene.pay(&Ask::new(run, "first", 100_000), allow()).index;
    scene.adopt(&policy::version(&policy::plain_with(&[ASKS]), 2), accepted());
    scene.claim(paid, refused(&["unknown-payment"]));
    (alive(&scene), paid)
}

/// Record `index` of the log says something else of its decision.
fn lie(name: &'static str, shows: &'static str, index: Index, change: impl FnOnce(&mut Judgement)) -> Case {
    lie_in(log(), HELD, name, shows, at(index), |record| change(&mut record.verdict))
}

fn set(verdict: &mut Judgement, check: CheckName, name: OperandName, value: u128) {
    let row = verdict.trace.iter_mut().filter(|row| row.check == check);
    let row = row.into_iter().find(|row| row.operands.contains_key(&name)).expect("such an operand");
    row.operands.insert(name, Operand::Number(Amount::new(value)));
}

fn lies() -> Vec<Evidence> {
    let previous = |verdict: &mut Judgement| verdict.previous = Some(Index::new(1));
    let (of_the_run, _) = told_in(log(), HELD, at(HELD), |record| previous(&mut record.verdict));
    vec![
        lie("bundle-lie-hold-operand", "A hold says that other people are asked.", HELD, |it| {
            set(it, CheckName::Gate, OperandName::Needed, 9);
        })
        .fails(TRACE, HELD.value()),
        lie("bundle-lie-hold-permit", "A hold says that what comes of it ends later.", HELD, |it| {
            set(it, CheckName::Obligation, OperandName::PermitUntil, 4_000_000_000);
        })
        .fails(TRACE, HELD.value()),
        lie("bundle-lie-hold-trace", "A hold says nothing of its checks.", HELD, |it| it.trace.clear())
            .fails(TRACE, HELD.value()),
        lie("bundle-lie-hold-code", "A hold says that it is over a limit.", HELD, |it| {
            it.codes.push(Code::OverLimit);
        })
        .fails(DECISION, HELD.value()),
        lie("bundle-lie-hold-grade", "A hold says that it is the payee's word.", HELD, |it| {
            it.grade = Some(Grade::Payee);
        })
        .fails(DECISION, HELD.value()),
        Case::of_bundle(
            "bundle-lie-hold-previous",
            "A hold names a record of before its run as the one before it in its run.",
            of_the_run,
        )
        .fails(DECISION, HELD.value()),
        lie("bundle-lie-claim-operand", "An earlier claim says that other people are asked.", CLAIM, |it| {
            set(it, CheckName::Gate, OperandName::Needed, 9);
        })
        .fails(TRACE, CLAIM.value()),
        lie("bundle-lie-claim-undecided", "An earlier claim says that it was not decided.", CLAIM, |it| {
            it.outcome = Outcome::CannotDecide;
        })
        .fails(DECISION, CLAIM.value()),
        lie("bundle-lie-claim-previous", "An earlier claim names another record before it.", CLAIM, previous)
            .fails(DECISION, CLAIM.value()),
    ]
}

/// The settlement of another payment is left out, which by the claim has left every window that counts.
fn without_what_a_hold_counted() -> Evidence {
    let (scene, held, settled) = logs::claimed_a_day_later();
    let entries = alive(&scene);
    let whole = bundle(&entries, held);
    assert!(whole.read(settled).is_some());
    let shows = "A payment is left out that counted when another was held, and not when that was claimed.";
    let less = bundles::without(&whole, &entries, settled).to_file();
    Case::of_bundle("bundle-without-what-a-hold-counted", shows, less).fails(TRACE, held.value())
}

/// Payments are suspended, and a payment is denied. The log says that it is held; resumed, approved and claimed, it is allowed.
fn while_suspended() -> Evidence {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let suspend = Command::Suspend { scope: Scope::default(), statements: Vec::new(), reason: None };
    scene.record(suspend, accepted());
    let before = scene.script.entries();
    let denied = deny(&["not-suspended"]).needing(PREMIUM);
    let payment = scene.pay(&Ask::new(run, "held", 300_000), denied).index;
    let resume = Command::Resume { scope: Scope::default(), reason: None, statements: Vec::new() };
    scene.by(resume, "finance", &["alice", "bob"], accepted());
    let records = forge::records(&scene.script.entries());
    let mut told = Told::of(&before);
    let mut free = told.state.clone();
    free.suspended.clear();
    let asked = records[at(payment)].input.clone();
    let says = told.owed(&free, &asked);
    assert_eq!((told.say(asked, says.clone()), says.outcome), (payment, Outcome::Hold));
    for record in &records[at(payment) + 1..] {
        told.add(record.input.clone());
    }
    let digest = told.state.payments[&payment].hold.as_ref().expect("it is held").subject;
    let about = About { kind: SubjectKind::Payment, digest, against: payment, run: None, phase: None };
    let statement = STANDARD.decode(scene.script.say("alice", Say::Approve, &about)).unwrap();
    told.add(Input::Statement(input::Statement { statement: statement.try_into().unwrap() }));
    let claim = Input::Claim(input::Claim { payment });
    assert_eq!(told.owed(&told.state, &claim).outcome, Outcome::Allow);
    told.add(claim);
    let shows =
        "A payment that was denied, because all are suspended, is recorded as held, and is allowed later.";
    Case::of_bundle("bundle-lie-hold-while-suspended", shows, told.all_of(payment).to_file())
        .fails(DECISION, payment.value())
}

/// A run was closed, and pays all the same: the whole log shows it, and a bundle without the closing does not.
fn closed() -> [Evidence; 2] {
    let (mut scene, run) = scene();
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let before = scene.script.entries();
    let paid = scene.pay(&Ask::new(run, "second", 100_000), allow()).index;
    let asked = forge::records(&scene.script.entries())[at(paid)].input.clone();
    let mut told = Told::of(&before);
    let open = told.state.clone();
    let closing = told.add(Input::CloseRun(input::CloseRun { run }));
    (told.state.runs, told.state.run_ids) = (open.runs.clone(), open.run_ids.clone());
    told.state.keys.clone_from(&open.keys);
    let payment = told.add(asked);
    let bundle = told.all_of(payment);
    let less = bundles::without(&bundle, &told.entries, closing);
    let (shown, beside) = (
        "A run was closed and is said to pay. A bundle that leaves the closing out is verified: what no shown record names, only the whole log shows.",
        "A run was closed, and is said to pay.",
    );
    [
        Case::of_bundle("bundle-not-seen-a-run-closed", shown, proved(&less, &told.entries))
            .not_checked("records-left-out")
            .verifies(),
        Case::new("paid-in-a-closed-run", beside, told.entries.clone()).fails(DECISION, payment.value()),
    ]
}
