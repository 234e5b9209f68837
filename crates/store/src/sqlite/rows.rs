//! Reading rows that someone else may have written: type and length are checked before bytes are fetched.

use core::ops::ControlFlow;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, StatementStatus, params};

use crate::{MAX_BYTES, StoreError};

/// The rows of a chunk, at most: the file is not held for longer than it takes to read them.
const CHUNK_ROWS: usize = 256;

/// The bytes after which a chunk ends.
const CHUNK_BYTES: usize = 1 << 20;

/// A statement whose steps are counted anew: the bounds of a connection are for one run of a statement, while `SQLite` counts
/// from its preparation on.
fn prepared<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
    let statement = connection.prepare_cached(sql)?;
    statement.reset_status(StatementStatus::VmStep);
    Ok(statement)
}

/// The number that the next record will have: one more than the highest. It is found without a scan.
pub(super) fn len(connection: &Connection) -> Result<u64, StoreError> {
    let mut statement = prepared(connection, "SELECT max(idx) FROM record")?;
    let last: Option<i64> = statement.query_row([], |row| row.get(0))?;
    last.map_or(Ok(0), |found| {
        let last = u64::try_from(found).map_err(|_| StoreError::NegativeIndex { found })?;
        last.checked_add(1).ok_or(StoreError::Full)
    })
}

/// Hands out the records `from..end` in order.
///
/// They are read in chunks, each with a query of its own, and handed out between the queries: a slow
/// caller neither keeps a writer from opening the log nor its write-ahead log from being folded in. Rows
/// are never changed, so that chunks read at different times fit together.
pub(super) fn scan(
    connection: &Connection,
    from: u64,
    end: u64,
    each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut chunk = Chunk::default();
    let mut next = from;
    while next < end {
        let fault = chunk.fill(connection, next, end, CHUNK_ROWS).err();
        let mut start = 0;
        for &stop in &chunk.stops {
            if each(next, chunk.bytes.get(start..stop).unwrap_or_default()).is_break() {
                return Ok(());
            }
            start = stop;
            next = next.saturating_add(1);
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
    }
    Ok(())
}

/// The record with number `index`, if it is below `end`.
pub(super) fn read(connection: &Connection, index: u64, end: u64) -> Result<Option<Vec<u8>>, StoreError> {
    if index >= end {
        return Ok(None);
    }
    let mut chunk = Chunk::default();
    chunk.fill(connection, index, end, 1)?;
    Ok(Some(chunk.bytes))
}

/// The bytes under a commitment.
pub(super) fn aside(connection: &Connection, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = prepared(
        connection,
        "SELECT typeof(bytes), octet_length(bytes),
                CASE WHEN octet_length(bytes) <= ?2 THEN bytes END
         FROM aside WHERE commitment = ?1",
    )?;
    let found = statement
        .query_row(params![commitment, MAX_BYTES.cast_signed()], |row| {
            value(row, 0, "blob").map(|found| found.map(<[u8]>::to_vec))
        })
        .optional()?;
    match found {
        None => Ok(None),
        Some(Ok(bytes)) => Ok(Some(bytes)),
        Some(Err(Fault::Kind)) => Err(StoreError::AsideNotBytes { commitment: *commitment }),
        Some(Err(Fault::Len(len))) => Err(StoreError::AsideTooLong { commitment: *commitment, len }),
    }
}

/// The newest checkpoint.
pub(super) fn checkpoint(connection: &Connection) -> Result<Option<String>, StoreError> {
    let mut statement = prepared(
        connection,
        "SELECT typeof(text), octet_length(text),
                CASE WHEN octet_length(text) <= ?1 THEN text END
         FROM checkpoint WHERE id = 0",
    )?;
    let found = statement
        .query_row([MAX_BYTES.cast_signed()], |row| {
            value(row, 0, "text").map(|found| found.map(<[u8]>::to_vec))
        })
        .optional()?;
    match found {
        None => Ok(None),
        Some(Ok(text)) => String::from_utf8(text).map(Some).map_err(|_| StoreError::CheckpointNotText),
        Some(Err(Fault::Kind)) => Err(StoreError::CheckpointNotText),
        Some(Err(Fault::Len(len))) => Err(StoreError::CheckpointTooLong { len }),
    }
}

/// What is wrong with a stored value.
enum Fault {
    Kind,
    Len(u64),
}

/// A value from three columns: its type, its length in bytes, and itself where it is not too long.
fn value<'row>(row: &'row Row<'_>, first: usize, kind: &str) -> rusqlite::Result<Result<&'row [u8], Fault>> {
    let column = |offset: usize| row.get_ref(first.saturating_add(offset));
    if column(0)?.as_bytes_or_null()? != Some(kind.as_bytes()) {
        return Ok(Err(Fault::Kind));
    }
    let len = column(1)?.as_i64()?;
    Ok(match column(2)? {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes),
        _ => Err(Fault::Len(len.unsigned_abs())),
    })
}

/// Some records that follow each other.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where in `bytes` each record stops.
    stops: Vec<usize>,
}

impl Chunk {
    /// Reads records from `next` on, at least one. Those before a damaged one are kept.
    fn fill(
        &mut self,
        connection: &Connection,
        mut next: u64,
        end: u64,
        rows: usize,
    ) -> Result<(), StoreError> {
        self.bytes.clear();
        self.stops.clear();
        // From the very start, so that a row with a number below 0 is found too.
        let from = if next == 0 { i64::MIN } else { row_number(next) };
        let last = row_number(end.saturating_sub(1));
        let mut statement = prepared(
            connection,
            "SELECT idx, typeof(bytes), octet_length(bytes),
                    CASE WHEN octet_length(bytes) <= ?3 THEN bytes END
             FROM record WHERE idx BETWEEN ?1 AND ?2 ORDER BY idx",
        )?;
        let mut found = statement.query(params![from, last, MAX_BYTES.cast_signed()])?;
        while self.stops.len() < rows && self.bytes.len() < CHUNK_BYTES {
            let Some(row) = found.next()? else { break };
            let index: i64 = row.get(0)?;
            let index = u64::try_from(index).map_err(|_| StoreError::NegativeIndex { found: index })?;
            if index != next {
                return Err(StoreError::Gap { expected: next, found: index });
            }
            match value(row, 1, "blob")? {
                Ok(bytes) => self.bytes.extend_from_slice(bytes),
                Err(Fault::Kind) => return Err(StoreError::NotBytes { index }),
                Err(Fault::Len(len)) => return Err(StoreError::TooLong { index, len }),
            }
            self.stops.push(self.bytes.len());
            next = next.saturating_add(1);
        }
        if self.stops.is_empty() {
            return Err(StoreError::Gap { expected: next, found: end });
        }
        Ok(())
    }
}

/// The number of a row. Every number of a record that can be stored fits.
fn row_number(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
