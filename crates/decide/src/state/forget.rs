//! What is not kept for ever: payments that ended long ago, and what hangs on them.

use counterfoil_record::Index;

use super::{Ended, Standing, State};

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
        self.payments.remove(&index);
        if let Some(obligation) = bound {
            self.obligations.remove(&obligation);
        }
        if let Some(transaction) = transaction {
            self.forget_transaction(transaction);
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
