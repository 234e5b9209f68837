//! From TOML to [`Policy`]: a pure function, so that the auditor can run it again.
//!
//! Every problem is reported with its line and column, not only the first. Sections that a policy needs
//! are required; what is left out of an allow list is not allowed. Schemes that are known but not supported
//! are refused by name, never ignored.

mod parts;
mod problem;
mod rules;
mod share;

pub use parts::GOVERNANCE;
pub(crate) use parts::{AGENT, PLAN};
pub use problem::{Kind, Place, PolicyError, Problem};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use core::str::FromStr;

use counterfoil_rails::url::Pattern;
use counterfoil_record::{Amount, Id, Span, Text};
use toml::Spanned;

use super::money::{DecimalError, decimal, span};
use super::source::{OneOrMany, Source, Table, Word};
use super::{Money, Policy, Releases};

/// The longest policy source, in bytes.
const SOURCE_MOST: usize = 20 * 1024;
/// The most budgets, and the most gates, that a policy may have: with these the largest trace still fits
/// in its share of a record.
const RULES_MOST: usize = 32;
/// The most entries of any other list or table.
const ENTRIES_MOST: usize = 256;
/// The most people in a role.
const MEMBERS_MOST: usize = 32;

/// Compiles a policy.
///
/// # Errors
/// [`PolicyError`] with every problem found, or the first that keeps the TOML from being read.
pub fn compile(source: &str) -> Result<Policy, PolicyError> {
    if source.len() > SOURCE_MOST {
        return Err(PolicyError::one(Place::START, Kind::TooLong { len: source.len(), most: SOURCE_MOST }));
    }
    let parsed: Source = toml::from_str(source).map_err(|error| {
        let place = error.span().map_or(Place::START, |span| Place::of(source, &span));
        PolicyError::one(place, Kind::Toml(error.message().into()))
    })?;
    let mut compiler = Compiler { source, problems: Vec::new() };
    let policy = compiler.policy(&parsed);
    if let Some(policy) = &policy {
        compiler.fits_its_share(policy);
    }
    match policy {
        Some(policy) if compiler.problems.is_empty() => Ok(policy),
        _ => Err(PolicyError { problems: compiler.problems }),
    }
}

