//! Evidence vectors.

mod bundles;
mod bytes;
mod checkpoints;
mod clocks;
mod encodings;
mod ends;
mod envelopes;
mod held;
mod honest;
mod liars;
mod lies;
mod notes;
mod order;
mod rotation;
mod shown;
mod strangers;
mod told;
mod values;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::{Trust, Verdict};

use super::logs;
use crate::forge;
use crate::keys;
use crate::vectors::{Evidence, EvidenceExpected, ExpectedFinding, FORMAT, Given};

/// Every evidence vector.
pub fn all() -> Vec<Evidence> {
    [
        honest::all(),
        bytes::all(),
        order::all(),
        lies::all(),
        checkpoints::all(),
        notes::all(),
        strangers::all(),
        rotation::all(),
        encodings::all(),
        envelopes::all(),
        values::all(),
        liars::all(),
        bundles::all(),
        shown::all(),
        ends::all(),
        held::all(),
        clocks::all(),
    ]
    .concat()
}

/// The entries of the short log.
fn short() -> Vec<Vec<u8>> {
    logs::short().script.entries()
}

/// Evidence in the making.
struct Case {
    name: &'static str,
    shows: &'static str,
    given: Given,
    checkpoint: Option<String>,
    trust: Option<String>,
    not_checked: Vec<&'static str>,
}

impl Case {
    /// Under trust that pins the log's key.
    fn new(name: &'static str, shows: &'static str, entries: Vec<Vec<u8>>) -> Self {
        Self {
            name,
            shows,
            given: Given::Entries(entries),
            checkpoint: None,
            trust: Some(trust("log-key", None)),
            not_checked: Vec::new(),
        }
    }

    /// The same, of a bundle.
    fn of_bundle(name: &'static str, shows: &'static str, bytes: Vec<u8>) -> Self {
        Self { given: Given::Bundle(bytes), ..Self::new(name, shows, Vec::new()) }
    }

    /// Under trust that pins a checkpoint of `seen` too.
    fn pinned(mut self, seen: &[Vec<u8>]) -> Self {
        self.trust = Some(trust("pinned-checkpoint", Some(&forge::checkpoint(seen, &keys::log()))));
        self
    }

    /// Under another trust file, or none.
    fn trust(mut self, trust: Option<String>) -> Self {
        self.trust = trust;
        self
    }

    /// With the log's own checkpoint.
    fn checkpoint(mut self, checkpoint: String) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// The report says that this was not checked.
    fn not_checked(mut self, code: &'static str) -> Self {
        self.not_checked.push(code);
        self
    }

    /// The vector, if the audit says this.
    fn expect(self, verdict: Verdict, findings: &[(&str, Option<u64>)]) -> Evidence {
        let trust = self.trust.as_deref().map(|trust| Trust::parse(trust).unwrap());
        let findings =
            findings.iter().map(|(code, index)| ExpectedFinding { code: (*code).into(), index: *index });
        let expect = EvidenceExpected {
            verdict: verdict.word().into(),
            exit_code: verdict.exit_code(),
            findings: findings.collect(),
            not_checked: self.not_checked.iter().map(|code| (*code).into()).collect(),
        };
        let report = self.given.audit(trust, self.checkpoint.as_deref());
        assert_eq!(
            EvidenceExpected::of(&report, &expect.not_checked),
            expect,
            "{}: {:?}",
            self.name,
            report.findings
        );
        let (entries, bundle) = match &self.given {
            Given::Entries(entries) => {
                (Some(entries.iter().map(|entry| STANDARD.encode(entry)).collect()), None)
            }
            Given::Bundle(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Evidence {
            format: FORMAT,
            kind: "evidence".into(),
            name: self.name.into(),
            shows: self.shows.into(),
            entries,
            bundle,
            checkpoint: self.checkpoint,
            trust: self.trust,
            expect,
        }
    }

    /// The vector, if the audit fails with one finding about one record.
    fn fails(self, code: &str, index: u64) -> Evidence {
        self.expect(Verdict::Failed, &[(code, Some(index))])
    }

    /// The vector, if the audit verifies.
    fn verifies(self) -> Evidence {
        self.expect(Verdict::Verified, &[])
    }
}

/// A trust file that pins the log's key, and a checkpoint where there is one.
fn trust(require: &str, checkpoint: Option<&str>) -> String {
    let checkpoint =
        checkpoint.map(|note| format!("checkpoint = \"\"\"\n{note}\"\"\"\n")).unwrap_or_default();
    format!(
        "origin = \"{}\"\nlog = \"{}\"\nrequire = \"{require}\"\n{checkpoint}",
        keys::ORIGIN,
        keys::log_named()
    )
}
