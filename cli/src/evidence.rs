//! Evidence from files: trust, log, and the audit of the one under the other.

use core::ops::ControlFlow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use counterfoil_audit::{Auditor, Checked, Report, Trust, Verdict};
use counterfoil_decide::State;
use counterfoil_enforce::{Surroundings as _, System};
use counterfoil_record::Time;
use counterfoil_store::{Records as _, SqliteReader, StoreError};

use crate::exit::{Failure, note};

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
    Trust::parse(&read_text(path)?).map(Some).map_err(|error| Failure::at(path.display(), error))
}

/// Opens a log for reading.
pub(crate) fn open_log(path: &Path) -> Result<SqliteReader, Failure> {
    SqliteReader::open(path).map_err(|error| Failure::at(path.display(), error))
}

/// Audits a whole log. `each` sees every record that followed.
pub(crate) fn audit(
    log: &SqliteReader,
    trust: Option<Trust>,
    each: &mut dyn FnMut(&Checked, &State),
) -> (Report, State) {
    let checkpoint = log.checkpoint();
    let mut auditor = Auditor::new(trust, checkpoint.as_ref().ok().and_then(Option::as_deref));
    let scanned = log.scan(0, &mut |_, entry| {
        if let Some(checked) = auditor.push(entry) {
            each(&checked, auditor.state());
        }
        ControlFlow::Continue(())
    });
    match scanned {
        Ok(()) => {}
        Err(StoreError::Gap { expected, found }) => auditor.missing(expected, found),
        Err(error) => auditor.unreadable(error.to_string()),
    }
    if let Err(error) = checkpoint {
        auditor.checkpoint_unreadable(error.to_string());
    }
    let state = auditor.state().clone();
    (auditor.finish(), state)
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
