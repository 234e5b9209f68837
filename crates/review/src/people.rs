//! Who answered what: every signed statement of a log, by person.
//!
//! The person is the one in whose name the policy, or the governance, has the key that signed, in the role that the
//! statement names. Whatever else signed something stands under the name that it gives itself, and is not taken: its
//! record was refused, or the decision had no use for it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::policy::GOVERNANCE;
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, SignedStatement, SubjectKind};
use counterfoil_record::verdict::{CheckName, Code, OperandName, Outcome};
use counterfoil_record::{Id, Index, Input, Octets, Record, Time};

/// One signed statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The person; of a key that nobody has, the name that it gives itself.
    pub person: Id,
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
    /// True where the decision found that this person signed it, in time and about that.
    pub is_taken: bool,
    /// What became of the record that it stands in.
    pub outcome: Outcome,
    /// The codes of that record.
    pub codes: Vec<Code>,
}

/// The signed statements that a record carries, `before` being the state before it: a key that the record changes
/// signed as it was.
pub fn said(record: &Record, before: &State) -> Vec<Said> {
    let is_used = is_used(record);
    let signed =
        statements(&record.input).iter().filter_map(|it| SignedStatement::decode(it.as_slice()).ok());
    let said = signed.map(|signed| {
        let statement = signed.unverified();
        let person = person(&signed, before);
        Said {
            is_taken: is_used && person.is_some(),
            person: person.unwrap_or_else(|| signed.issuer()).clone(),
            record: record.index,
            time: record.time,
            role: statement.role.clone(),
            answer: statement.answer,
            kind: statement.kind,
            against: statement.against,
            outcome: record.verdict.outcome,
            codes: record.verdict.codes.clone(),
        }
    });
    said.collect()
}

/// The person who has the key that a statement names.
fn person<'s>(signed: &SignedStatement, state: &'s State) -> Option<&'s Id> {
    let role = &signed.unverified().role;
    let members = if role.as_str() == GOVERNANCE {
        &state.governance.as_ref()?.members
    } else {
        &state.policy.as_ref()?.policy.roles.get(role)?.members
    };
    let has = |keys: &[NamedKey]| keys.iter().any(|key| signed.names(key));
    members.iter().find(|(_, keys)| has(keys)).map(|(person, _)| person)
}

/// True where the decision rests on the statements of its record. An input whose statements do not hold is refused; but a
/// request to pay is decided on other checks too, and looks at overrides only where there is something to override.
fn is_used(record: &Record) -> bool {
    match &record.input {
        Input::Pay(_) => {
            let purchase = record.verdict.row(CheckName::Purchase);
            purchase.is_some_and(|row| row.operands.contains_key(&OperandName::People))
        }
        _ => record.verdict.outcome == Outcome::Accepted,
    }
}

/// Every signed statement of a log, by person, in the log's order. Memory grows with their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People(BTreeMap<Id, Vec<Said>>);

impl People {
    /// Takes what the next record that followed carries.
    pub fn extend(&mut self, said: Vec<Said>) {
        for said in said {
            self.0.entry(said.person.clone()).or_default().push(said);
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
