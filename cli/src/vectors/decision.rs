//! Decision vectors: commands in, verdicts out, and the root of the log that they make.

use core::fmt::Debug;

use counterfoil_enforce::{Answer, Command, Core, Error, Failing, FileKey, Scripted};
use counterfoil_record::verdict::{CheckResult, Code, Outcome};
use counterfoil_record::{Index, SignedRecord, Time};
use counterfoil_store::{MemoryStore, Records as _};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    format: u64,
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "shows")]
    _shows: String,
    log_key_seed: String,
    steps: Vec<Step>,
    root: String,
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
    expect: Expect,
}

/// What should come of a step.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expect {
    outcome: Option<String>,
    codes: Vec<String>,
    fail: Vec<String>,
    needs: Vec<String>,
    cannot: Vec<String>,
    counted: Option<u64>,
    repeat_of: Option<Index>,
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

fn differ(place: &str, expected: &impl Debug, found: &impl Debug) -> String {
    format!("{place}: expected {expected:?}, found {found:?}")
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

impl Decision {
    pub(super) fn run(self) -> Result<(), String> {
        if self.format != 1 {
            return Err(differ("format", &1, &self.format));
        }
        let first_key = key(&self.log_key_seed)?;
        let mut steps = self.steps.into_iter();
        let first = steps.next().ok_or("there is no step")?;
        let Command::Genesis { origin, governance } = &first.command else {
            return Err("the first step opens no log".into());
        };
        let (origin, governance) = (origin.clone(), governance.clone());
        let core =
            Core::create_unstarted(MemoryStore::default(), first_key, first.script()?, origin, governance);
        let mut core = core.map_err(|error: Error| error.to_string())?;
        let opened = core.store().read(0).ok().flatten().ok_or("there is no genesis record")?;
        let found = Expect::of_genesis(&opened)?;
        if found != first.expect {
            return Err(differ("step 0", &first.expect, &found));
        }
        for (number, step) in (1_usize..).zip(steps) {
            let place = format!("step {number}");
            if let Some(seed) = &step.log_key_seed {
                core = Core::open_unstarted(core.into_store(), key(seed)?, Scripted::default())
                    .map_err(|error| format!("{place}: {error}"))?;
            }
            *core.surroundings_mut() = step.script()?;
            let answer = core.submit(step.command).map_err(|error| format!("{place}: {error}"))?;
            let found = Expect::of(&answer);
            if found != step.expect {
                return Err(differ(&place, &step.expect, &found));
            }
        }
        let root = core.root().to_string();
        if root == self.root { Ok(()) } else { Err(differ("root", &self.root, &root)) }
    }
}
