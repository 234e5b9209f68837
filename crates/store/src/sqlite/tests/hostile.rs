//! Files that were made to do harm: none is read for long, none has two readings.
#![allow(clippy::arithmetic_side_effects, reason = "a panic is how a test fails")]

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::{fs, thread};

use rusqlite::Connection;

use super::super::{connect, rows, schema};
use super::{append_until, place, record, suffixes};
use crate::contract::all;
use crate::{Records, SqliteReader, SqliteStore, Store, StoreError};

const PAGE: usize = 4096;

/// A number as `SQLite` writes it in a cell.
fn varint(mut number: usize) -> Vec<u8> {
    let mut out = vec![u8::try_from(number & 0x7f).unwrap()];
    while number > 0x7f {
        number >>= 7;
        out.insert(0, u8::try_from(number & 0x7f).unwrap() | 0x80);
    }
    out
}

fn be(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_be_bytes()
}

/// A page of a b-tree: an interior one where it has a `right` child. `header` stands before it, in page 1 alone.
fn page(header: &[u8], cells: &[Vec<u8>], right: Option<usize>) -> Vec<u8> {
    let mut page = header.to_vec();
    let mut top = PAGE - cells.iter().map(Vec::len).sum::<usize>();
    page.push(if right.is_some() { 5 } else { 13 });
    page.extend([0, 0]);
    page.extend(u16::try_from(cells.len()).unwrap().to_be_bytes());
    page.extend(u16::try_from(top).unwrap().to_be_bytes());
    page.push(0);
    page.extend(right.into_iter().flat_map(be));
    for cell in cells {
        page.extend(u16::try_from(top).unwrap().to_be_bytes());
        top += cell.len();
    }
    page.resize(PAGE - cells.iter().map(Vec::len).sum::<usize>(), 0);
    page.extend(cells.concat());
    page
}

/// The cell of an interior page: a child, and the highest row in it.
fn child(page: usize, key: usize) -> Vec<u8> {
    [be(page).to_vec(), varint(key)].concat()
}

/// The cell of a leaf page of the schema: kind, name, table, root, and text, which an index of a table's own has not.
fn row(number: usize, values: [&str; 3], root: u8, sql: &str) -> Vec<u8> {
    let text = |text: &str| varint(13 + 2 * text.len());
    let of_sql = if sql.is_empty() { varint(0) } else { text(sql) };
    let types = [text(values[0]), text(values[1]), text(values[2]), vec![1], of_sql].concat();
    let body =
        [&varint(types.len() + 1), &types, values.concat().as_bytes(), &[root], sql.as_bytes()].concat();
    [varint(body.len()), varint(number), body].concat()
}

/// A log of `records`, and its bytes.
fn log(records: impl Iterator<Item = Vec<u8>>) -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let (directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    for (index, record) in records.enumerate() {
        store.append(index.try_into().unwrap(), &record, &[]).unwrap();
    }
    store.close().unwrap();
    let bytes = fs::read(&path).unwrap();
    (directory, path, bytes)
}

/// Writes `bytes` and states in its header how many pages they are.
fn write(path: &Path, mut bytes: Vec<u8>) {
    let pages = bytes.len() / PAGE;
    bytes[28..32].copy_from_slice(&be(pages));
    fs::write(path, bytes).unwrap();
}

/// What comes of opening a log for reading and for writing, each of which ends.
fn opened(path: &Path) -> [Result<(), StoreError>; 2] {
    let (send, ended) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let opened = [SqliteReader::open(&path).map(drop), SqliteStore::open(&path).map(drop)];
        // Who waited for too long listens no more.
        drop(send.send(opened));
    });
    ended.recv_timeout(Duration::from_mins(1)).expect("it goes on")
}

