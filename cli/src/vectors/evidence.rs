//! Evidence vectors: entries or a bundle, and trust, in; verdict and findings out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::bundle::examine;
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
    entries: Option<Vec<String>>,
    bundle: Option<String>,
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
