//! The TOML form of a policy, as serde reads it. Names and numbers keep their place, so that a problem
//! with their meaning can be shown where they stand.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// A text with its place.
pub(super) type Word = Spanned<String>;
/// A table of named entries with the place of each name.
pub(super) type Table<T> = BTreeMap<Word, T>;

/// An element of a list, which stands somewhere.
pub(super) trait Placed {
    /// Where.
    fn place(&self) -> Range<usize>;
}

impl Placed for Word {
    fn place(&self) -> Range<usize> {
        self.span()
    }
}

impl Placed for Budget {
    fn place(&self) -> Range<usize> {
        self.id.span()
    }
}

impl Placed for Gate {
    fn place(&self) -> Range<usize> {
        self.id.span()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) name: Word,
    pub(super) version: u64,
    pub(super) initial_phase: Word,
    pub(super) assets: Table<Asset>,
    pub(super) agents: Table<Agent>,
    pub(super) wallets: Table<Wallet>,
    #[serde(default)]
    pub(super) roles: Table<Role>,
    pub(super) phases: Table<Phase>,
    pub(super) transactions: Transactions,
    #[serde(default)]
    pub(super) budgets: Vec<Budget>,
    #[serde(default)]
    pub(super) gates: Vec<Gate>,
    pub(super) payees: Payees,
    pub(super) resources: Resources,
    pub(super) obligations: Obligations,
    #[serde(default)]
    pub(super) purchases: Purchases,
    #[serde(default)]
    pub(super) evidence: Evidence,
    #[serde(default)]
    pub(super) powers: Powers,
    #[serde(default)]
    pub(super) limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asset {
    pub(super) id: Word,
    pub(super) decimals: Spanned<u64>,
    pub(super) domain: Domain,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Domain {
    pub(super) name: Word,
    pub(super) version: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) owner: Option<Word>,
    #[serde(default)]
    pub(super) keys: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wallet {
    pub(super) account: Word,
    pub(super) agents: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) members: Spanned<Table<Vec<Word>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phase {
    pub(super) to: Vec<Word>,
    pub(super) pay: Spanned<bool>,
    #[serde(default)]
    pub(super) categories: Vec<Word>,
    pub(super) enter: Option<Enter>,
    #[serde(default)]
    pub(super) plan_bound: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enter {
    #[serde(default)]
    pub(super) artefacts: Vec<Word>,
    pub(super) approvals: Option<Spanned<u64>>,
    pub(super) from: Option<Word>,
    pub(super) ttl: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transactions {
    pub(super) required_above: Spanned<OneOrMany>,
    pub(super) max_deadline: Word,
    pub(super) irreversible: Word,
    pub(super) compensation: Word,
}

/// One text, or a list of texts.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => core::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    pub(super) id: Word,
    pub(super) per: Vec<Word>,
    pub(super) window: Option<Window>,
    pub(super) limit: Option<Word>,
    pub(super) count: Option<Spanned<u64>>,
    #[serde(default)]
    pub(super) restore_refunds: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    pub(super) rolling: Option<Word>,
    pub(super) every: Option<Word>,
    pub(super) utc_offset: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    pub(super) id: Word,
    pub(super) when: When,
    pub(super) need: Option<Need>,
    pub(super) deny: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    pub(super) exposure_at_least: Option<Word>,
    pub(super) first_payment_to_payee: Option<Spanned<bool>>,
    pub(super) budget: Option<Word>,
    pub(super) at_least_percent: Option<Spanned<u64>>,
    pub(super) category: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    pub(super) approvals: Spanned<u64>,
    pub(super) from: Word,
    pub(super) ttl: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payees {
    pub(super) allow: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resources {
    pub(super) allow: Vec<Word>,
    /// Loopback hosts for which plain `http` may be used.
    #[serde(default)]
    pub(super) http: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Obligations {
    pub(super) schemes: Vec<Word>,
    pub(super) max_exposure: Spanned<OneOrMany>,
    pub(super) max_lifetime: Word,
    pub(super) finality: Word,
    pub(super) slot: Word,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purchases {
    #[serde(default)]
    pub(super) repeatable: Vec<Word>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidence {
    pub(super) releases: Option<Word>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Powers {
    pub(super) resume: Option<Power>,
    #[serde(rename = "override")]
    pub(super) override_purchase: Option<Power>,
    pub(super) write_off: Option<Power>,
    pub(super) clock: Option<Power>,
    pub(super) erase: Option<Power>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Power {
    pub(super) approvals: Spanned<u64>,
    pub(super) from: Word,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) max_step: Option<Word>,
    pub(super) refusals_per_minute: Option<Spanned<u64>>,
    pub(super) match_horizon: Option<Word>,
}
