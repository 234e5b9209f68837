//! The verdict contract: the process's exit code, the code and word in the JSON, and what was expected are the same, and
//! nothing that was not fully checked is ever 0.
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

use counterfoil_store::{SqliteStore, Store as _};
use counterfoil_testkit::scene::{Ask, Scene, hold};
use counterfoil_testkit::vectors::Given;
use counterfoil_testkit::{bundles, forge, keys, recipes};
use serde_json::{Value, json};
use tempfile::TempDir;

use common::{Demo, Ran, args, folder, run};

/// Evidence and trust as files.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new(trust: Option<&str>) -> Self {
        let files = Self { folder: folder() };
        if let Some(trust) = trust {
            fs::write(files.path("trust.toml"), trust).unwrap();
        }
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A log of these entries, with this checkpoint.
    fn log(&self, entries: &[Vec<u8>], checkpoint: Option<&str>) -> PathBuf {
        let path = self.path("log.sqlite");
        let mut store = SqliteStore::create(&path).unwrap();
        for (entry, index) in entries.iter().zip(0..) {
            store.append(index, entry, &[]).unwrap();
        }
        if let Some(checkpoint) = checkpoint {
            store.put_checkpoint(checkpoint).unwrap();
        }
        store.close().unwrap();
        path
    }

    fn verify(&self, evidence: &Path) -> Ran {
        let trust = self.path("trust.toml");
        let mut words = vec!["verify".into(), "--json".into(), evidence.as_os_str().to_owned()];
        if trust.exists() {
            words.extend(["--trust".into(), trust.into_os_string()]);
        }
        run(words)
    }
}

/// A trust file that pins the log's key.
fn in_key() -> String {
    format!("origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n", keys::ORIGIN, keys::log_named())
}

/// The exit code, which the report says too, and the codes of findings and of what was not checked.
fn verdict(ran: &Ran) -> (i32, Vec<String>) {
    let report = ran.json();
    let code = ran.code.unwrap();
    assert_eq!(report["exit_code"], code, "{ran:?}");
    let word =
        ["verified", "failed", "undecided", "insufficient", "contradiction"][usize::try_from(code).unwrap()];
    assert_eq!(report["verdict"], word);
    let codes = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap().into()).collect()
    };
    (code, [codes(&report["findings"]), codes(&report["not_checked"])].concat())
}

#[test]
fn the_process_ends_as_every_evidence_vector_expects() {
    let vectors = recipes::evidence::all();
    assert!(vectors.len() >= 160, "{}", vectors.len());
    for vector in vectors {
        let files = Files::new(vector.trust.as_deref());
        let evidence = match vector.given() {
            Given::Entries(entries) => files.log(&entries, vector.checkpoint.as_deref()),
            Given::Bundle(bytes) => {
                let path = files.path("a.bundle");
                fs::write(&path, bytes).unwrap();
                path
            }
        };
        let ran = files.verify(&evidence);
        let name = &vector.name;
        assert_eq!(ran.code, Some(i32::from(vector.expect.exit_code)), "{name}: {ran:?}");
        let report = ran.json();
        assert_eq!(report["exit_code"], vector.expect.exit_code, "{name}");
        assert_eq!(report["verdict"], vector.expect.verdict.as_str(), "{name}");
        let found: Vec<Value> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| json!({"code": it["code"], "index": it["index"]}))
            .collect();
        assert_eq!(Value::from(found), serde_json::to_value(&vector.expect.findings).unwrap(), "{name}");
    }
}

