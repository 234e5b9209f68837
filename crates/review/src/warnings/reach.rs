//! Phases that nothing leads to, and lists that allow nothing or the same twice.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Policy, join};
use counterfoil_rails::url::Pattern;
use counterfoil_record::{Id, Text};

use super::{Found, WarningCode};

pub(super) fn look(policy: &Policy, found: &mut Found) {
    phases(policy, found);
    patterns(policy, found);
    lists(policy, found);
}

/// The phases that a run can come to.
pub(super) fn reachable(policy: &Policy) -> BTreeSet<&Id> {
    let mut reached = BTreeSet::from([&policy.initial_phase]);
    let mut open = Vec::from([&policy.initial_phase]);
    while let Some(rule) = open.pop().and_then(|name| policy.phases.get(name)) {
        open.extend(rule.to.iter().filter(|next| reached.insert(next)));
    }
    reached
}

fn phases(policy: &Policy, found: &mut Found) {
    let reached = reachable(policy);
    for name in policy.phases.keys().filter(|name| !reached.contains(name)) {
        let words = format!("a run that opens in {} never comes to {name}", policy.initial_phase);
        found.add(WarningCode::PhaseUnreachable, join("phases", name.as_str()), words);
    }
    if !policy.phases.iter().any(|(name, rule)| rule.pay && reached.contains(name)) {
        let words = "no run that opens under this policy comes to a phase with `pay = true`";
        found.add(WarningCode::NoPhasePays, "phases", words);
    }
}

fn parsed(patterns: &[Text]) -> Vec<Pattern> {
    patterns.iter().filter_map(|pattern| pattern.as_str().parse().ok()).collect()
}

fn patterns(policy: &Policy, found: &mut Found) {
    let allowed = parsed(&policy.resources);
    let repeatable = parsed(&policy.repeatable);
    for (path, patterns) in [("resources.allow", &allowed), ("purchases.repeatable", &repeatable)] {
        for (at, pattern) in patterns.iter().enumerate() {
            // Of two that are the same the second is the one too many.
            let by = patterns.iter().enumerate().find(|(by, other)| {
                *by != at && other.covers(pattern) && (!pattern.covers(other) || *by < at)
            });
            if let Some((_, by)) = by {
                let words = format!("{by} allows all that {pattern} does");
                found.add(WarningCode::ResourceCovered, path, words);
            }
        }
    }
    for pattern in repeatable.iter().filter(|it| !allowed.iter().any(|other| other.overlaps(it))) {
        let words = format!("nothing that {pattern} matches may be paid for");
        found.add(WarningCode::RepeatableNeverAllowed, "purchases.repeatable", words);
    }
}

fn lists(policy: &Policy, found: &mut Found) {
    let lists = [
        ("payees.allow", policy.payees.is_empty(), "nobody may be paid"),
        ("resources.allow", policy.resources.is_empty(), "nothing may be paid for"),
        ("obligations.schemes", policy.obligations.schemes.is_empty(), "no payment may be signed"),
    ];
    for (path, _, words) in lists.into_iter().filter(|(_, empty, _)| *empty) {
        found.add(WarningCode::NothingListed, path, words);
    }
}
