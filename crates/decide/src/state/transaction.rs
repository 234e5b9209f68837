//! Transactions, and what is owed when they fail.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use counterfoil_record::input::Step;
use counterfoil_record::{Amount, Id, Index, Time, wire_code, wire_map};

wire_code! {
    /// What became of a transaction. A passed deadline counts as an abort without a record of its own.
    pub enum Standing {
        /// It goes on.
        0 => Open = "open",
        /// It is complete.
        1 => Committed = "committed",
        /// It failed.
        2 => Aborted = "aborted",
    }
}

wire_map! {
    /// A transaction.
    pub struct Transaction {
        /// The run.
        1 => run: Index,
        /// The caller's name for it.
        2 => id: Id,
        /// Its steps, in order.
        3 => steps: Vec<Step>,
        /// The steps that are complete.
        4 => completed: BTreeSet<Id>,
        /// After this moment it counts as aborted.
        5 => deadline: Time,
        /// What became of it, by record.
        6 => standing: Standing,
        /// The payments allowed in it, in order.
        7 => payments: Vec<Index>,
        /// The last record about it.
        8 => last: Index,
    }
}

impl Transaction {
    /// What became of it by `time`: an open transaction over its deadline is aborted.
    pub fn standing_at(&self, time: Time) -> Standing {
        match self.standing {
            Standing::Open if time > self.deadline => Standing::Aborted,
            standing => standing,
        }
    }
}

/// A settled payment of a transaction that failed, and what is still to be compensated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The transaction.
    pub transaction: Index,
    /// The payment.
    pub payment: Index,
    /// What has settled and is neither returned nor written off.
    pub open: Amount,
}
