//! Facts about payments, `expire` and `write-off` (section 8).

use counterfoil_record::input::{Enclosed, Fail, Settle, WriteOff};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{Code, Grade};
use counterfoil_record::{Index, Time, Verdict};

use super::row::{accepted, answer, ensure, refused};
use super::statements::{self, Subject};
use super::world::{Allowed, Payment, Status, World};
use super::{budgets, digests, rail};

/// A fact about a payment that is not known here.
fn unmatched() -> Verdict {
    Verdict { codes: vec![Code::Unmatched], ..accepted(None) }
}

fn fact(payment: &Payment<'_>, grade: Option<Grade>, codes: Vec<Code>) -> Verdict {
    Verdict { codes, grade, ..accepted(Some(payment.last)) }
}

/// What the evidence of a result is worth; `amount` is what is stated to have moved.
fn grade(allowed: &Allowed, evidence: Option<&Enclosed>, success: bool, amount: Option<u128>) -> Grade {
    let Some(said) = evidence.and_then(rail::settlement) else { return Grade::Operator };
    let moves_nothing = allowed.scheme == "upto" && amount == Some(0);
    let same_amount = match (said.amount, amount) {
        (Some(said), Some(amount)) => said.units() == amount,
        _ => true,
    };
    let fits = said.success == success
        && said.network == allowed.asset.chain
        && said.payer.is_none_or(|payer| payer == allowed.wallet.address)
        && same_amount
        && (!said.success || said.transaction.is_some() || moves_nothing);
    if fits { Grade::Payee } else { Grade::Operator }
}

/// The code for evidence that is not what is stated.
fn differs(evidence: Option<&Enclosed>, grade: Grade) -> Vec<Code> {
    let differs = evidence.is_some() && grade == Grade::Operator;
    if differs { vec![Code::EvidenceDiffers] } else { Vec::new() }
}

/// True if less than the exposure is believed: the payee of an `upto` payment states the amount itself.
fn is_believed(allowed: &Allowed, input: &Settle) -> bool {
    let amount = input.amount.units();
    let grade = grade(allowed, input.evidence.as_ref(), true, Some(amount));
    let stated = input.evidence.as_ref().and_then(rail::settlement).and_then(|said| said.amount);
    allowed.scheme == "upto"
        && allowed.payee_releases
        && grade == Grade::Payee
        && stated == Some(input.amount)
}

/// What a settlement does to its payment.
pub(super) fn settled(payment: &mut Payment<'_>, input: &Settle) {
    let amount = input.amount.units();
    if payment.status == Status::Settled {
        payment.settled = payment.settled.max(amount);
        return;
    }
    let allowed = payment.allowed.as_ref().unwrap();
    let is_taken = amount > allowed.exposure || is_believed(allowed, input);
    payment.settled = if is_taken { amount } else { allowed.exposure };
    payment.status = Status::Settled;
}

/// What a failure does to its payment.
pub(super) fn failed(payment: &mut Payment<'_>, input: &Fail) {
    let allowed = payment.allowed.as_ref().unwrap();
    let grade = grade(allowed, input.evidence.as_ref(), false, None);
    if payment.status.reserves() && allowed.payee_releases && grade == Grade::Payee {
        payment.status = Status::Failed;
    }
}

fn is_of_an_aborted_transaction(world: &World<'_>, payment: &Payment<'_>, now: Time) -> bool {
    let part = payment.pay.part.as_ref();
    let transaction = part.and_then(|part| world.transaction(part.transaction));
    transaction.is_some_and(|transaction| transaction.is_aborted(now))
}

pub(super) fn settle(world: &World<'_>, input: &Settle, now: Time) -> Verdict {
    let Some((payment, allowed)) = world.allowed(input.payment) else { return unmatched() };
    let amount = input.amount.units();
    let grade = grade(allowed, input.evidence.as_ref(), true, Some(amount));
    let mut codes = differs(input.evidence.as_ref(), grade);
    if payment.status == Status::Settled {
        codes.push(Code::Contradicts);
        if takes_over_a_limit(world, payment.index, input, now) {
            codes.push(Code::OverLimit);
        }
        return fact(payment, Some(grade), codes);
    }
    if !payment.status.reserves() {
        codes.push(Code::Late);
    }
    if payment.bound.is_none() {
        codes.push(Code::Unbound);
    }
    if amount > allowed.exposure {
        codes.push(Code::Excess);
    }
    if amount < allowed.exposure && !is_believed(allowed, input) {
        codes.push(Code::AmountDiffers);
    }
    if is_of_an_aborted_transaction(world, payment, now) {
        codes.push(Code::AfterAbort);
    }
    if takes_over_a_limit(world, payment.index, input, now) {
        codes.push(Code::OverLimit);
    }
    fact(payment, Some(grade), codes)
}

