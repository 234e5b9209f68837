//! Decision vectors.

mod approvals;
mod binding;
mod budgets;
mod clock;
mod evasions;
mod facts;
mod gates;
mod governance;
mod keys;
mod limits;
mod money;
mod obligations;
mod permit2;
mod phases;
mod plans;
mod policies;
mod repeats;
mod reservations;
mod sagas;
mod standing;
mod suspension;
mod transactions;

use crate::vectors::Decision;

/// Every decision vector.
pub fn all() -> Vec<Decision> {
    let themes = [
        standing::all(),
        phases::all(),
        plans::all(),
        transactions::all(),
        sagas::all(),
        obligations::all(),
        budgets::all(),
        money::all(),
        gates::all(),
        approvals::all(),
        reservations::all(),
        facts::all(),
        repeats::all(),
        binding::all(),
        policies::all(),
        evasions::all(),
        limits::all(),
        permit2::all(),
        governance::all(),
        keys::all(),
        suspension::all(),
        clock::all(),
    ];
    themes.concat()
}
