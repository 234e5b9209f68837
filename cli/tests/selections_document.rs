//! `docs/selections.md` shows what the program does: every command in it is run, in its order.
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

use std::fs;
use std::path::{Path, PathBuf};

use common::page::{self, walk};

/// Runs a line of the page in a shell, and gives what it says on stdout.
fn shell(dir: &Path, line: &str) -> String {
    let ran = page::shell(dir, line);
    // The one file of the page that differs.
    let expected = i32::from(line.contains("check-export") && line.contains("short.csv"));
    assert_eq!(ran.status.code(), Some(expected), "{line}: {ran:?}");
    assert_eq!(String::from_utf8(ran.stderr).unwrap(), "", "{line}");
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn every_command_of_the_page_on_selections_does_what_the_page_says() {
    let text = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/selections.md");
    let text = fs::read_to_string(text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut said = String::new();
    let counted = walk(&text, |command| {
        said = shell(folder.path(), command);
        said.clone()
    });
    assert_eq!(counted, (12, 6));
    // Drawn twice: by the program, and by the shell.
    let drawn = shell(
        folder.path(),
        "counterfoil sample demo/log.sqlite --trust demo/trust.toml --size 2 --format csv",
    );
    let tickets = drawn.lines().filter(|line| line.starts_with(['1', '2']));
    let tickets: Vec<String> =
        tickets.map(|line| line.split(',').skip(1).take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(said.lines().collect::<Vec<_>>(), tickets);
}

#[test]
fn the_page_names_every_column_option_and_status() {
    let text = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/selections.md");
    let text = fs::read_to_string(text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    shell(folder.path(), "counterfoil demo --out demo");
    let header = shell(
        folder.path(),
        "counterfoil export demo/log.sqlite --trust demo/trust.toml --format csv | grep ^payment,",
    );
    for column in header.trim_end().split(',') {
        assert!(text.contains(&format!("`{column}`")), "{column}");
    }
    for status in counterfoil_review::payments::STATUSES {
        assert!(text.contains(&format!("`{status}`")), "{status}");
    }
    let help = shell(folder.path(), "counterfoil list --help");
    let options = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    for option in options.filter_map(|line| line.split(' ').next()).filter(|option| *option != "trust") {
        assert!(text.contains(&format!("`--{option}")), "{option}");
    }
}
