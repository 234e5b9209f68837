//! Evidence from files: trust, log, and the audit of the one under the other.

mod pass;

use core::fmt::Display;
use core::ops::ControlFlow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use counterfoil_audit::bundle::{BUNDLE_MOST, Bundle, PREFIX, examine};
use counterfoil_audit::{Auditor, Checked, Observer, Report, Trust, Verdict};
use counterfoil_decide::State;
use counterfoil_enforce::{Surroundings as _, System};
use counterfoil_record::{Index, SignedRecord, Time};
use counterfoil_store::{Records as _, SqliteReader};

use crate::exit::{Failure, note};
pub(crate) use pass::{Pass, now, report};

/// The longest text file that is read, in bytes.
const FILE_MOST: u64 = 1024 * 1024;

/// How far the clock may be behind the log's last record, in milliseconds: what the core lets pass.
const CLOCK_SLACK: u64 = 1_000;

/// Reads a text file of bounded length.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| Failure::at(path.display(), error))?;
    let read = file.take(FILE_MOST.saturating_add(1)).read_to_string(&mut text);
    let len = read.map_err(|error| Failure::at(path.display(), error))?;
    if u64::try_from(len).is_ok_and(|len| len > FILE_MOST) {
        return Err(Failure::at(path.display(), format_args!("longer than {FILE_MOST} bytes")));
    }
    Ok(text)
}

/// Reads a file of at most `most` bytes.
pub(crate) fn read_bytes(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| Failure::at(path.display(), error))?;
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
    let len = read.map_err(|error| Failure::at(path.display(), error))?;
    if u64::try_from(len).is_ok_and(|len| len > most) {
        return Err(Failure::at(path.display(), format_args!("longer than {most} bytes")));
    }
    Ok(bytes)
}

/// Reads a trust file, if one is named.
pub(crate) fn read_trust(path: Option<&Path>) -> Result<Option<Trust>, Failure> {
    let Some(path) = path else { return Ok(None) };
    parse_trust(path, &read_text(path)?).map(Some)
}

/// The trust in the text of the file at `path`.
pub(crate) fn parse_trust(path: &Path, text: &str) -> Result<Trust, Failure> {
    Trust::parse(text).map_err(|error| Failure::at(path.display(), error))
}

/// Opens a log for reading.
pub(crate) fn open_log(path: &Path) -> Result<SqliteReader, Failure> {
    SqliteReader::open(path).map_err(|error| Failure::at(path.display(), error))
}

/// What is audited: a log, or a bundle of one.
pub(crate) enum Evidence {
    Log(SqliteReader),
    Bundle(Vec<u8>),
}

impl Evidence {
    /// Opens a log or a bundle; its first bytes say which it is.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::at(path.display(), error);
        // A pipe that stands where a log should be is not waited for.
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(Failure::at(path.display(), "not a file"));
        }
        let mut file = File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        let start = u64::try_from(PREFIX.len()).unwrap_or(u64::MAX);
        (&mut file).take(start).read_to_end(&mut bytes).map_err(failed)?;
        if bytes != PREFIX {
            return open_log(path).map(Self::Log);
        }
        // One byte more than a bundle may have: what is longer is refused when it is read.
        let most = u64::try_from(BUNDLE_MOST).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most.saturating_sub(start)).read_to_end(&mut bytes).map_err(failed)?;
        Ok(Self::Bundle(bytes))
    }

    /// The record of that index, unverified.
    pub(crate) fn read(&self, index: u64) -> Result<SignedRecord, Failure> {
        let failed = |why: &dyn Display| Failure::at(format_args!("record {index}"), why);
        let entry = match self {
            Self::Log(log) => log.read(index).map_err(|error| failed(&error))?,
            Self::Bundle(bytes) => {
                let bundle = Bundle::from_file(bytes).ok();
                bundle.and_then(|bundle| bundle.read(Index::new(index)).map(<[u8]>::to_vec))
            }
        };
        let entry = entry.ok_or_else(|| failed(&"there is no such record"))?;
        SignedRecord::decode(&entry).map_err(|error| failed(&error))
    }

    /// The payments that a bundle explains; none for a log, which explains them all.
    pub(crate) fn explains(&self) -> Option<Vec<Index>> {
        match self {
            Self::Log(_) => None,
            Self::Bundle(bytes) => Bundle::from_file(bytes).ok().map(|bundle| bundle.payments),
        }
    }

    /// Audits all of it under `trust`, seen by `observer`.
    pub(crate) fn audit(&self, trust: Option<Trust>, observer: &mut dyn Observer) -> Report {
        match self {
            Self::Log(log) => audit_at(log, trust, None, observer).0,
            Self::Bundle(bytes) => examine(bytes, trust, now(), observer),
        }
    }
}

