//! Takes each check of the auditor out, in a copy of the workspace, and names the vectors that come out differently
//! without it: `remove-checks` or `remove-checks NAME...`. Ends with 1 where some check is missed by nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    reason = "a program for whoever works on this repository, which what it cannot do stops"
)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::{env, fs};

use counterfoil_testkit::checks::{Check, Test, all, root};

fn main() -> ExitCode {
    let names: Vec<String> = env::args().skip(1).collect();
    let mut checks = all();
    if let Some(name) = names.iter().find(|name| checks.iter().all(|check| check.name != **name)) {
        eprintln!("no check is named {name}");
        return ExitCode::from(2);
    }
    checks.retain(|check| names.is_empty() || names.contains(&check.name));
    let copy = Copy::new();
    for test in checks.iter().map(Check::shown_by).fold(Vec::new(), once) {
        assert_eq!(copy.run(&test), Came::Survived, "{test:?} fails with every check in its place");
    }
    let (mut killed, mut by_tests, mut wrong) = (0_u32, 0_u32, 0_u32);
    for check in &checks {
        let came = copy.without(check);
        match &came {
            Came::Killed(by) => {
                println!("{}: {}", check.name, said(by));
                let count = if check.test.is_none() { &mut killed } else { &mut by_tests };
                *count = count.saturating_add(1);
            }
            Came::Survived => println!("{}: SURVIVED", check.name),
            Came::Broken(error) => println!("{}: BROKEN: {error}", check.name),
        }
        if !matches!(came, Came::Killed(_)) {
            wrong = wrong.saturating_add(1);
        }
    }
    println!("{} checks: {killed} shown by vectors, {by_tests} by tests, {wrong} by nothing", checks.len());
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn once(mut tests: Vec<Test>, test: Test) -> Vec<Test> {
    if !tests.contains(&test) {
        tests.push(test);
    }
    tests
}

fn said(by: &[String]) -> String {
    match by {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}

/// What a test came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    /// These vectors or tests fail: at least one.
    Killed(Vec<String>),
    /// Nothing does.
    Survived,
    /// The patch is no Rust, or the test names nothing that fails: an error of the list.
    Broken(String),
}

/// A copy of the workspace inside of its target folder, with a target folder of its own that is kept for the next time.
struct Copy {
    folder: PathBuf,
    /// Held to the end: two at work in one folder would see each other's patches.
    _lock: File,
}

impl Copy {
    fn new() -> Self {
        let folder = root().join("target/remove-checks");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.try_lock().expect("another `remove-checks` is at work");
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if entry.file_name() == "target" {
                continue;
            }
            let path = entry.path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
        copy_all(root(), &folder);
        Self { folder, _lock: lock }
    }

    /// What the check's test comes to without it.
    fn without(&self, check: &Check) -> Came {
        let file = self.folder.join(&check.file);
        let text = fs::read_to_string(&file).unwrap();
        let patched =
            check.taken_out(&text).unwrap_or_else(|| panic!("{} does not fit its file", check.name));
        fs::write(&file, patched).unwrap();
        let came = self.run(&check.shown_by());
        fs::write(&file, text).unwrap();
        came
    }

    fn run(&self, test: &Test) -> Came {
        let built = self.cargo(test, &["--no-run"]);
        if !built.status.success() {
            let errors = String::from_utf8_lossy(&built.stderr).into_owned();
            let first = errors.lines().find(|line| line.starts_with("error")).unwrap_or("error");
            return Came::Broken(first.into());
        }
        let ran = self.cargo(test, &[]);
        if ran.status.success() {
            return Came::Survived;
        }
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let vectors = told.lines().filter_map(|line| line.strip_prefix("differs: "));
        let tests = told.lines().filter_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----"));
        let mut named: Vec<String> = vectors.map(Into::into).collect();
        if named.is_empty() {
            named = tests.map(Into::into).collect();
        }
        if named.is_empty() { Came::Broken("it ends otherwise".into()) } else { Came::Killed(named) }
    }

    fn cargo(&self, test: &Test, more: &[&str]) -> Output {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.folder).args(["test", "-q", "-p", &test.package]);
        match test.target.as_str() {
            "lib" => cargo.arg("--lib"),
            target => cargo.args(["--test", target]),
        };
        // Many small builds: what did not change is kept, and nobody reads the warnings of a check that is gone.
        cargo.args(more).env("CARGO_TARGET_DIR", self.folder.join("target")).env_remove("RUSTFLAGS");
        cargo.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo.output().expect("cargo")
    }
}

/// Copies a folder, but for what was built and what starts with a dot.
fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if name == "target" || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let (from, to) = (entry.path(), to.join(&name));
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy_all(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
