//! One input of every kind, with every optional field present and with every one absent.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_record::input::*;
use counterfoil_record::private::Commitment;
use counterfoil_record::{Amount, Index, Input, Text, Time};

use super::{fixed, hash, id, octets, text};

/// Number of input kinds.
pub(crate) const KINDS: u8 = 31;

pub(crate) fn commitment(byte: u8) -> Commitment {
    Commitment(hash(byte))
}

/// Those bytes, all of them.
pub(crate) fn whole(bytes: &[u8]) -> Enclosed {
    Enclosed::within(RAIL_MOST, bytes)
}

/// More bytes than their share of a record.
fn oversized() -> Enclosed {
    Enclosed::within(RAIL_MOST, &vec![0x61; RAIL_MOST + 1])
}

fn governance() -> Governance {
    let (alice, _) = super::person();
    let bob = super::named("bob@example.com", &super::other_key());
    Governance {
        members: [
            (id("alice"), vec![alice, super::named("alice", &super::log_key())]),
            (id("bob"), vec![bob]),
        ]
        .into(),
        quorum: 2,
    }
}

fn genesis_with(governance: Option<Governance>) -> Input {
    let origin = super::origin();
    Input::Genesis(Genesis { origin, log_key: fixed(0x01), format: 1, semantics: 1, governance })
}

pub(crate) fn genesis() -> Input {
    genesis_with(None)
}

pub(crate) fn adopt_policy(policy: &[u8], source: &[u8]) -> AdoptPolicy {
    AdoptPolicy { policy: octets(policy), source: octets(source), statements: Vec::new() }
}

fn open_run() -> OpenRun {
    let (agent, principal) = (id("research"), id("acme/treasury"));
    OpenRun { id: id("r1"), agent, principal, purpose: None, parent: None, mandate: None }
}

fn mandate(evidence: Enclosed, limits: BTreeMap<Text, Amount>, payees: BTreeSet<Text>) -> Input {
    let (format, expires) = (id("ap2-intent-mandate"), Time::from_millis(1_767_312_000_000));
    let mandate = Mandate { format, evidence, expires, limits, payees };
    Input::OpenRun(OpenRun { mandate: Some(mandate), ..open_run() })
}

fn attach(items: Vec<PlanItem>) -> Input {
    Input::Attach(Attach {
        run: Index::new(23),
        name: id("plan"),
        media_type: id("application/json"),
        digest: hash(0x21),
        items,
    })
}

fn begin(steps: Vec<Step>) -> Input {
    Input::Begin(Begin {
        run: Index::new(24),
        id: id("trip"),
        steps,
        deadline: Time::from_millis(1_767_230_000_000),
    })
}

