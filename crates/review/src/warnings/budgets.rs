//! Budgets that never decide anything, and payments that no budget can hold.

use alloc::format;

use counterfoil_decide::policy::{Budget, Calendar, Period, Policy, Rolling, Window, join};

use super::{Found, WarningCode};
use crate::words::{amount, stated};

pub(super) fn look(policy: &Policy, found: &mut Found) {
    for (at, budget) in policy.budgets.iter().enumerate() {
        let tighter = policy.budgets.iter().enumerate().find(|(by, other)| {
            *by != at && is_tighter(other, budget) && (!is_tighter(budget, other) || *by < at)
        });
        if let Some((_, tighter)) = tighter {
            let words = format!(
                "where both began to count together, {} refuses whatever {} would",
                tighter.id, budget.id
            );
            found.add(WarningCode::BudgetNeverReached, join("budgets", budget.id.as_str()), words);
        }
    }
    for (asset, most) in &policy.obligations.max_exposure {
        let of_asset = policy.budgets.iter().filter_map(|budget| Some((budget, budget.limit.as_ref()?)));
        let least = of_asset.filter(|(_, limit)| limit.asset == *asset).min_by_key(|(_, limit)| limit.amount);
        if let Some((budget, limit)) = least.filter(|(_, limit)| limit.amount < *most) {
            let (most, limit) = (amount(policy, asset, *most), stated(policy, limit));
            let words = format!("a payment of {most} never fits into the budget {} of {limit}", budget.id);
            found.add(WarningCode::MaximumAboveBudget, "obligations.max_exposure", words);
        }
    }
}

/// True if `one` refuses whatever `other` would: it counts at least as much, in groups that are no smaller and over a
/// time that is no shorter, to a limit that is no higher.
fn is_tighter(one: &Budget, other: &Budget) -> bool {
    let limit = match (&one.limit, &other.limit, one.count, other.count) {
        (Some(one), Some(other), _, _) => one.asset == other.asset && one.amount <= other.amount,
        (None, None, Some(one), Some(other)) => one <= other,
        _ => false,
    };
    let returns = !one.restore_refunds || other.restore_refunds;
    limit && returns && one.per.is_subset(&other.per) && spans(one.window.as_ref(), other.window.as_ref())
}

/// True if all that the window `inner` counts, `outer` counts too.
fn spans(outer: Option<&Window>, inner: Option<&Window>) -> bool {
    match (outer, inner) {
        (None, _) => true,
        (Some(_), None) | (Some(Window::Calendar(_)), Some(Window::Rolling(_))) => false,
        (Some(Window::Rolling(Rolling { span: outer })), Some(Window::Rolling(Rolling { span: inner }))) => {
            outer >= inner
        }
        (Some(Window::Rolling(Rolling { span })), Some(Window::Calendar(calendar))) => {
            span.seconds() >= longest(calendar.every)
        }
        (Some(Window::Calendar(outer)), Some(Window::Calendar(inner))) => {
            let clocks = |it: &Calendar| (it.behind, it.minutes);
            let nested = match (outer.every, inner.every) {
                (Period::Month, Period::Week) => false,
                (outer, inner) => longest(outer) >= longest(inner),
            };
            clocks(outer) == clocks(inner) && nested
        }
    }
}

/// The most seconds of a calendar window.
const fn longest(period: Period) -> u64 {
    match period {
        Period::Hour => 3_600,
        Period::Day => 86_400,
        Period::Week => 7 * 86_400,
        Period::Month => 31 * 86_400,
    }
}
