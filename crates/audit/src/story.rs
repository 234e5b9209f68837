//! The story of one payment: every record that it rests on, and what became of it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::state::Status;
use counterfoil_rails::eip3009::slot;
use counterfoil_record::statement::{SignedStatement, Statement, SubjectKind};
use counterfoil_record::verdict::{Code, OperandName, Outcome};
use counterfoil_record::{Hash32, Index, Input, Record, Time, Verdict};
use serde::Serialize;

use crate::auditor::Checked;
use crate::observer::Observer;

/// A record that belongs to the story.
#[derive(Clone, Debug, Serialize)]
pub struct Chapter {
    /// The record's index.
    pub index: Index,
    /// Its time.
    pub time: Time,
    /// What it is about: `run/4`, `payment/9`.
    pub subject: String,
    /// The input.
    pub input: Input,
    /// What the signed statement says, where the input is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    /// Who signed that statement, as they call themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Chapter {
    /// What `record` says.
    pub fn of(record: &Record) -> Self {
        let statement = match &record.input {
            Input::Statement(input) => SignedStatement::decode(input.statement.as_slice()).ok(),
            _ => None,
        };
        Self {
            index: record.index,
            time: record.time,
            subject: String::from(record.input.subject(record.index).as_str()),
            input: record.input.clone(),
            statement: statement.as_ref().map(|signed| signed.unverified().clone()),
            signer: statement.as_ref().map(|signed| String::from(signed.issuer().as_str())),
            verdict: record.verdict.clone(),
        }
    }
}

/// The story of one payment, told by what it observes of a log.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// The payment.
    pub payment: Index,
    /// Its run.
    pub run: Index,
    /// Its transaction.
    pub transaction: Option<Index>,
    /// The records that it rests on, and those about it, in order.
    pub chapters: Vec<Chapter>,
    /// The record that decided it last: whose trace says why.
    pub decided: Option<Index>,
    /// The TOML of the policy that it was decided under.
    pub policy: Option<String>,
    /// The slot: the nonce that points from the settlement to the decision.
    pub slot: Option<Hash32>,
    /// Where the payment stands at the end of the log.
    pub status: Option<&'static str>,
    /// What has settled, in the asset's smallest unit.
    pub settled: Option<String>,
    /// What of that came back, as compensation or refund.
    pub returned: Option<String>,
    /// Whether the signed payload carried the slot.
    pub slot_used: Option<bool>,
    #[serde(skip)]
    current_policy: Option<String>,
    /// The runs that its run is a part of, as far as the trace names them.
    #[serde(skip)]
    within: BTreeSet<Index>,
}

impl Story {
    /// The story that begins with `record`, if that asks for a payment: it is told by the records that it observes, from the
    /// first of the log on.
    pub fn of(record: &Record) -> Option<Self> {
        let Input::Pay(pay) = &record.input else { return None };
        Some(Self {
            payment: record.index,
            run: pay.run,
            transaction: pay.part.as_ref().map(|part| part.transaction),
            chapters: Vec::new(),
            decided: None,
            policy: None,
            slot: None,
            status: None,
            settled: None,
            returned: None,
            slot_used: None,
            current_policy: None,
            within: runs_named(&record.verdict),
        })
    }

    /// True as long as the payment is not decided, or waits for people: what governs it, or ends it, can still come.
    fn is_waiting(&self) -> bool {
        self.decided.is_none() || self.status == Some(Status::Held.code())
    }

    fn is_answered_by(&self, statement: &Statement) -> bool {
        match statement.kind {
            SubjectKind::Payment => statement.against == self.payment,
            SubjectKind::Phase => statement.run == Some(self.run) && self.is_waiting(),
            // Those stand in the inputs that they are for.
            _ => false,
        }
    }

    /// True for an input about the payment, its transaction, or its run as long as the payment waits.
    fn is_about(&self, input: &Input) -> bool {
        match input {
            Input::CompleteStep(_) | Input::Commit(_) | Input::Abort(_) => {
                input.transaction() == self.transaction
            }
            Input::Attach(attach) => attach.run == self.run && self.is_waiting(),
            Input::EnterPhase(enter) => enter.run == self.run && self.is_waiting(),
            Input::CloseRun(close) => close.run == self.run && self.is_waiting(),
            input => input.payment() == Some(self.payment),
        }
    }

    /// Takes over where the payment stands. One that the state has forgotten stands where it stood.
    fn stands(&mut self, state: &State) {
        let Some(payment) = state.payments.get(&self.payment) else { return };
        self.status = Some(payment.status.code());
        self.settled = Some(alloc::format!("{}", payment.settled));
        self.returned = Some(alloc::format!("{}", payment.contribution().returned));
    }

    /// Ends the story with the log.
    pub fn conclude(&mut self) {
        if self.status.is_none() {
            let decided = self.chapters.iter().rev().find(|chapter| Some(chapter.index) == self.decided);
            self.status = decided.map(|chapter| chapter.verdict.outcome.code());
        }
        let bound = |chapter: &&Chapter| {
            matches!(chapter.input, Input::Bind(_)) && chapter.verdict.outcome == Outcome::Accepted
        };
        self.slot_used = self
            .chapters
            .iter()
            .find(bound)
            .map(|chapter| !chapter.verdict.codes.contains(&Code::SlotNotUsed));
    }
}

impl Observer for Story {
    /// Takes the next record that followed, and where it left the payment.
    fn after(&mut self, checked: &Checked, state: &State) {
        let record = &checked.record;
        let belongs = match &record.input {
            Input::Genesis(_) => true,
            Input::AdoptPolicy(adopt) => {
                if record.verdict.outcome == Outcome::Accepted {
                    let source = String::from_utf8_lossy(adopt.source.as_slice());
                    self.current_policy = Some(source.into_owned());
                }
                self.is_waiting()
            }
            Input::RotateKey(_) | Input::RevokeKey(_) | Input::Suspend(_) | Input::Resume(_) => {
                self.is_waiting()
            }
            Input::OpenRun(_) => record.index == self.run || self.within.contains(&record.index),
            Input::Begin(_) => Some(record.index) == self.transaction,
            Input::Statement(input) => SignedStatement::decode(input.statement.as_slice())
                .is_ok_and(|signed| self.is_answered_by(signed.unverified())),
            Input::Pay(_) => record.index == self.payment,
            Input::Erase(erase) => self.chapters.iter().any(|chapter| chapter.index == erase.record),
            input => self.is_about(input),
        };
        if !belongs {
            return self.stands(state);
        }
        // A claim of what is not held is refused without a trace: it decided nothing.
        let decides = matches!(record.input, Input::Pay(_) | Input::Claim(_));
        if decides && record.verdict.outcome != Outcome::Refused {
            self.decided = Some(record.index);
            self.policy.clone_from(&self.current_policy);
            if record.verdict.outcome == Outcome::Allow {
                self.slot = Some(slot(&checked.leaf));
            }
        }
        self.chapters.push(Chapter::of(record));
        self.stands(state);
    }
}

/// The runs that the checks of a payment name beside its own.
fn runs_named(verdict: &Verdict) -> BTreeSet<Index> {
    verdict.trace.iter().filter_map(|check| check.index(OperandName::Run)).collect()
}
