//! Reading the trace of a decision: the one source of what a payment comes to.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use counterfoil_decide::policy::Policy;
use counterfoil_record::verdict::{Check, CheckResult, OperandName};
use counterfoil_record::{Amount, Verdict};

use crate::words::money;

/// True for a check that keeps the payment from being allowed, and that no answer of people would open.
pub(crate) fn is_against(row: &Check) -> bool {
    matches!(row.result, CheckResult::Fail | CheckResult::Cannot)
}

/// A check that does not pass, with its rule and how it failed.
pub(crate) fn why(row: &Check) -> String {
    let rule = row.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let because = row.text(OperandName::Because).map(|because| format!(" ({because})"));
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
