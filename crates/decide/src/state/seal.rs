//! The one place where the state changes.

use alloc::boxed::Box;

use counterfoil_record::input::Genesis;
use counterfoil_record::{Hash32, Index, Time};

use super::{
    Change, Ended, GroupKey, InForce, LogKey, Movement, Payment, Pending, Revoked, Run, State, Status, Terms,
};
use super::{Use, UseOf};
use crate::policy::Budget;

impl State {
    /// Takes over what a decision asked for. `leaf` is the leaf hash of its signed record.
    pub fn seal(&mut self, pending: Pending, leaf: Hash32) {
        let index = self.size;
        for change in pending.changes {
            self.take(change, index, pending.time);
        }
        let permitted = pending.permit_of.and_then(|payment| self.payments.get_mut(&payment));
        if let Some(terms) = permitted.and_then(|payment| payment.terms.as_mut()) {
            terms.leaf = Some(leaf);
        }
        if pending.control {
            self.last_control = Some(index);
        }
        self.time = self.time.max(pending.time);
        self.size = index.next();
        self.forget();
    }

    fn take(&mut self, change: Change, index: Index, now: Time) {
        match change {
            Change::Genesis(genesis) => self.open(genesis),
            Change::Policy(policy) => self.adopt(*policy, now),
            Change::LogKey(key) => self.log_keys.push(key),
            Change::Governance(governance) => self.governance = Some(governance),
            Change::Revoked(key, revoked) => self.revoke(key, revoked),
            Change::Suspend(scope) => {
                self.suspended.insert(scope, index);
            }
            Change::Resume(scope) => {
                self.suspended.remove(&scope);
            }
            Change::OpenRun(run) => self.open_run(index, run),
            Change::Run(run, value) => {
                self.runs.insert(run, *value);
            }
            Change::CloseRun(run) => self.close(run, now),
            Change::Touch(run) => {
                if let Some(run) = self.runs.get_mut(&run) {
                    run.last = index;
                }
            }
            Change::Refused(run, at) => {
                let run = run.and_then(|run| self.runs.get_mut(&run));
                let refusals = run.map_or(&mut self.refusals, |run| &mut run.refusals);
                *refusals = refusals.and_one(at);
            }
            Change::Use(used) => self.use_up(used),
            Change::Key(run, key, value) => {
                self.keys.entry(run).or_default().insert(key, value);
            }
            Change::Transaction(transaction, value) => {
                self.transactions.insert(transaction, *value);
            }
            Change::Payment(payment, value) => self.put_payment(payment, *value, now),
            Change::Ledger(moved) => self.move_ledger(&moved, index, now),
            Change::Payee(payee) => {
                self.payees.insert(payee);
            }
            Change::Purchase(key, payment) => {
                self.purchases.entry(key).or_default().insert(payment);
            }
            Change::Purchased(key, payment) => {
                let open = self.purchases.entry(key).or_default();
                open.remove(&payment);
                if open.is_empty() {
                    self.purchases.remove(&key);
                }
            }
            Change::Obligation(key, payment) => {
                self.obligations.insert(key, payment);
            }
        }
    }

    fn open(&mut self, genesis: Genesis) {
        self.log_keys.push(LogKey { key: genesis.log_key, since: Index::GENESIS });
        self.governance.clone_from(&genesis.governance);
        self.genesis = Some(genesis);
    }

    /// A new policy voids holds and phase answers; reservations stay. Budgets that are gone forget.
    fn adopt(&mut self, policy: InForce, now: Time) {
        let runs: alloc::vec::Vec<Index> = self.runs.keys().copied().collect();
        for run in runs {
            self.void(run, now);
            if let Some(run) = self.runs.get_mut(&run) {
                run.answers.clear();
            }
        }
        self.ledgers.retain(|group, _| policy.budgets_since.contains_key(&group.budget));
        let pinned = policy.policy.assets.iter().map(|(name, pin)| (name.clone(), pin.identity()));
        self.assets.extend(pinned);
        self.policy = Some(policy);
    }

