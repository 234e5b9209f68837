//! Evidence vectors: entries or a bundle, and trust, in; verdict and findings out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::bundle::examine;
use counterfoil_audit::{Auditor, Trust};
use serde::{Deserialize, Serialize};

/// What is asked: a log or a bundle, and trust.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    format: u64,
    entries: Option<Vec<String>>,
    bundle: Option<String>,
    checkpoint: Option<String>,
    trust: Option<String>,
}

/// What the audit says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    verdict: String,
    pub(super) exit_code: u8,
    findings: Vec<Finding>,
    /// All codes; of a vector those that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    code: String,
    index: Option<u64>,
}

impl Answered {
    /// The difference from what was expected, if there is one.
    pub(super) fn differs_from(&self, expected: &Self) -> Option<String> {
        let same = (&self.verdict, self.exit_code, &self.findings)
            == (&expected.verdict, expected.exit_code, &expected.findings);
        let named = expected.not_checked.iter().all(|code| self.not_checked.contains(code));
        (!same || !named).then(|| format!("expected {expected:?}, found {self:?}"))
    }
}

impl Question {
    /// Audits the evidence.
    pub(super) fn answer(self) -> Result<Answered, String> {
        if self.format != 1 {
            return Err(format!("format: expected 1, found {}", self.format));
        }
        let trust = self.trust.as_deref().map(Trust::parse).transpose().map_err(|error| error.to_string())?;
        let decode = |text: &String| STANDARD.decode(text).map_err(|error| error.to_string());
        let report = match (&self.entries, &self.bundle, &self.checkpoint) {
            (Some(entries), None, checkpoint) => {
                let mut auditor = Auditor::new(trust, checkpoint.as_deref());
                for entry in entries {
                    auditor.push(&decode(entry)?);
                }
                auditor.finish()
            }
            (None, Some(bundle), None) => examine(&decode(bundle)?, trust, None, &mut ()),
            (None, Some(_), Some(_)) => return Err("a bundle has its own checkpoint".into()),
            _ => return Err("it has to have either entries or a bundle".into()),
        };
        let findings = report.findings.iter();
        Ok(Answered {
            verdict: report.verdict.word().into(),
            exit_code: report.exit_code,
            findings: findings.map(|it| Finding { code: it.code.code().into(), index: it.index }).collect(),
            not_checked: report.not_checked.iter().map(|it| it.code.code().into()).collect(),
        })
    }
}
