//! One record that comes out otherwise.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::state::Terms;
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName};
use counterfoil_record::{Amount, Id, Index, Input, Record, Text, Time, Verdict};
use serde::Serialize;

/// Why a record is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is decided otherwise, by the new rules or by what they leave in the budgets.
    Decision,
    /// It is decided as it was, for other reasons.
    Reasons,
    /// It is about something that an earlier change had made another thing.
    Consequence,
    /// Money moved, came back or may have moved, for a payment that would not have been allowed.
    Contradiction,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Decision, Self::Reasons, Self::Consequence, Self::Contradiction];

    /// The stable kebab-case name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Reasons => "reasons",
            Self::Consequence => "consequence",
            Self::Contradiction => "contradiction",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// How an input came out. Checks are named with their rule: `budget:agent-day`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Came {
    /// The outcome of a decision, or `repeat`.
    pub outcome: &'static str,
    /// Reasons and discrepancies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<&'static str>,
    /// The checks that fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fail: Vec<String>,
    /// The checks that need approvals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The checks that cannot be decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<String>,
    /// True where it would not have been recorded, but only counted.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub counted: bool,
    /// The payment whose answer it would have been given again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_of: Option<Index>,
}

impl Came {
    /// As `verdict` says.
    pub fn of(verdict: &Verdict) -> Self {
        let named = |result| {
            verdict.checks(result).map(|check| match &check.rule {
                Some(rule) => format!("{}:{rule}", check.check),
                None => check.check.code().into(),
            })
        };
        Self {
            outcome: verdict.outcome.code(),
            codes: verdict.codes.iter().map(|code| code.code()).collect(),
            fail: named(CheckResult::Fail).collect(),
            needs: named(CheckResult::Needs).collect(),
            cannot: named(CheckResult::Cannot).collect(),
            counted: false,
            repeat_of: None,
        }
    }

    pub(super) fn repeat(payment: Index) -> Self {
        Self { outcome: "repeat", repeat_of: Some(payment), ..Self::default() }
    }

    /// True if nothing but its being recorded sets the two apart.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        *self == Self { counted: self.counted, ..other.clone() }
    }

    /// Codes and checks in one list, those that need approvals and cannot be decided with that word.
    pub fn reasons(&self) -> Vec<String> {
        let needs = self.needs.iter().map(|check| format!("needs {check}"));
        let cannot = self.cannot.iter().map(|check| format!("cannot {check}"));
        let repeat = self.repeat_of.iter().map(|payment| format!("of payment {payment}"));
        let codes = self.codes.iter().map(|code| String::from(*code));
        let counted = self.counted.then(|| "counted only".into());
        codes
            .chain(self.fail.iter().cloned())
            .chain(needs)
            .chain(cannot)
            .chain(repeat)
            .chain(counted)
            .collect()
    }
}

/// What is at stake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// The account to be paid, CAIP-10.
    pub payee: Text,
    /// The asset, CAIP-19.
    pub asset: Text,
    /// How much, in its smallest unit: the exposure, or what a fact states.
    pub amount: Amount,
}

impl Money {
    pub(super) fn of(terms: &Terms) -> Self {
        Self { payee: terms.payee.clone(), asset: terms.asset.clone(), amount: terms.exposure }
    }
}

/// One record that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Why it is told of.
    pub kind: Kind,
    /// The record.
    pub index: Index,
    /// Its time.
    pub time: Time,
    /// The kind of its input.
    pub input: &'static str,
    /// What it is about: `run/4`, `payment/9`.
    pub subject: Id,
    /// The agent of its run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Id>,
    /// What is at stake, where the offer could be read.
    #[serde(flatten)]
    pub money: Option<Money>,
    /// How it came out.
    pub before: Came,
    /// How it comes out under the new policy.
    pub after: Came,
    /// The earlier record whose change it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<Index>,
    /// What a contradiction adds to the sum of those: nothing where the fact only repeats or contradicts an earlier
    /// one, and of what came back no more than had settled.
    #[serde(skip)]
    pub(super) counted: Option<Amount>,
}

/// What a request to pay asked for, as far as its checks could tell.
pub(super) fn asked(verdict: &Verdict) -> Option<Money> {
    let text = |check| verdict.row(check)?.text(OperandName::Value).cloned();
    let amount = verdict.row(CheckName::Obligation)?.number(OperandName::Exposure)?;
    Some(Money { payee: text(CheckName::Payee)?, asset: text(CheckName::Asset)?, amount })
}

/// The agent of the run that `record` is about, as far as `state` knows.
pub(super) fn agent(record: &Record, state: &State) -> Option<Id> {
    if let Input::OpenRun(open) = &record.input {
        return Some(open.agent.clone());
    }
    let of_payment = || state.payments.get(&record.input.payment()?).map(|payment| payment.run);
    let of_transaction = || state.transactions.get(&record.input.transaction()?).map(|found| found.run);
    let run = record.input.run().or_else(of_payment).or_else(of_transaction)?;
    state.runs.get(&run).map(|run| run.agent.clone())
}

/// The kind of an input, in kebab case.
pub(super) const fn name(input: &Input) -> &'static str {
    match input {
        Input::Genesis(_) => "genesis",
        Input::AdoptPolicy(_) => "adopt-policy",
        Input::Start(_) => "start",
        Input::Stop(_) => "stop",
        Input::OpenRun(_) => "open-run",
        Input::CloseRun(_) => "close-run",
        Input::Attach(_) => "attach",
        Input::EnterPhase(_) => "enter-phase",
        Input::Begin(_) => "begin",
        Input::CompleteStep(_) => "complete-step",
        Input::Commit(_) => "commit",
        Input::Abort(_) => "abort",
        Input::Pay(_) => "pay",
        Input::Claim(_) => "claim",
        Input::Statement(_) => "statement",
        Input::Bind(_) => "bind",
        Input::Settle(_) => "settle",
        Input::Fail(_) => "fail",
        Input::Unknown(_) => "unknown",
        Input::Expire(_) => "expire",
        Input::Compensate(_) => "compensate",
        Input::RotateKey(_) => "rotate-key",
        Input::RevokeKey(_) => "revoke-key",
        Input::Suspend(_) => "suspend",
        Input::Resume(_) => "resume",
        Input::Heartbeat(_) => "heartbeat",
        Input::Clock(_) => "clock",
        Input::Refund(_) => "refund",
        Input::WriteOff(_) => "write-off",
        Input::Erase(_) => "erase",
        Input::Unreadable(_) => "unreadable",
    }
}
