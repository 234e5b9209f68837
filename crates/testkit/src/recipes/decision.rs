//! Decision vectors.

mod approvals;
mod binding;
mod budgets;
mod calendar;
mod clock;
mod erasure;
mod evasions;
mod facts;
mod floods;
pub(crate) mod gates;
mod governance;
mod keys;
mod limits;
mod mandates;
mod money;
mod obligations;
mod permit2;
mod phases;
mod plans;
mod policies;
mod refunds;
mod repeats;
mod requests;
mod reservations;
mod resumption;
mod revocation;
mod sagas;
mod standing;
mod subruns;
mod suspension;
mod transactions;
mod upto;

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
        upto::all(),
        governance::all(),
        keys::all(),
        revocation::all(),
        suspension::all(),
        resumption::all(),
        clock::all(),
        subruns::all(),
        mandates::all(),
        requests::all(),
        refunds::all(),
        calendar::all(),
        floods::all(),
        erasure::all(),
    ];
    themes.concat()
}
