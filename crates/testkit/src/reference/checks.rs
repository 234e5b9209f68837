//! The rows about who asks and in what place: from `policy-in-force` to `transaction` (section 6).

use counterfoil_decide::policy::Irreversible;
use counterfoil_record::input::{Compensation, Mandate, Part};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Index, Text};

use super::facts::Facts;
use super::row::Row;
use super::statements::Subject;
use super::world::World;
use super::{digests, statements};

pub(super) fn policy_in_force(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::PolicyInForce);
    let Some(in_force) = facts.in_force else { return row.fail() };
    row.with(OperandName::Name, &in_force.policy.name)
        .with(OperandName::Version, in_force.policy.version)
        .with(OperandName::Digest, in_force.digest)
        .with(OperandName::Index, in_force.index)
        .pass()
}

pub(super) fn not_suspended(facts: &Facts<'_, '_>) -> Check {
    let run = facts.run().map(|run| run.index);
    let (payee, asset) = (facts.payee(), facts.offer().map(|offer| offer.asset.to_string()));
    let covering = facts.world.suspensions(run, payee.as_deref(), asset.as_deref());
    let row = Row::new(CheckName::NotSuspended);
    if covering.is_empty() { row.pass() } else { row.with(OperandName::Suspensions, covering).fail() }
}

pub(super) fn run_open(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::RunOpen);
    match facts.run() {
        Some(run) => row
            .with(OperandName::Name, &run.opened.id)
            .with(OperandName::Index, run.index)
            .with(OperandName::Principal, &run.opened.principal)
            .pass(),
        None if facts.in_force.is_none() => row.not_applicable(),
        None => row.with(OperandName::Index, facts.pay.run).fail(),
    }
}

pub(super) fn agent(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Agent);
    let (Some(policy), Some(run)) = (facts.policy(), facts.run()) else { return row.not_applicable() };
    let row = row.with(OperandName::Name, &run.opened.agent);
    let Some(rule) = policy.agents.get(&run.opened.agent) else {
        return row.with(OperandName::Signed, false).fail();
    };
    if rule.keys.is_empty() {
        let row = row.with(OperandName::Signed, false);
        return row.unless(facts.pay.request.is_some().then_some("agent-has-no-keys"));
    }
    let digest = digests::signed_request(facts.request, &facts.pay.key);
    let row = row.with(OperandName::Signed, facts.pay.request.is_some()).with(OperandName::Digest, digest);
    let Some(request) = &facts.pay.request else { return row.fails("not-signed") };
    let subject = Subject { kind: SubjectKind::Request, digest, against: run.index };
    let group = statements::agent(policy, &run.opened.agent);
    let signed = statements::approval(facts.world, request, &group, &subject, facts.asked);
    row.unless(signed.err().map(counterfoil_record::verdict::Code::code))
}

pub(super) fn wallet(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Wallet);
    let Some(policy) = facts.policy() else { return row.not_applicable() };
    let row = row.with(OperandName::Name, &facts.pay.wallet);
    let Some(rule) = policy.wallets.get(&facts.pay.wallet) else { return row.fails("unknown-wallet") };
    let row = row.with(OperandName::Account, &rule.account);
    let agent = facts.run().map(|run| &run.opened.agent).filter(|agent| policy.agents.contains_key(agent));
    if agent.is_some_and(|agent| !rule.agents.contains(agent)) {
        return row.fails("does-not-serve-agent");
    }
    let account: counterfoil_rails::caip::Account = rule.account.as_str().parse().unwrap();
    let asset = facts.offer().filter(|_| facts.asset.is_some()).map(|offer| offer.asset);
    row.unless(asset.is_some_and(|asset| asset.chain != account.chain).then_some("another-chain"))
}

pub(super) fn mandates(facts: &Facts<'_, '_>) -> Vec<Check> {
    let given = facts.chain.iter().filter_map(|run| Some((run.index, run.opened.mandate.as_ref()?)));
    let rows: Vec<Check> = given.map(|(run, it)| mandate(facts, run, it)).collect();
    if rows.is_empty() { vec![Row::new(CheckName::Mandate).not_applicable()] } else { rows }
}

fn mandate(facts: &Facts<'_, '_>, run: Index, mandate: &Mandate) -> Check {
    let row = Row::new(CheckName::Mandate);
    let (Some(offer), Some(until)) = (facts.offer(), facts.permit_until()) else {
        return row.not_applicable();
    };
    let row = row
        .with(OperandName::Name, &mandate.format)
        .with(OperandName::Run, run)
        .with(OperandName::Expires, mandate.expires);
    let limit = mandate.limits.iter().find(|(asset, _)| asset.as_str() == offer.asset.to_string());
    let used = used_under(facts.world, run, &offer.asset.to_string());
    let row = match limit {
        Some((_, limit)) => row
            .with(OperandName::Limit, *limit)
            .money(OperandName::Used, used)
            .money(OperandName::Exposure, offer.exposure),
        None => row,
    };
    if u128::from(until) * 1000 > u128::from(mandate.expires.millis()) {
        return row.fails("expired");
    }
    let Some((_, limit)) = limit else { return row.fails("asset-not-in-mandate") };
    let Some(sum) = used.checked_add(offer.exposure) else { return row.cannot("overflow") };
    let payee = offer.payee.to_string();
    if !mandate.payees.is_empty() && !mandate.payees.iter().any(|it| it.as_str() == payee) {
        return row.fails("payee-not-in-mandate");
    }
    row.unless((sum > limit.units()).then_some("over-mandate"))
}

