//! `list`, `export`, `check-export`, `sample`: which payments a log asked for, for people who audit them.

mod check;
mod export;
mod page;
mod sample;

pub(crate) use check::run as check;
pub(crate) use export::run as export;
pub(crate) use page::run as list;
pub(crate) use sample::run as sample;

use std::path::Path;

use counterfoil_audit::{Report, Verdict};
use counterfoil_review::payments::{Payments, Population, Query, Row};

use crate::args::{Audited, Which};
use crate::evidence::{After, At, audit_at, open_log, read_trust};
use crate::exit::{Failure, note};
use crate::verify;

/// An audited log, with every payment request of its first records.
struct Audit {
    report: Report,
    /// The log at the size that is spoken of.
    at: At,
    population: Population,
}

impl Audit {
    /// Audits the whole log, and collects the payment requests of its first `size` records, or of all.
    fn of(path: &Path, trust: Option<&Path>, size: Option<u64>) -> Result<Self, Failure> {
        let trust = read_trust(trust)?;
        let log = open_log(path)?;
        let mut payments = Payments::default();
        let (report, at) = audit_at(
            &log,
            trust,
            size,
            &mut After(&mut |checked, state| {
                if size.is_none_or(|size| checked.record.index.value() < size) {
                    payments.observe(&checked.record, state);
                }
            }),
        );
        let population = payments.conclude(&at.state);
        Ok(Self { report, at, population })
    }

    /// The same for what was asked on the command line; what is wrong with the log, and what the query names in
    /// vain, is said on stderr.
    fn asked(log: &Audited, query: &Query) -> Result<Self, Failure> {
        let audit = Self::of(&log.log, log.trust.as_deref(), log.at)?;
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
    fn chosen(&self, query: &Query) -> Vec<&Row> {
        self.population.rows.iter().filter(|row| query.takes(row)).collect()
    }
}

/// The query of the arguments, with the audit of their log.
fn selected(log: &Audited, which: &Which) -> Result<(Audit, Query), Failure> {
    let query = which.query();
    Ok((Audit::asked(log, &query)?, query))
}
