//! Evidence vectors: entries and trust in, verdict and findings out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::{Auditor, Trust};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidence {
    format: u64,
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "shows")]
    _shows: String,
    entries: Vec<String>,
    checkpoint: Option<String>,
    trust: Option<String>,
    expect: Expect,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    verdict: String,
    exit_code: u8,
    findings: Vec<Finding>,
    #[serde(default)]
    not_checked: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    code: String,
    index: Option<u64>,
}

impl Evidence {
    pub(super) fn run(self) -> Result<(), String> {
        if self.format != 1 {
            return Err(format!("format: expected 1, found {}", self.format));
        }
        let trust = self.trust.as_deref().map(Trust::parse).transpose().map_err(|error| error.to_string())?;
        let mut auditor = Auditor::new(trust, self.checkpoint.as_deref());
        for entry in &self.entries {
            auditor.push(&STANDARD.decode(entry).map_err(|error| error.to_string())?);
        }
        let report = auditor.finish();
        let not_checked = report.not_checked.iter().map(|it| it.code.code().to_owned());
        let found = Expect {
            verdict: report.verdict.word().into(),
            exit_code: report.exit_code,
            findings: report
                .findings
                .iter()
                .map(|finding| Finding { code: finding.code.code().into(), index: finding.index })
                .collect(),
            not_checked: not_checked.filter(|code| self.expect.not_checked.contains(code)).collect(),
        };
        if found == self.expect {
            Ok(())
        } else {
            Err(format!("expected {:?}, found {found:?}", self.expect))
        }
    }
}
