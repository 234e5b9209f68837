//! What happened in each run, in order; and what happened in the log beside its runs.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Id, Index, Input, Record, Time};

/// One record, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The record.
    pub record: Index,
    /// Its time.
    pub time: Time,
    /// What it says, in the words of whoever observes.
    pub said: String,
    /// What it is for the line that is drawn of the run.
    pub mark: Option<Mark>,
}

/// What of an event shows on a line in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The run is in that phase from then on.
    Phase(Id),
    /// A payment was asked for, and this was answered.
    Payment(Outcome),
}

/// A run from its opening to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// The record that opened it.
    pub run: Index,
    /// The caller's name for it.
    pub id: Id,
    /// The agent.
    pub agent: Id,
    /// The principal.
    pub principal: Id,
    /// The run that it is a part of.
    pub parent: Option<Index>,
    /// When it was opened.
    pub opened: Time,
    /// When it was closed; none while it is open.
    pub closed: Option<Time>,
    /// Its records: phases, attachments, transactions and payment requests; what became of each payment is not among
    /// them.
    pub events: Vec<Event>,
}

/// The runs of a log, and its records that are about no run. Memory grows with both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    runs: BTreeMap<Index, RunLine>,
    /// The run of each transaction.
    transactions: BTreeMap<Index, Index>,
    beside: Vec<Event>,
}

impl Timeline {
    /// Takes the next record that followed, the state after it, and what it says in words. Heartbeats, statements and
    /// what became of a payment are left out.
    pub fn observe(&mut self, record: &Record, after: &State, said: String) {
        let is_accepted = record.verdict.outcome == Outcome::Accepted;
        match &record.input {
            Input::OpenRun(open) if is_accepted => {
                let line = RunLine {
                    run: record.index,
                    id: open.id.clone(),
                    agent: open.agent.clone(),
                    principal: open.principal.clone(),
                    parent: open.parent,
                    opened: record.time,
                    closed: None,
                    events: Vec::new(),
                };
                self.runs.insert(record.index, line);
            }
            Input::Begin(begin) if is_accepted => {
                self.transactions.insert(record.index, begin.run);
            }
            Input::Heartbeat(_) | Input::Statement(_) => return,
            input if input.payment().is_some() => return,
            _ => {}
        }
        let event = Event { record: record.index, time: record.time, said, mark: mark(record, after) };
        match self.run_of(record).and_then(|run| self.runs.get_mut(&run)) {
            Some(line) => {
                if is_accepted && matches!(record.input, Input::CloseRun(_)) {
                    line.closed = Some(record.time);
                }
                line.events.push(event);
            }
            None => self.beside.push(event),
        }
    }

    /// The run that a record is about.
    fn run_of(&self, record: &Record) -> Option<Index> {
        match &record.input {
            Input::OpenRun(_) => Some(record.index),
            input => {
                let of_transaction = || self.transactions.get(&input.transaction()?).copied();
                input.run().or_else(of_transaction)
            }
        }
    }

    /// The runs, in the order of their opening.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = &RunLine> {
        self.runs.values()
    }

    /// What happened beside the runs: policies, keys, suspensions, starts, and what was asked of no run that is open.
    pub fn beside(&self) -> &[Event] {
        &self.beside
    }
}

fn mark(record: &Record, after: &State) -> Option<Mark> {
    let outcome = record.verdict.outcome;
    match &record.input {
        Input::Pay(_) => Some(Mark::Payment(outcome)),
        _ if outcome != Outcome::Accepted => None,
        Input::OpenRun(_) => after.runs.get(&record.index).map(|run| Mark::Phase(run.phase.clone())),
        Input::EnterPhase(it) => Some(Mark::Phase(it.phase.clone())),
        _ => None,
    }
}
