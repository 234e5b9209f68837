//! Bundles on the command line: made beside the log, read far from it.
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

use counterfoil_store::{MemoryStore, Records as _, SqliteStore, Store as _};
use counterfoil_testkit::{bundles, busy, keys};
use rusqlite::Connection;

use common::{Demo, Ran, args, command, folder, run};

/// Makes a bundle under the demonstration's trust.
fn bundle(demo: &Demo, payments: &[&str], file: &Path) -> Ran {
    let mut words = vec!["bundle".into(), demo.log().into_os_string()];
    words.extend(payments.iter().map(Into::into));
    words.extend(args(&["-o"], &[file]));
    words.extend(args(&["--trust"], &[&demo.trust_file()]));
    run(words)
}

/// A command in an empty folder, with nothing but a bundle and a trust file elsewhere.
fn away(words: &[&str], paths: &[&Path]) -> Ran {
    let empty = folder();
    let output = command().args(args(words, paths)).current_dir(empty.path()).output().unwrap();
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "something was left behind");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_payment_is_verified_and_explained_far_from_its_log() {
    let demo = Demo::new();
    let out = folder();
    // Allowed after approvals, denied while exploring, never settled, denied by a budget.
    for (payment, status) in [("14", "settled"), ("4", "deny"), ("20", "expired"), ("105", "deny")] {
        // That nothing came after a denial no state shows.
        let (code, word) = if status == "deny" { (3, "insufficient") } else { (0, "verified") };
        let file = out.path().join(payment);
        let made = bundle(&demo, &[payment], &file);
        assert_eq!((made.code, made.stderr.as_str()), (Some(code), ""), "{made:?}");
        assert!(made.stdout.trim_end().ends_with(&format!(", {word}")), "{made:?}");
        let verified = away(&["verify", "--json", "--trust"], &[&demo.trust_file(), &file]);
        assert_eq!(verified.code, Some(code), "{verified:?}");
        assert_eq!(
            verified.json()["scope"]["bundle"]["payments"],
            serde_json::json!([payment.parse::<u64>().unwrap()])
        );
        let told = away(&["explain", "--json", "--trust"], &[&demo.trust_file(), &file, Path::new(payment)]);
        let whole = run(args(
            &["explain", "--json", "--trust"],
            &[&demo.trust_file(), &demo.log(), Path::new(payment)],
        ));
        let (told, whole) = (told.json(), whole.json());
        assert_eq!(told["story"]["status"], status);
        for part in ["status", "settled", "returned", "slot", "decided", "policy", "slot_used"] {
            assert_eq!(told["story"][part], whole["story"][part], "{payment}: {part}");
        }
        assert_eq!(told["rules"], whole["rules"]);
        let decided = |story: &serde_json::Value| {
            let at = story["decided"].clone();
            let chapters = story["chapters"].as_array().unwrap().clone();
            chapters.into_iter().find(|chapter| chapter["index"] == at).unwrap()
        };
        assert_eq!(decided(&told["story"]), decided(&whole["story"]));
    }
}

#[test]
fn a_bundle_tells_no_story_but_of_what_it_explains() {
    let demo = Demo::new();
    let out = folder();
    let file = out.path().join("a.bundle");
    assert_eq!(bundle(&demo, &["14"], &file).code, Some(0));
    // It holds records of payment 11, which was compensated afterwards.
    let told = run(args(&["explain", "--trust"], &[&demo.trust_file(), &file, Path::new("11")]));
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    assert!(told.stderr.contains("payment 11: the bundle does not explain it: it explains 14"), "{told:?}");
}

#[test]
fn the_same_bundle_is_the_same_bytes_and_the_text_says_what_it_shows() {
    let demo = Demo::new();
    let out = folder();
    let (one, two) = (out.path().join("one"), out.path().join("two"));
    // The claim stands for the payment that it allowed, and order and repetition for nothing.
    assert_eq!(bundle(&demo, &["14", "27"], &one).code, Some(0));
    assert_eq!(bundle(&demo, &["27", "17", "14"], &two).code, Some(0));
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let text = away(&["verify", "--trust"], &[&demo.trust_file(), &one]).stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "verified: every record shown is the log's, in its place, and the payments it explains follow"
    );
    assert!(lines.iter().any(|line| line.contains(" records that explain payments 14 27")), "{text}");
    assert!(
        lines.iter().any(|line| line.contains("no record about them is left out up to record 106, ")),
        "{text}"
    );
}

