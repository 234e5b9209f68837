//! A reader beside a live writer, and at rest.

use core::ops::ControlFlow;
use std::fs;

use super::{append_until, place, record, records, reopen};
use crate::contract::{all, aside};
use crate::{Records, SqliteReader, SqliteStore, Store, StoreError};

#[test]
fn sees_what_was_there_and_more_when_refreshed() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 5);
    let mut reader = SqliteReader::open(&path).unwrap();
    append_until(&mut store, 8);
    store.append(8, &record(8), &[aside(1, b"a")]).unwrap();
    store.put_checkpoint("text").unwrap();
    assert_eq!((reader.len(), all(&reader, 0).unwrap().len()), (5, 5));
    assert_eq!(reader.read(5).unwrap(), None);
    assert_eq!(reader.refresh().unwrap(), 9);
    assert_eq!(all(&reader, 4).unwrap(), records(4..9));
    assert_eq!(reader.read(8).unwrap(), Some(record(8)));
    assert_eq!(reader.aside(&[1; 32]).unwrap().as_deref(), Some(&b"a"[..]));
    assert_eq!(reader.checkpoint().unwrap().as_deref(), Some("text"));
}

#[test]
fn reads_for_as_long_as_it_is_asked() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 600);
    store.put_checkpoint("text").unwrap();
    store.close().unwrap();
    let mut reader = SqliteReader::open(&path).unwrap();
    // Far more steps of each statement than one run of it may take.
    for _ in 0..30 {
        assert_eq!(all(&reader, 0).unwrap().len(), 600);
    }
    for index in (0..600).cycle().take(12_000) {
        assert!(reader.read(index).unwrap() == Some(record(index)));
        assert_eq!(reader.refresh().unwrap(), 600);
        assert_eq!(reader.aside(&[1; 32]).unwrap(), None);
        assert_eq!(reader.checkpoint().unwrap().as_deref(), Some("text"));
    }
}

#[test]
fn sees_only_whole_records_beside_a_live_writer() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    let mut reader = SqliteReader::open(&path).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            append_until(&mut store, 1500);
            store
        });
        let mut seen = 0;
        while seen < 1500 {
            let len = reader.refresh().unwrap();
            assert!(len >= seen);
            let found = all(&reader, seen).unwrap();
            assert!(found == records(seen..len));
            seen = len;
            // One that is opened at this moment sees no less.
            assert!(SqliteReader::open(&path).unwrap().len() >= len);
            assert!(!writer.is_finished() || reader.refresh().unwrap() == 1500);
        }
        writer.join().unwrap().close().unwrap();
    });
}

#[test]
fn lets_the_writer_close_open_and_append_in_the_middle_of_a_scan() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 600);
    let reader = SqliteReader::open(&path).unwrap();
    let mut store = Some(store);
    let mut seen = 0;
    let scanned = reader.scan(0, &mut |index, bytes| {
        assert!(bytes == record(index));
        seen += 1;
        if index % 100 == 0 {
            store.take().unwrap().close().unwrap();
            let mut again = reopen(&path);
            let next = again.len();
            append_until(&mut again, next + 1);
            store = Some(again);
        }
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    assert_eq!((seen, store.unwrap().len()), (600, 606));
}

#[test]
fn goes_on_from_rest_to_a_live_log() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 3);
    store.close().unwrap();
    let mut reader = SqliteReader::open(&path).unwrap();
    assert_eq!(all(&reader, 0).unwrap().len(), 3);
    let mut store = reopen(&path);
    append_until(&mut store, 7);
    assert_eq!(reader.refresh().unwrap(), 7);
    assert_eq!(all(&reader, 0).unwrap().len(), 7);
}

#[test]
fn is_reported_by_close_when_it_holds_the_write_ahead_log() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 3);
    let holder = rusqlite::Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN; SELECT * FROM record").unwrap();
    append_until(&mut store, 4);
    store.connection.busy_timeout(core::time::Duration::ZERO).unwrap();
    assert!(matches!(store.close(), Err(StoreError::Busy)));
    drop(holder);
    assert_eq!(reopen(&path).len(), 4);
}

#[test]
fn reads_a_crashed_log_with_its_write_ahead_log() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 30);
    drop(store);
    let before = fs::read(&path).unwrap();
    let reader = SqliteReader::open(&path).unwrap();
    assert_eq!(all(&reader, 0).unwrap().len(), 30);
    drop(reader);
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(reopen(&path).len(), 30);
}

#[test]
fn reads_a_log_that_was_copied_without_its_write_ahead_log() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 30);
    assert!(store.fold("TRUNCATE").unwrap());
    append_until(&mut store, 40);
    let (_elsewhere, copy) = place();
    fs::copy(&path, &copy).unwrap();
    assert_eq!(all(&SqliteReader::open(&copy).unwrap(), 0).unwrap().len(), 30);
    let paths = super::super::files::Paths::existing(&copy).unwrap();
    for suffix in ["-wal", "-shm"] {
        super::super::files::remove(&paths.beside(suffix)).unwrap();
    }
    let frozen = super::super::connect::frozen(&copy).unwrap();
    super::super::schema::check(&frozen).unwrap();
    assert_eq!(super::super::rows::len(&frozen).unwrap(), 30);
    assert!(!paths.has_wal());
}

#[test]
fn cannot_write() {
    let (_directory, path) = place();
    SqliteStore::create(&path).unwrap().close().unwrap();
    let reader = SqliteReader::open(&path).unwrap();
    let refused = reader.connection.execute("DELETE FROM writer", []).unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::ReadOnly));
}

#[test]
fn says_that_a_writer_was_killed_in_the_middle_and_changes_nothing() {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 40);
    store.close().unwrap();
    // A transaction that has spilled to the file, with its journal: copied, nobody holds it any more.
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer
        .execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE record SET bytes = zeroblob(4000);")
        .unwrap();
    let left = directory.path().join("left.db");
    fs::copy(&path, &left).unwrap();
    let journal = |path: &std::path::Path| std::path::PathBuf::from(format!("{}-journal", path.display()));
    fs::copy(journal(&path), journal(&left)).unwrap();
    drop(writer);

    let before = fs::read(&left).unwrap();
    assert!(matches!(SqliteReader::open(&left), Err(StoreError::Interrupted)));
    assert!(fs::read(&left).unwrap() == before && journal(&left).exists());
    reopen(&left).close().unwrap();
    assert_eq!(all(&SqliteReader::open(&left).unwrap(), 0).unwrap(), records(0..40));
}