fn pay(full: bool) -> Pay {
    Pay {
        run: Index::new(255),
        part: full.then(|| Part { transaction: Index::new(256), step: id("hotel") }),
        item: full.then(|| id("item-1")),
        key: id("order-4711"),
        requirements: whole(br#"{"scheme":"exact"}"#),
        required: commitment(0x31),
        offered: full.then(|| text("https://api.example/v1/other")),
        resource: text("https://api.example/v1/report"),
        query: full.then(|| commitment(0x32)),
        wallet: id("main"),
        category: full.then(|| id("data")),
        purpose: full.then(|| commitment(0x33)),
        compensation: full.then(|| Compensation { way: Some(id("seller-refund")) }),
        request: full.then(|| octets(&[0xd2, 0x84, 0x00])),
        overrides: if full { statements() } else { Vec::new() },
    }
}

/// A payment request with every optional field.
pub(crate) fn full_pay() -> Input {
    Input::Pay(pay(true))
}

fn bind(signed: Signed) -> Input {
    let (payment, signature, payload) = (Index::new(65_535), fixed(0x44), commitment(0x45));
    Input::Bind(Bind { payment, signed, signature, payload })
}

fn authorization(value: u128) -> Signed {
    Signed::Eip3009(Authorization {
        from: fixed(0x41),
        to: fixed(0x42),
        value: Amount::new(value),
        valid_after: 0,
        valid_before: u64::MAX,
        nonce: hash(0x43),
    })
}

fn permit2(facilitator: bool) -> Signed {
    Signed::Permit2(Permit2Transfer {
        from: fixed(0x41),
        token: fixed(0x46),
        amount: Amount::MAX,
        spender: fixed(0x47),
        nonce: hash(0x43),
        deadline: u64::MAX,
        to: fixed(0x42),
        facilitator: facilitator.then(|| fixed(0x48)),
        valid_after: 1,
    })
}

/// Signed statements, as far as a record looks into them.
fn statements() -> Vec<counterfoil_record::Octets> {
    vec![octets(&[0xd2, 0x84]), octets(b"")]
}

fn scope(full: bool) -> Scope {
    Scope {
        agent: full.then(|| id("research")),
        run: full.then(|| Index::new(23)),
        payee: full.then(|| text("eip155:8453:0x1111111111111111111111111111111111111111")),
        asset: full.then(|| text("eip155:8453/erc20:0x3333333333333333333333333333333333333333")),
    }
}

fn log_and_work() -> Vec<(&'static str, Input)> {
    let transaction = Index::new(0x1_0000_0000);
    let run = Index::new(u64::MAX);
    let payee = || text("eip155:8453:0x1111111111111111111111111111111111111111");
    let plan_item = |name, ceiling| PlanItem {
        id: id(name),
        category: id("travel"),
        payee: payee(),
        asset: id("usdc"),
        ceiling,
    };
    let limits = || {
        let assets = ["eip155:1/erc20:0x33", "eip155:8453/erc20:0x33"].map(text);
        assets.into_iter().zip([Amount::ZERO, Amount::MAX]).collect()
    };
    let signed = AdoptPolicy { statements: statements(), ..adopt_policy(&[0xa0], b"a = 1") };
    vec![
        ("genesis", genesis()),
        ("genesis with governance", genesis_with(Some(governance()))),
        ("adopt-policy", Input::AdoptPolicy(adopt_policy(&[0xa0], b""))),
        ("adopt-policy with statements", Input::AdoptPolicy(signed)),
        ("start", Input::Start(Start { tool: text("counterfoil 0.1.0 (été)"), state: hash(0x02) })),
        ("stop", Input::Stop(Stop { state: hash(0x03) })),
        ("open-run", Input::OpenRun(open_run())),
        ("open-run with purpose", Input::OpenRun(OpenRun { purpose: Some(commitment(0x04)), ..open_run() })),
        ("open-run within another", Input::OpenRun(OpenRun { parent: Some(run), ..open_run() })),
        ("open-run with mandate", mandate(whole(b"{}"), limits(), [payee()].into())),
        ("open-run with empty mandate", mandate(oversized(), BTreeMap::new(), BTreeSet::new())),
        ("close-run", Input::CloseRun(CloseRun { run })),
        ("attach", attach(Vec::new())),
        ("attach with plan items", attach(vec![plan_item("a", Amount::ZERO), plan_item("b", Amount::MAX)])),
        ("enter-phase", Input::EnterPhase(EnterPhase { run, phase: id("pay") })),
        ("begin without steps", begin(Vec::new())),
        (
            "begin",
            begin(vec![
                Step { id: id("flight"), reversible: true },
                Step { id: id("hotel"), reversible: false },
            ]),
        ),
        (
            "complete-step",
            Input::CompleteStep(CompleteStep { transaction, step: id("hotel"), evidence: None }),
        ),
        (
            "complete-step with evidence",
            Input::CompleteStep(CompleteStep { transaction, step: id("hotel"), evidence: Some(hash(5)) }),
        ),
        ("commit", Input::Commit(Commit { transaction })),
        ("abort", Input::Abort(Abort { transaction, reason: None })),
        ("abort with reason", Input::Abort(Abort { transaction, reason: Some(commitment(0x06)) })),
    ]
}

fn payments() -> Vec<(&'static str, Input)> {
    let payment = Index::new(65_536);
    let wide = Amount::new(1 << 64);
    let irreversible = Pay { compensation: Some(Compensation { way: None }), ..pay(false) };
    let too_large = Pay { requirements: oversized(), ..pay(false) };
    let settle = |amount, evidence| Input::Settle(Settle { payment, amount, evidence });
    let compensate = |amount, evidence| Input::Compensate(Compensate { payment, amount, evidence });
    let fail = |evidence, reason| Input::Fail(Fail { payment, evidence, reason });
    let refund = |amount, evidence, reason| Input::Refund(Refund { payment, amount, evidence, reason });
    let write_off =
        |amount, statements, reason| Input::WriteOff(WriteOff { payment, amount, statements, reason });
    vec![
        ("pay with the least", Input::Pay(pay(false))),
        ("pay with everything", full_pay()),
        ("pay that cannot be undone", Input::Pay(irreversible)),
        ("pay for oversized requirements", Input::Pay(too_large)),
        ("claim", Input::Claim(Claim { payment })),
        ("statement", Input::Statement(Statement { statement: octets(&[0xd2, 0x84]) })),
        ("bind of the largest integer", bind(authorization(u128::from(u64::MAX)))),
        ("bind of the largest bignum", bind(authorization(u128::MAX))),
        ("bind of Permit2", bind(permit2(false))),
        ("bind of Permit2 with facilitator", bind(permit2(true))),
        ("settle", settle(Amount::new(1), None)),
        ("settle with empty evidence", settle(wide, Some(whole(b"")))),
        ("settle with oversized evidence", settle(wide, Some(oversized()))),
        ("fail", fail(None, None)),
        ("fail with evidence and reason", fail(Some(whole(b"{}")), Some(commitment(0x07)))),
        ("fail with oversized evidence", fail(Some(oversized()), None)),
        ("unknown", Input::Unknown(Unknown { payment, reason: None })),
        ("unknown with reason", Input::Unknown(Unknown { payment, reason: Some(commitment(0x08)) })),
        ("expire", Input::Expire(Expire { payment })),
        ("compensate", compensate(Amount::ZERO, None)),
        ("compensate with evidence", compensate(wide, Some(whole(&[0; 300])))),
        ("compensate with oversized evidence", compensate(wide, Some(oversized()))),
        ("refund", refund(Amount::ZERO, None, None)),
        ("refund with evidence", refund(wide, Some(whole(&[0; 300])), None)),
        ("refund with oversized evidence", refund(wide, Some(oversized()), None)),
        ("refund with reason", refund(wide, None, Some(commitment(0x09)))),
        ("write-off", write_off(Amount::MAX, Vec::new(), None)),
        ("write-off with statements", write_off(wide, statements(), None)),
        ("write-off with reason", write_off(wide, Vec::new(), Some(commitment(0x0a)))),
    ]
}

fn governed() -> Vec<(&'static str, Input)> {
    let (new, _) = super::person();
    let rotate = |statements| Input::RotateKey(RotateKey { old: hash(0x51), new: new.clone(), statements });
    let revoke = |since, statements| Input::RevokeKey(RevokeKey { key: hash(0x52), since, statements });
    let suspend = |scope, reason, statements| Input::Suspend(Suspend { scope, reason, statements });
    let resume = |scope, reason, statements| Input::Resume(Resume { scope, reason, statements });
    let to = Time::from_millis(u64::MAX);
    let erase = |statements, reason| {
        Input::Erase(Erase { record: Index::new(7), commitment: commitment(0x0d), statements, reason })
    };
    let unreadable = |offset, length| {
        Input::Unreadable(Unreadable { class: id("payment-signature"), offset, length, digest: hash(0x54) })
    };
    vec![
        ("rotate-key", rotate(Vec::new())),
        ("rotate-key with statements", rotate(statements())),
        ("revoke-key", revoke(None, Vec::new())),
        ("revoke-key since a record", revoke(Some(Index::GENESIS), Vec::new())),
        ("revoke-key with statements", revoke(None, statements())),
        ("suspend everything", suspend(scope(false), None, Vec::new())),
        ("suspend a scope", suspend(scope(true), None, Vec::new())),
        ("suspend with reason", suspend(scope(false), Some(commitment(0x0b)), Vec::new())),
        ("suspend with statements", suspend(scope(false), None, statements())),
        ("resume everything", resume(scope(false), None, Vec::new())),
        ("resume a scope", resume(scope(true), None, Vec::new())),
        ("resume with reason", resume(scope(false), Some(commitment(0x0c)), Vec::new())),
        ("resume with statements", resume(scope(false), None, statements())),
        ("heartbeat", Input::Heartbeat(Heartbeat { state: hash(0x53) })),
        ("clock", Input::Clock(Clock { to, statements: Vec::new() })),
        ("clock with statements", Input::Clock(Clock { to, statements: statements() })),
        ("erase", erase(Vec::new(), None)),
        ("erase with statements", erase(statements(), None)),
        ("erase with reason", erase(Vec::new(), Some(commitment(0x0e)))),
        ("unreadable", unreadable(0, 0)),
        ("unreadable in the middle", unreadable(24, u64::MAX)),
    ]
}

/// Every kind of input; those with optional fields once with each of them.
pub(crate) fn all() -> Vec<(&'static str, Input)> {
    [log_and_work(), payments(), governed()].concat()
}
