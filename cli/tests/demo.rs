//! The demonstration: what it says, what it leaves, and what comes of its files again.
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

use std::fs;
use std::path::Path;

use common::{Demo, args, folder, read, run, run_with};

/// What the demonstration says, with `DIR` for its folder. Run the tests with `UPDATE_TRANSCRIPTS=1` to record
/// it again, and read what changed.
const TRANSCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/demo.stdout");

#[test]
fn it_says_what_the_transcript_says() {
    let demo = Demo::new();
    assert_eq!(demo.ran.stderr, "");
    let said = demo.ran.stdout.replace(&demo.dir.display().to_string(), "DIR");
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        fs::write(TRANSCRIPT, &said).unwrap();
    }
    let expected = fs::read_to_string(TRANSCRIPT).unwrap();
    let first = said.lines().zip(expected.lines()).find(|(said, expected)| said != expected);
    assert!(
        said == expected,
        "the first line that differs: {first:?}; UPDATE_TRANSCRIPTS=1 records it again"
    );
}

#[test]
fn it_leaves_the_log_its_script_its_policy_the_trust_and_the_keys() {
    let demo = Demo::new();
    for file in [
        "log.sqlite",
        "inputs.jsonl",
        "policy.toml",
        "trust.toml",
        "keys/log.pem",
        "keys/alice.pem",
        "keys/bob.pem",
        "keys/DEMO-KEYS-NOT-SECRET.txt",
    ] {
        assert!(fs::metadata(demo.dir.join(file)).unwrap().len() > 0, "{file}");
    }
    let check = run(args(&["policy", "check"], &[&demo.dir.join("policy.toml")]));
    assert_eq!(check.code, Some(0), "{check:?}");
}

