//! Decision vectors: commands in, verdicts out, and the root of the log that they make.

use core::fmt::Debug;

use counterfoil_enforce::{Answer, Command, Core, Error, FileKey, Recorded, Scripted};
use counterfoil_record::verdict::CheckResult;
use counterfoil_record::{Index, Time};
use counterfoil_store::MemoryStore;
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
    repeat_of: Option<Index>,
    status: Option<String>,
}

impl Expect {
    fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Recorded(recorded) => Self {
                outcome: Some(recorded.outcome.code().into()),
                codes: recorded.codes.iter().map(|code| code.code().into()).collect(),
                fail: checks(recorded, CheckResult::Fail),
                needs: checks(recorded, CheckResult::Needs),
                cannot: checks(recorded, CheckResult::Cannot),
                ..Self::default()
            },
            Answer::Repeated(repeated) => Self {
                repeat_of: Some(repeated.repeat_of),
                status: Some(repeated.status.into()),
                ..Self::default()
            },
        }
    }
}

fn checks(recorded: &Recorded, result: CheckResult) -> Vec<String> {
    let failing = recorded.failing.iter().filter(|failing| failing.result == result);
    failing
        .map(|failing| match &failing.rule {
            Some(rule) => format!("{}:{rule}", failing.check),
            None => failing.check.code().into(),
        })
        .collect()
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
        let mut seed = [0; 32];
        hex::decode_to_slice(&self.log_key_seed, &mut seed).map_err(|error| error.to_string())?;
        let key = FileKey::from_seed(&seed).map_err(|error| error.to_string())?;
        let mut steps = self.steps.into_iter();
        let first = steps.next().ok_or("there is no step")?;
        let Command::Genesis { origin } = &first.command else {
            return Err("the first step opens no log".into());
        };
        let core = Core::create_unstarted(MemoryStore::default(), key, first.script()?, origin.clone());
        let mut core = core.map_err(|error: Error| error.to_string())?;
        for (number, step) in (1_usize..).zip(steps) {
            *core.surroundings_mut() = step.script()?;
            let place = format!("step {number}");
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
