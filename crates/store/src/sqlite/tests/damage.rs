//! A table that someone has damaged is reported where it is damaged, never skipped over.

use core::ops::ControlFlow;

use super::{append_until, place, record};
use crate::contract::{all, aside};
use crate::{Records, SqliteReader, SqliteStore, Store, StoreError};

/// A log of ten records, an aside under `[1; 32]` and a checkpoint, on which `statement` was run.
fn damaged(statement: &str) -> (tempfile::TempDir, Result<SqliteReader, StoreError>) {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 9);
    store.append(9, &record(9), &[aside(1, b"beside")]).unwrap();
    store.put_checkpoint("text").unwrap();
    store.close().unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch(statement).unwrap();
    (directory, SqliteReader::open(&path))
}

/// The numbers handed out from `from` on, and the error.
fn scanned(statement: &str, from: u64) -> (Vec<u64>, Result<(), StoreError>) {
    let (_directory, reader) = damaged(statement);
    let mut seen = Vec::new();
    let result = reader.unwrap().scan(from, &mut |index, bytes| {
        assert!(bytes == record(index));
        seen.push(index);
        ControlFlow::Continue(())
    });
    (seen, result)
}

#[test]
fn reports_a_missing_record() {
    let (seen, result) = scanned("DELETE FROM record WHERE idx IN (4, 5)", 0);
    assert_eq!(seen, [0, 1, 2, 3]);
    assert!(matches!(result, Err(StoreError::Gap { expected: 4, found: 6 })), "{result:?}");
    let (seen, result) = scanned("DELETE FROM record WHERE idx IN (4, 5)", 5);
    assert!(seen.is_empty());
    assert!(matches!(result, Err(StoreError::Gap { expected: 5, found: 6 })), "{result:?}");
}

#[test]
fn reports_a_missing_first_record() {
    let (seen, result) = scanned("DELETE FROM record WHERE idx < 2", 0);
    assert!(seen.is_empty());
    assert!(matches!(result, Err(StoreError::Gap { expected: 0, found: 2 })), "{result:?}");
}

#[test]
fn reports_records_that_vanish_under_a_reader() {
    let (directory, reader) = damaged("SELECT 1");
    let reader = reader.unwrap();
    let path = rusqlite::Connection::path(&reader.connection).unwrap().to_owned();
    rusqlite::Connection::open(path).unwrap().execute("DELETE FROM record WHERE idx > 7", []).unwrap();
    let result = all(&reader, 0);
    assert!(matches!(result, Err(StoreError::Gap { expected: 8, found: 10 })), "{result:?}");
    drop(directory);
}

#[test]
fn reports_a_missing_record_that_is_read() {
    let (_directory, reader) = damaged("DELETE FROM record WHERE idx = 4");
    let result = reader.unwrap().read(4);
    assert!(matches!(result, Err(StoreError::Gap { expected: 4, found: 5 })), "{result:?}");
}

#[test]
fn reports_a_number_below_zero() {
    let (seen, result) = scanned("INSERT INTO record VALUES (-3, x'00')", 0);
    assert!(seen.is_empty());
    assert!(matches!(result, Err(StoreError::NegativeIndex { found: -3 })), "{result:?}");
    let (_directory, reader) = damaged("UPDATE record SET idx = idx - 100");
    assert!(matches!(reader, Err(StoreError::NegativeIndex { found: -91 })), "{reader:?}");
}

#[test]
fn reports_the_highest_number_there_is_as_a_gap() {
    let (seen, result) = scanned("INSERT INTO record VALUES (9223372036854775807, x'00')", 8);
    assert_eq!(seen, [8, 9]);
    let found = i64::MAX.cast_unsigned();
    assert!(matches!(result, Err(StoreError::Gap { expected: 10, found: f }) if f == found));
}

#[test]
fn reports_a_record_that_is_not_bytes() {
    for value in ["7", "'text'", "0.5"] {
        let statement = format!("UPDATE record SET bytes = {value} WHERE idx = 3");
        let (seen, result) = scanned(&statement, 0);
        assert_eq!(seen, [0, 1, 2]);
        assert!(matches!(result, Err(StoreError::NotBytes { index: 3 })), "{result:?}");
        let read = damaged(&statement).1.unwrap().read(3);
        assert!(matches!(read, Err(StoreError::NotBytes { index: 3 })), "{read:?}");
    }
}

#[test]
fn reports_an_oversized_record_without_fetching_it() {
    let statement = "UPDATE record SET bytes = zeroblob(65536) WHERE idx = 3";
    let (seen, result) = scanned(statement, 0);
    assert_eq!(seen, [0, 1, 2]);
    assert!(matches!(result, Err(StoreError::TooLong { index: 3, len: 65_536 })), "{result:?}");
    let (seen, result) = scanned("UPDATE record SET bytes = zeroblob(99999999) WHERE idx = 3", 0);
    assert_eq!(seen, [0, 1, 2]);
    assert!(matches!(result, Err(StoreError::TooLong { index: 3, len: 99_999_999 })));
}

#[test]
fn reports_a_damaged_aside() {
    let (_directory, reader) = damaged("UPDATE aside SET bytes = 'text'");
    let result = reader.unwrap().aside(&[1; 32]);
    assert!(matches!(result, Err(StoreError::AsideNotBytes { commitment }) if commitment == [1; 32]));
    let (_directory, reader) = damaged("UPDATE aside SET bytes = zeroblob(70000)");
    let result = reader.unwrap().aside(&[1; 32]);
    assert!(matches!(result, Err(StoreError::AsideTooLong { len: 70_000, .. })), "{result:?}");
}

#[test]
fn reports_a_damaged_checkpoint() {
    for value in ["x'00'", "CAST(x'ff' AS TEXT)"] {
        let (_directory, reader) = damaged(&format!("UPDATE checkpoint SET text = {value}"));
        let result = reader.unwrap().checkpoint();
        assert!(matches!(result, Err(StoreError::CheckpointNotText)), "{value}: {result:?}");
    }
    let (_directory, reader) = damaged("UPDATE checkpoint SET text = printf('%70000d', 1)");
    let result = reader.unwrap().checkpoint();
    assert!(matches!(result, Err(StoreError::CheckpointTooLong { len: 70_000 })), "{result:?}");
}

#[test]
fn survives_any_damaged_byte() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 10);
    store.close().unwrap();
    let whole = std::fs::read(&path).unwrap();
    for position in (0..whole.len()).step_by(61) {
        let mut bytes = whole.clone();
        bytes[position] ^= 0xff;
        std::fs::write(&path, &bytes).unwrap();
        // Whatever it says, it ends, and hands out no record under a wrong number.
        if let Ok(reader) = SqliteReader::open(&path)
            && let Ok(found) = all(&reader, 0)
        {
            assert!(found.iter().map(|(index, _)| *index).eq(0..reader.len()), "{position}");
        }
        assert!(std::fs::read(&path).unwrap() == bytes);
    }
}
