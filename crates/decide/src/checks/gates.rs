//! Gates: where people are asked, or where a rule denies.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Amount, Id};

use super::Asked;
use super::budgets::GroupOf;
use crate::approvals;
use crate::draft::Row;
use crate::policy::{Budget, Condition, Gate};

/// How much of a budget would be used.
enum Reach {
    /// It passes 2^128-1, or its window is not known.
    Untold,
    /// It does not count this payment.
    NoGroup,
    /// So much, and whether that is enough.
    Used(Amount, bool),
}

impl Asked<'_> {
    pub(super) fn check_gates(&self, groups: &[Vec<GroupOf<'_>>], trace: &mut Vec<Check>) {
        let gates = self.rules().map(|rules| rules.gates.as_slice()).unwrap_or_default();
        trace.extend(gates.iter().map(|gate| self.gate(gate, groups)));
    }

    fn gate(&self, gate: &Gate, groups: &[Vec<GroupOf<'_>>]) -> Check {
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
        groups: &[Vec<GroupOf<'_>>],
    ) -> (Row, Result<bool, &'static str>) {
        let (mut holds, mut overflows) = (true, false);
        if let (Some(least), Some((asset, exposure))) = (&when.exposure_at_least, self.exposure()) {
            row = row.with(OperandName::Exposure, exposure).with(OperandName::Threshold, least.amount);
            holds &= least.asset == *asset && exposure >= least.amount;
        }
        if when.first_payment_to_payee {
            holds &= self.payee().is_some_and(|payee| !self.state.payees.contains(payee));
        }
        if let Some(category) = &when.category {
            row = row.with_some(OperandName::Category, self.pay.category.as_ref());
            holds &= self.pay.category.as_ref() == Some(category);
        }
        if let (Some(budget), Some(percent)) = (&when.budget, when.at_least_percent) {
            match self.reached(budget, percent, groups) {
                Reach::Untold => {
                    row = row.with(OperandName::Maximum, percent);
                    overflows = true;
                }
                Reach::NoGroup => holds = false,
                Reach::Used(used, reached) => {
                    row = row.with(OperandName::Used, used).with(OperandName::Maximum, percent);
                    holds &= reached;
                }
            }
        }
        // Where something else keeps the gate open, it does not matter what cannot be told.
        (row, if holds && overflows { Err("overflow") } else { Ok(holds) })
    }

    /// What would be used of the budget with this payment, and whether that is at least `percent` of its limit:
    /// of the first group that it is so for, else of the first.
    fn reached(&self, budget: &Id, percent: u64, groups: &[Vec<GroupOf<'_>>]) -> Reach {
        let rules = self.rules().map(|rules| rules.budgets.as_slice()).unwrap_or_default();
        let found = rules.iter().zip(groups).find(|(rule, _)| rule.id == *budget);
        let mut first = Reach::NoGroup;
        for (rule, group) in
            found.into_iter().flat_map(|(rule, groups)| groups.iter().map(move |it| (rule, it)))
        {
            match (self.reaches(rule, group, percent), &first) {
                (None, _) => return Reach::Untold,
                (Some((used, true)), _) => return Reach::Used(used, true),
                (Some((used, false)), Reach::NoGroup) => first = Reach::Used(used, false),
                (Some(_), _) => {}
            }
        }
        first
    }

    fn reaches(&self, budget: &Budget, group: &GroupOf<'_>, percent: u64) -> Option<(Amount, bool)> {
        let (_, exposure) = self.exposure()?;
        let used = self.standing_of(budget, group)?.with(exposure, budget.restore_refunds)?;
        let limit = budget.limit.as_ref()?.amount.units();
        // ceil(limit * percent / 100), exactly, for a limit up to 2^128-1.
        let percent = u128::from(percent);
        let rest = (limit % 100).checked_mul(percent)?.div_ceil(100);
        let threshold = (limit / 100).checked_mul(percent)?.checked_add(rest)?;
        Some((used, used.units() >= threshold))
    }
}
