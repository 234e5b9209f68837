//! Whether this is the moment: phase, plan, transaction.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Id, Text};

use super::Asked;
use crate::draft::Row;
use crate::policy::{Irreversible, PhaseRule};
use crate::state::{Plan, Standing, Transaction};

impl Asked<'_> {
    pub(super) fn check_workflow(&self, trace: &mut Vec<Check>) {
        trace.push(self.phase());
        trace.push(self.plan());
        trace.push(self.transaction());
    }

    fn phase_rule(&self) -> Option<&PhaseRule> {
        self.rules()?.phases.get(&self.run?.phase)
    }

    fn phase(&self) -> Check {
        let row = Row::new(CheckName::Phase);
        let (Some(_), Some(run)) = (self.policy, self.run) else { return row.not_applicable() };
        let row = row
            .with(OperandName::Name, &run.phase)
            .with(OperandName::Since, run.phase_since.index)
            .with_some(OperandName::Category, self.pay.category.as_ref());
        let Some(rule) = self.phase_rule() else { return row.fail("unknown-phase") };
        let row = row.with(OperandName::MayPay, rule.pay);
        if rule.digest() != run.phase_rule {
            return row.fail("rule-changed-since-entry");
        }
        row.unless(match &self.pay.category {
            _ if !rule.pay => Some("phase-may-not-pay"),
            None => Some("no-category"),
            Some(category) if !rule.categories.contains(category) => Some("category-not-in-phase"),
            Some(_) => None,
        })
    }

    /// Whether the phase of the run pays for the items of a plan only.
    pub(super) fn is_plan_bound(&self) -> bool {
        self.phase_rule().is_some_and(|rule| rule.plan_bound)
    }

    /// The plan that the run's phase is bound to.
    pub(super) fn bound_plan(&self) -> Option<&Plan> {
        self.run.filter(|_| self.is_plan_bound())?.plan.as_ref()
    }

    fn plan(&self) -> Check {
        let row = Row::new(CheckName::Plan);
        if !self.is_plan_bound() {
            return row.not_applicable();
        }
        let row = row.with_some(OperandName::Name, self.pay.item.as_ref());
        let (Some(plan), Some(wanted)) = (self.bound_plan(), &self.pay.item) else {
            return row.fail("no-item");
        };
        let row = row.with(OperandName::Index, plan.index);
        let Some(item) = plan.items.iter().find(|item| item.id == *wanted) else {
            return row.fail("not-in-plan");
        };
        let Some((asset, exposure)) = self.exposure() else { return row.not_applicable() };
        let used = plan.used.get(wanted).copied().unwrap_or_default();
        let row = row
            .with(OperandName::Maximum, item.ceiling)
            .with(OperandName::Used, used.stopped())
            .with(OperandName::Exposure, exposure);
        let sum = used.exact().and_then(|used| used.checked_add(exposure));
        let Some(sum) = sum else { return row.cannot("overflow") };
        row.unless(if self.payee() != Some(&item.payee) {
            Some("another-payee")
        } else if item.asset != *asset {
            Some("another-asset")
        } else if self.pay.category.as_ref() != Some(&item.category) {
            Some("another-category")
        } else if sum > item.ceiling {
            Some("over-ceiling")
        } else {
            None
        })
    }

    fn transaction(&self) -> Check {
        let row = Row::new(CheckName::Transaction);
        let (Some(rules), Some(_)) = (self.rules(), self.run) else { return row.not_applicable() };
        let Some(part) = &self.pay.part else {
            let Some((asset, exposure)) = self.exposure() else { return row.not_applicable() };
            let threshold = rules.transactions.required_above.get(asset).copied().unwrap_or_default();
            let row = row.with(OperandName::Exposure, exposure).with(OperandName::Threshold, threshold);
            return if exposure > threshold { row.fail("required") } else { row.not_applicable() };
        };
        let row = row.with(OperandName::Transaction, part.transaction).with(OperandName::Name, &part.step);
        let found = self.state.transactions.get(&part.transaction);
        let Some(transaction) = found.filter(|it| it.run == self.pay.run) else {
            return row.fail("unknown-transaction");
        };
        let row = row.with(OperandName::Deadline, transaction.deadline);
        let Some(order) = transaction.steps.iter().position(|step| step.id == part.step) else {
            return row.fail("unknown-step");
        };
        let reversible = transaction.steps.get(order).is_some_and(|step| step.reversible);
        let way = self.pay.compensation.as_ref().map(|declared| match &declared.way {
            Some(way) => Text::from(way),
            None => Text::shown("impossible"),
        });
        let row = row
            .with(OperandName::Order, u64::try_from(order).unwrap_or(u64::MAX))
            .with(OperandName::Reversible, reversible)
            .with_some(OperandName::Compensation, way);
        row.unless(if transaction.standing_at(self.time) != Standing::Open {
            Some("not-open")
        } else if transaction.completed.contains(&part.step) {
            Some("step-complete")
        } else if let Some(because) = out_of_order(rules.transactions.irreversible, transaction, order) {
            Some(because)
        } else if rules.transactions.declare_compensation {
            self.compensation_differs(reversible)
        } else {
            None
        })
    }

    /// A payment for a reversible step names how it is undone, one for any other says that it cannot be.
    fn compensation_differs(&self, reversible: bool) -> Option<&'static str> {
        let declared = self.pay.compensation.as_ref().map(|it| it.way.as_ref());
        match declared {
            None => Some("no-compensation-declared"),
            Some(way) if way.is_some() != reversible => Some("compensation-contradicts-step"),
            Some(_) => None,
        }
    }
}

/// Under `last`, what cannot be undone waits until every reversible step is complete, and then keeps the
/// declared order.
fn out_of_order(rule: Irreversible, transaction: &Transaction, order: usize) -> Option<&'static str> {
    let done = |id: &Id| transaction.completed.contains(id);
    let step = transaction.steps.get(order)?;
    match rule {
        _ if step.reversible => None,
        Irreversible::Allow => None,
        Irreversible::Deny => Some("irreversible"),
        Irreversible::Last => {
            let waits = |(at, other): (usize, &counterfoil_record::input::Step)| {
                !done(&other.id) && (other.reversible || at < order)
            };
            transaction.steps.iter().enumerate().any(waits).then_some("irreversible-goes-last")
        }
    }
}
