//! What is not kept for ever: payments that ended long ago, and what hangs on them.

use alloc::vec::Vec;

use counterfoil_record::{Index, Text};

use super::{Ended, GroupKey, Standing, State, Terms};
use crate::policy::Dimension;

/// The most payments that are looked at after one record.
const LOOKED_AT_MOST: usize = 16;

impl State {
    /// Forgets payments whose end is further back than the policy's horizon. What they added up to stays.
    pub(super) fn forget(&mut self) {
        let limits = self.policy.as_ref().map(|in_force| &in_force.policy.limits);
        let Some(horizon) = limits.and_then(|limits| limits.match_horizon) else { return };
        for _ in 0..LOOKED_AT_MOST {
            let Some(ended) = self.ended.first().copied() else { return };
            if ended.kept_from.plus(horizon) >= self.time {
                return;
            }
            self.ended.remove(&ended);
            self.look_at(ended.payment);
        }
    }

    /// What is owed, or may come to be owed, is kept on.
    fn look_at(&mut self, index: Index) {
        let Some(payment) = self.payments.get_mut(&index) else { return };
        let transaction = payment.terms.as_ref().and_then(|terms| Some(terms.part.as_ref()?.transaction));
        let found = transaction.and_then(|at| self.transactions.get(&at));
        let may_owe = found.is_some_and(|found| found.standing != Standing::Committed);
        if may_owe && !payment.owed().is_zero() {
            payment.kept_from = Some(self.time);
            self.ended.insert(Ended { kept_from: self.time, payment: index });
            return;
        }
        let bound = payment.bound.as_ref().map(|bound| bound.obligation);
        let terms = payment.terms.take();
        self.payments.remove(&index);
        if let Some(terms) = terms {
            self.forget_counted(&terms);
        }
        if let Some(obligation) = bound {
            self.obligations.remove(&obligation);
        }
        if let Some(transaction) = transaction {
            self.forget_transaction(transaction);
        }
    }

    /// One payment less is known of those that each group counts.
    fn forget_counted(&mut self, terms: &Terms) {
        for group in &terms.groups {
            if self.counting(group, terms.permit).is_none() {
                continue;
            }
            if let Some(ledger) = self.ledgers.get_mut(group) {
                ledger.known = ledger.known.saturating_sub(1);
            }
            self.forget_ledger(group);
        }
    }

    /// Forgets what a closed run added up to by itself, once none of its payments is known: nothing can count there any
    /// more.
    fn forget_ledger(&mut self, group: &GroupKey) {
        let in_force = self.policy.as_ref();
        let budget =
            in_force.and_then(|it| it.policy.budgets.iter().find(|budget| budget.id == group.budget));
        let of_run = budget.is_some_and(|budget| budget.per.contains(&Dimension::Run));
        // The run is the first of the dimensions.
        let run = group.values.first().and_then(|run| run.as_str().parse().ok()).map(Index::new);
        let is_over = of_run && run.is_some_and(|run| !self.runs.contains_key(&run));
        if is_over && self.ledgers.get(group).is_some_and(|ledger| ledger.known == 0) {
            self.ledgers.remove(group);
        }
    }

    /// Forgets what is no longer of use of a run that was closed.
    pub(super) fn forget_ledgers_of(&mut self, run: Index) {
        let run = Text::shown(run);
        let budgets = self.policy.as_ref().map(|in_force| in_force.policy.budgets.as_slice());
        let of_run = budgets.unwrap_or_default().iter().filter(|budget| budget.per.contains(&Dimension::Run));
        let groups: Vec<GroupKey> = of_run
            .flat_map(|budget| {
                let first = GroupKey { budget: budget.id.clone(), values: Vec::from([run.clone()]) };
                let from = self.ledgers.range(first..).map(|(group, _)| group);
                from.take_while(|group| group.budget == budget.id && group.values.first() == Some(&run))
            })
            .cloned()
            .collect();
        for group in groups {
            self.forget_ledger(&group);
        }
    }

    /// Forgets a transaction that nothing can be about any more.
    pub(super) fn forget_transaction(&mut self, index: Index) {
        let Some(transaction) = self.transactions.get(&index) else { return };
        let known = transaction.payments.iter().any(|payment| self.payments.contains_key(payment));
        if !known && !self.runs.contains_key(&transaction.run) {
            self.transactions.remove(&index);
        }
    }
}
