//! The share of a record that a trace may take: a policy with which some trace would not fit is refused.

use counterfoil_record::Id;

use super::Compiler;
use super::problem::{Kind, Place, Problem};
use crate::policy::{Budget, Dimension, Gate, Need, Policy};
use crate::state::DEPTH_MOST;

/// The most bytes of a trace.
pub(crate) const TRACE_MOST: usize = 24 * 1024;

/// Every row that there is once, with operands as long as they can be: two URLs, four mandates, accounts.
const ROWS_ONCE: usize = 8 * 1024;
/// Head, result and nine numbers of up to 18 bytes, each with its name.
const BUDGET_ROW: usize = 190;
/// Head, result, two amounts, four numbers and a word.
const GATE_ROW: usize = 130;
/// The index of a record in a list.
const COUNTED: usize = 9;

impl Compiler<'_> {
    pub(super) fn fits_its_share(&mut self, policy: &Policy) {
        let bytes = largest_trace(policy);
        if bytes > TRACE_MOST {
            let kind = Kind::TraceTooLarge { bytes, most: TRACE_MOST };
            self.problems.push(Problem { place: Place::START, key: None, kind });
        }
    }
}

/// No trace under `policy` has more bytes.
pub(crate) fn largest_trace(policy: &Policy) -> usize {
    let budgets = policy.budgets.iter().map(budget);
    let gates = policy.gates.iter().map(|it| gate(policy, it));
    budgets.chain(gates).fold(ROWS_ONCE, usize::saturating_add)
}

/// A run within runs counts in a group of each, unless the budget does not tell them apart.
fn budget(budget: &Budget) -> usize {
    let apart = budget.per.iter().any(|it| matches!(it, Dimension::Run | Dimension::Agent));
    let rows = if apart { DEPTH_MOST } else { 1 };
    BUDGET_ROW.saturating_add(budget.id.as_str().len()).saturating_mul(rows)
}

fn gate(policy: &Policy, gate: &Gate) -> usize {
    let category = gate.when.category.as_ref().map_or(0, |_| counterfoil_record::text::ID_MOST);
    let need = gate.need.as_ref().map_or(0, |need| people(policy, need));
    [GATE_ROW, gate.id.as_str().len(), category, need].into_iter().fold(0, usize::saturating_add)
}

/// Each person of the role counts once.
fn people(policy: &Policy, need: &Need) -> usize {
    let name = |role: &Id| role.as_str().len();
    let members = policy.roles.get(&need.role).map_or(0, |role| role.members.len());
    members.saturating_mul(COUNTED).saturating_add(name(&need.role))
}
