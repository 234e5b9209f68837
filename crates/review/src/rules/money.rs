//! Budgets and gates.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Budget, Calendar, Condition, Gate, Need, Period, Policy, Rolling, Window};

use super::{Effect, Rule, Scale, Section};
use crate::words::{count, span, stated};

pub(crate) fn budget(policy: &Policy, budget: &Budget) -> Rule {
    let Budget { id, per, window, limit, count: most, restore_refunds } = budget;
    let mut rule = Rule::named(Section::Budgets, id, Effect::Denies);
    let per: Vec<&str> = per.iter().map(|dimension| dimension.code()).collect();
    rule.says("per", format_args!("it is kept for each {}", per.join(" and ")));
    rule.says("window", self::window(window.as_ref()));
    if let Some(limit) = limit {
        let words = format_args!("at most {}, reserved and settled", stated(policy, limit));
        rule.grants_money("limit", limit, words);
    }
    if let Some(most) = most {
        let words = format_args!("at most {}, whatever became of them", count(*most, "allowed payment"));
        rule.grants("count", (*most).into(), words);
    }
    if *restore_refunds {
        rule.permits("restore_refunds", "what comes back may be spent again");
    } else {
        rule.says("restore_refunds", "what comes back stays spent");
    }
    rule
}

fn window(window: Option<&Window>) -> String {
    match window {
        None => "it counts everything since it was adopted".into(),
        Some(Window::Rolling(Rolling { span: length })) => {
            format!("it counts what was allowed in the last {}", span(*length))
        }
        Some(Window::Calendar(Calendar { every, behind, minutes })) => {
            let sign = if *behind { '-' } else { '+' };
            let (hours, minutes) = (minutes / 60, minutes % 60);
            let week = if *every == Period::Week { " (from Monday)" } else { "" };
            format!(
                "it counts what was allowed in the present {}{week}, by clocks at UTC{sign}{hours:02}:{minutes:02}",
                every.code()
            )
        }
    }
}

pub(super) fn gate(policy: &Policy, gate: &Gate) -> Rule {
    let Gate { id, when, need } = gate;
    let mut rule = Rule::named(Section::Gates, id, Effect::Denies);
    let Condition { exposure_at_least, first_payment_to_payee, budget, at_least_percent, category } = when;
    // Each condition is an "only if", so that nobody takes them for alternatives.
    if let Some(least) = exposure_at_least {
        let words = format_args!("only if the payment is of {} or more", stated(policy, least));
        let scale = Scale { of: Some(least.asset.clone()), at: least.amount.units(), more: Effect::Allows };
        rule.part("when exposure_at_least", words, Effect::Allows, Some(scale));
    }
    if *first_payment_to_payee {
        let words = "only if it is to somebody to whom none was ever allowed";
        rule.permits("when first_payment_to_payee", words);
    }
    if let Some(budget) = budget {
        rule.permits("when budget", format_args!("only if the budget {budget} counts it"));
    }
    if let Some(percent) = at_least_percent {
        let words = format_args!("only if it brings that budget to {percent} % of its limit or more");
        let scale = Scale { of: budget.clone(), at: (*percent).into(), more: Effect::Allows };
        rule.part("when at_least_percent", words, Effect::Allows, Some(scale));
    }
    if let Some(category) = category {
        rule.permits("when category", format_args!("only if it is for {category}"));
    }
    match need {
        None => rule.demands("need approvals", u128::MAX, "then it is denied"),
        Some(Need { approvals, role, ttl }) => {
            let words = format_args!("then {} must approve it", count(*approvals, "person"));
            rule.demands("need approvals", (*approvals).into(), words);
            rule.says("need from", format_args!("they are of {role}"));
            let words = format_args!("an approval counts for {} after the hold", span(*ttl));
            rule.grants("need ttl", ttl.millis().into(), words);
        }
    }
    rule
}
