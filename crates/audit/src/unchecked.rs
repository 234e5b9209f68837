//! What an audit did not check.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::{Id, Time};

use crate::finding::{NotChecked, NotCheckedCode};
use crate::summary::Tally;
use crate::trust::Trust;

/// How far a record may be ahead of the auditor's clock, in milliseconds: five minutes.
const AHEAD_MOST: u64 = 300_000;

/// What was checked of a log, for the list of what was not.
pub(crate) struct Unchecked<'a> {
    pub(crate) trust: Option<&'a Trust>,
    /// How many records the log has.
    pub(crate) size: u64,
    /// How many of them followed.
    pub(crate) followed: u64,
    pub(crate) has_checkpoint: bool,
    pub(crate) state: &'a State,
    pub(crate) tally: &'a Tally,
    /// The time of the last record.
    pub(crate) last_time: Option<Time>,
    /// The time of the audit, where it is known.
    pub(crate) now: Option<Time>,
    /// How many records an earlier audit had followed.
    pub(crate) resumed: Option<u64>,
    pub(crate) interrupted: bool,
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
        if self.interrupted {
            add(NotCheckedCode::Interrupted, format!("the audit was ended after {size} records"));
        }
        if let Some(resumed) = self.resumed {
            let detail =
                format!("the first {resumed} records were not read again: an earlier audit followed them");
            add(NotCheckedCode::Resumed, detail);
        }
        if let Some(detail) = self.staleness() {
            add(NotCheckedCode::Stale, detail);
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
        if !self.tally.mandates.is_empty() {
            let forms: Vec<&str> = self.tally.mandates.iter().map(Id::as_str).collect();
            let detail = format!("what mandates say, and who signed them: {}", forms.join(", "));
            add(NotCheckedCode::Mandates, detail);
        }
        for (key, since) in self.state.revoked.iter().filter_map(|(key, it)| Some((key, it.since?))) {
            add(NotCheckedCode::CompromisedKeys, format!("what {key} signed in records from {since} on"));
        }
        if self.tally.suppressed > 0 {
            let detail = format!("{} refusals were only counted", self.tally.suppressed);
            add(NotCheckedCode::Suppressed, detail);
        }
        if !self.tally.erased.is_empty() {
            let count = self.tally.erased.len();
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

    /// How the evidence is older than the trust lets it be, or that nobody can tell.
    fn staleness(&self) -> Option<String> {
        let most = self.trust?.max_age?;
        let (Some(now), Some(last)) = (self.now, self.last_time) else {
            return Some("there is no time to hold the last record against".into());
        };
        let ahead = last.millis().saturating_sub(now.millis());
        if ahead > AHEAD_MOST {
            return Some(format!("the last record is {} s ahead of the clock here", ahead / 1000));
        }
        let age = now.millis().saturating_sub(last.millis());
        (age > most.millis()).then(|| {
            format!("the last record is {} s old, {} s are the most", age / 1000, most.millis() / 1000)
        })
    }
}
