//! Building the rows of a trace, and the verdicts that have none.

use std::collections::BTreeMap;

use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, Id, Index, Verdict};

/// A row of which the result is still open.
pub(super) struct Row(Check);

impl Row {
    pub(super) fn new(check: CheckName) -> Self {
        Self(Check { check, result: CheckResult::NotApplicable, rule: None, operands: BTreeMap::new() })
    }

    pub(super) fn rule(mut self, rule: &Id) -> Self {
        self.0.rule = Some(rule.clone());
        self
    }

    pub(super) fn with(mut self, name: OperandName, value: impl Into<Operand>) -> Self {
        self.0.operands.insert(name, value.into());
        self
    }

    /// An operand that is left out if it has no value.
    pub(super) fn maybe(self, name: OperandName, value: Option<impl Into<Operand>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn money(self, name: OperandName, units: u128) -> Self {
        self.with(name, Amount::new(units))
    }

    fn result(mut self, result: CheckResult) -> Check {
        self.0.result = result;
        self.0
    }

    pub(super) fn pass(self) -> Check {
        self.result(CheckResult::Pass)
    }

    /// A failure that needs no word.
    pub(super) fn fail(self) -> Check {
        self.result(CheckResult::Fail)
    }

    pub(super) fn fails(self, because: &'static str) -> Check {
        self.with(OperandName::Because, because).fail()
    }

    pub(super) fn cannot(self, because: &'static str) -> Check {
        self.with(OperandName::Because, because).result(CheckResult::Cannot)
    }

    pub(super) fn needs(self) -> Check {
        self.result(CheckResult::Needs)
    }

    pub(super) fn not_applicable(self) -> Check {
        self.result(CheckResult::NotApplicable)
    }

    /// Passes if nothing is wrong.
    pub(super) fn unless(self, wrong: Option<&'static str>) -> Check {
        match wrong {
            Some(because) => self.fails(because),
            None => self.pass(),
        }
    }
}

pub(super) fn refused(code: Code, previous: Option<Index>) -> Verdict {
    Verdict { codes: vec![code], previous, ..Verdict::plain(Outcome::Refused) }
}

pub(super) fn accepted(previous: Option<Index>) -> Verdict {
    Verdict { previous, ..Verdict::plain(Outcome::Accepted) }
}

pub(super) fn too_large(previous: Option<Index>) -> Verdict {
    Verdict { codes: vec![Code::TooLarge], previous, ..Verdict::plain(Outcome::CannotDecide) }
}

/// Accepted, or refused with the code, in either case with the same `previous`.
pub(super) fn answer(result: Result<(), Code>, previous: Option<Index>) -> Verdict {
    match result {
        Ok(()) => accepted(previous),
        Err(code) => refused(code, previous),
    }
}

/// `Ok` if it holds, else the code.
pub(super) fn ensure(holds: bool, code: Code) -> Result<(), Code> {
    if holds { Ok(()) } else { Err(code) }
}
