//! `statement`: what people say, before and after it is signed.

mod erasure;
mod file;
mod sign;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::Verdict as Audited;
use counterfoil_decide::State;
use counterfoil_enforce::{Command, Rehearsed, rehearse};
use counterfoil_record::statement::{SignedStatement, Statement as Says};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Input, Time};
use counterfoil_review::lines::{Line, text};
use counterfoil_review::statement::{in_words, is_signed, read, reasons};
use serde::Serialize;

use crate::args::{Check, Show, Statement, StatementCommand};
use crate::evidence::verified;
use crate::exit::{Exit, Failure};
use crate::screen::{json, page};

pub(crate) fn run(args: &Statement) -> Result<Exit, Failure> {
    match &args.command {
        StatementCommand::Sign(args) => sign::run(args),
        StatementCommand::Show(args) => show(args),
        StatementCommand::Check(args) => check(args),
    }
}

/// A statement as it is shown.
#[derive(Serialize)]
struct Shown {
    /// The name that it is signed under.
    name: String,
    /// The thumbprint of the key that it names.
    key: Hash32,
    /// What it says.
    statement: Says,
    /// The same in words; with a log, with what it stands for there.
    words: Vec<Line>,
    /// Whether that key, in that role, signed it; absent without a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    /// Why the log does not ask for it; absent where it does, and without a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_asked: Option<String>,
}

/// The statements in a command, base64.
fn statements(command: &Command) -> Vec<String> {
    let mut command = command.clone();
    match &mut command {
        Command::Statement { statement } => vec![core::mem::take(statement)],
        other => other.statements_mut().map(core::mem::take).unwrap_or_default(),
    }
}

fn decode(statement: &str) -> Result<SignedStatement, String> {
    let bytes = STANDARD.decode(statement).map_err(|_| "a statement is not base64")?;
    SignedStatement::decode(&bytes).map_err(|error| format!("a statement is malformed: {error}"))
}

/// What a command comes to; in it, for people, stands the input.
fn rehearsed(command: &Command, state: &State, time: Time) -> Result<Rehearsed, Failure> {
    rehearse(command.clone(), state, time).map_err(Failure::new)
}

fn show(args: &Show) -> Result<Exit, Failure> {
    let command = file::read(&args.file)?;
    let log = match &args.log {
        Some(log) => Some(verified(log, args.trust.as_deref(), &mut |_, _| {})?),
        None => None,
    };
    let within = match &log {
        Some((state, time)) => Some(rehearsed(&command, state, *time)?.input),
        None => None,
    };
    let mut shown = Vec::new();
    for statement in statements(&command) {
        let signed = decode(&statement).map_err(|error| Failure::at(args.file.display(), error))?;
        shown.push(one(&signed, within.as_ref(), log.as_ref()));
    }
    if shown.is_empty() {
        return Err(Failure::at(args.file.display(), "there is no statement in this command"));
    }
    if args.json {
        json(&shown)?;
    } else {
        let parts: Vec<String> = shown.iter().map(words).collect();
        page(parts.join("\n\n"))?;
    }
    Ok(Exit::Done)
}

fn one(signed: &SignedStatement, within: Option<&Input>, log: Option<&(State, Time)>) -> Shown {
    let said = signed.said();
    let (words, not_asked) = match log.map(|(state, time)| read(&said, within, state, *time)) {
        Some(Ok(reading)) => (reading.lines, None),
        Some(Err(error)) => (in_words(&said), Some(error.to_string())),
        None => (in_words(&said), None),
    };
    Shown {
        name: said.header.claims.issuer.to_string(),
        key: said.header.kid,
        statement: said.statement,
        words,
        signed: log.map(|(state, _)| is_signed(state, signed)),
        not_asked,
    }
}

fn words(shown: &Shown) -> String {
    let mut lines = shown.words.clone();
    lines.push(Line::new(
        "signature",
        match shown.signed {
            Some(true) => "by that key",
            Some(false) => "NOT by a key that this name has in this role",
            None => "not checked: that takes the log",
        },
    ));
    lines.extend(shown.not_asked.as_ref().map(|why| Line::new("NOT ASKED", why)));
    text(&lines)
}

/// Whether a command would be taken.
#[derive(Serialize)]
struct Checked {
    /// Whether it would be: accepted, or for a payment allowed or held.
    counts: bool,
    /// The outcome; absent for a request that was answered before.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Why it is refused.
    codes: Vec<Code>,
    /// The same in words.
    words: String,
}

impl Checked {
    fn of(rehearsed: &Rehearsed) -> Self {
        let Some(verdict) = rehearsed.verdict() else {
            let words = "the same request was answered before".into();
            return Self { counts: false, outcome: None, codes: Vec::new(), words };
        };
        Self {
            counts: matches!(verdict.outcome, Outcome::Accepted | Outcome::Allow | Outcome::Hold),
            outcome: Some(verdict.outcome),
            codes: verdict.codes.clone(),
            words: reasons(verdict),
        }
    }
}

fn check(args: &Check) -> Result<Exit, Failure> {
    let command = file::read(&args.file)?;
    if statements(&command).is_empty() {
        return Err(Failure::at(args.file.display(), "there is no statement in this command"));
    }
    let erased = match &command {
        Command::Erase { record, commitment, .. } => Some((*record, *commitment)),
        _ => None,
    };
    let named = erased.map(|(record, _)| record);
    let ((state, time), audited) = erasure::verified_with(&args.log, args.trust.as_deref(), named)?;
    // That its record carries the commitment is the core's to see, before it asks for a decision.
    if let Some((record, commitment)) = erased {
        erasure::erasure(record, audited.as_ref(), Some(commitment))?;
    }
    let checked = Checked::of(&rehearsed(&command, &state, time)?);
    if args.json {
        json(&checked)?;
    } else {
        page(format_args!("it would be {}", checked.words))?;
    }
    Ok(if checked.counts { Exit::Done } else { Exit::Verdict(Audited::Failed) })
}
