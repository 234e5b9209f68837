//! What an audit did not check.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;

use crate::finding::{NotChecked, NotCheckedCode};
use crate::summary::Summary;
use crate::trust::Trust;

/// What was checked of a log, for the list of what was not.
pub(crate) struct Unchecked<'a> {
    pub(crate) trust: Option<&'a Trust>,
    /// How many records the log has.
    pub(crate) size: u64,
    /// How many of them followed.
    pub(crate) followed: u64,
    pub(crate) has_checkpoint: bool,
    pub(crate) state: &'a State,
    pub(crate) summary: &'a Summary,
}

impl Unchecked<'_> {
    pub(crate) fn list(&self) -> Vec<NotChecked> {
        let mut list = Vec::new();
        let mut add = |code, detail: String| list.push(NotChecked { code, detail });
        let size = self.size;
        match self.trust {
            None => add(NotCheckedCode::NoTrust, "the log's key is the log's own word".into()),
            Some(trust) => match &trust.checkpoint {
                None => {
                    let detail = "a log that its operator rewrote or cut looks the same";
                    add(NotCheckedCode::NoPinnedCheckpoint, detail.into());
                }
                Some(pinned) if pinned.size < size => {
                    let detail = format!(
                        "records {} to {} rest on the operator's key alone",
                        pinned.size,
                        size.saturating_sub(1)
                    );
                    add(NotCheckedCode::AfterPinned, detail);
                }
                Some(_) => {}
            },
        }
        if !self.has_checkpoint {
            add(NotCheckedCode::NoCheckpoint, "the log carries no checkpoint of its own".into());
        }
        if self.followed < self.size {
            let detail =
                format!("records {} to {} were not decided again", self.followed, size.saturating_sub(1));
            add(NotCheckedCode::AfterBreak, detail);
        }
        if self.state.governance.is_none() {
            add(NotCheckedCode::Governance, "policies and keys are changed by the operator alone".into());
        }
        add(
            NotCheckedCode::AgentsAsserted,
            "which agent without keys asked, and for which principal, is the operator's word".into(),
        );
        if !self.summary.mandates.is_empty() {
            let forms: Vec<&str> = self.summary.mandates.iter().map(String::as_str).collect();
            let detail = format!("what mandates say, and who signed them: {}", forms.join(", "));
            add(NotCheckedCode::Mandates, detail);
        }
        for (key, since) in self.state.revoked.iter().filter_map(|(key, it)| Some((key, it.since?))) {
            add(NotCheckedCode::CompromisedKeys, format!("what {key} signed in records from {since} on"));
        }
        if self.summary.suppressed > 0 {
            let detail = format!("{} refusals were only counted", self.summary.suppressed);
            add(NotCheckedCode::Suppressed, detail);
        }
        if !self.summary.erased.is_empty() {
            let count = self.summary.erased.len();
            let detail = format!("the private values of {count} commitments were erased by signed order");
            add(NotCheckedCode::Erased, detail);
        }
        add(
            NotCheckedCode::PrivateText,
            "purposes, reasons, queries and envelopes were not held against their commitments".into(),
        );
        add(
            NotCheckedCode::Reconciliation,
            "no chain or facilitator extract was compared with the log".into(),
        );
        list
    }
}
