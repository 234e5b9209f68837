//! The form of a scenario file.

use core::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::expect::Expected;
use crate::evidence::read_text;
use crate::exit::Failure;

/// The most steps of a scenario, each as often as it is repeated.
const STEPS_MOST: u64 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    policy: String,
    shows: Option<String>,
    start: Option<Value>,
    step: Vec<Spanned<Table>>,
}

/// A scenario.
pub(crate) struct Scenario {
    /// The file.
    pub(super) path: PathBuf,
    /// The policy's file.
    pub(super) policy: PathBuf,
    /// What it shows.
    pub(super) shows: Option<String>,
    /// When it begins.
    pub(super) start: Option<Value>,
    /// The steps.
    pub(super) steps: Vec<Step>,
    /// The number of its last line.
    pub(super) lines: usize,
}

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its number, from 1 on.
    pub(super) number: u64,
    /// The line at which it begins.
    pub(super) line: usize,
    /// Its name, for references.
    pub(super) name: Option<String>,
    /// Its name or number, for people.
    pub(super) label: String,
    /// When it happens.
    pub(super) at: Option<Value>,
    /// How often.
    pub(super) times: u64,
    /// What should come of it.
    pub(super) expect: Option<Expected>,
    /// The command, and what it is made from.
    pub(super) fields: Table,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// [`Failure`] with the place.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path)?;
        let at = |span: Option<Range<usize>>| {
            format!("{}:{}", path.display(), span.map_or(1, |span| line(&text, span.start)))
        };
        let source: Source =
            toml::from_str(&text).map_err(|error| Failure::at(at(error.span()), error.message()))?;
        let mut steps: Vec<Step> = Vec::new();
        for (number, table) in (1_u64..).zip(source.step) {
            let place = at(Some(table.span()));
            let line = line(&text, table.span().start);
            let step = Step::read(number, line, table.into_inner()).map_err(|error| error.within(&place))?;
            if step.name.is_some() && steps.iter().any(|it| it.name == step.name) {
                return Err(Failure::at(place, format_args!("{} is the name of a step before", step.label)));
            }
            steps.push(step);
        }
        let all = steps.iter().fold(0, |sum: u64, step| sum.saturating_add(step.times));
        if all > STEPS_MOST {
            return Err(Failure::at(path.display(), format_args!("{all} steps, {STEPS_MOST} are the most")));
        }
        if steps.iter().all(|step| step.expect.is_none()) {
            return Err(Failure::at(path.display(), "nothing is expected: no step has an `expect`"));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            path: path.to_owned(),
            policy: folder.join(source.policy),
            shows: source.shows,
            start: source.start,
            steps,
            lines: text.lines().count(),
        })
    }

    /// Where a step stands.
    pub(super) fn place(&self, step: &Step) -> String {
        format!("{}:{}: step {}", self.path.display(), step.line, step.label)
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

impl Step {
    fn read(number: u64, line: usize, mut fields: Table) -> Result<Self, Failure> {
        let name = take_text(&mut fields, "name")?;
        let times = match fields.remove("times") {
            None => 1,
            Some(Value::Integer(times @ 1..=1_000)) => u64::try_from(times).unwrap_or(1),
            Some(_) => return Err(Failure::at("`times`", "must be 1 to 1000")),
        };
        let expect = fields.remove("expect").map(Expected::read).transpose()?;
        let label = name.as_ref().map_or_else(|| number.to_string(), |name| format!("\"{name}\""));
        Ok(Self { number, line, name, label, at: fields.remove("at"), times, expect, fields })
    }
}

/// Takes a text out of a table.
pub(super) fn take_text(fields: &mut Table, key: &str) -> Result<Option<String>, Failure> {
    match fields.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Failure::at(
            format_args!("`{key}`"),
            format_args!("must be a text, not a {}", other.type_str()),
        )),
    }
}
