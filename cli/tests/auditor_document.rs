//! `docs/auditor.md` shows what the program does: every command in it is run, in its order.
#![cfg(unix)]
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
use std::path::PathBuf;

use common::page::{assert_shows, shell};

#[test]
fn every_command_of_the_reviewers_walk_does_what_the_page_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let page = fs::read_to_string(root.join("docs/auditor.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root.join("testvectors"), folder.path().join("testvectors")).unwrap();
    let (mut said, mut screen) = (String::new(), None::<Vec<&str>>);
    let (mut commands, mut screens) = (0, 0);
    for line in page.lines() {
        match (&mut screen, line) {
            (None, "```text") => screen = Some(Vec::new()),
            (Some(shown), "```") => {
                assert_shows(&said, shown);
                (screen, screens) = (None, screens + 1);
            }
            (Some(shown), line) => shown.push(line),
            (None, line) => {
                if let Some(command) = line.strip_prefix("    ") {
                    let (command, expected) = expected(command);
                    let ran = shell(folder.path(), command);
                    assert_eq!(ran.status.code(), Some(expected), "{command}: {ran:?}");
                    said = String::from_utf8(ran.stdout).unwrap();
                    commands += 1;
                }
            }
        }
    }
    assert_eq!((commands, screens), (19, 8));
    assert!(folder.path().join("reviewed/audit").exists());
}

/// A command of the page, and the exit code that stands behind it.
fn expected(line: &str) -> (&str, i32) {
    match line.split_once("   # exit ") {
        Some((command, code)) => (command, code.parse().unwrap()),
        None => (line, 0),
    }
}
