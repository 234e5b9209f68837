//! Approvals and refusals: collecting them, and what they fill (section 7).

use counterfoil_decide::policy::Need;
use counterfoil_record::input::Statement;
use counterfoil_record::statement::{self, Answer, SubjectKind};
use counterfoil_record::verdict::{Check, Code, OperandName};
use counterfoil_record::{Id, Index, Time, Verdict};

use super::row::{Row, accepted, ensure, refused};
use super::world::{Answered, Run, Status, World};
use super::{digests, phases, statements};

/// Whether `answers`, those to one subject in the order they came, fill a need asked at `asked`.
pub(super) fn fill<'x>(
    row: Row,
    need: &Need,
    answers: impl IntoIterator<Item = &'x Answered>,
    asked: Time,
    now: Time,
) -> Check {
    let time_is_over = u128::from(now.millis()) > u128::from(asked.millis()) + u128::from(need.ttl.millis());
    let answers: Vec<&Answered> = answers.into_iter().filter(|answer| answer.role == need.role).collect();
    let mut people: Vec<&Id> = Vec::new();
    let mut counted: Vec<Index> = Vec::new();
    for answer in answers.iter().filter(|answer| answer.approves) {
        if now <= answer.expires && !time_is_over && !people.contains(&&answer.person) {
            people.push(&answer.person);
            counted.push(answer.index);
        }
    }
    let refusal = answers.iter().find(|answer| !answer.approves).map(|answer| answer.index);
    let is_enough = u64::try_from(people.len()).unwrap() >= need.approvals;
    let row = row
        .with(OperandName::Needed, need.approvals)
        .with(OperandName::Name, &need.role)
        .maybe(OperandName::Counted, Some(counted).filter(|counted| !counted.is_empty()))
        .maybe(OperandName::Refused, refusal);
    if refusal.is_some() {
        row.fails("refused")
    } else if is_enough {
        row.pass()
    } else if time_is_over {
        row.fails("time-is-over")
    } else {
        row.needs()
    }
}

pub(super) fn statement(world: &World<'_>, input: &Statement, now: Time) -> Verdict {
    match collectable(world, input, now) {
        Ok(previous) => accepted(Some(previous)),
        Err(code) => refused(code, None),
    }
}

/// The last record about what is answered, if the answer can be collected.
fn collectable(world: &World<'_>, input: &Statement, now: Time) -> Result<Index, Code> {
    let signed = statements::decode(world, &input.statement)?;
    let said = signed.unverified();
    let policy = world.policy().ok_or(Code::NoPolicy)?;
    let person = statements::verify(world, &signed, &statements::role(policy, &said.role), now)?;
    let (run, answers, last) = match said.kind {
        SubjectKind::Payment => held(world, said),
        SubjectKind::Phase => entry(world, said),
        _ => None,
    }
    .ok_or(Code::StatementSubject)?;
    let approves = said.answer == Answer::Approve;
    let is_own = world.chain(run.index).iter().any(|run| {
        let owner = policy.agents.get(&run.opened.agent).and_then(|rule| rule.owner.as_ref());
        run.opened.principal == person || owner == Some(&person)
    });
    ensure(!(approves && is_own), Code::OwnRequest)?;
    let answers: Vec<&Answered> = answers.iter().filter(|earlier| earlier.subject == said.digest).collect();
    let is_repeated = answers
        .iter()
        .filter(|earlier| earlier.person == person && earlier.role == said.role)
        .any(|earlier| !earlier.approves || (now <= earlier.expires && approves));
    ensure(!is_repeated, Code::AlreadyAnswered)?;
    ensure(!(approves && answers.len() >= 64), Code::TooMany)?;
    Ok(last)
}

/// What an answer goes to: the run, the answers that stand, and the last record.
type Asked<'w, 'a> = (&'w Run<'a>, &'w [Answered], Index);

/// The held payment that is answered.
fn held<'w, 'a>(world: &'w World<'a>, said: &statement::Statement) -> Option<Asked<'w, 'a>> {
    let payment = world.payment(said.against).filter(|payment| payment.status == Status::Held)?;
    let digest = digests::payment(payment.request, world.in_force.as_ref()?.digest);
    let fits = said.digest == digest && said.run.is_none() && said.phase.is_none();
    let run = world.open_run(payment.pay.run).filter(|_| fits)?;
    Some((run, &payment.answers, payment.last))
}

/// The run of which an entry is answered.
fn entry<'w, 'a>(world: &'w World<'a>, said: &statement::Statement) -> Option<Asked<'w, 'a>> {
    let run = world.open_run(said.run?)?;
    let (digest, against) = phases::subject(world, run, said.phase.as_ref()?)?;
    let fits = said.digest == digest && said.against == against;
    fits.then_some((run, &run.answers[..], run.last))
}
