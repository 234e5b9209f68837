//! Each section of a policy: from its TOML form to its typed form.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_rails::caip::Asset as Caip19;
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Id, Text};
use toml::Spanned;

use super::problem::Kind;
use super::{Compiler, ENTRIES_MOST, MEMBERS_MOST};
use crate::policy::source::{
    Agent, Asset, Budget as SourceBudget, Enter, Obligations, Phase, Role as SourceRole, Table, Transactions,
    Wallet, Word,
};
use crate::policy::{
    AgentRule, AssetPin, Irreversible, Need, ObligationRule, PhaseRule, Role, TransactionRule, WalletRule,
};

/// The role of the governance's members, and that of agents, in statements.
const RESERVED_ROLES: [&str; 2] = [GOVERNANCE, AGENT];

/// The names that a policy declares, to hold the others against.
pub(super) struct Names<'p> {
    pub(super) assets: &'p BTreeMap<Id, AssetPin>,
    pub(super) roles: BTreeSet<Id>,
    pub(super) people: BTreeMap<Id, usize>,
    pub(super) phases: BTreeSet<Id>,
    pub(super) budgets: BTreeSet<Id>,
    pub(super) counts: BTreeSet<Id>,
}

/// The ids of budgets that count payments instead of money.
pub(super) fn count_budgets(budgets: &[SourceBudget]) -> BTreeSet<Id> {
    let counting = budgets.iter().filter(|budget| budget.count.is_some());
    counting.filter_map(|budget| budget.id.get_ref().parse().ok()).collect()
}

