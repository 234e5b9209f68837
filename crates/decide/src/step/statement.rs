//! Collecting what people say. A statement changes no money; it is counted when its subject is decided.

use alloc::boxed::Box;

use counterfoil_record::input::{Genesis, Statement as Input};
use counterfoil_record::statement::{Answer, SignedStatement, Statement, SubjectKind};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Hash32, Id, Index, Time};

use crate::approvals::is_requester;
use crate::draft::{Decision, Draft};
use crate::policy::Policy;
use crate::state::{Answered, Change, PhaseAnswer, State};
use crate::subject;

/// The most answers that one subject collects; a refusal is taken beyond it.
const ANSWERS_MOST: usize = 64;

pub(super) fn collect(mut draft: Draft<'_>, genesis: &Genesis, input: &Input) -> Decision {
    let Ok(signed) = SignedStatement::decode(input.statement.as_slice()) else {
        return draft.refuse(Code::StatementMalformed);
    };
    let statement = signed.unverified();
    if statement.origin != genesis.origin {
        return draft.refuse(Code::StatementForAnotherLog);
    }
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    let person = match signer(draft.state, &policy.policy, &signed) {
        Ok(person) => person,
        Err(code) => return draft.refuse(code),
    };
    match take(&mut draft, &policy.policy, statement, person, signed.kid()) {
        Ok(()) => draft.accept(),
        Err(code) => draft.refuse(code),
    }
}

/// Takes what `person` says, if it still counts and its subject waits for it.
fn take(
    draft: &mut Draft<'_>,
    policy: &Policy,
    statement: &Statement,
    person: &Id,
    key: Hash32,
) -> Result<(), Code> {
    if draft.time > statement.expires {
        return Err(Code::StatementExpired);
    }
    let answered = Answered {
        index: draft.index,
        person: person.clone(),
        role: statement.role.clone(),
        approved: statement.answer == Answer::Approve,
        expires: statement.expires,
        key,
    };
    match statement.kind {
        SubjectKind::Payment => about_payment(draft, policy, statement, answered),
        SubjectKind::Phase => about_phase(draft, statement, answered),
        // Statements of any other kind stand in the input that they are for.
        _ => Err(Code::StatementSubject),
    }
}

impl State {
    /// Whether an answer about a payment or a phase would be collected at `time` if `person` gave it. That their key
    /// is in the role, and signed it, is not asked here.
    ///
    /// # Errors
    /// The code that it would be refused with.
    pub fn would_take(&self, statement: &Statement, person: &Id, time: Time) -> Result<(), Code> {
        let genesis = self.genesis.as_ref().ok_or(Code::NotOpened)?;
        let policy = &self.policy.as_ref().ok_or(Code::NoPolicy)?.policy;
        if statement.origin != genesis.origin {
            return Err(Code::StatementForAnotherLog);
        }
        let key = Hash32::of(&[]);
        take(&mut Draft::new(self, time), policy, statement, person, key)
    }
}

/// The person whose key, in the stated role, signed the statement.
fn signer<'p>(state: &State, policy: &'p Policy, signed: &SignedStatement) -> Result<&'p Id, Code> {
    let role = policy.roles.get(&signed.unverified().role).ok_or(Code::SignerNotInRole)?;
    let keys = role.members.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key)));
    let (person, key) = keys.into_iter().find(|(_, key)| signed.names(key)).ok_or(Code::SignerNotInRole)?;
    if state.is_revoked(&signed.kid()) {
        return Err(Code::KeyRevoked);
    }
    if signed.is_signed_by(key.key()) { Ok(person) } else { Err(Code::StatementSignature) }
}

/// What keeps an answer from being counted whatever it is about.
fn admissible<'a>(
    draft: &Draft<'_>,
    policy: &Policy,
    run: Index,
    before: impl Iterator<Item = &'a Answered>,
    answered: &Answered,
) -> Result<(), Code> {
    if answered.approved && is_requester(policy, draft.state, run, &answered.person) {
        return Err(Code::OwnRequest);
    }
    let mut count = 0_usize;
    for earlier in before {
        let same = earlier.person == answered.person && earlier.role == answered.role;
        // A refusal may follow an approval, and takes it back; an approval may follow one that has expired.
        // Nothing follows a refusal.
        let stands = !earlier.approved || (answered.approved && draft.time <= earlier.expires);
        if same && stands {
            return Err(Code::AlreadyAnswered);
        }
        count = count.saturating_add(1);
    }
    if answered.approved && count >= ANSWERS_MOST { Err(Code::TooMany) } else { Ok(()) }
}

fn about_payment(
    draft: &mut Draft<'_>,
    policy: &Policy,
    statement: &Statement,
    answered: Answered,
) -> Result<(), Code> {
    let index: Index = statement.against;
    let payment = draft.state.payments.get(&index).ok_or(Code::StatementSubject)?;
    let hold = payment.hold.as_ref().ok_or(Code::StatementSubject)?;
    if hold.subject != statement.digest || statement.run.is_some() || statement.phase.is_some() {
        return Err(Code::StatementSubject);
    }
    admissible(draft, policy, payment.run, hold.answers.iter(), &answered)?;
    draft.previous(payment.last);
    let mut payment = payment.clone();
    payment.last = draft.index;
    if let Some(hold) = payment.hold.as_mut() {
        hold.answers.push(answered);
    }
    draft.change(Change::Payment(index, Box::new(payment)));
    Ok(())
}

fn about_phase(draft: &mut Draft<'_>, statement: &Statement, answered: Answered) -> Result<(), Code> {
    let state = draft.state;
    let (Some(index), Some(phase), Some(policy)) = (statement.run, &statement.phase, &state.policy) else {
        return Err(Code::StatementSubject);
    };
    let run = state.runs.get(&index).ok_or(Code::StatementSubject)?;
    let (subject, _) = subject::of_phase(index, run, phase, policy).ok_or(Code::StatementSubject)?;
    if subject.digest != statement.digest || subject.against != statement.against {
        return Err(Code::StatementSubject);
    }
    let before = run.answers.iter().filter(|answer| answer.subject == subject.digest);
    admissible(draft, &policy.policy, index, before.map(|answer| &answer.answered), &answered)?;
    draft.previous(run.last);
    let mut run = run.clone();
    run.answers.push(PhaseAnswer { subject: subject.digest, answered });
    run.last = draft.index;
    draft.change(Change::Run(index, Box::new(run)));
    Ok(())
}
