//! `docs/reconcile.md` shows what the program does, and names every class, gap and grade of evidence.
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

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use counterfoil_reconcile::{Class, GapCode, Worth};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn page() -> String {
    fs::read_to_string(root().join("docs/reconcile.md")).unwrap()
}

fn shell(dir: &Path, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
    let before = env::var_os("PATH").unwrap();
    let path = [program.parent().unwrap().to_owned()].into_iter().chain(env::split_paths(&before));
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(dir).env("PATH", env::join_paths(path).unwrap());
    command.output().unwrap()
}

#[test]
fn the_session_goes_as_written() {
    let page = page();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    std::os::unix::fs::symlink(root().join("testvectors"), dir.join("testvectors")).unwrap();
    let lines: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let commands: Vec<&str> = lines.into_iter().filter(|line| line.starts_with("counterfoil ")).collect();
    let ran: Vec<Output> = commands.iter().map(|line| shell(dir, line)).collect();
    let codes: Vec<_> = ran.iter().map(|it| it.status.code()).collect();
    assert_eq!(codes, [Some(0), Some(1), Some(1)], "{ran:?}");
    let said = String::from_utf8(ran[1].stdout.clone()).unwrap();
    let shown = page.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let mut found = said.lines();
    for line in shown.lines() {
        let start = line.split("...").next().unwrap();
        let fits = |it: &str| if start == line { it == line } else { it.starts_with(start) };
        assert!(found.any(fits), "not said, or not in this order: {line}\n{said}");
    }
    assert!(shown.lines().count() > 15);
    let rows = fs::read_to_string(dir.join("demo/rows.csv")).unwrap();
    assert!(
        rows.starts_with("class,subject,run,") && rows.lines().next().unwrap().ends_with(",worth,evidence")
    );
    let marked = rows.lines().filter(|row| row.starts_with("moved-without-decision,transfer 0x")).count();
    assert_eq!(marked, 2);
}

#[test]
fn the_page_and_the_help_name_every_code() {
    let page = page();
    let codes = Class::ALL.iter().map(|it| it.code());
    let codes =
        codes.chain(GapCode::ALL.iter().map(|it| it.code())).chain(Worth::ALL.iter().map(|it| it.code()));
    for code in codes {
        assert!(page.contains(&format!("`{code}`")), "{code}");
    }
    let help = shell(Path::new("."), "counterfoil reconcile --help");
    // A long word may be broken where it has a hyphen.
    let help = String::from_utf8(help.stdout).unwrap().split_whitespace().collect::<String>();
    for class in Class::ALL {
        let row = page
            .lines()
            .find(|line| line.starts_with("| `") && line.contains(&format!("`{class}`")))
            .unwrap();
        let marked = row.split(" | ").next().unwrap().ends_with('!');
        assert_eq!(marked, class.is_discrepancy(), "{class}");
        assert_eq!(help.contains(class.code()), class.is_discrepancy(), "{class}");
    }
}

#[test]
fn the_schema_lists_every_code_in_its_order() {
    let text = fs::read_to_string(root().join("schemas/reconcile.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["$id"], "urn:counterfoil:schema:reconcile");
    let listed = |pointer: &str| {
        let list = schema.pointer(pointer).unwrap().as_array().unwrap();
        list.iter().map(|it| it.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let codes: Vec<_> = Class::ALL.iter().map(|it| it.code().to_owned()).collect();
    assert_eq!(listed("/$defs/class/enum"), codes);
    let codes: Vec<_> = GapCode::ALL.iter().map(|it| it.code().to_owned()).collect();
    assert_eq!(listed("/properties/gaps/items/properties/code/enum"), codes);
    let codes: Vec<_> = Worth::ALL.iter().map(|it| it.code().to_owned()).collect();
    assert_eq!(listed("/$defs/worth/enum"), codes);
}
