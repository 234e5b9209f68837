//! A policy as rules in words.
//!
//! Each rule has parts, and each part says one thing, under the path that it has in the policy's TOML
//! (`budgets.agent-day.limit`); what follows from several rules is said with what it is about. What a policy leaves out is said as well, where the policy could say it: nobody may
//! resume, no limit on the clock. Two policies differ where their parts do, so that what is printed and what is
//! compared are the same.
//!
//! INVARIANT: every struct of the policy is taken apart without `..`, so that a field that has no words here does
//! not compile.

mod limits;
mod money;
mod parties;
mod work;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use counterfoil_decide::policy::{Money, Policy, join};
use counterfoil_record::Id;
use serde::Serialize;

pub(crate) use money::budget;

/// What a change does to payments: which of them it concerns, the policy alone cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Something is allowed that was not.
    Allows,
    /// Something is denied, or waits for people, that was allowed.
    Denies,
    /// Neither can be said.
    Changes,
}

impl Effect {
    /// The effect of the change the other way.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Allows => Self::Denies,
            Self::Denies => Self::Allows,
            Self::Changes => Self::Changes,
        }
    }
}

/// Where a part stands on a scale, and what it does to go up on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// What it is a scale of, where there are several: units of an asset. Two of different things do not compare.
    pub of: Option<Id>,
    /// Where.
    pub at: u128,
    /// What more of it does.
    pub more: Effect,
}

/// One thing that a policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its path in the policy's TOML.
    pub path: String,
    /// What it says.
    pub words: String,
    /// What it does that it is there at all.
    #[serde(skip)]
    pub there: Effect,
    /// Its scale, if it is on one.
    #[serde(skip)]
    pub scale: Option<Scale>,
}

/// The parts that belong to one thing: an agent, a budget, the powers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The section that it stands in.
    pub section: Section,
    /// Its path in the policy's TOML.
    pub path: String,
    /// Its name; the section's, where it has only one rule.
    pub name: String,
    /// What it does that it is there at all.
    #[serde(skip)]
    pub there: Effect,
    /// What it says.
    pub parts: Vec<Part>,
}

/// The sections, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are the policy's own sections")]
pub enum Section {
    Policy,
    Assets,
    Agents,
    Wallets,
    Roles,
    Phases,
    Transactions,
    Budgets,
    Gates,
    Payees,
    Resources,
    Obligations,
    Purchases,
    Evidence,
    Powers,
    Limits,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 16] = [
        Self::Policy,
        Self::Assets,
        Self::Agents,
        Self::Wallets,
        Self::Roles,
        Self::Phases,
        Self::Transactions,
        Self::Budgets,
        Self::Gates,
        Self::Payees,
        Self::Resources,
        Self::Obligations,
        Self::Purchases,
        Self::Evidence,
        Self::Powers,
        Self::Limits,
    ];

    /// The key of the section in TOML.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Policy => "",
            Self::Assets => "assets",
            Self::Agents => "agents",
            Self::Wallets => "wallets",
            Self::Roles => "roles",
            Self::Phases => "phases",
            Self::Transactions => "transactions",
            Self::Budgets => "budgets",
            Self::Gates => "gates",
            Self::Payees => "payees",
            Self::Resources => "resources",
            Self::Obligations => "obligations",
            Self::Purchases => "purchases",
            Self::Evidence => "evidence",
            Self::Powers => "powers",
            Self::Limits => "limits",
        }
    }

    /// What the section is about.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Policy => "The policy",
            Self::Assets => "What may be paid with",
            Self::Agents => "Who may ask",
            Self::Wallets => "Who pays",
            Self::Roles => "Who may approve",
            Self::Phases => "Phases of a run",
            Self::Transactions => "Transactions",
            Self::Budgets => "Budgets",
            Self::Gates => "Gates: when people are asked, or never",
            Self::Payees => "Who may be paid",
            Self::Resources => "What may be paid for",
            Self::Obligations => "What one payment may oblige to",
            Self::Purchases => "What may be bought again while a payment for it is open",
            Self::Evidence => "What ends a reservation early",
            Self::Powers => "Who may do what, beside approving",
            Self::Limits => "Limits on the log",
        }
    }

    /// What it means that the section has no rule.
    pub const fn without(self) -> &'static str {
        match self {
            Self::Roles => "nobody",
            Self::Budgets => "none: nothing may be paid, because no budget counts it",
            Self::Gates => "none: nobody is asked about a payment",
            _ => "nothing",
        }
    }
}

