//! `docs/approving.md` shows what the program does: every command in it is run, on a terminal, in its order.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rexpect::reader::ReadUntil;
use rexpect::session::spawn_command;

fn read(path: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// What the fenced blocks of that kind hold.
fn blocks<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let fence = format!("```{kind}\n");
    page.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Runs a line of the page in a shell on a terminal; whoever is asked there gives the passphrase, and says yes.
fn shell(dir: &Path, line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
    let before = env::var_os("PATH").unwrap();
    let path = [program.parent().unwrap().to_owned()].into_iter().chain(env::split_paths(&before));
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(dir).env("PATH", env::join_paths(path).unwrap());
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    let mut said = String::new();
    loop {
        let questions = ["passphrase of", "the same again: ", "sign this? (yes, or anything else for no)"];
        let mut until: Vec<ReadUntil> = questions.iter().map(|it| ReadUntil::String((*it).into())).collect();
        until.push(ReadUntil::EOF);
        let (before, found) = session.exp_any(until).unwrap();
        said.push_str(&before);
        said.push_str(&found);
        match found.as_str() {
            "" => break,
            found if found.starts_with("sign this?") => session.send_line("yes").unwrap(),
            _ => session.send_line("correct horse battery staple").unwrap(),
        };
    }
    let status = format!("{:?}", session.process().wait().unwrap());
    assert!(status.starts_with("Exited(") && status.ends_with(", 0)"), "{line}: {status}: {said}");
    said.replace("\r\n", "\n")
}

/// The lines of a shown screen stand in what was said, in their order; `...` is what differs each time.
fn assert_shows(said: &str, shown: &str) {
    let mut lines = said.lines().map(str::trim_end);
    for line in shown.lines() {
        let start = line.split("...").next().unwrap();
        let fits = |found: &str| if start == line { found == line } else { found.starts_with(start) };
        assert!(lines.any(fits), "not said, or not in this order: {line}\n{said}");
    }
}

#[test]
fn every_command_of_the_page_on_approving_does_what_the_page_says() {
    let (page, govern) = (read("docs/approving.md"), read("docs/govern.md"));
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let mut policy = format!("{}{}", blocks(&govern, "toml")[0], blocks(&page, "toml")[0]);
    let mut screens = blocks(&page, "text").into_iter();
    let mut said = Vec::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("    ")) {
        if line.starts_with("counterfoil init") {
            fs::write(dir.join("policy.toml"), &policy).unwrap();
        }
        let answer = shell(dir, line);
        if let Some(person) = line.strip_prefix("counterfoil key new ").and_then(|it| it.split('.').next()) {
            let placeholder = format!("{}'S VERIFIER KEY", person.to_uppercase());
            let key = answer.lines().rfind(|it| it.starts_with(&format!("{person}+"))).unwrap();
            assert_eq!(policy.matches(&placeholder).count(), 1);
            policy = policy.replace(&placeholder, key);
        }
        if line.starts_with("counterfoil init") {
            let session: Vec<&str> = govern.lines().filter_map(|it| it.strip_prefix("> ")).take(2).collect();
            fs::write(dir.join("session.jsonl"), session.join("\n")).unwrap();
            let held =
                shell(dir, "counterfoil govern agents/log.sqlite --key agents/keys/log.pem < session.jsonl");
            assert!(held.contains(r#"{"index":6,"#) && held.contains(r#""outcome":"hold""#), "{held}");
        }
        if line.starts_with("counterfoil pending") || line.contains("6 --key alice.pem") {
            assert_shows(&answer, screens.next().unwrap());
        }
        said.push((line, answer));
    }
    assert!(screens.next().is_none(), "every screen of the page was held against one");
    assert!(said.len() >= 14, "{}", said.len());
    let outcome = |line: &str| {
        let (_, answer) = said.iter().find(|(it, _)| it.contains(line)).unwrap();
        let outcome = answer.split(r#""outcome":""#).nth(1).unwrap();
        outcome.split('"').next().unwrap().to_owned()
    };
    for handed_in in ["< alice.json", "< bob.json", "< suspend.json", "< resume.json"] {
        assert_eq!(outcome(handed_in), "accepted", "{handed_in}");
    }
    assert_eq!(outcome("echo "), "allow");
}
