//! Completions and man pages name every command there is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use std::fs;

use common::{args, folder, run};

/// The commands that `--help` lists for a command.
fn listed(words: &[&str]) -> Vec<String> {
    let help = run([words, &["--help"]].concat()).stdout;
    let commands = help.split_once("\nCommands:\n").map(|(_, rest)| rest).unwrap_or_default();
    let names = commands.lines().take_while(|line| !line.is_empty());
    let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(Into::into)
        .collect()
}

#[test]
fn each_shell_completes_every_command() {
    let commands = listed(&[]);
    assert!(commands.len() >= 12, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        for command in &commands {
            assert!(ran.stdout.contains(command.as_str()), "{shell} does not complete {command}");
        }
    }
    let ran = run(["completions", "cmd"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
}

#[test]
fn each_command_has_a_man_page_of_its_own_words() {
    let folder = folder();
    let dir = folder.path().join("man1");
    let ran = run(args(&["man"], &[&dir]));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let mut pages = vec![String::from("counterfoil.1")];
    for command in listed(&[]) {
        pages.push(format!("counterfoil-{command}.1"));
        pages.extend(listed(&[&command]).iter().map(|below| format!("counterfoil-{command}-{below}.1")));
    }
    for page in &pages {
        let text = fs::read_to_string(dir.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    let policy = fs::read_to_string(dir.join("counterfoil-policy-check.1")).unwrap();
    assert!(policy.contains("daily\\-ceiling"), "{policy}");
    // A file where the folder should be.
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let ran = run(args(&["man"], &[&file]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
}
