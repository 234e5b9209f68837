//! Rules that compile and yet do nothing, or not what their author will have meant.

mod budgets;
mod gates;
mod parties;
mod reach;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use counterfoil_decide::policy::Policy;
use counterfoil_record::{Amount, Id};
use serde::Serialize;

use crate::daily::daily;
use crate::words::amount;

/// What is odd about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// Nothing may be paid in the asset: no budget with `limit` counts it.
    AssetWithoutBudget,
    /// Nothing may be paid in the asset: `max_exposure` does not name it, or says zero.
    AssetWithoutMaximum,
    /// Nothing can be paid in the asset: no wallet, or no payee, is on its chain.
    AssetWithoutAccounts,
    /// More than the stated ceiling can leave in 24 hours.
    AboveCeiling,
    /// The agent has no wallet.
    AgentWithoutWallet,
    /// The wallet serves nobody, or no declared asset is on its chain.
    WalletUnused,
    /// No declared asset is on the payee's chain.
    PayeeUnused,
    /// No rule asks the role for anything.
    RoleUnused,
    /// So many people as are needed can never approve for this agent: its owner is one of them.
    ApprovalsUnreachable,
    /// No run that opens under the policy can come to the phase.
    PhaseUnreachable,
    /// No phase that such a run can come to pays.
    NoPhasePays,
    /// Another budget refuses whatever this one would, where both began to count together.
    BudgetNeverReached,
    /// The largest payment is above the budget, so that it can never be allowed.
    MaximumAboveBudget,
    /// No payment that may be paid closes the gate.
    GateNeverCloses,
    /// Another gate closes whenever this one does, and asks for as much or denies.
    GateShadowed,
    /// The list of payees, or that of resources, or that of schemes is empty.
    NothingListed,
    /// Another pattern allows all that this one does.
    ResourceCovered,
    /// Nothing that may be paid for is repeatable by this pattern.
    RepeatableNeverAllowed,
}

impl WarningCode {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::AssetWithoutBudget,
        Self::AssetWithoutMaximum,
        Self::AssetWithoutAccounts,
        Self::AboveCeiling,
        Self::AgentWithoutWallet,
        Self::WalletUnused,
        Self::PayeeUnused,
        Self::RoleUnused,
        Self::ApprovalsUnreachable,
        Self::PhaseUnreachable,
        Self::NoPhasePays,
        Self::BudgetNeverReached,
        Self::MaximumAboveBudget,
        Self::GateNeverCloses,
        Self::GateShadowed,
        Self::NothingListed,
        Self::ResourceCovered,
        Self::RepeatableNeverAllowed,
    ];

    /// The code as it stands in JSON and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AssetWithoutBudget => "asset-without-budget",
            Self::AssetWithoutMaximum => "asset-without-maximum",
            Self::AssetWithoutAccounts => "asset-without-accounts",
            Self::AboveCeiling => "above-ceiling",
            Self::AgentWithoutWallet => "agent-without-wallet",
            Self::WalletUnused => "wallet-unused",
            Self::PayeeUnused => "payee-unused",
            Self::RoleUnused => "role-unused",
            Self::ApprovalsUnreachable => "approvals-unreachable",
            Self::PhaseUnreachable => "phase-unreachable",
            Self::NoPhasePays => "no-phase-pays",
            Self::BudgetNeverReached => "budget-never-reached",
            Self::MaximumAboveBudget => "maximum-above-budget",
            Self::GateNeverCloses => "gate-never-closes",
            Self::GateShadowed => "gate-shadowed",
            Self::NothingListed => "nothing-listed",
            Self::ResourceCovered => "resource-covered",
            Self::RepeatableNeverAllowed => "repeatable-never-allowed",
        }
    }
}

impl fmt::Display for WarningCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What kind of thing is odd.
    pub code: WarningCode,
    /// The path of the rule, in TOML.
    pub path: String,
    /// What is odd about it.
    pub words: String,
}

/// A ceiling that is stated for a day's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The asset, as the policy names it.
    pub asset: Id,
    /// The most that may leave in any 24 hours, in its smallest unit.
    pub most: Amount,
}

/// Every warning about `policy`, and about what it lets leave above the `ceilings`.
pub fn warnings(policy: &Policy, ceilings: &[Ceiling]) -> Vec<Warning> {
    let mut found = Found(Vec::new());
    parties::look(policy, &mut found);
    reach::look(policy, &mut found);
    budgets::look(policy, &mut found);
    gates::look(policy, &mut found);
    above(policy, ceilings, &mut found);
    found.0
}

fn above(policy: &Policy, ceilings: &[Ceiling], found: &mut Found) {
    for ceiling in ceilings {
        let of_it = daily(policy).into_iter().find(|daily| daily.asset == ceiling.asset);
        let Some(daily) = of_it.filter(|daily| daily.most.is_none_or(|most| most > ceiling.most)) else {
            continue;
        };
        let stated = amount(policy, &ceiling.asset, ceiling.most);
        let words = alloc::format!("more than {stated} can leave in 24 hours; {}", daily.words);
        found.add(WarningCode::AboveCeiling, "budgets", words);
    }
}

/// The warnings found so far.
struct Found(Vec<Warning>);

impl Found {
    fn add(&mut self, code: WarningCode, path: impl Into<String>, words: impl Into<String>) {
        self.0.push(Warning { code, path: path.into(), words: words.into() });
    }
}

#[cfg(test)]
mod tests;
