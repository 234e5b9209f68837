//! What the changes add up to.

use alloc::collections::BTreeMap;

use counterfoil_record::{Amount, Id, Text};
use serde::Serialize;

use super::change::{Change, Kind};

/// A number of payments, and what they come to in the asset's smallest unit. A sum stops at 2^128-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How much.
    pub amount: Amount,
}

impl Tally {
    pub(super) fn add(&mut self, amount: Amount) {
        self.count = self.count.saturating_add(1);
        self.amount = self.amount.checked_add(amount).unwrap_or(Amount::MAX);
    }
}

/// What was allowed, and what would have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// In the log.
    pub before: Tally,
    /// Under the new policy.
    pub after: Tally,
}

/// How often one outcome turned into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// In the log.
    pub before: &'static str,
    /// Under the new policy.
    pub after: &'static str,
}

/// What facts say of payments that would not have been allowed, each as it is stated; an excess did not come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// What settled.
    pub settled: Tally,
    /// What may have: its outcome was unknown at some time.
    pub unknown: Tally,
    /// What came back.
    pub returned: Tally,
}

/// What the changes add up to. Sums are of exposures, each asset by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The records that were decided again.
    pub records: u64,
    /// Those among them that are decisions, and not facts or what the core says of itself.
    pub decisions: u64,
    /// How many changes there are of each kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// How often the outcome of one decision turned into another, consequences left out.
    pub shifts: BTreeMap<Shift, u64>,
    /// What was allowed, by agent and asset.
    pub agents: BTreeMap<(Id, Text), Beside>,
    /// By payee and asset.
    pub payees: BTreeMap<(Text, Text), Beside>,
    /// By asset.
    pub assets: BTreeMap<Text, Beside>,
    /// What facts contradict, by asset.
    pub contradicted: BTreeMap<Text, Moved>,
    /// What is open at the end under the new policy alone, because no fact in the log ends it, by asset.
    pub reserved: BTreeMap<Text, Tally>,
}

impl Summary {
    pub(super) fn allow(
        &mut self,
        agent: Option<Id>,
        payee: Text,
        asset: Text,
        amount: Amount,
        side: fn(&mut Beside) -> &mut Tally,
    ) {
        if let Some(agent) = agent {
            side(self.agents.entry((agent, asset.clone())).or_default()).add(amount);
        }
        side(self.payees.entry((payee, asset.clone())).or_default()).add(amount);
        side(self.assets.entry(asset).or_default()).add(amount);
    }

    pub(super) fn note(&mut self, change: &Change) {
        let count = self.kinds.entry(change.kind).or_default();
        *count = count.saturating_add(1);
        if change.kind == Kind::Decision {
            let shift = Shift { before: change.before.outcome, after: change.after.outcome };
            let count = self.shifts.entry(shift).or_default();
            *count = count.saturating_add(1);
        }
        if let (Some(money), Some(counted)) = (&change.money, change.counted) {
            let moved = self.contradicted.entry(money.asset.clone()).or_default();
            let tally = match change.input {
                "settle" => &mut moved.settled,
                "unknown" => &mut moved.unknown,
                _ => &mut moved.returned,
            };
            tally.add(counted);
        }
    }

    /// How many changes there are of a kind.
    pub fn count(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }
}
