//! What waits for people: held payments, and entries of phases that were refused for lacking approvals.
//!
//! Each is decided again, as a claim or as an entry, on the state that the log adds up to: whether it waits, for whom
//! and for what is read from that decision.
//!
//! That somebody asked to enter a phase is known from the record of the refusal. Where the policy limits the refusals
//! that are recorded (`refusals_per_minute`), one beyond is only counted, and the entry is not listed until it is asked
//! for again. The text says so; [`Pending::entries_may_lack`] does.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::{State, Step};
use counterfoil_record::input::{Claim, EnterPhase};
use counterfoil_record::private::Commitment;
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, OperandName, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Input, Record, Text, Time, Verdict};
use serde::Serialize;

use crate::lines::{self, Line};
use crate::needs::{Need, needs};
use crate::statement::matter;
use crate::trace::{against, is_against};
use crate::words;

/// What waits for people at one moment, oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct Pending {
    /// The log.
    pub log: Option<Id>,
    /// How many records it has.
    pub records: Index,
    /// The moment.
    pub time: Time,
    /// What an answer could still let go on, now or once what keeps it for now has passed.
    pub waiting: Vec<Waiting>,
    /// Held payments that no answer is needed for, or that none would help.
    pub decided: Vec<Decided>,
    /// True if the policy has phases that people are asked about and lets refusals be counted only, so that the entry
    /// of a phase may have been asked for without being listed.
    pub entries_may_lack: bool,
}

/// One thing that waits for people.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// `payment` or `phase`.
    pub kind: SubjectKind,
    /// The record that asked: of a payment the one that held it, which names it.
    pub record: Index,
    /// When that was.
    pub since: Time,
    /// What a statement about it names.
    pub digest: Hash32,
    /// The record that a statement about it is against.
    pub against: Index,
    /// The run.
    pub run: Index,
    /// The caller's name for it.
    pub run_id: Id,
    /// Its agent.
    pub agent: Id,
    /// Its principal.
    pub principal: Id,
    /// The phase that it is in.
    pub phase: Id,
    /// The phase to be entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter: Option<Id>,
    /// The most that the payment moves, in the asset's smallest unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// The asset, CAIP-19.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The account to be paid, CAIP-10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    /// What is paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Text>,
    /// The commitment to the query of its URL, where it has one: private, and what is bought may depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Commitment>,
    /// What it needs of people.
    pub needs: Vec<Need>,
    /// What keeps it from going on for now, whatever people answer: claimed now it would be denied, which ends it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_now: Vec<String>,
    #[serde(skip)]
    lines: Vec<Line>,
}

/// A held payment that waits for nobody.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The payment.
    pub payment: Index,
    /// What a claim would give now: `allow`, `deny` or `cannot-decide`.
    pub claimed_now: Outcome,
    /// What speaks against it.
    pub because: Vec<String>,
    /// All of that may pass.
    #[serde(skip)]
    passing: bool,
}

/// Entries of phases that were asked for, as they are seen in the log.
#[derive(Clone, Debug, Default)]
pub struct Entries(BTreeMap<(Index, Id), Entry>);

#[derive(Clone, Debug)]
struct Entry {
    /// What was asked.
    digest: Hash32,
    /// The record that asked it first.
    record: Index,
    since: Time,
}

impl Entries {
    /// Takes the next record of the log.
    pub fn observe(&mut self, record: &Record) {
        match &record.input {
            Input::EnterPhase(enter) if record.verdict.codes.contains(&Code::ConditionsNotMet) => {
                let approvals = record.verdict.row(CheckName::Approvals);
                let asked = approvals.filter(|row| row.result == CheckResult::Needs);
                let Some(digest) = asked.and_then(|row| row.hash(OperandName::Digest)) else { return };
                let entry = Entry { digest, record: record.index, since: record.time };
                let known = self.0.entry((enter.run, enter.phase.clone())).or_insert_with(|| entry.clone());
                if known.digest != digest {
                    *known = entry;
                }
            }
            Input::CloseRun(close) if record.verdict.outcome == Outcome::Accepted => {
                self.0.retain(|(run, _), _| *run != close.run);
            }
            _ => {}
        }
    }
}

/// The time has moved further than the policy lets a record move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log's last time is further back than the policy's max_step: a signed `clock` has to come first")]
pub struct ClockJump;

/// What waits for people in `state` at `time`.
///
/// # Errors
/// [`ClockJump`] where nothing can be decided at that time.
pub fn pending(state: &State, entries: &Entries, time: Time) -> Result<Pending, ClockJump> {
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    for (payment, held) in state.payments.iter().filter(|(_, payment)| payment.hold.is_some()) {
        let about = Input::Claim(Claim { payment: *payment });
        let verdict = rehearsed(state, &about, time)?;
        let (because, passing) = (against(&verdict), may_pass(&verdict));
        let asks = verdict.trace.iter().any(|row| row.result == CheckResult::Needs);
        if verdict.outcome == Outcome::Hold || (passing && asks) {
            let since = held.hold.as_ref().map_or(time, |hold| hold.since);
            waiting.extend(one(state, &about, &verdict, time, (*payment, since)));
        } else {
            decided.push(Decided { payment: *payment, claimed_now: verdict.outcome, because, passing });
        }
    }
    for ((run, phase), entry) in &entries.0 {
        let subject = state.subject_of_phase(*run, phase);
        if subject.is_none_or(|subject| subject.digest != entry.digest) {
            continue;
        }
        let about = Input::EnterPhase(EnterPhase { run: *run, phase: phase.clone() });
        let verdict = rehearsed(state, &about, time)?;
        let needs = |result| verdict.trace.iter().any(|row| row.result == result);
        if needs(CheckResult::Needs) && !needs(CheckResult::Fail) {
            waiting.extend(one(state, &about, &verdict, time, (entry.record, entry.since)));
        }
    }
    waiting.sort_by_key(|it| (it.since, it.record));
    let log = state.genesis.as_ref().map(|genesis| genesis.origin.clone());
    let policy = state.policy.as_ref().map(|in_force| &in_force.policy);
    let entries_may_lack = policy.is_some_and(|policy| {
        policy.limits.refusals_per_minute.is_some()
            && policy.phases.values().any(|phase| phase.approvals.is_some())
    });
    Ok(Pending { log, records: state.size, time, waiting, decided, entries_may_lack })
}