/// The leaves of a table end where a chunk of a scan does; before the second of them a search finds a row of its own.
#[test]
fn a_file_that_gives_one_record_to_a_search_and_another_to_a_scan_is_refused() {
    let small = |index: u32| {
        let mut record = index.to_be_bytes().repeat(2);
        // The first leaf has the rows up to 255 then.
        record.resize(if index == 0 { 120 } else { 8 }, 0);
        record
    };
    let (_directory, path, mut bytes) = log((0..700).map(small));
    let root = bytes[PAGE..2 * PAGE].to_vec();
    assert_eq!((root[0], &root[3..5]), (5, &[0, 2][..]));
    let at = |cell: usize| usize::from(u16::from_be_bytes([root[12 + 2 * cell], root[13 + 2 * cell]]));
    let cells = [0, 1].map(|cell| root[at(cell)..at(cell) + 6].to_vec());
    assert_eq!(cells[0][4..], varint(255));
    let right = usize::try_from(u32::from_be_bytes(root[8..12].try_into().unwrap())).unwrap();

    let forged = [vec![11, 20, 3, 0, 28], b"another".to_vec(), vec![0]].concat();
    let another = bytes.len() / PAGE + 1;
    let cells = [cells[0].clone(), child(another, 20), cells[1].clone()];
    bytes[PAGE..2 * PAGE].copy_from_slice(&page(&[], &cells, Some(right)));
    bytes.extend(page(&[], &[forged], None));
    write(&path, bytes.clone());

    // That is what the file does to who trusts it.
    let mut trusting = connect::frozen(&path).unwrap();
    schema::check(&trusting).unwrap();
    connect::unbound(&mut trusting).unwrap();
    let mut scanned = Vec::new();
    let whole = rows::scan(&trusting, 0, 700, &mut |index, bytes| {
        scanned.push((index, bytes.to_vec()));
        core::ops::ControlFlow::Continue(())
    });
    whole.unwrap();
    let honest: Vec<(u64, Vec<u8>)> = (0..700).map(|index| (u64::from(index), small(index))).collect();
    assert!(scanned == honest);
    assert_eq!(rows::read(&trusting, 20, 700).unwrap().unwrap(), b"another\0");

    for opened in opened(&path) {
        let Err(StoreError::Unsound { found }) = opened else { panic!("{opened:?}") };
        assert!(found.contains("out of order"), "{found}");
    }
    assert!(fs::read(&path).unwrap()[100..] == bytes[100..]);
}

/// An interior page whose children are all the same page, six times over: 300 to the power of six rows in ten pages.
#[test]
fn a_schema_without_end_is_not_read_to_its_end() {
    let (_directory, path, mut bytes) = log([].into_iter());
    let first = bytes.len() / PAGE + 1;
    let (table, index, leaf) = (first, first + 1, first + 2);
    let roots = [table, index].map(|page| u8::try_from(page).unwrap());
    let of_index = |number| row(number, ["index", "sqlite_autoindex_t_1", "t"], roots[1], "");
    let rows: Vec<Vec<u8>> = (3..63).map(of_index).collect();
    let begins = [row(1, ["table", "t", "t"], roots[0], "CREATE TABLE t(a UNIQUE)"), of_index(2)];
    bytes.extend(page(&[], &[], None));
    let mut empty = page(&[], &[], None);
    empty[0] = 10;
    bytes.extend(empty);
    bytes.extend(page(&[], &rows, None));
    bytes.extend(page(&[], &begins, None));
    let (begins, mut below) = (leaf + 1, leaf);
    for at in 0..6 {
        bytes.extend(page(&[], &vec![child(below, 100); 300], Some(below)));
        below = begins + 1 + at;
    }
    let header = bytes[..100].to_vec();
    bytes[..PAGE].copy_from_slice(&page(&header, &[child(begins, 2)], Some(below)));
    write(&path, bytes);
    for opened in opened(&path) {
        assert!(matches!(opened, Err(StoreError::NotALog)), "{opened:?}");
    }
}

/// The text of a table goes on in a page that is its own next page.
#[test]
fn a_schema_longer_than_its_file_is_not_fetched() {
    let (_directory, path, mut bytes) = log((0..300).map(record));
    let own = bytes.len() / PAGE + 1;
    bytes.extend([&be(own)[..], &[b' '; PAGE - 4]].concat());
    let header = bytes[..100].to_vec();
    // Two thirds of the file; of that 489 bytes stand in the cell, as 4 bytes less than a page are in each that follows.
    let length = 489 + (PAGE - 4) * (own * 2 / 3);
    let mut types = Vec::new();
    for (text, count) in [(13, 5), (13, 1), (13, 1)] {
        types.extend(varint(text + 2 * count));
    }
    types.push(1);
    let sql = length - (types.len() + 1 + 3) - 8;
    types.extend(varint(13 + 2 * sql));
    let mut local = [&varint(types.len() + 1), &types, &b"tablett"[..], &[2], b"CREATE TABLE t(a)"].concat();
    local.resize(489, b' ');
    let cell = [varint(length), varint(1), local, be(own).to_vec()].concat();
    bytes[..PAGE].copy_from_slice(&page(&header, &[cell], None));
    write(&path, bytes);
    let fetched = connect::frozen(&path).unwrap().prepare("SELECT 1 FROM t").map(drop).unwrap_err();
    assert_eq!(fetched.sqlite_error_code(), Some(rusqlite::ErrorCode::TooBig), "{fetched:?}");
    for opened in opened(&path) {
        assert!(matches!(opened, Err(StoreError::NotALog)), "{opened:?}");
    }
}