/// Collects problems while parts are compiled. A part with a problem is `None`.
struct Compiler<'s> {
    source: &'s str,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn problem(&mut self, span: &Range<usize>, kind: Kind) {
        self.problems.push(Problem { place: Place::of(self.source, span), kind });
    }

    fn policy(&mut self, s: &Source) -> Option<Policy> {
        let assets = self.table("assets", &s.assets, Self::asset);
        let agents = self.table("agents", &s.agents, Self::agent);
        let agent_names: BTreeSet<Id> =
            s.agents.keys().filter_map(|name| name.get_ref().parse().ok()).collect();
        let wallets = self.table("wallets", &s.wallets, |c, wallet| c.wallet(wallet, &agent_names));
        let roles = self.table("roles", &s.roles, Self::role);
        let assets = assets?;
        let names = parts::Names {
            assets: &assets,
            roles: roles.iter().flatten().map(|(name, _)| name.clone()).collect(),
            people: roles.iter().flatten().map(|(name, role)| (name.clone(), role.members.len())).collect(),
            phases: s.phases.keys().filter_map(|name| name.get_ref().parse().ok()).collect(),
            budgets: s.budgets.iter().filter_map(|budget| budget.id.get_ref().parse().ok()).collect(),
            counts: parts::count_budgets(&s.budgets),
        };
        self.distinct_assets(&s.assets);
        let phases = self.table("phases", &s.phases, |c, phase| c.phase(phase, &names));
        let initial_phase = self.known(&s.initial_phase, "phase", &names.phases);
        let entered = initial_phase.as_ref().and_then(|name| phases.as_ref()?.get(name));
        if entered.is_some_and(|rule| !rule.artefacts.is_empty() || rule.approvals.is_some()) {
            let why = "a run opens in `initial_phase`: that phase cannot have conditions to `enter`";
            self.problem(&s.initial_phase.span(), Kind::Together(why));
        }
        let transactions = self.transactions(&s.transactions, &names);
        let budgets = self.list("budgets", &s.budgets, RULES_MOST, |c, budget| c.budget(budget, &names));
        let gates = self.list("gates", &s.gates, RULES_MOST, |c, gate| c.gate(gate, &names));
        self.distinct("budget", s.budgets.iter().map(|budget| &budget.id));
        self.distinct("gate", s.gates.iter().map(|gate| &gate.id));
        let payees = self.list("payees.allow", &s.payees.allow, ENTRIES_MOST, Self::account);
        let resources = self.patterns("resources.allow", &s.resources.allow, &s.resources.http);
        let repeatable = self.patterns("purchases.repeatable", &s.purchases.repeatable, &s.resources.http);
        let obligations = self.obligations(&s.obligations, &names);
        let releases = match &s.evidence.releases {
            None => Some(Releases::Chain),
            Some(word) => self.choice(word, &[("chain", Releases::Chain), ("payee", Releases::Payee)]),
        };
        let roles = roles?;
        self.reserved_roles(&s.roles);
        self.distinct_keys(&s.roles, &s.agents);
        let powers = self.powers(&s.powers, &names);
        let limits = self.limits(&s.limits, &s.powers);
        Some(Policy {
            name: self.id(&s.name)?,
            version: s.version,
            initial_phase: initial_phase?,
            assets,
            agents: agents?,
            wallets: wallets?,
            roles,
            phases: phases?,
            transactions: transactions?,
            budgets: budgets?,
            gates: gates?,
            payees: payees?.into_iter().collect(),
            resources: resources?,
            obligations: obligations?,
            repeatable: repeatable?,
            releases: releases?,
            powers: powers?,
            limits: limits?,
        })
    }

    /// Parses a word, or reports what it should have been.
    fn parse<T: FromStr>(&mut self, word: &Word, expected: &'static str) -> Option<T> {
        let parsed = word.get_ref().parse().ok();
        if parsed.is_none() {
            self.problem(&word.span(), Kind::Expected { expected, found: word.get_ref().clone() });
        }
        parsed
    }

    fn id(&mut self, word: &Word) -> Option<Id> {
        self.parse(word, "a name of 1 to 128 ASCII letters, digits and . _ - : / @ +")
    }

    /// An id that must be one of `known`.
    fn known(&mut self, word: &Word, what: &'static str, known: &BTreeSet<Id>) -> Option<Id> {
        let id = self.id(word)?;
        if known.contains(&id) {
            return Some(id);
        }
        self.problem(&word.span(), Kind::NotDeclared { what, name: word.get_ref().clone() });
        None
    }

    fn choice<T: Copy>(&mut self, word: &Word, choices: &[(&'static str, T)]) -> Option<T> {
        let found = choices.iter().find(|(name, _)| name == word.get_ref()).map(|(_, value)| *value);
        if found.is_none() {
            let names = choices.iter().map(|(name, _)| *name).collect();
            self.problem(&word.span(), Kind::NotAChoice { choices: names, found: word.get_ref().clone() });
        }
        found
    }

    fn span(&mut self, word: &Word) -> Option<Span> {
        let parsed = span(word.get_ref());
        if parsed.is_none() {
            let expected = "a time such as 90s, 15m, 24h or 7d, at most ten years";
            self.problem(&word.span(), Kind::Expected { expected, found: word.get_ref().clone() });
        }
        parsed
    }

    fn money(&mut self, text: &str, place: &Range<usize>, names: &parts::Names<'_>) -> Option<Money> {
        let Some((number, asset)) = text.split_once(' ') else {
            self.problem(
                place,
                Kind::Expected { expected: "an amount and an asset, as in 0.50 usdc", found: text.into() },
            );
            return None;
        };
        let found = asset.parse().ok().and_then(|id: Id| names.assets.get(&id).map(|pin| (id, pin)));
        let Some((asset, pin)) = found else {
            self.problem(place, Kind::NotDeclared { what: "asset", name: asset.into() });
            return None;
        };
        match decimal(number, pin.decimals) {
            Ok(amount) => Some(Money { asset, amount }),
            Err(error) => {
                self.problem(
                    place,
                    match error {
                        DecimalError::Form => {
                            Kind::Expected { expected: "a plain decimal number", found: number.into() }
                        }
                        DecimalError::TooManyPlaces => {
                            Kind::TooManyPlaces { number: number.into(), decimals: pin.decimals }
                        }
                        DecimalError::TooLarge => Kind::TooLarge { number: number.into() },
                    },
                );
                None
            }
        }
    }

    /// Amounts by asset, each asset once.
    fn amounts(
        &mut self,
        words: &Spanned<OneOrMany>,
        names: &parts::Names<'_>,
    ) -> Option<BTreeMap<Id, Amount>> {
        let place = words.span();
        let mut amounts = BTreeMap::new();
        for text in words.get_ref().texts() {
            let money = self.money(text, &place, names)?;
            if amounts.insert(money.asset.clone(), money.amount).is_some() {
                self.problem(&place, Kind::Twice { what: "asset", name: money.asset.as_str().into() });
            }
        }
        Some(amounts)
    }

    fn list<S, T>(
        &mut self,
        what: &'static str,
        items: &[S],
        most: usize,
        mut compile: impl FnMut(&mut Self, &S) -> Option<T>,
    ) -> Option<Vec<T>> {
        if items.len() > most {
            self.problems.push(Problem { place: Place::START, kind: Kind::TooMany { what, most } });
            return None;
        }
        let compiled: Vec<Option<T>> = items.iter().map(|item| compile(self, item)).collect();
        compiled.into_iter().collect()
    }

    fn table<S, T>(
        &mut self,
        what: &'static str,
        table: &Table<S>,
        mut compile: impl FnMut(&mut Self, &S) -> Option<T>,
    ) -> Option<BTreeMap<Id, T>> {
        if table.len() > ENTRIES_MOST {
            self.problems
                .push(Problem { place: Place::START, kind: Kind::TooMany { what, most: ENTRIES_MOST } });
            return None;
        }
        let compiled: Vec<Option<(Id, T)>> = table
            .iter()
            .map(|(name, entry)| {
                let name = self.id(name);
                let entry = compile(self, entry);
                name.zip(entry)
            })
            .collect();
        compiled.into_iter().collect()
    }

    fn distinct<'w>(&mut self, what: &'static str, words: impl Iterator<Item = &'w Word>) {
        let mut seen = BTreeSet::new();
        for word in words {
            if !seen.insert(word.get_ref()) {
                self.problem(&word.span(), Kind::Twice { what, name: word.get_ref().clone() });
            }
        }
    }

    fn account(&mut self, word: &Word) -> Option<Text> {
        let account: counterfoil_rails::caip::Account =
            self.parse(word, "an account such as eip155:84532:0x followed by 40 hexadecimal digits")?;
        Some(Text::shown(account))
    }

    /// URL patterns; plain http only for the loopback hosts that are named.
    fn patterns(&mut self, what: &'static str, words: &[Word], http: &[Word]) -> Option<Vec<Text>> {
        self.list(what, words, ENTRIES_MOST, |c, word| {
            let expected = "an https URL whose path segments may be * and whose last may be **";
            let pattern: Pattern = c.parse(word, expected)?;
            let named = http.iter().any(|host| host.get_ref() == pattern.url().host());
            if pattern.url().is_http() && !(named && pattern.url().is_loopback()) {
                c.problem(&word.span(), Kind::PlainHttp { host: String::from(pattern.url().host()) });
                return None;
            }
            Some(Text::shown(pattern))
        })
    }
}

#[cfg(test)]
mod tests;
