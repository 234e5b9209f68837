//! Assets, agents, wallets, roles.

use counterfoil_decide::policy::{AgentRule, AssetPin, Policy, Role, WalletRule};
use counterfoil_record::Id;
use counterfoil_record::key::NamedKey;

use super::{Effect, Rule, Section};
use crate::words::{count, safe};

pub(super) fn asset(policy: &Policy, name: &Id, pin: &AssetPin) -> Rule {
    let AssetPin { id, decimals, domain_name, domain_version } = pin;
    let mut rule = Rule::named(Section::Assets, name, Effect::Allows);
    rule.says("id", format_args!("it is the token {}", safe(id.as_str())));
    rule.says("decimals", format_args!("amounts of it have {}", count(*decimals, "decimal place")));
    rule.says(
        "domain name",
        format_args!("wallets sign for it under the name \"{}\"", safe(domain_name.as_str())),
    );
    rule.says("domain version", format_args!("and under the version \"{}\"", safe(domain_version.as_str())));
    // Follows from the budgets, where adding the first and removing the last do the contrary of any other.
    if policy.budgets.iter().any(|budget| budget.limits(name)) {
        rule.grants("counted", 1, "a budget counts what is paid in it");
    } else {
        rule.grants("counted", 0, "no budget counts it, so that nothing may be paid in it");
    }
    rule
}

pub(super) fn agent(name: &Id, agent: &AgentRule) -> Rule {
    let AgentRule { owner, keys } = agent;
    let mut rule = Rule::named(Section::Agents, name, Effect::Allows);
    match owner {
        Some(owner) => rule.restricts("owner", format_args!("{owner} may not approve what it asks")),
        None => rule.says("owner", "nobody is kept from approving what it asks"),
    }
    if keys.is_empty() {
        rule.demands("keys", 0, "the operator's word is taken for it that this agent asks");
    } else {
        rule.demands("keys", 1, "it must sign what it asks, with one of these keys");
        for key in keys {
            rule.says(&alloc::format!("keys {key}"), format_args!("key {key}"));
        }
    }
    rule
}

pub(super) fn wallet(name: &Id, wallet: &WalletRule) -> Rule {
    let WalletRule { account, agents } = wallet;
    let mut rule = Rule::named(Section::Wallets, name, Effect::Allows);
    rule.says("account", format_args!("it pays from {}", safe(account.as_str())));
    for agent in agents {
        rule.permits(&alloc::format!("agents {agent}"), format_args!("it pays for {agent}"));
    }
    rule
}

pub(super) fn role(name: &Id, role: &Role) -> Rule {
    let Role { members } = role;
    let mut rule = Rule::named(Section::Roles, name, Effect::Allows);
    for (person, keys) in members {
        let key = alloc::format!("members {person}");
        rule.permits(&key, format_args!("{person} is in it, with {}", count_keys(keys)));
        for own in keys {
            rule.permits(&alloc::format!("{key} {own}"), format_args!("key {own}"));
        }
    }
    rule
}

fn count_keys(keys: &[NamedKey]) -> alloc::string::String {
    count(u64::try_from(keys.len()).unwrap_or(u64::MAX), "key")
}
