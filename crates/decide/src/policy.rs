//! The policy: what a payment service has been told to allow, as a typed value.
//!
//! Authored in TOML ([`compile`]), held as [`Policy`], stored in the log in its canonical encoding beside
//! the TOML, and named by the SHA-256 of that encoding. No rule has a default that allows.

mod compile;
mod keys;
mod money;
mod outline;
mod source;

pub(crate) use compile::{AGENT, PLAN};
pub use compile::{GOVERNANCE, Kind, Place, PolicyError, Problem, compile};
pub use keys::{Key, Presence, keys};
pub use money::span;
pub use outline::{Outline, join};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::{Amount, Hash32, Id, Span, Text, wire_choice, wire_code, wire_map};

wire_map! {
    /// A policy.
    pub struct Policy {
        /// Its name.
        1 => name: Id,
        /// Its version; it rises with each adoption.
        2 => version: u64,
        /// The phase in which a run opens.
        3 => initial_phase: Id,
        /// What is pinned about each asset, by the policy's own name for it.
        4 => assets: BTreeMap<Id, AssetPin>,
        /// The agents.
        5 => agents: BTreeMap<Id, AgentRule>,
        /// The wallets.
        6 => wallets: BTreeMap<Id, WalletRule>,
        /// People with keys, by role.
        7 => roles: BTreeMap<Id, Role>,
        /// The phases.
        8 => phases: BTreeMap<Id, PhaseRule>,
        /// The rules for transactions.
        9 => transactions: TransactionRule,
        /// The budgets, in the author's order.
        10 => budgets: Vec<Budget>,
        /// The gates, in the author's order.
        11 => gates: Vec<Gate>,
        /// The accounts that may be paid.
        12 => payees: BTreeSet<Text>,
        /// Patterns of the URLs that may be paid for.
        13 => resources: Vec<Text>,
        /// The rules for what a payment may oblige to.
        14 => obligations: ObligationRule,
        /// Patterns of the URLs that may be bought again while a payment is open.
        15 => repeatable: Vec<Text>,
        /// What may end a reservation early.
        16 => releases: Releases,
        /// Who may do what, beside approving.
        17 => powers: Powers,
        /// Limits on the log itself.
        18 => limits: Limits,
    }
}

wire_map! {
    /// What must not come from the seller.
    pub struct AssetPin {
        /// The CAIP-19 name, lower case.
        1 => id: Text,
        /// Decimal places of the unit in which the policy states amounts.
        2 => decimals: u64,
        /// The EIP-712 domain's name.
        3 => domain_name: Text,
        /// The EIP-712 domain's version.
        4 => domain_version: Text,
    }
}

impl AssetPin {
    /// What the policy's name for the asset stands for, for good.
    pub fn identity(&self) -> AssetIdentity {
        AssetIdentity { id: self.id.clone(), decimals: self.decimals }
    }
}

wire_map! {
    /// What makes an amount under a policy's name for an asset mean the same in every policy.
    pub struct AssetIdentity {
        /// The CAIP-19 name, lower case.
        1 => id: Text,
        /// Decimal places.
        2 => decimals: u64,
    }
}

wire_map! {
    /// An agent.
    pub struct AgentRule {
        /// The person who may not approve this agent's requests.
        1 => owner: Option<Id>,
        /// The keys that sign its requests; none: the operator asserts the agent.
        2 => keys: Vec<NamedKey>,
    }
}

wire_map! {
    /// A wallet.
    pub struct WalletRule {
        /// Its account, CAIP-10, lower case.
        1 => account: Text,
        /// The agents that it serves.
        2 => agents: BTreeSet<Id>,
    }
}

wire_map! {
    /// People who may answer in one role.
    pub struct Role {
        /// Each person's keys.
        1 => members: BTreeMap<Id, Vec<NamedKey>>,
    }
}

wire_map! {
    /// A phase.
    pub struct PhaseRule {
        /// The phases that may follow.
        1 => to: BTreeSet<Id>,
        /// Whether a run in it may pay.
        2 => pay: bool,
        /// The categories that may be paid.
        3 => categories: BTreeSet<Id>,
        /// The artefacts that must be attached to enter it.
        4 => artefacts: BTreeSet<Id>,
        /// The approvals that are needed to enter it.
        5 => approvals: Option<Need>,
        /// Whether only the items of the attached plan may be paid.
        6 => plan_bound: bool,
    }
}

