//! Evidence from files: trust, log, and the audit of the one under the other.

use core::ops::ControlFlow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use counterfoil_audit::{Auditor, Checked, Report, Trust};
use counterfoil_decide::State;
use counterfoil_store::{Records as _, SqliteReader, StoreError};

use crate::exit::Failure;

/// The longest text file that is read, in bytes.
const FILE_MOST: u64 = 1024 * 1024;

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
