//! An audit that is ended, saved and gone on with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use core::time::Duration;

use counterfoil_store::{Records as _, SqliteStore, Store as _};
use counterfoil_testkit::{busy, forge, keys};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use common::{Ran, args, folder, open_run, run, run_with};

/// A log made by `init` with a run in it, saved after an audit.
struct Saved {
    own: common::Own,
    folder: TempDir,
}

impl Saved {
    fn new() -> Self {
        let own = common::Own::new();
        govern(&own, "monday");
        let folder = folder();
        let ran = run(args(
            &["verify", "--json", "--trust"],
            &[&own.dir.join("trust.toml"), &own.log(), Path::new("--save"), &folder.path().join("saved")],
        ));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains("saved after "), "{ran:?}");
        Self { own, folder }
    }

    fn trust(&self) -> PathBuf {
        self.folder.path().join("saved/trust.toml")
    }

    fn audit(&self) -> PathBuf {
        self.folder.path().join("saved/audit")
    }

    fn resume(&self, log: &Path) -> Ran {
        let paths = [&self.trust(), log, Path::new("--resume"), &self.audit()];
        run(args(&["verify", "--json", "--trust"], &paths))
    }
}

fn govern(own: &common::Own, run: &str) {
    let ran = run_with(own.govern(), format!("{}\n", open_run(run)).as_bytes());
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// The report, without what only the way to it makes different.
fn alike(mut report: Value) -> Value {
    let left_out = report["not_checked"].as_array_mut().unwrap();
    left_out.retain(|it| it["code"] != "resumed" && it["code"] != "after-pinned");
    report["scope"]["pinned"] = Value::Null;
    report
}

#[test]
fn a_saved_audit_goes_on_to_the_same_report() {
    let saved = Saved::new();
    let again = saved.resume(&saved.own.log()).json();
    assert_eq!(again["verdict"], "verified");
    govern(&saved.own, "tuesday");
    let resumed = saved.resume(&saved.own.log());
    let whole = saved.own.verify();
    assert_eq!((resumed.code, whole.code), (Some(0), Some(0)), "{resumed:?}");
    let (resumed, whole) = (resumed.json(), whole.json());
    let codes: Vec<&Value> =
        resumed["not_checked"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert!(codes.contains(&&Value::from("resumed")), "{codes:?}");
    assert_eq!(alike(resumed), alike(whole));
}

#[test]
fn what_was_saved_is_believed_only_byte_for_byte() {
    let saved = Saved::new();
    let bytes = fs::read(saved.audit()).unwrap();
    for at in (0..bytes.len()).step_by(bytes.len() / 7) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        fs::write(saved.audit(), altered).unwrap();
        let ran = saved.resume(&saved.own.log());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "byte {at}: {ran:?}");
        assert!(ran.stderr.contains("it is not the saved audit that the trust names"), "{ran:?}");
    }
    fs::write(saved.audit(), &bytes).unwrap();
    let trust = fs::read_to_string(saved.trust()).unwrap();
    let line = trust.lines().find(|line| line.starts_with("audited")).unwrap();
    fs::write(saved.trust(), trust.replace(line, "")).unwrap();
    let ran = saved.resume(&saved.own.log());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("the trust names no saved audit"), "{ran:?}");
}

