//! The story of a payment while it is told, with what its margin is found from.

use counterfoil_audit::{Checked, Observer, Report, Story};
use counterfoil_decide::State;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Index, Input, Record};
use counterfoil_review::margin::Margin;

use crate::exit::Failure;

/// The story of one payment, and the record that decided it last with the state before it.
pub(crate) struct Told {
    story: Story,
    deciding: Option<(Record, State)>,
    /// What was looked up by its number before the audit, which reads all records in their order.
    looked_up: Vec<(Index, Record)>,
    differs: Option<Index>,
}

impl Told {
    pub(crate) const fn new(story: Story, looked_up: Vec<(Index, Record)>) -> Self {
        Self { story, deciding: None, looked_up, differs: None }
    }

    /// The story after the audit that `report` is of, and the margin of its decision; none where the audit did not come to
    /// the payment. What was looked up and is not what was audited is not told.
    pub(crate) fn conclude(mut self, report: &Report) -> Result<Option<(Story, Option<Margin>)>, Failure> {
        if let Some(index) = self.differs {
            let why = "looked up by its number it is another than in its place among all";
            return Err(Failure::at(format_args!("record {index}"), why));
        }
        if self.story.chapters.iter().all(|chapter| chapter.index != self.story.payment) {
            return Ok(None);
        }
        self.story.conclude();
        let margin = self.margin(report);
        Ok(Some((self.story, margin)))
    }

    /// The margin of the decision; none where nothing was decided, the record did not follow, or what the log's other
    /// records say is not sure.
    fn margin(&self, report: &Report) -> Option<Margin> {
        let (record, before) = self.deciding.as_ref()?;
        // What a bundle with findings does not show, the state lacks.
        let is_whole = report.scope.bundle.is_none() || report.findings.is_empty();
        if !is_whole || self.story.decided != Some(record.index) {
            return None;
        }
        Margin::of(record, before)
    }

    fn is_decided_by(&self, record: &Record) -> bool {
        record.verdict.outcome != Outcome::Refused
            && match &record.input {
                Input::Pay(_) => record.index == self.story.payment,
                Input::Claim(claim) => claim.payment == self.story.payment,
                _ => false,
            }
    }
}

impl Observer for Told {
    /// Copies the state where the payment is decided, and nowhere else: it may be large.
    fn before(&mut self, record: &Record, state: &State) {
        if self.looked_up.iter().any(|(index, looked_up)| *index == record.index && looked_up != record) {
            self.differs = Some(record.index);
        }
        if self.is_decided_by(record) {
            self.deciding = Some((record.clone(), state.clone()));
        }
    }

    fn after(&mut self, checked: &Checked, state: &State) {
        self.story.after(checked, state);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

    use counterfoil_audit::Auditor;
    use counterfoil_testkit::forge;
    use counterfoil_testkit::recipes::logs;

    use super::*;

    #[test]
    fn what_was_looked_up_is_told_only_if_it_is_what_was_audited() {
        let entries = logs::busy().script.entries();
        let records = forge::records(&entries);
        let mut payments = records.iter().filter(|record| Story::of(record).is_some());
        let (record, another) = (payments.next().unwrap(), payments.next().unwrap());
        let audited = |looked_up: &Record| {
            let looked_up = vec![(record.index, looked_up.clone())];
            let mut told = Told::new(Story::of(record).unwrap(), looked_up);
            let mut auditor = Auditor::new(None, None);
            for entry in &entries {
                auditor.push_observed(entry, &mut told);
            }
            let told = told.conclude(&auditor.finish());
            told.map(|told| told.map(|(story, _)| story.payment)).map_err(|failure| failure.message())
        };
        assert_eq!(audited(record), Ok(Some(record.index)));
        let place = format!("record {}: looked up by its number", record.index);
        assert!(audited(another).unwrap_err().starts_with(&place));
        let mut altered = record.clone();
        altered.time = another.time;
        assert!(audited(&altered).unwrap_err().starts_with(&place));
    }
}
