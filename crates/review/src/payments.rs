//! One row for each payment that a log asks for: the population that an auditor selects from.
//!
//! Every `pay` record gives a row, whatever was answered, so that their number is that of the requests in the log.
//! What was asked for is read from the trace of the record that decided, and where the trace does not go so far
//! (a request that was refused for its time, or came before any policy) from the request's own bytes. Where the
//! payment stands is taken over from the state after each record that moves it; a payment that the state has
//! forgotten stands where it stood.
//!
//! ```text
//! let mut payments = Payments::default();
//! payments.observe(&record, &state_after_the_record);     // each record that follows
//! let population = payments.conclude(&state_at_the_end);
//! let chosen = population.rows.iter().filter(|row| query.takes(row));
//! let sums = Sums::of(chosen);
//! ```
//!
//! Memory grows with the number of requests and of runs.

mod bound;
mod query;
mod row;
mod sample;
mod sums;

pub use bound::{Bound, NotABound};
pub use query::{Query, STATUSES};
pub use row::Row;
pub use sample::{METHOD, Ticket, draw, ticket};
pub use sums::{AssetSums, Sum, Sums};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::state::Status;
use counterfoil_record::input::OpenRun;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Index, Input, Record};

/// Every payment request of a log, complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// One row for each `pay` record, in the log's order.
    pub rows: Vec<Row>,
    /// How many refusals were only counted and have no record (`refusals_per_minute`): some of them can have been
    /// requests to pay. None of them moved anything.
    pub suppressed: u64,
}

/// The payment that a record asks for, answers, or says something of.
pub fn about(record: &Record) -> Option<Index> {
    match &record.input {
        Input::Pay(_) => Some(record.index),
        Input::Statement(input) => {
            let signed = SignedStatement::decode(input.statement.as_slice()).ok()?;
            let said = signed.unverified();
            (said.kind == SubjectKind::Payment).then_some(said.against)
        }
        input => input.payment(),
    }
}

/// True for a record that decides a payment: a request, and a claim of what is held. A claim of what is not is refused
/// without a trace, and decides nothing.
pub fn decides(record: &Record) -> bool {
    match &record.input {
        Input::Pay(_) => true,
        Input::Claim(_) => record.verdict.outcome != Outcome::Refused,
        _ => false,
    }
}

/// Collects the payment requests of a log, record by record.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    rows: BTreeMap<Index, Row>,
    /// The runs that were opened, for requests that came after their run was closed.
    runs: BTreeMap<Index, OpenRun>,
    held: BTreeSet<Index>,
    suppressed: u64,
}

impl Payments {
    /// Takes the next record that followed, and the state after it.
    pub fn observe(&mut self, record: &Record, after: &State) {
        self.suppressed = self.suppressed.saturating_add(record.suppressed.unwrap_or_default());
        let outcome = record.verdict.outcome;
        match &record.input {
            Input::OpenRun(open) if outcome == Outcome::Accepted => {
                // Only what names the run is kept: a mandate can be long.
                let named = OpenRun { purpose: None, mandate: None, ..open.clone() };
                self.runs.insert(record.index, named);
            }
            Input::Pay(pay) => {
                let mut row = Row::asked(record, pay, self.runs.get(&pay.run));
                row.decide(record, after);
                self.rows.insert(record.index, row);
                self.stands(record.index, after);
            }
            // Both can void what is held.
            Input::AdoptPolicy(_) | Input::CloseRun(_) if outcome == Outcome::Accepted => {
                self.void(record.index, after);
            }
            _ => {
                if let Some(payment) = about(record) {
                    self.about(payment, record, after);
                }
            }
        }
    }

    /// Takes over what a record did that is about an earlier request.
    fn about(&mut self, payment: Index, record: &Record, after: &State) {
        let Some(row) = self.rows.get_mut(&payment) else { return };
        row.last = record.index;
        if decides(record) {
            row.decide(record, after);
        } else {
            row.other_codes.extend(record.verdict.codes.iter().copied());
        }
        self.stands(payment, after);
    }

    fn stands(&mut self, payment: Index, after: &State) {
        let (Some(row), Some(known)) = (self.rows.get_mut(&payment), after.payments.get(&payment)) else {
            return;
        };
        let moved = known.contribution();
        row.status = known.status.code();
        (row.settled, row.returned, row.reserved) = (moved.settled, moved.returned, moved.reserved);
        if known.status == Status::Held {
            self.held.insert(payment);
        } else {
            self.held.remove(&payment);
        }
    }

    fn void(&mut self, by: Index, after: &State) {
        let is_void = |payment: &&Index| {
            after.payments.get(*payment).is_some_and(|payment| payment.status == Status::Void)
        };
        let voided: Vec<Index> = self.held.iter().filter(is_void).copied().collect();
        for payment in voided {
            if let Some(row) = self.rows.get_mut(&payment) {
                row.last = by;
            }
            self.stands(payment, after);
        }
    }

    /// The rows as they stand at `end`, the state after the last record that was observed. What is owed depends on
    /// that state's time: a transaction that is over its deadline has failed.
    pub fn conclude(mut self, end: &State) -> Population {
        for obligation in end.obligations_at(end.time) {
            if let Some(row) = self.rows.get_mut(&obligation.payment) {
                row.owed = row.owed.checked_add(obligation.open).unwrap_or(Amount::MAX);
            }
        }
        Population { rows: self.rows.into_values().collect(), suppressed: self.suppressed }
    }
}
