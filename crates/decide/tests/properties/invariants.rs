//! What holds after every step through the enforcement core. What totals add up to is held against the reference, in
//! the test `lockstep`.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_decide::State;
use counterfoil_decide::state::Status;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Index};

use crate::world::World;

pub(crate) fn hold(world: &World) {
    let state = world.script.core.state();
    assert_eq!(State::from_bytes(&state.to_bytes()).as_ref(), Ok(state));
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
    if recorded.outcome == Outcome::Refused
        && !recorded.codes.iter().any(|it| it.code().contains("bind") || it.code().contains("bound"))
    {
        let mut unmoved =
            State { time: before.time, size: before.size, refusals: before.refusals, ..state.clone() };
        for (index, run) in &mut unmoved.runs {
            run.refusals = before.runs[index].refusals;
        }
        assert_eq!(unmoved, *before, "a refusal changes nothing");
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
        let Some(is) = after.payments.get(index) else { continue };
        let ended = matches!(
            was.status,
            Status::Settled | Status::Failed | Status::Expired | Status::Denied | Status::Void
        );
        assert!(!(ended && is.status.is_open()), "payment {index}");
        assert!(was.settled <= is.settled, "payment {index}");
        assert!(was.status != Status::Settled || is.status == Status::Settled, "payment {index}");
    }
}
