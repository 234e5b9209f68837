//! Assets, agents, wallets, payees and people that come to nothing.

use alloc::collections::BTreeSet;
use alloc::format;

use counterfoil_decide::policy::{Policy, Power, Powers, join};
use counterfoil_rails::caip::{Account, Asset, ChainId};
use counterfoil_record::Id;

use super::{Found, WarningCode};
use crate::words::count;

pub(super) fn look(policy: &Policy, found: &mut Found) {
    assets(policy, found);
    accounts(policy, found);
    roles(policy, found);
}

fn chain_of(account: &str) -> Option<ChainId> {
    account.parse::<Account>().ok().map(|account| account.chain)
}

fn assets(policy: &Policy, found: &mut Found) {
    for (name, pin) in &policy.assets {
        let path = join("assets", name.as_str());
        if !policy.budgets.iter().any(|budget| budget.limits(name)) {
            let words = format!("no budget with `limit` counts {name}: nothing may be paid in it");
            found.add(WarningCode::AssetWithoutBudget, path.clone(), words);
        }
        if policy.obligations.max_exposure.get(name).is_none_or(|most| most.is_zero()) {
            let words = format!("`max_exposure` allows nothing in {name}");
            found.add(WarningCode::AssetWithoutMaximum, path.clone(), words);
        }
        let chain = pin.id.as_str().parse::<Asset>().ok().map(|asset| asset.chain);
        let wallet = policy.wallets.values().any(|wallet| chain_of(wallet.account.as_str()) == chain);
        let payee = policy.payees.iter().any(|payee| chain_of(payee.as_str()) == chain);
        if !(wallet && payee) {
            let whom = if wallet { "payee" } else { "wallet" };
            found.add(
                WarningCode::AssetWithoutAccounts,
                path,
                format!("no {whom} is on the chain of {name}"),
            );
        }
    }
}

fn accounts(policy: &Policy, found: &mut Found) {
    let chains: BTreeSet<ChainId> = policy
        .assets
        .values()
        .filter_map(|pin| pin.id.as_str().parse().ok().map(|it: Asset| it.chain))
        .collect();
    let paid = |account: &str| chain_of(account).is_some_and(|chain| chains.contains(&chain));
    for (name, wallet) in &policy.wallets {
        let path = join("wallets", name.as_str());
        if wallet.agents.is_empty() {
            found.add(WarningCode::WalletUnused, path, format!("the wallet {name} serves no agent"));
        } else if !paid(wallet.account.as_str()) {
            let words = format!("no asset is declared on the chain of the wallet {name}");
            found.add(WarningCode::WalletUnused, path, words);
        }
    }
    for payee in policy.payees.iter().filter(|payee| !paid(payee.as_str())) {
        let words = format!("no asset is declared on the chain of {}", payee.as_str());
        found.add(WarningCode::PayeeUnused, "payees.allow", words);
    }
    for agent in policy.agents.keys() {
        if !policy.wallets.values().any(|wallet| wallet.agents.contains(agent)) {
            let words = format!("no wallet serves {agent}: it can pay nothing");
            found.add(WarningCode::AgentWithoutWallet, join("agents", agent.as_str()), words);
        }
    }
}

/// Where so many people of a role are asked about what an agent asks.
struct Asked<'p> {
    path: alloc::string::String,
    approvals: u64,
    role: &'p Id,
}

fn asked(policy: &Policy) -> alloc::vec::Vec<Asked<'_>> {
    let phases = policy.phases.iter().filter_map(|(name, rule)| {
        let need = rule.approvals.as_ref()?;
        let path = join(&join("phases", name.as_str()), "enter");
        Some(Asked { path, approvals: need.approvals, role: &need.role })
    });
    let gates = policy.gates.iter().filter_map(|gate| {
        let need = gate.need.as_ref()?;
        let path = join(&join("gates", gate.id.as_str()), "need");
        Some(Asked { path, approvals: need.approvals, role: &need.role })
    });
    phases.chain(gates).collect()
}

fn roles(policy: &Policy, found: &mut Found) {
    let asked = asked(policy);
    let Powers { resume, override_purchase, write_off, clock, erase } = &policy.powers;
    let powers = [resume, override_purchase, write_off, clock, erase];
    let of_powers = powers.into_iter().flatten().map(|Power { role, .. }| role);
    let used: BTreeSet<&Id> = asked.iter().map(|it| it.role).chain(of_powers).collect();
    for role in policy.roles.keys().filter(|role| !used.contains(role)) {
        found.add(
            WarningCode::RoleUnused,
            join("roles", role.as_str()),
            format!("nothing asks {role} for anything"),
        );
    }
    for it in &asked {
        let Some(role) = policy.roles.get(it.role) else { continue };
        for (agent, rule) in &policy.agents {
            let Some(owner) = rule.owner.as_ref().filter(|owner| role.members.contains_key(*owner)) else {
                continue;
            };
            let left = u64::try_from(role.members.len().saturating_sub(1)).unwrap_or(u64::MAX);
            if left < it.approvals {
                let needed = count(it.approvals, "person");
                let words = format!(
                    "{needed} of {} can never approve what {agent} asks: {owner} owns it, and {left} others are in the role",
                    it.role
                );
                found.add(WarningCode::ApprovalsUnreachable, it.path.clone(), words);
            }
        }
    }
}
