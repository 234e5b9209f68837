//! Making decisions again from some of a log's records.
//!
//! The state is that of the shown records alone. Before each, what only the records that are not shown can have moved
//! is moved: the number of records, the time, and which record was the last about a run or a transaction. All of that
//! stands in the signed record itself, and none of it changes what is decided.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::{Pending, State, Step};
use counterfoil_record::input::Statement;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Index, Input, Record, Verdict};

use crate::finding::FindingCode;
use crate::identity::Wrong;
use crate::remake;

/// What a shown record is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its decision is made again, and compared whole: so is each on an explained payment.
    Remade,
    /// A fact about an explained payment: the same, but for whether it took some budget over its limit, which depends on
    /// payments that are not shown.
    Fact,
    /// About another payment: what it says came of it is taken over.
    Word,
    /// It states the digest of the whole state.
    Digest,
    /// It says that it was refused for its time, and nothing else: it is held against the time, and changes nothing.
    Untimely,
}

/// The state of the shown records.
#[derive(Clone, Debug, Default)]
pub(super) struct Replay {
    pub(super) state: State,
}

impl Replay {
    /// What `record` is there for, where the payments explained are `explained`.
    pub(super) fn part(record: &Record, explained: &BTreeSet<Index>) -> Part {
        let about = about(record);
        let ours = about.is_some_and(|payment| explained.contains(&payment));
        match &record.input {
            _ if is_untimely(&record.verdict) => Part::Untimely,
            Input::Start(_) | Input::Stop(_) | Input::Heartbeat(_) => Part::Digest,
            Input::Pay(_) | Input::Claim(_) if ours => Part::Remade,
            _ if about.is_none() => Part::Remade,
            _ if ours => Part::Fact,
            _ => Part::Word,
        }
    }

    /// Moves what the records that are not shown have moved, which is nothing between neighbours, nor before a record that
    /// was refused for its time.
    ///
    /// # Errors
    /// A time further after the record before it than the policy lets one be.
    pub(super) fn align(&mut self, record: &Record, part: Part) -> Result<(), Wrong> {
        if part == Part::Untimely {
            return Ok(());
        }
        if self.state.size != record.index {
            self.state.size = record.index;
            self.state.time = self.state.time.max(record.time);
        }
        self.align_last(record);
        if self.state.is_jump(&record.input, record.time) {
            let detail =
                String::from("its time is further after the record before it than the policy lets one be");
            return Err((FindingCode::DecisionDoesNotFollow, detail));
        }
        Ok(())
    }

    /// The last record about a run or a transaction was, at the latest, the one that `record` names as that.
    fn align_last(&mut self, record: &Record) {
        let Some(previous) = record.verdict.previous.filter(|previous| *previous < record.index) else {
            return;
        };
        let transaction = record.input.transaction();
        let found = transaction.and_then(|at| self.state.transactions.get_mut(&at));
        if let Some(transaction) = found {
            transaction.last = transaction.last.max(previous);
        }
        let run = match &record.input {
            Input::OpenRun(open) => open.parent,
            Input::Statement(input) => run_answered(input),
            input => input.run(),
        };
        if let Some(run) = run.and_then(|run| self.state.runs.get_mut(&run)) {
            run.last = run.last.max(previous);
        }
    }

