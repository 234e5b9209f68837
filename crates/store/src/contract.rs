//! The contract of [`Store`], held against every store.

use core::ops::ControlFlow;

use crate::{Aside, MAX_BYTES, MemoryStore, Records, SqliteStore, Store, StoreError};

/// Every record from `from` on, with its number.
pub(crate) fn all(records: &(impl Records + ?Sized), from: u64) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let mut found = Vec::new();
    records.scan(from, &mut |index, record| {
        found.push((index, record.to_vec()));
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// An aside under a commitment of equal bytes.
pub(crate) fn aside(commitment: u8, bytes: &[u8]) -> Aside {
    Aside { commitment: [commitment; 32], bytes: bytes.to_vec() }
}

/// That the store refuses everything, and answers its length.
pub(crate) fn assert_poisoned(store: &mut (impl Store + ?Sized), len: u64) {
    assert!(matches!(store.append(len, b"", &[]), Err(StoreError::Poisoned)));
    assert!(matches!(store.put_checkpoint(""), Err(StoreError::Poisoned)));
    assert!(matches!(store.erase(&[0; 32]), Err(StoreError::Poisoned)));
    assert!(matches!(store.read(0), Err(StoreError::Poisoned)));
    assert!(matches!(store.aside(&[0; 32]), Err(StoreError::Poisoned)));
    assert!(matches!(store.checkpoint(), Err(StoreError::Poisoned)));
    assert!(matches!(all(store, 0), Err(StoreError::Poisoned)));
    assert_eq!(store.len(), len);
}

fn oversized() -> Vec<u8> {
    vec![1; usize::try_from(MAX_BYTES).unwrap().strict_add(1)]
}

fn starts_empty(store: &mut dyn Store) {
    assert!(store.is_empty());
    assert_eq!(store.len(), 0);
    assert_eq!(store.read(0).unwrap(), None);
    assert_eq!(store.aside(&[0; 32]).unwrap(), None);
    assert_eq!(store.checkpoint().unwrap(), None);
    assert_eq!(all(store, 0).unwrap(), []);
}

fn gives_back_what_was_appended(store: &mut dyn Store) {
    let longest = oversized().split_off(1);
    let records: [&[u8]; 4] = [b"one", b"", b"\0\xff", &longest];
    for (index, record) in (0..).zip(records) {
        store.append(index, record, &[aside(1, b"a"), aside(2, b"")]).unwrap();
    }
    assert_eq!(store.len(), 4);
    assert!(!store.is_empty());
    let expected: Vec<_> = (0..).zip(records.map(<[u8]>::to_vec)).collect();
    assert_eq!(all(store, 0).unwrap(), expected);
    assert_eq!(store.read(0).unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(store.read(3).unwrap(), Some(longest));
    assert_eq!(store.aside(&[1; 32]).unwrap().as_deref(), Some(&b"a"[..]));
    assert_eq!(store.aside(&[2; 32]).unwrap().as_deref(), Some(&b""[..]));
    assert_eq!(store.aside(&[3; 32]).unwrap(), None);
}

fn scans_from_anywhere_until_told_to_stop(store: &mut dyn Store) {
    for index in 0..600_u64 {
        store.append(index, &index.to_be_bytes(), &[]).unwrap();
    }
    for from in [0, 1, 255, 256, 257, 599] {
        let found = all(store, from).unwrap();
        let expected: Vec<_> = (from..600).map(|index| (index, index.to_be_bytes().to_vec())).collect();
        assert_eq!(found, expected);
    }
    for from in [600, 601, u64::MAX] {
        assert_eq!(all(store, from).unwrap(), []);
        assert_eq!(store.read(from).unwrap(), None);
    }
    let mut seen = Vec::new();
    let stopped = store.scan(5, &mut |index, _| {
        seen.push(index);
        if index == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    stopped.unwrap();
    assert_eq!(seen, [5, 6, 7]);
}

fn keeps_the_newest_checkpoint(store: &mut dyn Store) {
    for text in ["first", "", "ü\n", "last"] {
        store.put_checkpoint(text).unwrap();
        assert_eq!(store.checkpoint().unwrap().as_deref(), Some(text));
    }
    assert!(store.is_empty());
}

fn is_poisoned_by_a_record_out_of_order(store: &mut dyn Store) {
    store.append(0, b"", &[]).unwrap();
    let refused = store.append(2, b"", &[]);
    assert!(matches!(refused, Err(StoreError::OutOfOrder { expected: 1, found: 2 })));
    assert_poisoned(store, 1);
}

fn is_poisoned_by_a_record_given_twice(store: &mut dyn Store) {
    store.append(0, b"", &[]).unwrap();
    let refused = store.append(0, b"", &[]);
    assert!(matches!(refused, Err(StoreError::OutOfOrder { expected: 1, found: 0 })));
    assert_poisoned(store, 1);
}

fn is_poisoned_by_an_oversized_record(store: &mut dyn Store) {
    let refused = store.append(0, &oversized(), &[]);
    assert!(matches!(refused, Err(StoreError::TooLong { index: 0, len: 65_536 })));
    assert_poisoned(store, 0);
}

fn is_poisoned_by_an_oversized_aside(store: &mut dyn Store) {
    let refused = store.append(0, b"", &[aside(1, &oversized())]);
    let Err(StoreError::AsideTooLong { commitment, len: 65_536 }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(commitment, [1; 32]);
    assert_poisoned(store, 0);
}

fn is_poisoned_by_an_oversized_checkpoint(store: &mut dyn Store) {
    let text = String::from_utf8(oversized()).unwrap();
    let refused = store.put_checkpoint(&text);
    assert!(matches!(refused, Err(StoreError::CheckpointTooLong { len: 65_536 })));
    assert_poisoned(store, 0);
}

fn is_poisoned_by_other_bytes_under_a_commitment(store: &mut dyn Store) {
    store.append(0, b"", &[aside(1, b"a")]).unwrap();
    let refused = store.append(1, b"", &[aside(1, b"b")]);
    assert!(matches!(refused, Err(StoreError::AsideConflict { .. })));
    assert_poisoned(store, 1);
}

fn is_poisoned_by_two_asides_under_a_commitment(store: &mut dyn Store) {
    let refused = store.append(0, b"", &[aside(1, b"a"), aside(1, b"b")]);
    assert!(matches!(refused, Err(StoreError::AsideConflict { .. })));
    assert_poisoned(store, 0);
}

fn erases_one_aside_and_nothing_else(store: &mut dyn Store) {
    store.append(0, b"one", &[aside(1, b"a"), aside(2, b"b")]).unwrap();
    store.put_checkpoint("first").unwrap();
    assert!(!store.erase(&[3; 32]).unwrap());
    assert!(store.erase(&[1; 32]).unwrap());
    assert!(!store.erase(&[1; 32]).unwrap());
    assert_eq!(store.aside(&[1; 32]).unwrap(), None);
    assert_eq!(store.aside(&[2; 32]).unwrap().as_deref(), Some(&b"b"[..]));
    assert_eq!(store.checkpoint().unwrap().as_deref(), Some("first"));
    store.append(1, b"two", &[]).unwrap();
    assert_eq!(all(store, 0).unwrap(), [(0, b"one".to_vec()), (1, b"two".to_vec())]);
}

macro_rules! held_by_every_store {
    ($($name:ident)*) => {
        mod memory {
            $(#[test] fn $name() { super::$name(&mut super::MemoryStore::default()); })*
        }
        mod sqlite {
            $(#[test] fn $name() {
                let directory = tempfile::tempdir().unwrap();
                let path = directory.path().join("log");
                super::$name(&mut super::SqliteStore::create(&path).unwrap());
            })*
        }
    };
}

held_by_every_store! {
    starts_empty
    gives_back_what_was_appended
    scans_from_anywhere_until_told_to_stop
    keeps_the_newest_checkpoint
    erases_one_aside_and_nothing_else
    is_poisoned_by_a_record_out_of_order
    is_poisoned_by_a_record_given_twice
    is_poisoned_by_an_oversized_record
    is_poisoned_by_an_oversized_aside
    is_poisoned_by_an_oversized_checkpoint
    is_poisoned_by_other_bytes_under_a_commitment
    is_poisoned_by_two_asides_under_a_commitment
}