#[test]
fn it_is_the_same_each_time() {
    let (one, other) = (Demo::new(), Demo::new());
    for file in ["log.sqlite", "inputs.jsonl", "policy.toml", "trust.toml", "keys/log.pem"] {
        assert!(fs::read(one.dir.join(file)).unwrap() == fs::read(other.dir.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn it_never_writes_into_a_folder_that_is_there() {
    let dir = folder();
    let ran = run(args(&["demo", "--out"], &[dir.path()]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn its_log_is_verified_with_trust_and_insufficient_without() {
    let demo = Demo::new();
    for (trust, code, word) in [(Some(demo.trust_file()), 0, "verified"), (None, 3, "insufficient")] {
        let mut words = vec!["verify".into(), demo.log().into_os_string()];
        words.extend(trust.iter().flat_map(|file| ["--trust".into(), file.into()]));
        let text = run(&words);
        assert_eq!((text.code, text.stderr.as_str()), (Some(code), ""));
        assert!(text.stdout.starts_with(&format!("{word}: ")), "{text:?}");
        words.push("--json".into());
        let json = run(&words);
        assert_eq!(json.code, Some(code));
        assert_eq!((&json.json()["verdict"], &json.json()["exit_code"]), (&word.into(), &code.into()));
        assert!(!json.json()["not_checked"].as_array().unwrap().is_empty());
    }
}

#[test]
fn its_log_under_anothers_trust_has_failed() {
    let (demo, own) = (Demo::new(), common::Own::new());
    let ran = run(args(&["verify", "--json", "--trust"], &[&own.dir.join("trust.toml"), &demo.log()]));
    assert_eq!((ran.code, &ran.json()["verdict"]), (Some(1), &"failed".into()));
}

#[test]
fn what_is_no_log_is_never_verified() {
    let demo = Demo::new();
    let dir = folder();
    let [empty, text, missing, sqlite] =
        ["empty", "text", "missing", "sqlite"].map(|name| dir.path().join(name));
    fs::write(&empty, "").unwrap();
    fs::write(&text, "verified\n".repeat(100)).unwrap();
    let other = rusqlite::Connection::open(&sqlite).unwrap();
    other.execute_batch("CREATE TABLE record (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL)").unwrap();
    drop(other);
    for path in
        [empty.as_path(), &text, &missing, &sqlite, dir.path(), &demo.trust_file(), "/dev/null".as_ref()]
    {
        let with = demo.verify(path);
        let without = run(args(&["verify"], &[path]));
        for ran in [with, without] {
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", path.display());
            assert!(ran.stderr.starts_with("counterfoil: "), "{ran:?}");
        }
    }
}

#[test]
fn a_log_of_no_records_is_never_verified() {
    let demo = Demo::new();
    let (_folder, copy) = demo.copy();
    let database = rusqlite::Connection::open(&copy).unwrap();
    database.execute_batch("DELETE FROM record; DELETE FROM checkpoint").unwrap();
    drop(database);
    let with = demo.verify(&copy);
    let codes = common::findings(&with.json());
    assert!(
        codes.contains(&("empty-log".into(), None)) || codes.contains(&("shorter-than-pinned".into(), None))
    );
    assert!(matches!(with.code, Some(1 | 4)), "{with:?}");
    let without = run(args(&["verify", "--json"], &[&copy]));
    assert_eq!(
        (without.code, common::findings(&without.json())),
        (Some(1), vec![("empty-log".into(), None)])
    );
}

#[test]
fn a_trust_file_that_cannot_be_read_leaves_it_undecided() {
    let demo = Demo::new();
    let good = fs::read_to_string(demo.trust_file()).unwrap();
    let bad = demo.dir.join("bad.toml");
    for text in [
        String::new(),
        good.replace("require = \"pinned-checkpoint\"", "require = \"nothing\""),
        good.replace("require = \"pinned-checkpoint\"\n", ""),
        format!("surprise = 1\n{good}"),
        good.replacen("counterfoil.example/demo", "counterfoil.example/other", 1),
        good.replace("\n107\n", "\n106\n"),
    ] {
        assert_ne!(text, good);
        fs::write(&bad, text).unwrap();
        let ran = run(args(&["verify", "--trust"], &[&bad, &demo.log()]));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    }
}

fn replay(demo: &Demo, log: &Path, lines: &[u8]) -> common::Ran {
    run_with(args(&["govern", "--replay", "--key"], &[&demo.dir.join("keys/log.pem"), log]), lines)
}

#[test]
fn its_script_makes_the_same_log_again_byte_for_byte() {
    let demo = Demo::new();
    let inputs = fs::read(demo.dir.join("inputs.jsonl")).unwrap();
    let again = demo.dir.join("again.sqlite");
    let ran = replay(&demo, &again, &inputs);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(read(&again), read(&demo.log()));
    assert!(fs::read(&again).unwrap() == fs::read(demo.log()).unwrap(), "the files differ");
    assert_eq!(demo.verify(&again).code, Some(0));
}

#[test]
fn a_script_is_not_played_onto_a_log_that_is_there() {
    let demo = Demo::new();
    let before = fs::read(demo.log()).unwrap();
    let inputs = fs::read(demo.dir.join("inputs.jsonl")).unwrap();
    let ran = replay(&demo, &demo.log(), &inputs);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(fs::read(demo.log()).unwrap() == before);
}

#[test]
fn a_script_that_is_not_one_is_refused() {
    let demo = Demo::new();
    let text = fs::read_to_string(demo.dir.join("inputs.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let salted = lines.iter().position(|line| line.contains("\"salts\"")).unwrap();
    let with = |line: usize, text: &str| {
        let mut lines = lines[..=line].to_vec();
        lines[line] = text;
        lines.join("\n")
    };
    let more = lines[salted].replacen("\"salts\":[", "\"salts\":[\"000102030405060708090a0b0c0d0e0f\",", 1);
    let none = lines[salted].replacen("\"salts\":[", "\"salts\":[],\"ignored\":[", 1);
    for (number, script) in [
        (1, lines[1..].join("\n")),
        (1, r#"{"type":"genesis","origin":"a"}"#.into()),
        (2, with(1, "not JSON")),
        (salted + 1, with(salted, &more)),
        (salted + 1, with(salted, &none)),
        (3, with(2, &lines[2].replacen("\"time\":1", "\"time\":0", 1))),
    ] {
        let dir = folder();
        let ran = replay(&demo, &dir.path().join("log.sqlite"), script.as_bytes());
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(&format!("line {number}: ")), "{number}: {ran:?}");
    }
    let dir = folder();
    let ran = replay(&demo, &dir.path().join("log.sqlite"), b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
}

#[test]
fn a_live_core_takes_neither_times_and_salts_nor_its_own_acts() {
    let own = common::Own::new();
    let lines = [
        r#"{"time":1795405884000,"input":{"type":"close-run","run":1}}"#,
        r#"{"type":"genesis","origin":"log.test.example/agents"}"#,
        r#"{"type":"start"}"#,
        r#"{"type":"stop"}"#,
    ];
    let ran = run_with(own.govern(), lines.join("\n").as_bytes());
    assert_eq!(ran.code, Some(2));
    let errors: Vec<String> = ran.lines().iter().map(|it| it["error"].as_str().unwrap().into()).collect();
    let act = "genesis, start and stop are written by the core itself";
    assert_eq!(errors, ["times and salts are taken with --replay only", act, act, act]);
    assert_eq!(read(&own.log()).0.len(), 4 + 2, "a start and a stop alone");
}