impl PhaseRule {
    /// The digest of the rule: a run is in a phase under the rule that it entered it by.
    pub fn digest(&self) -> Hash32 {
        Hash32::of(&[&self.to_bytes()])
    }
}

wire_map! {
    /// Approvals that are needed.
    pub struct Need {
        /// How many different people.
        1 => approvals: u64,
        /// The role that they answer in.
        2 => role: Id,
        /// How long after what they answer an approval counts.
        3 => ttl: Span,
    }
}

wire_code! {
    /// What is done about steps that cannot be undone.
    pub enum Irreversible {
        /// Nothing.
        0 => Allow = "allow",
        /// They come after every reversible step, in declared order.
        1 => Last = "last",
        /// They may not be paid.
        2 => Deny = "deny",
    }
}

wire_map! {
    /// The rules for transactions.
    pub struct TransactionRule {
        /// By asset, the exposure above which a payment must be part of one; at zero for an asset that
        /// is not named.
        1 => required_above: BTreeMap<Id, Amount>,
        /// The longest time to a deadline.
        2 => max_deadline: Span,
        /// What is done about steps that cannot be undone.
        3 => irreversible: Irreversible,
        /// Whether each payment in one declares how it is undone.
        4 => declare_compensation: bool,
    }
}

wire_code! {
    /// What a budget keeps apart.
    pub enum Dimension {
        /// Each run.
        0 => Run = "run",
        /// Each agent.
        1 => Agent = "agent",
        /// Each payee.
        2 => Payee = "payee",
        /// Each principal.
        3 => Principal = "principal",
    }
}

wire_map! {
    /// An amount of an asset.
    pub struct Money {
        /// The asset, as the policy names it.
        1 => asset: Id,
        /// How much, in the smallest unit.
        2 => amount: Amount,
    }
}

wire_code! {
    /// The length of a calendar window.
    pub enum Period {
        /// From a full hour to the next.
        0 => Hour = "hour",
        /// From midnight to midnight.
        1 => Day = "day",
        /// From Monday's midnight to the next.
        2 => Week = "week",
        /// From the midnight at which a month begins to the next month's.
        3 => Month = "month",
    }
}

wire_map! {
    /// A window by the calendar, at a fixed offset from UTC.
    pub struct Calendar {
        /// How long it is.
        1 => every: Period,
        /// Whether the clocks that it goes by are behind UTC.
        2 => behind: bool,
        /// By how many minutes they are ahead of or behind UTC, 0 to 840.
        3 => minutes: u64,
    }
}

wire_map! {
    /// A window of one length.
    pub struct Rolling {
        /// How long it is.
        1 => span: Span,
    }
}

wire_choice! {
    /// The time that a budget looks back on.
    pub enum Window {
        /// Always the same span before now.
        0 => Rolling(Rolling),
        /// The present hour, day, week or month.
        1 => Calendar(Calendar),
    }
}

wire_map! {
    /// A limit on what one group of payments may add up to. Exactly one of `limit` and `count` is there.
    pub struct Budget {
        /// Its name; `per`, window and asset never change under it.
        1 => id: Id,
        /// What makes a group.
        2 => per: BTreeSet<Dimension>,
        /// The time that it looks back on; absent for a budget over the whole life of its group.
        3 => window: Option<Window>,
        /// The most money.
        4 => limit: Option<Money>,
        /// The most allowed payments, whatever became of them.
        5 => count: Option<u64>,
        /// Whether what came back may be spent again.
        6 => restore_refunds: bool,
    }
}

impl Budget {
    /// True if it limits money of `asset`, which the policy calls so.
    pub fn limits(&self, asset: &Id) -> bool {
        self.limit.as_ref().is_some_and(|limit| limit.asset == *asset)
    }

    /// True if `other` has the same group, window and asset, so that it may go on under the same id.
    pub fn same_identity(&self, other: &Self) -> bool {
        let asset = |budget: &Self| budget.limit.as_ref().map(|limit| limit.asset.clone());
        self.per == other.per && self.window == other.window && asset(self) == asset(other)
    }
}

