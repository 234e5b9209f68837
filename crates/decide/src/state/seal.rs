//! The one place where the state changes.

use alloc::boxed::Box;
use alloc::vec::Vec;

use counterfoil_record::input::Genesis;
use counterfoil_record::{Amount, Hash32, Index, Text, Time};

use crate::policy::Budget;

use super::{
    Contribution, GroupKey, InForce, ItemOf, Keyed, Payment, Run, RunKey, State, Status, Transaction,
};

/// What a decision asks the state to become. It takes effect by [`State::seal`], once the record that
/// says so is signed and durable.
#[derive(Clone, Debug)]
#[must_use = "a decision that is not sealed did not happen"]
pub struct Pending {
    pub(crate) time: Time,
    pub(crate) control: bool,
    /// The payment that this record is the permit of.
    pub(crate) permit_of: Option<Index>,
    pub(crate) changes: Vec<Change>,
}

/// One change: a new value for one thing, or a movement in a ledger.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Genesis(Genesis),
    Policy(Box<InForce>),
    Run(Index, Box<Run>),
    CloseRun(Index),
    /// The record is about this run.
    Touch(Index),
    /// What is used of a run's plan for one item.
    PlanUse(PlanUse),
    Key(RunKey, Keyed),
    Transaction(Index, Box<Transaction>),
    Payment(Index, Box<Payment>),
    Ledger(Movement),
    Payee(Text),
    /// A payment for the purchase is open.
    Purchase(Hash32, Index),
    /// It has come to its end.
    Purchased(Hash32, Index),
    Obligation(Hash32, Index),
}

/// What a payment uses of a plan's item changes.
#[derive(Clone, Debug)]
pub(crate) struct PlanUse {
    pub(crate) run: Index,
    pub(crate) item: ItemOf,
    pub(crate) from: Contribution,
    pub(crate) to: Contribution,
}

/// What a payment adds to one budget group changes.
#[derive(Clone, Debug)]
pub(crate) struct Movement {
    pub(crate) group: GroupKey,
    /// The record that allowed the payment.
    pub(crate) permit: Index,
    /// When it did.
    pub(crate) at: Time,
    /// True for the allow itself.
    pub(crate) first: bool,
    pub(crate) from: Contribution,
    pub(crate) to: Contribution,
}

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
        self.time = pending.time;
        self.size = index.next();
    }

    fn take(&mut self, change: Change, index: Index, now: Time) {
        match change {
            Change::Genesis(genesis) => self.genesis = Some(genesis),
            Change::Policy(policy) => self.adopt(*policy),
            Change::Run(run, value) => {
                self.runs.insert(run, *value);
            }
            Change::CloseRun(run) => self.close(run),
            Change::Touch(run) => {
                if let Some(run) = self.runs.get_mut(&run) {
                    run.last = index;
                }
            }
            Change::PlanUse(used) => self.use_plan(used),
            Change::Key(key, value) => {
                self.keys.insert(key, value);
            }
            Change::Transaction(transaction, value) => {
                self.transactions.insert(transaction, *value);
            }
            Change::Payment(payment, value) => {
                self.payments.insert(payment, *value);
            }
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

    /// A new policy voids holds and phase answers; reservations stay. Budgets that are gone forget.
    fn adopt(&mut self, policy: InForce) {
        self.void(|_| true);
        for run in self.runs.values_mut() {
            run.answers.clear();
        }
        self.ledgers.retain(|group, _| policy.budgets_since.contains_key(&group.budget));
        let pinned = policy.policy.assets.iter().map(|(name, pin)| (name.clone(), pin.id.clone()));
        self.assets.extend(pinned);
        self.policy = Some(policy);
    }

    fn close(&mut self, run: Index) {
        self.runs.remove(&run);
        self.keys.retain(|key, _| key.run != run);
        self.void(|payment| payment.run == run);
    }

    fn void(&mut self, which: impl Fn(&Payment) -> bool) {
        let held = self.payments.values_mut().filter(|it| it.status == Status::Held && which(it));
        for payment in held {
            payment.status = Status::Void;
            payment.hold = None;
        }
    }

    /// A plan that was replaced, or whose run is closed, is not used any more.
    fn use_plan(&mut self, used: PlanUse) {
        let run = self.runs.get_mut(&used.run);
        let plan = run.and_then(|run| run.plan.as_mut()).filter(|plan| plan.index == used.item.plan);
        if let Some(plan) = plan {
            let total = plan.used.entry(used.item.item).or_default();
            let from = used.from.total().unwrap_or_default();
            let to = used.to.total().unwrap_or(Amount::MAX);
            *total = total.saturating_sub(from).checked_add(to).unwrap_or(Amount::MAX);
        }
    }

    /// The budget of the group, if it counts a payment permitted by record `permit`.
    fn counting(&self, group: &GroupKey, permit: Index) -> Option<&Budget> {
        let in_force = self.policy.as_ref()?;
        let since = in_force.budgets_since.get(&group.budget)?;
        in_force.policy.budgets.iter().find(|budget| budget.id == group.budget && permit > *since)
    }

    /// A budget that is gone counts nothing. A payment that was allowed before a budget was adopted is not
    /// in it, also where another budget had the same id then.
    fn move_ledger(&mut self, moved: &Movement, index: Index, now: Time) {
        let Some(window) = self.counting(&moved.group, moved.permit).map(|budget| budget.rolling) else {
            return;
        };
        let ledger = self.ledgers.entry(moved.group.clone()).or_default();
        ledger.forget(now, window);
        ledger.record(moved, index, window);
    }
}
