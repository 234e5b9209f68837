//! Permits: given for what is allowed alone, used up once, and never forgotten.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use counterfoil_enforce::{Answer, Command, Error, NotAllowed};
use counterfoil_record::statement::{Answer as Say, FORMAT, Statement};
use counterfoil_record::verdict::{CheckName, CheckResult, Outcome};
use counterfoil_record::{Amount, Hash32, Index, Input, Time};
use counterfoil_store::Records as _;
use counterfoil_testkit::rail::{PAYER, response};
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, script};

use common::{core, open_run, pay, records, signed};

#[test]
fn a_denial_is_an_error_and_a_record() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let before = core.store().len();
    match core.pay(pay(&Ask::new(run, "a", 10_000).offer("/payTo", PAYER))) {
        Err(NotAllowed::Denied(recorded)) => {
            assert_eq!(recorded.index, Index::new(before));
            assert_eq!((recorded.outcome, recorded.permit), (Outcome::Deny, None));
            let failing = recorded.failing.iter().map(|it| (it.check, it.result)).collect::<Vec<_>>();
            assert_eq!(failing, [(CheckName::Payee, CheckResult::Fail)]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(core.store().len(), before + 1);
    assert_eq!(records(core.store()).last().unwrap().verdict.outcome, Outcome::Deny);
}

#[test]
fn what_cannot_be_decided_is_an_error_and_a_record() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    match core.pay(pay(&Ask::new(run, "a", 10_000).offer("/amount", "1.5"))) {
        Err(NotAllowed::Undecided(recorded)) => {
            assert_eq!((recorded.outcome, &recorded.permit), (Outcome::CannotDecide, &None));
            let cannot = recorded.failing.iter().find(|it| it.result == CheckResult::Cannot).unwrap();
            assert_eq!(cannot.check, CheckName::Obligation);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(records(core.store()).last().unwrap().verdict.outcome, Outcome::CannotDecide);
}

#[test]
fn a_hold_is_an_error_that_says_what_to_ask_and_is_claimed_with_the_approvals() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let (payment, question) = match core.pay(pay(&Ask::new(run, "a", 300_000))) {
        Err(NotAllowed::Held(recorded)) => (recorded.index, recorded.question.unwrap()),
        other => panic!("{other:?}"),
    };
    assert!(matches!(core.claim(payment), Err(NotAllowed::Held(recorded)) if recorded.question.is_some()));
    let now = core.surroundings_mut().now;
    let statement = Statement {
        format: FORMAT,
        answer: Say::Approve,
        origin: keys::ORIGIN.parse().unwrap(),
        role: "finance".parse().unwrap(),
        kind: question.kind,
        digest: question.digest,
        against: question.against,
        expires: Time::from_millis(now + 60_000),
        run: None,
        phase: None,
    };
    let alice = keys::person("alice");
    let statement = script::sign(&alice, &keys::ed25519("alice"), &statement, Time::from_millis(now));
    let answer = core.submit(Command::Statement { statement }).unwrap();
    assert_eq!(answer.recorded().map(|it| it.outcome), Some(Outcome::Accepted));
    let permit = core.claim(payment).unwrap();
    assert_eq!(permit.payment(), payment);
    core.bind(&permit, &signed(&permit)).unwrap();
    core.settle(permit, None, Some(&response(true))).unwrap();
    match core.claim(payment) {
        Err(NotAllowed::Denied(recorded)) => assert_eq!(recorded.outcome, Outcome::Refused),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dropped_permit_is_recorded_as_unknown_with_what_is_submitted_next() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let first = core.pay(pay(&Ask::new(run, "a", 10_000))).unwrap();
    let second = core.pay(pay(&Ask::new(run, "b", 10_000))).unwrap();
    let payments = [first.payment(), second.payment()];
    drop(first);
    drop(second);
    let before = core.store().len();
    open_run(&mut core, "run-2");
    let unknown: Vec<Index> = records(core.store())
        .split_off(usize::try_from(before).unwrap())
        .iter()
        .filter_map(|record| match &record.input {
            Input::Unknown(it) => Some(it.payment),
            _ => None,
        })
        .collect();
    assert_eq!(unknown, payments);
    assert_eq!(core.store().len(), before + 3);
    let statuses: Vec<&str> = core.outstanding().iter().map(|it| it.status).collect();
    assert_eq!(statuses, ["unknown", "unknown"]);
}

#[test]
fn a_dropped_permit_is_recorded_as_unknown_on_closing() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let permit = core.pay(pay(&Ask::new(run, "a", 10_000))).unwrap();
    let payment = permit.payment();
    drop(permit);
    let store = core.close().unwrap();
    let inputs: Vec<Input> = records(&store).into_iter().rev().take(2).map(|record| record.input).collect();
    assert!(matches!(&inputs[0], Input::Stop(_)), "{inputs:?}");
    assert!(matches!(&inputs[1], Input::Unknown(it) if it.payment == payment), "{inputs:?}");
    assert_eq!(common::audit(&store).findings, []);
}

#[test]
fn settling_failing_and_giving_up_use_the_permit_up() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let permits: Vec<_> =
        ["a", "b", "c"].map(|key| core.pay(pay(&Ask::new(run, key, 10_000))).unwrap()).into();
    let before = core.store().len();
    let [a, b, c] = permits.try_into().unwrap();
    core.settle(a, Some(Amount::new(10_000)), Some(&response(true))).unwrap();
    core.fail(b, "the seller answered 500", None).unwrap();
    core.unknown(c, "the line went dead").unwrap();
    open_run(&mut core, "run-2");
    assert_eq!(core.store().len(), before + 4, "none of the three was dropped");
}

#[test]
fn a_fact_that_could_not_be_recorded_leaves_the_payment_unknown() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let permit = core.pay(pay(&Ask::new(run, "a", 10_000))).unwrap();
    let payment = permit.payment();
    match core.settle(permit, None, Some("not base64!")) {
        Err(Error::Command(counterfoil_enforce::CommandError::NotBase64 { field: "payment_response" })) => {}
        other => panic!("{other:?}"),
    }
    open_run(&mut core, "run-2");
    assert_eq!(
        core.outstanding().iter().map(|it| (it.payment, it.status)).collect::<Vec<_>>(),
        [(payment, "unknown")]
    );
    let settle =
        Command::Settle { payment, amount: Amount::new(10_000), payment_response: Some(response(true)) };
    assert_eq!(core.submit(settle).unwrap().recorded().map(|it| it.outcome), Some(Outcome::Accepted));
    assert_eq!(core.outstanding(), []);
}