#[test]
fn a_log_cut_or_rewritten_since_contradicts_or_fails() {
    let saved = Saved::new();
    govern(&saved.own, "tuesday");
    let change = |sql: &str| {
        let copy = saved.folder.path().join("copy.sqlite");
        fs::copy(saved.own.log(), &copy).unwrap();
        let connection = Connection::open(&copy).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let ran = saved.resume(&copy);
        let report = ran.json();
        (ran.code, common::findings(&report).first().cloned().unwrap().0)
    };
    assert_eq!(
        change("DELETE FROM record WHERE idx > 2; DELETE FROM checkpoint"),
        (Some(4), "shorter-than-pinned".into())
    );
    assert_eq!(change("DELETE FROM record WHERE idx = 8"), (Some(1), "entry-missing".into()));
    // The same log but for its records after the saved audit, signed for another history.
    let (entries, _) = common::read(&saved.own.log());
    let key = counterfoil_enforce::FileKey::read(&saved.own.dir.join("keys/log.pem")).unwrap();
    let mut records = forge::records(&entries);
    let last = records.len() - 1;
    records[last].prior = counterfoil_record::Hash32([9; 32]);
    let forged = forge::sign_as(&records[last], &keys::ORIGIN.parse().unwrap(), &key);
    let copy = saved.folder.path().join("forged.sqlite");
    fs::copy(saved.own.log(), &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    let sql = "UPDATE record SET bytes = ?1 WHERE idx = ?2";
    connection.execute(sql, rusqlite::params![forged, i64::try_from(last).unwrap()]).unwrap();
    drop(connection);
    let ran = saved.resume(&copy);
    assert_eq!((ran.code, common::findings(&ran.json())[0].0.as_str()), (Some(1), "prior-wrong"));
}

#[test]
fn only_what_verifies_is_saved_and_nothing_is_overwritten() {
    let saved = Saved::new();
    let dir = saved.folder.path().join("saved");
    let paths = [&saved.own.dir.join("trust.toml"), &saved.own.log(), Path::new("--save"), &dir];
    let ran = run(args(&["verify", "--trust"], &paths));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("is there already"), "{ran:?}");
    let copy = saved.folder.path().join("copy.sqlite");
    fs::copy(saved.own.log(), &copy).unwrap();
    Connection::open(&copy).unwrap().execute_batch("DELETE FROM record WHERE idx = 2").unwrap();
    let dir = saved.folder.path().join("other");
    let ran = run(args(&["verify", "--trust"], &[&saved.trust(), &copy, Path::new("--save"), &dir]));
    assert_eq!((ran.code, dir.exists()), (Some(1), false), "{ran:?}");
    assert!(ran.stderr.contains("nothing is saved"), "{ran:?}");
}

/// A log long enough to be interrupted in, and trust in its key.
fn long(records: u64) -> (TempDir, PathBuf, PathBuf) {
    let folder = folder();
    let (log, trust) = (folder.path().join("log.sqlite"), folder.path().join("trust.toml"));
    let mut core = busy::open(counterfoil_store::MemoryStore::default());
    busy::fill(&mut core, records, |_| {});
    let source = core.into_store();
    let mut store = SqliteStore::create(&log).unwrap();
    for index in 0..source.len() {
        store.append(index, &source.read(index).unwrap().unwrap(), &[]).unwrap();
    }
    store.close().unwrap();
    let text =
        format!("origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n", keys::ORIGIN, keys::log_named());
    fs::write(&trust, text).unwrap();
    (folder, log, trust)
}