/// Audits a whole log. `each` sees every record that followed.
pub(crate) fn audit(
    log: &SqliteReader,
    trust: Option<Trust>,
    each: &mut dyn FnMut(&Checked, &State),
) -> (Report, State) {
    let (report, at) = audit_at(log, trust, None, &mut After(each));
    (report, at.state)
}

/// Sees the records that followed.
pub(crate) struct After<'f>(pub(crate) &'f mut dyn FnMut(&Checked, &State));

impl Observer for After<'_> {
    fn after(&mut self, checked: &Checked, state: &State) {
        (self.0)(checked, state);
    }
}

/// A log at some size.
pub(crate) struct At {
    /// How many records it has.
    pub(crate) records: u64,
    /// How many of them followed.
    pub(crate) followed: u64,
    /// The root over all of them, in hexadecimal.
    pub(crate) root: String,
    /// What those that followed add up to.
    pub(crate) state: State,
}

impl At {
    fn of(auditor: &Auditor) -> Self {
        Self {
            records: auditor.tree().size(),
            followed: auditor.state().size.value(),
            root: auditor.tree().root().to_string(),
            state: auditor.state().clone(),
        }
    }
}

/// Audits a whole log, and says how it stood after its first `size` records; at its end, if it has fewer, or none are
/// stated. `observer` sees all of them.
pub(crate) fn audit_at(
    log: &SqliteReader,
    trust: Option<Trust>,
    size: Option<u64>,
    observer: &mut dyn Observer,
) -> (Report, At) {
    let mut at = None;
    let auditor = Pass::new(log, trust).run(observer, &mut |auditor| {
        if size == Some(auditor.tree().size()) {
            at = Some(At::of(auditor));
        }
        ControlFlow::Continue(())
    });
    let at = at.unwrap_or_else(|| At::of(&auditor));
    (report(auditor), at)
}

/// The state of a log that verifies, and the moment to decide at: now, or the log's last time if that is a little later.
/// `each` sees every record. Without trust whoever runs the command is told that nothing is pinned.
pub(crate) fn verified(
    path: &Path,
    trust: Option<&Path>,
    each: &mut dyn FnMut(&Checked, &State),
) -> Result<(State, Time), Failure> {
    let trust = read_trust(trust)?;
    let pinned = trust.is_some();
    let (report, state) = audit(&open_log(path)?, trust, each);
    if report.verdict != Verdict::Verified && (pinned || report.verdict != Verdict::Insufficient) {
        let findings = report.findings.iter().take(5).map(|finding| match finding.index {
            Some(index) => format!("record {index}: {}", finding.code),
            None => finding.code.to_string(),
        });
        let found: Vec<String> = findings.collect();
        let word = report.verdict.word();
        let why = if found.is_empty() { word.into() } else { format!("{word}: {}", found.join("; ")) };
        return Err(Failure::of(report.verdict, format_args!("{}: {why}", path.display())));
    }
    if !pinned {
        note("nothing is pinned: without --trust the log's own key is all that speaks for it");
    }
    let now = System.now().map_err(Failure::new)?;
    let behind = state.time.millis().saturating_sub(now.millis());
    if behind > CLOCK_SLACK {
        return Err(Failure::new(format_args!("the clock is {behind} ms behind the log's last record")));
    }
    let time = now.max(state.time);
    Ok((state, time))
}
