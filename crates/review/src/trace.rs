//! Reading the trace of a decision: the one source of what a payment comes to.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use counterfoil_decide::policy::Policy;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Operand, OperandName};
use counterfoil_record::{Amount, Index, Verdict};

use crate::words::money;

/// The row of that check; of several the first.
pub(crate) fn row(verdict: &Verdict, check: CheckName) -> Option<&Check> {
    verdict.trace.iter().find(|row| row.check == check)
}

pub(crate) fn text(row: &Check, name: OperandName) -> Option<&str> {
    match row.operands.get(&name)? {
        Operand::Text(text) => Some(text.as_str()),
        _ => None,
    }
}

pub(crate) fn number(row: &Check, name: OperandName) -> Option<Amount> {
    match row.operands.get(&name)? {
        Operand::Number(number) => Some(*number),
        _ => None,
    }
}

pub(crate) fn small(row: &Check, name: OperandName) -> Option<u64> {
    u64::try_from(number(row, name)?.units()).ok()
}

pub(crate) fn indices(row: &Check, name: OperandName) -> &[Index] {
    match row.operands.get(&name) {
        Some(Operand::Indices(indices)) => indices,
        _ => &[],
    }
}

/// True for a check that keeps the payment from being allowed, and that no answer of people would open.
pub(crate) fn is_against(row: &Check) -> bool {
    matches!(row.result, CheckResult::Fail | CheckResult::Cannot)
}

/// A check that does not pass, with its rule and how it failed.
pub(crate) fn why(row: &Check) -> String {
    let rule = row.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let because = text(row, OperandName::Because).map(|because| format!(" ({because})"));
    format!("{}{rule}{}", row.check, because.unwrap_or_default())
}

/// Everything that speaks against it, whatever people answer.
pub(crate) fn against(verdict: &Verdict) -> Vec<String> {
    verdict.trace.iter().filter(|row| is_against(row)).map(why).collect()
}

/// An amount of the asset with that CAIP-19 id, as the policy calls it: `5.00 usdc`; where it does not, in smallest
/// units. What a policy calls an asset may look like the id of another.
pub(crate) fn amount(policy: Option<&Policy>, id: Option<&str>, amount: Amount) -> String {
    let pinned = policy.zip(id).and_then(|(policy, id)| policy.asset(id));
    let decimals = pinned.and_then(|(name, pin)| Some((name, usize::try_from(pin.decimals).ok()?)));
    decimals.map_or_else(
        || format!("{amount} smallest units"),
        |(name, decimals)| format!("{} {name}", money(amount, decimals)),
    )
}

/// A list in words, or that there is nothing in it.
pub(crate) fn list(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { String::from("nobody") } else { items.join(", ") }
}
