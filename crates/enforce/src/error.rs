//! Why the core does not do what it is asked.

use counterfoil_audit::Finding;
use counterfoil_record::WriteError;
use counterfoil_record::key::VkeyError;
use counterfoil_record::verdict::Code;
use counterfoil_store::StoreError;

use crate::answer::{Counted, Recorded};
use crate::prepare::CommandError;
use crate::signer::SignError;
use crate::surroundings::SurroundingsError;

/// Why the core did not do what it was asked. No permit was handed out. After [`Error::Store`] a record may be
/// durable all the same: the core takes nothing more, and opening the log again shows it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command cannot be put as an input.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signer.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The clock.
    #[error(transparent)]
    Surroundings(#[from] SurroundingsError),
    /// The record would be too long.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The origin cannot name a key.
    #[error("the origin: {0}")]
    Origin(#[from] VkeyError),
    /// The log has records where none should be, or none where some should be.
    #[error("the log has {0} records")]
    Size(u64),
    /// The log does not verify; the core does not go on from it.
    #[error("the log does not verify: {}", findings(.0))]
    DoesNotVerify(Vec<Finding>),
    /// The signer's key is not the one that signs the log now.
    #[error("the key is not the one that signs this log now")]
    AnotherKey,
    /// The people named cannot govern a log.
    #[error("they cannot govern: {}", .0.code())]
    CannotGovern(Code),
    /// The clock is behind the last record.
    #[error("the clock is {behind} ms behind the last record")]
    ClockBehind {
        /// By how much, in milliseconds.
        behind: u64,
    },
    /// The command was refused, and not even recorded: so many were in this minute.
    #[error("refused, and only counted: {}", .0.codes.iter().map(|code| code.code()).collect::<Vec<_>>().join(", "))]
    Counted(Box<Counted>),
    /// The command was refused, and recorded.
    #[error("refused by record {}: {}", .0.index, .0.codes.iter().map(|code| code.code()).collect::<Vec<_>>().join(", "))]
    Refused(Box<Recorded>),
}

fn findings(findings: &[Finding]) -> String {
    let shown = findings.iter().take(3).map(|finding| match finding.index {
        Some(index) => format!("record {index}: {}", finding.code),
        None => finding.code.code().to_owned(),
    });
    shown.collect::<Vec<_>>().join("; ")
}
