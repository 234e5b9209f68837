//! Documents whose commands are run and whose screens are compared.
#![allow(
    dead_code,
    clippy::arithmetic_side_effects,
    reason = "each test file uses its own part of this, and counts in plain numbers"
)]

use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a line of a page in a shell, with this program on the path.
pub fn shell(dir: &Path, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
    let before = env::var_os("PATH").unwrap();
    let path = [program.parent().unwrap().to_owned()].into_iter().chain(env::split_paths(&before));
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(dir).env("PATH", env::join_paths(path).unwrap());
    command.output().unwrap()
}

/// The lines of a shown screen are those that were said, in this order; `...` is what is left out, within a line too.
pub fn assert_shows(said: &str, shown: &[&str]) {
    let mut lines = said.lines();
    for line in shown.iter().filter(|line| **line != "...") {
        let mut parts = line.split("...");
        let (first, rest) = (parts.next().unwrap(), parts.collect::<Vec<_>>());
        let fits = |found: &str| {
            let Some(mut left) = found.strip_prefix(first) else { return false };
            if rest.is_empty() {
                return left.is_empty();
            }
            rest.iter().all(|part| {
                let found = left.split_once(part);
                left = found.map_or("", |(_, after)| after);
                found.is_some()
            })
        };
        assert!(lines.any(fits), "not said, or not in this order: {line}\n{said}");
    }
}

/// Goes through a page: `run` gives what each command on it says, and each screen must be in what the command before it
/// said. Gives how many of either there are.
pub fn walk(page: &str, mut run: impl FnMut(&str) -> String) -> (usize, usize) {
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
                    said = run(command);
                    commands += 1;
                }
            }
        }
    }
    (commands, screens)
}
