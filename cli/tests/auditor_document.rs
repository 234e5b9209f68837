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

use common::page::{shell, walk};

#[test]
fn every_command_of_the_reviewers_walk_does_what_the_page_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let page = fs::read_to_string(root.join("docs/auditor.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root.join("testvectors"), folder.path().join("testvectors")).unwrap();
    let counted = walk(&page, |line| {
        let (command, expected) = expected(line);
        let ran = shell(folder.path(), command);
        assert_eq!(ran.status.code(), Some(expected), "{command}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    });
    assert_eq!(counted, (20, 8));
    assert!(folder.path().join("reviewed/audit").exists());
}

/// A command of the page, and the exit code that stands behind it.
fn expected(line: &str) -> (&str, i32) {
    match line.split_once("   # exit ") {
        Some((command, code)) => (command, code.parse().unwrap()),
        None => (line, 0),
    }
}
