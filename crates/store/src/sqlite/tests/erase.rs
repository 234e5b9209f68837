//! What is erased is gone from the files.

use std::fs;

use super::{append_until, place, reopen};
use crate::contract::aside;
use crate::{Aside, Records, SqliteReader, SqliteStore, Store};

/// What the asides consist of that are erased.
const ERASED: [u8; 16] = [0xa5; 16];

/// Whether some file of the log still holds these bytes.
fn lingers(directory: &tempfile::TempDir, erased: &[u8]) -> bool {
    fs::read_dir(directory.path()).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(erased.len()).any(|window| window == erased)
    })
}

#[test]
fn leaves_nothing_of_an_erased_aside() {
    for length in [16, 300, 5000, 65_535] {
        let (directory, path) = place();
        let mut store = SqliteStore::create(&path).unwrap();
        append_until(&mut store, 10);
        store.append(10, b"", &[aside(1, &vec![0xa5; length]), aside(2, b"kept")]).unwrap();
        assert!(lingers(&directory, &ERASED));
        store.close().unwrap();
        assert!(lingers(&directory, &ERASED));

        let mut store = reopen(&path);
        assert!(store.erase(&[1; 32]).unwrap());
        assert!(!lingers(&directory, &ERASED));
        assert!(!store.erase(&[1; 32]).unwrap());
        assert_eq!(store.aside(&[1; 32]).unwrap(), None);
        assert_eq!(store.aside(&[2; 32]).unwrap().as_deref(), Some(&b"kept"[..]));
        append_until(&mut store, 20);
        store.close().unwrap();
        assert!(!lingers(&directory, &ERASED));
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
    assert!(!lingers(&directory, &ERASED));
}

#[test]
fn leaves_nothing_after_the_next_opening_where_a_kill_came_in_between() {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    store.append(0, b"", &[aside(1, &[0xa5; 300])]).unwrap();
    store.close().unwrap();
    let store = reopen(&path);
    // As far as the commit, and no further.
    store.connection.execute("DELETE FROM aside", []).unwrap();
    drop(store);
    assert!(lingers(&directory, &ERASED), "in the file, under what the write-ahead log has");
    let store = reopen(&path);
    assert_eq!(store.aside(&[1; 32]).unwrap(), None);
    assert!(!lingers(&directory, &ERASED));
}

#[test]
fn leaves_nothing_of_an_aside_that_was_moved_among_others() {
    // Commitments in no order, so that pages are split and cells move.
    let spread = |number: u64| number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let commitment = |number: u64| -> [u8; 32] { spread(number).repeat(4).try_into().unwrap() };
    let value = |number: u64, length| {
        spread(number + 1_000_000).into_iter().cycle().take(length).collect::<Vec<u8>>()
    };
    let length = |number: u64| [40, 300, 900, 2000, 200, 60][usize::from(spread(number)[0] % 6)];
    for round in 20..26 {
        let (directory, path) = place();
        let mut store = SqliteStore::create(&path).unwrap();
        let numbers = round * 1000..round * 1000 + 100;
        let aside = |number| Aside { commitment: commitment(number), bytes: value(number, length(number)) };
        store.append(0, b"", &numbers.clone().map(aside).collect::<Vec<_>>()).unwrap();
        for number in numbers.clone().step_by(20) {
            assert!(store.erase(&commitment(number)).unwrap());
            assert!(!lingers(&directory, &value(number, 24)), "number {number}");
        }
        let left = numbers.filter(|number| store.aside(&commitment(*number)).unwrap().is_some());
        assert_eq!(left.count(), 95);
    }
}
