//! The margin of a decision: what is left on each budget, and the smallest change of amount, time, phase or approvals
//! that would have turned it.
//!
//! Every change is found by calling [`State::step`] again, on the same input or on a copy of the state with that one
//! thing changed; no rule is looked at beside it. What does not turn the outcome is not named, and *turns* means that
//! the outcome is another one, not that other checks stand behind the same.
//!
//! ```text
//! (record, state before it) ─▶ Margin
//!     left       of each budget that counts the payment, with the payment
//!     amount     the next above and the next below at which the outcome is another, all else as it was
//!     time       the next moment at which it is, had nothing else happened until then
//!     phases     those in which it is, had the run been in them
//!     approvals  how many more, or fewer, it takes
//! ```
//!
//! What is supposed is said at each. Where the state has only some of the log's records (a bundle), so does the margin.

mod amount;
mod approvals;
mod case;
mod left;
mod nearest;
mod phases;
mod time;
mod words;

pub use amount::{Amounts, ByAmount};
pub use approvals::{Approvals, OfRole, Which};
pub use left::{Left, Room};
pub use phases::ByPhase;
pub use time::ByTime;

use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Id, Index, Input, Record, Verdict};
use serde::Serialize;

use case::Case;

/// What was left at one decision on a payment, and what would have turned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Margin {
    /// The record that decided: a `pay` or a `claim`.
    pub record: Index,
    /// What it decided.
    pub outcome: Outcome,
    /// The asset; none where the policy does not declare it.
    pub asset: Option<Asset>,
    /// What is left on each budget that counts the payment, in the order of the trace.
    pub left: Vec<Left>,
    /// By amount; none where the request states none that could be read.
    pub amount: Option<Amounts>,
    /// By time; none where no later moment turns it.
    pub time: Option<ByTime>,
    /// The other phases that turn it, those that are fewer edges away first, then by name.
    pub phases: Vec<ByPhase>,
    /// By approvals; none where the outcome does not rest on any.
    pub approvals: Option<Approvals>,
}

/// What amounts are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asset {
    /// What the policy calls it.
    pub name: Id,
    /// Decimal places of the unit in which the policy states amounts.
    pub decimals: u64,
}

/// What would have come out instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The other outcome.
    pub outcome: Outcome,
    /// The checks that then fail, cannot be made, or need people.
    pub checks: Vec<Stands>,
}

/// A check that keeps a payment from being allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stands {
    /// The check.
    pub check: CheckName,
    /// `fail`, `cannot` or `needs`.
    pub result: CheckResult,
    /// The rule's id, where the check is made by one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Id>,
    /// How it fails, or why it cannot be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The role whose approvals it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// How many people of the role it takes in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<u64>,
}

impl Turn {
    fn of(verdict: &Verdict) -> Self {
        let speaks = |result| matches!(result, CheckResult::Fail | CheckResult::Cannot | CheckResult::Needs);
        let rows = verdict.trace.iter().filter(|row| speaks(row.result));
        let checks = rows.map(|row| {
            let asks = row.result == CheckResult::Needs;
            Stands {
                check: row.check,
                result: row.result,
                rule: row.rule.clone(),
                because: row.text(OperandName::Because).map(|text| text.as_str().into()),
                role: row.text(OperandName::Name).filter(|_| asks).map(|name| name.as_str().into()),
                needed: row.count(OperandName::Needed).filter(|_| asks),
            }
        });
        Self { outcome: verdict.outcome, checks: checks.collect() }
    }
}

impl Margin {
    /// The margin of what `record` decided on a payment, `before` being the state before it. `None` for a record that
    /// decides no payment or was refused before its checks, and where its verdict is not what `before` gives.
    ///
    /// It copies `before` some times, and takes some thousand decisions at the most for each thing that is asked; by
    /// time twice the logarithm of the payments in its rolling windows, for each other moment that the state names.
    pub fn of(record: &Record, before: &State) -> Option<Self> {
        if !matches!(record.input, Input::Pay(_) | Input::Claim(_)) || record.verdict.trace.is_empty() {
            return None;
        }
        let case = Case::new(record, before);
        let verdict = case.decide()?;
        if verdict != record.verdict {
            return None;
        }
        Some(Self {
            record: record.index,
            outcome: verdict.outcome,
            asset: asset(&verdict, before),
            left: left::left(&verdict),
            amount: amount::by_amount(case.clone(), &verdict),
            time: time::by_time(case.clone(), &verdict),
            phases: phases::by_phase(case.clone(), &verdict),
            approvals: approvals::by_approvals(case, &verdict),
        })
    }
}

/// The asset, where the policy declares it.
fn asset(verdict: &Verdict, state: &State) -> Option<Asset> {
    let name = verdict.row(CheckName::Asset)?.text(OperandName::Name)?.as_str();
    let (name, pin) = state.policy.as_ref()?.policy.assets.iter().find(|(it, _)| it.as_str() == name)?;
    Some(Asset { name: name.clone(), decimals: pin.decimals })
}
