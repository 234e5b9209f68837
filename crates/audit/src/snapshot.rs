//! What an audit came to, saved to go on from.
//!
//! ```text
//! "counterfoil-audit/1" LF  <encoding of Snapshot>
//! ```
//!
//! Nothing in it is believed unless the trust names the SHA-256 of exactly these bytes: whoever audits keeps that where
//! the log's operator cannot change it, and may keep the bytes anywhere.

use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::codec::{Error, Wire as _, Writer};
use counterfoil_record::{Hash32, Time, wire_map};
use counterfoil_tlog::{CompactRange, Hash};

use crate::summary::Tally;

/// The first bytes of a snapshot of the version that is written and read here.
const VERSION: &[u8] = b"counterfoil-audit/1\n";

wire_map! {
    /// An audit after some records, all of which followed.
    pub struct Snapshot {
        /// How many records they are.
        1 => size: u64,
        /// The roots of the complete subtrees, the largest first.
        2 => peaks: Vec<Hash32>,
        /// What they add up to.
        3 => state: State,
        /// What was counted.
        4 => tally: Tally,
        /// The time of the first record.
        5 => first_time: Option<Time>,
    }
}

/// Why an audit does not go on from a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The trust names none.
    #[error("the trust names no saved audit (`audited`)")]
    NotTrusted,
    /// The trust names another.
    #[error("it is not the saved audit that the trust names")]
    Differs,
    /// It is not of the form that this version writes.
    #[error("it is no saved audit of this version: {0}")]
    Malformed(#[from] Error),
    /// It does not begin as a saved audit of this version does.
    #[error("it is no saved audit of this version")]
    Version,
    /// Its tree is not one.
    #[error("its tree is not one of {0} records")]
    Tree(u64),
    /// The pinned checkpoint lies before it, and could not be held against the log any more.
    #[error("the pinned checkpoint of {pinned} records is older than the saved audit of {size}")]
    PinnedBefore {
        /// The size of the pinned checkpoint.
        pinned: u64,
        /// The size of the snapshot.
        size: u64,
    },
}

impl Snapshot {
    pub(crate) fn of(tree: &CompactRange, state: &State, tally: &Tally, first_time: Option<Time>) -> Self {
        let peaks = tree.peaks().iter().map(|peak| Hash32(*peak.bytes()));
        let (state, tally) = (state.clone(), tally.clone());
        Self { size: tree.size(), peaks: peaks.collect(), state, tally, first_time }
    }

    /// The bytes of the file.
    pub fn to_file(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.encode(&mut w);
        [VERSION, &w.into_bytes()].concat()
    }

    /// Reads a file, if it is the one whose SHA-256 is `trusted`.
    ///
    /// # Errors
    /// [`ResumeError::Differs`], [`ResumeError::Version`], [`ResumeError::Malformed`].
    pub(crate) fn from_file(bytes: &[u8], trusted: Hash32) -> Result<Self, ResumeError> {
        if Hash32::of(&[bytes]) != trusted {
            return Err(ResumeError::Differs);
        }
        let rest = bytes.strip_prefix(VERSION).ok_or(ResumeError::Version)?;
        Ok(Self::from_bytes(rest)?)
    }

    pub(crate) fn tree(&self) -> Result<CompactRange, ResumeError> {
        let peaks = self.peaks.iter().map(|peak| Hash::new(*peak.bytes())).collect();
        CompactRange::from_parts(self.size, peaks).ok_or(ResumeError::Tree(self.size))
    }
}
