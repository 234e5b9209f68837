//! What the principal mandated: limits, payees and end, as they are said to be stated.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Index, Time};

use super::Asked;
use crate::draft::Row;
use crate::state::Mandated;

impl<'a> Asked<'a> {
    /// The mandates of the run and of those that it is a part of, from the run upward.
    pub(super) fn mandates(&self) -> impl Iterator<Item = (Index, &'a Mandated)> {
        self.chain().filter_map(|(index, run)| Some((index, run.mandate.as_ref()?)))
    }

    pub(super) fn check_mandates(&self, trace: &mut Vec<Check>) {
        let before = trace.len();
        trace.extend(self.mandates().map(|(run, mandate)| self.mandate(run, mandate)));
        if trace.len() == before {
            trace.push(Row::new(CheckName::Mandate).not_applicable());
        }
    }

    fn mandate(&self, run: Index, mandate: &Mandated) -> Check {
        let row = Row::new(CheckName::Mandate);
        let (Some(terms), Some((payee, asset)), Some(until)) =
            (self.terms(), self.names.as_ref(), self.permit_until())
        else {
            return row.not_applicable();
        };
        let row = row
            .with(OperandName::Name, &mandate.format)
            .with(OperandName::Run, run)
            .with(OperandName::Expires, mandate.expires);
        let used = mandate.used.get(asset).copied().unwrap_or_default();
        let limit = mandate.limits.get(asset);
        let row = match limit {
            Some(limit) => row
                .with(OperandName::Limit, *limit)
                .with(OperandName::Used, used.stopped())
                .with(OperandName::Exposure, terms.exposure),
            None => row,
        };
        // What could still be claimed after the mandate's end is not covered by it.
        if Time::from_seconds(until) > mandate.expires {
            return row.fail("expired");
        }
        let Some(limit) = limit else { return row.fail("asset-not-in-mandate") };
        let Some(sum) = used.exact().and_then(|used| used.checked_add(terms.exposure)) else {
            return row.cannot("overflow");
        };
        row.unless(if !mandate.payees.is_empty() && !mandate.payees.contains(payee) {
            Some("payee-not-in-mandate")
        } else if sum > *limit {
            Some("over-mandate")
        } else {
            None
        })
    }
}