    /// What a compromised key said since then does not count.
    fn revoke(&mut self, key: Hash32, revoked: Revoked) {
        self.revoked.insert(key, revoked);
        let Some(since) = revoked.since else { return };
        let stands = |answered: &super::Answered| answered.key != key || answered.index < since;
        for run in self.runs.values_mut() {
            run.answers.retain(|answer| stands(&answer.answered));
            for payment in &run.held {
                let held = self.payments.get_mut(payment).and_then(|payment| payment.hold.as_mut());
                if let Some(hold) = held {
                    hold.answers.retain(stands);
                }
            }
        }
    }

    fn open_run(&mut self, index: Index, run: Box<Run>) {
        self.run_ids.insert(run.id.clone(), index);
        if let Some(parent) = run.parent.and_then(|parent| self.runs.get_mut(&parent)) {
            parent.sub_runs = parent.sub_runs.saturating_add(1);
        }
        self.runs.insert(index, *run);
    }

    fn close(&mut self, index: Index, now: Time) {
        self.void(index, now);
        let Some(run) = self.runs.remove(&index) else { return };
        self.run_ids.remove(&run.id);
        if let Some(parent) = run.parent.and_then(|parent| self.runs.get_mut(&parent)) {
            parent.sub_runs = parent.sub_runs.saturating_sub(1);
        }
        self.keys.remove(&index);
        self.forget_ledgers_of(index);
        for transaction in run.transactions.values() {
            self.forget_transaction(*transaction);
        }
    }

    fn void(&mut self, run: Index, now: Time) {
        let held = self.runs.get_mut(&run).map(|run| core::mem::take(&mut run.held));
        for index in held.into_iter().flatten() {
            let Some(mut payment) = self.payments.get(&index).cloned() else { continue };
            payment.status = Status::Void;
            payment.hold = None;
            self.put_payment(index, payment, now);
        }
    }

    /// Keeps the lists of what is held and of what has ended.
    fn put_payment(&mut self, index: Index, mut payment: Payment, now: Time) {
        if let Some(kept_from) = payment.kept_from {
            self.ended.remove(&Ended { kept_from, payment: index });
        }
        if payment.status.is_final() {
            let dead_from = payment.terms.as_ref().map(Terms::dead_from).unwrap_or_default();
            let kept_from = now.max(dead_from);
            payment.kept_from = Some(kept_from);
            self.ended.insert(Ended { kept_from, payment: index });
        }
        if let Some(run) = self.runs.get_mut(&payment.run) {
            if payment.status == Status::Held {
                run.held.insert(index);
            } else {
                run.held.remove(&index);
            }
        }
        self.payments.insert(index, payment);
    }

    /// A plan that was replaced, or whose run is closed, is not used any more, and no mandate of a closed run.
    fn use_up(&mut self, used: Use) {
        let Some(run) = self.runs.get_mut(&used.run) else { return };
        let total = match used.of {
            UseOf::Plan(of) => {
                let plan = run.plan.as_mut().filter(|plan| plan.index == of.plan);
                plan.map(|plan| plan.used.entry(of.item).or_default())
            }
            UseOf::Mandate(asset) => {
                run.mandate.as_mut().map(|mandate| mandate.used.entry(asset).or_default())
            }
        };
        if let Some(total) = total {
            *total = total.minus(used.from.used()).plus(used.to.used());
        }
    }

    /// The budget of the group, if it counts a payment permitted by record `permit`.
    pub(crate) fn counting(&self, group: &GroupKey, permit: Index) -> Option<&Budget> {
        let in_force = self.policy.as_ref()?;
        let since = in_force.budgets_since.get(&group.budget)?;
        in_force.policy.budgets.iter().find(|budget| budget.id == group.budget && permit > *since)
    }

    /// A budget that is gone counts nothing. A payment that was allowed before a budget was adopted is not
    /// in it, also where another budget had the same id then.
    fn move_ledger(&mut self, moved: &Movement, index: Index, now: Time) {
        let Some(window) = self.counting(&moved.group, moved.permit).map(|budget| budget.window.clone())
        else {
            return;
        };
        self.ledgers.entry(moved.group.clone()).or_default().record(moved, index, now, window.as_ref());
    }
}
