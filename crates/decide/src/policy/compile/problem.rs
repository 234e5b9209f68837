//! What is wrong with a policy, and where.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// A place in the source, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The first character.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place where `span` begins.
    pub(in crate::policy) fn of(source: &str, span: &Range<usize>) -> Self {
        let before = source.get(..span.start).unwrap_or(source);
        let line = before.matches('\n').count().saturating_add(1);
        let last = before.rsplit('\n').next().unwrap_or_default();
        Self { line, column: last.chars().count().saturating_add(1) }
    }
}

/// One problem, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The path of the key that it is about, as [`Outline`](crate::policy::Outline) names it; none if it is about
    /// the whole.
    pub key: Option<String>,
    /// What.
    pub kind: Kind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.place.line, self.place.column)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        self.kind.fmt(f)
    }
}

/// What can be wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kind {
    /// It is not TOML.
    #[error("{0}")]
    Toml(String),
    /// A value of the wrong type.
    #[error("{message}; the key takes {takes}")]
    Type {
        /// What the value is, and what it should be.
        message: String,
        /// What the key takes.
        takes: &'static str,
    },
    /// A key that there is not.
    #[error("there is no key `{name}` here; known are {}", .known.join(", "))]
    UnknownKey {
        /// The key.
        name: String,
        /// The keys that its table may have.
        known: Vec<&'static str>,
    },
    /// A key that is needed.
    #[error("missing; it takes {takes}")]
    MissingKey {
        /// What it takes.
        takes: &'static str,
    },
    /// The source is too long.
    #[error("the policy has {len} bytes, {most} is the most")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The most.
        most: usize,
    },
    /// Something that is known, but not supported by this version.
    #[error("`{what}` is not supported by this version")]
    NotSupported {
        /// The key.
        what: &'static str,
    },
    /// A role by the name of one that is not the policy's.
    #[error("no role of a policy may be called `{name}`")]
    Reserved {
        /// The name.
        name: String,
    },
    /// Budgets and gates that would not fit in the share of a record that a trace may take.
    #[error("budgets and gates could make a trace of {bytes} bytes, {most} is the most")]
    TraceTooLarge {
        /// The bytes of the largest trace.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// A text of the wrong form.
    #[error("expected {expected}, found `{found}`")]
    Expected {
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A name that is not declared.
    #[error("{what} `{name}` is not declared; declared are {}", listed(.declared))]
    NotDeclared {
        /// What the name should be of.
        what: &'static str,
        /// The name.
        name: String,
        /// What is declared.
        declared: Vec<String>,
    },
    /// A word that is none of the choices.
    #[error("expected one of {}, found `{found}`", .choices.join(", "))]
    NotAChoice {
        /// The choices.
        choices: Vec<&'static str>,
        /// What stands there.
        found: String,
    },
    /// A name that stands twice.
    #[error("{what} `{name}` stands here twice")]
    Twice {
        /// What the name is of.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// More decimal places than the asset has.
    #[error("`{number}` has more than the asset's {decimals} decimal places")]
    TooManyPlaces {
        /// The number.
        number: String,
        /// The asset's decimal places.
        decimals: u64,
    },
    /// An amount above 2^128-1 smallest units.
    #[error("`{number}` is more than 2^128-1 of the asset's smallest unit")]
    TooLarge {
        /// The number.
        number: String,
    },
    /// A number outside its range.
    #[error("{what} must be {least} to {most}, not {found}")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
        /// What stands there.
        found: u64,
    },
    /// A list with too many entries.
    #[error("`{what}` may have {most} entries at the most")]
    TooMany {
        /// The list.
        what: &'static str,
        /// The most entries.
        most: usize,
    },
    /// Keys that do not go together, or one without the other.
    #[error("{0}")]
    Together(&'static str),
    /// Plain http for a host that is not a loopback host named in `resources.http`.
    #[error("plain http to `{host}`: only loopback hosts that `resources.http` names may be asked over http")]
    PlainHttp {
        /// The host.
        host: String,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { String::from("none") } else { names.join(", ") }
}

/// Why a policy does not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// The problems, in the order of their places; at least one.
    pub problems: Vec<Problem>,
}

impl PolicyError {
    pub(super) fn one(place: Place, kind: Kind) -> Self {
        Self { problems: Vec::from([Problem { place, key: None, kind }]) }
    }

    pub(super) fn all(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        Self { problems }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}
