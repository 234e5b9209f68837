//! Budgets: which payments a group counts, and what they add up to (section 6.2).

use counterfoil_decide::policy::{Budget, Dimension, Window};
use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Id, Index, Time};

use super::calendar;
use super::facts::Facts;
use super::row::Row;
use super::world::{Allowed, Payment, Run, World};

/// The values of `per`, in the order run, agent, payee, principal.
pub(super) type Key = Vec<String>;

/// What the payments of a group add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub count: u64,
    pub settled: u128,
    pub reserved: u128,
    pub returned: u128,
}

fn key(budget: &Budget, run: &Run<'_>, payee: &str) -> Key {
    let value = |dimension| match dimension {
        Dimension::Run => run.index.to_string(),
        Dimension::Agent => run.opened.agent.to_string(),
        Dimension::Payee => payee.into(),
        Dimension::Principal => run.opened.principal.to_string(),
    };
    let dimensions = [Dimension::Run, Dimension::Agent, Dimension::Payee, Dimension::Principal];
    dimensions.into_iter().filter(|dimension| budget.per.contains(dimension)).map(value).collect()
}

/// The different groups of the runs of a chain, each with the run that it is of.
fn keys(budget: &Budget, chain: &[&Run<'_>], payee: &str) -> Vec<(Index, Key)> {
    let mut keys: Vec<(Index, Key)> = Vec::new();
    for run in chain {
        let key = key(budget, run, payee);
        if keys.iter().all(|(_, other)| *other != key) {
            keys.push((run.index, key));
        }
    }
    keys
}

/// The groups of `budget` that the payment asked for would be in.
pub(super) fn groups(facts: &Facts<'_, '_>, budget: &Budget) -> Vec<(Index, Key)> {
    let (Some(_), Some((asset, _)), Some(payee)) = (facts.exposure, facts.asset, facts.payee()) else {
        return Vec::new();
    };
    if budget.limit.as_ref().is_some_and(|limit| limit.asset != *asset) {
        return Vec::new();
    }
    keys(budget, &facts.chain, &payee)
}

/// The groups of `budget` that a payment was allowed to, if the budget in force counts it.
pub(super) fn groups_of(world: &World<'_>, budget: &Budget, payment: &Payment<'_>) -> Vec<Key> {
    let (Some(in_force), Some(allowed)) = (&world.in_force, &payment.allowed) else { return Vec::new() };
    let of_another_asset = budget
        .limit
        .as_ref()
        .is_some_and(|limit| in_force.policy.assets[&limit.asset].id.as_str() != allowed.asset.to_string());
    if allowed.index <= in_force.since[&budget.id] || of_another_asset {
        return Vec::new();
    }
    let chain = world.chain(payment.pay.run);
    keys(budget, &chain, &allowed.payee.to_string()).into_iter().map(|(_, key)| key).collect()
}

/// The payments that were allowed to a group since the budget counts, whenever that was.
fn counted<'w, 'a>(world: &'w World<'a>, budget: &Budget, key: &Key) -> Vec<(&'w Payment<'a>, &'w Allowed)> {
    world.ever_allowed().filter(|(payment, _)| groups_of(world, budget, payment).contains(key)).collect()
}

/// What a group adds up to at `now`; `None` if its window cannot be told.
pub(super) fn sum(world: &World<'_>, budget: &Budget, key: &Key, now: Time) -> Option<Sum> {
    let mut sum = Sum::default();
    for (payment, allowed) in counted(world, budget, key) {
        if is_in_window(budget, allowed.time, now)? {
            let (reserved, settled, returned) = payment.adds();
            sum.count += 1;
            sum.reserved = sum.reserved.saturating_add(reserved);
            sum.settled = sum.settled.saturating_add(settled);
            sum.returned = sum.returned.saturating_add(returned);
        }
    }
    // Without payments too the window must be one that can be told.
    is_in_window(budget, now, now)?;
    Some(sum)
}

fn is_in_window(budget: &Budget, allowed: Time, now: Time) -> Option<bool> {
    Some(match &budget.window {
        None => true,
        Some(Window::Rolling(rolling)) => {
            u128::from(allowed.millis()) + u128::from(rolling.span.millis()) > u128::from(now.millis())
        }
        Some(Window::Calendar(it)) => calendar::window(it, allowed)? == calendar::window(it, now)?,
    })
}

/// Settled, reserved and `exposure`, less what was returned if that may be spent again; `None` if the
/// sum before that passes 2^128-1.
pub(super) fn with_exposure(budget: &Budget, sum: &Sum, exposure: u128) -> Option<u128> {
    let whole = sum.settled.checked_add(sum.reserved)?.checked_add(exposure)?;
    Some(if budget.restore_refunds { whole.saturating_sub(sum.returned) } else { whole })
}

pub(super) fn rows(facts: &Facts<'_, '_>) -> Vec<Check> {
    let budgets = facts.policy().into_iter().flat_map(|policy| &policy.budgets);
    budgets.flat_map(|budget| rows_of(facts, budget)).collect()
}

fn rows_of(facts: &Facts<'_, '_>, budget: &Budget) -> Vec<Check> {
    let groups = groups(facts, budget);
    if groups.is_empty() {
        return vec![Row::new(CheckName::Budget).rule(&budget.id).not_applicable()];
    }
    let rows = groups.iter().enumerate();
    rows.map(|(place, (run, key))| row(facts, budget, (place > 0).then_some(*run), key)).collect()
}

fn row(facts: &Facts<'_, '_>, budget: &Budget, run: Option<Index>, key: &Key) -> Check {
    let in_force = facts.in_force.unwrap();
    let window = match &budget.window {
        Some(Window::Rolling(rolling)) => Some(rolling.span),
        _ => None,
    };
    let previous = counted(facts.world, budget, key).iter().map(|(payment, _)| payment.moved).max();
    let row = Row::new(CheckName::Budget)
        .rule(&budget.id)
        .maybe(OperandName::Run, run)
        .maybe(OperandName::Window, window)
        .with(OperandName::Since, in_force.since[&budget.id])
        .maybe(OperandName::Previous, previous);
    let sum = sum(facts.world, budget, key, facts.now);
    let Some(sum) = sum else { return row.cannot("overflow") };
    if let Some(most) = budget.count {
        let row = row.with(OperandName::Maximum, most).with(OperandName::Count, sum.count);
        return if sum.count < most { row.pass() } else { row.fail() };
    }
    let limit = budget.limit.as_ref().unwrap().amount.units();
    let exposure = facts.exposure.unwrap();
    let row = row.money(OperandName::Limit, limit).money(OperandName::Exposure, exposure);
    let row = row.money(OperandName::Settled, sum.settled).money(OperandName::Reserved, sum.reserved);
    let row = if budget.restore_refunds { row.money(OperandName::Returned, sum.returned) } else { row };
    match with_exposure(budget, &sum, exposure) {
        None => row.cannot("overflow"),
        Some(whole) if whole <= limit => row.money(OperandName::Left, limit - whole).pass(),
        Some(_) => row.fail(),
    }
}

pub(super) fn coverage(facts: &Facts<'_, '_>) -> Check {
    let row = Row::new(CheckName::BudgetCoverage);
    let (Some(policy), Some(_), Some((asset, _)), Some(_)) =
        (facts.policy(), facts.exposure, facts.asset, facts.run())
    else {
        return row.not_applicable();
    };
    let counts = |budget: &&Budget| budget.limit.as_ref().is_some_and(|limit| limit.asset == *asset);
    let count = u64::try_from(policy.budgets.iter().filter(counts).count()).unwrap();
    let row = row.with(OperandName::Count, count);
    if count > 0 { row.pass() } else { row.fail() }
}

/// The budget of an id, in the policy in force.
pub(super) fn named<'f>(facts: &'f Facts<'_, '_>, id: &Id) -> Option<&'f Budget> {
    facts.policy()?.budgets.iter().find(|budget| budget.id == *id)
}
