//! Writes that fail: the store refuses to go on, and the next opening finds what was answered for.

use std::process::{Command, Stdio};

use super::{append_until, place, record, records, reopen};
use crate::contract::{all, assert_poisoned};
use crate::{Records, SqliteReader, SqliteStore, Store, StoreError};

/// Opens again and compares: exactly what was appended with `Ok`, or one record more.
fn assert_found(path: &std::path::Path, appended: u64) {
    let mut store = reopen(path);
    let found = store.len();
    assert!((appended..=appended.strict_add(1)).contains(&found), "{found} of {appended}");
    let expected = records(0..found);
    assert!(all(&store, 0).unwrap() == expected);
    append_until(&mut store, found.strict_add(10));
    store.close().unwrap();
}

#[test]
fn is_poisoned_by_a_full_database() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 5);
    store.connection.pragma_update(None, "max_page_count", 40).unwrap();
    let (index, error) =
        (5..).find_map(|index| store.append(index, &record(index), &[]).err().map(|e| (index, e))).unwrap();
    let StoreError::Sqlite(error) = error else { panic!("{error:?}") };
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
    assert_poisoned(&mut store, index);
    assert!(matches!(store.erase(&[0; 32]), Err(StoreError::Poisoned)));
    assert!(matches!(store.close(), Err(StoreError::Poisoned)));
    assert_found(&path, index);
}

#[test]
fn is_poisoned_when_records_vanish_beneath_it() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 5);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("DELETE FROM record WHERE idx = 4", []).unwrap();
    let refused = store.append(5, b"", &[]);
    assert!(matches!(refused, Err(StoreError::OutOfOrder { expected: 4, found: 5 })), "{refused:?}");
    assert_poisoned(&mut store, 5);
}

#[test]
fn is_busy_when_another_connection_writes() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    store.connection.busy_timeout(core::time::Duration::ZERO).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.append(0, b"", &[]), Err(StoreError::Busy)));
    assert_poisoned(&mut store, 0);
}

/// Appends until a write to a file fails, under a limit that the parent has set, and prints how many were
/// appended with `Ok`. Runs only as a child of the test below.
#[test]
#[ignore = "the child of another test"]
fn child_that_appends_until_it_fails() {
    let Some(path) = std::env::var_os("COUNTERFOIL_STORE_TEST_LOG") else {
        return;
    };
    let mut store = reopen(path.as_ref());
    let failed = (store.len()..).find_map(|index| store.append(index, &record(index), &[]).err()).unwrap();
    assert!(matches!(failed, StoreError::Sqlite(_)), "{failed:?}");
    let appended = store.len();
    assert_poisoned(&mut store, appended);
    println!("appended {appended}");
}

/// A limit on the size of files makes `pwrite(2)` fail with `EFBIG`, or write a part, at any byte.
#[cfg(unix)]
#[test]
fn finds_what_was_appended_after_a_write_that_failed() {
    for blocks in [1000, 1001, 1003, 1006] {
        let (_directory, path) = place();
        SqliteStore::create(&path).unwrap().close().unwrap();
        // A signal that is ignored stays ignored in the child.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::tests::failure::child_that_appends_until_it_fails"])
            .args(["--ignored", "--nocapture"])
            .env("COUNTERFOIL_STORE_TEST_LOG", &path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        let (_, rest) = text.split_once("appended ").unwrap();
        let appended = rest.split_whitespace().next().unwrap().parse().unwrap();
        assert!(appended > 10, "{appended}");
        assert!(SqliteReader::open(&path).unwrap().len() >= appended);
        assert_found(&path, appended);
    }
}
