//! Decision vectors: commands in, verdicts out, and the root of the log that they make.

use counterfoil_enforce::{Answer, Command, Core, Failing, FileKey, Scripted};
use counterfoil_record::verdict::CheckResult;
use counterfoil_record::{Index, SignedRecord, Time};
use counterfoil_store::{MemoryStore, Records as _};
use serde::{Deserialize, Serialize};

use super::{FORMAT, Named};

/// A decision vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The version of the form, 1.
    pub format: u64,
    /// `decision`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// What it shows, in one sentence.
    pub shows: String,
    /// The seed of the log's Ed25519 key, 64 hexadecimal digits.
    pub log_key_seed: String,
    /// What is submitted; first the genesis.
    pub steps: Vec<Step>,
    /// The root of the log that comes of it, 64 hexadecimal digits.
    pub root: String,
}

/// One command, with all that it depends on, and what should come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The time, milliseconds since the Unix epoch.
    pub time: u64,
    /// Exactly the salts that the command uses, each 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub salts: Vec<String>,
    /// The seed of another Ed25519 key with which the log is opened again before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_key_seed: Option<String>,
    /// The command.
    pub command: Command,
    /// What should come of it.
    pub expect: Expected,
}

/// What should come of a step: a recorded decision, or the first answer again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    /// The outcome of a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Its codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The checks that fail, in the order of the trace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fail: Vec<String>,
    /// The checks that need approvals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The checks that cannot be decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<String>,
    /// How many refusals were only counted since the last record, with this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<u64>,
    /// The record that answered the same request before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_of: Option<Index>,
    /// Where that payment stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// What came of a step, in the form of what should.
pub fn found(answer: &Answer) -> Expected {
    match answer {
        Answer::Recorded(recorded) => Expected {
            outcome: Some(recorded.outcome.code().into()),
            codes: recorded.codes.iter().map(|code| code.code().into()).collect(),
            fail: checks(&recorded.failing, CheckResult::Fail),
            needs: checks(&recorded.failing, CheckResult::Needs),
            cannot: checks(&recorded.failing, CheckResult::Cannot),
            ..Expected::default()
        },
        Answer::Counted(counted) => Expected {
            outcome: Some(counted.outcome.code().into()),
            codes: counted.codes.iter().map(|code| code.code().into()).collect(),
            fail: checks(&counted.failing, CheckResult::Fail),
            needs: checks(&counted.failing, CheckResult::Needs),
            cannot: checks(&counted.failing, CheckResult::Cannot),
            counted: Some(counted.counted),
            ..Expected::default()
        },
        Answer::Repeated(repeated) => Expected {
            repeat_of: Some(repeated.repeat_of),
            status: Some(repeated.status.into()),
            ..Expected::default()
        },
    }
}

/// What came of the genesis.
fn opening(entry: &[u8]) -> Expected {
    let record = SignedRecord::decode(entry).unwrap();
    let verdict = &record.unverified().verdict;
    let codes = verdict.codes.iter().map(|code| code.code().into()).collect();
    Expected { outcome: Some(verdict.outcome.code().into()), codes, ..Expected::default() }
}

fn checks(failing: &[Failing], result: CheckResult) -> Vec<String> {
    let checks = failing.iter().filter(|failing| failing.result == result);
    let named = checks.map(|failing| match &failing.rule {
        Some(rule) => format!("{}:{rule}", failing.check),
        None => failing.check.code().into(),
    });
    named.collect()
}

impl Named for Decision {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Decision {
    /// Runs the vector, and gives the log that comes of it. Panics where something comes out differently.
    pub fn run(&self) -> Vec<Vec<u8>> {
        let name = &self.name;
        assert_eq!((self.format, self.kind.as_str()), (FORMAT, "decision"), "{name}");
        let (first, steps) = self.steps.split_first().expect("a first step");
        let Command::Genesis { origin, governance } = &first.command else {
            panic!("{name}: the first step opens no log")
        };
        let key = |seed: &str| FileKey::from_seed(&hex::decode(seed).unwrap().try_into().unwrap()).unwrap();
        let mut core = Core::create_unstarted(
            MemoryStore::default(),
            key(&self.log_key_seed),
            first.script(),
            origin.clone(),
            governance.clone(),
        )
        .unwrap();
        let opened = core.store().read(0).unwrap().expect("a genesis record");
        assert_eq!(opening(&opened), first.expect, "{name}, step 0");
        for (number, step) in (1..).zip(steps) {
            if let Some(seed) = &step.log_key_seed {
                core = Core::open_unstarted(core.into_store(), key(seed), Scripted::default()).unwrap();
            }
            *core.surroundings_mut() = step.script();
            let answer = core
                .submit(step.command.clone())
                .unwrap_or_else(|error| panic!("{name}, step {number}: {error}"));
            assert_eq!(found(&answer), step.expect, "{name}, step {number}");
            assert!(core.surroundings_mut().salts.is_empty(), "{name}, step {number}: salts are left");
        }
        assert_eq!(core.root().to_string(), self.root, "{name}: root");
        let entry = |index| core.store().read(index).unwrap().expect("every entry");
        (0..core.store().len()).map(entry).collect()
    }
}

impl Step {
    fn script(&self) -> Scripted {
        let salts = self.salts.iter().map(|salt| hex::decode(salt).unwrap().try_into().unwrap());
        Scripted { time: Some(Time::from_millis(self.time)), salts: salts.collect() }
    }
}
