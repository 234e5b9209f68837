//! The three ways in which a database is opened, and what is set on each.

use core::fmt::Write as _;
use core::time::Duration;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::files::Paths;
use super::schema;
use crate::StoreError;

/// What one statement may take. `SQLite` reads the schema with a statement too, before anybody can look at it, and again
/// whenever another connection has changed it.
struct Bounds {
    /// Steps of `SQLite`'s machine, of which a row takes some ten.
    steps: i32,
    /// The longest value that is fetched, in bytes.
    bytes: i32,
}

/// For a schema that is not known yet. Ours has 4 rows, none of them longer than 100 bytes.
const UNKNOWN: Bounds = Bounds { steps: 1_000, bytes: 1_000 };

/// For reading: a chunk of records takes some 4,000 steps, and a value of more than `MAX_BYTES` is not fetched.
const READING: Bounds = Bounds { steps: 50_000, bytes: 131_072 };

/// How long a connection waits for another one. Both only ever hold the file for one short transaction.
const PATIENCE: Duration = Duration::from_secs(5);

/// For writing; the file is created only where `flags` say so.
pub(super) fn write(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    harden(&mut connection)?;
    // A connection that is dropped, perhaps because it failed, writes nothing more: the work at the end
    // is for `SqliteStore::close`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// For reading beside a writer.
pub(super) fn read(paths: &Paths) -> Result<Connection, StoreError> {
    paths.check_beside()?;
    check_at_rest(paths)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = || -> Result<Connection, StoreError> {
        let mut connection = Connection::open_with_flags(&paths.log, flags)?;
        harden(&mut connection)?;
        connection.pragma_update(None, "query_only", true)?;
        for_reading(connection)
    };
    match opened() {
        // A log that was never closed, without its `-wal`, where SQLite cannot make another: a medium or
        // a directory that cannot be written, so that there is no writer to fear either.
        Err(StoreError::Sqlite(error))
            if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !paths.has_wal() =>
        {
            for_reading(frozen(&paths.log)?)
        }
        result => result,
    }
}

/// A connection to a file that was checked, with the bounds of a reader.
fn for_reading(mut connection: Connection) -> Result<Connection, StoreError> {
    check(&mut connection)?;
    bound(&mut connection, &READING)?;
    Ok(connection)
}

/// Checks the schema, and then that the pages of the file fit together. No bounds are set afterwards.
pub(super) fn check(connection: &mut Connection) -> Result<(), StoreError> {
    // INVARIANT: in one transaction, so that the bounds are lifted for the schema that was checked. A connection that
    // fails here is dropped.
    connection.execute_batch("BEGIN")?;
    schema::check(connection)?;
    unbound(connection)?;
    schema::check_pages(connection)?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// Refuses a file that is no log, before anything that might change it or leave a file beside it.
///
/// A file with a `-wal` beside it may be changing at this moment and is left to the caller's own check.
pub(super) fn check_at_rest(paths: &Paths) -> Result<(), StoreError> {
    if paths.has_wal() {
        return Ok(());
    }
    match frozen(&paths.log).and_then(|connection| schema::check_header(&connection)) {
        Err(_) if paths.has_wal() => Ok(()),
        result => result,
    }
}

/// For reading a file that nobody writes: no lock is taken, no other file looked at or made.
pub(super) fn frozen(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let mut connection = Connection::open_with_flags(immutable_uri(path), flags)?;
    harden(&mut connection)?;
    Ok(connection)
}

/// The path as a `file:` URI: every byte that is not plain is escaped.
fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// What every connection has: the file may have been made by someone else.
fn harden(connection: &mut Connection) -> Result<(), StoreError> {
    bound(connection, &UNKNOWN)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

fn bound(connection: &mut Connection, bounds: &Bounds) -> Result<(), StoreError> {
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, bounds.bytes)?;
    Ok(connection.progress_handler(bounds.steps, Some(|| true))?)
}

/// Lifts the bounds: of a schema that was checked, or for a writer, who trusts what he writes.
pub(super) fn unbound(connection: &mut Connection) -> Result<(), StoreError> {
    // SQLite takes more than it was built for as the most that it was built for.
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::MAX)?;
    Ok(connection.progress_handler(0, None::<fn() -> bool>)?)
}
