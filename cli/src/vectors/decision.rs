//! Decision vectors: commands in; verdicts out, and the root of the log that they make.

use counterfoil_enforce::{Answer, Command, Core, Error, Failing, FileKey, Scripted};
use counterfoil_record::verdict::{CheckResult, Code, Outcome};
use counterfoil_record::{Index, SignedRecord, Time};
use counterfoil_store::{MemoryStore, Records as _};
use serde::{Deserialize, Serialize};

/// What is asked: commands, each with its time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    format: u64,
    log_key_seed: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    time: Time,
    #[serde(default)]
    salts: Vec<String>,
    #[serde(default)]
    log_key_seed: Option<String>,
    command: Command,
}

/// What comes of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    /// What came of each command, in their order.
    pub(super) steps: Vec<Expect>,
    /// The root of the log.
    pub(super) root: String,
}

impl Answered {
    /// The first difference from what was expected.
    pub(super) fn differs_from(&self, expected: &Self) -> Option<String> {
        let steps = self.steps.iter().zip(&expected.steps).enumerate();
        for (number, (found, expected)) in steps {
            if found != expected {
                return Some(format!("step {number}: expected {expected:?}, found {found:?}"));
            }
        }
        let rest = (self.steps.len(), &self.root);
        let owed = (expected.steps.len(), &expected.root);
        (rest != owed).then(|| format!("steps and root: expected {owed:?}, found {rest:?}"))
    }
}

/// What comes of a step.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expect {
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fail: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cannot: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_of: Option<Index>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
}

impl Expect {
    fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Recorded(it) => Self::decided(it.outcome, &it.codes, &it.failing),
            Answer::Counted(it) => {
                Self { counted: Some(it.counted), ..Self::decided(it.outcome, &it.codes, &it.failing) }
            }
            Answer::Repeated(repeated) => Self {
                repeat_of: Some(repeated.repeat_of),
                status: Some(repeated.status.into()),
                ..Self::default()
            },
        }
    }

    fn of_genesis(entry: &[u8]) -> Result<Self, String> {
        let record = SignedRecord::decode(entry).map_err(|error| error.to_string())?;
        let verdict = &record.unverified().verdict;
        Ok(Self::decided(verdict.outcome, &verdict.codes, &[]))
    }

    fn decided(outcome: Outcome, codes: &[Code], failing: &[Failing]) -> Self {
        Self {
            outcome: Some(outcome.code().into()),
            codes: codes.iter().map(|code| code.code().into()).collect(),
            fail: checks(failing, CheckResult::Fail),
            needs: checks(failing, CheckResult::Needs),
            cannot: checks(failing, CheckResult::Cannot),
            ..Self::default()
        }
    }
}

fn checks(failing: &[Failing], result: CheckResult) -> Vec<String> {
    let failing = failing.iter().filter(|failing| failing.result == result);
    failing
        .map(|failing| match &failing.rule {
            Some(rule) => format!("{}:{rule}", failing.check),
            None => failing.check.code().into(),
        })
        .collect()
}

/// The log's key of that seed.
fn key(seed: &str) -> Result<FileKey, String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(seed, &mut bytes).map_err(|error| error.to_string())?;
    FileKey::from_seed(&bytes).map_err(|error| error.to_string())
}

impl Step {
    fn script(&self) -> Result<Scripted, String> {
        let salts = self.salts.iter().map(|salt| {
            let mut bytes = [0; 16];
            hex::decode_to_slice(salt, &mut bytes).map(|()| bytes).map_err(|error| error.to_string())
        });
        Ok(Scripted { time: Some(self.time), salts: salts.collect::<Result<_, String>>()? })
    }
}

impl Question {
    /// Runs the commands.
    pub(super) fn answer(self) -> Result<Answered, String> {
        if self.format != 1 {
            return Err(format!("format: expected 1, found {}", self.format));
        }
        let first_key = key(&self.log_key_seed)?;
        let mut commands = self.steps.into_iter();
        let first = commands.next().ok_or("there is no step")?;
        let Command::Genesis { origin, governance } = &first.command else {
            return Err("the first step opens no log".into());
        };
        let (origin, governance) = (origin.clone(), governance.clone());
        let core =
            Core::create_unstarted(MemoryStore::default(), first_key, first.script()?, origin, governance);
        let mut core = core.map_err(|error: Error| error.to_string())?;
        let opened = core.store().read(0).ok().flatten().ok_or("there is no genesis record")?;
        let mut steps = vec![Expect::of_genesis(&opened)?];
        for (number, step) in (1_usize..).zip(commands) {
            let place = format!("step {number}");
            if let Some(seed) = &step.log_key_seed {
                core = Core::open_unstarted(core.into_store(), key(seed)?, Scripted::default())
                    .map_err(|error| format!("{place}: {error}"))?;
            }
            *core.surroundings_mut() = step.script()?;
            let answer = core.submit(step.command).map_err(|error| format!("{place}: {error}"))?;
            steps.push(Expect::of(&answer));
        }
        Ok(Answered { steps, root: core.root().to_string() })
    }
}
