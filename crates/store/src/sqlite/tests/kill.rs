//! A writer that is killed at any moment has kept its word.

use core::time::Duration;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::{place, record, records, reopen};
use crate::contract::{all, aside};
use crate::{Records, SqliteStore, Store};

/// Appends a record with something beside it, as every writer of this test does.
fn append(store: &mut SqliteStore, index: u64) {
    let commitment = aside(index.to_be_bytes()[7], b"beside");
    store.append(index, &record(index), &[commitment]).unwrap();
}

/// Appends until it is killed, and prints each number when the append has returned. Every seventh
/// opening it closes and opens the log again, to be killed there too. Runs only as a child of the test below.
#[test]
#[ignore = "the child of another test"]
fn child_that_appends_until_it_is_killed() {
    let Some(path) = std::env::var_os("COUNTERFOIL_STORE_TEST_LOG") else {
        return;
    };
    let path: &std::path::Path = path.as_ref();
    let mut out = std::io::stdout();
    loop {
        let mut store = reopen(path);
        let start = store.len();
        for index in start..start + 40 {
            append(&mut store, index);
            writeln!(out, "appended {index}").unwrap();
            out.flush().unwrap();
        }
        store.put_checkpoint(&format!("{}", store.len())).unwrap();
        if !start.is_multiple_of(7) {
            store.close().unwrap();
        }
    }
}

#[test]
fn keeps_every_record_it_answered_for_when_killed() {
    let (_directory, path) = place();
    SqliteStore::create(&path).unwrap().close().unwrap();
    let mut answered: Option<u64> = None;
    for round in 0..40_u32 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::tests::kill::child_that_appends_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env("COUNTERFOIL_STORE_TEST_LOG", &path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let number =
            |line: std::io::Result<String>| line.ok()?.rsplit_once("appended ")?.1.parse::<u64>().ok();
        // Some rounds are killed after a number of answers, others at a moment of their own.
        let wanted = usize::try_from(round).unwrap() % 4 * 13;
        for index in lines.by_ref().filter_map(number).take(wanted) {
            answered = answered.max(Some(index));
        }
        std::thread::sleep(Duration::from_micros(u64::from(round % 10) * 700));
        child.kill().unwrap();
        child.wait().unwrap();
        for index in lines.filter_map(number) {
            answered = answered.max(Some(index));
        }

        let mut store = reopen(&path);
        let len = store.len();
        assert!(len >= answered.map_or(0, |last| last + 1), "{len}: {answered:?}");
        let expected = records(0..len);
        assert!(all(&store, 0).unwrap() == expected);
        for index in 0..len.min(256) {
            let bytes = store.aside(&[index.to_be_bytes()[7]; 32]).unwrap();
            assert!(bytes.is_some(), "record {index} without its aside");
        }
        let check: String =
            store.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        append(&mut store, len);
        answered = answered.max(Some(len));
        if round % 2 == 0 {
            store.close().unwrap();
        }
    }
    assert!(answered.is_some_and(|last| last > 200), "{answered:?}");
}
