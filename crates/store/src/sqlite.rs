//! A log in one `SQLite` file, with one writer.
//!
//! # The files
//!
//! | file | when | what |
//! |---|---|---|
//! | `<log>` | always | the database; after [`SqliteStore::close`] it holds everything |
//! | `<log>-wal`, `<log>-shm` | while the log is open, and after a crash | `SQLite`'s write-ahead log; belongs to the log |
//! | `<log>.lock` | from the first opening on | the writer's lock; empty, can be left behind |
//! | `<log>.creating` | while a log is created | the database before it has its name |
//!
//! # Durability
//!
//! An append is one transaction in `SQLite`'s write-ahead log, with `synchronous = FULL`: `pwrite(2)` of the
//! changed pages to `<log>-wal`, then `fsync(2)` on it, then `Ok`. The first such sync also calls `fsync(2)` on
//! the directory, so that the name `<log>-wal` is as durable as what it holds. Every 1000 appends the
//! write-ahead log is folded into the database without waiting for a reader. At rest the database is in
//! `journal_mode = DELETE`, so that it can be read from a medium or directory that cannot be written.
//!
//! # One writer
//!
//! Two fences stand one behind the other. The lock on `<log>.lock` refuses the second writer at once and
//! vanishes with the process. The epoch in the database, raised by every opening, is checked in the
//! transaction of every write: were the lock file deleted or the file system without locks, the writer
//! that was overtaken would still be refused before it could add anything.
//!
//! # Determinism
//!
//! Nothing in the database comes from a clock or a random source: the same calls make the same bytes.

mod connect;
mod files;
mod reader;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use core::ops::ControlFlow;
use core::time::Duration;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use crate::store::fits;
use crate::{Aside, Records, Store, StoreError};
use files::Paths;
pub use reader::SqliteReader;

/// The appends after which the write-ahead log is folded into the database.
const APPENDS_PER_FOLD: u32 = 1000;

