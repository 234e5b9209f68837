//! What a caller is told: the decision in the form that it can act on.

use counterfoil_decide::Repeat;
use counterfoil_decide::Subject;
use counterfoil_decide::state::Terms;
use counterfoil_rails::eip3009::slot;
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Grade, OperandName, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Input, Record, Text, Time, Verdict};
use serde::Serialize;

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// A decision that is recorded.
    Recorded(Box<Recorded>),
    /// A refusal that is only counted: so many are recorded already in this minute.
    Counted(Box<Counted>),
    /// The same request was answered before.
    Repeated(Repeated),
}

impl Answer {
    /// The decision, if this is a new one.
    pub fn recorded(&self) -> Option<&Recorded> {
        match self {
            Self::Recorded(recorded) => Some(recorded),
            Self::Counted(_) | Self::Repeated(_) => None,
        }
    }
}

/// A refusal that is not recorded: the next record says how many there were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many were only counted since the last record, with this one.
    pub counted: u64,
    /// The outcome: `deny`, `refused` or `cannot-decide`, or `accepted` for what was not readable.
    pub outcome: Outcome,
    /// Reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The checks that did not pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<Failing>,
}

impl Counted {
    pub(crate) fn new(counted: u64, verdict: &Verdict) -> Self {
        let failing = all_failing(verdict);
        Self { counted, outcome: verdict.outcome, codes: verdict.codes.clone(), failing }
    }
}

/// A decision that is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The record's index; the name of what it opened.
    pub index: Index,
    /// Its time.
    pub time: Time,
    /// The outcome.
    pub outcome: Outcome,
    /// Reasons and discrepancies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The checks that did not pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<Failing>,
    /// What is permitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<Granted>,
    /// What approvers are asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// What a fact's evidence is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
}

/// A check that did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// The check.
    pub check: CheckName,
    /// The rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Id>,
    /// How it came out.
    pub result: CheckResult,
    /// How it failed, where it can fail in several ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Text>,
}

/// What is permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Granted {
    /// The payment.
    pub payment: Index,
    /// The paying account, CAIP-10.
    pub wallet: Text,
    /// The account to be paid, CAIP-10.
    pub payee: Text,
    /// The asset, CAIP-19.
    pub asset: Text,
    /// The payment scheme.
    pub scheme: Text,
    /// How the asset is transferred.
    pub method: Text,
    /// The contract that may move the money, for Permit2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spender: Option<Text>,
    /// The party that settles, for `upto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facilitator: Option<Text>,
    /// The most that may leave, in the smallest unit.
    pub exposure: Amount,
    /// Unix seconds: what is signed ends then or before.
    pub until: u64,
    /// The nonce to sign with.
    pub slot: Hash32,
}

impl Granted {
    /// What was permitted before, as the state keeps it.
    pub(crate) fn again(payment: Index, terms: &Terms) -> Option<Self> {
        Some(Self {
            payment,
            wallet: terms.wallet.clone(),
            payee: terms.payee.clone(),
            asset: terms.asset.clone(),
            scheme: terms.scheme.clone(),
            method: terms.method.clone(),
            spender: terms.spender.clone(),
            facilitator: terms.facilitator.clone(),
            exposure: terms.exposure,
            until: terms.until,
            slot: slot(terms.leaf.as_ref()?),
        })
    }
}

/// What approvers are asked: the fields of a statement that say what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What kind of thing is answered.
    pub kind: SubjectKind,
    /// The digest of exactly what is answered.
    pub digest: Hash32,
    /// The record that is answered.
    pub against: Index,
    /// The run that would enter a phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Index>,
    /// The phase that would be entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Id>,
}

impl Question {
    pub(crate) fn new(subject: Subject, entry: Option<(Index, Id)>) -> Self {
        let (run, phase) = entry.unzip();
        Self { kind: subject.kind, digest: subject.digest, against: subject.against, run, phase }
    }

    /// What is asked of those whose signatures a refused or denied input lacks; `subject` is what the statements in
    /// it must say.
    pub(crate) fn unsigned(record: &Record, subject: Option<Subject>) -> Option<Self> {
        let verdict = &record.verdict;
        match &record.input {
            Input::Pay(pay) => Subject::lacking(pay, verdict).map(|it| Self::new(it, None)),
            _ if verdict.codes.contains(&Code::QuorumNotReached) => subject.map(|it| Self::new(it, None)),
            _ => None,
        }
    }
}

/// The same request was answered before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// The payment: the record that first answered it.
    pub repeat_of: Index,
    /// Where the payment stands.
    pub status: &'static str,
    /// The permit again, while the payment is open and unbound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<Box<Granted>>,
}

impl Repeated {
    pub(crate) fn new(repeat: Repeat, permit: Option<Granted>) -> Self {
        Self { repeat_of: repeat.payment, status: repeat.status.code(), permit: permit.map(Box::new) }
    }
}

fn all_failing(verdict: &Verdict) -> Vec<Failing> {
    let open = |check: &&Check| !matches!(check.result, CheckResult::Pass | CheckResult::NotApplicable);
    verdict.trace.iter().filter(open).map(failing).collect()
}

fn failing(check: &Check) -> Failing {
    let because = check.text(OperandName::Because).cloned();
    Failing { check: check.check, rule: check.rule.clone(), result: check.result, because }
}

/// The permit that `record` gives for `payment`; `leaf` is its leaf hash.
pub(crate) fn granted(record: &Record, payment: Index, leaf: &Hash32) -> Option<Granted> {
    let permit = record.verdict.permit()?;
    Some(Granted {
        payment,
        wallet: permit.wallet,
        payee: permit.payee,
        asset: permit.asset,
        scheme: permit.scheme,
        method: permit.method,
        spender: permit.spender,
        facilitator: permit.facilitator,
        exposure: permit.exposure,
        until: permit.until,
        slot: slot(leaf),
    })
}

impl Recorded {
    pub(crate) fn new(record: &Record, permit: Option<Granted>, question: Option<Question>) -> Self {
        let verdict = &record.verdict;
        Self {
            index: record.index,
            time: record.time,
            outcome: verdict.outcome,
            codes: verdict.codes.clone(),
            failing: all_failing(verdict),
            permit,
            question,
            grade: verdict.grade,
        }
    }
}
