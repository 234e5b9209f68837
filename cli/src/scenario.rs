//! Scenarios: a policy, commands to a core under it, and what should come of each, in one TOML file.
//!
//! ```toml
//! policy = "../policy.toml"              # beside this file
//!
//! [[step]]
//! name = "run"
//! type = "open-run"                      # the fields are those of a command of `govern`
//! id = "r1"
//! agent = "researcher"
//! principal = "dana"
//!
//! [[step]]
//! at = "+5m"                             # after the step before; or a time
//! type = "pay"
//! run = "$run"                           # the index that the step of that name was answered
//! url = "https://data.example/v1/quotes"
//! wallet = "hot"
//! category = "data"
//! offer = { amount = "0.50 usdc" }       # in the place of a `payment_required` header
//! expect = { outcome = "deny", fail = ["phase"] }
//! ```
//!
//! A scenario runs on the real core, with a store in memory and the times that it states, and the log that comes of it
//! is audited. The keys in the policy and the accounts of its wallets are replaced by test ones in its text, so that
//! people can answer and wallets sign ([`keys`]). Nothing else about the policy is changed.

mod command;
mod expect;
mod file;
mod keys;
mod stage;

use std::path::Path;

use serde::Serialize;

use crate::exit::Failure;

pub(crate) use file::Scenario;
use stage::Stage;

/// What came of a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// The file.
    pub(crate) file: String,
    /// What it shows, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shows: Option<String>,
    /// Its steps with something to expect, in order, and the audit at the end; of one that could not be played to
    /// its end, those before.
    pub(crate) checks: Vec<Check>,
}

/// Something that was to be expected.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    /// The step's name, or its number.
    pub(crate) step: String,
    /// The line at which it begins.
    pub(crate) line: usize,
    /// What was expected and what was found, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mismatch: Option<Mismatch>,
}

/// Something came out otherwise.
#[derive(Debug, Serialize)]
pub(crate) struct Mismatch {
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Outcome {
    /// The checks that came out otherwise.
    pub(crate) fn mismatches(&self) -> impl Iterator<Item = (&Check, &Mismatch)> {
        self.checks.iter().filter_map(|check| Some((check, check.mismatch.as_ref()?)))
    }
}

/// A scenario that was played as far as it could be.
pub(crate) struct Played {
    /// What came of it until then.
    pub(crate) outcome: Outcome,
    /// What kept it from being played to its end, with the place: unreadable files, unknown keys, a command that
    /// cannot be put.
    pub(crate) stopped: Option<Failure>,
}

/// Reads a scenario and plays it.
pub(crate) fn play(path: &Path) -> Played {
    let mut outcome = Outcome { file: path.display().to_string(), shows: None, checks: Vec::new() };
    let stopped = play_into(path, &mut outcome).err();
    Played { outcome, stopped }
}

fn play_into(path: &Path, outcome: &mut Outcome) -> Result<(), Failure> {
    let scenario = Scenario::read(path)?;
    outcome.shows.clone_from(&scenario.shows);
    let mut stage = Stage::open(&scenario)?;
    for step in &scenario.steps {
        let played = stage.play(step, &mut outcome.checks);
        played.map_err(|error| error.within(scenario.place(step)))?;
    }
    outcome.checks.push(stage.audit(scenario.lines)?);
    Ok(())
}