/// Every way not to be 0 that "verified" rules out; the last two rows are verified, so that the table can fail.
#[test]
fn what_was_not_wholly_checked_is_never_verified() {
    let (mut scene, run) = Scene::plain("contract", "a payment that waits, and one to a new payee");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    let entries = scene.script.entries();
    let alive = bundles::alive(&entries, &keys::log());
    let checkpoint = forge::checkpoint(&alive, &keys::log());
    let pin = |entries: &[Vec<u8>]| {
        format!("checkpoint = \"\"\"\n{}\"\"\"\n", forge::checkpoint(entries, &keys::log()))
    };
    let key = in_key();
    let pinning = key.replace("\"log-key\"", "\"pinned-checkpoint\"");

    let log = |trust: Option<&str>, entries: &[Vec<u8>], checkpoint: Option<&str>| {
        let files = Files::new(trust);
        let evidence = files.log(entries, checkpoint);
        verdict(&files.verify(&evidence))
    };
    let bundle = |trust: Option<&str>, entries: &[Vec<u8>], change: &dyn Fn(&mut Vec<u8>)| {
        let files = Files::new(trust);
        let made = bundles::bundle(entries, &keys::log(), &[held.index], None).unwrap();
        let mut bytes = made.to_file();
        change(&mut bytes);
        fs::write(files.path("a.bundle"), bytes).unwrap();
        verdict(&files.verify(&files.path("a.bundle")))
    };
    let same = |_: &mut Vec<u8>| {};
    let mut unknown = forge::records(&alive);
    unknown[0].format = 2;
    let rows = [
        ("no trust", log(None, &alive, Some(&checkpoint)), 3, "no-trust"),
        ("no trust for a bundle", bundle(None, &alive, &same), 3, "no-trust"),
        ("an empty log", log(Some(&key), &[], None), 1, "empty-log"),
        ("an empty log without trust", log(None, &[], None), 1, "empty-log"),
        (
            "an empty log against a pin",
            log(Some(&(pinning.clone() + &pin(&alive))), &[], None),
            1,
            "empty-log",
        ),
        (
            "a prefix as the whole",
            log(Some(&key), &entries[..4], Some(&checkpoint)),
            1,
            "checkpoint-beyond-log",
        ),
        (
            "a prefix against a pin",
            log(Some(&(key.clone() + &pin(&alive))), &entries, None),
            4,
            "shorter-than-pinned",
        ),
        ("a middle of a log", log(Some(&key), &alive[2..], None), 1, "no-genesis"),
        (
            "records after a break",
            log(Some(&key), &[&alive[..2], &alive[3..]].concat(), None),
            1,
            "after-break",
        ),
        ("an unknown format", log(Some(&key), &forge::resign(&unknown), None), 2, "unknown-format"),
        ("an unknown bundle", bundle(Some(&key), &alive, &|bytes| bytes[19] = b'9'), 2, "unknown-bundle"),
        (
            "a bundle cut short",
            bundle(Some(&key), &alive, &|bytes| bytes.truncate(900)),
            1,
            "bundle-malformed",
        ),
        ("a bundle that does not show its end", bundle(Some(&key), &entries, &same), 3, "later-records"),
        ("a first payment that nobody can show", bundle(Some(&key), &alive, &same), 3, "first-payment"),
        (
            "a pin that the bundle does not reach",
            bundle(Some(&(pinning.clone() + &pin(&entries))), &alive, &same),
            3,
            "no-pinned-checkpoint",
        ),
        (
            "an old log",
            log(Some(&(key.clone() + "max_age = \"1s\"\n")), &alive, Some(&checkpoint)),
            3,
            "stale",
        ),
        ("an old bundle", bundle(Some(&(key.clone() + "max_age = \"1s\"\n")), &alive, &same), 3, "stale"),
        (
            "another policy than expected",
            log(Some(&(key.clone() + &format!("policy = \"{}\"\n", "0".repeat(64)))), &alive, None),
            1,
            "policy-not-expected",
        ),
        ("a log under its key", log(Some(&key), &alive, Some(&checkpoint)), 0, "no-pinned-checkpoint"),
        (
            "a log under a pin",
            log(Some(&(pinning + &pin(&alive))), &alive, Some(&checkpoint)),
            0,
            "private-text",
        ),
    ];
    for (what, (code, codes), expected, named) in rows {
        assert_eq!(code, expected, "{what}: {codes:?}");
        assert!(codes.iter().any(|code| code == named), "{what}: {codes:?}");
    }
}

/// What cannot be read or understood decides nothing: 2, an answer on stderr that names the place, nothing on stdout.
#[test]
fn what_cannot_be_read_is_undecided_and_names_its_place() {
    let demo = Demo::new();
    let (log, trust) = (demo.log(), demo.trust_file());
    let other = demo.dir.join("policy.toml");
    let missing = demo.dir.join("missing");
    let cases: [(&str, Vec<&Path>); 9] = [
        ("verify", vec![&missing]),
        ("verify", vec![&log, Path::new("--trust"), &missing]),
        ("verify", vec![&log, Path::new("--trust"), &other]),
        ("verify", vec![&other, Path::new("--trust"), &trust]),
        ("verify", vec![&log, Path::new("--trust"), &trust, Path::new("--resume"), &other]),
        ("verify", vec![&demo.dir]),
        ("verify", vec![&log, Path::new("--unknown")]),
        ("explain", vec![&log, Path::new("9999"), Path::new("--trust"), &trust]),
        ("bundle", vec![&log, Path::new("2"), Path::new("-o"), &missing, Path::new("--trust"), &trust]),
    ];
    for (command, paths) in cases {
        let ran = run(args(&[command], &paths));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{command} {paths:?}: {ran:?}");
        assert!(ran.stderr.contains(':') && ran.stderr.len() > 20, "{ran:?}");
    }
    assert!(!missing.exists(), "nothing was written");
}
