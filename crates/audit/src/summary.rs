//! What a log adds up to: counts, totals per asset, and what is open.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::state::{Payment, Status, Totals};
use counterfoil_record::private::Commitment;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Input, Record, Text, wire_map};
use serde::Serialize;

/// Totals of one asset, in its smallest unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AssetTotal {
    /// What has settled.
    pub settled: Amount,
    /// What of that came back as compensation or refund.
    pub returned: Amount,
    /// What is reserved.
    pub reserved: Amount,
}

/// A payment whose outcome is open, or which is to be compensated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenItem {
    /// The payment.
    pub payment: u64,
    /// `open`, `unknown`, `held`, or `obligation`.
    pub what: &'static str,
    /// The asset, where one is at stake.
    pub asset: Option<String>,
    /// How much is at stake.
    pub amount: Amount,
}

wire_map! {
    /// A policy that was put in force.
    pub struct Adopted {
        /// The record that did it.
        1 => index: Index,
        /// The policy's name.
        2 => name: Id,
        /// Its version.
        3 => version: u64,
        /// Its digest.
        4 => digest: Hash32,
    }
}

/// What a log adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many decisions on payments came out how.
    pub decisions: BTreeMap<&'static str, u64>,
    /// How often each reason and discrepancy stands in a record.
    pub codes: BTreeMap<&'static str, u64>,
    /// Every policy that was put in force.
    pub policies: Vec<Adopted>,
    /// Totals by asset.
    pub totals: BTreeMap<String, AssetTotal>,
    /// What is open.
    pub open: Vec<OpenItem>,
    /// How many refusals were only counted.
    pub suppressed: u64,
    /// The forms of the mandates that runs were opened with.
    pub mandates: BTreeSet<Id>,
}

wire_map! {
    /// What is counted record by record: the part of a summary that the state at the end does not have.
    #[derive(Default)]
    pub struct Tally {
        /// How many decisions on payments came out how.
        1 => decisions: BTreeMap<Outcome, u64>,
        /// How often each reason and discrepancy stands in a record.
        2 => codes: BTreeMap<Code, u64>,
        /// Every policy that was put in force.
        3 => policies: Vec<Adopted>,
        /// What payments add up to, by asset.
        4 => moved: BTreeMap<Text, Totals>,
        /// How many refusals were only counted.
        5 => suppressed: u64,
        /// The forms of the mandates that runs were opened with.
        6 => mandates: BTreeSet<Id>,
        /// The private values that people had erased.
        7 => erased: BTreeSet<Commitment>,
    }
}

impl Tally {
    /// Counts a decision.
    pub(crate) fn count(&mut self, record: &Record) {
        for code in &record.verdict.codes {
            let count = self.codes.entry(*code).or_default();
            *count = count.saturating_add(1);
        }
        if matches!(record.input, Input::Pay(_) | Input::Claim(_)) {
            let count = self.decisions.entry(record.verdict.outcome).or_default();
            *count = count.saturating_add(1);
        }
        self.suppressed = self.suppressed.saturating_add(record.suppressed.unwrap_or_default());
        if let (Input::OpenRun(open), Outcome::Accepted) = (&record.input, record.verdict.outcome) {
            self.mandates.extend(open.mandate.iter().map(|mandate| mandate.format.clone()));
        }
        if let (Input::Erase(erase), Outcome::Accepted) = (&record.input, record.verdict.outcome) {
            self.erased.insert(erase.commitment);
        }
    }

    /// Takes over what one record did to the payment that it is about: what a state forgets stays counted.
    pub(crate) fn moved(&mut self, before: Option<&Payment>, after: Option<&Payment>) {
        let Some((after, terms)) = after.and_then(|after| Some((after, after.terms.as_ref()?))) else {
            return;
        };
        let from = before.map(Payment::contribution).unwrap_or_default();
        let totals = self.moved.entry(terms.asset.clone()).or_default();
        *totals = totals.minus(from).plus(after.contribution());
    }

    /// Lists the policy that `state` has in force since record `index`.
    pub(crate) fn adopted(&mut self, index: Index, state: &State) {
        let adopted = state.policy.as_ref().filter(|policy| policy.index == index);
        self.policies.extend(adopted.map(|in_force| Adopted {
            index,
            name: in_force.policy.name.clone(),
            version: in_force.policy.version,
            digest: in_force.digest,
        }));
    }

    /// With the state at the end.
    pub(crate) fn summary(&self, state: &State) -> Summary {
        let total = |totals: &Totals| AssetTotal {
            settled: totals.settled.stopped(),
            returned: totals.returned.stopped(),
            reserved: totals.reserved.stopped(),
        };
        Summary {
            decisions: self.decisions.iter().map(|(outcome, count)| (outcome.code(), *count)).collect(),
            codes: self.codes.iter().map(|(code, count)| (code.code(), *count)).collect(),
            policies: self.policies.clone(),
            totals: self.moved.iter().map(|(asset, sums)| (asset.as_str().into(), total(sums))).collect(),
            open: open(state),
            suppressed: self.suppressed,
            mandates: self.mandates.clone(),
        }
    }
}

/// What is open, held, or to be compensated.
fn open(state: &State) -> Vec<OpenItem> {
    let mut list = Vec::new();
    for (index, payment) in &state.payments {
        if payment.status.is_open() || payment.status == Status::Held {
            let asset = payment.terms.as_ref().map(|terms| String::from(terms.asset.as_str()));
            let (what, amount) = (payment.status.code(), payment.contribution().reserved);
            list.push(OpenItem { payment: index.value(), what, asset, amount });
        }
    }
    for obligation in state.obligations_at(state.time) {
        let terms = state.payments.get(&obligation.payment).and_then(|payment| payment.terms.as_ref());
        list.push(OpenItem {
            payment: obligation.payment.value(),
            what: "obligation",
            asset: terms.map(|terms| String::from(terms.asset.as_str())),
            amount: obligation.open,
        });
    }
    list
}
