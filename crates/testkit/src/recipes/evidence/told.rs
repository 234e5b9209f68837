//! Logs that are told on from what their operator says.

use counterfoil_audit::bundle::{Bundle, StoodAt};
use counterfoil_decide::{Pending, State, Step};
use counterfoil_record::{FORMAT, Hash32, Index, Input, Record, Span, Time, Verdict as Judgement, input};
use counterfoil_tlog::{CompactRange, leaf_hash};

use super::shown::all_of;
use crate::{forge, keys};

/// A log that is told on from what its records say came of them.
pub(super) struct Told {
    pub(super) state: State,
    tree: CompactRange,
    pub(super) entries: Vec<Vec<u8>>,
}

impl Told {
    pub(super) fn of(entries: &[Vec<u8>]) -> Self {
        let (state, tree) = forge::followed(entries).into_parts();
        Self { state, tree, entries: entries.to_vec() }
    }

    /// What `state` would answer at the next moment.
    pub(super) fn owed(&self, state: &State, input: &Input) -> Judgement {
        match state.step(input, self.next()) {
            Step::Record(decision) => decision.verdict,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn next(&self) -> Time {
        self.state.time.plus(Span::from_millis(1))
    }

    /// What follows.
    pub(super) fn add(&mut self, input: Input) -> Index {
        let verdict = self.owed(&self.state, &input);
        self.say(input, verdict)
    }

    /// What the operator says of it.
    pub(super) fn say(&mut self, input: Input, verdict: Judgement) -> Index {
        let time = self.next();
        let pending = match self.state.step(&input, time) {
            Step::Record(decision) if decision.verdict == verdict => decision.pending,
            _ => self.state.suppose_decided(&input, verdict.outcome, time).expect("a decision"),
        };
        self.record(input, verdict, pending, time)
    }

    /// The record of it at `time`, and what it changes.
    pub(super) fn record(&mut self, input: Input, verdict: Judgement, pending: Pending, time: Time) -> Index {
        let index = self.state.size;
        let (prior, prev_control) = (Hash32(*self.tree.root().bytes()), self.state.last_control);
        let record =
            Record { format: FORMAT, index, prior, prev_control, time, input, verdict, suppressed: None };
        let entry = forge::sign(&record, &keys::log());
        let leaf = leaf_hash(&entry);
        self.state.seal(pending, Hash32(*leaf.bytes()));
        self.tree.append(leaf);
        self.entries.push(entry);
        index
    }

    /// A bundle of every record and of where `payment` stands.
    pub(super) fn all_of(&mut self, payment: Index) -> Bundle {
        let stood = self.state.stood(payment).expect("the payment");
        let state = self.state.digest();
        let record = self.add(Input::Heartbeat(input::Heartbeat { state }));
        let mut bundle = Bundle::from_file(&all_of(&self.entries, payment)).unwrap();
        bundle.standings = vec![StoodAt { record, stood }];
        bundle
    }
}
