//! How far each budget was used: of each of its groups the highest that an allow brought it to.
//!
//! Read from the traces of the decisions, which state what a group added up to and its limit, and from the state,
//! which says what groups an allowed payment counts in. A budget that a policy dropped, and a later one has again, counts
//! anew, and is another. Under a window what a group adds up to also falls: the end of
//! a log says less than its highest.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::policy::Budget;
use counterfoil_decide::state::GroupKey;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Amount, Id, Index, Input, Record, Text};

use crate::rules;

/// A share in thousandths: 1000 is all.
pub type PerMille = u16;

/// How much of a limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// Money, in the asset's smallest unit.
    Money {
        /// What the group adds up to with the payment.
        used: Amount,
        /// The limit.
        limit: Amount,
    },
    /// Payments.
    Count {
        /// How many, with this one.
        used: u64,
        /// The most.
        limit: u64,
    },
}

impl Used {
    /// What a row about a budget says, with the payment counted; none where it could not be added up.
    pub fn of(row: &Check) -> Option<Self> {
        if let Some(limit) = row.count(OperandName::Maximum) {
            return Some(Self::Count { used: row.count(OperandName::Count)?.saturating_add(1), limit });
        }
        let of = |name| row.number(name);
        let limit = of(OperandName::Limit)?;
        let spent = of(OperandName::Settled)?.checked_add(of(OperandName::Reserved)?)?;
        let with = spent.checked_add(of(OperandName::Exposure)?)?;
        Some(Self::Money { used: with.saturating_sub(of(OperandName::Returned).unwrap_or_default()), limit })
    }

    /// The share of the limit that is used, rounded down; 1000 where it is all, or more.
    pub fn share(self) -> PerMille {
        match self {
            Self::Money { used, limit } => share(used.units(), limit.units()),
            Self::Count { used, limit } => share(used.into(), limit.into()),
        }
    }
}

/// The share of `whole` that `part` is, rounded down; 1000 where it is all, or more.
pub fn share(part: u128, whole: u128) -> PerMille {
    const WHOLE: u128 = 1_000;
    let share = match part.checked_mul(WHOLE) {
        Some(product) => product.checked_div(whole),
        // A part so large has a whole, if it is not less, of which a thousandth is exact enough.
        None => part.checked_div(whole.checked_div(WHOLE).unwrap_or_default()),
    };
    share.and_then(|share| PerMille::try_from(share.min(WHOLE)).ok()).unwrap_or(1_000)
}

/// One group of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupUse {
    /// What keeps the group apart: run, agent, payee, principal, those that the budget is `per`.
    pub values: Vec<Text>,
    /// How many payments were allowed to it.
    pub payments: u64,
    /// The payment whose allow used it most; the first of several.
    pub highest: Index,
    /// How much it was used then.
    pub used: Used,
}

/// One budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetUse {
    /// The budget, as the policy that last decided by it has it. What makes a group, the window and the asset have been the
    /// same since it began to count; its limit can have been another.
    pub budget: Budget,
    /// The record since which it counts.
    pub since: Index,
    /// What that policy says of it, in words.
    pub says: Vec<String>,
    /// The decimal places of the unit of its limit; none for a budget of counts.
    pub decimals: Option<u64>,
    /// How many decisions it stood in the way of.
    pub stopped: u64,
    groups: BTreeMap<Vec<Text>, GroupUse>,
}

impl BudgetUse {
    /// Its groups, the most used first.
    pub fn groups(&self) -> Vec<&GroupUse> {
        let mut groups: Vec<&GroupUse> = self.groups.values().collect();
        groups.sort_by_key(|group| (core::cmp::Reverse(group.used.share()), group.highest));
        groups
    }
}

/// The budgets that decisions were made by, by id and since when they count. Memory grows with the number of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budgets(BTreeMap<(Id, Index), BudgetUse>);

impl Budgets {
    /// Takes the next record that followed, and the state after it.
    pub fn observe(&mut self, record: &Record, after: &State) {
        let payment = match &record.input {
            Input::Pay(_) => record.index,
            Input::Claim(claim) => claim.payment,
            _ => return,
        };
        let verdict = &record.verdict;
        let rows = || verdict.trace.iter().filter(|row| row.check == CheckName::Budget);
        let against = rows().filter(|row| matches!(row.result, CheckResult::Fail | CheckResult::Cannot));
        // Runs within runs count in several groups of one budget.
        let against: BTreeMap<Option<&Id>, &Check> = against.map(|row| (row.rule.as_ref(), row)).collect();
        for row in against.into_values() {
            if let Some(budget) = self.budget(row, after) {
                budget.stopped = budget.stopped.saturating_add(1);
            }
        }
        if verdict.outcome != Outcome::Allow {
            return;
        }
        let terms = after.payments.get(&payment).and_then(|payment| payment.terms.as_ref());
        let groups = terms.map(|terms| terms.groups.as_slice()).unwrap_or_default();
        // INVARIANT: an allow has one row that passes for each group that it counts in, in the same order.
        let passed = rows().filter(|row| row.result == CheckResult::Pass);
        for (row, group) in passed.zip(groups) {
            self.allow(payment, row, group, after);
        }
    }

    fn allow(&mut self, payment: Index, row: &Check, group: &GroupKey, after: &State) {
        let (Some(used), Some(budget)) = (Used::of(row), self.budget(row, after)) else { return };
        let known = budget.groups.entry(group.values.clone()).or_insert_with(|| GroupUse {
            values: group.values.clone(),
            payments: 0,
            highest: payment,
            used,
        });
        known.payments = known.payments.saturating_add(1);
        if used.share() > known.used.share() {
            (known.highest, known.used) = (payment, used);
        }
    }

    /// The budget that a row is about, as the policy in force has it.
    fn budget(&mut self, row: &Check, after: &State) -> Option<&mut BudgetUse> {
        let in_force = after.policy.as_ref()?;
        let policy = &in_force.policy;
        let id = row.rule.as_ref()?;
        let since = in_force.budgets_since.get(id).copied()?;
        let budget = policy.budgets.iter().find(|budget| budget.id == *id)?;
        let fresh = || {
            let pin = budget.limit.as_ref().and_then(|limit| policy.assets.get(&limit.asset));
            let says = rules::budget(policy, budget).parts.into_iter().map(|part| part.words).collect();
            BudgetUse {
                budget: budget.clone(),
                since,
                says,
                decimals: pin.map(|pin| pin.decimals),
                stopped: 0,
                groups: BTreeMap::new(),
            }
        };
        let known = self.0.entry((id.clone(), since)).or_insert_with(fresh);
        if known.budget != *budget {
            let BudgetUse { budget, says, decimals, .. } = fresh();
            (known.budget, known.says, known.decimals) = (budget, says, decimals);
        }
        Some(known)
    }

    /// The budgets, by id, then by since when they count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &BudgetUse> {
        self.0.values()
    }
}