fn takes_over_a_limit(world: &World<'_>, payment: Index, input: &Settle, now: Time) -> bool {
    let mut after = world.clone();
    settled(after.payments.get_mut(&payment).unwrap(), input);
    passes_a_limit(world, &after, payment, now)
}

/// True if a group that counts the payment has a sum above its limit, and above what it was before.
fn passes_a_limit(before: &World<'_>, after: &World<'_>, payment: Index, now: Time) -> bool {
    let policy = before.policy().unwrap();
    policy.budgets.iter().any(|budget| {
        let Some(limit) = &budget.limit else { return false };
        budgets::groups_of(after, budget, &after.payments[&payment]).iter().any(|key| {
            let sum = |world| {
                let sum = budgets::sum(world, budget, key, now)?;
                Some(budgets::with_exposure(budget, &sum, 0).unwrap_or(u128::MAX))
            };
            let (Some(before), Some(after)) = (sum(before), sum(after)) else { return false };
            after > limit.amount.units() && after > before
        })
    })
}

pub(super) fn fail(world: &World<'_>, input: &Fail) -> Verdict {
    let Some((payment, allowed)) = world.allowed(input.payment) else { return unmatched() };
    let grade = grade(allowed, input.evidence.as_ref(), false, None);
    let mut codes = differs(input.evidence.as_ref(), grade);
    if !payment.status.reserves() {
        codes.push(Code::Contradicts);
    } else if !(allowed.payee_releases && grade == Grade::Payee) {
        codes.push(Code::ReservationHolds);
    }
    fact(payment, Some(grade), codes)
}

pub(super) fn unknown(world: &World<'_>, index: Index) -> Verdict {
    let Some((payment, _)) = world.allowed(index) else { return unmatched() };
    let codes = if payment.status.reserves() { Vec::new() } else { vec![Code::Contradicts] };
    fact(payment, None, codes)
}

/// `refund` and `compensate`.
pub(super) fn give_back(world: &World<'_>, index: Index, amount: u128) -> Verdict {
    let Some((payment, _)) = world.allowed(index) else { return unmatched() };
    let codes = if amount > payment.owed() { vec![Code::Excess] } else { Vec::new() };
    fact(payment, Some(Grade::Operator), codes)
}

pub(super) fn expire(world: &World<'_>, index: Index, now: Time) -> Verdict {
    let Some((payment, allowed)) = world.allowed(index) else {
        return refused(Code::UnknownPayment, None);
    };
    let end = u128::from(allowed.claimable_until) * 1000 + u128::from(allowed.finality.millis());
    let result = ensure(payment.status.reserves(), Code::OutOfOrder)
        .and_then(|()| ensure(u128::from(now.millis()) > end, Code::StillClaimable));
    answer(result, Some(payment.last))
}

pub(super) fn write_off(world: &World<'_>, input: &WriteOff, now: Time) -> Verdict {
    let Some((payment, _)) = world.allowed(input.payment) else {
        return refused(Code::UnknownPayment, None);
    };
    let amount = input.amount.units();
    let is_owed = is_of_an_aborted_transaction(world, payment, now) && (1..=payment.owed()).contains(&amount);
    let digest = digests::write_off(input.payment, input.amount);
    let subject = Subject { kind: SubjectKind::WriteOff, digest, against: payment.last };
    let result = ensure(is_owed, Code::NoObligation).and_then(|()| {
        statements::empowered(
            world,
            &input.statements,
            |policy| policy.powers.write_off.as_ref(),
            &subject,
            now,
        )
        .map(drop)
    });
    answer(result, Some(payment.last))
}
