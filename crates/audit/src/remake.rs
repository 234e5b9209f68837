//! Making a decision again, and comparing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::{Decision, SEMANTICS, State, Step};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{FORMAT, Index, Input, Record, Verdict};

use crate::finding::FindingCode;
use crate::identity::Wrong;

/// A genesis of a version that this auditor does not know.
pub(crate) fn known_version(record: &Record) -> Result<(), Wrong> {
    match &record.input {
        Input::Genesis(it) if it.semantics != SEMANTICS => {
            Err((FindingCode::UnknownSemantics, format!("semantics {}", it.semantics)))
        }
        Input::Genesis(it) if it.format != FORMAT => {
            Err((FindingCode::UnknownFormat, format!("format {}", it.format)))
        }
        _ => Ok(()),
    }
}

/// Holds what a record says of refusals that were only counted against whether there can have been any.
pub(crate) fn suppressed(record: &Record, may_be: bool) -> Result<(), Wrong> {
    match record.suppressed {
        None => Ok(()),
        Some(1..) if may_be => Ok(()),
        Some(count) => Err((FindingCode::SuppressedWrong, format!("it says {count}"))),
    }
}

/// The decision on what `record` is about, from `state`.
pub(crate) fn decide(state: &State, record: &Record) -> Result<Decision, Wrong> {
    match state.step(&record.input, record.time) {
        Step::Record(decision) => Ok(*decision),
        Step::Counted(_) => Err((FindingCode::RecordNotOwed, "it had only to be counted".into())),
        Step::Repeat(repeat) => {
            Err((FindingCode::RecordNotOwed, format!("record {} answered it", repeat.payment)))
        }
    }
}

/// The decision on what `record` is about, made again; verdict and trace must come out as the record says.
pub(crate) fn again(state: &State, record: &Record) -> Result<Decision, Wrong> {
    let decision = decide(state, record)?;
    compare(&record.verdict, &decision.verdict)?;
    // INVARIANT: what follows a genesis that was refused would follow from nothing.
    if record.index == Index::GENESIS && record.verdict.outcome != Outcome::Accepted {
        return Err((FindingCode::NoGenesis, "the genesis was refused".into()));
    }
    Ok(decision)
}

/// Holds what a record says against what the decision gives.
pub(crate) fn compare(stated: &Verdict, owed: &Verdict) -> Result<(), Wrong> {
    if stated == owed {
        return Ok(());
    }
    let without_trace = |verdict: &Verdict| Verdict { trace: Vec::new(), ..verdict.clone() };
    if without_trace(stated) == without_trace(owed) {
        let at = stated.trace.iter().zip(&owed.trace).find(|(stated, owed)| stated != owed);
        let check = at.map_or("a check", |(_, owed)| owed.check.code());
        Err((FindingCode::TraceDoesNotFollow, format!("{check} differs from what the decision gives")))
    } else {
        let detail = if stated.outcome != owed.outcome {
            format!("it says {}, the decision gives {}", stated.outcome, owed.outcome)
        } else if stated.codes != owed.codes {
            format!("it says {}, the decision gives {}", codes(stated), codes(owed))
        } else if stated.previous != owed.previous {
            String::from("it names another record as the one before")
        } else {
            String::from("whose word it is differs from what the decision gives")
        };
        Err((FindingCode::DecisionDoesNotFollow, detail))
    }
}

fn codes(verdict: &Verdict) -> String {
    let codes: Vec<&str> = verdict.codes.iter().map(|code| code.code()).collect();
    if codes.is_empty() { "no code".into() } else { codes.join(", ") }
}