#[test]
fn what_cannot_be_bundled_is_refused_and_writes_nothing() {
    let demo = Demo::new();
    let out = folder();
    let file = out.path().join("a.bundle");
    let refused = |ran: &Ran, code: i32, said: &str| {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
        assert!(!file.exists());
    };
    refused(&bundle(&demo, &["2"], &file), 2, "record 2: it is about no payment");
    refused(&bundle(&demo, &["9999"], &file), 2, "record 9999: there is no such record");
    refused(&bundle(&demo, &[], &file), 2, "required");
    // A log that fails explains nothing.
    let (_folder, copy) = demo.copy();
    Connection::open(&copy).unwrap().execute_batch("UPDATE record SET bytes = x'00' WHERE idx = 9").unwrap();
    let words = |log: &Path| args(&["bundle"], &[log, Path::new("14"), Path::new("-o"), &file]);
    refused(&run(words(&copy)), 1, "record-malformed");
    let (_folder, copy) = demo.copy();
    Connection::open(&copy).unwrap().execute_batch("DELETE FROM checkpoint").unwrap();
    refused(&run(words(&copy)), 2, "the log has no checkpoint");
    // Without trust nothing is verified, and the bundle is made all the same.
    let made = run(words(&demo.log()));
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.stdout.trim_end().ends_with(", insufficient"), "{made:?}");
    let again = bundle(&demo, &["14"], &file);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.stderr.contains("is there already"), "{again:?}");
}

#[test]
fn a_bundle_is_made_with_the_verdict_that_it_has_then() {
    let demo = Demo::new();
    let trust = demo.dir.join("aged.toml");
    let file = demo.dir.join("aged.bundle");
    let aged = format!("{}max_age = \"3650d\"\n", fs::read_to_string(demo.trust_file()).unwrap());
    fs::write(&trust, aged).unwrap();
    let made = run(args(&["bundle", "--trust"], &[&trust, &demo.log(), "14".as_ref(), "-o".as_ref(), &file]));
    let verified = run(args(&["verify", "--trust"], &[&trust, &file]));
    assert_eq!((made.code, verified.code), (Some(0), Some(0)), "{made:?} {verified:?}");
    assert!(made.stdout.trim_end().ends_with(", verified"), "{made:?}");
}

#[test]
fn a_bundle_cannot_be_saved_resumed_or_governed() {
    let demo = Demo::new();
    let out = folder();
    let file = out.path().join("a.bundle");
    assert_eq!(bundle(&demo, &["14"], &file).code, Some(0));
    let save = out.path().join("saved");
    let saved = run(args(&["verify", "--trust"], &[&demo.trust_file(), &file, Path::new("--save"), &save]));
    assert_eq!((saved.code, save.exists()), (Some(2), false), "{saved:?}");
    assert!(saved.stderr.contains("only the audit of a log is saved and resumed"), "{saved:?}");
    let pending = run(args(&["pending", "--trust"], &[&demo.trust_file(), &file]));
    assert_eq!(pending.code, Some(2), "{pending:?}");
}

/// A log of some length, trust that pins its end, and its last payment.
fn long(dir: &Path, records: u64) -> (PathBuf, PathBuf, String) {
    let (log, trust) = (dir.join("log.sqlite"), dir.join("trust.toml"));
    let mut core = busy::open(MemoryStore::default());
    busy::fill(&mut core, records, |_| {});
    core.checkpoint().unwrap();
    let source = core.into_store();
    let mut store = SqliteStore::create(&log).unwrap();
    let entries: Vec<Vec<u8>> = (0..source.len()).map(|at| source.read(at).unwrap().unwrap()).collect();
    for (entry, index) in entries.iter().zip(0..) {
        store.append(index, entry, &[]).unwrap();
    }
    let checkpoint = source.checkpoint().unwrap().unwrap();
    store.put_checkpoint(&checkpoint).unwrap();
    store.close().unwrap();
    let text = format!(
        "origin = \"{}\"\nlog = \"{}\"\nrequire = \"pinned-checkpoint\"\ncheckpoint = \"\"\"\n{checkpoint}\"\"\"\n",
        keys::ORIGIN,
        keys::log_named()
    );
    fs::write(&trust, text).unwrap();
    let last = bundles::payments(&entries).pop().unwrap();
    (log, trust, last.to_string())
}

#[test]
fn the_bundle_of_one_payment_of_a_busy_log_is_small() {
    let dir = folder();
    let (log, trust, payment) = long(dir.path(), 1_500);
    let file = dir.path().join("a.bundle");
    let words = [&log, Path::new(&payment), Path::new("-o"), &file, Path::new("--trust"), &trust];
    let made = run(args(&["bundle"], &words));
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(fs::metadata(&file).unwrap().len() < 200 * 1024, "{made:?}");
    assert_eq!(away(&["verify", "--trust"], &[&trust, &file]).code, Some(0));
}