/// True if nothing speaks against it but what may pass while it is held: a suspension, another payment for the same
/// purchase, a budget that is used up, a phase that does not pay.
fn may_pass(verdict: &Verdict) -> bool {
    let passes = |row: &Check| {
        let check = matches!(
            row.check,
            CheckName::NotSuspended | CheckName::Purchase | CheckName::Budget | CheckName::Phase
        );
        check && row.result == CheckResult::Fail
    };
    let mut speaking = verdict.trace.iter().filter(|row| is_against(row)).peekable();
    speaking.peek().is_some() && speaking.all(passes)
}

fn rehearsed(state: &State, about: &Input, time: Time) -> Result<Verdict, ClockJump> {
    let verdict = match state.step(about, time) {
        Step::Record(decision) => decision.verdict,
        Step::Counted(verdict) => *verdict,
        Step::Repeat(_) => return Err(ClockJump),
    };
    if verdict.codes.contains(&Code::ClockJump) { Err(ClockJump) } else { Ok(verdict) }
}

fn one(
    state: &State,
    about: &Input,
    verdict: &Verdict,
    time: Time,
    (record, since): (Index, Time),
) -> Option<Waiting> {
    let asked = state.asked(about, verdict)?;
    let (run_index, request, enter) = match about {
        Input::Claim(claim) => {
            let request = &state.payments.get(&claim.payment)?.hold.as_ref()?.request;
            (request.run, Some(request), None)
        }
        Input::EnterPhase(enter) => (enter.run, None, Some(enter.phase.clone())),
        _ => return None,
    };
    let run = state.runs.get(&run_index)?;
    let of = |check, name| verdict.row(check)?.text(name).map(|text| text.as_str().into());
    Some(Waiting {
        kind: asked.kind,
        record,
        since,
        digest: asked.digest,
        against: asked.against,
        run: run_index,
        run_id: run.id.clone(),
        agent: run.agent.clone(),
        principal: run.principal.clone(),
        phase: run.phase.clone(),
        enter,
        amount: verdict.row(CheckName::Obligation).and_then(|row| row.number(OperandName::Exposure)),
        asset: of(CheckName::Asset, OperandName::Value),
        payee: of(CheckName::Payee, OperandName::Value),
        resource: request.map(|request| request.resource.clone()),
        query: request.and_then(|request| request.query),
        needs: needs(state, about, verdict, time),
        not_now: against(verdict),
        lines: matter(state, about, verdict),
    })
}

impl Pending {
    /// As text.
    pub fn text(&self) -> String {
        let log = self.log.as_ref().map(|log| format!(" in {log}")).unwrap_or_default();
        let mut out = Vec::from([format!(
            "{} {} for an answer{log}, of {} records, at {}",
            self.waiting.len(),
            if self.waiting.len() == 1 { "waits" } else { "wait" },
            self.records,
            words::time(self.time.millis())
        )]);
        for it in &self.waiting {
            out.push(String::new());
            out.push(lines::text(&it.lines));
            if it.enter.is_some() {
                let asked = format!("by record {}, {}", it.record, words::time(it.since.millis()));
                out.push(lines::text(&[Line::new("asked", asked)]));
            }
            let open = it.needs.iter().filter(|need| need.result == CheckResult::Needs);
            out.extend(open.map(|need| lines::text(&[Line::new("needs", need.words())])));
            if !it.not_now.is_empty() {
                let says = format!("{}: claimed now it would be denied, and be over", it.not_now.join(", "));
                out.push(lines::text(&[Line::new("not now", says)]));
            }
        }
        out.extend(self.decided.first().map(|_| String::new()));
        out.extend(self.decided.iter().map(|it| match it.claimed_now {
            Outcome::Allow => {
                format!("payment {} waits for nobody: it would be allowed if claimed", it.payment)
            }
            outcome if it.passing => format!(
                "payment {} waits for nobody, but not now: {}: claimed now it gets {outcome}, and is over",
                it.payment,
                it.because.join(", ")
            ),
            outcome => {
                format!(
                    "payment {}: no answer helps, claimed it gets {outcome} ({})",
                    it.payment,
                    it.because.join(", ")
                )
            }
        }));
        if self.entries_may_lack {
            out.push(String::new());
            out.push(
                "an entry of a phase whose refusal was only counted is not listed until it is asked for again".into(),
            );
        }
        out.join("\n")
    }
}
