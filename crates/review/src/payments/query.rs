//! Which payment requests are selected.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cmp::Ordering;

use counterfoil_record::{Id, Text, Time};
use serde::{Deserialize, Serialize};

use super::{Bound, Row};

/// Every status that a row can have: those of payments, and the outcomes of requests for which none was opened.
pub const STATUSES: [&str; 11] = [
    "held",
    "open",
    "unknown",
    "settled",
    "failed",
    "expired",
    "denied",
    "void",
    "deny",
    "cannot-decide",
    "refused",
];

/// A selection: everything that is stated must hold, and of several values of one kind any. An empty query selects
/// the whole population.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Asked at that time or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Asked before that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// The run's agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agent: Vec<Id>,
    /// The run: the record that opened it, or its caller's name for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<Id>,
    /// The account to be paid (CAIP-10), in whatever case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payee: Vec<Text>,
    /// The outcome of the decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcome: Vec<Id>,
    /// Where the payment stands: one of [`STATUSES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Id>,
    /// The asset: CAIP-19 in whatever case, or what the policy calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asset: Vec<Text>,
    /// An exposure of so much or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Bound>,
    /// An exposure of so much or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Bound>,
    /// Only with an open exposure: something is reserved.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub open: bool,
}

impl Query {
    /// True if the row is selected.
    pub fn takes(&self, row: &Row) -> bool {
        let outcome = row.outcome.code();
        self.since.is_none_or(|since| row.time >= since)
            && self.until.is_none_or(|until| row.time < until)
            && any(&self.agent, |agent| row.agent.as_ref() == Some(agent))
            && any(&self.run, |run| is_run(row, run))
            && any(&self.payee, |payee| is_payee(row, payee))
            && any(&self.outcome, |it| it.as_str() == outcome)
            && any(&self.status, |it| it.as_str() == row.status)
            && any(&self.asset, |asset| is_asset(row, asset))
            && self.least.as_ref().is_none_or(|least| least.against(row).is_some_and(Ordering::is_ge))
            && self.most.as_ref().is_none_or(|most| most.against(row).is_some_and(Ordering::is_le))
            && (!self.open || !row.reserved.is_zero())
    }

    /// What the query names and no row of the population has: `agent nobody`.
    pub fn strangers(&self, rows: &[Row]) -> Vec<String> {
        let mut list = Vec::new();
        let mut look = |kind: &str, value: &str, is: &dyn Fn(&Row) -> bool| {
            if !rows.iter().any(is) {
                list.push(format!("{kind} {value}"));
            }
        };
        for agent in &self.agent {
            look("agent", agent.as_str(), &|row| row.agent.as_ref() == Some(agent));
        }
        for run in &self.run {
            look("run", run.as_str(), &|row| is_run(row, run));
        }
        for payee in &self.payee {
            look("payee", payee.as_str(), &|row| is_payee(row, payee));
        }
        for asset in &self.asset {
            look("asset", asset.as_str(), &|row| is_asset(row, asset));
        }
        for asset in [&self.least, &self.most].into_iter().flatten().filter_map(Bound::asset) {
            look("asset", asset.as_str(), &|row| row.asset_name.as_ref() == Some(asset));
        }
        list.dedup();
        list
    }
}

fn any<T>(values: &[T], is: impl Fn(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(is)
}

fn is_run(row: &Row, run: &Id) -> bool {
    row.run_id.as_ref() == Some(run) || row.run.to_string() == run.as_str()
}

fn is_payee(row: &Row, payee: &Text) -> bool {
    row.payee.as_ref().is_some_and(|it| it.as_str().eq_ignore_ascii_case(payee.as_str()))
}

fn is_asset(row: &Row, asset: &Text) -> bool {
    row.asset_name.as_ref().is_some_and(|name| name.as_str() == asset.as_str())
        || row.asset.as_ref().is_some_and(|it| it.as_str().eq_ignore_ascii_case(asset.as_str()))
}
