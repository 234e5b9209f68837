//! `list`, `export`, `check-export`, `sample`: which payments a log asked for, for people who audit them.

mod check;
mod export;
mod page;
mod sample;

pub(crate) use check::run as check;
pub(crate) use export::{TOOL, run as export};
pub(crate) use page::run as list;
pub(crate) use sample::run as sample;

use std::path::Path;

use counterfoil_audit::{Checked, Observer, Report, Verdict};
use counterfoil_decide::State;
use counterfoil_record::{Hash32, Record};
use counterfoil_review::payments::{Payments, Population, Query, Row};

use crate::args::{Audited, Which};
use crate::evidence::{At, audit_at, open_log, parse_trust, read_text};
use crate::exit::{Failure, note};
use crate::verify;

/// An audited log, with every payment request of its first records.
pub(crate) struct Audit {
    pub(crate) report: Report,
    /// The log at the size that is spoken of.
    pub(crate) at: At,
    pub(crate) population: Population,
    /// SHA-256 of the trust file.
    pub(crate) trust: Option<Hash32>,
}

/// Sees the records of which is spoken: the first of the log, or all.
struct First<'o> {
    size: Option<u64>,
    payments: Payments,
    observer: &'o mut dyn Observer,
}

impl First<'_> {
    fn sees(&self, record: &Record) -> bool {
        self.size.is_none_or(|size| record.index.value() < size)
    }
}

impl Observer for First<'_> {
    fn before(&mut self, record: &Record, state: &State) {
        if self.sees(record) {
            self.observer.before(record, state);
        }
    }

    fn after(&mut self, checked: &Checked, state: &State) {
        if self.sees(&checked.record) {
            self.payments.observe(&checked.record, state);
            self.observer.after(checked, state);
        }
    }
}

impl Audit {
    /// Audits the whole log, and collects the payment requests of its first `size` records, or of all. `observer` sees
    /// those that followed of the same records.
    fn of(
        path: &Path,
        trust: Option<&Path>,
        size: Option<u64>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Failure> {
        let (trust, digest) = match trust {
            Some(path) => {
                let text = read_text(path)?;
                (Some(parse_trust(path, &text)?), Some(Hash32::of(&[text.as_bytes()])))
            }
            None => (None, None),
        };
        let log = open_log(path)?;
        let mut first = First { size, payments: Payments::default(), observer };
        let (report, at) = audit_at(&log, trust, size, &mut first);
        let population = first.payments.conclude(&at.state);
        Ok(Self { report, at, population, trust: digest })
    }

    /// The same for what was asked on the command line; what is wrong with the log, and what the query names in
    /// vain, is said on stderr.
    pub(crate) fn asked(log: &Audited, query: &Query, observer: &mut dyn Observer) -> Result<Self, Failure> {
        let audit = Self::of(&log.log, log.trust.as_deref(), log.at, observer)?;
        if let Some(size) = log.at.filter(|size| *size > audit.report.scope.records) {
            let held = audit.report.scope.records;
            return Err(Failure::at("--at", format_args!("{size}, but the log has {held} records")));
        }
        audit.warn();
        for stranger in query.strangers(&audit.population.rows) {
            note(format_args!("no payment request in the log has {stranger}"));
        }
        Ok(audit)
    }

    /// Says on stderr what the audit came to, unless it verified.
    fn warn(&self) {
        let report = &self.report;
        if report.verdict == Verdict::Verified {
            return;
        }
        verify::warn(report);
        if self.at.followed < self.at.records {
            note(format_args!(
                "only what {} of {} records ask for is in the population",
                self.at.followed, self.at.records
            ));
        }
    }

    /// The rows that a query selects, in the log's order.
    pub(crate) fn chosen(&self, query: &Query) -> Vec<&Row> {
        self.population.rows.iter().filter(|row| query.takes(row)).collect()
    }
}

/// The query of the arguments, with the audit of their log.
fn selected(log: &Audited, which: &Which) -> Result<(Audit, Query), Failure> {
    let query = which.query();
    Ok((Audit::asked(log, &query, &mut ())?, query))
}
