//! What stands in the database: the tables, and the two numbers by which a log is known.
//!
//! | table | holds |
//! |---|---|
//! | `record` | the records: `idx` counts from 0, `bytes` is a blob of at most 65,535 bytes |
//! | `aside` | what can be erased, under its commitment of 32 bytes |
//! | `checkpoint` | the newest checkpoint, in the row with `id` 0; no row before the first one |
//! | `writer` | the fencing epoch, in the row with `id` 0: how many times the log was opened for writing |
//!
//! A file is a log if its `application_id` and `user_version` are ours and its schema is this one to the
//! letter: no trigger, view, index or other table can have been put in.

use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;

/// `application_id` in the header of the database: `CFLG` in ASCII.
const APPLICATION: i64 = 0x4346_4c47;

/// `user_version` in the header of the database: the version of this schema.
const VERSION: i64 = 1;

/// The tables, in the order of their creation.
const TABLES: [&str; 4] = [
    "CREATE TABLE record (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "CREATE TABLE aside (commitment BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 0), text TEXT NOT NULL)",
    "CREATE TABLE writer (id INTEGER PRIMARY KEY CHECK (id = 0), epoch INTEGER NOT NULL)",
];

/// Writes an empty log into an empty database.
pub(super) fn write(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    for table in TABLES {
        transaction.execute_batch(table)?;
    }
    transaction.execute("INSERT INTO writer (id, epoch) VALUES (0, 0)", [])?;
    Ok(transaction.commit()?)
}

/// Checks the two numbers alone.
pub(super) fn check_header(connection: &Connection) -> Result<(), StoreError> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if (number("application_id")?, number("user_version")?) == (APPLICATION, VERSION) {
        Ok(())
    } else {
        Err(StoreError::NotALog)
    }
}

/// Checks the numbers and the schema.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    check_header(connection)?;
    let mut statement = connection.prepare("SELECT CAST(sql AS TEXT) FROM sqlite_schema ORDER BY rowid")?;
    let found =
        statement.query_map([], |row| row.get::<_, Option<String>>(0))?.collect::<Result<Vec<_>, _>>()?;
    if !found.iter().map(Option::as_deref).eq(TABLES.map(Some)) {
        return Err(StoreError::NotALog);
    }
    epoch(connection).map(drop)
}

/// Checks that the pages fit together: each has one place, keys rise within and across pages, rows are as their table
/// wants them. Without it a search by number and a walk over all rows could come to different rows. Takes time and
/// memory in proportion to the file, whatever stands in it.
pub(super) fn check_pages(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    // The line before names the database, of which there is one.
    Err(StoreError::Unsound { found: found.lines().last().unwrap_or_default().into() })
}

/// The fencing epoch.
pub(super) fn epoch(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT CAST(epoch AS INTEGER) FROM writer WHERE id = 0")?
        .query_row([], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotALog)
}

/// Raises the fencing epoch and returns the new one. To be called within a transaction.
pub(super) fn raise_epoch(connection: &Connection) -> Result<i64, StoreError> {
    let raised = epoch(connection)?.checked_add(1).ok_or(StoreError::Full)?;
    connection.execute("UPDATE writer SET epoch = ?1 WHERE id = 0", [raised])?;
    Ok(raised)
}
