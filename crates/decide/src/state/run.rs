//! Open runs, with what they commit to.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_record::input::PlanItem;
use counterfoil_record::{Amount, Hash32, Id, Index, Text, Time, wire_map};

use super::{Answered, Total};

/// The most runs that there are, one within the other.
pub(crate) const DEPTH_MOST: usize = 4;

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
        /// The run that it is a part of.
        12 => parent: Option<Index>,
        /// How many open runs are a part of it, themselves.
        13 => sub_runs: u64,
        /// What it was mandated with.
        14 => mandate: Option<Mandated>,
        /// Its payments that are held.
        15 => held: BTreeSet<Index>,
        /// What it was refused of late.
        16 => refusals: Refusals,
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
        3 => used: BTreeMap<Id, Total>,
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
    /// What an idempotency key was used for.
    pub struct Keyed {
        /// The digest of the request.
        1 => request: Hash32,
        /// The payment.
        2 => payment: Index,
    }
}

wire_map! {
    /// A mandate, as far as it is compared.
    pub struct Mandated {
        /// The name of its form.
        1 => format: Id,
        /// Nothing that could be claimed after this moment is covered.
        2 => expires: Time,
        /// The most that may be spent, by asset.
        3 => limits: BTreeMap<Text, Amount>,
        /// Who may be paid; anybody, where nobody is named.
        4 => payees: BTreeSet<Text>,
        /// What is reserved or settled, by asset.
        5 => used: BTreeMap<Text, Total>,
    }
}

wire_map! {
    /// How much was refused in one minute.
    #[derive(Copy, Default)]
    pub struct Refusals {
        /// The minute, in whole minutes since the Unix epoch.
        1 => minute: u64,
        /// How often.
        2 => count: u64,
    }
}

impl Refusals {
    /// The minute that `time` is in.
    pub(crate) const fn minute_of(time: Time) -> u64 {
        time.seconds() / 60
    }

    /// True if no more than `most` are recorded, and so many are, in the minute of `time`.
    pub(crate) const fn is_full(&self, time: Time, most: u64) -> bool {
        self.minute == Self::minute_of(time) && self.count >= most
    }

    /// With one more at `time`.
    pub(crate) const fn and_one(self, time: Time) -> Self {
        let minute = Self::minute_of(time);
        let before = if self.minute == minute { self.count } else { 0 };
        Self { minute, count: before.saturating_add(1) }
    }
}
