//! The report: a verdict, what it rests on, and what it does not say.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::finding::{Finding, FindingCode, NotChecked};
use crate::summary::Summary;
use crate::trust::Level;

/// The verdict. Its word and its process exit code say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every requested check ran and held, at or above the required assurance.
    Verified,
    /// Tampering, forgery, a decision that does not follow, a broken invariant.
    Failed,
    /// It could not be decided: usage, unreadable trust or arguments, an unknown version.
    Undecided,
    /// Sound as far as it goes, but below the required assurance.
    Insufficient,
    /// Evidence contradicts pinned state.
    Contradiction,
}

impl Verdict {
    /// What comes of an audit: of what is wrong, of what was left out, and of how much is pinned.
    pub(crate) fn of(
        findings: &[Finding],
        not_checked: &[NotChecked],
        assurance: Option<Level>,
        required: Option<Level>,
    ) -> Self {
        let any = |which: fn(FindingCode) -> bool| findings.iter().any(|finding| which(finding.code));
        let partial = not_checked.iter().any(|left_out| left_out.code.is_partial());
        if any(|code| !code.is_contradiction() && !code.is_undecided()) {
            Self::Failed
        } else if any(FindingCode::is_contradiction) {
            Self::Contradiction
        } else if any(FindingCode::is_undecided) {
            Self::Undecided
        } else if assurance.is_none() || assurance < required || partial {
            Self::Insufficient
        } else {
            Self::Verified
        }
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Undecided => "undecided",
            Self::Insufficient => "insufficient",
            Self::Contradiction => "contradiction",
        }
    }

    /// The process exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Failed => 1,
            Self::Undecided => 2,
            Self::Insufficient => 3,
            Self::Contradiction => 4,
        }
    }
}

/// What the report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// The log's origin, as its genesis or the trust says.
    pub origin: Option<String>,
    /// The log's verifier key that was used.
    pub log_key: Option<String>,
    /// The number of entries seen.
    pub records: u64,
    /// The number of records under the pinned checkpoint: none of these can have been rewritten.
    pub pinned: Option<u64>,
    /// The number of records that were decided again and followed.
    pub followed: u64,
    /// The root over all entries seen, in hexadecimal.
    pub root: String,
    /// The time of the first record, milliseconds since the Unix epoch.
    pub first_time: Option<u64>,
    /// The time of the last record that followed.
    pub last_time: Option<u64>,
    /// Name and version of this auditor.
    pub tool: &'static str,
    /// What a bundle shows of the log; none where the log itself was audited.
    pub bundle: Option<Shown>,
}

/// The name and version of this auditor.
pub(crate) const TOOL: &str = concat!("counterfoil-audit ", env!("CARGO_PKG_VERSION"));

/// What a bundle shows of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The payments that it explains.
    pub payments: Vec<u64>,
    /// How many records it holds.
    pub records: u64,
    /// The record up to which it is shown that no record about the payments is left out; none where that is not shown
    /// of each.
    pub complete_to: Option<u64>,
    /// The time of that record, milliseconds since the Unix epoch.
    pub complete_to_time: Option<u64>,
}

/// A report on a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The process exit code that says the same.
    pub exit_code: u8,
    /// The assurance that was reached; none without trust.
    pub assurance: Option<Level>,
    /// The assurance that was required.
    pub required: Option<Level>,
    /// What is wrong, in the order of its finding.
    pub findings: Vec<Finding>,
    /// What was not checked.
    pub not_checked: Vec<NotChecked>,
    /// What the report is about.
    pub scope: Scope,
    /// What the log adds up to, as far as it follows.
    pub summary: Summary,
}