/// Writes every aside to pages of its own and back. `secure_delete` overwrites the cell that is deleted and every page
/// that is given up, but a page that was split or joined may still have copies of cells that moved elsewhere.
const REWRITE_ASIDES: &str = "
    CREATE TABLE kept (commitment BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
    INSERT INTO kept SELECT commitment, bytes FROM aside;
    DELETE FROM aside;
    INSERT INTO aside SELECT commitment, bytes FROM kept;
    DROP TABLE kept;";

/// The writer of a log in an `SQLite` file. There is one at a time.
///
/// Dropping it without [`SqliteStore::close`] loses nothing: it is as if the process had ended.
#[derive(Debug)]
pub struct SqliteStore {
    // INVARIANT: before `_lock`, so that it is dropped first.
    connection: Connection,
    paths: Paths,
    epoch: i64,
    len: u64,
    appends_since_fold: u32,
    poisoned: bool,
    _lock: File,
}

impl SqliteStore {
    /// Creates an empty log at `path`, in a directory that is there, and opens it.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Exists`]: there is a file already.
    /// - [`StoreError::Beside`]: what stands beside it is not what a log has there.
    /// - [`StoreError::Locked`]: another writer is creating it.
    /// - [`StoreError::Io`], [`StoreError::Sqlite`]: it cannot be written.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let paths = Paths::new(path)?;
        paths.check_beside()?;
        let lock = paths.lock()?;
        let creating = paths.beside(".creating");
        files::remove(&creating)?;
        files::remove(&paths.beside(".creating-journal"))?;

        // The database gets its name when it is whole, so that there is never half a log. SQLite's commit
        // ends with fsync(2) on it; link(2) gives it the name and fails where there is one, so that
        // nothing is ever replaced; unlink(2) takes the other name away; and fsync(2) on the directory
        // makes the name itself durable: without it a log that was answered from could be gone after a
        // power failure, although every byte of it had been synced.
        let mut connection = connect::write(&creating, OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "page_size", 4096)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        schema::write(&mut connection)?;
        connection.close().map_err(|(_, error)| error)?;
        let named = fs::hard_link(&creating, &paths.log);
        files::remove(&creating)?;
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists,
            _ => StoreError::Io(error),
        })?;
        paths.sync_directory()?;
        Self::open_locked(paths, lock)
    }

    /// Opens the log at `path` for writing, recovering what was appended before a crash.
    ///
    /// # Errors
    ///
    /// - [`StoreError::NotFound`]: there is no file.
    /// - [`StoreError::NotALog`]: it is empty, no `SQLite` file, no log, or of another version.
    /// - [`StoreError::Damaged`], [`StoreError::Unsound`]: `SQLite` finds it damaged, for instance cut short.
    /// - [`StoreError::Beside`]: what stands beside it is not what a log has there.
    /// - [`StoreError::NegativeIndex`]: all its records have numbers below 0.
    /// - [`StoreError::Locked`]: another writer has it open.
    /// - [`StoreError::Busy`]: another connection held it for too long.
    /// - [`StoreError::Full`]: it cannot be opened any more often.
    /// - [`StoreError::Io`], [`StoreError::Sqlite`]: it cannot be read or written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let paths = Paths::existing(path)?;
        paths.check_beside()?;
        connect::check_at_rest(&paths)?;
        let lock = paths.lock()?;
        Self::open_locked(paths, lock)
    }

    fn open_locked(paths: Paths, lock: File) -> Result<Self, StoreError> {
        let mut connection = connect::write(&paths.log, OpenFlags::empty())?;
        connect::check(&mut connection)?;
        if journal_mode(&connection, "WAL")? != "wal" {
            return Err(StoreError::Busy);
        }
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "secure_delete", true)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let epoch = schema::raise_epoch(&transaction)?;
        let len = rows::len(&transaction)?;
        transaction.commit()?;
        paths.sync_directory()?;
        let store =
            Self { connection, paths, epoch, len, appends_since_fold: 0, poisoned: false, _lock: lock };
        // What a crash left in the write-ahead log may be what overwrites something erased.
        store.fold("TRUNCATE")?;
        Ok(store)
    }

    /// Folds everything into the one file and ends.
    ///
    /// # Errors
    ///
    /// Whatever the error, everything that was appended is durable.
    ///
    /// - [`StoreError::Poisoned`]: an earlier write failed.
    /// - [`StoreError::Busy`]: a reader holds on to `<log>-wal`, which stays and belongs to the log.
    /// - [`StoreError::Io`], [`StoreError::Sqlite`]: the file cannot be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.usable()?;
        if !self.fold("TRUNCATE")? {
            return Err(StoreError::Busy);
        }
        // A reader that has the log open, even if it is idle, keeps it in WAL mode, with `<log>-wal` empty.
        self.connection.busy_timeout(Duration::ZERO)?;
        match journal_mode(&self.connection, "DELETE") {
            Ok(_) | Err(StoreError::Busy) => {}
            Err(error) => return Err(error),
        }
        self.connection.close().map_err(|(_, error)| error)?;
        // SQLite has removed names by unlink(2); fsync(2) on the directory makes that last.
        Ok(self.paths.sync_directory()?)
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.poisoned { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    /// Runs `change` in one durable transaction of the newest writer. Any error poisons the store.
    fn write<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>, u64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.usable()?;
        // INVARIANT: until the commit has returned, what is on the disk is unknown.
        self.poisoned = true;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if schema::epoch(&transaction)? != self.epoch {
            return Err(StoreError::Fenced);
        }
        let changed = change(&transaction, self.len)?;
        transaction.commit()?;
        self.poisoned = false;
        Ok(changed)
    }

    /// Folds the write-ahead log into the database; says whether all of it was.
    fn fold(&self, mode: &str) -> Result<bool, StoreError> {
        let statement = format!("PRAGMA wal_checkpoint({mode})");
        let busy: i64 = self.connection.query_row(&statement, [], |row| row.get(0))?;
        Ok(busy == 0)
    }
}

