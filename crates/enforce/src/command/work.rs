//! Runs, artefacts, steps, and what governs them.

use alloc::collections::{BTreeMap, BTreeSet};

use counterfoil_record::key::NamedKey;
use counterfoil_record::{Amount, Hash32, Id, Index, Time, text::Text};
use serde::{Deserialize, Serialize};

/// An agent begins a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenRun {
    /// The caller's name for it, unique among open runs.
    pub id: Id,
    /// The agent, as the policy names it.
    pub agent: Id,
    /// On whose behalf it acts.
    pub principal: Id,
    /// What it is for; stays out of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The open run that it is a part of, and whose budgets it spends too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Index>,
    /// What the principal mandated it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
}

impl OpenRun {
    /// A run of `agent` for `principal`, without a purpose.
    pub const fn new(id: Id, agent: Id, principal: Id) -> Self {
        Self { id, agent, principal, purpose: None, parent: None, mandate: None }
    }

    /// As a part of the open run `parent`.
    pub const fn within(mut self, parent: Index) -> Self {
        self.parent = Some(parent);
        self
    }
}

/// A mandate from the principal. That its bytes state these limits, and who signed them, is not checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// The name of its form.
    pub format: Id,
    /// The mandate itself, base64.
    pub evidence: String,
    /// The moment (milliseconds since the Unix epoch) after which it covers nothing.
    pub expires: Time,
    /// The most that the run and its sub-runs may spend, by asset (CAIP-19).
    pub limits: BTreeMap<Text, Amount>,
    /// The accounts (CAIP-10) that may be paid; any, where none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub payees: BTreeSet<Text>,
}

/// The people who decide about policies and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governance {
    /// Each person's keys, in vkey form.
    pub members: BTreeMap<Id, Vec<NamedKey>>,
    /// How many of them it takes.
    pub quorum: u64,
}

/// What a suspension covers: payments for which everything that is stated holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The agent of the run, or of a run that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Id>,
    /// The run, or a run that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Index>,
    /// The account to be paid, CAIP-10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Text>,
    /// The asset, CAIP-19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<Text>,
}

/// The run commits to an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// The run.
    pub run: Index,
    /// The artefact's name.
    pub name: Id,
    /// Its media type.
    pub media_type: Id,
    /// SHA-256 of its bytes.
    pub digest: Hash32,
    /// A plan's items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PlanItem>,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanItem {
    /// Its name.
    pub id: Id,
    /// What kind of spending it is.
    pub category: Id,
    /// The account to be paid, CAIP-10.
    pub payee: Text,
    /// The asset, as the policy names it.
    pub asset: Id,
    /// The most that payments for it may add up to, in the smallest unit.
    pub ceiling: Amount,
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub id: Id,
    /// Whether a payment for it can be undone.
    pub reversible: bool,
}
