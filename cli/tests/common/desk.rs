//! A desk at which people sign: a log, the keys of alice, bob and erin, and of gina and hugo who may govern it.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{keys, policy};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ran, args, folder, open_run, read, run, run_with};

/// The passphrase of the key of alice.
pub const PASSPHRASE: &str = "correct horse battery staple";

pub struct Desk {
    _folder: TempDir,
    pub dir: PathBuf,
    pub policy: String,
}

/// Payments of 2.00 usdc or more take two people of finance.
pub fn two_people() -> String {
    policy::plain_with(&[
        ("count = 5", "count = 10000"),
        ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        (
            "when = { exposure_at_least = \"2.00 usdc\" }\nneed = { approvals = 1,",
            "when = { exposure_at_least = \"2.00 usdc\" }\nneed = { approvals = 2,",
        ),
    ])
}

impl Desk {
    /// A log with that policy in force.
    pub fn new(policy: &str) -> Self {
        let desk = Self::prepare(policy);
        desk.init(&["--policy", desk.path("policy.toml").to_str().unwrap()]);
        desk
    }

    /// A log that gina and hugo govern, both of whom it takes.
    pub fn governed(policy: &str) -> Self {
        let desk = Self::prepare(policy);
        let [gina, hugo] = ["gina", "hugo"].map(|name| keys::person(name).to_string());
        desk.init(&["--governor", &gina, "--governor", &hugo]);
        desk
    }

    fn prepare(policy: &str) -> Self {
        let folder = folder();
        let dir = folder.path().to_owned();
        fs::write(dir.join("policy.toml"), policy).unwrap();
        for name in ["alice", "bob", "erin", "gina", "hugo", "mallory"] {
            let (key, path) = (keys::ed25519(name), dir.join(format!("{name}.pem")));
            match name {
                "alice" => key.write_new_encrypted(&path, PASSPHRASE).unwrap(),
                _ => key.write_new(&path).unwrap(),
            }
        }
        keys::ed25519("alice").write_new(&dir.join("alice-plain.pem")).unwrap();
        Self { _folder: folder, dir, policy: policy.into() }
    }

    fn init(&self, more: &[&str]) {
        let made = self.path("agents");
        let ran = run(["init", made.to_str().unwrap(), "--origin", keys::ORIGIN].iter().chain(more));
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub fn log(&self) -> PathBuf {
        self.path("agents/log.sqlite")
    }

    pub fn trust(&self) -> PathBuf {
        self.path("agents/trust.toml")
    }

    /// The answers of `govern` to these lines.
    pub fn govern(&self, lines: &[String]) -> Vec<Value> {
        let key = self.path("agents/keys/log.pem");
        let words =
            ["govern", self.log().to_str().unwrap(), "--key", key.to_str().unwrap()].map(String::from);
        let ran = run_with(words, lines.join("\n").as_bytes());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.lines()
    }

    /// The answer to one line.
    pub fn answer(&self, line: &str) -> Value {
        let answers = self.govern(&[line.trim().to_owned()]);
        assert_eq!(answers.len(), 1, "{answers:?}");
        answers[0].clone()
    }

    /// The answer to the command in a file.
    pub fn answer_file(&self, name: &str) -> Value {
        self.answer(&fs::read_to_string(self.path(name)).unwrap())
    }

    /// Opens a run.
    pub fn open_run(&self, id: &str) -> u64 {
        self.answer(&open_run(id))["index"].as_u64().unwrap()
    }

    /// A `pay` command for so many smallest units of USDC.
    pub fn pay(run: u64, key: &str, units: u128) -> Ask {
        Ask::new(counterfoil_record::Index::new(run), key, units)
    }

    /// A payment of 3.00 usdc that waits for people, in a run of its own.
    pub fn held(&self) -> u64 {
        let run = self.open_run("report-17");
        let pay = Self::pay(run, "quote", 3_000_000).purpose("a market report");
        let answer = self.answer(&line(&pay));
        assert_eq!(answer["outcome"], "hold", "{answer}");
        answer["index"].as_u64().unwrap()
    }

    /// The arguments of `statement sign WHAT LOG ...` by a person, under trust.
    pub fn sign_args(&self, person: &str, words: &[&str]) -> Vec<OsString> {
        let mut args: Vec<OsString> = ["statement", "sign", words[0]].map(Into::into).into();
        args.push(self.log().into());
        args.extend(words[1..].iter().map(Into::into));
        let name = person.split('-').next().unwrap();
        args.extend(["--name", name, "--key"].map(Into::into));
        args.push(self.path(&format!("{person}.pem")).into());
        args.push("--trust".into());
        args.push(self.trust().into());
        args
    }

    /// `statement sign` by a person whose key is not encrypted, without being asked.
    pub fn sign(&self, person: &str, words: &[&str]) -> Ran {
        let mut all = self.sign_args(person, words);
        all.push("--yes".into());
        run(all)
    }

    /// The same into a file.
    pub fn sign_into(&self, file: &str, person: &str, words: &[&str]) -> Ran {
        let mut all = self.sign_args(person, words);
        all.extend(["--yes".into(), "-o".into(), self.path(file).into()]);
        run(all)
    }

    /// A command on a file of this folder and the log, under trust.
    pub fn on(&self, words: &[&str], file: &str) -> Ran {
        let (file, log, trust) = (self.path(file), self.log(), self.trust());
        let paths: [&Path; 4] = [&file, &log, "--trust".as_ref(), &trust];
        run(args(words, &paths))
    }

    /// `pending --json`.
    pub fn pending(&self) -> Value {
        let ran = run(args(&["pending", "--json", "--trust"], &[&self.trust(), &self.log()]));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    }

    pub fn records(&self) -> u64 {
        read(&self.log()).0.len() as u64
    }
}

/// A command on one line.
pub fn line(ask: &Ask) -> String {
    serde_json::to_string(&ask.command()).unwrap()
}
