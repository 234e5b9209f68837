//! What the tests of the command line share: running it, a demonstration's log, and a log of one's own.
#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod page;

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use counterfoil_audit::Trust;
use counterfoil_enforce::FileKey;
use counterfoil_store::{Records as _, SqliteReader, StoreError};
use counterfoil_testkit::policy;
use serde_json::Value;
use tempfile::TempDir;

/// How a run of the command came out.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The answer, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answers, as JSON, one a line.
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The command.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.env_remove("RUST_BACKTRACE").env("COLUMNS", "110").env("CARGO", "cargo");
    command
}

/// Runs the command to its end.
pub fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    run_with(args, b"")
}

/// Runs the command to its end with something on stdin.
pub fn run_with<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, stdin: &[u8]) -> Ran {
    let mut command = command();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut pipe, input) = (child.stdin.take().unwrap(), stdin.to_vec());
    // The child may end before it has read everything.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The arguments `words`, and after them `paths`.
pub fn args(words: &[&str], paths: &[&Path]) -> Vec<std::ffi::OsString> {
    let words = words.iter().map(Into::into);
    words.chain(paths.iter().map(|path| path.as_os_str().to_owned())).collect()
}

/// A folder that a test has for itself.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A demonstration, in a folder of its own.
pub struct Demo {
    _folder: TempDir,
    pub dir: PathBuf,
    pub ran: Ran,
}

impl Demo {
    pub fn new() -> Self {
        let folder = folder();
        let dir = folder.path().join("demo");
        let ran = run(args(&["demo", "--out"], &[&dir]));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        Self { _folder: folder, dir, ran }
    }

    pub fn log(&self) -> PathBuf {
        self.dir.join("log.sqlite")
    }

    pub fn trust_file(&self) -> PathBuf {
        self.dir.join("trust.toml")
    }

    pub fn trust(&self) -> Trust {
        Trust::parse(&fs::read_to_string(self.trust_file()).unwrap()).unwrap()
    }

    pub fn key(&self) -> FileKey {
        FileKey::read(&self.dir.join("keys/log.pem")).unwrap()
    }

    /// `verify --json` on a log, under the demonstration's trust.
    pub fn verify(&self, log: &Path) -> Ran {
        run(args(&["verify", "--json", "--trust"], &[&self.trust_file(), log]))
    }

    /// A copy of the log in a new folder.
    pub fn copy(&self) -> (TempDir, PathBuf) {
        let folder = folder();
        let copy = folder.path().join("copy.sqlite");
        fs::copy(self.log(), &copy).unwrap();
        (folder, copy)
    }
}

/// Every entry of a log, and its checkpoint.
pub fn read(log: &Path) -> (Vec<Vec<u8>>, Option<String>) {
    let reader = SqliteReader::open(log).unwrap();
    let entries = (0..reader.len()).map(|index| reader.read(index).unwrap().unwrap()).collect();
    (entries, reader.checkpoint().unwrap())
}

/// True if the log can be read. Where its writer was killed while it opened or closed the log, only a writer
/// can put that right.
pub fn readable(log: &Path) -> bool {
    match SqliteReader::open(log) {
        Ok(_) => true,
        Err(StoreError::Interrupted) => false,
        Err(error) => panic!("{error}"),
    }
}

/// A log of one's own, made by `init`.
pub struct Own {
    _folder: TempDir,
    pub dir: PathBuf,
}

impl Own {
    /// With the plain policy in force, but for how many payments a minute may see.
    pub fn new() -> Self {
        let folder = folder();
        let (dir, file) = (folder.path().join("agents"), folder.path().join("policy.toml"));
        fs::write(&file, policy::plain_with(&[("count = 5", "count = 10000")])).unwrap();
        let ran = run(args(&["init", "--origin", "log.test.example/agents", "--policy"], &[&file, &dir]));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        Self { _folder: folder, dir }
    }

    pub fn log(&self) -> PathBuf {
        self.dir.join("log.sqlite")
    }

    /// The arguments of `govern`.
    pub fn govern(&self) -> Vec<std::ffi::OsString> {
        args(&["govern", "--key"], &[&self.dir.join("keys/log.pem"), &self.log()])
    }

    pub fn verify(&self) -> Ran {
        run(args(&["verify", "--json", "--trust"], &[&self.dir.join("trust.toml"), &self.log()]))
    }
}

/// The line that opens a run.
pub fn open_run(id: &str) -> String {
    format!(r#"{{"type":"open-run","id":"{id}","agent":"researcher","principal":"carol"}}"#)
}

/// The codes of a report's findings, with the records that they are about.
pub fn findings(report: &Value) -> Vec<(String, Option<u64>)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| (it["code"].as_str().unwrap().into(), it["index"].as_u64())).collect()
}