impl Compiler<'_> {
    pub(super) fn asset(&mut self, asset: &Asset) -> Option<AssetPin> {
        let expected = "an asset such as eip155:84532/erc20:0x followed by 40 hexadecimal digits";
        let id: Option<Caip19> = self.parse(&asset.id, expected);
        let decimals = self.number(&asset.decimals, "decimals", 0, 38);
        let domain = "1 to 64 printable ASCII characters";
        let printable =
            |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
        for word in [&asset.domain.name, &asset.domain.version] {
            if !printable(word.get_ref()) {
                self.problem(
                    &word.span(),
                    Kind::Expected { expected: domain, found: word.get_ref().clone() },
                );
            }
        }
        Some(AssetPin {
            id: Text::shown(id?),
            decimals: decimals?,
            domain_name: Text::shown(asset.domain.name.get_ref()),
            domain_version: Text::shown(asset.domain.version.get_ref()),
        })
    }

    /// Two names for one asset would keep the rules of each from the payments of the other.
    pub(super) fn distinct_assets(&mut self, assets: &Table<Asset>) {
        let mut seen = BTreeSet::new();
        for asset in assets.values() {
            if !seen.insert(asset.id.get_ref().to_ascii_lowercase()) {
                let name = asset.id.get_ref().clone();
                self.problem(&asset.id.span(), Kind::Twice { what: "asset", name });
            }
        }
    }

    pub(super) fn agent(&mut self, agent: &Agent) -> Option<AgentRule> {
        let owner = match &agent.owner {
            Some(owner) => Some(self.id(owner)?),
            None => None,
        };
        Some(AgentRule { owner, keys: self.vkeys("agents.*.keys", &agent.keys)? })
    }

    pub(super) fn wallet(&mut self, wallet: &Wallet, agents: &BTreeSet<Id>) -> Option<WalletRule> {
        let account = self.account(&wallet.account);
        let served = self
            .list("wallets.*.agents", &wallet.agents, ENTRIES_MOST, |c, word| c.known(word, "agent", agents));
        Some(WalletRule { account: account?, agents: served?.into_iter().collect() })
    }

    pub(super) fn role(&mut self, role: &SourceRole) -> Option<Role> {
        let place = role.members.span();
        let members = role.members.get_ref();
        if members.is_empty() {
            self.problem(&place, Kind::Together("a role needs at least one person"));
            return None;
        }
        if members.len() > MEMBERS_MOST {
            self.problem(&place, Kind::TooMany { what: "roles.*.members", most: MEMBERS_MOST });
            return None;
        }
        for (name, _) in members.iter().filter(|(_, keys)| keys.is_empty()) {
            self.problem(&name.span(), Kind::Together("a person in a role needs at least one key"));
        }
        let members = self.table("roles.*.members", members, |c, keys| c.vkeys("roles.*.members.*", keys))?;
        Some(Role { members })
    }

    fn vkeys(&mut self, what: &'static str, words: &[Word]) -> Option<Vec<NamedKey>> {
        self.list(what, words, MEMBERS_MOST, |c, word| c.parse(word, "a verifier key: name+hash+base64"))
    }

    /// Statements name these roles for people and agents that are in no role of the policy.
    pub(super) fn reserved_roles(&mut self, roles: &Table<SourceRole>) {
        for word in roles.keys().filter(|word| RESERVED_ROLES.contains(&word.get_ref().as_str())) {
            self.problem(&word.span(), Kind::Reserved { name: word.get_ref().clone() });
        }
    }

    /// Reports a public key that stands in the policy twice.
    pub(super) fn distinct_keys(&mut self, roles: &Table<SourceRole>, agents: &Table<Agent>) {
        let people = roles.values().flat_map(|role| role.members.get_ref().values().flatten());
        let words = people.chain(agents.values().flat_map(|agent| &agent.keys));
        let mut seen = BTreeSet::new();
        for word in words {
            let Ok(key) = word.get_ref().parse::<NamedKey>() else { continue };
            if !seen.insert(*key.key()) {
                self.problem(&word.span(), Kind::Twice { what: "public key", name: word.get_ref().clone() });
            }
        }
    }

    pub(super) fn number(
        &mut self,
        found: &Spanned<u64>,
        what: &'static str,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let value = *found.get_ref();
        if (least..=most).contains(&value) {
            return Some(value);
        }
        self.problem(&found.span(), Kind::OutOfRange { what, least, most, found: value });
        None
    }

    pub(super) fn phase(&mut self, phase: &Phase, names: &Names<'_>) -> Option<PhaseRule> {
        let to = self
            .list("phases.*.to", &phase.to, ENTRIES_MOST, |c, word| c.known(word, "phase", &names.phases));
        let categories = self.list("phases.*.categories", &phase.categories, ENTRIES_MOST, Self::id);
        let (artefacts, approvals) = match &phase.enter {
            Some(enter) => self.enter(enter, names)?,
            None => (BTreeSet::new(), None),
        };
        let categories: BTreeSet<Id> = categories?.into_iter().collect();
        let pay = *phase.pay.get_ref();
        if pay == categories.is_empty() {
            self.problem(
                &phase.pay.span(),
                Kind::Together("`pay = true` and `categories` go together: list what may be paid"),
            );
        }
        let plan_bound = phase.plan_bound.as_ref().is_some_and(|bound| *bound.get_ref());
        if let Some(bound) = &phase.plan_bound {
            let planned = artefacts.iter().any(|name: &Id| name.as_str() == PLAN);
            if plan_bound && !(pay && planned) {
                self.problem(
                    &bound.span(),
                    Kind::Together("`plan_bound` needs `pay = true` and `plan` among `enter.artefacts`"),
                );
            }
        }
        Some(PhaseRule { to: to?.into_iter().collect(), pay, categories, artefacts, approvals, plan_bound })
    }

    fn enter(&mut self, enter: &Enter, names: &Names<'_>) -> Option<(BTreeSet<Id>, Option<Need>)> {
        let artefacts = self.list("enter.artefacts", &enter.artefacts, MEMBERS_MOST, Self::id)?;
        let need = match (&enter.approvals, &enter.from, &enter.ttl) {
            (Some(approvals), Some(from), Some(ttl)) => Some(self.needed(approvals, from, ttl, names)?),
            (None, None, None) => None,
            (approvals, from, ttl) => {
                let place = approvals.as_ref().map(Spanned::span).or(from.as_ref().map(Spanned::span));
                let place = place.or(ttl.as_ref().map(Spanned::span)).unwrap_or_default();
                self.problem(&place, Kind::Together("`approvals`, `from` and `ttl` go together"));
                return None;
            }
        };
        Some((artefacts.into_iter().collect(), need))
    }

    pub(super) fn needed(
        &mut self,
        approvals: &Spanned<u64>,
        from: &Word,
        ttl: &Word,
        names: &Names<'_>,
    ) -> Option<Need> {
        let people = self.people(approvals, from, names);
        let ttl = self.span(ttl)?;
        let (approvals, role) = people?;
        Some(Need { approvals, role, ttl })
    }

    /// So many people of a role, who are no more than it has: more could never be reached.
    pub(super) fn people(
        &mut self,
        approvals: &Spanned<u64>,
        from: &Word,
        names: &Names<'_>,
    ) -> Option<(u64, Id)> {
        let role = self.known(from, "role", &names.roles);
        let people = role.as_ref().and_then(|role| names.people.get(role)).copied().unwrap_or(MEMBERS_MOST);
        let most = u64::try_from(people).unwrap_or(u64::MAX);
        let approvals = self.number(approvals, "approvals", 1, most);
        Some((approvals?, role?))
    }

    pub(super) fn transactions(
        &mut self,
        rules: &Transactions,
        names: &Names<'_>,
    ) -> Option<TransactionRule> {
        let required_above = self.amounts(&rules.required_above, names);
        let max_deadline = self.span(&rules.max_deadline);
        let choices =
            [("allow", Irreversible::Allow), ("last", Irreversible::Last), ("deny", Irreversible::Deny)];
        let irreversible = self.choice(&rules.irreversible, &choices);
        let declare = self.choice(&rules.compensation, &[("declare", true), ("optional", false)]);
        Some(TransactionRule {
            required_above: required_above?,
            max_deadline: max_deadline?,
            irreversible: irreversible?,
            declare_compensation: declare?,
        })
    }

    pub(super) fn obligations(&mut self, rules: &Obligations, names: &Names<'_>) -> Option<ObligationRule> {
        let schemes = self.list("obligations.schemes", &rules.schemes, ENTRIES_MOST, |c, word| {
            if matches!(word.get_ref().as_str(), "batch-settlement" | "auth-capture") {
                c.problem(&word.span(), Kind::NotSupported { what: "a scheme other than exact and upto" });
                return None;
            }
            c.choice(word, &[("exact", ()), ("upto", ())])?;
            c.id(word)
        });
        let max_exposure = self.amounts(&rules.max_exposure, names);
        let max_lifetime = self.span(&rules.max_lifetime);
        if max_lifetime.is_some_and(|span| span.seconds() == 0) {
            let expected = "a lifetime of at least 1s";
            let found = rules.max_lifetime.get_ref().clone();
            self.problem(&rules.max_lifetime.span(), Kind::Expected { expected, found });
        }
        let finality = self.span(&rules.finality);
        let slot_required = self.choice(&rules.slot, &[("required", true), ("preferred", false)]);
        Some(ObligationRule {
            schemes: schemes?.into_iter().collect(),
            max_exposure: max_exposure?,
            max_lifetime: max_lifetime?,
            finality: finality?,
            slot_required: slot_required?,
        })
    }
}

/// The artefact that a plan-bound phase reads its items from.
pub(crate) const PLAN: &str = "plan";
/// The role in which the members of the governance sign.
pub const GOVERNANCE: &str = "governance";
/// The role in which an agent signs its requests.
pub(crate) const AGENT: &str = "agent";
