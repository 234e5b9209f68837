//! What should come of a step, and what came.

use core::fmt;

use counterfoil_enforce::{Answer, Failing};
use counterfoil_record::Text;
use counterfoil_record::verdict::{CheckResult, Code, Outcome};
use serde::Deserialize;
use toml::Value;

use crate::exit::Failure;

/// What should come of a step. What is not given is not compared; lists are compared in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expected {
    /// The outcome, `repeat`, or `counted` for a refusal that is only counted.
    outcome: Option<String>,
    /// Reasons and discrepancies.
    codes: Option<Vec<String>>,
    /// The checks that fail, with their rules: `budget:agent-day`.
    fail: Option<Vec<String>>,
    /// The checks that need approvals.
    needs: Option<Vec<String>>,
    /// The checks that cannot be decided.
    cannot: Option<Vec<String>>,
    /// How the first check that does not pass says that it fails.
    because: Option<String>,
    /// Where a payment stands whose answer is given again.
    status: Option<String>,
    /// Whose word the evidence of a fact is.
    grade: Option<String>,
}

impl Expected {
    /// Reads a word, which is an outcome, or a table.
    pub(super) fn read(value: Value) -> Result<Self, Failure> {
        let expected: Self = match value {
            Value::String(outcome) => Self { outcome: Some(outcome), ..Self::default() },
            table @ Value::Table(_) => {
                table.try_into().map_err(|error: toml::de::Error| Failure::at("`expect`", error.message()))?
            }
            _ => return Err(Failure::at("`expect`", "must be an outcome or a table")),
        };
        if expected == Self::default() {
            return Err(Failure::at("`expect`", "expects nothing"));
        }
        let known = |word: &String| {
            Outcome::from_code(word).is_some() || ["repeat", "counted"].contains(&word.as_str())
        };
        if let Some(word) = expected.outcome.as_ref().filter(|word| !known(word)) {
            return Err(Failure::at("`expect`", format_args!("`{word}` is no outcome")));
        }
        let codes = expected.codes.iter().flatten();
        if let Some(word) = codes.into_iter().find(|word| Code::from_code(word).is_none()) {
            return Err(Failure::at("`expect`", format_args!("`{word}` is no code")));
        }
        Ok(expected)
    }

    /// All that came of a step.
    pub(super) fn found(answer: &Answer) -> Self {
        match answer {
            Answer::Recorded(it) => Self {
                outcome: Some(it.outcome.code().into()),
                grade: it.grade.map(|grade| grade.code().into()),
                ..Self::decided(&it.codes, &it.failing)
            },
            Answer::Counted(it) => {
                Self { outcome: Some("counted".into()), ..Self::decided(&it.codes, &it.failing) }
            }
            Answer::Repeated(it) => Self {
                outcome: Some("repeat".into()),
                status: Some(it.status.into()),
                ..Self::decided(&[], &[])
            },
        }
    }

    fn decided(codes: &[Code], failing: &[Failing]) -> Self {
        let because = failing.iter().find_map(|it| it.because.as_ref());
        Self {
            codes: Some(codes.iter().map(|code| code.code().into()).collect()),
            fail: Some(checks(failing, CheckResult::Fail)),
            needs: Some(checks(failing, CheckResult::Needs)),
            cannot: Some(checks(failing, CheckResult::Cannot)),
            because: because.map(|because: &Text| because.as_str().into()),
            ..Self::default()
        }
    }

    /// True if everything that is expected was `found`.
    pub(super) fn is_met_by(&self, found: &Self) -> bool {
        fn same<T: PartialEq>(expected: Option<&T>, found: Option<&T>) -> bool {
            expected.is_none() || expected == found
        }
        same(self.outcome.as_ref(), found.outcome.as_ref())
            && same(self.codes.as_ref(), found.codes.as_ref())
            && same(self.fail.as_ref(), found.fail.as_ref())
            && same(self.needs.as_ref(), found.needs.as_ref())
            && same(self.cannot.as_ref(), found.cannot.as_ref())
            && same(self.because.as_ref(), found.because.as_ref())
            && same(self.status.as_ref(), found.status.as_ref())
            && same(self.grade.as_ref(), found.grade.as_ref())
    }
}

fn checks(failing: &[Failing], result: CheckResult) -> Vec<String> {
    let failing = failing.iter().filter(|failing| failing.result == result);
    let named = failing.map(|failing| match &failing.rule {
        Some(rule) => format!("{}:{rule}", failing.check),
        None => failing.check.code().into(),
    });
    named.collect()
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.as_deref().unwrap_or("any outcome"))?;
        let lists =
            [("codes", &self.codes), ("fail", &self.fail), ("needs", &self.needs), ("cannot", &self.cannot)];
        for (name, list) in lists {
            match list {
                // What was found has every list, mostly empty.
                Some(list) if !list.is_empty() => write!(f, ", {name} {}", list.join(" "))?,
                _ => {}
            }
        }
        let words = [("because", &self.because), ("status", &self.status), ("grade", &self.grade)];
        for (name, word) in words {
            if let Some(word) = word {
                write!(f, ", {name} {word}")?;
            }
        }
        Ok(())
    }
}
