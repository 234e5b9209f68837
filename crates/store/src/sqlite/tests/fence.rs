//! One writer: the lock in front, the epoch behind it.

use std::fs;

use super::{append_until, place, reopen};
use crate::contract::{all, assert_poisoned};
use crate::{Records, SqliteStore, Store, StoreError};

#[test]
fn keeps_the_second_writer_out_until_the_first_is_gone() {
    let (_directory, path) = place();
    let first = SqliteStore::create(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Locked)));
    first.close().unwrap();
    let second = reopen(&path);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Locked)));
    drop(second);
    reopen(&path);
}

#[cfg(unix)]
#[test]
fn keeps_out_a_writer_under_another_name() {
    let (directory, path) = place();
    let _first = SqliteStore::create(&path).unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(SqliteStore::open(&link), Err(StoreError::Locked)));
}

/// Two writers, the second of which got past the lock because its file was removed.
fn overtaken() -> (tempfile::TempDir, SqliteStore, SqliteStore) {
    let (directory, path) = place();
    let mut first = SqliteStore::create(&path).unwrap();
    append_until(&mut first, 3);
    fs::remove_file(first.paths.beside(".lock")).unwrap();
    let second = reopen(&path);
    (directory, first, second)
}

#[test]
fn refuses_the_append_of_an_overtaken_writer() {
    let (_directory, mut first, mut second) = overtaken();
    assert!(matches!(first.append(3, b"stale", &[]), Err(StoreError::Fenced)));
    assert_poisoned(&mut first, 3);
    append_until(&mut second, 5);
    assert_eq!(all(&second, 0).unwrap().len(), 5);
}

#[test]
fn refuses_every_other_write_of_an_overtaken_writer() {
    let (_directory, mut first, second) = overtaken();
    assert!(matches!(first.put_checkpoint("stale"), Err(StoreError::Fenced)));
    assert_eq!(second.checkpoint().unwrap(), None);
    let (_directory, mut first, _second) = overtaken();
    assert!(matches!(first.erase(&[1; 32]), Err(StoreError::Fenced)));
    assert!(matches!(first.close(), Err(StoreError::Poisoned)));
}

#[test]
fn takes_nothing_from_the_newer_writer_when_the_older_ends() {
    let (_directory, first, mut second) = overtaken();
    append_until(&mut second, 10);
    first.close().unwrap();
    append_until(&mut second, 20);
    let path = second.paths.log.clone();
    second.close().unwrap();
    assert_eq!(reopen(&path).len(), 20);
}

#[test]
fn raises_the_epoch_with_every_opening() {
    let (_directory, path) = place();
    let mut epochs = vec![SqliteStore::create(&path).unwrap().epoch];
    for _ in 0..3 {
        epochs.push(reopen(&path).epoch);
    }
    assert_eq!(epochs, [1, 2, 3, 4]);
}

#[test]
fn refuses_to_open_when_no_epoch_is_left() {
    let (_directory, path) = place();
    SqliteStore::create(&path).unwrap().close().unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE writer SET epoch = ?1", [i64::MAX]).unwrap();
    drop(connection);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Full)));
}
