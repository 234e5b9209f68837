//! What is left on each budget.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, CheckResult, OperandName};
use counterfoil_record::{Amount, Id, Index, Verdict};
use serde::Serialize;

use crate::budgets::Used;

/// What is left on one budget once the payment is counted in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The budget.
    pub rule: Id,
    /// The run that it is the group of, where that is one that the payment's run is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Index>,
    /// How much.
    #[serde(flatten)]
    pub room: Room,
}

/// How much is left, or by how much it is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// So much money, in the asset's smallest unit.
    Left(Amount),
    /// The payment passes the limit by so much, in the asset's smallest unit.
    Over(Amount),
    /// So many payments after this one.
    More(u64),
    /// This payment is so many above what may be allowed: at least 1.
    Beyond(u64),
}

/// What is left on each budget, in the order of the trace. A sum that passes 2^128-1 leaves nothing that could be told.
pub(super) fn left(verdict: &Verdict) -> Vec<Left> {
    let budgets = verdict.trace.iter().filter(|row| row.check == CheckName::Budget);
    budgets
        .filter_map(|row| {
            let run = row.index(OperandName::Run);
            Some(Left { rule: row.rule.clone()?, run, room: room(row)? })
        })
        .collect()
}

fn room(row: &Check) -> Option<Room> {
    if !matches!(row.result, CheckResult::Pass | CheckResult::Fail) {
        return None;
    }
    Some(match Used::of(row)? {
        Used::Money { used, limit } => match limit.checked_sub(used) {
            Some(left) => Room::Left(left),
            None => Room::Over(used.saturating_sub(limit)),
        },
        Used::Count { used, limit } => match limit.checked_sub(used) {
            Some(more) => Room::More(more),
            None => Room::Beyond(used.saturating_sub(limit)),
        },
    })
}
