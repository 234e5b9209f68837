//! A log in which everything happens that can happen to a payment, and names that a spreadsheet would take for formulas.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_enforce::Command;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Index, Input, Text};
use counterfoil_store::{SqliteStore, Store as _};
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow, cannot, deny, hold};
use counterfoil_testkit::{forge, keys, policy, rail};
use serde_json::json;
use tempfile::TempDir;

use crate::common::{Ran, args, folder, run};

/// A resource that a spreadsheet would compute.
pub const FORMULA: &str = "=HYPERLINK(\"https://evil.example\",\"pay, now\")";

pub struct Busy {
    _folder: TempDir,
    pub dir: PathBuf,
}

fn sub(scene: &mut Scene, id: &str, agent: &str, principal: &str) -> Index {
    scene.open_run_of(id, agent, principal)
}

/// The scene: three agents, three assets, two payees, and every status that a payment can have.
pub fn scene() -> Scene {
    let policy = policy::plain_with(&[
        ("[agents.scout]\n", "[agents.scout]\n[agents.\"@SUM\"]\n"),
        ("[\"researcher\", \"scout\", \"signer\"]", "[\"researcher\", \"scout\", \"signer\", \"@SUM\"]"),
        ("releases = \"chain\"", "releases = \"payee\""),
        ("count = 5", "count = 1000"),
        ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        ("match_horizon = \"90d\"", "match_horizon = \"1h\""),
    ]);
    let mut scene = Scene::new("busy", "everything that can happen to a payment", &policy);
    let research = sub(&mut scene, "report-17", "researcher", "carol");
    let formula = sub(&mut scene, "+1+2", "@SUM", "-2+3");

    // Settled and partly refunded; it is forgotten before the log ends.
    let first = scene.pay(&Ask::new(research, "first", 200_000), allow());
    scene.bind_exactly(&first);
    scene.settle(first.index, 200_000, accepted());
    scene.script.json(json!({"type": "refund", "payment": first.index, "amount": "50000"}));
    // Failed as the payee says; unknown; a settlement late after it has expired.
    let failed = scene.pay(&Ask::new(formula, "-1", 110_000), allow());
    scene.fail(failed.index, accepted());
    let gone = scene.pay(&Ask::new(research, "gone", 120_000), allow());
    scene.bind_exactly(&gone);
    let never = scene.pay(&Ask::new(research, "never", 130_000), allow());
    scene.script.wait(13 * 60_000);
    scene.expire(gone.index, accepted());
    scene.expire(never.index, accepted());
    scene.settle(gone.index, 120_000, accepted_with(&["late"]));
    scene.script.wait(3 * 3_600_000);

    // Denied for every kind of reason.
    scene.pay(&Ask::new(research, "tip", 10_000).category("tip"), deny(&["gate:no-tips"]));
    let stranger = format!("{}:{}", rail::CHAIN, policy::STRANGER);
    scene.script.submit(Ask::new(research, "stranger", 20_000).offer("/payTo", policy::STRANGER).command());
    assert!(scene.script.core.state().payees.iter().all(|payee| payee.as_str() != stranger));
    scene.script.submit(Ask::new(formula, "coin", 30_000).offer("/asset", policy::STRANGER).command());
    scene.script.submit(Ask::new(formula, "batch", 40_000).offer("/scheme", "batch-settlement").command());
    scene.pay(&Ask::new(research, "odd", 1).offer("/amount", "x"), cannot(&["obligation"]));
    scene.script.submit(Ask::new(Index::new(1), "nowhere", 50_000).command());

    // Held: waiting, refused by somebody, approved, voided by the end of its run.
    let closing = sub(&mut scene, "closing", "scout", "carol");
    scene.pay(&Ask::new(closing, "void", 2_000_000), hold(&["gate:premium"]));
    scene.script.json(json!({"type": "close-run", "run": closing}));
    scene.pay(&Ask::new(closing, "closed", 60_000), deny(&["run-open"]));
    scene.pay(&Ask::new(research, "waits", 2_100_000), hold(&["gate:premium"]));
    let approved = scene.pay(&Ask::new(research, "approved", 2_200_000), hold(&["gate:premium"]));
    scene.approve("alice", &approved);
    scene.claim(approved.index, allow());
    let refused = scene.pay(&Ask::new(research, "refused", 2_300_000), hold(&["gate:premium"]));
    scene.say("bob", counterfoil_record::statement::Answer::Refuse, &refused, accepted());
    scene.claim(refused.index, deny(&["gate:premium"]));

    // A transaction that fails after one of its payments has settled.
    let transaction = scene.begin(research, &[("a", true), ("b", true)]);
    let a = scene.pay(&Ask::new(research, "a", 400_000).reversible(transaction, "a"), allow());
    scene.bind_exactly(&a);
    scene.settle(a.index, 400_000, accepted());
    let compensate = json!({"type": "compensate", "payment": a.index, "amount": "100000"});
    assert_eq!(scene.script.json(compensate).outcome, Outcome::Accepted);
    let abort = Command::Abort { transaction, reason: None };
    scene.record(abort, accepted());

    // Other assets, another payee, still open, and one whose outcome nobody knows.
    scene.pay(&Ask::yen(research, "yen", 900), allow());
    scene.pay(&Ask::gold(formula, "gold", 1_500_000_000_000_000_000), allow());
    let other = Ask::new(formula, "@other", 70_000).offer("/payTo", policy::OTHER_SELLER);
    let other = scene.pay(&other, allow());
    scene.unknown(other.index, accepted());
    scene.script.json(json!({"type": "heartbeat"}));
    // The last: refused for its time.
    scene.script.wait(73 * 3_600_000);
    scene.script.submit(Ask::new(research, "jump", 80_000).command());
    scene
}

/// What the scene records, and after it a request of an operator who holds the log's key, for a resource that no core
/// would take.
pub fn entries() -> Vec<Vec<u8>> {
    let mut entries = scene().script.entries();
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
