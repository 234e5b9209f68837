//! Decision vectors.

mod approvals;
mod budgets;
mod gates;
mod money;
mod obligations;
mod phases;
mod plans;
mod sagas;
mod standing;
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
    ];
    themes.concat()
}
