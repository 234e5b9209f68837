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
    Agent, Asset, Budget as SourceBudget, Enter, Gate as SourceGate, Need as SourceNeed, Obligations, Phase,
    Role as SourceRole, Table, Transactions, Wallet, When, Word,
};
use crate::policy::{
    AgentRule, AssetPin, Budget, Condition, Dimension, Gate, Irreversible, Need, ObligationRule, PhaseRule,
    Role, TransactionRule, WalletRule,
};

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
        self.later("agents.*.keys", &agent.keys);
        let owner = match &agent.owner {
            Some(owner) => Some(self.id(owner)?),
            None => None,
        };
        Some(AgentRule { owner })
    }

    pub(super) fn wallet(&mut self, wallet: &Wallet, agents: &BTreeSet<Id>) -> Option<WalletRule> {
        let account = self.account(&wallet.account);
        let served = self
            .list("wallets.*.agents", &wallet.agents, ENTRIES_MOST, |c, word| c.known(word, "agent", agents));
        Some(WalletRule { account: account?, agents: served?.into_iter().collect() })
    }

    pub(super) fn role(&mut self, role: &SourceRole) -> Option<Role> {
        if role.members.is_empty() || role.members.len() > MEMBERS_MOST {
            let place = role.members.keys().next().map_or(0..0, Spanned::span);
            self.problem(&place, Kind::TooMany { what: "roles.*.members", most: MEMBERS_MOST });
            return None;
        }
        for (name, _) in role.members.iter().filter(|(_, keys)| keys.is_empty()) {
            self.problem(&name.span(), Kind::Together("a person in a role needs at least one key"));
        }
        let members = self.table("roles.*.members", &role.members, |c, keys| {
            c.list("keys", keys, MEMBERS_MOST, |c, word| {
                c.parse::<NamedKey>(word, "a verifier key: name+hash+base64")
            })
        })?;
        Some(Role { members })
    }

    /// Reports a public key that stands in the policy twice.
    pub(super) fn distinct_keys(&mut self, roles: &Table<SourceRole>) {
        let words = roles.values().flat_map(|role| role.members.values().flatten());
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

    fn need(&mut self, need: &SourceNeed, names: &Names<'_>) -> Option<Need> {
        self.needed(&need.approvals, &need.from, &need.ttl, names)
    }

    fn needed(
        &mut self,
        approvals: &Spanned<u64>,
        from: &Word,
        ttl: &Word,
        names: &Names<'_>,
    ) -> Option<Need> {
        let role = self.known(from, "role", &names.roles);
        // More approvals than the role has people could never be given.
        let people = role.as_ref().and_then(|role| names.people.get(role)).copied().unwrap_or(MEMBERS_MOST);
        let most = u64::try_from(people).unwrap_or(u64::MAX);
        let approvals = self.number(approvals, "approvals", 1, most);
        let ttl = self.span(ttl);
        Some(Need { approvals: approvals?, role: role?, ttl: ttl? })
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

    pub(super) fn budget(&mut self, budget: &SourceBudget, names: &Names<'_>) -> Option<Budget> {
        self.later("budgets.restore_refunds", &budget.restore_refunds);
        let id = self.id(&budget.id);
        let dimensions: Vec<(&'static str, Dimension)> =
            Dimension::ALL.iter().map(|it| (it.code(), *it)).collect();
        let per =
            self.list("budgets.per", &budget.per, dimensions.len(), |c, word| c.choice(word, &dimensions))?;
        if per.is_empty() {
            self.problem(
                &budget.id.span(),
                Kind::Together("a budget needs `per`: run, agent, payee or principal"),
            );
        }
        let rolling = match &budget.window {
            Some(window) => {
                self.later("budgets.window.every", &window.every);
                self.later("budgets.window.utc_offset", &window.utc_offset);
                let Some(rolling) = &window.rolling else {
                    if window.every.is_none() && window.utc_offset.is_none() {
                        self.problem(
                            &budget.id.span(),
                            Kind::Together("a budget's `window` needs `rolling`"),
                        );
                    }
                    return None;
                };
                Some(self.span(rolling)?)
            }
            None => None,
        };
        let limit = match &budget.limit {
            Some(limit) => Some(self.money(limit.get_ref(), &limit.span(), names)?),
            None => None,
        };
        let count = match &budget.count {
            Some(count) => Some(self.number(count, "count", 1, u64::from(u32::MAX))?),
            None => None,
        };
        if limit.is_some() == count.is_some() {
            self.problem(&budget.id.span(), Kind::Together("a budget has either `limit` or `count`"));
            return None;
        }
        Some(Budget { id: id?, per: per.into_iter().collect(), rolling, limit, count })
    }

    pub(super) fn gate(&mut self, gate: &SourceGate, names: &Names<'_>) -> Option<Gate> {
        let id = self.id(&gate.id);
        let when = self.condition(&gate.id, &gate.when, names);
        let need = match (&gate.need, &gate.deny) {
            (Some(need), None) => Some(self.need(need, names)?),
            (None, Some(deny)) if *deny.get_ref() => None,
            _ => {
                self.problem(&gate.id.span(), Kind::Together("a gate has either `need` or `deny = true`"));
                return None;
            }
        };
        Some(Gate { id: id?, when: when?, need })
    }

    fn condition(&mut self, gate: &Word, when: &When, names: &Names<'_>) -> Option<Condition> {
        let exposure_at_least = match &when.exposure_at_least {
            Some(word) => Some(self.money(word.get_ref(), &word.span(), names)?),
            None => None,
        };
        let category = match &when.category {
            Some(word) => Some(self.id(word)?),
            None => None,
        };
        let (budget, at_least_percent) = match (&when.budget, &when.at_least_percent) {
            (Some(budget), Some(percent)) => {
                let name = self.known(budget, "budget", &names.budgets)?;
                if names.counts.contains(&name) {
                    self.problem(
                        &budget.span(),
                        Kind::Together("`at_least_percent` needs a budget with `limit`"),
                    );
                }
                (Some(name), Some(self.number(percent, "at_least_percent", 1, 100)?))
            }
            (None, None) => (None, None),
            _ => {
                self.problem(&gate.span(), Kind::Together("`budget` and `at_least_percent` go together"));
                return None;
            }
        };
        let first = when.first_payment_to_payee.as_ref();
        if let Some(word) = first.filter(|first| !*first.get_ref()) {
            self.problem(&word.span(), Kind::Together("`first_payment_to_payee` can only be `true`"));
        }
        let condition = Condition {
            exposure_at_least,
            first_payment_to_payee: first.is_some(),
            budget,
            at_least_percent,
            category,
        };
        let stated = condition.exposure_at_least.is_some()
            || condition.first_payment_to_payee
            || condition.budget.is_some()
            || condition.category.is_some();
        if !stated {
            self.problem(&gate.span(), Kind::Together("`when` states no condition"));
        }
        Some(condition)
    }

    pub(super) fn obligations(&mut self, rules: &Obligations, names: &Names<'_>) -> Option<ObligationRule> {
        let schemes = self.list("obligations.schemes", &rules.schemes, ENTRIES_MOST, |c, word| {
            if matches!(word.get_ref().as_str(), "upto" | "batch-settlement" | "auth-capture") {
                c.problem(&word.span(), Kind::NotSupported { what: "a scheme other than exact" });
                return None;
            }
            c.choice(word, &[("exact", ())])?;
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
