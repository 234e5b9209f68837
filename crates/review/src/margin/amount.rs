//! The amounts at which the outcome is another.
//!
//! What is supposed: the seller asks for another amount, and nothing else is otherwise. Signatures go with it: an agent
//! that signed its request signed the other one in the same way, and people who signed an override for the purchase
//! signed that. A request without the signature that it lacks, or with a wrong one, lacks it at every amount. A held
//! payment is claimed as if it had been held for the other amount, with the answers that were collected for it.

use counterfoil_rails::x402::PaymentRequirements;
use counterfoil_record::input::{Enclosed, RAIL_MOST};
use counterfoil_record::verdict::{CheckName, CheckResult, Operand, OperandName};
use counterfoil_record::{Amount, Verdict};
use serde::Serialize;

use super::nearest::nearest;
use super::{Case, Turn};
use crate::trace::row;

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
    let found = |(by, verdict): (u128, Verdict), amount: Option<u128>| {
        let (amount, by) = (Amount::new(amount?), Amount::new(by));
        Some(ByAmount { amount, by, then: Turn::of(&verdict) })
    };
    let asked = asked.units();
    let above = nearest(verdict, u128::MAX.saturating_sub(asked), &mut |by| {
        at(Amount::new(asked.saturating_add(by)))
    });
    amounts.increase = above.and_then(|it| found((it.0, it.1), asked.checked_add(it.0)));
    let below =
        nearest(verdict, asked.saturating_sub(1), &mut |by| at(Amount::new(asked.saturating_sub(by))));
    amounts.decrease = below.and_then(|it| found((it.0, it.1), asked.checked_sub(it.0)));
    Some(amounts)
}

/// True if something fails that is the same at every amount: a signature that is missing or wrong, a purchase that is
/// open, a key that names another request.
fn is_settled(verdict: &Verdict) -> bool {
    let fails = |check| row(verdict, check).is_some_and(|row| row.result == CheckResult::Fail);
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
    let purchase = row(verdict, CheckName::Purchase)
        .filter(|row| row.operands.contains_key(&OperandName::People))
        .and_then(|row| row.operands.get(&OperandName::Purchase));
    if let Some(Operand::Hash(purchase)) = purchase {
        case.state.purchases.remove(purchase);
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
