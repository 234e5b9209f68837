//! Gates that never close, and gates that another closes for.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

use counterfoil_decide::policy::{Condition, Gate, Policy, join};
use counterfoil_record::{Amount, Id};

use super::reach::reachable;
use super::{Found, WarningCode};
use crate::words::stated;

pub(super) fn look(policy: &Policy, found: &mut Found) {
    for (at, gate) in policy.gates.iter().enumerate() {
        let path = join("gates", gate.id.as_str());
        if let Some(words) = why_never(policy, &gate.when) {
            found.add(WarningCode::GateNeverCloses, path, words);
            continue;
        }
        let shadow = policy.gates.iter().enumerate().find(|(by, other)| {
            *by != at && shadows(policy, other, gate) && (!shadows(policy, gate, other) || *by < at)
        });
        if let Some((_, other)) = shadow {
            let words = format!("whenever {} closes, {} closes too, and asks for as much", gate.id, other.id);
            found.add(WarningCode::GateShadowed, path, words);
        }
    }
}

/// The asset that the condition is about, where it is about one.
fn asset<'p>(policy: &'p Policy, when: &'p Condition) -> [Option<&'p Id>; 2] {
    let budget = when.budget.as_ref().and_then(|id| policy.budgets.iter().find(|it| it.id == *id));
    let of_budget = budget.and_then(|budget| budget.limit.as_ref()).map(|limit| &limit.asset);
    [when.exposure_at_least.as_ref().map(|money| &money.asset), of_budget]
}

fn why_never(policy: &Policy, when: &Condition) -> Option<String> {
    if let [Some(one), Some(other)] = asset(policy, when)
        && one != other
    {
        return Some(format!("no payment is in {one} and counted by a budget in {other}"));
    }
    if let Some(least) = &when.exposure_at_least {
        let most = policy.obligations.max_exposure.get(&least.asset).copied().unwrap_or_default();
        if least.amount > most {
            let least = stated(policy, least);
            return Some(format!("no payment may be of {least}: `max_exposure` is less"));
        }
    }
    let category = when.category.as_ref()?;
    let reached = reachable(policy);
    let paid: BTreeSet<&Id> = policy
        .phases
        .iter()
        .filter(|(name, rule)| rule.pay && reached.contains(name))
        .flat_map(|(_, rule)| &rule.categories)
        .collect();
    (!paid.contains(category))
        .then(|| format!("no run that opens under this policy comes to a phase that pays for {category}"))
}

/// True if `one` closes whenever `other` does, and what it takes to open it opens `other` as well.
fn shadows(policy: &Policy, one: &Gate, other: &Gate) -> bool {
    let asks = match (&one.need, &other.need) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => {
            one.role == other.role && one.approvals >= other.approvals && one.ttl <= other.ttl
        }
    };
    asks && is_weaker(policy, &one.when, &other.when)
}

/// True if `one` holds wherever `other` does: each thing that it states, `other` states at least as strongly.
fn is_weaker(policy: &Policy, one: &Condition, other: &Condition) -> bool {
    let Condition { exposure_at_least, first_payment_to_payee, budget, at_least_percent, category } = one;
    let exposure = exposure_at_least.as_ref().is_none_or(|one| {
        let stated = other
            .exposure_at_least
            .as_ref()
            .is_some_and(|other| one.asset == other.asset && one.amount <= other.amount);
        // Every payment is of nothing or more; it only has to be in the asset.
        stated || (one.amount == Amount::ZERO && asset(policy, other).contains(&Some(&one.asset)))
    });
    let first = !first_payment_to_payee || other.first_payment_to_payee;
    let budget = budget.is_none() || (*budget == other.budget && *at_least_percent <= other.at_least_percent);
    let category = category.is_none() || *category == other.category;
    exposure && first && budget && category
}
