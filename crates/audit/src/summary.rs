//! What a log adds up to: counts, totals per asset, and what is open.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::state::{Payment, Status, Totals};
use counterfoil_record::private::Commitment;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Input, Record};
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

/// A policy that was put in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopted {
    /// The record that did it.
    pub index: u64,
    /// The policy's name.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Its digest, in hexadecimal.
    pub digest: String,
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
    pub mandates: BTreeSet<String>,
    #[serde(skip)]
    pub(crate) erased: BTreeSet<Commitment>,
    #[serde(skip)]
    moved: BTreeMap<String, Totals>,
}

impl Summary {
    /// Counts a decision.
    pub(crate) fn count(&mut self, record: &Record) {
        for code in &record.verdict.codes {
            let count = self.codes.entry(code.code()).or_default();
            *count = count.saturating_add(1);
        }
        if matches!(record.input, Input::Pay(_) | Input::Claim(_)) {
            let outcome: Outcome = record.verdict.outcome;
            let count = self.decisions.entry(outcome.code()).or_default();
            *count = count.saturating_add(1);
        }
        self.suppressed = self.suppressed.saturating_add(record.suppressed.unwrap_or_default());
        if let (Input::OpenRun(open), Outcome::Accepted) = (&record.input, record.verdict.outcome) {
            self.mandates.extend(open.mandate.iter().map(|mandate| mandate.format.as_str().into()));
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
        let totals = self.moved.entry(terms.asset.as_str().into()).or_default();
        *totals = totals.minus(from).plus(after.contribution());
    }

    /// Lists the policy that `state` has in force since record `index`.
    pub(crate) fn adopted(&mut self, index: u64, state: &State) {
        let adopted = state.policy.as_ref().filter(|policy| policy.index.value() == index);
        self.policies.extend(adopted.map(|in_force| Adopted {
            index,
            name: in_force.policy.name.as_str().into(),
            version: in_force.policy.version,
            digest: in_force.digest.to_string(),
        }));
    }

    /// Adds up the state at the end.
    pub(crate) fn conclude(&mut self, state: &State) {
        for (asset, totals) in core::mem::take(&mut self.moved) {
            let (settled, returned) = (totals.settled.stopped(), totals.returned.stopped());
            self.totals.insert(asset, AssetTotal { settled, returned, reserved: totals.reserved.stopped() });
        }
        for (index, payment) in &state.payments {
            if payment.status.is_open() || payment.status == Status::Held {
                let asset = payment.terms.as_ref().map(|terms| String::from(terms.asset.as_str()));
                let (what, amount) = (payment.status.code(), payment.contribution().reserved);
                self.open.push(OpenItem { payment: index.value(), what, asset, amount });
            }
        }
        for obligation in state.obligations_at(state.time) {
            let terms = state.payments.get(&obligation.payment).and_then(|payment| payment.terms.as_ref());
            self.open.push(OpenItem {
                payment: obligation.payment.value(),
                what: "obligation",
                asset: terms.map(|terms| String::from(terms.asset.as_str())),
                amount: obligation.open,
            });
        }
    }
}
