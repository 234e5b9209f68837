//! Evidence vectors: entries or a bundle, and trust, in; verdict and findings out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::bundle::examine;
use counterfoil_audit::{Auditor, Report, Trust};
use serde::{Deserialize, Serialize};

use crate::{FORMAT, Named};

/// An evidence vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The version of the form, 1.
    pub format: u64,
    /// `evidence`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// What it shows, in one sentence.
    pub shows: String,
    /// The log's entries, base64; absent where there is a bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<String>>,
    /// A bundle instead of a log, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// The log's own newest checkpoint, a signed note.
    pub checkpoint: Option<String>,
    /// The trust file's text.
    pub trust: Option<String>,
    /// What the audit should say.
    pub expect: EvidenceExpected,
}

/// What is audited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// The entries of a log.
    Entries(Vec<Vec<u8>>),
    /// The bytes of a bundle.
    Bundle(Vec<u8>),
}

impl Given {
    /// The report on it under `trust`, at no time.
    pub fn audit(&self, trust: Option<Trust>, checkpoint: Option<&str>) -> Report {
        match self {
            Self::Entries(entries) => audit(trust, checkpoint, entries),
            Self::Bundle(bytes) => examine(bytes, trust, None, &mut ()),
        }
    }
}

/// The report on `entries` under `trust`.
pub fn audit(trust: Option<Trust>, checkpoint: Option<&str>, entries: &[Vec<u8>]) -> Report {
    let mut auditor = Auditor::new(trust, checkpoint);
    for entry in entries {
        auditor.push(entry);
    }
    auditor.finish()
}

/// What the audit should say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceExpected {
    /// The verdict's word.
    pub verdict: String,
    /// The exit code that says the same.
    pub exit_code: u8,
    /// Every finding, in order.
    pub findings: Vec<ExpectedFinding>,
    /// Codes that it names among what was not checked, where the vector is about that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// Its code.
    pub code: String,
    /// The record that it is about; null where it is about none.
    pub index: Option<u64>,
}

impl EvidenceExpected {
    /// What a report says, in this form; of what was not checked, these codes alone.
    pub fn of(report: &Report, about: &[String]) -> Self {
        let findings = report.findings.iter();
        let not_checked = report.not_checked.iter().map(|it| it.code.code().to_owned());
        Self {
            verdict: report.verdict.word().into(),
            exit_code: report.exit_code,
            findings: findings
                .map(|it| ExpectedFinding { code: it.code.code().into(), index: it.index })
                .collect(),
            not_checked: not_checked.filter(|code| about.contains(code)).collect(),
        }
    }
}

impl Named for Evidence {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Evidence {
    /// What is audited. Panics unless it is entries or a bundle, and not both; a bundle has its own checkpoint.
    pub fn given(&self) -> Given {
        let decode = |text: &String| STANDARD.decode(text).unwrap();
        match (&self.entries, &self.bundle, &self.checkpoint) {
            (Some(entries), None, _) => Given::Entries(entries.iter().map(decode).collect()),
            (None, Some(bundle), None) => Given::Bundle(decode(bundle)),
            _ => panic!("{}: entries, or a bundle", self.name),
        }
    }

    /// How the audit comes out differently than the vector says, if it does. Panics on a vector that is none.
    pub fn differs(&self) -> Option<String> {
        let name = &self.name;
        assert_eq!((self.format, self.kind.as_str()), (FORMAT, "evidence"), "{name}");
        let trust = self.trust.as_deref().map(|trust| Trust::parse(trust).unwrap());
        let report = self.given().audit(trust, self.checkpoint.as_deref());
        let found = EvidenceExpected::of(&report, &self.expect.not_checked);
        (found != self.expect)
            .then(|| format!("{name}: found {found:?}\nexpected {:?}\n{:?}", self.expect, report.findings))
    }
}
