//! A decision in the making, and the forms it ends in.

use alloc::boxed::Box;
use alloc::vec::Vec;

use counterfoil_record::input::Genesis;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Operand, OperandName, Outcome};
use counterfoil_record::{Id, Index, Time, Verdict};

use crate::signed::Witness;
use crate::state::{Change, Contribution, Pending, State, Status, Terms, Use, UseOf};

/// What comes of an input.
#[derive(Clone, Debug)]
pub enum Step {
    /// A decision, to be recorded.
    Record(Box<Decision>),
    /// A refusal that is only counted: so many are recorded in this minute that there is nothing to record.
    Counted(Box<Verdict>),
    /// The same request was answered before; there is nothing to record.
    Repeat(Repeat),
}

/// A verdict, and what the state becomes when its record is sealed.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// For [`State::seal`].
    pub pending: Pending,
}

/// The answer to a request that an idempotency key names again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The payment: the record that first answered the request.
    pub payment: Index,
    /// Where the payment stands now.
    pub status: Status,
    /// The permit's record, while the payment is open and unbound.
    pub permit: Option<Index>,
}

/// A verdict in the making.
pub(crate) struct Draft<'s> {
    pub(crate) state: &'s State,
    pub(crate) index: Index,
    pub(crate) time: Time,
    pub(crate) verdict: Verdict,
    changes: Vec<Change>,
    permit_of: Option<Index>,
    control: bool,
}

impl<'s> Draft<'s> {
    pub(crate) fn new(state: &'s State, time: Time) -> Self {
        Self {
            state,
            index: state.size,
            time,
            verdict: Verdict::plain(Outcome::Accepted),
            changes: Vec::new(),
            permit_of: None,
            control: false,
        }
    }

    /// Asks for a change.
    pub(crate) fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// What an allowed payment of `run` takes of its plan item and of mandates changes.
    pub(crate) fn use_up(&mut self, run: Index, terms: &Terms, from: Contribution, to: Contribution) {
        if let Some(item) = &terms.item {
            self.change(Change::Use(Use { run, of: UseOf::Plan(item.clone()), from, to }));
        }
        for run in &terms.mandates {
            let of = UseOf::Mandate(terms.asset.clone());
            self.change(Change::Use(Use { run: *run, of, from, to }));
        }
    }

    /// Adds a reason or a discrepancy.
    pub(crate) fn code(&mut self, code: Code) {
        self.verdict.codes.push(code);
    }

    /// Names the previous record about the same thing.
    pub(crate) fn previous(&mut self, index: Index) {
        self.verdict.previous = Some(index);
    }

    /// This record is the permit of `payment`.
    pub(crate) fn permits(&mut self, payment: Index) {
        self.permit_of = Some(payment);
    }

    /// This record changes policy or keys.
    pub(crate) fn controls(&mut self) {
        self.control = true;
    }

    /// Refused for its time, which then is not the state's.
    pub(crate) fn refuse_time(mut self, code: Code) -> Decision {
        self.time = self.state.time;
        self.refuse(code)
    }

    /// Something is missing, oversized, or overflows.
    pub(crate) fn cannot(mut self, code: Code) -> Decision {
        self.code(code);
        self.decide(Outcome::CannotDecide)
    }

    /// What checks the statements in an input.
    pub(crate) const fn witness<'g>(&self, genesis: &'g Genesis) -> Witness<'g>
    where
        's: 'g,
    {
        Witness { genesis, revoked: &self.state.revoked, time: self.time }
    }

    /// The decision, as it stands.
    pub(crate) fn decide(mut self, outcome: Outcome) -> Decision {
        self.verdict.outcome = outcome;
        Decision {
            verdict: self.verdict,
            pending: Pending {
                time: self.time,
                control: self.control,
                permit_of: self.permit_of,
                changes: self.changes,
            },
        }
    }

    /// Accepted, with the changes asked for.
    pub(crate) fn accept(self) -> Decision {
        self.decide(Outcome::Accepted)
    }

    /// Refused because of `code`, with no change at all.
    pub(crate) fn refuse(mut self, code: Code) -> Decision {
        self.changes.clear();
        self.permit_of = None;
        self.control = false;
        self.code(code);
        self.decide(Outcome::Refused)
    }
}

/// One row of the trace in the making.
pub(crate) struct Row(Check);

impl Row {
    pub(crate) fn new(check: CheckName) -> Self {
        let operands = alloc::collections::BTreeMap::new();
        Self(Check { check, result: CheckResult::NotApplicable, rule: None, operands })
    }

    pub(crate) fn rule(mut self, rule: &Id) -> Self {
        self.0.rule = Some(rule.clone());
        self
    }

    pub(crate) fn with(mut self, name: OperandName, value: impl Into<Operand>) -> Self {
        self.0.operands.insert(name, value.into());
        self
    }

    pub(crate) fn with_some(self, name: OperandName, value: Option<impl Into<Operand>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn result(mut self, result: CheckResult) -> Check {
        self.0.result = result;
        self.0
    }

    pub(crate) fn pass_if(self, holds: bool) -> Check {
        self.result(if holds { CheckResult::Pass } else { CheckResult::Fail })
    }

    /// Fails, and says how.
    pub(crate) fn fail(self, because: &'static str) -> Check {
        self.with(OperandName::Because, because).result(CheckResult::Fail)
    }

    /// Passes where nothing speaks against it, else fails and says how.
    pub(crate) fn unless(self, because: Option<&'static str>) -> Check {
        match because {
            None => self.result(CheckResult::Pass),
            Some(because) => self.fail(because),
        }
    }

    pub(crate) fn cannot(self, because: &'static str) -> Check {
        self.with(OperandName::Because, because).result(CheckResult::Cannot)
    }

    pub(crate) fn not_applicable(self) -> Check {
        self.result(CheckResult::NotApplicable)
    }
}