    /// Takes `record` over, as its part asks for.
    ///
    /// # Errors
    /// What does not follow.
    pub(super) fn take(&mut self, record: &Record, leaf: Hash32, part: Part) -> Result<(), Wrong> {
        let pending = match part {
            Part::Digest => {
                self.state.size = record.index.next();
                self.state.time = self.state.time.max(record.time);
                return Ok(());
            }
            // INVARIANT: the shown records have the clock at most where the whole log had it, and count at most as many
            // refusals. What is no jump from there was none.
            Part::Untimely => {
                let owed = match self.state.step(&record.input, record.time) {
                    Step::Record(decision) => decision.verdict,
                    Step::Counted(verdict) => *verdict,
                    Step::Repeat(_) => return remake::decide(&self.state, record).map(|_| ()),
                };
                remake::compare(&record.verdict, &owed)?;
                if self.state.size == record.index {
                    self.state.size = record.index.next();
                }
                return Ok(());
            }
            Part::Remade => remake::again(&self.state, record)?.pending,
            Part::Fact => {
                let decision = remake::decide(&self.state, record)?;
                let within =
                    |verdict: &Verdict| Verdict { codes: within_limits(&verdict.codes), ..verdict.clone() };
                remake::compare(&within(&record.verdict), &within(&decision.verdict))?;
                decision.pending
            }
            Part::Word => self.on_its_word(record)?,
        };
        self.state.seal(pending, leaf);
        // When a payment is forgotten depends on every record of the log: here none is.
        self.state.ended.clear();
        Ok(())
    }

    fn on_its_word(&self, record: &Record) -> Result<Pending, Wrong> {
        let outcome = record.verdict.outcome;
        let lacks = || {
            let detail = format!("the bundle lacks what it takes to come to {outcome}");
            (FindingCode::BundleRecordMissing, detail)
        };
        if matches!(record.input, Input::Pay(_) | Input::Claim(_)) {
            return self.state.suppose_decided(&record.input, outcome, record.time).ok_or_else(lacks);
        }
        let decision = remake::decide(&self.state, record)?;
        let (stated, owed) = (&record.verdict, &decision.verdict);
        let same = stated.outcome == owed.outcome && alone(&stated.codes) == alone(&owed.codes);
        if same { Ok(decision.pending) } else { Err(lacks()) }
    }

    /// Holds the payment as it stands here against `stood`.
    pub(super) fn stands_as(&self, stood: &counterfoil_decide::state::Stood) -> Result<(), String> {
        let Some(payment) = self.state.payments.get(&stood.index) else {
            return Err("the shown records do not open it".into());
        };
        // How long it is kept follows from every record of the log.
        let mut shown = payment.clone();
        shown.kept_from = stood.payment.kept_from;
        if shown == stood.payment {
            return Ok(());
        }
        let (last, said) = (payment.last, stood.payment.last);
        Err(if last == said {
            format!("it stands as {} there, {} by the shown records", stood.payment.status, payment.status)
        } else {
            format!("the last record about it was {said} there, {last} is the last shown")
        })
    }
}

/// True for a decision on one of the payments. A claim of what is not held is refused, and decides nothing.
pub(super) fn decides(record: &Record, payments: &BTreeSet<Index>) -> bool {
    matches!(record.input, Input::Pay(_) | Input::Claim(_))
        && record.verdict.outcome != Outcome::Refused
        && about(record).is_some_and(|payment| payments.contains(&payment))
}

/// The payment that a record is about.
pub(super) fn about(record: &Record) -> Option<Index> {
    match &record.input {
        Input::Pay(_) => Some(record.index),
        input => input.payment(),
    }
}

/// The run that an answer about a phase is about. One about a payment names the record before it about the payment.
fn run_answered(input: &Statement) -> Option<Index> {
    let signed = SignedStatement::decode(input.statement.as_slice()).ok()?;
    let statement = signed.unverified();
    statement.run.filter(|_| statement.kind == SubjectKind::Phase)
}

/// A refusal for its time, as `step` gives it. A code beside anything else does not excuse a record from being decided; one
/// that went back stands in no log that follows.
fn is_untimely(verdict: &Verdict) -> bool {
    *verdict == Verdict { codes: [Code::ClockJump].into(), ..Verdict::plain(Outcome::Refused) }
}

/// What a fact finds without what its payment was bound to, and without its transaction.
fn alone(codes: &[Code]) -> Vec<Code> {
    let rests = |code: &&Code| !matches!(code, Code::Unbound | Code::AfterAbort | Code::OverLimit);
    codes.iter().filter(rests).copied().collect()
}

fn within_limits(codes: &[Code]) -> Vec<Code> {
    codes.iter().copied().filter(|code| *code != Code::OverLimit).collect()
}
