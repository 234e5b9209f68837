//! Work: runs, what they commit to, their phases and their transactions.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::Enclosed;
use crate::private::Commitment;
use crate::text::{Id, Text};
use crate::{Amount, Hash32, Index, Time, wire_map};

wire_map! {
    /// An agent begins a piece of work. The record's index is the run's lasting name.
    pub struct OpenRun {
        /// The caller's name for it, unique among open runs.
        1 => id: Id,
        /// The agent, as the policy names it.
        2 => agent: Id,
        /// The person or body on whose behalf it acts.
        3 => principal: Id,
        /// What the work is for.
        4 => purpose: Option<Commitment>,
        /// The open run that it is a part of, and whose budgets it spends too.
        5 => parent: Option<Index>,
        /// What it was mandated with.
        6 => mandate: Option<Mandate>,
    }
}

wire_map! {
    /// A mandate from the principal: its bytes, and the limits that they are said to state. The limits are
    /// compared; that the bytes say so, and who signed them, is not.
    pub struct Mandate {
        /// The name of the form of `evidence`, such as `ap2-intent-mandate`.
        1 => format: Id,
        /// The mandate itself, at most [`super::MANDATE_MOST`].
        2 => evidence: Enclosed,
        /// Nothing that could be claimed after this moment is covered.
        3 => expires: Time,
        /// The most that the run and its sub-runs may spend, by asset (CAIP-19); nothing in an asset that is
        /// not named.
        4 => limits: BTreeMap<Text, Amount>,
        /// The accounts (CAIP-10) that may be paid; any, where none is named.
        5 => payees: BTreeSet<Text>,
    }
}

wire_map! {
    /// The work is over.
    pub struct CloseRun {
        /// The run.
        1 => run: Index,
    }
}

wire_map! {
    /// The run commits to an artefact. Attaching under a name again replaces what stood there.
    pub struct Attach {
        /// The run.
        1 => run: Index,
        /// The artefact's name, such as `plan`.
        2 => name: Id,
        /// Its media type.
        3 => media_type: Id,
        /// SHA-256 of its bytes.
        4 => digest: Hash32,
        /// A plan's items.
        5 => items: Vec<PlanItem>,
    }
}

wire_map! {
    /// One line of a plan: at most `ceiling` to `payee`.
    pub struct PlanItem {
        /// The item's name, unique in the plan.
        1 => id: Id,
        /// What kind of spending it is.
        2 => category: Id,
        /// The account to be paid, CAIP-10, lower case.
        3 => payee: Text,
        /// The asset, as the policy names it.
        4 => asset: Id,
        /// The most that payments for this item may add up to.
        5 => ceiling: Amount,
    }
}

wire_map! {
    /// The run moves to another phase.
    pub struct EnterPhase {
        /// The run.
        1 => run: Index,
        /// The phase to enter.
        2 => phase: Id,
    }
}

wire_map! {
    /// Opens a transaction. The record's index is its lasting name.
    pub struct Begin {
        /// The run.
        1 => run: Index,
        /// The caller's name for it, unique in its run.
        2 => id: Id,
        /// Its steps, in order.
        3 => steps: Vec<Step>,
        /// After this moment it counts as aborted.
        4 => deadline: Time,
    }
}

wire_map! {
    /// One step of a transaction.
    pub struct Step {
        /// Its name, unique in the transaction.
        1 => id: Id,
        /// Whether a payment for it can be undone.
        2 => reversible: bool,
    }
}

wire_map! {
    /// One step was delivered.
    pub struct CompleteStep {
        /// The transaction.
        1 => transaction: Index,
        /// The step.
        2 => step: Id,
        /// SHA-256 of what was delivered.
        3 => evidence: Option<Hash32>,
    }
}

wire_map! {
    /// The transaction is complete.
    pub struct Commit {
        /// The transaction.
        1 => transaction: Index,
    }
}

wire_map! {
    /// The transaction failed.
    pub struct Abort {
        /// The transaction.
        1 => transaction: Index,
        /// Why.
        2 => reason: Option<Commitment>,
    }
}