/// What payments allowed to `run` or to a run below it have reserved and settled of `asset`.
fn used_under(world: &World<'_>, run: Index, asset: &str) -> u128 {
    let payments = world
        .ever_allowed()
        .filter(|(_, allowed)| allowed.asset.to_string() == asset)
        .filter(|(payment, _)| world.chain(payment.pay.run).iter().any(|it| it.index == run));
    payments.fold(0_u128, |sum, (payment, _)| {
        let (reserved, settled, _) = payment.adds();
        sum.saturating_add(reserved).saturating_add(settled)
    })
}

pub(super) fn phase(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Phase);
    let (Some(_), Some(run)) = (facts.policy(), facts.run()) else { return row.not_applicable() };
    let category = facts.pay.category.as_ref();
    let row = row
        .with(OperandName::Name, &run.phase)
        .with(OperandName::Since, run.since)
        .maybe(OperandName::Category, category);
    let Some(rule) = facts.phase() else { return row.fails("unknown-phase") };
    let row = row.with(OperandName::MayPay, rule.pay);
    row.unless(match category {
        _ if rule.digest() != run.rule => Some("rule-changed-since-entry"),
        _ if !rule.pay => Some("phase-may-not-pay"),
        None => Some("no-category"),
        Some(category) if !rule.categories.contains(category) => Some("category-not-in-phase"),
        Some(_) => None,
    })
}

pub(super) fn plan(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Plan);
    let Some(run) = facts.run().filter(|_| facts.is_plan_bound()) else { return row.not_applicable() };
    let asked = facts.pay.item.as_ref();
    let row = row.maybe(OperandName::Name, asked);
    let (Some(plan), Some(asked)) = (&run.plan, asked) else { return row.fails("no-item") };
    let row = row.with(OperandName::Index, plan.index);
    let Some(item) = plan.items.iter().find(|item| item.id == *asked) else {
        return row.fails("not-in-plan");
    };
    let on_it = facts.world.ever_allowed().filter(|(payment, allowed)| {
        payment.pay.run == run.index && allowed.plan.as_ref() == Some(&(plan.index, asked.clone()))
    });
    let used = on_it.fold(0_u128, |sum, (payment, _)| {
        let (reserved, settled, _) = payment.adds();
        sum.saturating_add(reserved).saturating_add(settled)
    });
    let (Some(exposure), Some(payee), Some((asset, _))) = (facts.exposure, facts.payee(), facts.asset) else {
        return row.not_applicable();
    };
    let row = row
        .with(OperandName::Maximum, item.ceiling)
        .money(OperandName::Used, used)
        .money(OperandName::Exposure, exposure);
    let Some(sum) = used.checked_add(exposure) else { return row.cannot("overflow") };
    row.unless(if item.payee.as_str() != payee {
        Some("another-payee")
    } else if item.asset != *asset {
        Some("another-asset")
    } else if facts.pay.category.as_ref() != Some(&item.category) {
        Some("another-category")
    } else if sum > item.ceiling.units() {
        Some("over-ceiling")
    } else {
        None
    })
}

pub(super) fn transaction(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::Transaction);
    let (Some(policy), Some(_)) = (facts.policy(), facts.run()) else { return row.not_applicable() };
    if let Some(part) = &facts.pay.part {
        return in_transaction(facts, part);
    }
    let (Some(exposure), Some((asset, _))) = (facts.exposure, facts.asset) else {
        return row.not_applicable();
    };
    let threshold = policy.transactions.required_above.get(asset).map_or(0, |amount| amount.units());
    let row = row.money(OperandName::Exposure, exposure).money(OperandName::Threshold, threshold);
    if exposure > threshold { row.fails("required") } else { row.not_applicable() }
}

fn in_transaction(facts: &Facts<'_, '_>, part: &Part) -> Check {
    let policy = facts.policy().unwrap();
    let row = Row::new(CheckName::Transaction)
        .with(OperandName::Transaction, part.transaction)
        .with(OperandName::Name, &part.step);
    let known = facts.world.transaction(part.transaction);
    let Some(transaction) = known.filter(|it| it.begun.run == facts.pay.run) else {
        return row.fails("unknown-transaction");
    };
    let row = row.with(OperandName::Deadline, transaction.begun.deadline);
    let steps = &transaction.begun.steps;
    let Some(order) = steps.iter().position(|step| step.id == part.step) else {
        return row.fails("unknown-step");
    };
    let step = &steps[order];
    let way = facts.pay.compensation.as_ref().map(|it: &Compensation| match &it.way {
        Some(way) => Text::from(way),
        None => Text::shown("impossible"),
    });
    let row = row
        .with(OperandName::Order, u64::try_from(order).unwrap())
        .with(OperandName::Reversible, step.reversible)
        .maybe(OperandName::Compensation, way);
    if !transaction.is_open(facts.now) {
        return row.fails("not-open");
    }
    if transaction.complete.contains(&step.id) {
        return row.fails("step-complete");
    }
    if !step.reversible {
        let waits = steps.iter().enumerate().any(|(place, other)| {
            (other.reversible || place < order) && !transaction.complete.contains(&other.id)
        });
        match policy.transactions.irreversible {
            Irreversible::Deny => return row.fails("irreversible"),
            Irreversible::Last if waits => return row.fails("irreversible-goes-last"),
            Irreversible::Last | Irreversible::Allow => {}
        }
    }
    row.unless(match &facts.pay.compensation {
        _ if !policy.transactions.declare_compensation => None,
        None => Some("no-compensation-declared"),
        Some(declared) => {
            (declared.way.is_some() != step.reversible).then_some("compensation-contradicts-step")
        }
    })
}
