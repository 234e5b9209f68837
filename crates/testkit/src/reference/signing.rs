//! `bind`: whether what the wallet signed is what was allowed (section 8).

use counterfoil_rails::caip::Account;
use counterfoil_record::input::Bind;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, OperandName};
use counterfoil_record::{Hash32, Text, Verdict};

use super::digests;
use super::rail::{Seen, seen, slot};
use super::row::{Row, accepted, refused};
use super::world::{Allowed, Bound, Payment, World};

fn seen_by(allowed: &Allowed, bind: &Bind) -> Seen {
    seen(bind, &allowed.asset, &allowed.domain_name, &allowed.domain_version)
}

/// True if the wallet itself signed, for its own account on the asset's chain.
fn is_by_wallet(allowed: &Allowed, seen: &Seen) -> bool {
    allowed.wallet.chain == allowed.asset.chain
        && seen.from == allowed.wallet.address
        && seen.signer == Some(allowed.wallet.address)
}

/// What an accepted `bind` binds.
pub(super) fn bound(payment: &Payment<'_>, bind: &Bind) -> Bound {
    let seen = seen_by(payment.allowed.as_ref().unwrap(), bind);
    Bound { digest: seen.digest, key: digests::obligation(&seen.key) }
}

/// The end of what was signed, where a refused `bind` shows that the wallet signed something else than it
/// was allowed to, or something more.
pub(super) fn extended(world: &World<'_>, bind: &Bind, verdict: &Verdict) -> Option<u64> {
    let [Code::AlreadyBound | Code::BindMismatch] = verdict.codes[..] else { return None };
    let (payment, allowed) = world.allowed(bind.payment)?;
    let seen = seen_by(allowed, bind);
    if !payment.status.reserves() || !is_by_wallet(allowed, &seen) {
        return None;
    }
    let is_another = payment.bound.as_ref().is_none_or(|bound| bound.digest != seen.digest);
    is_another.then_some(seen.end)
}

pub(super) fn bind(world: &World<'_>, input: &Bind) -> Verdict {
    let Some((payment, allowed)) = world.allowed(input.payment) else {
        return refused(Code::UnknownPayment, None);
    };
    let previous = Some(payment.last);
    if payment.bound.is_some() {
        return refused(Code::AlreadyBound, previous);
    }
    if !payment.status.reserves() {
        return refused(Code::OutOfOrder, previous);
    }
    let seen = seen_by(allowed, input);
    let slot_row = slot_used(allowed, &seen);
    let is_slot_unused = slot_row.result == CheckResult::NotApplicable;
    let trace = vec![
        signature(allowed, &seen),
        payee(allowed, &seen),
        amount(allowed, &seen),
        spender(allowed, &seen),
        lifetime(allowed, &seen),
        slot_row,
        obligation(world, &seen),
    ];
    if trace.iter().any(|row| row.result == CheckResult::Fail) {
        return Verdict { trace, ..refused(Code::BindMismatch, previous) };
    }
    let codes = if is_slot_unused { vec![Code::SlotNotUsed] } else { Vec::new() };
    Verdict { trace, codes, ..accepted(previous) }
}

fn passes(row: Row, holds: bool) -> Check {
    if holds { row.pass() } else { row.fail() }
}

fn signature(allowed: &Allowed, seen: &Seen) -> Check {
    let chain = allowed.asset.chain;
    let row = Row::new(CheckName::Signature)
        .with(OperandName::Eip712, seen.digest)
        .maybe(OperandName::Value, seen.signer.map(|address| Text::shown(Account { chain, address })))
        .with(OperandName::Against, Text::shown(allowed.wallet));
    passes(row, is_by_wallet(allowed, seen))
}

fn payee(allowed: &Allowed, seen: &Seen) -> Check {
    let payee = Account { chain: allowed.asset.chain, address: seen.to };
    let row = Row::new(CheckName::Payee).with(OperandName::Value, Text::shown(payee));
    passes(row, payee == allowed.payee)
}

fn amount(allowed: &Allowed, seen: &Seen) -> Check {
    let row = Row::new(CheckName::SignedAmount)
        .money(OperandName::Value, seen.amount)
        .money(OperandName::Against, allowed.exposure);
    let is_token = seen.token.is_none_or(|token| token == allowed.asset.contract);
    passes(row, seen.amount == allowed.exposure && is_token)
}

fn spender(allowed: &Allowed, seen: &Seen) -> Check {
    let row = Row::new(CheckName::Spender);
    if seen.method != allowed.method {
        return row.with(OperandName::Value, seen.method).fail();
    }
    if seen.spender.is_none() {
        return row.not_applicable();
    }
    let row = row
        .with(OperandName::Value, seen.method)
        .maybe(OperandName::Spender, seen.spender.map(Text::shown))
        .maybe(OperandName::Against, seen.facilitator.map(Text::shown));
    passes(row, seen.spender == allowed.spender && seen.facilitator == allowed.facilitator)
}

fn lifetime(allowed: &Allowed, seen: &Seen) -> Check {
    let row = Row::new(CheckName::Lifetime)
        .with(OperandName::Value, seen.end)
        .with(OperandName::Against, allowed.until);
    passes(row, seen.end <= allowed.until)
}

fn slot_used(allowed: &Allowed, seen: &Seen) -> Check {
    let slot: Hash32 = slot(&allowed.leaf);
    let row = Row::new(CheckName::Slot).with(OperandName::Value, seen.nonce).with(OperandName::Against, slot);
    if seen.nonce == slot {
        row.pass()
    } else if allowed.slot_required {
        row.fail()
    } else {
        row.not_applicable()
    }
}

fn obligation(world: &World<'_>, seen: &Seen) -> Check {
    let digest = digests::obligation(&seen.key);
    let mut known = world.payments.values().filter(|payment| !payment.forgotten);
    let bound_to = known.find(|payment| payment.bound.as_ref().is_some_and(|bound| bound.key == digest));
    let row = Row::new(CheckName::Obligation)
        .with(OperandName::Obligation, Text::shown(&seen.key))
        .with(OperandName::Digest, digest)
        .maybe(OperandName::Index, bound_to.map(|payment| payment.index));
    passes(row, bound_to.is_none())
}
