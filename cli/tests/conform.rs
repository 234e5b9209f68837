//! Other implementations, scored on the vectors.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;
#[path = "schemas/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use common::{Ran, folder, run};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testvectors")
}

fn conform(dir: &Path, command: &[&str]) -> Ran {
    let mut words = vec!["conform".into(), "--json".into(), dir.as_os_str().to_owned(), "--".into()];
    words.extend(command.iter().map(Into::into));
    run(words)
}

fn part(score: &Value, name: &str) -> (u64, u64) {
    (score[name]["right"].as_u64().unwrap(), score[name]["asked"].as_u64().unwrap())
}

#[test]
fn our_own_verifier_has_full_marks() {
    let ran = conform(&vectors(), &[env!("CARGO_BIN_EXE_counterfoil"), "vectors", "--answer"]);
    let score = ran.json();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    schema::assert_valid(&schema::validator("conform"), &score);
    for name in ["decisions", "exit_codes", "negative", "findings"] {
        let (right, asked) = part(&score, name);
        assert_eq!(right, asked, "{name}: {score}");
        assert!(asked >= 60, "{name}: {score}");
    }
}

#[test]
fn one_that_is_always_content_has_none_of_the_negative_cases() {
    let ran = conform(&vectors(), &["true"]);
    let score = ran.json();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(
        (part(&score, "negative").0, part(&score, "findings").0, part(&score, "decisions").0),
        (0, 0, 0)
    );
    let ((right, asked), (_, negative)) = (part(&score, "exit_codes"), part(&score, "negative"));
    assert_eq!(right, asked - negative, "what is sound, and nothing else");
}

/// One vector of each kind, in a folder of their own.
fn few() -> tempfile::TempDir {
    let folder = folder();
    for file in ["evidence/bit-of-a-signature.json", "decision/approval-used-once.json"] {
        let to = folder.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(vectors().join(file), to).unwrap();
    }
    folder
}

#[test]
fn a_question_tells_nothing_of_its_answer() {
    let few = few();
    let said = few.path().join("said");
    let script = format!("cat >> {}", said.display());
    conform(few.path(), &["sh", "-c", &script]);
    let said = fs::read_to_string(said).unwrap();
    for word in ["\"expect\"", "\"name\":\"bit", "\"shows\"", "\"root\"", "exit_code"] {
        assert!(!said.contains(word), "{word}");
    }
    assert!(said.contains("\"entries\"") && said.contains("\"command\""));
}

#[test]
fn one_that_hangs_crashes_or_babbles_is_wrong_and_the_rest_is_asked() {
    let few = few();
    for command in
        [&["sleep", "60"][..], &["sh", "-c", "kill -9 $$"], &["yes"], &["sh", "-c", "echo '{}'; exit 1"]]
    {
        let mut words = vec![
            "conform".into(),
            "--json".into(),
            "--timeout".into(),
            "1".into(),
            few.path().as_os_str().to_owned(),
            "--".into(),
        ];
        words.extend(command.iter().map(Into::into));
        let ran = run(words);
        let score = ran.json();
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!((part(&score, "findings").0, part(&score, "decisions")), (0, (0, 1)), "{score}");
    }
    let missing = conform(few.path(), &["/no/such/program"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""), "{missing:?}");
    assert!(missing.stderr.contains("/no/such/program: "), "{missing:?}");
}

#[test]
fn nobody_waits_for_what_one_leaves_behind() {
    let few = few();
    let left = few.path().join("left");
    // What is left behind holds the pipe of the answer, and says when it has waited long enough for it.
    let script = format!("(sleep 60; echo > {}) & exit 1", left.display());
    let mut words = ["conform", "--json", "--timeout", "1"].map(std::ffi::OsString::from).to_vec();
    words.extend([few.path().as_os_str().to_owned(), "--".into(), "sh".into(), "-c".into(), script.into()]);
    let ran = run(words);
    assert!(!left.exists(), "it was waited for");
    let score = ran.json();
    assert_eq!((ran.code, part(&score, "exit_codes")), (Some(1), (0, 1)), "{score}");
}
