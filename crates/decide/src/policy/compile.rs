//! From TOML to [`Policy`]: a pure function, so that the auditor can run it again.
//!
//! Every problem is reported with its line and column, not only the first. Sections that a policy needs
//! are required; what is left out of an allow list is not allowed. Schemes that are known but not supported
//! are refused by name, never ignored.

mod parts;
mod problem;
mod rules;
mod shape;
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
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::DeTable;

use super::money::{DecimalError, decimal, span};
use super::source::{OneOrMany, Placed, Source, Table, Word};
use super::{AssetPin, Money, Outline, Policy, Releases};

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
    let table = DeTable::parse(source).map_err(|error| not_toml(source, &error))?;
    let outline = Outline::of_table(table.get_ref());
    let mut compiler = Compiler { source, outline, problems: Vec::new() };
    compiler.shape();
    if !compiler.problems.is_empty() {
        return Err(PolicyError::all(compiler.problems));
    }
    let parsed = Source::deserialize(toml::Deserializer::from(table))
        .map_err(|error| PolicyError::all(Vec::from([compiler.mistyped(&error)])))?;
    let policy = compiler.policy(&parsed);
    if let Some(policy) = &policy {
        compiler.fits_its_share(policy);
    }
    match policy {
        Some(policy) if compiler.problems.is_empty() => Ok(policy),
        _ => Err(PolicyError::all(compiler.problems)),
    }
}

/// A source that is not TOML. What can be made out of it tells the key; else what stands before the line's `=`.
fn not_toml(source: &str, error: &toml::de::Error) -> PolicyError {
    let span = error.span().unwrap_or_default();
    let place = Place::of(source, &span);
    let (table, _) = DeTable::parse_recoverable(source);
    let outline = Outline::of_table(table.get_ref());
    let line = source.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    let before = || line.split_once('=').map(|(key, _)| key.trim()).filter(|key| !key.is_empty());
    let key = outline.key_at(span.start).or_else(before).map(String::from);
    PolicyError::all(Vec::from([Problem { place, key, kind: Kind::Toml(error.message().into()) }]))
}

/// Reads an amount of one of `assets`, as in `0.50 usdc`.
fn amount(assets: &BTreeMap<Id, AssetPin>, text: &str) -> Result<Money, Kind> {
    let expected = |expected, found: &str| Kind::Expected { expected, found: found.into() };
    let (number, asset) =
        text.split_once(' ').ok_or_else(|| expected("an amount and an asset, as in 0.50 usdc", text))?;
    let found = asset.parse().ok().and_then(|id: Id| assets.get(&id).map(|pin| (id, pin)));
    let (asset, pin) = found.ok_or_else(|| {
        let declared = assets.keys().map(|name| name.as_str().into()).collect();
        Kind::NotDeclared { what: "asset", name: asset.into(), declared }
    })?;
    let amount = decimal(number, pin.decimals).map_err(|error| match error {
        DecimalError::Form => expected("a plain decimal number", number),
        DecimalError::TooManyPlaces => Kind::TooManyPlaces { number: number.into(), decimals: pin.decimals },
        DecimalError::TooLarge => Kind::TooLarge { number: number.into() },
    })?;
    Ok(Money { asset, amount })
}

impl Policy {
    /// Reads an amount of one of the policy's assets as a policy states it: `0.50 usdc`.
    ///
    /// # Errors
    /// [`Kind::Expected`], [`Kind::NotDeclared`], [`Kind::TooManyPlaces`], [`Kind::TooLarge`].
    pub fn amount(&self, text: &str) -> Result<Money, Kind> {
        amount(&self.assets, text)
    }
}

/// Collects problems while parts are compiled. A part with a problem is `None`.
struct Compiler<'s> {
    source: &'s str,
    outline: Outline,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    /// A problem about the key at `span`.
    fn found(&self, span: &Range<usize>, kind: Kind) -> Problem {
        let key = self.outline.key_at(span.start).map(String::from);
        Problem { place: Place::of(self.source, span), key, kind }
    }

    /// A value of the wrong type.
    fn mistyped(&self, error: &toml::de::Error) -> Problem {
        let span = error.span().unwrap_or_default();
        let takes = self.outline.takes(span.start).unwrap_or("something else");
        self.found(&span, Kind::Type { message: error.message().into(), takes })
    }

    fn problem(&mut self, span: &Range<usize>, kind: Kind) {
        let problem = self.found(span, kind);
        self.problems.push(problem);
    }

    /// A problem about the table that `id` is the id of.
    fn problem_of(&mut self, id: &Word, kind: Kind) {
        let mut problem = self.found(&id.span(), kind);
        problem.key = problem.key.map(|key| key.strip_suffix(".id").map(String::from).unwrap_or(key));
        self.problems.push(problem);
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
        let declared = known.iter().map(|name| name.as_str().into()).collect();
        self.problem(&word.span(), Kind::NotDeclared { what, name: word.get_ref().clone(), declared });
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
        match amount(names.assets, text) {
            Ok(money) => Some(money),
            Err(kind) => {
                self.problem(place, kind);
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

    fn list<S: Placed, T>(
        &mut self,
        what: &'static str,
        items: &[S],
        most: usize,
        mut compile: impl FnMut(&mut Self, &S) -> Option<T>,
    ) -> Option<Vec<T>> {
        if let Some(beyond) = items.get(most) {
            self.problem(&beyond.place(), Kind::TooMany { what, most });
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
        if let Some(beyond) = table.keys().nth(ENTRIES_MOST) {
            self.problem(&beyond.span(), Kind::TooMany { what, most: ENTRIES_MOST });
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
pub(in crate::policy) mod tests;
