//! What a statement says, read from its own bytes and held against the log that it is about.
//!
//! A digest says nothing to a person. What it stands for is found by asking the log: the statement's kind, digest and
//! record must be those that the log asks for now, for the input that the statement is about. Only then is that input
//! shown, and of it nothing that the digest does not cover without saying so.

mod control;
mod payment;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::GOVERNANCE;
use counterfoil_decide::{State, Step, Subject};
use counterfoil_record::cose::Algorithm;
use counterfoil_record::input::{Claim, EnterPhase};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, Said, SignedStatement, SubjectKind};
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Outcome};
use counterfoil_record::{Id, Input, Time, Verdict};

use crate::lines::Line;
use crate::needs::{Need, needs};
use crate::trace::{against, is_against, list};
use crate::words;

/// Why a statement cannot be read against a log: it answers nothing that the log asks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// It is about another log.
    #[error("it is about the log {says}, and this is {log}")]
    AnotherLog {
        /// The log that it names.
        says: Id,
        /// The log that it is read against.
        log: String,
    },
    /// What is asked is not what it says.
    #[error("the log asks for nothing that it answers: its {0} is another, or the log has gone on since")]
    Subject(&'static str),
    /// Nothing is asked of people.
    #[error("the log asks nobody for this: {0}")]
    Nobody(String),
    /// Whoever it names as its signer does not have that key in that role, or not any more.
    #[error("nobody has that key under the name {name} in the role {role}, or it is revoked")]
    Signer {
        /// The name.
        name: Id,
        /// The role.
        role: Id,
    },
    /// It would be refused.
    #[error("the log would refuse it: {0}")]
    Refused(Code),
    /// A statement of this kind is read beside the command that it stands in.
    #[error("a statement of kind {0} is read beside the command that it is for")]
    Alone(SubjectKind),
}

/// What a statement says by its own bytes, without a log.
pub fn in_words(said: &Said) -> Vec<Line> {
    let (statement, header) = (&said.statement, &said.header);
    let says = match statement.answer {
        Answer::Approve => "APPROVE",
        Answer::Refuse => "REFUSE: it is final",
    };
    let mut lines = Vec::from([
        Line::new("says", says),
        Line::new("kind", statement.kind),
        Line::new("log", &statement.origin),
        Line::new("name", &header.claims.issuer),
        Line::new("role", &statement.role),
        Line::new("key", header.kid),
    ]);
    if header.algorithm == Algorithm::EdDsa {
        lines.push(Line::new("algorithm", "EdDSA, the older name of Ed25519"));
    }
    lines.extend(statement.run.map(|run| Line::new("run", run)));
    lines.extend(statement.phase.as_ref().map(|phase| Line::new("enter", phase)));
    lines.push(Line::new(
        "subject",
        format_args!("{} against record {}", statement.digest, statement.against),
    ));
    lines.push(Line::new("signed", words::time(header.claims.issued_at.saturating_mul(1000))));
    lines.push(Line::new("expires", words::time(statement.expires.millis())));
    lines
}

/// A statement that answers what the log asks.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Everything about it, in words.
    pub lines: Vec<Line>,
    /// What is needed of people; for a payment and a phase.
    pub needs: Vec<Need>,
    /// What the input that it is about comes to, as it stands.
    pub verdict: Verdict,
}

/// The input that a collected statement is about; `None` for one that stands in the input that it is for.
pub fn about(said: &Said) -> Option<Input> {
    let statement = &said.statement;
    match (statement.kind, statement.run, &statement.phase) {
        (SubjectKind::Payment, ..) => Some(Input::Claim(Claim { payment: statement.against })),
        (SubjectKind::Phase, Some(run), Some(phase)) => {
            Some(Input::EnterPhase(EnterPhase { run, phase: phase.clone() }))
        }
        _ => None,
    }
}

