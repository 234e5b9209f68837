//! What the enforcement core and the auditor ask of a disk.

use core::ops::ControlFlow;

use crate::StoreError;

/// The most bytes that a record, an aside or a checkpoint may have: 65,535.
///
/// Held on writing, and again on reading before any byte is fetched: a reader needs bounded memory even
/// for a file that someone else has made.
pub const MAX_BYTES: u64 = 65_535;

/// A value that stands beside the log, found by its commitment and erasable.
///
/// The store takes the commitment as a key: it does not check that it commits to the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// What a record holds in place of the value: 32 bytes.
    pub commitment: [u8; 32],
    /// The value, at most [`MAX_BYTES`] bytes.
    pub bytes: Vec<u8>,
}

/// The reading half: a sequence of records as it stands.
pub trait Records {
    /// The number that the next record will have: the number of records, where no record is missing.
    fn len(&self) -> u64;

    /// Whether there is no record.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `each(index, record)` for the records `from..len` in order, until it returns
    /// [`ControlFlow::Break`].
    ///
    /// Memory is bounded whatever the number of records. Every record before a damaged one is handed out
    /// before the error is returned. Where `from` is not less than `len`, nothing is called.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Gap`], [`StoreError::NegativeIndex`], [`StoreError::NotBytes`],
    ///   [`StoreError::TooLong`]: the sequence is damaged at this place. It is never skipped.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be read.
    fn scan(&self, from: u64, each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError>;

    /// The record with number `index`, or `None` where `index` is not less than `len`.
    ///
    /// # Errors
    ///
    /// As [`Records::scan`], for this one record; a missing one is a [`StoreError::Gap`].
    fn read(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// The bytes beside the log under `commitment`, or `None` where they never were or were erased.
    ///
    /// # Errors
    ///
    /// - [`StoreError::AsideNotBytes`], [`StoreError::AsideTooLong`]: the value is damaged.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be read.
    fn aside(&self, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The newest checkpoint, or `None` where none was ever put.
    ///
    /// # Errors
    ///
    /// - [`StoreError::CheckpointNotText`], [`StoreError::CheckpointTooLong`]: the value is damaged.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be read.
    fn checkpoint(&self) -> Result<Option<String>, StoreError>;
}

/// Everything that the enforcement core asks of a disk.
///
/// After *any* error of a writing method, the caller's own mistakes included, the store is poisoned: it
/// cannot know what reached the disk, refuses everything with [`StoreError::Poisoned`] and must be opened
/// again. Only `len` still answers, with the number of records that were appended with `Ok`.
pub trait Store: Records {
    /// Appends record number `index`, which must equal [`Records::len`], together with its asides.
    ///
    /// When it returns `Ok`, the record and its asides are durable: they outlive a power failure. It is
    /// all or nothing. When it returns an error, the record may or may not be found by the next opening.
    ///
    /// An aside that is there already with the same bytes stays as it is.
    ///
    /// # Errors
    ///
    /// - [`StoreError::OutOfOrder`]: `index` is not the number of the next record.
    /// - [`StoreError::TooLong`], [`StoreError::AsideTooLong`]: more than [`MAX_BYTES`] bytes.
    /// - [`StoreError::AsideConflict`]: other bytes stand under the same commitment.
    /// - [`StoreError::Fenced`]: another writer has opened the log since.
    /// - [`StoreError::Full`]: there is no number left for a record.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be written.
    fn append(&mut self, index: u64, record: &[u8], asides: &[Aside]) -> Result<(), StoreError>;

    /// Keeps the newest signed checkpoint, replacing the one before. Durable when it returns `Ok`.
    ///
    /// # Errors
    ///
    /// - [`StoreError::CheckpointTooLong`]: more than [`MAX_BYTES`] bytes.
    /// - [`StoreError::Fenced`]: another writer has opened the log since.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be written.
    fn put_checkpoint(&mut self, checkpoint: &str) -> Result<(), StoreError>;

    /// Erases the bytes under `commitment`; says whether there were any.
    ///
    /// When it returns `Ok`, that is durable: no later opening gives them back. Records, checkpoint and every other aside
    /// stay as they are. It can be asked again, and then finds nothing. Where the process ends before it returns, the bytes
    /// may be there or not: whoever must have them gone asks again.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Fenced`]: another writer has opened the log since.
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Damaged`], [`StoreError::Busy`], [`StoreError::Sqlite`]: the file cannot be written.
    fn erase(&mut self, commitment: &[u8; 32]) -> Result<bool, StoreError>;
}

/// The length of a value in bytes, and whether a store takes it.
pub(crate) fn fits(bytes: &[u8]) -> Result<(), u64> {
    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if len <= MAX_BYTES { Ok(()) } else { Err(len) }
}
