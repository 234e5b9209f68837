//! What the decision on a payment was made on: read from its trace and from the state before it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::policy::Budget;
use counterfoil_decide::state::{Contribution, GroupKey, ItemOf, Terms};
use counterfoil_record::input::Pay;
use counterfoil_record::verdict::{CheckName, OperandName};
use counterfoil_record::{Index, Input, Record, Text, Time, Verdict};

/// A budget group that counts the payment.
#[derive(Clone, Debug)]
struct Group {
    key: GroupKey,
    budget: Budget,
    /// The record since which the budget counts.
    since: Index,
}

/// What one decision was made on.
#[derive(Clone, Debug)]
pub(super) struct Needs {
    pub(super) payment: Index,
    /// The record that decided.
    pub(super) decided: Index,
    at: Time,
    groups: Vec<Group>,
    item: Option<ItemOf>,
    /// The runs with a mandate that it is under, and the asset.
    mandates: BTreeSet<Index>,
    asset: Option<Text>,
    /// The payee, where the policy asks whether it was paid before.
    payee: Option<Text>,
    transaction: Option<Index>,
    /// Records that the trace names: the last that moved each group, and the payments that stood in the way.
    pub(super) named: BTreeSet<Index>,
    /// The runs, from the payment's own upward.
    pub(super) runs: Vec<Index>,
}

impl Needs {
    /// What `record`, a `pay` or a `claim` decided on `before`, was decided on. `None` for any other.
    pub(super) fn of(record: &Record, before: &State) -> Option<Self> {
        let (payment, pay): (Index, &Pay) = match &record.input {
            Input::Pay(pay) => (record.index, pay),
            Input::Claim(claim) => {
                let held = before.payments.get(&claim.payment)?;
                (claim.payment, &held.hold.as_ref()?.request)
            }
            _ => return None,
        };
        let verdict = &record.verdict;
        let index = |check, name| verdict.row(check).and_then(|row| row.index(name));
        let in_force = before.policy.as_ref();
        let groups = before.counted_in(pay, record.time).into_iter().filter_map(|key| {
            let in_force = in_force?;
            let budget = in_force.policy.budgets.iter().find(|budget| budget.id == key.budget)?.clone();
            let since = in_force.budgets_since.get(&key.budget).copied()?;
            Some(Group { key, budget, since })
        });
        let plan = index(CheckName::Plan, OperandName::Index);
        let purchase = index(CheckName::Purchase, OperandName::Index);
        let rows = |check| verdict.trace.iter().filter(move |row| row.check == check);
        let mut named: BTreeSet<Index> =
            rows(CheckName::Budget).filter_map(|row| row.index(OperandName::Previous)).collect();
        named.extend(purchase);
        named.extend(index(CheckName::Idempotency, OperandName::Index));
        let first_asked =
            in_force.is_some_and(|it| it.policy.gates.iter().any(|gate| gate.when.first_payment_to_payee));
        Some(Self {
            payment,
            decided: record.index,
            at: record.time,
            groups: groups.collect(),
            item: plan.zip(pay.item.clone()).map(|(plan, item)| ItemOf { plan, item }),
            mandates: rows(CheckName::Mandate).filter_map(|row| row.index(OperandName::Run)).collect(),
            asset: verdict.row(CheckName::Asset).and_then(|row| row.text(OperandName::Value)).cloned(),
            payee: payee(verdict).filter(|_| first_asked).cloned(),
            transaction: pay.part.as_ref().map(|part| part.transaction),
            named,
            runs: chain(before, pay.run),
        })
    }

    /// True if an earlier payment that was allowed under `terms` counts in what this one was decided on.
    pub(super) fn counts(&self, terms: &Terms) -> bool {
        self.groups_of(terms).next().is_some() || self.is_of_item(terms) || self.is_mandated(terms)
    }

    /// True for the first payment that shows that the payee was paid before.
    pub(super) fn is_first_payee(&mut self, terms: &Terms) -> bool {
        self.payee.take_if(|payee| *payee == terms.payee).is_some()
    }

    /// True if what an earlier fact changes about a payment that counts can be seen in this decision.
    pub(super) fn sees(&self, terms: &Terms, from: Contribution, to: Contribution) -> bool {
        let spent = from.reserved != to.reserved || from.settled != to.settled;
        let back = from.returned != to.returned;
        let in_groups = self
            .groups_of(terms)
            .any(|group| group.budget.limit.is_some() && (spent || (back && group.budget.restore_refunds)));
        in_groups || (from.used() != to.used() && (self.is_of_item(terms) || self.is_mandated(terms)))
    }

    /// True for another payment of the same transaction.
    pub(super) fn is_beside(&self, terms: &Terms) -> bool {
        let transaction = terms.part.as_ref().map(|part| part.transaction);
        self.transaction.is_some() && transaction == self.transaction
    }

    fn is_of_item(&self, terms: &Terms) -> bool {
        self.item.is_some() && terms.item == self.item
    }

    fn is_mandated(&self, terms: &Terms) -> bool {
        self.asset.as_ref() == Some(&terms.asset)
            && terms.mandates.iter().any(|run| self.mandates.contains(run))
    }

    fn groups_of(&self, terms: &Terms) -> impl Iterator<Item = &Group> {
        let at = terms.at;
        self.groups.iter().filter(move |group| {
            terms.permit > group.since
                && terms.groups.contains(&group.key)
                && group.budget.window.as_ref().is_none_or(|it| it.has(at, self.at))
        })
    }
}

/// The run and those that it is a part of; the run alone where it is not open.
pub(super) fn chain(state: &State, run: Index) -> Vec<Index> {
    let above = state.chain(run).map(|(index, _)| index).skip(1);
    core::iter::once(run).chain(above).collect()
}

/// The account that a decision is about paying.
pub(super) fn payee(verdict: &Verdict) -> Option<&Text> {
    verdict.row(CheckName::Payee)?.text(OperandName::Value)
}
