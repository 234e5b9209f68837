//! A tampered log is never verified, and the finding names the record.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;

use core::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use counterfoil_audit::{Auditor, Verdict};
use rusqlite::{Connection, params};

use common::{Demo, findings, read};

/// Which bit of the byte at `at` is flipped.
const fn bit(at: usize) -> u8 {
    1 << (at % 8)
}

#[test]
fn a_flipped_bit_in_any_byte_of_any_record_is_found_and_its_record_named() {
    let demo = Demo::new();
    let (entries, checkpoint) = read(&demo.log());
    assert_eq!(entries.len(), 107);
    // Before each record, an auditor who has followed everything up to there.
    let mut auditors = vec![Auditor::new(Some(demo.trust()), checkpoint.as_deref())];
    for entry in &entries {
        let mut auditor = auditors.last().unwrap().clone();
        assert!(auditor.push(entry).is_some());
        auditors.push(auditor);
    }
    assert_eq!(auditors.pop().unwrap().finish().verdict, Verdict::Verified);
    let next = AtomicUsize::new(0);
    let tried = AtomicUsize::new(0);
    let work = || {
        while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)).map(Vec::as_slice) {
            let index = entries.iter().position(|it| it == entry).unwrap();
            for at in 0..entry.len() {
                let mut tampered = entry.to_vec();
                tampered[at] ^= bit(at);
                let mut auditor = auditors[index].clone();
                assert!(auditor.push(&tampered).is_none(), "record {index}, byte {at}");
                if at % 97 == 0 {
                    for entry in &entries[index + 1..] {
                        assert!(auditor.push(entry).is_none());
                    }
                }
                let report = auditor.finish();
                assert_eq!(report.verdict, Verdict::Failed, "record {index}, byte {at}");
                let named: Vec<u64> = report.findings.iter().filter_map(|it| it.index).collect();
                assert_eq!(named, [u64::try_from(index).unwrap()], "byte {at}: {:?}", report.findings);
            }
            tried.fetch_add(entry.len(), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
    assert_eq!(tried.into_inner(), entries.iter().map(Vec::len).sum::<usize>());
}

/// Verifies a copy after `change`: it must not be verified. Gives the findings.
fn verify_changed(demo: &Demo, change: impl FnOnce(&Connection)) -> Vec<(String, Option<u64>)> {
    let (_folder, copy) = demo.copy();
    let database = Connection::open(&copy).unwrap();
    change(&database);
    drop(database);
    let ran = demo.verify(&copy);
    let report = ran.json();
    assert!(matches!(ran.code, Some(1 | 4)), "{ran:?}");
    assert_eq!(report["exit_code"].as_i64(), ran.code.map(i64::from));
    assert_ne!(report["verdict"], "verified");
    findings(&report)
}

fn names(findings: &[(String, Option<u64>)], index: i64) -> bool {
    findings.iter().any(|(_, found)| *found == u64::try_from(index).ok())
}

#[test]
fn the_command_finds_a_flipped_bit_in_the_file() {
    let demo = Demo::new();
    let (entries, _) = read(&demo.log());
    for index in (0..entries.len()).step_by(9) {
        let mut bytes = entries[index].clone();
        let at = index * 31 % bytes.len();
        bytes[at] ^= bit(at);
        let found = verify_changed(&demo, |database| {
            database
                .execute(
                    "UPDATE record SET bytes = ?2 WHERE idx = ?1",
                    params![i64::try_from(index).unwrap(), bytes],
                )
                .unwrap();
        });
        assert!(names(&found, i64::try_from(index).unwrap()), "record {index}, byte {at}: {found:?}");
    }
}

#[test]
fn the_command_finds_a_record_that_was_deleted() {
    let demo = Demo::new();
    for index in [0_i64, 1, 2, 14, 50, 105] {
        let found = verify_changed(&demo, |database| {
            database.execute("DELETE FROM record WHERE idx = ?1", [index]).unwrap();
        });
        assert!(found.contains(&("entry-missing".into(), Some(index.unsigned_abs()))), "{index}: {found:?}");
        let found = verify_changed(&demo, |database| {
            database.execute("DELETE FROM record WHERE idx = ?1", [index]).unwrap();
            database.execute("UPDATE record SET idx = -idx WHERE idx > ?1", [index]).unwrap();
            database.execute("UPDATE record SET idx = -idx - 1 WHERE idx < 0", []).unwrap();
        });
        assert!(names(&found, index), "{index}, the gap closed: {found:?}");
    }
}

#[test]
fn the_command_finds_two_records_that_were_swapped() {
    let demo = Demo::new();
    for (one, other) in [(0_i64, 1_i64), (3, 4), (11, 27), (40, 41), (105, 106)] {
        let found = verify_changed(&demo, |database| {
            database.execute("UPDATE record SET idx = 9999 WHERE idx = ?1", [one]).unwrap();
            database.execute("UPDATE record SET idx = ?1 WHERE idx = ?2", [one, other]).unwrap();
            database.execute("UPDATE record SET idx = ?1 WHERE idx = 9999", [other]).unwrap();
        });
        assert!(names(&found, one), "{one} and {other}: {found:?}");
    }
}

#[test]
fn the_command_finds_a_record_that_stands_twice() {
    let demo = Demo::new();
    for index in [0_i64, 11, 17, 105, 106] {
        let found = verify_changed(&demo, |database| {
            database.execute("UPDATE record SET idx = -idx WHERE idx > ?1", [index]).unwrap();
            database.execute("UPDATE record SET idx = -idx + 1 WHERE idx < 0", []).unwrap();
            let copy = "INSERT INTO record SELECT idx + 1, bytes FROM record WHERE idx = ?1";
            database.execute(copy, [index]).unwrap();
        });
        assert!(names(&found, index + 1), "{index}: {found:?}");
    }
}

#[test]
fn the_command_finds_a_tail_that_was_cut_off() {
    let demo = Demo::new();
    for kept in [106_i64, 53, 1, 0] {
        for own_checkpoint_too in [false, true] {
            let found = verify_changed(&demo, |database| {
                database.execute("DELETE FROM record WHERE idx >= ?1", [kept]).unwrap();
                if own_checkpoint_too {
                    database.execute("DELETE FROM checkpoint", []).unwrap();
                }
            });
            assert!(found.contains(&("shorter-than-pinned".into(), None)), "{kept}: {found:?}");
        }
    }
}

#[test]
fn the_command_finds_what_is_no_record_at_all() {
    let demo = Demo::new();
    for (what, code) in [
        ("'text'", "entry-unreadable"),
        ("17", "entry-unreadable"),
        ("zeroblob(70000)", "entry-unreadable"),
        ("zeroblob(0)", "record-malformed"),
    ] {
        let found = verify_changed(&demo, |database| {
            database.execute(&format!("UPDATE record SET bytes = {what} WHERE idx = 20"), []).unwrap();
        });
        assert!(found.contains(&(code.into(), Some(20))), "{what}: {found:?}");
    }
}

#[test]
fn the_command_finds_a_checkpoint_that_was_changed() {
    let demo = Demo::new();
    for (text, code) in [
        ("replace(text, 'demo', 'omed')", "checkpoint-invalid"),
        ("replace(text, char(10) || '107' || char(10), char(10) || '106' || char(10))", "checkpoint-invalid"),
        ("''", "checkpoint-invalid"),
        ("x'ff'", "checkpoint-invalid"),
    ] {
        let found = verify_changed(&demo, |database| {
            assert_eq!(database.execute(&format!("UPDATE checkpoint SET text = {text}"), []).unwrap(), 1);
        });
        assert!(found.iter().any(|it| it.0 == code), "{text}: {found:?}");
    }
}

#[test]
fn explain_of_a_tampered_log_does_not_exit_0() {
    let demo = Demo::new();
    for index in [2_i64, 14, 17, 106] {
        let (_folder, copy) = demo.copy();
        let database = Connection::open(&copy).unwrap();
        database.execute("UPDATE record SET bytes = zeroblob(100) WHERE idx = ?1", [index]).unwrap();
        drop(database);
        for json in [&["--json"][..], &[]] {
            let mut words =
                common::args(&["explain", "--trust"], &[&demo.trust_file(), &copy, "14".as_ref()]);
            words.extend(json.iter().map(Into::into));
            let ran = common::run(words);
            assert_eq!(ran.code, Some(1), "{index}: {ran:?}");
            if !json.is_empty() {
                assert_eq!(ran.json()["report"]["verdict"], "failed");
                // Of what the audit did not come to nothing is told.
                assert_eq!(ran.json()["story"].is_null(), index <= 14);
            }
        }
    }
}

#[test]
fn a_record_that_was_cut_off_or_made_another_is_not_taken_for_a_slip_of_who_asks() {
    let demo = Demo::new();
    let out = demo.dir.join("none.bundle");
    for change in
        ["DELETE FROM record WHERE idx >= 14", "UPDATE record SET bytes = zeroblob(9) WHERE idx = 14"]
    {
        let (_folder, copy) = demo.copy();
        Connection::open(&copy).unwrap().execute_batch(change).unwrap();
        let verified = common::run(common::args(&["verify", "--trust"], &[&demo.trust_file(), &copy]));
        let words = common::args(&["explain", "--trust"], &[&demo.trust_file(), &copy, "14".as_ref()]);
        let explained = common::run(words);
        assert_eq!((verified.code, explained.code), (Some(1), Some(1)), "{change}: {explained:?}");
        assert_eq!(explained.stdout, verified.stdout, "{change}");
        let mut words = common::args(&["bundle", "--trust"], &[&demo.trust_file(), &copy, "14".as_ref()]);
        words.extend(common::args(&["-o"], &[&out]));
        assert_eq!(common::run(words).code, Some(1), "{change}");
        assert!(!out.exists(), "{change}");
    }
    // Of a log that holds, it is one.
    let words = common::args(&["explain", "--trust"], &[&demo.trust_file(), &demo.log(), "9999".as_ref()]);
    let ran = common::run(words);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.contains("record 9999: there is no such record"), "{ran:?}");
}