/// Reads a statement against the log whose records add up to `state`, at `time`. `within` is the input that it stands
/// in, or is to stand in.
///
/// # Errors
/// As [`NotAsked`] says: then it is not to be signed, and would not count.
pub fn read(said: &Said, within: Option<&Input>, state: &State, time: Time) -> Result<Reading, NotAsked> {
    let statement = &said.statement;
    let origin = state.genesis.as_ref().map(|genesis| &genesis.origin);
    if origin != Some(&statement.origin) {
        let log = origin.map(|origin| String::from(origin.as_str())).unwrap_or_default();
        return Err(NotAsked::AnotherLog { says: statement.origin.clone(), log });
    }
    let own = about(said);
    let input = own.as_ref().or(within).ok_or(NotAsked::Alone(statement.kind))?;
    let (asked, verdict) = question(state, input, time)?;
    if statement.kind != asked.kind {
        return Err(NotAsked::Subject("kind"));
    }
    if statement.digest != asked.digest {
        return Err(NotAsked::Subject("digest"));
    }
    if statement.against != asked.against {
        return Err(NotAsked::Subject("record"));
    }
    let entry = match input {
        Input::EnterPhase(enter) => (Some(enter.run), Some(&enter.phase)),
        _ => (None, None),
    };
    if (statement.run, statement.phase.as_ref()) != entry {
        return Err(NotAsked::Subject("run or phase"));
    }
    let (person, _) = signer(state, said)?;
    if own.is_some() {
        state.would_take(statement, person, time).map_err(NotAsked::Refused)?;
    } else if time > statement.expires {
        return Err(NotAsked::Refused(Code::StatementExpired));
    }
    let needs = needs(state, input, &verdict, time);
    let mut lines = in_words(said);
    let tail = lines.split_off(2);
    lines.push(Line::new("person", person));
    lines.extend(matter(state, input, &verdict));
    lines.extend(needs.iter().map(|need| Line::new("needs", need.words())));
    lines.extend(counts_for(said, &needs));
    lines.extend(takes(state, said, own.is_none()));
    lines.extend(objections(input, &verdict));
    lines.extend(tail);
    Ok(Reading { lines, needs, verdict })
}

/// What statements for `input` have to say at `time`, and what it comes to as it stands.
///
/// # Errors
/// [`NotAsked::Nobody`] where nobody's signature is asked for.
pub fn question(state: &State, input: &Input, time: Time) -> Result<(Subject, Verdict), NotAsked> {
    let verdict = match state.step(input, time) {
        Step::Record(decision) => decision.verdict,
        Step::Counted(verdict) => *verdict,
        Step::Repeat(repeat) => {
            return Err(NotAsked::Nobody(format!("record {} answered this request", repeat.payment)));
        }
    };
    asks_people(state, input, &verdict)?;
    let asked = state.asked(input, &verdict).ok_or_else(|| NotAsked::Nobody(reasons(&verdict)))?;
    Ok((asked, verdict))
}

/// The roles in which `key` can sign what is asked: of those that `needs` name for a payment or a phase, else of those
/// who sign statements of `kind`.
pub fn roles<'s>(state: &'s State, kind: SubjectKind, needs: &[Need], key: &NamedKey) -> Vec<&'s str> {
    let has = |members: &BTreeMap<Id, Vec<NamedKey>>| members.values().flatten().any(|it| it == key);
    if let Ok(signers) = state.signers_of(kind) {
        return Some(signers.role).filter(|_| has(signers.members)).into_iter().collect();
    }
    let all = |role: &Id| kind == SubjectKind::Suspend || needs.iter().any(|need| need.role == role.as_str());
    let of_policy = state.policy.iter().flat_map(|in_force| &in_force.policy.roles);
    let found =
        of_policy.filter(|(role, rule)| all(role) && has(&rule.members)).map(|(role, _)| role.as_str());
    let governs = state.governance.as_ref().filter(|it| kind == SubjectKind::Suspend && has(&it.members));
    governs.map(|_| GOVERNANCE).into_iter().chain(found).collect()
}

/// True if whoever a statement names as its signer, in the role that it names, did sign it.
pub fn is_signed(state: &State, signed: &SignedStatement) -> bool {
    signer(state, &signed.said()).is_ok_and(|(_, key)| signed.is_signed_by(key.key()))
}

