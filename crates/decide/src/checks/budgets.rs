//! How much: the budgets that count a payment.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Index, Span, Text};

use super::Asked;
use crate::draft::Row;
use crate::policy::{Budget, Dimension, Window};
use crate::state::{GroupKey, Ledger, Run, Totals};

/// A group that counts the payment.
pub(super) struct GroupOf<'s> {
    pub(super) key: GroupKey,
    /// What it adds up to; absent before it counts anything.
    ledger: Option<&'s Ledger>,
    /// The run of the chain that it is the group of, where that is not the payment's own.
    run: Option<Index>,
}

impl<'a> Asked<'a> {
    /// The groups of each budget that count this payment, in the policy's order.
    pub(super) fn groups(&self) -> Vec<Vec<GroupOf<'a>>> {
        let budgets = self.rules().map(|rules| rules.budgets.as_slice()).unwrap_or_default();
        budgets.iter().map(|budget| self.groups_of(budget)).collect()
    }

    /// A run within runs counts in the groups of each, but in every group once.
    fn groups_of(&self, budget: &Budget) -> Vec<GroupOf<'a>> {
        let mut groups: Vec<GroupOf<'a>> = Vec::new();
        let Some((asset, _)) = self.exposure() else { return groups };
        if budget.limit.as_ref().is_some_and(|limit| limit.asset != *asset) {
            return groups;
        }
        for (index, run) in self.chain() {
            let values = budget.per.iter().map(|dimension| self.value(*dimension, index, run));
            let key = GroupKey { budget: budget.id.clone(), values: values.collect() };
            if groups.iter().all(|group| group.key != key) {
                let run = Some(index).filter(|index| *index != self.pay.run);
                groups.push(GroupOf { ledger: self.state.ledgers.get(&key), key, run });
            }
        }
        groups
    }

    fn value(&self, dimension: Dimension, index: Index, run: &Run) -> Text {
        match dimension {
            Dimension::Run => Text::shown(index),
            Dimension::Agent => Text::from(&run.agent),
            Dimension::Payee => self.payee().cloned().unwrap_or_default(),
            Dimension::Principal => Text::from(&run.principal),
        }
    }

    pub(super) fn check_budgets(&self, groups: &[Vec<GroupOf<'_>>], trace: &mut Vec<Check>) {
        let Some(rules) = self.rules() else {
            trace.push(Row::new(CheckName::BudgetCoverage).not_applicable());
            return;
        };
        let counted = rules.budgets.iter().zip(groups);
        let covers =
            |(budget, groups): &(&Budget, &Vec<GroupOf<'_>>)| budget.limit.is_some() && !groups.is_empty();
        let covering = u64::try_from(counted.clone().filter(covers).count()).unwrap_or(u64::MAX);
        let row = Row::new(CheckName::BudgetCoverage);
        trace.push(if self.exposure().is_none() || self.run.is_none() {
            row.not_applicable()
        } else {
            row.with(OperandName::Count, covering).pass_if(covering > 0)
        });
        for (budget, groups) in counted {
            if groups.is_empty() {
                trace.push(Row::new(CheckName::Budget).rule(&budget.id).not_applicable());
            }
            trace.extend(groups.iter().map(|group| self.budget(budget, group)));
        }
    }

    /// What the group adds up to now; `None` where its window is not known.
    pub(super) fn standing_of(&self, budget: &Budget, group: &GroupOf<'_>) -> Option<Totals> {
        match (group.ledger, &budget.window) {
            (Some(ledger), window) => ledger.at(self.time, window.as_ref()),
            (None, Some(Window::Calendar(calendar))) => calendar.begin(self.time).map(|_| Totals::default()),
            (None, _) => Some(Totals::default()),
        }
    }

    fn budget(&self, budget: &Budget, group: &GroupOf<'_>) -> Check {
        let row = Row::new(CheckName::Budget).rule(&budget.id);
        let Some((_, exposure)) = self.exposure() else { return row.not_applicable() };
        let since = self.policy.and_then(|policy| policy.budgets_since.get(&budget.id).copied());
        let row = row
            .with_some(OperandName::Run, group.run)
            .with_some(OperandName::Window, span(budget))
            .with_some(OperandName::Since, since)
            .with_some(OperandName::Previous, group.ledger.and_then(|it| it.last));
        let Some(total) = self.standing_of(budget, group) else { return row.cannot("overflow") };
        if let Some(most) = budget.count {
            let row = row.with(OperandName::Maximum, most).with(OperandName::Count, total.count);
            return row.pass_if(total.count < most);
        }
        let Some(limit) = &budget.limit else { return row.not_applicable() };
        let row = row
            .with(OperandName::Limit, limit.amount)
            .with(OperandName::Settled, total.settled.stopped())
            .with(OperandName::Reserved, total.reserved.stopped())
            .with_some(OperandName::Returned, budget.restore_refunds.then(|| total.returned.stopped()))
            .with(OperandName::Exposure, exposure);
        let Some(sum) = total.with(exposure, budget.restore_refunds) else { return row.cannot("overflow") };
        match limit.amount.checked_sub(sum) {
            Some(left) => row.with(OperandName::Left, left).pass_if(true),
            None => row.pass_if(false),
        }
    }
}

fn span(budget: &Budget) -> Option<Span> {
    match &budget.window {
        Some(Window::Rolling(rolling)) => Some(rolling.span),
        Some(Window::Calendar(_)) | None => None,
    }
}
