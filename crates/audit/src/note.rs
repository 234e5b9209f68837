//! Checkpoints of a log: signed notes (c2sp.org/tlog-checkpoint) under the log's own key.

use counterfoil_record::Id;
use counterfoil_record::key::NamedKey;
use counterfoil_tlog::note::{Note, NoteError, OpenError, Verifier};
use counterfoil_tlog::{Checkpoint, CheckpointError as TextError};

/// A log key as a verifier of signed notes: Ed25519 by the one acceptance rule of records.
#[derive(Clone, Copy, Debug)]
pub struct LogVerifier<'k>(pub &'k NamedKey);

impl Verifier for LogVerifier<'_> {
    fn name(&self) -> &str {
        self.0.name().as_str()
    }

    fn key_id(&self) -> [u8; 4] {
        self.0.key_id()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        signature.try_into().is_ok_and(|signature| self.0.key().verify(message, signature))
    }
}

/// Why a text is not a checkpoint of the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note.
    #[error("not a signed note: {0}")]
    Note(#[from] NoteError),
    /// Not signed by the log's key.
    #[error("not signed by the log's key: {0}")]
    Signature(#[from] OpenError),
    /// The signed text is not a checkpoint.
    #[error("the signed text is not a checkpoint: {0}")]
    Text(#[from] TextError),
    /// There is no key that should have signed it.
    #[error("there is no key that should have signed it")]
    NoKey,
    /// A checkpoint of another log.
    #[error("a checkpoint of another log")]
    Origin,
}

/// The checkpoint in `note`, if one of `keys` signed it for the log `origin`.
///
/// # Errors
/// As [`CheckpointError`] says; the signature's error is that of the first key.
pub fn open_checkpoint(note: &str, origin: &Id, keys: &[NamedKey]) -> Result<Checkpoint, CheckpointError> {
    let note = OwnNote::parse(note, origin)?;
    let mut refused = None;
    for key in keys {
        match note.check(key) {
            Ok(()) => return Ok(note.checkpoint),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(CheckpointError::NoKey))
}

/// A checkpoint of a log, whose signature is checked once it is known which of the log's keys was to sign it.
#[derive(Clone, Debug)]
pub(crate) struct OwnNote {
    note: Note,
    pub(crate) checkpoint: Checkpoint,
}

impl OwnNote {
    /// Reads the note, which must be of the log `origin`.
    pub(crate) fn parse(note: &str, origin: &Id) -> Result<Self, CheckpointError> {
        let note = Note::parse(note.as_bytes())?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin == origin.as_str() {
            Ok(Self { note, checkpoint })
        } else {
            Err(CheckpointError::Origin)
        }
    }

    /// Whether `key` signed it.
    pub(crate) fn check(&self, key: &NamedKey) -> Result<(), CheckpointError> {
        self.note.open(&[&LogVerifier(key)])?;
        Ok(())
    }
}
