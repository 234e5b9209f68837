//! Payees, resources, obligations, purchases, evidence, powers, limits.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

use counterfoil_decide::policy::{Limits, ObligationRule, Policy, Power, Powers, Releases};
use counterfoil_record::Text;

use super::{Rule, Section};
use crate::words::{amount, count, safe, span};

pub(super) fn payees(payees: &BTreeSet<Text>) -> Rule {
    let mut rule = Rule::of(Section::Payees);
    for payee in payees {
        rule.permits(&format!("allow {}", payee.as_str()), safe(payee.as_str()));
    }
    rule
}

/// `**` at the end is one segment or more, `*` is one.
pub(super) fn patterns(section: Section, key: &str, patterns: &[Text]) -> Rule {
    let mut rule = Rule::of(section);
    for pattern in patterns {
        rule.permits(&format!("{key} {}", pattern.as_str()), safe(pattern.as_str()));
    }
    rule
}

pub(super) fn obligations(policy: &Policy, obligations: &ObligationRule) -> Rule {
    let ObligationRule { schemes, max_exposure, max_lifetime, finality, slot_required } = obligations;
    let mut rule = Rule::of(Section::Obligations);
    for scheme in schemes {
        rule.permits(&format!("schemes {scheme}"), format_args!("the x402 scheme {scheme} may be signed"));
    }
    for asset in policy.assets.keys() {
        let key = format!("max_exposure {asset}");
        match max_exposure.get(asset) {
            None => rule.grants(&key, 0, format_args!("nothing may be paid in {asset}")),
            Some(most) => {
                let words = format_args!("at most {}", amount(policy, asset, *most));
                rule.grants(&key, most.units().saturating_add(1), words);
            }
        }
    }
    let words = format_args!("a permit holds for {}", span(*max_lifetime));
    rule.grants("max_lifetime", max_lifetime.millis().into(), words);
    let words = format_args!("it stays reserved for {} after its end", span(*finality));
    rule.demands("finality", finality.millis().into(), words);
    if *slot_required {
        rule.restricts("slot", "what the wallet signs must carry the slot of its permit");
    } else {
        rule.says("slot", "what the wallet signs without the slot of its permit is taken, and marked");
    }
    rule
}

pub(super) fn releases(releases: Releases) -> Rule {
    let mut rule = Rule::of(Section::Evidence);
    match releases {
        Releases::Payee => rule.permits("releases", "the payee's answer that it failed, or took less"),
        Releases::Chain => rule.says("releases", "evidence from a chain only; a payee's answer does not"),
    }
    rule
}

pub(super) fn powers(powers: &Powers) -> Rule {
    let Powers { resume, override_purchase, write_off, clock, erase } = powers;
    let mut rule = Rule::of(Section::Powers);
    power(&mut rule, "resume", resume.as_ref(), "resume what was suspended");
    let what = "allow a purchase while another payment for it is open";
    power(&mut rule, "override", override_purchase.as_ref(), what);
    power(&mut rule, "write_off", write_off.as_ref(), "give up what a failed transaction is owed");
    power(&mut rule, "clock", clock.as_ref(), "move the clock further than one record may");
    power(&mut rule, "erase", erase.as_ref(), "have private text erased from the log");
    rule
}

fn power(rule: &mut Rule, key: &str, power: Option<&Power>, what: &str) {
    match power {
        None => rule.demands(&format!("{key} approvals"), u128::MAX, format_args!("nobody may {what}")),
        Some(Power { approvals, role }) => {
            let who = count(*approvals, "person");
            rule.demands(&format!("{key} approvals"), (*approvals).into(), format_args!("{who} may {what}"));
            rule.says(&format!("{key} from"), format_args!("they are of {role}"));
        }
    }
}

pub(super) fn limits(limits: &Limits) -> Rule {
    let Limits { max_step, refusals_per_minute, match_horizon } = limits;
    let mut rule = Rule::of(Section::Limits);
    let (at, words): (u128, String) = match max_step {
        None => (u128::MAX, "a record may move the clock ahead as far as it likes".into()),
        Some(step) => (step.millis().into(), format!("a record may move the clock ahead by {}", span(*step))),
    };
    rule.grants("max_step", at, words);
    rule.says(
        "refusals_per_minute",
        match refusals_per_minute {
            None => "every refusal is recorded".into(),
            Some(most) => {
                format!("{} a minute are recorded of each run, more are counted", count(*most, "refusal"))
            }
        },
    );
    rule.says(
        "match_horizon",
        match match_horizon {
            None => "late facts are matched to a payment however long ago it ended".into(),
            Some(horizon) => {
                format!("late facts are matched to a payment for {} after its end", span(*horizon))
            }
        },
    );
    rule
}
