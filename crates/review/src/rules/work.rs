//! Phases and transactions.

use alloc::format;

use counterfoil_decide::policy::{Irreversible, Need, PhaseRule, Policy, TransactionRule};
use counterfoil_record::Id;

use super::{Effect, Rule, Section};
use crate::words::{amount, count, span};

pub(super) fn phase(name: &Id, phase: &PhaseRule) -> Rule {
    let PhaseRule { to, pay, categories, artefacts, approvals, plan_bound } = phase;
    let mut rule = Rule::named(Section::Phases, name, Effect::Allows);
    for artefact in artefacts {
        let words = format_args!("to enter it, {artefact} must be attached to the run");
        rule.restricts(&format!("enter artefacts {artefact}"), words);
    }
    match approvals {
        None => rule.demands("enter approvals", 0, "nobody is asked before it is entered"),
        Some(need) => entering(&mut rule, need),
    }
    if *pay {
        rule.permits("pay", "a run in it may pay");
    } else {
        rule.says("pay", "a run in it may not pay");
    }
    for category in categories {
        rule.permits(&format!("categories {category}"), format_args!("it may pay for {category}"));
    }
    if *plan_bound {
        rule.restricts(
            "plan_bound",
            "only what the attached plan lists may be paid, each item up to its ceiling",
        );
    } else if *pay {
        rule.says("plan_bound", "what may be paid does not depend on a plan");
    }
    for next in to {
        rule.permits(&format!("to {next}"), format_args!("a run may go on to {next}"));
    }
    if to.is_empty() {
        rule.says("to", "a run ends here");
    }
    rule
}

fn entering(rule: &mut Rule, need: &Need) {
    let Need { approvals, role, ttl } = need;
    let words = format_args!("to enter it, {} must approve", count(*approvals, "person"));
    rule.demands("enter approvals", (*approvals).into(), words);
    rule.says("enter from", format_args!("they are of {role}"));
    let words = format_args!("an approval counts for {} after what it answers", span(*ttl));
    rule.grants("enter ttl", ttl.millis().into(), words);
}

pub(super) fn transactions(policy: &Policy, transactions: &TransactionRule) -> Rule {
    let TransactionRule { required_above, max_deadline, irreversible, declare_compensation } = transactions;
    let mut rule = Rule::of(Section::Transactions);
    for asset in policy.assets.keys() {
        let key = format!("required_above {asset}");
        match required_above.get(asset) {
            None => rule.grants(&key, 0, format_args!("every payment in {asset} must be part of one")),
            Some(above) => {
                let at = above.units().saturating_add(1);
                let above = amount(policy, asset, *above);
                rule.grants(&key, at, format_args!("a payment of more than {above} must be part of one"));
            }
        }
    }
    let words = format_args!("a deadline is at most {} away", span(*max_deadline));
    rule.grants("max_deadline", max_deadline.millis().into(), words);
    let (at, words) = match irreversible {
        Irreversible::Allow => (2, "steps that cannot be undone are like any other"),
        Irreversible::Last => (1, "steps that cannot be undone come after every other, in their order"),
        Irreversible::Deny => (0, "steps that cannot be undone may not be paid"),
    };
    rule.grants("irreversible", at, words);
    if *declare_compensation {
        rule.restricts("compensation", "each payment in one says how it is undone, or that it cannot be");
    } else {
        rule.says("compensation", "a payment in one need not say how it is undone");
    }
    rule
}
