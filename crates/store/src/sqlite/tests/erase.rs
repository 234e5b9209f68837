//! What is erased is gone from the files.

use std::fs;

use super::{append_until, place};
use crate::contract::aside;
use crate::{Records, SqliteReader, SqliteStore, Store};

/// Whether some file of the log still holds a run of the byte 0xA5, of which the test's asides consist.
fn lingers(directory: &tempfile::TempDir) -> bool {
    fs::read_dir(directory.path()).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(16).any(|window| window == [0xa5; 16])
    })
}

#[test]
fn leaves_nothing_of_an_erased_aside() {
    for length in [16, 300, 5000, 65_535] {
        let (directory, path) = place();
        let mut store = SqliteStore::create(&path).unwrap();
        append_until(&mut store, 10);
        store.append(10, b"", &[aside(1, &vec![0xa5; length]), aside(2, b"kept")]).unwrap();
        assert!(lingers(&directory));
        store.close().unwrap();
        assert!(lingers(&directory));

        let mut store = SqliteStore::open(&path).unwrap();
        assert!(store.erase(&[1; 32]).unwrap());
        assert!(!lingers(&directory));
        assert!(!store.erase(&[1; 32]).unwrap());
        assert_eq!(store.aside(&[1; 32]).unwrap(), None);
        assert_eq!(store.aside(&[2; 32]).unwrap().as_deref(), Some(&b"kept"[..]));
        append_until(&mut store, 20);
        store.close().unwrap();
        assert!(!lingers(&directory));
    }
}

#[test]
fn leaves_nothing_beside_an_idle_reader() {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    store.append(0, b"", &[aside(1, &[0xa5; 300])]).unwrap();
    let reader = SqliteReader::open(&path).unwrap();
    assert!(reader.aside(&[1; 32]).unwrap().is_some());
    assert!(store.erase(&[1; 32]).unwrap());
    assert_eq!(reader.aside(&[1; 32]).unwrap(), None);
    assert!(!lingers(&directory));
}
