//! `pay` and `claim`: every row in order, and what follows from them (section 6).

use counterfoil_record::input::Pay;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Outcome};
use counterfoil_record::{Index, Time, Verdict};

use super::facts::Facts;
use super::rail::Reading;
use super::row::refused;
use super::world::{Payment, Status, World};
use super::{Answer, budgets, checks, digests, gates, terms};

/// The answer to a request that was answered before under the same idempotency key.
pub(super) fn repeat(world: &World<'_>, pay: &Pay) -> Option<Answer> {
    let run = world.open_run(pay.run)?;
    let (request, index) = run.keys.get(&pay.key)?;
    if *request != digests::request(pay, &Reading::of(&pay.requirements)) {
        return None;
    }
    let known = world.payment(*index);
    let status = known.map_or(Status::Void, |payment| payment.status);
    let permit = known.and_then(|payment| permit(world, payment));
    Some(Answer::Repeat { payment: *index, status: status.code(), permit })
}

/// The permit of a payment that is open, unbound and not suspended.
fn permit(world: &World<'_>, payment: &Payment<'_>) -> Option<Index> {
    let allowed = payment.allowed.as_ref()?;
    let (payee, asset) = (allowed.payee.to_string(), allowed.asset.to_string());
    let suspensions = world.suspensions(Some(payment.pay.run), Some(&payee), Some(&asset));
    let may_sign = payment.status == Status::Open && payment.bound.is_none() && suspensions.is_empty();
    may_sign.then_some(allowed.index)
}

pub(super) fn pay(world: &World<'_>, pay: &Pay, now: Time) -> Verdict {
    let facts = Facts::new(world, pay, Reading::of(&pay.requirements), now, now, &[]);
    let previous = facts.run().map(|run| run.last);
    evaluate(&facts, previous)
}

pub(super) fn claim(world: &World<'_>, index: Index, now: Time) -> Verdict {
    let Some(payment) = world.payment(index) else { return refused(Code::UnknownPayment, None) };
    let previous = Some(payment.last);
    if payment.status != Status::Held {
        return refused(Code::UnknownPayment, previous);
    }
    let reading = Reading::of(&payment.pay.requirements);
    let facts = Facts::new(world, payment.pay, reading, now, payment.asked, &payment.answers);
    evaluate(&facts, previous)
}

fn evaluate(facts: &Facts<'_, '_>, previous: Option<Index>) -> Verdict {
    let trace = trace(facts);
    let has = |result| trace.iter().any(|row| row.result == result);
    let outcome = if has(CheckResult::Fail) {
        Outcome::Deny
    } else if has(CheckResult::Cannot) {
        Outcome::CannotDecide
    } else if has(CheckResult::Needs) {
        Outcome::Hold
    } else {
        Outcome::Allow
    };
    let reuses = |row: &Check| row.check == CheckName::Idempotency && row.result == CheckResult::Fail;
    let codes = if trace.iter().any(reuses) { vec![Code::KeyReused] } else { Vec::new() };
    Verdict { outcome, codes, trace, previous, grade: None }
}

fn trace(facts: &Facts<'_, '_>) -> Vec<Check> {
    let mut trace = vec![
        checks::policy_in_force(facts),
        checks::not_suspended(facts),
        checks::run_open(facts),
        checks::agent(facts),
        checks::wallet(facts),
    ];
    trace.extend(checks::mandates(facts));
    trace.extend([
        checks::phase(facts),
        checks::plan(facts),
        checks::transaction(facts),
        terms::payee(facts),
        terms::resource(facts),
        terms::asset(facts),
        terms::obligation(facts),
        budgets::coverage(facts),
    ]);
    trace.extend(budgets::rows(facts));
    trace.extend(gates::rows(facts));
    trace.extend([terms::purchase(facts), terms::idempotency(facts)]);
    trace
}