#[test]
fn an_audit_that_is_interrupted_is_never_verified() {
    let (_folder, log, trust) = long(1_500);
    let mut ended = false;
    // The signal may come before the command listens or after it is done: then once more.
    for wait in (1..=20).map(|step| Duration::from_millis(step * 20)) {
        let mut child = common::command()
            .args(args(&["verify", "--json", "--trust"], &[&trust, &log]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(wait);
        let running = child.try_wait().unwrap().is_none();
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let report: Option<Value> = serde_json::from_slice(&output.stdout).ok();
        let Some(report) = report.filter(|_| running && sent.success()) else { continue };
        if report["scope"]["records"].as_u64().unwrap() >= 1_480 {
            break;
        }
        assert_eq!(output.status.code(), Some(3), "{report}");
        assert_eq!((&report["verdict"], &report["exit_code"]), (&"insufficient".into(), &3.into()));
        let left_out = report["not_checked"].as_array().unwrap();
        assert!(left_out.iter().any(|it| it["code"] == "interrupted"), "{report}");
        assert_eq!(output.stderr, b"", "nothing is drawn where there is no terminal");
        ended = true;
        break;
    }
    assert!(ended, "the audit was never interrupted");
}

#[test]
fn evidence_older_than_the_trust_lets_it_be_is_insufficient() {
    let (_folder, log, trust) = long(30);
    let text = fs::read_to_string(&trust).unwrap();
    for (age, code) in [("1s", 3), ("3650d", 0)] {
        fs::write(&trust, format!("{text}max_age = \"{age}\"\n")).unwrap();
        let ran = run(args(&["verify", "--json", "--trust"], &[&trust, &log]));
        let stale = ran.json()["not_checked"].as_array().unwrap().iter().any(|it| it["code"] == "stale");
        assert_eq!((ran.code, stale), (Some(code), code == 3), "{age}");
    }
    fs::write(&trust, format!("{text}max_age = \"soon\"\n")).unwrap();
    let ran = run(args(&["verify", "--trust"], &[&trust, &log]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("max_age"), "{ran:?}");
}

/// A log that an audit takes a while to read, trust in its key, and its checkpoints of its first records and of all.
fn checkpointed(records: u64) -> (TempDir, PathBuf, PathBuf, [String; 2]) {
    let folder = folder();
    let (log, trust) = (folder.path().join("log.sqlite"), folder.path().join("trust.toml"));
    let mut core = busy::open(counterfoil_store::MemoryStore::default());
    let first = core.checkpoint().unwrap();
    busy::fill(&mut core, records, |_| {});
    let notes = [first, core.checkpoint().unwrap()];
    let source = core.into_store();
    let mut store = SqliteStore::create(&log).unwrap();
    for index in 0..source.len() {
        store.append(index, &source.read(index).unwrap().unwrap(), &[]).unwrap();
    }
    store.put_checkpoint(&notes[1]).unwrap();
    store.close().unwrap();
    let text =
        format!("origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n", keys::ORIGIN, keys::log_named());
    fs::write(&trust, text).unwrap();
    (folder, log, trust, notes)
}

fn put(log: &Path, note: &str) {
    let connection = Connection::open(log).unwrap();
    connection.busy_timeout(Duration::from_secs(20)).unwrap();
    connection.execute("UPDATE checkpoint SET text = ?1", [note]).unwrap();
}

/// The size that a note states.
fn size(note: &str) -> u64 {
    note.lines().nth(1).unwrap().parse().unwrap()
}

fn pinned(trust: &Path) -> String {
    let read: toml::Table = toml::from_str(&fs::read_to_string(trust).unwrap()).unwrap();
    read["checkpoint"].as_str().unwrap().to_owned()
}

#[test]
fn the_checkpoint_that_is_pinned_is_the_one_that_the_audit_met_whatever_the_log_has_by_then() {
    let (folder, log, trust, notes) = checkpointed(1_500);
    let mut swapped = false;
    // The swap may come before the command reads the checkpoint or after it is done: then once more.
    for wait in (1..=20).map(|step| step * 20) {
        put(&log, &notes[1]);
        let saved = folder.path().join(format!("saved-{wait}"));
        let mut child = common::command()
            .args(args(&["verify", "--json", "--trust"], &[&trust, &log, Path::new("--save"), &saved]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(wait));
        put(&log, &notes[0]);
        let running = child.try_wait().unwrap().is_none();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        let note = pinned(&saved.join("trust.toml"));
        assert!(stderr.contains(&format!("saved after {} records in", size(&note))), "{stderr}{note}");
        swapped = running && note == notes[1];
        if swapped {
            let paths = [&saved.join("trust.toml"), &log, Path::new("--resume"), &saved.join("audit")];
            let ran = run(args(&["verify", "--json", "--trust"], &paths));
            assert_eq!(ran.code, Some(0), "{ran:?}");
            break;
        }
    }
    assert!(swapped, "the checkpoint was never swapped within an audit");
}

#[test]
fn a_trust_that_pins_more_is_not_saved_as_one_that_pins_less() {
    let (folder, log, trust, notes) = checkpointed(200);
    let saved = |name: &str| folder.path().join(name);
    let save = |trust: &Path, name: &str| {
        run(args(&["verify", "--trust"], &[trust, &log, Path::new("--save"), &saved(name)]))
    };
    assert_eq!(save(&trust, "whole").code, Some(0));
    assert_eq!(pinned(&saved("whole/trust.toml")), notes[1]);
    put(&log, &notes[0]);
    // Under the key alone it is saved as far as its checkpoint goes.
    assert_eq!((save(&trust, "less").code, pinned(&saved("less/trust.toml"))), (Some(0), notes[0].clone()));
    let ran = save(&saved("whole/trust.toml"), "again");
    assert_eq!((ran.code, ran.stdout.as_str(), saved("again").exists()), (Some(2), "", false), "{ran:?}");
    let (first, whole) = (size(&notes[0]), size(&notes[1]));
    assert!(first < whole);
    let why = format!("the log's checkpoint is of {first} records, the trust pins one of {whole}");
    assert!(ran.stderr.contains(&format!("nothing is saved: {why}")), "{ran:?}");
}
