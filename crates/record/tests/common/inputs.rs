//! One input of every kind, with every optional field present and with every one absent.

use counterfoil_record::input::*;
use counterfoil_record::private::Commitment;
use counterfoil_record::{Amount, Index, Input, Time};

use super::{fixed, hash, id, octets, text};

/// Number of input kinds.
pub(crate) const KINDS: u8 = 21;

pub(crate) fn commitment(byte: u8) -> Commitment {
    Commitment(hash(byte))
}

pub(crate) fn genesis() -> Input {
    Input::Genesis(Genesis { origin: super::origin(), log_key: fixed(0x01), format: 1, semantics: 1 })
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
        requirements: octets(br#"{"scheme":"exact"}"#),
        required: commitment(0x31),
        offered: text("https://api.example/v1/report"),
        resource: text("https://api.example/v1/report"),
        query: full.then(|| commitment(0x32)),
        wallet: id("main"),
        category: full.then(|| id("data")),
        purpose: full.then(|| commitment(0x33)),
        compensation: full.then(|| Compensation { way: Some(id("seller-refund")) }),
    }
}

/// A payment request with every optional field.
pub(crate) fn full_pay() -> Input {
    Input::Pay(pay(true))
}

fn bind(value: u128) -> Input {
    Input::Bind(Bind {
        payment: Index::new(65_535),
        authorization: Authorization {
            from: fixed(0x41),
            to: fixed(0x42),
            value: Amount::new(value),
            valid_after: 0,
            valid_before: u64::MAX,
            nonce: hash(0x43),
        },
        signature: fixed(0x44),
        payload: commitment(0x45),
    })
}

/// Every kind of input; those with optional fields twice.
pub(crate) fn all() -> Vec<(&'static str, Input)> {
    let payment = Index::new(65_536);
    let transaction = Index::new(0x1_0000_0000);
    let run = Index::new(u64::MAX);
    let wide = Amount::new(1 << 64);
    let plan_item = |name, ceiling| PlanItem {
        id: id(name),
        category: id("travel"),
        payee: text("eip155:8453:0x1111111111111111111111111111111111111111"),
        asset: id("usdc"),
        ceiling,
    };
    let irreversible = Pay { compensation: Some(Compensation { way: None }), ..pay(false) };
    let agent = || (id("research"), id("acme/treasury"));
    vec![
        ("genesis", genesis()),
        ("adopt-policy", Input::AdoptPolicy(AdoptPolicy { policy: octets(&[0xa0]), source: octets(b"") })),
        ("start", Input::Start(Start { tool: text("counterfoil 0.1.0 (été)"), state: hash(0x02) })),
        ("stop", Input::Stop(Stop { state: hash(0x03) })),
        ("open-run", {
            let (agent, principal) = agent();
            Input::OpenRun(OpenRun { id: id("r1"), agent, principal, purpose: None })
        }),
        ("open-run with purpose", {
            let (agent, principal) = agent();
            Input::OpenRun(OpenRun { id: id("r1"), agent, principal, purpose: Some(commitment(0x04)) })
        }),
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
        ("pay with the least", Input::Pay(pay(false))),
        ("pay with everything", full_pay()),
        ("pay that cannot be undone", Input::Pay(irreversible)),
        ("claim", Input::Claim(Claim { payment })),
        ("statement", Input::Statement(Statement { statement: octets(&[0xd2, 0x84]) })),
        ("bind of the largest integer", bind(u128::from(u64::MAX))),
        ("bind of the largest bignum", bind(u128::MAX)),
        ("settle", Input::Settle(Settle { payment, amount: Amount::new(1), evidence: None })),
        (
            "settle with empty evidence",
            Input::Settle(Settle { payment, amount: wide, evidence: Some(octets(b"")) }),
        ),
        ("fail", Input::Fail(Fail { payment, evidence: None, reason: None })),
        (
            "fail with evidence and reason",
            Input::Fail(Fail { payment, evidence: Some(octets(b"{}")), reason: Some(commitment(0x07)) }),
        ),
        ("unknown", Input::Unknown(Unknown { payment, reason: None })),
        ("unknown with reason", Input::Unknown(Unknown { payment, reason: Some(commitment(0x08)) })),
        ("expire", Input::Expire(Expire { payment })),
        ("compensate", Input::Compensate(Compensate { payment, amount: Amount::ZERO, evidence: None })),
        (
            "compensate with evidence",
            Input::Compensate(Compensate { payment, amount: wide, evidence: Some(octets(&[0; 300])) }),
        ),
    ]
}
