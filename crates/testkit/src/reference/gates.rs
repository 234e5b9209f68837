//! Gates: whether their conditions hold, and what they then need (section 6.3).

use counterfoil_decide::policy::Gate;
use counterfoil_record::Id;
use counterfoil_record::verdict::{Check, CheckName, OperandName};

use super::answers;
use super::budgets;
use super::facts::Facts;
use super::row::Row;

/// Whether a condition is so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
    Overflows,
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

pub(super) fn rows(facts: &Facts<'_, '_>) -> Vec<Check> {
    let gates = facts.policy().into_iter().flat_map(|policy| &policy.gates);
    gates.map(|gate| row(facts, gate)).collect()
}

fn row(facts: &Facts<'_, '_>, gate: &Gate) -> Check {
    let mut row = Row::new(CheckName::Gate).rule(&gate.id);
    let (Some(exposure), Some((asset, _)), Some(payee)) = (facts.exposure, facts.asset, facts.payee()) else {
        return row.not_applicable();
    };
    let when = &gate.when;
    let mut conditions: Vec<Holds> = Vec::new();
    if let Some(least) = &when.exposure_at_least {
        row = row.money(OperandName::Exposure, exposure).with(OperandName::Threshold, least.amount);
        conditions.push((least.asset == *asset && exposure >= least.amount.units()).into());
    }
    if when.first_payment_to_payee {
        let mut allowed = facts.world.ever_allowed();
        conditions.push((!allowed.any(|(_, it)| it.payee.to_string() == payee)).into());
    }
    if let Some(category) = &when.category {
        row = row.maybe(OperandName::Category, facts.pay.category.as_ref());
        conditions.push((facts.pay.category.as_ref() == Some(category)).into());
    }
    if let (Some(budget), Some(percent)) = (&when.budget, when.at_least_percent) {
        let (extended, holds) = is_used_up(facts, row, budget, percent, exposure);
        row = extended;
        conditions.push(holds);
    }
    if conditions.contains(&Holds::No) {
        return row.not_applicable();
    }
    if conditions.contains(&Holds::Overflows) {
        return row.cannot("overflow");
    }
    match &gate.need {
        None => row.fails("denied-by-rule"),
        Some(need) => answers::fill(row, need, facts.answers, facts.asked, facts.now),
    }
}

/// Whether a group of the budget would be used to at least `percent` of the limit.
fn is_used_up(facts: &Facts<'_, '_>, row: Row, budget: &Id, percent: u64, exposure: u128) -> (Row, Holds) {
    let Some(budget) = budgets::named(facts, budget) else { return (row, Holds::No) };
    let Some(limit) = &budget.limit else { return (row, Holds::No) };
    let mut first = None;
    for (_, key) in budgets::groups(facts, budget) {
        let sum = budgets::sum(facts.world, budget, &key, facts.now);
        let Some(used) = sum.and_then(|sum| budgets::with_exposure(budget, &sum, exposure)) else {
            return (row.with(OperandName::Maximum, percent), Holds::Overflows);
        };
        first = first.or(Some(used));
        if times(used, 100) >= times(limit.amount.units(), percent) {
            return (row.money(OperandName::Used, used).with(OperandName::Maximum, percent), Holds::Yes);
        }
    }
    match first {
        Some(used) => (row.money(OperandName::Used, used).with(OperandName::Maximum, percent), Holds::No),
        None => (row, Holds::No),
    }
}

/// `value * by`, which can be more than 128 bits: the part above the low 64 bits, and those.
fn times(value: u128, by: u64) -> (u128, u128) {
    let low_bits = u128::from(u64::MAX);
    let low = (value & low_bits) * u128::from(by);
    let high = (value >> 64) * u128::from(by) + (low >> 64);
    (high, low & low_bits)
}