wire_map! {
    /// When a gate closes: all that is stated must hold.
    pub struct Condition {
        /// The exposure is at least this, in this asset.
        1 => exposure_at_least: Option<Money>,
        /// No payment to the payee was ever allowed.
        2 => first_payment_to_payee: bool,
        /// The budget of this id would be used to at least the percentage.
        3 => budget: Option<Id>,
        /// The percentage, 1 to 100; present exactly where `budget` is.
        4 => at_least_percent: Option<u64>,
        /// The payment is of this category.
        5 => category: Option<Id>,
    }
}

wire_map! {
    /// A gate. Where its condition holds it needs approvals, or denies.
    pub struct Gate {
        /// Its name.
        1 => id: Id,
        /// When it closes.
        2 => when: Condition,
        /// The approvals that open it; absent where it denies.
        3 => need: Option<Need>,
    }
}

wire_map! {
    /// What a payment may oblige to.
    pub struct ObligationRule {
        /// The payment schemes that may be used.
        1 => schemes: BTreeSet<Id>,
        /// By asset, the most that one payment may move; nothing for an asset that is not named.
        2 => max_exposure: BTreeMap<Id, Amount>,
        /// The longest that a signed payload may live.
        3 => max_lifetime: Span,
        /// How long after its end a payload could still turn out to have settled.
        4 => finality: Span,
        /// Whether the payload must carry the slot as its nonce.
        5 => slot_required: bool,
    }
}

wire_code! {
    /// The weakest evidence of failure that ends a reservation early.
    pub enum Releases {
        /// A chain extract.
        0 => Chain = "chain",
        /// The payee's answer.
        1 => Payee = "payee",
    }
}

wire_map! {
    /// How many people of a role it takes.
    pub struct Power {
        /// How many different people.
        1 => approvals: u64,
        /// Their role.
        2 => role: Id,
    }
}

wire_map! {
    /// Who may do what, beside approving. What is absent, nobody may do.
    pub struct Powers {
        /// Resume what was suspended.
        1 => resume: Option<Power>,
        /// Allow a purchase while another payment for it is open.
        2 => override_purchase: Option<Power>,
        /// Give up what a failed transaction is owed.
        3 => write_off: Option<Power>,
        /// Move the clock further than `max_step`.
        4 => clock: Option<Power>,
        /// Have private text erased from the log.
        5 => erase: Option<Power>,
    }
}

impl Powers {
    /// The power that statements of `kind` use; `None` where it is not given, or is none of the policy's.
    pub const fn of(&self, kind: SubjectKind) -> Option<&Power> {
        match kind {
            SubjectKind::Resume => self.resume.as_ref(),
            SubjectKind::Override => self.override_purchase.as_ref(),
            SubjectKind::WriteOff => self.write_off.as_ref(),
            SubjectKind::Clock => self.clock.as_ref(),
            SubjectKind::Erase => self.erase.as_ref(),
            SubjectKind::Payment
            | SubjectKind::Phase
            | SubjectKind::Policy
            | SubjectKind::Key
            | SubjectKind::Suspend
            | SubjectKind::Request => None,
        }
    }
}

wire_map! {
    /// Limits on the log itself. What is absent is not limited.
    pub struct Limits {
        /// The furthest that one record may move the clock.
        1 => max_step: Option<Span>,
        /// How many refusals a minute are recorded; what is beyond is only counted.
        2 => refusals_per_minute: Option<u64>,
        /// How long a payment that came to its end stays matchable to late facts.
        3 => match_horizon: Option<Span>,
    }
}

impl Policy {
    /// The digest that names the policy: SHA-256 of its canonical encoding.
    pub fn digest(&self) -> Hash32 {
        Hash32::of(&[&self.to_bytes()])
    }

    /// The policy's name for the asset `id` (CAIP-19), and what it pins about it.
    pub fn asset(&self, id: &str) -> Option<(&Id, &AssetPin)> {
        self.assets.iter().find(|(_, pin)| pin.id.as_str() == id)
    }

    /// Every public key in the policy.
    pub fn keys(&self) -> impl Iterator<Item = &NamedKey> {
        let people = self.roles.values().flat_map(|role| role.members.values().flatten());
        people.chain(self.agents.values().flat_map(|agent| &agent.keys))
    }
}