/// Every rule of `policy`, section by section.
pub fn rules(policy: &Policy) -> Vec<Rule> {
    let Policy {
        name,
        version,
        initial_phase,
        assets,
        agents,
        wallets,
        roles,
        phases,
        transactions,
        budgets,
        gates,
        payees,
        resources,
        obligations,
        repeatable,
        releases,
        powers,
        limits,
    } = policy;
    let mut head = Rule::of(Section::Policy);
    head.says("name", format_args!("it is called {name}"));
    head.says("version", format_args!("its version is {version}"));
    head.says("initial_phase", format_args!("a run opens in the phase {initial_phase}"));
    let mut rules = Vec::from([head]);
    rules.extend(assets.iter().map(|(name, pin)| parties::asset(policy, name, pin)));
    rules.extend(agents.iter().map(|(name, rule)| parties::agent(name, rule)));
    rules.extend(wallets.iter().map(|(name, rule)| parties::wallet(name, rule)));
    rules.extend(roles.iter().map(|(name, role)| parties::role(name, role)));
    rules.extend(phases.iter().map(|(name, rule)| work::phase(name, rule)));
    rules.push(work::transactions(policy, transactions));
    rules.extend(budgets.iter().map(|budget| money::budget(policy, budget)));
    rules.extend(gates.iter().map(|gate| money::gate(policy, gate)));
    rules.push(limits::payees(payees));
    rules.push(limits::patterns(Section::Resources, "allow", resources));
    rules.push(limits::obligations(policy, obligations));
    rules.push(limits::patterns(Section::Purchases, "repeatable", repeatable));
    rules.push(limits::releases(*releases));
    rules.push(limits::powers(powers));
    rules.push(limits::limits(limits));
    rules.retain(|rule| !rule.parts.is_empty());
    rules
}

impl Rule {
    /// The one rule of a section.
    fn of(section: Section) -> Self {
        let key = section.key();
        Self { section, path: key.into(), name: String::new(), there: Effect::Changes, parts: Vec::new() }
    }

    /// One of the rules of a section.
    fn named(section: Section, name: impl Display, there: Effect) -> Self {
        let name = alloc::format!("{name}");
        Self { section, path: join(section.key(), &name), name, there, parts: Vec::new() }
    }

    fn part(&mut self, key: &str, words: impl Display, there: Effect, scale: Option<Scale>) {
        let path = key.split(' ').fold(self.path.clone(), |path, key| join(&path, key));
        self.parts.push(Part { path, words: alloc::format!("{words}"), there, scale });
    }

    /// Says something of which neither more nor less can be told. Keys below one another stand apart by spaces.
    fn says(&mut self, key: &str, words: impl Display) {
        self.part(key, words, Effect::Changes, None);
    }

    /// Says something that lets payments through.
    fn permits(&mut self, key: &str, words: impl Display) {
        self.part(key, words, Effect::Allows, None);
    }

    /// Says something that keeps payments back.
    fn restricts(&mut self, key: &str, words: impl Display) {
        self.part(key, words, Effect::Denies, None);
    }

    /// Says so much of something of which more lets more through.
    fn grants(&mut self, key: &str, at: u128, words: impl Display) {
        self.part(key, words, Effect::Changes, Some(Scale { of: None, at, more: Effect::Allows }));
    }

    /// Says so much money of which more lets more through.
    fn grants_money(&mut self, key: &str, money: &Money, words: impl Display) {
        let scale = Scale { of: Some(money.asset.clone()), at: money.amount.units(), more: Effect::Allows };
        self.part(key, words, Effect::Changes, Some(scale));
    }

    /// Says so much of something of which more keeps more back.
    fn demands(&mut self, key: &str, at: u128, words: impl Display) {
        self.part(key, words, Effect::Changes, Some(Scale { of: None, at, more: Effect::Denies }));
    }
}

#[cfg(test)]
mod tests;
