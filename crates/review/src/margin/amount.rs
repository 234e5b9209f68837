//! The amounts at which the outcome is another.
//!
//! What is supposed: the seller asks for another amount, and nothing else is otherwise. Signatures go with it: an agent
//! that signed its request signed the other one in the same way, and people who signed an override for the purchase
//! signed that. A request without the signature that it lacks, or with a wrong one, lacks it at every amount. A held
//! payment is claimed as if it had been held for the other amount, with the answers that were collected for it.

use counterfoil_rails::x402::PaymentRequirements;
use counterfoil_record::input::{Enclosed, RAIL_MOST};
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName};
use counterfoil_record::{Amount, Verdict};
use serde::Serialize;

use super::nearest::nearest;
use super::{Case, Turn};

/// What the amount has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amounts {
    /// What was asked for, in the asset's smallest unit.
    pub asked: Amount,
    /// The next amount above at which the outcome is another; none up to 2^128-1.
    pub increase: Option<ByAmount>,
    /// The next amount below at which it is; none down to 1.
    pub decrease: Option<ByAmount>,
}

/// An amount that turns the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByAmount {
    /// The amount, in the asset's smallest unit.
    pub amount: Amount,
    /// How much it differs from what was asked for.
    pub by: Amount,
    /// What comes out.
    pub then: Turn,
}

/// The nearest amounts that turn `verdict`.
pub(super) fn by_amount(mut case: Case, verdict: &Verdict) -> Option<Amounts> {
    let element = case.request()?.requirements.whole(RAIL_MOST)?.to_vec();
    let asked = PaymentRequirements::parse(&element).ok()?.amount;
    let mut amounts = Amounts { asked, increase: None, decrease: None };
    if is_settled(verdict) {
        return Some(amounts);
    }
    sign_anything(&mut case, verdict);
    let mut at = |amount: Amount| {
        let element = PaymentRequirements::restated(&element, amount).ok()?;
        case.request_mut()?.requirements = Enclosed::within(RAIL_MOST, element.as_bytes());
        case.decide()
    };
    amounts.increase = above(verdict, asked, &mut at);
    let less = |by: u128| asked.units().checked_sub(by).map(Amount::new);
    let below = nearest(verdict, asked.units().saturating_sub(1), &mut |by| at(less(by)?));
    amounts.decrease = below.and_then(|(by, then)| Some(by_amount_of(less(by)?, Amount::new(by), &then)));
    Some(amounts)
}

/// The next amount above. An offer of nothing has no terms, so that nothing is known of it but that one of more has.
fn above(
    verdict: &Verdict,
    asked: Amount,
    at: &mut dyn FnMut(Amount) -> Option<Verdict>,
) -> Option<ByAmount> {
    let first = if asked.is_zero() { Amount::new(1) } else { asked };
    let begins = if asked.is_zero() { at(first)? } else { verdict.clone() };
    let (amount, then) = if begins.outcome == verdict.outcome {
        let more = |by: u128| first.checked_add(Amount::new(by));
        let most = Amount::MAX.saturating_sub(first).units();
        let (by, then) = nearest(&begins, most, &mut |by| at(more(by)?))?;
        (more(by)?, then)
    } else {
        (first, begins)
    };
    Some(by_amount_of(amount, amount.checked_sub(asked)?, &then))
}

fn by_amount_of(amount: Amount, by: Amount, then: &Verdict) -> ByAmount {
    ByAmount { amount, by, then: Turn::of(then) }
}

/// True if something fails that is the same at every amount: a signature that is missing or wrong, a purchase that is
/// open, a key that names another request.
fn is_settled(verdict: &Verdict) -> bool {
    let fails = |check| verdict.row(check).is_some_and(|row| row.result == CheckResult::Fail);
    [CheckName::Agent, CheckName::Purchase, CheckName::Idempotency].into_iter().any(fails)
}

/// Takes away what binds the request to its amount, where it bound it rightly.
fn sign_anything(case: &mut Case, verdict: &Verdict) {
    let Some(request) = case.request() else { return };
    let (run, key) = (request.run, request.key.clone());
    let agent = case.state.runs.get(&run).map(|run| run.agent.clone());
    let policy = case.state.policy.as_mut().map(|in_force| &mut in_force.policy);
    if let Some(rule) = policy.zip(agent).and_then(|(policy, agent)| policy.agents.get_mut(&agent)) {
        rule.keys.clear();
    }
    // What people signed was that this purchase may be made while another is open.
    let purchase = verdict
        .row(CheckName::Purchase)
        .filter(|row| row.operands.contains_key(&OperandName::People))
        .and_then(|row| row.hash(OperandName::Purchase));
    if let Some(purchase) = purchase {
        case.state.purchases.remove(&purchase);
    }
    // The key of a held payment names the request that is held.
    if case.claimed().is_some()
        && let Some(keys) = case.state.keys.get_mut(&run)
    {
        keys.remove(&key);
    }
    if let Some(request) = case.request_mut() {
        request.request = None;
        request.overrides.clear();
    }
}
