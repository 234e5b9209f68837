//! The rows about what is bought on which terms: `payee` to `obligation`, `purchase` and `idempotency`
//! (sections 6 and 6.1).

use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Amount, Text};

use super::digests;
use super::facts::Facts;
use super::rail::Reading;
use super::row::Row;
use super::statements::{Subject, empowered};

pub(super) fn payee(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Payee);
    let (Some(policy), Some(payee)) = (facts.policy(), facts.payee()) else { return row.not_applicable() };
    let is_listed = policy.payees.iter().any(|it| it.as_str() == payee);
    let row = row.with(OperandName::Value, Text::shown(payee));
    if is_listed { row.pass() } else { row.fail() }
}

pub(super) fn resource(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Resource);
    let Some(policy) = facts.policy() else { return row.not_applicable() };
    let row = row.with(OperandName::Value, &facts.pay.resource);
    if facts.url.is_none() {
        return row.cannot("not-a-url");
    }
    if let Some(offered) = facts.pay.offered.as_ref().filter(|offered| **offered != facts.pay.resource) {
        return row.with(OperandName::Against, offered).fails("seller-names-another");
    }
    match facts.matching(&policy.resources) {
        Some(pattern) => row.with(OperandName::Against, pattern).pass(),
        None => row.fails("not-allowed"),
    }
}

pub(super) fn asset(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Asset);
    let (Some(_), Some(offer)) = (facts.policy(), facts.offer()) else { return row.not_applicable() };
    let row = row.with(OperandName::Value, Text::shown(offer.asset));
    let Some((name, pin)) = facts.asset else { return row.fails("not-declared") };
    let row = row.with(OperandName::Name, name);
    let differs = |stated: &Option<String>, pinned: &Text| {
        stated.as_ref().is_some_and(|stated| stated != pinned.as_str())
    };
    let is_another =
        differs(&offer.domain_name, &pin.domain_name) || differs(&offer.domain_version, &pin.domain_version);
    row.unless(is_another.then_some("domain-differs"))
}

pub(super) fn obligation(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Obligation);
    let Some(policy) = facts.policy() else { return row.not_applicable() };
    let offer = match &facts.reading {
        Reading::TooLarge(oversized) => {
            return row
                .with(OperandName::Length, oversized.length)
                .with(OperandName::Digest, oversized.digest)
                .cannot("too-large");
        }
        Reading::Unreadable { .. } => return row.cannot("unreadable"),
        Reading::Unsupported { because, exposure, .. } => {
            return row.maybe(OperandName::Exposure, exposure.map(Amount::new)).fails(because);
        }
        Reading::Offer(offer) => offer,
    };
    let row = row
        .with(OperandName::Name, offer.scheme)
        .with(OperandName::Method, offer.method)
        .maybe(OperandName::Spender, offer.spender.map(Text::shown))
        .maybe(OperandName::Facilitator, offer.facilitator.map(Text::shown))
        .money(OperandName::Exposure, offer.exposure)
        .with(OperandName::Lifetime, offer.lifetime);
    let Some(until) = facts.permit_until() else { return row.cannot("overflow") };
    let row = row.with(OperandName::PermitUntil, until);
    let Some((asset, _)) = facts.asset else { return row.not_applicable() };
    let rules = &policy.obligations;
    let Some(maximum) = rules.max_exposure.get(asset) else { return row.fails("no-maximum-for-asset") };
    let row = row.with(OperandName::Maximum, *maximum);
    row.unless(if !rules.schemes.iter().any(|scheme| scheme.as_str() == offer.scheme) {
        Some("scheme-not-allowed")
    } else if offer.exposure > maximum.units() {
        Some("over-maximum")
    } else if offer.lifetime > rules.max_lifetime.millis() / 1000 {
        Some("lives-too-long")
    } else {
        None
    })
}

pub(super) fn purchase(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Purchase);
    let (Some(in_force), Some(purchase)) = (facts.in_force, facts.purchase()) else {
        return row.not_applicable();
    };
    if facts.matching(&in_force.policy.repeatable).is_some() {
        return row.with(OperandName::Because, "repeatable").not_applicable();
    }
    let row = row.with(OperandName::Purchase, purchase);
    let mut pending = facts.world.ever_allowed().filter(|(payment, _)| payment.status.reserves());
    let Some((first, _)) = pending.find(|(_, allowed)| allowed.purchase == purchase) else {
        return row.pass();
    };
    let digest = digests::override_of(facts.request, &facts.pay.key, purchase, in_force.digest);
    let row = row.with(OperandName::Index, first.index).with(OperandName::Digest, digest);
    if facts.pay.overrides.is_empty() {
        return row.fail();
    }
    let subject = Subject { kind: SubjectKind::Override, digest, against: first.index };
    let reached = empowered(
        facts.world,
        &facts.pay.overrides,
        |policy| policy.powers.override_purchase.as_ref(),
        &subject,
        facts.now,
    );
    match reached {
        Ok(people) => row.with(OperandName::People, people).pass(),
        Err(code) => row.fails(code.code()),
    }
}

pub(super) fn idempotency(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Idempotency);
    let Some(run) = facts.run() else { return row.not_applicable() };
    let row = row.with(OperandName::Request, facts.request);
    match run.keys.get(&facts.pay.key) {
        Some((request, payment)) if *request != facts.request => {
            row.with(OperandName::Index, *payment).fails("key-names-another-request")
        }
        _ => row.pass(),
    }
}
