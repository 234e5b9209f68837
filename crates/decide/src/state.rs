//! The state: what the records so far add up to. It is derived from the log and from nothing else.
//!
//! It has one canonical encoding, whose SHA-256 stands in `start` and `stop` records. It is changed in one
//! place only, [`State::seal`], by the changes that a decision asks for.

mod ledger;
mod payment;
mod seal;

pub use ledger::{Contribution, GroupKey, Ledger};
pub use payment::{Answered, Bound, Hold, ItemOf, Payment, Status, Terms};
pub use seal::Pending;
pub(crate) use seal::{Change, Movement, PlanUse};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{Genesis, PlanItem, Step};
use counterfoil_record::{Amount, Hash32, Id, Index, Text, Time, wire_code, wire_map};

use crate::policy::Policy;

wire_map! {
    /// Everything that the records so far add up to.
    #[derive(Default)]
    pub struct State {
        /// The genesis input; absent before it.
        1 => genesis: Option<Genesis>,
        /// The number of records, and so the index of the next.
        2 => size: Index,
        /// The time of the last record.
        3 => time: Time,
        /// The last record that changed policy, keys or suspension.
        4 => last_control: Option<Index>,
        /// The policy in force.
        5 => policy: Option<InForce>,
        /// The open runs.
        6 => runs: BTreeMap<Index, Run>,
        /// The idempotency keys that open runs have used.
        7 => keys: BTreeMap<RunKey, Keyed>,
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
        /// What each name that a policy gave an asset stands for, for good (CAIP-19).
        14 => assets: BTreeMap<Id, Text>,
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

wire_map! {
    /// An open run.
    pub struct Run {
        /// The caller's name for it.
        1 => id: Id,
        /// The agent.
        2 => agent: Id,
        /// The principal.
        3 => principal: Id,
        /// The phase that it is in.
        4 => phase: Id,
        /// The record that entered that phase.
        5 => phase_since: Since,
        /// What is attached, by name.
        6 => artefacts: BTreeMap<Id, Artefact>,
        /// The plan that the phase was entered with.
        7 => plan: Option<Plan>,
        /// Answers to the question whether a phase may be entered.
        8 => answers: Vec<PhaseAnswer>,
        /// The last record about it.
        9 => last: Index,
        /// Its transactions, by the caller's name for each.
        10 => transactions: BTreeMap<Id, Index>,
        /// The digest of the rule that its phase was entered by.
        11 => phase_rule: Hash32,
    }
}

wire_map! {
    /// A record and its time: since when something is so.
    #[derive(Copy, PartialOrd, Ord)]
    pub struct Since {
        /// The record.
        1 => index: Index,
        /// Its time.
        2 => time: Time,
    }
}

wire_map! {
    /// An attached artefact.
    pub struct Artefact {
        /// The record that attached it.
        1 => since: Since,
        /// SHA-256 of its bytes.
        2 => digest: Hash32,
        /// A plan's items.
        3 => items: Vec<PlanItem>,
    }
}

wire_map! {
    /// A plan as it stood when its phase was entered, with what is used of it.
    pub struct Plan {
        /// The record that attached it.
        1 => index: Index,
        /// Its items.
        2 => items: Vec<PlanItem>,
        /// What is reserved or settled for each item.
        3 => used: BTreeMap<Id, Amount>,
    }
}

wire_map! {
    /// One person's answer about entering a phase.
    pub struct PhaseAnswer {
        /// The digest of what was answered.
        1 => subject: Hash32,
        /// The answer.
        2 => answered: Answered,
    }
}

wire_map! {
    /// An idempotency key, within a run.
    #[derive(PartialOrd, Ord)]
    pub struct RunKey {
        /// The run.
        1 => run: Index,
        /// The caller's key.
        2 => key: Id,
    }
}

wire_map! {
    /// What an idempotency key was used for.
    pub struct Keyed {
        /// The digest of the request.
        1 => request: Hash32,
        /// The payment.
        2 => payment: Index,
    }
}

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
    /// What has settled and is not compensated.
    pub open: Amount,
}

impl State {
    /// The state before any record.
    pub fn new() -> Self {
        Self::default()
    }

    /// The digest of the state: SHA-256 of its canonical encoding.
    pub fn digest(&self) -> Hash32 {
        Hash32::of(&[&self.to_bytes()])
    }

    /// What is to be compensated at `time`, by transaction, within each the latest payment first.
    pub fn obligations_at(&self, time: Time) -> Vec<Obligation> {
        let failed = self.transactions.iter().filter(|(_, it)| it.standing_at(time) == Standing::Aborted);
        failed
            .flat_map(|(index, transaction)| {
                transaction.payments.iter().rev().map(|payment| (*index, *payment))
            })
            .filter_map(|(transaction, payment)| {
                let open = self.payments.get(&payment)?.uncompensated();
                (!open.is_zero()).then_some(Obligation { transaction, payment, open })
            })
            .collect()
    }
}
