//! Creating, opening, closing; files that are no log.

use std::fs;

use super::{append_until, place, records, reopen, suffixes};
use crate::contract::{all, aside};
use crate::{Records, SqliteReader, SqliteStore, Store, StoreError};

#[test]
fn creates_only_where_there_is_nothing() {
    let (directory, path) = place();
    SqliteStore::create(&path).unwrap().close().unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::create(&path), Err(StoreError::Exists)));
    assert!(matches!(SqliteStore::create(directory.path()), Err(StoreError::Exists)));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn does_not_create_through_a_dangling_link() {
    let (directory, path) = place();
    std::os::unix::fs::symlink(directory.path().join("elsewhere"), &path).unwrap();
    assert!(matches!(SqliteStore::create(&path), Err(StoreError::Exists)));
    assert_eq!(suffixes(&directory, &path), [""]);
}

#[test]
fn creates_over_what_a_crash_in_creating_left() {
    let (directory, path) = place();
    for suffix in [".creating", ".creating-journal"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        fs::write(name, b"half a log").unwrap();
    }
    SqliteStore::create(&path).unwrap().close().unwrap();
    assert_eq!(suffixes(&directory, &path), ["", ".lock"]);
}

#[test]
fn reports_a_missing_directory() {
    let (directory, _) = place();
    let created = SqliteStore::create(&directory.path().join("missing/log"));
    let Err(StoreError::Io(error)) = created else { panic!("{created:?}") };
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn finds_nothing_where_there_is_nothing_and_makes_nothing() {
    let (directory, path) = place();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::NotFound)));
    assert!(matches!(SqliteReader::open(&path), Err(StoreError::NotFound)));
    assert!(suffixes(&directory, &path).is_empty());
}

#[test]
fn leaves_one_file_and_an_empty_lock_when_closed() {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 50);
    assert_eq!(suffixes(&directory, &path), ["", "-shm", "-wal", ".lock"]);
    store.close().unwrap();
    assert_eq!(suffixes(&directory, &path), ["", ".lock"]);

    let reader = SqliteReader::open(&path).unwrap();
    assert_eq!(all(&reader, 0).unwrap().len(), 50);
    drop(reader);
    assert_eq!(suffixes(&directory, &path), ["", ".lock"]);
}

#[test]
fn finds_everything_after_being_dropped_without_close() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 50);
    store.put_checkpoint("text").unwrap();
    drop(store);
    let store = reopen(&path);
    assert_eq!(all(&store, 0).unwrap(), records(0..50));
    assert_eq!(store.checkpoint().unwrap().as_deref(), Some("text"));
}

#[test]
fn folds_the_write_ahead_log_in_now_and_then() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    let empty = fs::metadata(&path).unwrap().len();
    for index in 0..999 {
        store.append(index, b"x", &[]).unwrap();
    }
    assert_eq!(fs::metadata(&path).unwrap().len(), empty);
    store.append(999, b"x", &[]).unwrap();
    assert!(fs::metadata(&path).unwrap().len() > empty);
    assert_eq!(store.appends_since_fold, 0);
}

#[test]
fn makes_the_same_bytes_from_the_same_calls() {
    let make = || {
        let (_directory, path) = place();
        let mut store = SqliteStore::create(&path).unwrap();
        append_until(&mut store, 1100);
        store.append(1100, b"", &[aside(1, b"one"), aside(2, b"two")]).unwrap();
        store.put_checkpoint("first").unwrap();
        store.close().unwrap();
        let mut store = reopen(&path);
        store.erase(&[1; 32]).unwrap();
        append_until(&mut store, 1200);
        store.put_checkpoint("second").unwrap();
        store.close().unwrap();
        fs::read(&path).unwrap()
    };
    assert!(make() == make());
}

#[test]
fn refuses_what_is_no_log_and_does_not_change_it() {
    let (_directory, log) = place();
    let mut store = SqliteStore::create(&log).unwrap();
    append_until(&mut store, 20);
    store.close().unwrap();
    let whole = fs::read(&log).unwrap();

    let altered = |statement: &str| {
        let (_directory, path) = place();
        fs::write(&path, &whole).unwrap();
        rusqlite::Connection::open(&path).unwrap().execute_batch(statement).unwrap();
        fs::read(&path).unwrap()
    };
    let foreign = {
        let (_directory, path) = place();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE record (idx, bytes)").unwrap();
        drop(connection);
        fs::read(&path).unwrap()
    };
    let cases = [
        ("empty", Vec::new()),
        ("zeros", vec![0; 8192]),
        ("text", b"not a database\n".repeat(1000)),
        ("a header cut short", whole[..60].to_vec()),
        ("foreign", foreign),
        ("foreign, in WAL mode", altered("PRAGMA application_id = 0; PRAGMA journal_mode = WAL")),
        ("another application", altered("PRAGMA application_id = 1")),
        ("another version", altered("PRAGMA user_version = 2")),
        ("a table too many", altered("CREATE TABLE more (a)")),
        ("a table too few", altered("DROP TABLE aside")),
        ("a trigger", altered("CREATE TRIGGER t AFTER INSERT ON record BEGIN SELECT 1; END")),
        ("no epoch", altered("DELETE FROM writer")),
    ];
    for (name, bytes) in cases {
        let (_directory, path) = place();
        fs::write(&path, &bytes).unwrap();
        let opened = SqliteStore::open(&path).map(drop);
        assert!(matches!(opened, Err(StoreError::NotALog)), "{name}: {opened:?}");
        let opened = SqliteReader::open(&path).map(drop);
        assert!(matches!(opened, Err(StoreError::NotALog)), "{name}: {opened:?}");
        assert!(fs::read(&path).unwrap() == bytes, "{name} was changed");
    }
}

#[test]
fn refuses_a_log_cut_short_and_does_not_change_it() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 50);
    store.close().unwrap();
    let whole = fs::read(&path).unwrap();
    for length in [300, 4096, 5000, whole.len() / 2, whole.len() - 4096] {
        fs::write(&path, &whole[..length]).unwrap();
        let opened = SqliteStore::open(&path).map(drop);
        assert!(matches!(opened, Err(StoreError::Damaged)), "{length}: {opened:?}");
        let opened = SqliteReader::open(&path).map(drop);
        assert!(matches!(opened, Err(StoreError::Damaged)), "{length}: {opened:?}");
        assert!(fs::read(&path).unwrap() == whole[..length]);
    }
}

#[test]
fn leaves_no_file_beside_a_foreign_one() {
    let (directory, path) = place();
    fs::write(&path, b"not a database").unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::NotALog)));
    assert!(matches!(SqliteReader::open(&path), Err(StoreError::NotALog)));
    assert_eq!(suffixes(&directory, &path), [""]);
}

#[test]
fn refuses_a_directory() {
    let (directory, _) = place();
    assert!(matches!(SqliteStore::open(directory.path()), Err(StoreError::NotALog)));
    assert!(matches!(SqliteReader::open(directory.path()), Err(StoreError::NotALog)));
}
