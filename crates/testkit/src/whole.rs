//! A log with everything that an auditor knew after each of its records, for references that look back from the end.

use counterfoil_audit::{Auditor, Report};
use counterfoil_decide::State;
use counterfoil_decide::state::Payment;
use counterfoil_record::{Index, Record};

use crate::forge;
use crate::script::trust;

/// A log that follows, and the state after each of its records.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    /// What they say.
    pub records: Vec<Record>,
    /// The state after each.
    pub states: Vec<State>,
    /// The report on all of them.
    pub report: Report,
}

impl Whole {
    /// Of these entries, which must follow; `None` where no genesis was accepted, after which nothing does.
    pub fn of(entries: Vec<Vec<u8>>) -> Option<Self> {
        let records = forge::records(&entries);
        if records.len() < 2 {
            return None;
        }
        let mut auditor = Auditor::new(Some(trust()), None);
        let follow = |entry: &Vec<u8>| {
            auditor.push(entry).unwrap_or_else(|| panic!("{:?}", auditor.findings()));
            auditor.state().clone()
        };
        let states = entries.iter().map(follow).collect();
        Some(Self { entries, records, states, report: auditor.finish() })
    }

    /// The entry and the record of that index.
    pub fn at(&self, index: Index) -> (&[u8], &Record) {
        let at = usize::try_from(index.value()).unwrap();
        (&self.entries[at], &self.records[at])
    }

    /// The payment as it was after so many records, or as the last state had it that still knew it.
    pub fn stood(&self, payment: Index, records: usize) -> Option<&Payment> {
        self.states.iter().take(records).rev().find_map(|state| state.payments.get(&payment))
    }
}
