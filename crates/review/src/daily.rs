//! The most money that can leave in any 24 hours by what one policy allows.
//!
//! What leaves within 24 hours was allowed within these, or before them by no more than a permit holds: within
//! D = 24 h + `max_lifetime`. A budget bounds it where there are only so many groups that it is kept for: one for each
//! agent, each payee, or each of both. How many runs and principals there will be, no policy says, so that a budget
//! for each of these bounds nothing by itself. A budget's window begins anew some number of times within D, and
//! each time its limit is free again:
//!
//! ```text
//! rolling w               ceil(D / w)         each allow finds no more than the limit within the last w
//! hour, day, week, month  ceil(D / its) + 1   D can begin just before one ends
//! no window               1
//! ```
//! A budget of counts bounds money by the most of one payment. Of the bounds the least holds. A budget with
//! `restore_refunds` bounds nothing: what comes back leaves again. What ends a reservation early must be true for a
//! bound to hold: under `releases = "payee"` that is the payee's word, and the words say so. A chain's own delays,
//! and what was allowed under an earlier policy, are not in it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Budget, Calendar, Dimension, Period, Policy, Releases, Rolling, Window};
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::{Amount, Id};
use serde::Serialize;

use crate::words::{amount, count};

/// 24 hours, in milliseconds.
const DAY: u64 = 86_400_000;

/// What bounds the money of one asset in any 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Daily {
    /// The asset, as the policy names it.
    pub asset: Id,
    /// The most, in its smallest unit; none if nothing bounds it.
    pub most: Option<Amount>,
    /// The budget that bounds it; none also where nothing may be paid at all.
    pub budget: Option<Id>,
    /// The same in words.
    pub words: String,
}

/// The bound of each asset, by name.
pub fn daily(policy: &Policy) -> Vec<Daily> {
    policy.assets.keys().map(|asset| of_asset(policy, asset)).collect()
}

fn of_asset(policy: &Policy, asset: &Id) -> Daily {
    let largest = policy.obligations.max_exposure.get(asset).copied().unwrap_or_default();
    let covered = policy.budgets.iter().any(|budget| budget.limits(asset));
    if largest.is_zero() || !covered {
        let words = format!("nothing may be paid in {asset}");
        return Daily { asset: asset.clone(), most: Some(Amount::ZERO), budget: None, words };
    }
    let bounds = policy.budgets.iter().filter_map(|budget| Bound::of(policy, asset, largest, budget));
    match bounds.min_by_key(|bound| bound.most) {
        None => {
            let words = format!(
                "nothing bounds {asset}: each budget is kept for each run or principal, or what comes back may be spent again"
            );
            Daily { asset: asset.clone(), most: None, budget: None, words }
        }
        Some(bound) => Daily {
            asset: asset.clone(),
            most: Some(bound.most),
            words: bound.words(policy, asset),
            budget: Some(bound.budget.id.clone()),
        },
    }
}

struct Bound<'p> {
    budget: &'p Budget,
    /// What one group may spend in one window.
    each: Amount,
    groups: u64,
    windows: u64,
    most: Amount,
}

impl<'p> Bound<'p> {
    fn of(policy: &Policy, asset: &Id, largest: Amount, budget: &'p Budget) -> Option<Self> {
        if budget.restore_refunds && budget.limit.is_some() {
            return None;
        }
        let groups = groups(policy, asset, budget)?;
        let within = DAY.saturating_add(policy.obligations.max_lifetime.millis());
        let windows = windows(budget.window.as_ref(), within);
        let each = match (&budget.limit, budget.count) {
            (Some(limit), _) if limit.asset == *asset => limit.amount,
            (None, Some(count)) => Amount::new(largest.units().saturating_mul(count.into())),
            _ => return None,
        };
        let times = u128::from(groups).saturating_mul(windows.into());
        Some(Self { budget, each, groups, windows, most: Amount::new(each.units().saturating_mul(times)) })
    }

    fn words(&self, policy: &Policy, asset: &Id) -> String {
        let Self { budget, each, groups, windows, most } = self;
        let most = amount(policy, asset, *most);
        let each = amount(policy, asset, *each);
        let (groups, windows) = (count(*groups, "group"), count(*windows, "window"));
        let trust = match policy.releases {
            Releases::Payee => ", if no payee says of a payment that settles that it failed or took less",
            Releases::Chain => "",
        };
        format!("at most {most}{trust}: budget {}, {each} for each of {groups} in {windows}", budget.id)
    }
}

/// How many groups the budget is kept for; `None` where the policy does not say.
fn groups(policy: &Policy, asset: &Id, budget: &Budget) -> Option<u64> {
    let chain = policy.assets.get(asset)?.id.as_str().parse::<Asset>().ok()?.chain;
    let on_chain = |account: &str| account.parse::<Account>().is_ok_and(|account| account.chain == chain);
    let served = |agent: &Id| {
        policy
            .wallets
            .values()
            .any(|wallet| wallet.agents.contains(agent) && on_chain(wallet.account.as_str()))
    };
    let mut groups = 1_u64;
    for dimension in &budget.per {
        let many = match dimension {
            Dimension::Agent => policy.agents.keys().filter(|agent| served(agent)).count(),
            Dimension::Payee => policy.payees.iter().filter(|payee| on_chain(payee.as_str())).count(),
            Dimension::Run | Dimension::Principal => return None,
        };
        groups = groups.saturating_mul(u64::try_from(many).unwrap_or(u64::MAX));
    }
    Some(groups)
}

/// How many windows a time of `within` milliseconds can touch.
fn windows(window: Option<&Window>, within: u64) -> u64 {
    let shortest = match window {
        None => return 1,
        Some(Window::Rolling(Rolling { span })) => return within.div_ceil(span.millis().max(1)),
        Some(Window::Calendar(Calendar { every: Period::Hour, .. })) => DAY / 24,
        Some(Window::Calendar(Calendar { every: Period::Day, .. })) => DAY,
        Some(Window::Calendar(Calendar { every: Period::Week, .. })) => 7 * DAY,
        Some(Window::Calendar(Calendar { every: Period::Month, .. })) => 28 * DAY,
    };
    within.div_ceil(shortest).saturating_add(1)
}

#[cfg(test)]
mod tests;
