//! Why a store refused.

/// Why a store refused. Data, not prose: the text is for people, the variant is for programs.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A log was to be created where a file is already.
    #[error("there is a file already")]
    Exists,
    /// There is no file.
    #[error("there is no such file")]
    NotFound,
    /// The file is no Counterfoil log, or one of another schema version. It was not changed.
    #[error("not a Counterfoil log, or one of another version")]
    NotALog,
    /// Another writer has the log open.
    #[error("another writer has the log open")]
    Locked,
    /// Another writer has opened the log since this one did; this one must stop.
    #[error("another writer has taken over the log")]
    Fenced,
    /// An earlier write failed; the store must be opened again.
    #[error("an earlier write failed; the store must be opened again")]
    Poisoned,
    /// Another connection, such as a reader in the middle of a query, held the file for too long.
    #[error("the file is in use by another connection")]
    Busy,
    /// There is no number left: for a record, or for another opening.
    #[error("no number is left")]
    Full,
    /// The record to be appended does not have the number of the next record.
    #[error("record {found} was to be appended where record {expected} is next")]
    OutOfOrder {
        /// The number of the next record.
        expected: u64,
        /// The number that was given.
        found: u64,
    },
    /// A record has more than [`MAX_BYTES`](crate::MAX_BYTES) bytes.
    #[error("record {index} has {len} bytes, more than a log may hold")]
    TooLong {
        /// The number of the record.
        index: u64,
        /// Its length in bytes.
        len: u64,
    },
    /// A stored record is not a string of bytes.
    #[error("record {index} is not a string of bytes")]
    NotBytes {
        /// The number of the record.
        index: u64,
    },
    /// A record is missing.
    #[error("record {expected} is missing; the next is {found}")]
    Gap {
        /// The number of the missing record.
        expected: u64,
        /// The number that stands in its place; the length of the log where no record follows.
        found: u64,
    },
    /// A stored record has a number below 0.
    #[error("a record has the number {found}")]
    NegativeIndex {
        /// The number of the record.
        found: i64,
    },
    /// An aside has more than [`MAX_BYTES`](crate::MAX_BYTES) bytes.
    #[error("an aside has {len} bytes, more than a log may hold")]
    AsideTooLong {
        /// Under which it was to be found.
        commitment: [u8; 32],
        /// Its length in bytes.
        len: u64,
    },
    /// A stored aside is not a string of bytes.
    #[error("an aside is not a string of bytes")]
    AsideNotBytes {
        /// Under which it was found.
        commitment: [u8; 32],
    },
    /// An aside was to be added where other bytes stand under the same commitment.
    #[error("other bytes stand under the commitment of an aside")]
    AsideConflict {
        /// The commitment of both.
        commitment: [u8; 32],
    },
    /// A checkpoint has more than [`MAX_BYTES`](crate::MAX_BYTES) bytes.
    #[error("the checkpoint has {len} bytes, more than a log may hold")]
    CheckpointTooLong {
        /// Its length in bytes.
        len: u64,
    },
    /// The stored checkpoint is not text.
    #[error("the checkpoint is not text")]
    CheckpointNotText,
    /// `SQLite` finds its file damaged, for instance cut short.
    #[error("the file is damaged")]
    Damaged,
    /// The pages of the file do not fit together: who looks a record up may be given another one than who reads them all.
    #[error("the file is damaged: {found}")]
    Unsound {
        /// What `SQLite` found first.
        found: String,
    },
    /// What `SQLite` keeps beside its file is no plain file, or one that has other names too. Nothing was opened.
    #[error("what stands beside it as {suffix} is not a file of that name alone")]
    Beside {
        /// What comes after the log's name: `-wal`, `-shm`, `-journal` or `.lock`.
        suffix: &'static str,
    },
    /// A writer was killed while it opened or closed the log. Only a writer can put that right: opening the
    /// log for writing once does.
    #[error("a writer was killed while it opened or closed the log; open it for writing once")]
    Interrupted,
    /// The operating system refused.
    #[error("input or output failed: {0}")]
    Io(#[from] std::io::Error),
    /// `SQLite` refused, for a reason that has no variant of its own here.
    #[error("SQLite failed: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// `SQLITE_READONLY_ROLLBACK`: a journal waits to be rolled back, and the connection may not write.
const HOT_JOURNAL: i32 = 776;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if error.sqlite_error().is_some_and(|error| error.extended_code == HOT_JOURNAL) {
            return Self::Interrupted;
        }
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            // The last two are the bounds of `connect`: a log keeps within them.
            Some(
                rusqlite::ErrorCode::NotADatabase
                | rusqlite::ErrorCode::OperationInterrupted
                | rusqlite::ErrorCode::TooBig,
            ) => Self::NotALog,
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Self::Damaged,
            _ => Self::Sqlite(error),
        }
    }
}
