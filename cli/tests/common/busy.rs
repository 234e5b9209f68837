//! A log in which everything happens that can happen to a payment, and names that a spreadsheet would take for formulas.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Input, Text};
use counterfoil_store::{SqliteStore, Store as _};
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::{forge, keys};
use tempfile::TempDir;

use crate::common::{Ran, args, folder, run};

/// A resource that a spreadsheet would compute.
pub const FORMULA: &str = "=HYPERLINK(\"https://evil.example\",\"pay, now\")";

pub struct Busy {
    _folder: TempDir,
    pub dir: PathBuf,
}

/// What `logs::busy` records, and after it a request of an operator who holds the log's key, for a resource that no core
/// would take.
pub fn entries() -> Vec<Vec<u8>> {
    let mut entries = logs::busy().script.entries();
    let records = forge::records(&entries);
    let asked = records.iter().rev().find_map(|record| match &record.input {
        Input::Pay(pay) => Some(pay.clone()),
        _ => None,
    });
    let mut pay = asked.unwrap();
    (pay.resource, pay.key) = (FORMULA.parse::<Text>().unwrap(), "forged".parse().unwrap());
    let record = forge::next(&entries, Input::Pay(pay));
    assert_eq!(record.verdict.outcome, Outcome::CannotDecide);
    entries.push(forge::sign(&record, &keys::log()));
    entries
}

impl Busy {
    /// A file with these entries, and a trust file that pins the log's key.
    pub fn of(entries: &[Vec<u8>]) -> Self {
        let folder = folder();
        let dir = folder.path().to_owned();
        let mut store = SqliteStore::create(&dir.join("log.sqlite")).unwrap();
        for (entry, index) in entries.iter().zip(0..) {
            store.append(index, entry, &[]).unwrap();
        }
        store.close().unwrap();
        let trust = format!(
            "origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n",
            keys::ORIGIN,
            keys::log_named()
        );
        fs::write(dir.join("trust.toml"), trust).unwrap();
        Self { _folder: folder, dir }
    }

    pub fn new() -> Self {
        Self::of(&entries())
    }

    pub fn log(&self) -> PathBuf {
        self.dir.join("log.sqlite")
    }

    pub fn trust(&self) -> PathBuf {
        self.dir.join("trust.toml")
    }

    /// A command on the log under trust.
    pub fn ran(&self, words: &[&str]) -> Ran {
        let (trust, log) = (self.trust(), self.log());
        let mut all = args(&words[..1], &[&log, "--trust".as_ref(), &trust]);
        all.extend(words[1..].iter().map(Into::into));
        run(all)
    }

    /// What it says, if it says it of a log that verifies.
    pub fn said(&self, words: &[&str]) -> String {
        let ran = self.ran(words);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words:?}: {ran:?}");
        ran.stdout
    }

    /// An export with these options, as JSON.
    pub fn export(&self, options: &[&str]) -> serde_json::Value {
        let said = self.said(&[&["export"], options].concat());
        serde_json::from_str(&said).unwrap()
    }

    /// `check-export` on a file with that text.
    pub fn check(&self, text: &str) -> Ran {
        let file = self.dir.join("exported");
        fs::write(&file, text).unwrap();
        self.ran(&["check-export", file.to_str().unwrap()])
    }

    pub fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.dir).join(name)
    }
}
