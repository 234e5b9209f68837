//! A read-only view of a log, beside a live writer or at rest.

use core::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use super::connect;
use super::files::Paths;
use super::rows;
use crate::{Records, StoreError};

/// A read-only view of a log, beside a live writer or at rest.
///
/// It shows the records that were there when it was opened; [`SqliteReader::refresh`] takes in those that
/// were added since. The newest checkpoint and the asides are shown as they are at the moment of asking.
///
/// When it is opened it holds the file for as long as it takes to read it once, to see that its pages fit together;
/// afterwards it takes no lock that would keep a writer out for longer than one short query. It verifies no record, and
/// changes nothing. Only beside a log that its writer has not closed, because it runs or has died, may
/// `SQLite` make its own `-wal` and `-shm` files, where they are missing.
#[derive(Debug)]
pub struct SqliteReader {
    pub(super) connection: Connection,
    len: u64,
}

impl SqliteReader {
    /// Opens the log at `path` for reading.
    ///
    /// # Errors
    ///
    /// - [`StoreError::NotFound`]: there is no file.
    /// - [`StoreError::NotALog`]: it is empty, no `SQLite` file, no log, or of another version.
    /// - [`StoreError::Damaged`], [`StoreError::Unsound`]: `SQLite` finds it damaged, for instance cut short.
    /// - [`StoreError::Beside`]: what stands beside it is not what a log has there.
    /// - [`StoreError::NegativeIndex`]: all its records have numbers below 0.
    /// - [`StoreError::Interrupted`]: a writer was killed in the middle; a reader changes nothing.
    /// - [`StoreError::Busy`], [`StoreError::Io`], [`StoreError::Sqlite`]: it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = connect::read(&Paths::existing(path)?)?;
        let len = rows::len(&connection)?;
        Ok(Self { connection, len })
    }

    /// Takes in what was added since, and returns the new length.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Damaged`], [`StoreError::NegativeIndex`]: the file was damaged since.
    /// - [`StoreError::Busy`], [`StoreError::Sqlite`]: it cannot be read.
    pub fn refresh(&mut self) -> Result<u64, StoreError> {
        self.len = rows::len(&self.connection)?;
        Ok(self.len)
    }
}

impl Records for SqliteReader {
    fn len(&self) -> u64 {
        self.len
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError> {
        rows::scan(&self.connection, from, self.len, each)
    }

    fn read(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        rows::read(&self.connection, index, self.len)
    }

    fn aside(&self, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        rows::aside(&self.connection, commitment)
    }

    fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        rows::checkpoint(&self.connection)
    }
}
