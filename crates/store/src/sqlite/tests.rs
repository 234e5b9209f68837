//! The store on a disk: files, fences, failures, damage.

mod damage;
mod erase;
mod failure;
mod fence;
mod files;
mod hostile;
mod kill;
mod model;
mod reader;

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

use crate::{SqliteStore, Store, StoreError};

/// A directory for one test and the path of a log in it.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    // Characters that mean something in a URI.
    let path = directory.path().join("a log?#%20&=ü.db");
    (directory, path)
}

/// Opens the store again. A child that another test starts holds a copy of every lock until it runs its program: a moment
/// later it does not.
fn reopen(path: &Path) -> SqliteStore {
    for _ in 0..400 {
        match SqliteStore::open(path) {
            Err(StoreError::Locked) => thread::sleep(Duration::from_millis(5)),
            opened => return opened.unwrap(),
        }
    }
    panic!("the lock is held for two seconds")
}

/// The record that has this number in the tests: its length differs from its neighbours'.
fn record(index: u64) -> Vec<u8> {
    let length = usize::try_from(index.wrapping_mul(977) % 5000).unwrap();
    index.to_be_bytes().into_iter().cycle().take(length.max(8)).collect()
}

/// The records that have these numbers, each with its number.
fn records(numbers: core::ops::Range<u64>) -> Vec<(u64, Vec<u8>)> {
    numbers.map(|index| (index, record(index))).collect()
}

/// Appends records up to, and without, number `end`.
fn append_until(store: &mut SqliteStore, end: u64) {
    for index in crate::Records::len(store)..end {
        store.append(index, &record(index), &[]).unwrap();
    }
}

/// The names of the files in the log's directory that begin with the log's name, without it.
fn suffixes(directory: &TempDir, path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut found: Vec<String> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|file| file.strip_prefix(name).unwrap().to_owned())
        .collect();
    found.sort();
    found
}
