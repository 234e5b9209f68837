//! The story of a payment while it is told, with what its margin is found from.

use counterfoil_audit::{Checked, Observer, Report, Story};
use counterfoil_decide::State;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Input, Record};
use counterfoil_review::margin::Margin;

/// The story of one payment, and the record that decided it last with the state before it.
pub(crate) struct Told {
    pub(crate) story: Story,
    deciding: Option<(Record, State)>,
}

impl Told {
    pub(crate) const fn new(story: Story) -> Self {
        Self { story, deciding: None }
    }

    /// The margin of the decision; none where nothing was decided, the record did not follow, or what the log's other
    /// records say is not sure.
    pub(crate) fn margin(&self, report: &Report) -> Option<Margin> {
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
        if self.is_decided_by(record) {
            self.deciding = Some((record.clone(), state.clone()));
        }
    }

    fn after(&mut self, checked: &Checked, state: &State) {
        self.story.observe(checked, state);
    }
}