#[test]
fn the_same_key_gives_the_same_permit_again_until_it_is_bound() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let ask = Ask::new(run, "a", 10_000);
    let first = core.pay(pay(&ask)).unwrap();
    let before = core.store().len();
    let again = core.pay(pay(&ask)).unwrap();
    assert_eq!(again.granted(), first.granted());
    assert_eq!(core.store().len(), before, "a repeat is not recorded");

    core.bind(&first, &signed(&first)).unwrap();
    let repeated = |error| match error {
        Err(NotAllowed::Repeated(repeated)) => (repeated.repeat_of, repeated.status, repeated.permit),
        other => panic!("{other:?}"),
    };
    let payment = first.payment();
    assert_eq!(repeated(core.pay(pay(&ask))), (payment, "open", None));
    core.settle(first, None, Some(&response(true))).unwrap();
    assert_eq!(repeated(core.pay(pay(&ask))), (payment, "settled", None));
    core.fail(again, "signed elsewhere", None).unwrap();
}

#[test]
fn the_same_key_for_another_request_is_denied() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let first = core.pay(pay(&Ask::new(run, "a", 10_000))).unwrap();
    match core.pay(pay(&Ask::new(run, "a", 20_000))) {
        Err(NotAllowed::Denied(recorded)) => {
            assert!(recorded.failing.iter().any(|it| it.check == CheckName::Idempotency), "{recorded:?}");
        }
        other => panic!("{other:?}"),
    }
    core.settle(first, None, None).unwrap();
}

#[test]
fn the_slot_of_a_permit_follows_from_the_record_that_gave_it() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let permit = core.pay(pay(&Ask::new(run, "a", 10_000))).unwrap();
    let entry = core.store().read(permit.payment().value()).unwrap().unwrap();
    let leaf = Hash32(*counterfoil_tlog::leaf_hash(&entry).bytes());
    assert_eq!(*permit.slot(), counterfoil_rails::eip3009::slot(&leaf));
    core.unknown(permit, "the test is over").unwrap();
}

#[test]
fn a_repeat_through_submit_gives_the_permit_again() {
    let mut core = core();
    let run = open_run(&mut core, "run-1");
    let ask = Ask::new(run, "a", 10_000);
    let permit = core.pay(pay(&ask)).unwrap();
    match core.submit(ask.command()).unwrap() {
        Answer::Repeated(it) => {
            assert_eq!((it.repeat_of, it.permit.as_deref()), (permit.payment(), Some(permit.granted())));
        }
        other => panic!("{other:?}"),
    }
    core.unknown(permit, "the test is over").unwrap();
}
