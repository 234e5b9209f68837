//! How much: budgets, and the gates that ask people.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Amount, Text};

use super::Asked;
use crate::approvals;
use crate::draft::Row;
use crate::policy::{Budget, Condition, Dimension, Gate};
use crate::state::{Contribution, GroupKey};

impl Asked<'_> {
    /// The group of each budget that counts this payment, in the policy's order.
    pub(super) fn groups(&self) -> Vec<Option<GroupKey>> {
        let budgets = self.rules().map(|rules| rules.budgets.as_slice()).unwrap_or_default();
        budgets.iter().map(|budget| self.group(budget)).collect()
    }

    fn group(&self, budget: &Budget) -> Option<GroupKey> {
        let (asset, _) = self.exposure()?;
        if budget.limit.as_ref().is_some_and(|limit| limit.asset != *asset) {
            return None;
        }
        let run = self.run?;
        let value = |dimension: &Dimension| match dimension {
            Dimension::Run => Some(Text::shown(self.pay.run)),
            Dimension::Agent => Some(Text::from(&run.agent)),
            Dimension::Payee => self.payee(),
            Dimension::Principal => Some(Text::from(&run.principal)),
        };
        let values = budget.per.iter().map(value).collect::<Option<Vec<Text>>>()?;
        Some(GroupKey { budget: budget.id.clone(), values })
    }

    pub(super) fn check_budgets(&self, groups: &[Option<GroupKey>], trace: &mut Vec<Check>) {
        let Some(rules) = self.rules() else {
            trace.push(Row::new(CheckName::BudgetCoverage).not_applicable());
            return;
        };
        let counted = rules.budgets.iter().zip(groups);
        let covering = counted.clone().filter(|(budget, group)| budget.limit.is_some() && group.is_some());
        let covering = u64::try_from(covering.count()).unwrap_or(u64::MAX);
        let row = Row::new(CheckName::BudgetCoverage);
        trace.push(if self.exposure().is_none() || self.run.is_none() {
            row.not_applicable()
        } else {
            row.with(OperandName::Count, covering).pass_if(covering > 0)
        });
        trace.extend(counted.map(|(budget, group)| self.budget(budget, group.as_ref())));
        trace.extend(rules.gates.iter().map(|gate| self.gate(gate, groups)));
    }

    /// What the group adds up to now, how many payments that is, and the record that last moved it.
    fn standing_of(
        &self,
        budget: &Budget,
        group: &GroupKey,
    ) -> (Contribution, u64, Option<counterfoil_record::Index>) {
        match self.state.ledgers.get(group) {
            Some(ledger) => {
                let (total, count) = ledger.at(self.time, budget.rolling);
                (total, count, ledger.last)
            }
            None => (Contribution::default(), 0, None),
        }
    }

    fn budget(&self, budget: &Budget, group: Option<&GroupKey>) -> Check {
        let row = Row::new(CheckName::Budget).rule(&budget.id);
        let (Some(group), Some((_, exposure))) = (group, self.exposure()) else {
            return row.not_applicable();
        };
        let (total, count, last) = self.standing_of(budget, group);
        let since = self.policy.and_then(|policy| policy.budgets_since.get(&budget.id).copied());
        let row = row
            .with_some(OperandName::Window, budget.rolling)
            .with_some(OperandName::Since, since)
            .with_some(OperandName::Previous, last);
        if let Some(most) = budget.count {
            let row = row.with(OperandName::Maximum, most).with(OperandName::Count, count);
            return row.pass_if(count < most);
        }
        let Some(limit) = &budget.limit else { return row.not_applicable() };
        let row = row
            .with(OperandName::Limit, limit.amount)
            .with(OperandName::Settled, total.settled)
            .with(OperandName::Reserved, total.reserved)
            .with(OperandName::Exposure, exposure);
        let Some(sum) = total.total().and_then(|total| total.checked_add(exposure)) else {
            return row.cannot("overflow");
        };
        match limit.amount.checked_sub(sum) {
            Some(left) => row.with(OperandName::Left, left).pass_if(true),
            None => row.pass_if(false),
        }
    }

    fn gate(&self, gate: &Gate, groups: &[Option<GroupKey>]) -> Check {
        let row = Row::new(CheckName::Gate).rule(&gate.id);
        if self.exposure().is_none() {
            return row.not_applicable();
        }
        let (row, closed) = self.condition(row, &gate.when, groups);
        match (closed, &gate.need) {
            (Err(because), _) => row.cannot(because),
            (Ok(false), _) => row.not_applicable(),
            (Ok(true), None) => row.fail("denied-by-rule"),
            (Ok(true), Some(need)) => {
                let answers = self.hold.map(|hold| hold.answers.as_slice()).unwrap_or_default();
                let asked = self.hold.map_or(self.time, |hold| hold.since);
                approvals::judge(row, need, asked, answers.iter(), self.time)
            }
        }
    }

    /// Whether everything that the condition states holds, with what was compared.
    fn condition(
        &self,
        mut row: Row,
        when: &Condition,
        groups: &[Option<GroupKey>],
    ) -> (Row, Result<bool, &'static str>) {
        let mut holds = true;
        if let (Some(least), Some((asset, exposure))) = (&when.exposure_at_least, self.exposure()) {
            row = row.with(OperandName::Exposure, exposure).with(OperandName::Threshold, least.amount);
            holds &= least.asset == *asset && exposure >= least.amount;
        }
        if when.first_payment_to_payee {
            holds &= self.payee().is_some_and(|payee| !self.state.payees.contains(&payee));
        }
        if let Some(category) = &when.category {
            row = row.with_some(OperandName::Category, self.pay.category.as_ref());
            holds &= self.pay.category.as_ref() == Some(category);
        }
        if let (Some(budget), Some(percent)) = (&when.budget, when.at_least_percent) {
            let rules = self.rules().map(|rules| rules.budgets.as_slice()).unwrap_or_default();
            let found = rules.iter().zip(groups).find(|(rule, _)| rule.id == *budget);
            match found.and_then(|(rule, group)| Some((rule, group.as_ref()?))) {
                None => holds = false,
                Some((rule, group)) => match self.reaches(rule, group, percent) {
                    None => return (row, Err("overflow")),
                    Some((used, reached)) => {
                        row = row.with(OperandName::Used, used).with(OperandName::Maximum, percent);
                        holds &= reached;
                    }
                },
            }
        }
        (row, Ok(holds))
    }

    /// What would be used of the budget with this payment, and whether that is at least `percent` of its
    /// limit; `None` on overflow.
    fn reaches(&self, budget: &Budget, group: &GroupKey, percent: u64) -> Option<(Amount, bool)> {
        let (_, exposure) = self.exposure()?;
        let used = self.standing_of(budget, group).0.total()?.checked_add(exposure)?;
        let limit = budget.limit.as_ref()?.amount.units();
        // ceil(limit * percent / 100), exactly, for a limit up to 2^128-1.
        let percent = u128::from(percent);
        let rest = (limit % 100).checked_mul(percent)?.div_ceil(100);
        let threshold = (limit / 100).checked_mul(percent)?.checked_add(rest)?;
        Some((used, used.units() >= threshold))
    }
}
