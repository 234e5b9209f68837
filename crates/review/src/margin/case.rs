//! A decision that is asked again with something changed.

use counterfoil_decide::{State, Step};
use counterfoil_record::input::Pay;
use counterfoil_record::{Index, Input, Record, Time, Verdict};

/// A `pay` or a `claim`, with a copy of the state that it is decided from.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) state: State,
    pub(super) input: Input,
    pub(super) time: Time,
}

impl Case {
    pub(super) fn new(record: &Record, before: &State) -> Self {
        Self { state: before.clone(), input: record.input.clone(), time: record.time }
    }

    /// What it comes to; `None` where it would be answered as an earlier request was.
    pub(super) fn decide(&self) -> Option<Verdict> {
        match self.state.step(&self.input, self.time) {
            Step::Record(decision) => Some(decision.verdict),
            Step::Counted(verdict) => Some(*verdict),
            Step::Repeat(_) => None,
        }
    }

    /// The same at `time`, had other records moved the clock until then: how far one may move it does not matter.
    pub(super) fn decide_at(&mut self, time: Time) -> Option<Verdict> {
        (self.state.time, self.time) = (time, time);
        self.decide()
    }

    /// The payment that is claimed.
    pub(super) fn claimed(&self) -> Option<Index> {
        match &self.input {
            Input::Claim(claim) => Some(claim.payment),
            _ => None,
        }
    }

    /// The request that is decided.
    pub(super) fn request(&self) -> Option<&Pay> {
        match &self.input {
            Input::Pay(pay) => Some(pay),
            Input::Claim(claim) => Some(&self.state.payments.get(&claim.payment)?.hold.as_ref()?.request),
            _ => None,
        }
    }

    pub(super) fn request_mut(&mut self) -> Option<&mut Pay> {
        match &mut self.input {
            Input::Pay(pay) => Some(pay),
            Input::Claim(claim) => {
                Some(&mut self.state.payments.get_mut(&claim.payment)?.hold.as_mut()?.request)
            }
            _ => None,
        }
    }
}
