//! A vector, taken apart: what it asks, and what should be answered.

use serde::Deserialize;
use serde_json::Value;

use super::{decision, evidence};
use crate::exit::Failure;
use crate::screen::json_text;

/// A vector: what is asked, without what would tell the answer, and the answer.
pub(crate) struct Vector {
    /// The question, as an implementation reads it on stdin.
    pub(crate) question: Value,
    pub(crate) expected: Expected,
}

/// What should be answered.
pub(crate) enum Expected {
    Decision(decision::Answered),
    Evidence(evidence::Answered),
}

/// What was answered.
pub(crate) enum Answered {
    Decision(decision::Answered),
    Evidence(evidence::Answered),
}

/// A question, by its kind.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Question {
    Decision(decision::Question),
    Evidence(evidence::Question),
}

impl Vector {
    /// Takes a vector apart.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut vector: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let fields = vector.as_object_mut().ok_or("it is no object")?;
        for word in ["name", "shows"] {
            fields.remove(word).filter(Value::is_string).ok_or_else(|| format!("it has no `{word}`"))?;
        }
        let expected = match fields.get("kind").and_then(Value::as_str) {
            Some("evidence") => fields.remove("expect").ok_or("it has no `expect`")?,
            Some("decision") => {
                let root = fields.remove("root").ok_or("it has no `root`")?;
                let steps =
                    fields.get_mut("steps").and_then(Value::as_array_mut).ok_or("it has no `steps`")?;
                let steps: Option<Vec<Value>> =
                    steps.iter_mut().map(|step| step.as_object_mut()?.remove("expect")).collect();
                serde_json::json!({"steps": steps.ok_or("a step has no `expect`")?, "root": root})
            }
            _ => return Err("it is of no known kind".into()),
        };
        let is_evidence = fields.get("kind").is_some_and(|kind| kind == "evidence");
        let expected = if is_evidence {
            serde_json::from_value(expected).map(Expected::Evidence)
        } else {
            serde_json::from_value(expected).map(Expected::Decision)
        };
        Ok(Self { question: vector, expected: expected.map_err(|error| error.to_string())? })
    }
}

impl Expected {
    /// The exit code that goes with the answer.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Decision(_) => 0,
            Self::Evidence(answer) => answer.exit_code,
        }
    }

    /// Reads what another implementation answered.
    pub(crate) fn read(&self, text: &[u8]) -> Option<Answered> {
        match self {
            Self::Decision(_) => serde_json::from_slice(text).ok().map(Answered::Decision),
            Self::Evidence(_) => serde_json::from_slice(text).ok().map(Answered::Evidence),
        }
    }

    /// How `answered` differs.
    pub(crate) fn difference(&self, answered: &Answered) -> Option<String> {
        match (answered, self) {
            (Answered::Decision(found), Self::Decision(expected)) => found.differs_from(expected),
            (Answered::Evidence(found), Self::Evidence(expected)) => found.differs_from(expected),
            _ => Some("another kind of answer".into()),
        }
    }
}

impl Answered {
    /// The exit code that goes with it.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Decision(_) => 0,
            Self::Evidence(answer) => answer.exit_code,
        }
    }

    /// The answer as JSON.
    pub(crate) fn json(&self) -> Result<String, Failure> {
        match self {
            Self::Decision(answer) => json_text(answer),
            Self::Evidence(answer) => json_text(answer),
        }
    }
}

/// This program's answer to `question`.
pub(crate) fn answer(question: Value) -> Result<Answered, String> {
    match serde_json::from_value(question).map_err(|error| error.to_string())? {
        Question::Decision(question) => question.answer().map(Answered::Decision),
        Question::Evidence(question) => question.answer().map(Answered::Evidence),
    }
}
