//! Each command by itself: help, answers on stdout alone, and exit codes.
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
use std::process::Stdio;

use common::{args, folder, open_run, run, run_with};

const COMMANDS: [&str; 20] = [
    "init",
    "key",
    "policy",
    "govern",
    "pending",
    "statement",
    "verify",
    "explain",
    "bundle",
    "list",
    "export",
    "check-export",
    "sample",
    "reconcile",
    "report",
    "vectors",
    "conform",
    "demo",
    "completions",
    "man",
];

#[test]
fn the_help_of_each_command_has_an_example() {
    for command in COMMANDS {
        let ran = run([command, "--help"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{command}");
        assert!(
            ran.stdout.contains(&format!(":\n  counterfoil {command}")) || command == "govern",
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("Example:") || ran.stdout.contains("Examples:"), "{}", ran.stdout);
    }
    let help = run(["--help"]).stdout;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(help.contains("Exit codes:"), "{help}");
}

#[test]
fn usage_errors_exit_2_with_nothing_on_stdout() {
    let cases: [&[&str]; 12] = [
        &[],
        &["nonsense"],
        &["init"],
        &["init", "dir"],
        &["init", "dir", "--origin", "has a space"],
        &["key"],
        &["key", "new", "a.pem"],
        &["policy", "check"],
        &["govern", "log.sqlite"],
        &["verify"],
        &["explain", "log.sqlite", "-1"],
        &["verify", "--no-such-flag", "log.sqlite"],
    ];
    for case in cases {
        let ran = run(case);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{case:?}: {ran:?}");
        assert!(!ran.stderr.is_empty(), "{case:?}");
    }
}

#[test]
fn key_new_prints_what_key_show_prints_and_never_replaces_a_file() {
    let dir = folder();
    let file = dir.path().join("alice.pem");
    let new = run(args(&["key", "new", "--name", "alice"], &[&file]));
    assert_eq!((new.code, new.stderr.as_str()), (Some(0), ""));
    assert!(new.stdout.starts_with("alice+") && new.stdout.lines().count() == 1, "{new:?}");
    let show = run(args(&["key", "show", "--name", "alice"], &[&file]));
    assert_eq!((show.code, &show.stdout), (Some(0), &new.stdout));
    let before = fs::read(&file).unwrap();
    let again = run(args(&["key", "new", "--name", "alice"], &[&file]));
    assert_eq!((again.code, again.stdout.as_str()), (Some(2), ""));
    assert_eq!(fs::read(&file).unwrap(), before);
    // A name with `+` could not be told from the rest of a verifier key.
    let file = dir.path().join("bad.pem");
    let bad = run(args(&["key", "new", "--name", "al+ice"], &[&file]));
    assert_eq!((bad.code, bad.stdout.as_str(), file.exists()), (Some(2), "", false));
}

#[test]
fn key_show_refuses_what_is_no_key() {
    let dir = folder();
    let file = dir.path().join("key.pem");
    for bytes in [&b""[..], b"garbage", &[0xff, 0xfe], &vec![b'a'; 20_000]] {
        fs::write(&file, bytes).unwrap();
        let ran = run(args(&["key", "show", "--name", "alice"], &[&file]));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.starts_with("counterfoil: ") && ran.stderr.contains("key.pem"), "{ran:?}");
    }
}

#[test]
fn policy_check_prints_name_version_and_digest() {
    let dir = folder();
    let file = dir.path().join("policy.toml");
    fs::write(&file, counterfoil_testkit::policy::full()).unwrap();
    let ran = run(args(&["policy", "check"], &[&file]));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let compiled = counterfoil_decide::policy::compile(&counterfoil_testkit::policy::full()).unwrap();
    let named = format!("test version 1 compiles\ndigest {}\nin any 24 hours: ", compiled.digest());
    assert!(ran.stdout.starts_with(&named), "{}", ran.stdout);
}

#[test]
fn policy_check_names_every_problem_with_line_and_column() {
    let dir = folder();
    let file = dir.path().join("policy.toml");
    let policy = counterfoil_testkit::policy::full()
        .replace("agents = [\"scout\"]", "agents = [\"nobody\"]")
        .replace("max_lifetime = \"10m\"", "max_lifetime = \"soon\"");
    fs::write(&file, &policy).unwrap();
    let ran = run(args(&["policy", "check"], &[&file]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    for wrong in ["\"nobody\"", "\"soon\""] {
        let line = policy.lines().position(|line| line.contains(wrong)).unwrap();
        let column = policy.lines().nth(line).unwrap().find(wrong).unwrap();
        let place = format!("policy.toml: line {}, column {}: ", line + 1, column + 1);
        assert!(ran.stderr.contains(&place), "{place} in {}", ran.stderr);
    }
    fs::write(&file, "name = ").unwrap();
    let ran = run(args(&["policy", "check"], &[&file]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("policy.toml: line 1, column "), "{ran:?}");
}

#[test]
fn policy_check_of_what_cannot_be_read_exits_2() {
    let dir = folder();
    for path in [dir.path().to_owned(), dir.path().join("none.toml"), "/dev/zero".into()] {
        let ran = run(args(&["policy", "check"], &[&path]));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    }
}

#[test]
fn init_makes_a_log_that_verifies_and_a_trust_file_that_pins_it() {
    let own = common::Own::new();
    let ran = own.verify();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let report = ran.json();
    assert_eq!((&report["verdict"], &report["assurance"]), (&"verified".into(), &"pinned-checkpoint".into()));
    assert_eq!(report["scope"]["origin"], "log.test.example/agents");
    assert_eq!(report["scope"]["records"], 4, "genesis, start, policy, stop");
}

#[test]
fn init_prints_what_it_made_and_never_replaces_any_of_it() {
    for taken in ["log.sqlite", "keys", "trust.toml"] {
        let dir = folder();
        fs::write(dir.path().join(taken), "precious").unwrap();
        let ran = run(args(&["init", "--origin", "a.example"], &[dir.path()]));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{taken}");
        assert!(ran.stderr.contains(taken), "{ran:?}");
        assert_eq!(fs::read_to_string(dir.path().join(taken)).unwrap(), "precious");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{taken}: nothing was made beside it");
    }
    let dir = folder();
    let ran = run(args(&["init", "--origin", "a.example"], &[dir.path()]));
    assert_eq!(ran.code, Some(0));
    let made: Vec<_> = ran.stdout.lines().map(std::path::Path::new).collect();
    assert_eq!(made, ["log.sqlite", "keys/log.pem", "trust.toml"].map(|name| dir.path().join(name)));
    let again = run(args(&["init", "--origin", "a.example"], &[dir.path()]));
    assert_eq!((again.code, again.stdout.as_str()), (Some(2), ""));
}

#[test]
fn init_with_a_policy_or_an_origin_that_will_not_do_makes_nothing() {
    let dir = folder();
    let (made, policy) = (dir.path().join("made"), dir.path().join("policy.toml"));
    fs::write(&policy, "name = 1").unwrap();
    let ran = run(args(&["init", "--origin", "a.example", "--policy"], &[&policy, &made]));
    assert_eq!((ran.code, ran.stdout.as_str(), made.exists()), (Some(1), "", false));
    let ran = run(args(&["init", "--origin", "a+b"], &[&made]));
    assert_eq!((ran.code, ran.stdout.as_str(), made.exists()), (Some(2), "", false));
}

#[test]
fn govern_answers_each_line_and_says_nothing_else_on_stdout() {
    let own = common::Own::new();
    let ran = run_with(own.govern(), format!("{}\n\n{}\r\n", open_run("r1"), open_run("r1")).as_bytes());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "a refusal is an answer");
    let answers = ran.lines();
    assert_eq!(answers.len(), 2);
    assert_eq!((&answers[0]["outcome"], &answers[0]["index"]), (&"accepted".into(), &5.into()));
    assert_eq!((&answers[1]["outcome"], &answers[1]["codes"][0]), (&"refused".into(), &"id-taken".into()));
    assert_eq!(own.verify().code, Some(0));
}

#[test]
fn govern_refuses_a_log_that_is_missing_tampered_or_of_another_key() {
    let (own, other) = (common::Own::new(), common::Own::new());
    let key = own.dir.join("keys/log.pem");
    let missing = run(args(&["govern", "--key"], &[&key, &own.dir.join("none.sqlite")]));
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
    let another = run(args(&["govern", "--key"], &[&other.dir.join("keys/log.pem"), &own.log()]));
    assert_eq!((another.code, another.stdout.as_str()), (Some(2), ""));
    assert!(another.stderr.contains("the key is not the one that signs this log"), "{another:?}");
    let database = rusqlite::Connection::open(own.log()).unwrap();
    database.execute("UPDATE record SET bytes = zeroblob(9) WHERE idx = 2", []).unwrap();
    drop(database);
    let tampered = run_with(own.govern(), open_run("r1").as_bytes());
    assert_eq!((tampered.code, tampered.stdout.as_str()), (Some(1), ""));
    assert!(tampered.stderr.contains("record 2: record-malformed"), "{tampered:?}");
}

#[test]
fn vectors_of_an_empty_folder_do_not_pass() {
    let dir = folder();
    let ran = run(args(&["vectors"], &[dir.path()]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), "0 passed, 0 failed\n"));
}

#[test]
fn a_reader_who_goes_away_is_no_panic_and_changes_no_verdict() {
    let demo = common::Demo::new();
    let (log, trust, key) = (demo.log(), demo.trust_file(), demo.dir.join("keys/log.pem"));
    let (again, other) = (demo.dir.join("again.sqlite"), demo.dir.join("other"));
    for (arguments, codes) in [
        (args(&["--help"], &[]), &[0, 2][..]),
        (args(&["verify", "--trust"], &[&trust, &log]), &[0]),
        (args(&["verify", "--json", "--trust"], &[&trust, &log]), &[0]),
        (args(&["verify"], &[&log]), &[3]),
        (args(&["explain", "--json"], &[&log, "14".as_ref()]), &[3]),
        (args(&["list", "--trust"], &[&trust, &log]), &[0]),
        (args(&["export"], &[&log]), &[3]),
        (args(&["sample", "--size", "9", "--format", "csv", "--trust"], &[&trust, &log]), &[0]),
        (args(&["govern", "--replay", "--key"], &[&key, &again]), &[2]),
        (args(&["demo", "--out"], &[&other]), &[2]),
        (args(&["demo", "--no-such-flag"], &[]), &[2]),
    ] {
        for stderr_too in [false, true] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = common::command();
            command.args(&arguments).stdin(fs::File::open(demo.dir.join("inputs.jsonl")).unwrap());
            command.stdout(writer.try_clone().unwrap());
            command.stderr(if stderr_too { writer.into() } else { Stdio::null() });
            let code = command.status().unwrap().code();
            assert!(code.is_some_and(|code| codes.contains(&code)), "{arguments:?}: {code:?}");
            drop(fs::remove_dir_all(&other));
            drop(fs::remove_file(&again));
        }
    }
}

#[test]
fn text_from_outside_begins_no_line_of_its_own_in_a_message() {
    let folder = folder();
    let forged = "counterfoil: signed; hand the line to `govern`";
    let command = folder.path().join("command.json");
    fs::write(&command, format!("{{\"type\":\"close-run\",\"run\":5,\"x\\n{forged}\":1}}\n")).unwrap();
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, format!("\"x\\n{forged}\" = 1\n{}", counterfoil_testkit::policy::plain())).unwrap();
    let scenario = folder.path().join("scenario.toml");
    fs::write(&scenario, format!("policy = \"policy.toml\"\n\"x\\n{forged}\" = 1\n")).unwrap();
    for (words, file) in [
        (&["statement", "show"][..], &command),
        (&["policy", "show"], &policy),
        (&["policy", "test"], &scenario),
    ] {
        let ran = run(args(words, &[file]));
        assert!(ran.code == Some(1) || ran.code == Some(2), "{ran:?}");
        assert!(ran.stderr.contains("signed; hand the line"), "it is quoted: {}", ran.stderr);
        assert!(!ran.stderr.lines().any(|line| line.starts_with(forged)), "{}", ran.stderr);
    }
    // The problems of a policy stand on a line each all the same.
    fs::write(
        &policy,
        counterfoil_testkit::policy::plain().replace("\"10m\"", "\"soon\"").replace("\"72h\"", "\"soon\""),
    )
    .unwrap();
    let ran = run(args(&["policy", "show"], &[&policy]));
    assert_eq!(
        ran.stderr.lines().filter(|line| line.contains("policy.toml: line ")).count(),
        2,
        "{}",
        ran.stderr
    );
}
