//! What holds after every step, computed the naive way: from the payments, not from the running totals.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_decide::State;
use counterfoil_decide::policy::Budget;
use counterfoil_decide::state::{GroupKey, InForce, Payment, Status, Terms};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index};

use crate::world::World;

pub(crate) fn hold(world: &World) {
    let state = world.script.core.state();
    assert_eq!(State::from_bytes(&state.to_bytes()).as_ref(), Ok(state));
    ledgers_are_the_sums_of_payments(state);
    purchases_are_the_open_payments(state);
    for payment in state.payments.values() {
        assert!(payment.compensated <= payment.settled);
        assert_eq!(payment.hold.is_some(), payment.status == Status::Held);
    }
    let Some((recorded, before)) = &world.last else { return };
    assert!(before.time <= state.time);
    assert_eq!(before.size.next(), state.size);
    reservations_end_once(before, state);
    assert_eq!(recorded.permit.is_some(), recorded.outcome == Outcome::Allow);
    if let Some(permit) = &recorded.permit {
        no_limit_is_passed(state, permit.payment);
    }
    if recorded.outcome == Outcome::Refused
        && !recorded.codes.iter().any(|it| it.code().contains("bind") || it.code().contains("bound"))
    {
        let unmoved = State { time: before.time, size: before.size, ..state.clone() };
        assert_eq!(unmoved, *before, "a refusal changes nothing");
    }
}

/// The payments that a budget counts in a group, now.
fn counted<'s>(
    state: &'s State,
    in_force: &'s InForce,
    budget: &'s Budget,
    group: &'s GroupKey,
) -> impl Iterator<Item = (&'s Payment, &'s Terms)> {
    let since = in_force.budgets_since[&budget.id];
    let known = state.payments.values().filter_map(|payment| Some((payment, payment.terms.as_ref()?)));
    known.filter(move |(_, terms)| {
        let inside = budget.rolling.is_none_or(|window| terms.at.plus(window) > state.time);
        terms.permit > since && inside && terms.groups.contains(group)
    })
}

/// Reserved and settled, and how many.
fn sum<'s>(payments: impl Iterator<Item = (&'s Payment, &'s Terms)>) -> (u128, u128, u64) {
    payments.fold((0, 0, 0), |(reserved, settled, count), (payment, terms)| {
        let open = matches!(payment.status, Status::Open | Status::Unknown);
        (
            reserved + if open { terms.exposure.units() } else { 0 },
            settled + payment.settled.units(),
            count + 1,
        )
    })
}

fn ledgers_are_the_sums_of_payments(state: &State) {
    let Some(in_force) = &state.policy else { return };
    for (group, ledger) in &state.ledgers {
        let budget = in_force.policy.budgets.iter().find(|budget| budget.id == group.budget);
        let budget = budget.expect("ledgers of budgets in force only");
        let (total, count) = ledger.at(state.time, budget.rolling);
        let found = (total.reserved.units(), total.settled.units(), count);
        assert_eq!(found, sum(counted(state, in_force, budget, group)), "{group:?}");
    }
}

fn no_limit_is_passed(state: &State, payment: Index) {
    let in_force = state.policy.as_ref().unwrap();
    let terms = state.payments[&payment].terms.as_ref().unwrap();
    for group in &terms.groups {
        let budget = in_force.policy.budgets.iter().find(|budget| budget.id == group.budget).unwrap();
        let (reserved, settled, count) = sum(counted(state, in_force, budget, group));
        if let Some(limit) = &budget.limit {
            assert!(Amount::new(reserved + settled) <= limit.amount, "{group:?}");
        }
        assert!(budget.count.is_none_or(|most| count <= most), "{group:?}");
    }
}

fn purchases_are_the_open_payments(state: &State) {
    let mut open: BTreeMap<Hash32, BTreeSet<Index>> = BTreeMap::new();
    for (index, payment) in &state.payments {
        if let Some(terms) = payment.terms.as_ref().filter(|_| payment.status.is_open()) {
            open.entry(terms.purchase).or_default().insert(*index);
        }
    }
    assert_eq!(open, state.purchases);
}

/// Once it has ended, a reservation does not come back, and what has settled does not go away.
fn reservations_end_once(before: &State, after: &State) {
    for (index, was) in &before.payments {
        let is = &after.payments[index];
        let ended = matches!(
            was.status,
            Status::Settled | Status::Failed | Status::Expired | Status::Denied | Status::Void
        );
        assert!(!(ended && is.status.is_open()), "payment {index}");
        assert!(was.settled <= is.settled, "payment {index}");
        assert!(was.status != Status::Settled || is.status == Status::Settled, "payment {index}");
    }
}
