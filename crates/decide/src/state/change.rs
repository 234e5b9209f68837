//! What a decision asks the state to become.

use alloc::boxed::Box;
use alloc::vec::Vec;

use counterfoil_record::input::{Genesis, Governance, Scope};
use counterfoil_record::{Hash32, Id, Index, Text, Time};

use super::{Contribution, GroupKey, InForce, ItemOf, Keyed, LogKey, Payment, Revoked, Run, Transaction};

/// What a decision asks the state to become. It takes effect by [`State::seal`](super::State::seal), once
/// the record that says so is signed and durable.
#[derive(Clone, Debug)]
#[must_use = "a decision that is not sealed did not happen"]
pub struct Pending {
    pub(crate) time: Time,
    pub(crate) control: bool,
    /// The payment that this record is the permit of.
    pub(crate) permit_of: Option<Index>,
    pub(crate) changes: Vec<Change>,
}

impl Pending {
    /// True if nothing is asked for but that a run's last record is this one.
    pub(crate) fn is_idle(&self) -> bool {
        self.changes.iter().all(|change| matches!(change, Change::Touch(_)))
    }
}

/// One change: a new value for one thing, or a movement in a ledger.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Genesis(Genesis),
    Policy(Box<InForce>),
    LogKey(LogKey),
    Governance(Governance),
    Revoked(Hash32, Revoked),
    Suspend(Scope),
    Resume(Scope),
    OpenRun(Box<Run>),
    Run(Index, Box<Run>),
    CloseRun(Index),
    /// The record is about this run.
    Touch(Index),
    /// A refusal about this run, or about none that is open, and when it was asked.
    Refused(Option<Index>, Time),
    /// What a payment uses of something that a run has a limited amount of.
    Use(Use),
    /// An idempotency key of a run is used.
    Key(Index, Id, Keyed),
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

/// What a payment uses changes.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) run: Index,
    pub(crate) of: UseOf,
    pub(crate) from: Contribution,
    pub(crate) to: Contribution,
}

/// What a run has a limited amount of.
#[derive(Clone, Debug)]
pub(crate) enum UseOf {
    /// An item of its plan.
    Plan(ItemOf),
    /// Its mandate to spend an asset.
    Mandate(Text),
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