/// The person whose key the statement names, in the role that it names, and the key.
fn signer<'s>(state: &'s State, said: &Said) -> Result<(&'s Id, &'s NamedKey), NotAsked> {
    let (statement, header) = (&said.statement, &said.header);
    let in_policy = |role: &Id| Some(&state.policy.as_ref()?.policy.roles.get(role)?.members);
    let members = match state.signers_of(statement.kind) {
        Ok(signers) => Some(signers.members).filter(|_| signers.role == statement.role.as_str()),
        Err(_) if statement.role.as_str() == GOVERNANCE => {
            state.governance.as_ref().map(|governance| &governance.members)
        }
        Err(_) => in_policy(&statement.role),
    };
    let names = |key: &NamedKey| *key.name() == header.claims.issuer && key.key().thumbprint() == header.kid;
    let found = members.and_then(|members| {
        members.iter().find_map(|(person, keys)| Some((person, keys.iter().find(|key| names(key))?)))
    });
    let sound = found.filter(|_| !state.revoked.contains_key(&header.kid));
    sound.ok_or_else(|| NotAsked::Signer { name: header.claims.issuer.clone(), role: statement.role.clone() })
}

/// An input that carries statements asks for them only if nothing else keeps it from being accepted.
fn asks_people(state: &State, input: &Input, verdict: &Verdict) -> Result<(), NotAsked> {
    let open = match input {
        // What is collected is counted when it is claimed or entered, however that would come out now.
        Input::Claim(_) => verdict.outcome != Outcome::Refused,
        Input::EnterPhase(_) => {
            // Where there is no way into the phase from where the run is, no answer is ever counted.
            let only_people = |row: &Check| !is_against(row) || row.check == CheckName::Approvals;
            verdict.outcome == Outcome::Accepted
                || (verdict.codes == [Code::ConditionsNotMet] && verdict.trace.iter().all(only_people))
        }
        Input::Pay(_) => verdict.outcome == Outcome::Deny,
        Input::Suspend(_) => verdict.outcome == Outcome::Accepted,
        // Where nobody governs, policies and keys are the operator's alone.
        Input::AdoptPolicy(_) | Input::RotateKey(_) | Input::RevokeKey(_) if state.governance.is_none() => {
            return Err(NotAsked::Nobody("nobody governs it, so that the operator decides alone".into()));
        }
        _ => verdict.outcome == Outcome::Accepted || verdict.codes == [Code::QuorumNotReached],
    };
    if open { Ok(()) } else { Err(NotAsked::Nobody(reasons(verdict))) }
}

/// The outcome, with what led to it.
pub fn reasons(verdict: &Verdict) -> String {
    let codes = verdict.codes.iter().map(|code| String::from(code.code()));
    let reasons: Vec<String> = codes.chain(against(verdict)).collect();
    if reasons.is_empty() {
        String::from(verdict.outcome.code())
    } else {
        format!("{}, {}", verdict.outcome, reasons.join(", "))
    }
}

/// What the input is, in words.
pub(crate) fn matter(state: &State, input: &Input, verdict: &Verdict) -> Vec<Line> {
    match input {
        Input::Claim(claim) => payment::held(state, claim.payment, verdict),
        Input::Pay(pay) => payment::again(state, pay, verdict),
        Input::EnterPhase(enter) => payment::phase(state, enter),
        Input::WriteOff(write_off) => payment::write_off(state, write_off),
        input => control::matter(state, input),
    }
}

/// Which of the needs an approval would count for.
fn counts_for(said: &Said, needs: &[Need]) -> Option<Line> {
    if needs.is_empty() || said.statement.answer == Answer::Refuse {
        return None;
    }
    let in_role = needs.iter().filter(|need| need.role == said.statement.role.as_str());
    let open = in_role.filter(|need| need.result != CheckResult::Fail);
    let names: Vec<&str> =
        open.map(|need| need.gate.as_ref().map_or("the entry of the phase", Id::as_str)).collect();
    Some(Line::new("counts for", if names.is_empty() { String::from("nothing") } else { list(names) }))
}

/// How many signatures an input that carries them takes.
fn takes(state: &State, said: &Said, carried: bool) -> Option<Line> {
    let signers = state.signers_of(said.statement.kind).ok().filter(|_| carried)?;
    let people = list(signers.members.keys());
    Some(Line::new("takes", format_args!("{} of {}: {people}", signers.needed, signers.role)))
}

/// What would keep it from going on whatever people say.
fn objections(input: &Input, verdict: &Verdict) -> Option<Line> {
    let mut reasons = against(verdict);
    if let Input::Pay(_) = input {
        // This is the very check that the statement is for.
        reasons.retain(|reason| !reason.starts_with("purchase"));
    }
    (!reasons.is_empty()).then(|| {
        Line::new("BUT NOW", format_args!("it would be denied all the same: {}", reasons.join(", ")))
    })
}
