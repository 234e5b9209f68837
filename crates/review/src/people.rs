//! Who answered what: every signed statement of a log, by the person who is said to have signed it.
//!
//! A statement whose signature is not that of the person, or that came too late, is in the log too, in a record that
//! was refused. It stands under the name that it states, with the outcome of its record: only what was accepted is
//! known to be theirs.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_record::statement::{Answer, SignedStatement, SubjectKind};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Id, Index, Input, Octets, Record, Time};

/// One signed statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The record that it stands in.
    pub record: Index,
    /// The time of that record.
    pub time: Time,
    /// The role in which the person answers.
    pub role: Id,
    /// Yes or no.
    pub answer: Answer,
    /// What kind of thing is answered.
    pub kind: SubjectKind,
    /// The record that is answered.
    pub against: Index,
    /// What became of the record that it stands in.
    pub outcome: Outcome,
    /// The codes of that record.
    pub codes: Vec<Code>,
}

impl Said {
    /// True where the decision found that the person signed it, in time and about that.
    pub fn is_taken(&self) -> bool {
        !matches!(self.outcome, Outcome::Refused)
    }
}

/// Every signed statement of a log, by person, in the log's order. Memory grows with their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People(BTreeMap<Id, Vec<Said>>);

impl People {
    /// Takes the next record that followed.
    pub fn observe(&mut self, record: &Record) {
        for octets in statements(&record.input) {
            let Ok(signed) = SignedStatement::decode(octets.as_slice()) else { continue };
            let statement = signed.unverified();
            self.0.entry(signed.issuer().clone()).or_default().push(Said {
                record: record.index,
                time: record.time,
                role: statement.role.clone(),
                answer: statement.answer,
                kind: statement.kind,
                against: statement.against,
                outcome: record.verdict.outcome,
                codes: record.verdict.codes.clone(),
            });
        }
    }

    /// Each person, by name, with what they said.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Id, &[Said])> {
        self.0.iter().map(|(person, said)| (person, said.as_slice()))
    }
}

/// The signed statements that an input carries.
fn statements(input: &Input) -> &[Octets] {
    match input {
        Input::Statement(it) => core::slice::from_ref(&it.statement),
        Input::AdoptPolicy(it) => &it.statements,
        Input::RotateKey(it) => &it.statements,
        Input::RevokeKey(it) => &it.statements,
        Input::Suspend(it) => &it.statements,
        Input::Resume(it) => &it.statements,
        Input::Clock(it) => &it.statements,
        Input::Erase(it) => &it.statements,
        Input::WriteOff(it) => &it.statements,
        // An agent's own request is no answer of a person.
        Input::Pay(it) => &it.overrides,
        Input::Genesis(_)
        | Input::Start(_)
        | Input::Stop(_)
        | Input::Heartbeat(_)
        | Input::Unreadable(_)
        | Input::OpenRun(_)
        | Input::CloseRun(_)
        | Input::Attach(_)
        | Input::EnterPhase(_)
        | Input::Begin(_)
        | Input::CompleteStep(_)
        | Input::Commit(_)
        | Input::Abort(_)
        | Input::Claim(_)
        | Input::Bind(_)
        | Input::Settle(_)
        | Input::Fail(_)
        | Input::Unknown(_)
        | Input::Expire(_)
        | Input::Compensate(_)
        | Input::Refund(_) => &[],
    }
}