#[test]
fn a_schema_that_grows_under_a_reader_is_not_read_to_its_end() {
    let (_directory, path, _) = log((0..3).map(record));
    let reader = SqliteReader::open(&path).unwrap();
    let change = |rows: u32| {
        let other = Connection::open(&path).unwrap();
        let tables = "SELECT 'table', 't' || n, 't' || n, 2, 'CREATE TABLE t' || n || '(a)' FROM n";
        let numbers = format!("WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})");
        let insert = format!("{numbers} INSERT INTO sqlite_schema {tables}");
        other
            .execute_batch(&format!("PRAGMA writable_schema = ON; {insert}; PRAGMA schema_version = {rows}"))
            .unwrap();
    };
    change(20_000);
    let read = reader.read(1);
    assert!(matches!(read, Err(StoreError::NotALog)), "{read:?}");
}

/// What is not a plain file of its name alone, in each place where `SQLite` would open one.
#[cfg(unix)]
#[test]
fn what_stands_beside_a_log_and_is_no_file_of_its_own_is_not_opened() {
    use std::os::unix::fs::symlink;
    let pipe =
        |path: &Path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    for suffix in ["-journal", "-wal", "-shm", ".lock"] {
        for (kind, what) in ["a pipe", "a link", "another name", "a folder"].into_iter().enumerate() {
            let (directory, path, whole) = log((0..3).map(record));
            let beside = PathBuf::from(format!("{}{suffix}", path.display()));
            let other = directory.path().join(format!("{}.other", path.file_name().unwrap().display()));
            fs::write(&other, b"kept").unwrap();
            let _ = fs::remove_file(&beside);
            match kind {
                0 => pipe(&beside),
                1 => symlink(&other, &beside).unwrap(),
                2 => fs::hard_link(&other, &beside).unwrap(),
                _ => fs::create_dir(&beside).unwrap(),
            }
            let [read, written] = opened(&path);
            let refused = |opened: &Result<(), StoreError>| matches!(opened, Err(StoreError::Beside { suffix: found }) if *found == suffix);
            // The lock is empty, and a copy of the folder by hard links has two names for it.
            assert_eq!(refused(&written), suffix != ".lock" || kind != 2, "{suffix}, {what}: {written:?}");
            assert_eq!(refused(&read), suffix != ".lock", "{suffix}, {what}: {read:?}");
            assert_eq!(fs::read(&other).unwrap(), b"kept", "{suffix}, {what}");
            if refused(&written) {
                assert!(fs::read(&path).unwrap() == whole, "{suffix}, {what}");
                let mut found = vec!["", ".lock", ".other", suffix];
                found.retain(|it| fs::symlink_metadata(format!("{}{it}", path.display())).is_ok());
                found.sort_unstable();
                found.dedup();
                assert_eq!(suffixes(&directory, &path), found, "{suffix}, {what}");
            }
        }
    }
}

#[test]
fn no_log_is_made_beside_what_stands_in_the_place_of_its_files() {
    for suffix in ["-journal", "-wal", "-shm"] {
        let (directory, path) = place();
        let beside = PathBuf::from(format!("{}{suffix}", path.display()));
        fs::create_dir(&beside).unwrap();
        let made = SqliteStore::create(&path).map(drop);
        assert!(matches!(made, Err(StoreError::Beside { suffix: found }) if found == suffix), "{made:?}");
        assert_eq!(suffixes(&directory, &path), [suffix]);
    }
}

#[test]
fn a_live_log_is_checked_as_it_is_with_its_write_ahead_log() {
    let (_directory, path) = place();
    let mut store = SqliteStore::create(&path).unwrap();
    append_until(&mut store, 400);
    assert_eq!(all(&SqliteReader::open(&path).unwrap(), 0).unwrap().len(), 400);
    drop(store);
    // The root of the records, in the database under the write-ahead log, where nobody reads it.
    let mut bytes = fs::read(&path).unwrap();
    bytes[PAGE..2 * PAGE].fill(0xff);
    fs::write(&path, bytes).unwrap();
    assert_eq!(SqliteReader::open(&path).unwrap().len(), 400);
}
