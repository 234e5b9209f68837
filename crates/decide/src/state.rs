//! The state: what the records so far add up to. It is derived from the log and from nothing else.
//!
//! It has one canonical encoding, whose SHA-256 stands in `start`, `stop` and `heartbeat` records. It is
//! changed in one place only, [`State::seal`], by the changes that a decision asks for.

mod change;
mod digest;
mod forget;
mod ledger;
mod parties;
mod payment;
mod run;
mod seal;
mod total;
mod transaction;
mod window;

pub use change::Pending;
pub(crate) use change::{Change, Movement, Use, UseOf};
pub use digest::Stood;
pub use ledger::{Contribution, Entry, GroupKey, Ledger, Totals};
pub use parties::{LogKey, Revoked};
pub use payment::{Answered, Bound, Hold, ItemOf, Payment, Status, Terms};
pub(crate) use run::DEPTH_MOST;
pub use run::{Artefact, Keyed, Mandated, PhaseAnswer, Plan, Refusals, Run, Since};
pub use total::Total;
pub use transaction::{Obligation, Standing, Transaction};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_record::input::{Genesis, Governance, Scope};
use counterfoil_record::{Hash32, Id, Index, Text, Time, wire_map};

use crate::policy::{AssetIdentity, Policy};

wire_map! {
    /// Everything that the records so far add up to.
    #[derive(Default)]
    pub struct State {
        /// The genesis input; absent before it.
        1 => genesis: Option<Genesis>,
        /// The number of records, and so the index of the next.
        2 => size: Index,
        /// The time of the last record that was not refused for its time.
        3 => time: Time,
        /// The last record that changed policy, keys or suspension.
        4 => last_control: Option<Index>,
        /// The policy in force.
        5 => policy: Option<InForce>,
        /// The open runs.
        6 => runs: BTreeMap<Index, Run>,
        /// The idempotency keys that open runs have used.
        7 => keys: BTreeMap<Index, BTreeMap<Id, Keyed>>,
        /// The transactions.
        8 => transactions: BTreeMap<Index, Transaction>,
        /// The payments, by the record that allowed or first held them.
        9 => payments: BTreeMap<Index, Payment>,
        /// What each budget group adds up to.
        10 => ledgers: BTreeMap<GroupKey, Ledger>,
        /// Every account that a payment was allowed to.
        11 => payees: BTreeSet<Text>,
        /// The open payments for each purchase: more than one only where it may be repeated.
        12 => purchases: BTreeMap<Hash32, BTreeSet<Index>>,
        /// The payment that each signed obligation was bound to.
        13 => obligations: BTreeMap<Hash32, Index>,
        /// What each name that a policy gave an asset stands for, for good.
        14 => assets: BTreeMap<Id, AssetIdentity>,
        /// The open run of each caller's name.
        15 => run_ids: BTreeMap<Id, Index>,
        /// The log's keys, the present one last.
        16 => log_keys: Vec<LogKey>,
        /// Who governs, with the keys that they have now.
        17 => governance: Option<Governance>,
        /// The keys that are not used any more, by thumbprint.
        18 => revoked: BTreeMap<Hash32, Revoked>,
        /// What is suspended, with the record that did it.
        19 => suspended: BTreeMap<Scope, Index>,
        /// Refusals of what is about no open run.
        20 => refusals: Refusals,
        /// Payments that came to their end, with the time from which each is kept.
        21 => ended: BTreeSet<Ended>,
    }
}

wire_map! {
    /// A payment that came to its end.
    #[derive(Copy, PartialOrd, Ord)]
    pub struct Ended {
        /// It is kept for the policy's `match_horizon` from then on.
        1 => kept_from: Time,
        /// The payment.
        2 => payment: Index,
    }
}

wire_map! {
    /// A policy in force.
    pub struct InForce {
        /// The policy.
        1 => policy: Policy,
        /// Its digest.
        2 => digest: Hash32,
        /// The record that adopted it.
        3 => index: Index,
        /// Since which record each budget counts.
        4 => budgets_since: BTreeMap<Id, Index>,
    }
}

impl State {
    /// The state before any record.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is to be compensated at `time`, by transaction, within each the latest payment first.
    pub fn obligations_at(&self, time: Time) -> Vec<Obligation> {
        let failed = self.transactions.iter().filter(|(_, it)| it.standing_at(time) == Standing::Aborted);
        failed
            .flat_map(|(index, transaction)| {
                transaction.payments.iter().rev().map(|payment| (*index, *payment))
            })
            .filter_map(|(transaction, payment)| {
                let open = self.payments.get(&payment)?.owed();
                (!open.is_zero()).then_some(Obligation { transaction, payment, open })
            })
            .collect()
    }

    /// The run and those that it is a part of, from the run upward; empty where it is not open.
    pub fn chain(&self, run: Index) -> impl Iterator<Item = (Index, &Run)> {
        let found = |run: Index| self.runs.get(&run).map(|value| (run, value));
        core::iter::successors(found(run), move |(_, run)| found(run.parent?)).take(DEPTH_MOST)
    }
}
