//! What is said about policies, keys, suspension, the clock and private text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::policy::Policy;
use counterfoil_decide::state::LogKey;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{AdoptPolicy, Scope};
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Hash32, Input};

use crate::lines::Line;
use crate::rules::{Effect, rules};
use crate::words;
use crate::{Diff, Difference};

pub(super) fn matter(state: &State, input: &Input) -> Vec<Line> {
    match input {
        Input::AdoptPolicy(adopt) => policy(state, adopt),
        Input::RotateKey(rotate) => Vec::from([
            Line::new("goes", format_args!("key {}, {}", rotate.old, holder(state, &rotate.old))),
            Line::new("comes", format_args!("key {}, {}", rotate.new.key().thumbprint(), rotate.new)),
        ]),
        Input::RevokeKey(revoke) => {
            let since = match revoke.since {
                Some(since) => format!("record {since}: what it signed there or later is in doubt"),
                None => String::from("now: what it signed before stands"),
            };
            Vec::from([
                Line::new("revoke", format_args!("key {}, {}", revoke.key, holder(state, &revoke.key))),
                Line::new("since", since),
            ])
        }
        Input::Suspend(suspend) => [Line::new("suspend", words::scope(&suspend.scope))]
            .into_iter()
            .chain(unknown(state, &suspend.scope))
            .collect(),
        Input::Resume(resume) => {
            let since = state.suspended.get(&resume.scope);
            let since = since.map(|since| Line::new("suspended", format_args!("by record {since}")));
            let scope = [Line::new("resume", words::scope(&resume.scope))].into_iter().chain(since);
            scope.chain(unknown(state, &resume.scope)).collect()
        }
        Input::Clock(clock) => Vec::from([
            Line::new("clock to", format_args!("{} at the latest", words::time(clock.to.millis()))),
            Line::new("stands at", words::time(state.time.millis())),
        ]),
        Input::Erase(erase) => Vec::from([
            Line::new("erase", format_args!("a private text of record {}, for good", erase.record)),
            Line::new("commitment", erase.commitment.0),
            Line::new("stays", "the commitment: the record, and every proof about it, is as before"),
        ]),
        // Nothing that people sign stands in these, or it is told elsewhere.
        Input::Genesis(_)
        | Input::Start(_)
        | Input::Stop(_)
        | Input::Heartbeat(_)
        | Input::Unreadable(_)
        | Input::OpenRun(_)
        | Input::CloseRun(_)
        | Input::Attach(_)
        | Input::EnterPhase(_)
        | Input::Begin(_)
        | Input::CompleteStep(_)
        | Input::Commit(_)
        | Input::Abort(_)
        | Input::Pay(_)
        | Input::Claim(_)
        | Input::Statement(_)
        | Input::Bind(_)
        | Input::Settle(_)
        | Input::Fail(_)
        | Input::Unknown(_)
        | Input::Expire(_)
        | Input::Compensate(_)
        | Input::Refund(_)
        | Input::WriteOff(_) => Vec::new(),
    }
}

/// The policy in full, read from the bytes whose digest is signed: what changes with it first, then every rule.
fn policy(state: &State, adopt: &AdoptPolicy) -> Vec<Line> {
    let digest = Line::new("digest", Hash32::of(&[adopt.policy.as_slice()]));
    let Ok(policy) = Policy::from_bytes(adopt.policy.as_slice()) else {
        return Vec::from([Line::new("policy", "cannot be read"), digest]);
    };
    let before = state.policy.as_ref();
    let replaces = before.map_or_else(
        || String::from("none is in force"),
        |it| format!("{} version {}, {}", it.policy.name, it.policy.version, it.digest),
    );
    let mut lines = Vec::from([
        Line::new("policy", format_args!("{} version {}", policy.name, policy.version)),
        digest,
        Line::new("replaces", replaces),
    ]);
    lines.extend(before.iter().flat_map(|it| changes(&Diff::new(&it.policy, &policy))));
    let parts = rules(&policy).into_iter().flat_map(|rule| rule.parts);
    lines.extend(parts.map(|part| Line::new("says", format_args!("{}: {}", part.path, part.words))));
    lines
}

fn changes(diff: &Diff) -> Vec<Line> {
    let of = |it: &Difference| {
        let label = match it.effect {
            Effect::Allows => "allows",
            Effect::Denies => "denies",
            Effect::Changes => "changes",
        };
        let [before, after] = [&it.before, &it.after].map(|words| words.as_deref().unwrap_or("(nothing)"));
        Line::new(label, format_args!("{}: {before} -> {after}", it.path))
    };
    let mut lines: Vec<Line> = diff.differences.iter().map(of).collect();
    lines.extend(
        diff.budgets_anew.iter().map(|id| Line::new("anew", format_args!("budget {id} counts from then on"))),
    );
    lines
}

/// Whose key that is.
fn holder(state: &State, thumbprint: &Hash32) -> String {
    let is = |key: &NamedKey| key.key().thumbprint() == *thumbprint;
    let of_log = state.log_keys.iter().filter_map(LogKey::public);
    if of_log.into_iter().any(|key| key.thumbprint() == *thumbprint) {
        return String::from("of the log");
    }
    if let Some(person) =
        state.governance.iter().flat_map(|it| &it.members).find(|(_, keys)| keys.iter().any(is))
    {
        return format!("of {}, who governs", person.0);
    }
    let Some(policy) = state.policy.as_ref().map(|in_force| &in_force.policy) else {
        return String::from("of nobody");
    };
    let people = policy.roles.iter().flat_map(|(role, rule)| rule.members.iter().map(move |it| (role, it)));
    let agents = policy.agents.iter().find(|(_, rule)| rule.keys.iter().any(is));
    match (people.into_iter().find(|(_, (_, keys))| keys.iter().any(is)), agents) {
        (Some((role, (person, _))), _) => format!("of {person}, role {role}"),
        (None, Some((agent, _))) => format!("of agent {agent}"),
        (None, None) => String::from("of nobody"),
    }
}

/// What a scope names that there is not: of a name that is misspelt nothing is suspended.
fn unknown(state: &State, scope: &Scope) -> Vec<Line> {
    let policy = state.policy.as_ref().map(|in_force| &in_force.policy);
    let agent =
        scope.agent.as_ref().filter(|it| policy.is_none_or(|policy| !policy.agents.contains_key(*it)));
    let run = scope.run.filter(|it| !state.runs.contains_key(it));
    let payee = scope.payee.as_ref().filter(|it| policy.is_none_or(|policy| !policy.payees.contains(*it)));
    let asset =
        scope.asset.as_ref().filter(|it| policy.is_none_or(|policy| policy.asset(it.as_str()).is_none()));
    let named = [
        agent.map(|it| format!("the policy has no agent {it}")),
        run.map(|it| format!("no open run is {it}")),
        payee.map(|it| format!("the policy allows no payee {it}")),
        asset.map(|it| format!("the policy has no asset {it}")),
    ];
    let says =
        |what| Line::new("UNKNOWN", format_args!("{what}: this covers no payment that can be asked for now"));
    named.into_iter().flatten().map(says).collect()
}
