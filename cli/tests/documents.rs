//! What the documents show is what the program does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use counterfoil_testkit::keys;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn the_readme_shows_the_demonstration_as_it_is() {
    let (readme, demo) = (read("README.md"), read("cli/tests/demo.stdout"));
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let mut lines = demo.lines().map(str::trim_end);
    let mut count = 0;
    for line in shown.lines().filter(|line| *line != "...") {
        assert!(lines.any(|found| found == line), "not in the demonstration, or not in this order: {line}");
        count += 1;
    }
    assert!(count > 30);
    assert!(readme.lines().count() <= 150);
}

/// A command with `--help` behind it is answered with help, unless an option or a subcommand of it is not there.
#[test]
fn every_command_and_option_that_a_document_shows_is_real() {
    let pages = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.chain([root().join("README.md"), root().join("testvectors/README.md")]);
    let mut shown = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with("counterfoil "));
        for line in lines {
            let ends =
                [" #", " |", " >", " <", " -- ", "   "].map(|end| line.find(end).unwrap_or(line.len()));
            let command = &line[..ends.into_iter().min().unwrap()];
            let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
            let folder = tempfile::tempdir().unwrap();
            let script = format!("{} {} --help", program.display(), &command["counterfoil ".len()..]);
            // What a page keeps in a variable is somebody's verifier key.
            let names = ["GINA", "HUGO", "ALICE", "BOB"].map(|name| (name, keys::person("gina").to_string()));
            let mut shell = Command::new("sh");
            let ran = shell.args(["-c", &script]).envs(names).current_dir(folder.path()).output().unwrap();
            assert_eq!(ran.status.code(), Some(0), "{}: {command}: {ran:?}", page.display());
            assert!(String::from_utf8(ran.stdout).unwrap().contains("Usage: counterfoil "), "{command}");
            shown += 1;
        }
    }
    assert!(shown > 60, "{shown}");
}

#[test]
fn every_vector_that_the_threats_name_is_there() {
    let mut named = 0;
    for row in read("docs/threats.md").lines().filter(|line| line.starts_with("| ")) {
        let Some(vectors) = row.trim_end_matches(" |").rsplit(" | ").next() else { continue };
        for name in vectors.split('`').skip(1).step_by(2).filter(|name| !name.contains('/')) {
            let exists = ["decision", "evidence"]
                .iter()
                .any(|kind| root().join("testvectors").join(kind).join(format!("{name}.json")).exists());
            assert!(exists, "docs/threats.md names {name}");
            named += 1;
        }
    }
    assert!(named > 60, "{named}");
}

#[test]
fn the_threats_name_every_evidence_vector() {
    let threats = read("docs/threats.md");
    let shown: Vec<&str> = threats
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next())
        .flat_map(|vectors| vectors.split('`').skip(1).step_by(2))
        .collect();
    let mut count = 0;
    for entry in fs::read_dir(root().join("testvectors/evidence")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(shown.contains(&name), "docs/threats.md has no row for {name}");
        count += 1;
    }
    assert!(count >= 160, "{count}");
}

#[test]
fn every_finding_of_the_auditor_has_a_vector_or_a_reason() {
    let vectors = root().join("testvectors/evidence");
    let texts: Vec<String> = fs::read_dir(vectors)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    // These come from the store, not from entries: the tests of the command show them.
    let from_the_store = ["entry-missing", "entry-unreadable"];
    for code in counterfoil_audit::FindingCode::ALL {
        let shown = texts.iter().any(|text| text.contains(&format!("\"code\": \"{code}\"")));
        assert!(shown || from_the_store.contains(&code.code()), "no vector shows {code}");
    }
}

#[test]
fn the_session_with_govern_goes_as_written() {
    let page = read("docs/govern.md");
    let policy = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (dir, file) = (folder.path().join("agents"), folder.path().join("policy.toml"));
    fs::write(&file, policy).unwrap();
    let program = env!("CARGO_BIN_EXE_counterfoil");
    let init = ["--origin", "payments.example/agents", "--policy"];
    let made = Command::new(program).arg("init").arg(&dir).args(init).arg(&file).output().unwrap();
    assert!(made.status.success(), "{made:?}");

    let line =
        |prefix: &str| page.lines().filter_map(|it| it.strip_prefix(prefix)).map(String::from).collect();
    let (commands, answers): (Vec<String>, Vec<String>) = (line("> "), line("< "));
    let mut govern = Command::new(program)
        .arg("govern")
        .arg(dir.join("log.sqlite"))
        .arg("--key")
        .arg(dir.join("keys/log.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    govern.stdin.take().unwrap().write_all(format!("{}\n", commands.join("\n")).as_bytes()).unwrap();
    let said = govern.wait_with_output().unwrap();
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    assert_eq!(said.lines().count(), answers.len());
    for (said, written) in said.lines().zip(&answers) {
        let [said, written] = [said, written].map(|line| serde_json::from_str::<Value>(line).unwrap());
        for field in ["index", "outcome", "codes", "failing", "repeat_of", "status"] {
            assert_eq!(said[field], written[field], "{field}");
        }
        assert_eq!(said.get("permit").is_some(), written.get("permit").is_some());
    }
}
