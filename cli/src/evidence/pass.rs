//! One pass of an auditor over a log, with its progress on the terminal.

use core::ops::ControlFlow;

use counterfoil_audit::{Auditor, Observer, Report, Trust};
use counterfoil_enforce::{Surroundings as _, System};
use counterfoil_record::Time;
use counterfoil_store::{Records as _, SqliteReader, StoreError};
use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::Failure;

/// How many records are audited between two looks at the terminal.
const STRIDE: u64 = 256;

/// How many records an audit has to read for its progress to be shown.
const SHOWN_FROM: u64 = 4_096;

/// An auditor who is about to read a log.
pub(crate) struct Pass<'l> {
    log: &'l SqliteReader,
    pub(crate) auditor: Auditor,
    /// The checkpoint could not be read, because of this.
    no_checkpoint: Option<String>,
}

impl<'l> Pass<'l> {
    /// From the beginning.
    pub(crate) fn new(log: &'l SqliteReader, trust: Option<Trust>) -> Self {
        let (checkpoint, no_checkpoint) = checkpoint(log);
        Self { log, auditor: Auditor::new(trust, checkpoint.as_deref()), no_checkpoint }
    }

    /// From where an earlier audit was saved.
    pub(crate) fn resume(log: &'l SqliteReader, trust: Trust, saved: &[u8]) -> Result<Self, Failure> {
        let (checkpoint, no_checkpoint) = checkpoint(log);
        let auditor =
            Auditor::resume(trust, checkpoint.as_deref(), saved, log.len()).map_err(Failure::new)?;
        Ok(Self { log, auditor, no_checkpoint })
    }

    /// Reads to the end, or until `between`, which is asked after every record, breaks it off.
    pub(crate) fn run(
        mut self,
        observer: &mut dyn Observer,
        between: &mut dyn FnMut(&Auditor) -> ControlFlow<()>,
    ) -> Auditor {
        let bar = bar(self.log.len(), self.auditor.tree().size());
        let auditor = &mut self.auditor;
        let mut broken_off = between(auditor).is_break();
        let scanned = self.log.scan(auditor.tree().size(), &mut |index, entry| {
            if broken_off {
                return ControlFlow::Break(());
            }
            auditor.push_observed(entry, observer);
            if index.is_multiple_of(STRIDE) {
                bar.set_position(index);
            }
            broken_off = between(auditor).is_break();
            ControlFlow::Continue(())
        });
        bar.finish_and_clear();
        let unread = auditor.tree().size() < self.log.len();
        match scanned {
            Ok(()) if broken_off && unread => auditor.interrupt(),
            Ok(()) => {}
            Err(StoreError::Gap { expected, found }) => auditor.missing(expected, found),
            Err(error) => auditor.unreadable(error.to_string()),
        }
        if let Some(error) = self.no_checkpoint {
            auditor.checkpoint_unreadable(error);
        }
        self.auditor
    }
}

/// The report of an audit that ended now.
pub(crate) fn report(auditor: Auditor) -> Report {
    match now() {
        Some(now) => auditor.finish_at(now),
        None => auditor.finish(),
    }
}

/// The time, where the machine has one.
pub(crate) fn now() -> Option<Time> {
    System.now().ok()
}

fn checkpoint(log: &SqliteReader) -> (Option<String>, Option<String>) {
    match log.checkpoint() {
        Ok(checkpoint) => (checkpoint, None),
        Err(error) => (None, Some(error.to_string())),
    }
}

/// A bar on stderr; nothing where that is no terminal, or it would be over before anybody looked.
fn bar(records: u64, at: u64) -> ProgressBar {
    if records.saturating_sub(at) < SHOWN_FROM {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(records).with_position(at);
    let style = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} records, {eta}");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