impl Records for SqliteStore {
    fn len(&self) -> u64 {
        self.len
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.usable()?;
        rows::scan(&self.connection, from, self.len, each)
    }

    fn read(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        rows::read(&self.connection, index, self.len)
    }

    fn aside(&self, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        rows::aside(&self.connection, commitment)
    }

    fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        self.usable()?;
        rows::checkpoint(&self.connection)
    }
}

impl Store for SqliteStore {
    fn append(&mut self, index: u64, record: &[u8], asides: &[Aside]) -> Result<(), StoreError> {
        self.write(|transaction, len| {
            // What the file says counts too: a tool may have removed records from under the writer.
            for expected in [len, rows::len(transaction)?] {
                if index != expected {
                    return Err(StoreError::OutOfOrder { expected, found: index });
                }
            }
            fits(record).map_err(|len| StoreError::TooLong { index, len })?;
            let row = i64::try_from(index).map_err(|_| StoreError::Full)?;
            transaction
                .prepare_cached("INSERT INTO record (idx, bytes) VALUES (?1, ?2)")?
                .execute(params![row, record])?;
            asides.iter().try_for_each(|aside| insert_aside(transaction, aside))
        })?;
        self.len = self.len.saturating_add(1);
        self.appends_since_fold = self.appends_since_fold.saturating_add(1);
        if self.appends_since_fold >= APPENDS_PER_FOLD {
            self.appends_since_fold = 0;
            // This record is durable whatever comes of it; but a disk that failed is not to be trusted on.
            self.poisoned = self.fold("PASSIVE").is_err();
        }
        Ok(())
    }

    fn put_checkpoint(&mut self, checkpoint: &str) -> Result<(), StoreError> {
        self.write(|transaction, _| {
            fits(checkpoint.as_bytes()).map_err(|len| StoreError::CheckpointTooLong { len })?;
            transaction
                .prepare_cached(
                    "INSERT INTO checkpoint (id, text) VALUES (0, ?1)
                     ON CONFLICT (id) DO UPDATE SET text = excluded.text",
                )?
                .execute([checkpoint])?;
            Ok(())
        })
    }

    /// The bytes are overwritten, which takes as long as writing every aside twice; and the write-ahead log is folded in and
    /// cut off at once, or where a reader is in the way by the next opening or [`SqliteStore::close`]. What a file system or a
    /// disk keeps of overwritten blocks is beyond a store.
    fn erase(&mut self, commitment: &[u8; 32]) -> Result<bool, StoreError> {
        let erased = self.write(|transaction, _| {
            let erased = transaction
                .prepare_cached("DELETE FROM aside WHERE commitment = ?1")?
                .execute([commitment])?;
            if erased > 0 {
                transaction.execute_batch(REWRITE_ASIDES)?;
            }
            Ok(erased > 0)
        })?;
        if erased {
            let folded = self.fold("TRUNCATE");
            self.poisoned |= folded.is_err();
            folded?;
        }
        Ok(erased)
    }
}

fn insert_aside(transaction: &Transaction<'_>, aside: &Aside) -> Result<(), StoreError> {
    let Aside { commitment, bytes } = aside;
    fits(bytes).map_err(|len| StoreError::AsideTooLong { commitment: *commitment, len })?;
    match rows::aside(transaction, commitment)? {
        Some(present) if present == *bytes => Ok(()),
        Some(_) => Err(StoreError::AsideConflict { commitment: *commitment }),
        None => {
            transaction
                .prepare_cached("INSERT INTO aside (commitment, bytes) VALUES (?1, ?2)")?
                .execute(params![commitment, bytes])?;
            Ok(())
        }
    }
}

/// Asks for a journal mode and returns, in small letters, the one that is.
fn journal_mode(connection: &Connection, mode: &str) -> Result<String, StoreError> {
    Ok(connection.pragma_update_and_check(None, "journal_mode", mode, |row| row.get(0))?)
}
