//! What holds after every step, whatever was asked.

use counterfoil_decide::State;
use counterfoil_decide::state::Status;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Index, Input};

use crate::world::World;

pub(crate) fn hold(world: &World) {
    let Some((before, input, outcome)) = &world.last else { return };
    let state = &world.state;
    // The whole encoding is long; now and then is enough.
    if world.steps.is_multiple_of(16) {
        assert_eq!(State::from_bytes(&state.to_bytes()).as_ref(), Ok(state));
    }
    assert!(before.time <= state.time, "time goes back");
    assert_eq!(before.size.next(), state.size);
    assert!(versions_rise(before, state));
    reservations_end_once(before, state);
    nothing_comes_back_twice(state);
    if *outcome == Outcome::Allow {
        no_limit_is_passed(state, input.payment().unwrap_or(before.size));
    }
    if let (Input::Erase(_), Outcome::Accepted) = (input, outcome) {
        erasures_change_nothing(before, state);
    }
    if *outcome == Outcome::Refused && !matches!(input, Input::Bind(_)) {
        refusals_change_nothing(before, state);
    }
}

fn versions_rise(before: &State, after: &State) -> bool {
    let version = |state: &State| state.policy.as_ref().map(|policy| policy.policy.version);
    version(before) <= version(after)
}

/// Once it has ended, a reservation does not come back, and what has settled does not go away.
fn reservations_end_once(before: &State, after: &State) {
    for (index, was) in &before.payments {
        let Some(is) = after.payments.get(index) else {
            assert!(was.status.is_final(), "payment {index} is forgotten");
            continue;
        };
        assert!(!(was.status.is_final() && is.status.is_open()), "payment {index}");
        assert!(was.settled <= is.settled, "payment {index}");
        assert!(was.status != Status::Settled || is.status == Status::Settled, "payment {index}");
    }
}

fn nothing_comes_back_twice(state: &State) {
    for payment in state.payments.values() {
        let back = payment.compensated.checked_add(payment.refunded).unwrap();
        assert!(back.checked_add(payment.written_off).unwrap() <= payment.settled);
        assert_eq!(payment.hold.is_some(), payment.status == Status::Held);
        assert_eq!(payment.kept_from.is_some(), payment.status.is_final());
    }
}

/// What an allow adds up to is within each limit then in force.
fn no_limit_is_passed(state: &State, payment: Index) {
    let in_force = state.policy.as_ref().unwrap();
    let terms = state.payments[&payment].terms.as_ref().unwrap();
    for group in &terms.groups {
        let budget = in_force.policy.budgets.iter().find(|budget| budget.id == group.budget).unwrap();
        let total = state.ledgers[group].at(state.time, budget.window.as_ref()).unwrap();
        if let Some(limit) = &budget.limit {
            let sum = total.with(counterfoil_record::Amount::ZERO, budget.restore_refunds).unwrap();
            assert!(sum <= limit.amount, "{group:?}");
        }
        assert!(budget.count.is_none_or(|most| total.count <= most), "{group:?}");
    }
}

/// But for what every record moves.
fn erasures_change_nothing(before: &State, after: &State) {
    let unmoved = State { time: before.time, size: before.size, ..after.clone() };
    if before.payments.len() == unmoved.payments.len() && before.ended == unmoved.ended {
        assert!(unmoved == *before, "an erasure changes nothing");
    }
}

fn refusals_change_nothing(before: &State, after: &State) {
    let mut unmoved =
        State { time: before.time, size: before.size, refusals: before.refusals, ..after.clone() };
    for (index, run) in &mut unmoved.runs {
        run.refusals = before.runs[index].refusals;
    }
    // What is forgotten is forgotten by the clock, not by the refusal.
    if before.payments.len() == unmoved.payments.len() && before.ended == unmoved.ended {
        assert!(unmoved == *before, "a refusal changes nothing");
    }
}
