//! How the command ends.

use core::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use counterfoil_audit::Verdict;
use counterfoil_review::words::safe;

/// How a command ends. The numbers are those of the audit's verdicts, for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done; for `verify`, verified.
    Done,
    /// The verdict of an audit, or 1 for a check that failed.
    Verdict(Verdict),
    /// The exit code of an answer to a question of `conform`.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Verdict(verdict) => verdict.exit_code().into(),
            Exit::Code(code) => code.into(),
        }
    }
}

/// Why a command could not do what it was asked: one message, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Each safe on a terminal: text from outside that stands in a message begins no line of its own.
    lines: Vec<String>,
    verdict: Verdict,
}

impl Failure {
    /// 2: usage, unreadable arguments, a disk that does not do as it is told.
    pub(crate) fn new(message: impl Display) -> Self {
        Self::of(Verdict::Undecided, message)
    }

    /// 1: a check that failed.
    pub(crate) fn check(message: impl Display) -> Self {
        Self::of(Verdict::Failed, message)
    }

    /// 1: a check that failed in several places, one a line.
    pub(crate) fn checks(messages: impl IntoIterator<Item = impl Display>) -> Self {
        Self { lines: messages.into_iter().map(one_line).collect(), verdict: Verdict::Failed }
    }

    /// What an audit came to.
    pub(crate) fn of(verdict: Verdict, message: impl Display) -> Self {
        Self { lines: Vec::from([one_line(message)]), verdict }
    }

    /// An error at a place: a file, a line.
    pub(crate) fn at(place: impl Display, error: impl Display) -> Self {
        Self::new(format_args!("{place}: {error}"))
    }

    /// The same, further inside of a place.
    pub(crate) fn within(mut self, place: impl Display) -> Self {
        if let Some(first) = self.lines.first_mut() {
            *first = one_line(format_args!("{place}: {first}"));
        }
        self
    }

    /// The same, but that it is 2: what was to be checked could not even be read.
    pub(crate) fn undecided(self) -> Self {
        Self { verdict: Verdict::Undecided, ..self }
    }

    /// Why, over one or more lines.
    pub(crate) fn message(&self) -> String {
        self.lines.join("\n")
    }

    /// Says why on stderr, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        for line in &self.lines {
            note(line);
        }
        self.verdict.exit_code().into()
    }
}

/// A message in one line, whatever stands in it.
fn one_line(message: impl Display) -> String {
    safe(message.to_string().replace('\n', "; "))
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error)
    }
}

/// Writes one line to stderr, safe on a terminal; if nobody can read it, that is no reason to fail.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "counterfoil: {}", safe(text));
}
