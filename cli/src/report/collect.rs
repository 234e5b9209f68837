//! What a report tells, collected while the log is audited.

use alloc::collections::BTreeMap;
use core::mem;

use counterfoil_audit::{Chapter, Checked, Observer};
use counterfoil_decide::State;
use counterfoil_decide::policy::Outline;
use counterfoil_rails::eip3009::slot;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Index, Input, Record, Time};
use counterfoil_review::budgets::Budgets;
use counterfoil_review::payments::{about, decides};
use counterfoil_review::people::{self, People, Said};
use counterfoil_review::timeline::{Event, Timeline};
use counterfoil_review::{Quote, quote};

use crate::explain::{Reason, headline, is_against, reasons};

/// A policy that was put in force, in its author's words.
pub(super) struct Adopted {
    pub(super) record: Index,
    pub(super) time: Time,
    pub(super) source: String,
    outline: Option<Outline>,
}

/// What is told of one payment.
#[derive(Default)]
pub(super) struct Told {
    /// The checks of the record that decided it last, with their numbers.
    pub(super) reasons: Vec<Reason>,
    /// What names the decision in the settlement; none where nothing was allowed.
    pub(super) slot: Option<Hash32>,
    /// The records about it, from the request on.
    pub(super) events: Vec<Event>,
}

/// What a report tells of each payment and each run. It is as long as the log.
#[derive(Default)]
pub(super) struct Each {
    pub(super) told: BTreeMap<Index, Told>,
    pub(super) timeline: Timeline,
}

/// Everything that a report tells beside the payment requests themselves.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) policies: Vec<Adopted>,
    pub(super) budgets: Budgets,
    pub(super) people: People,
    /// None for a summary.
    pub(super) each: Option<Each>,
    /// What the record that is decided now carries: it counts once the record follows.
    said: Vec<Said>,
}

impl Observer for Collected {
    fn before(&mut self, record: &Record, state: &State) {
        self.said = people::said(record, state);
    }

    fn after(&mut self, checked: &Checked, state: &State) {
        let record = &checked.record;
        self.budgets.observe(record, state);
        self.people.extend(mem::take(&mut self.said));
        if matches!(record.input, Input::Heartbeat(_)) {
            return;
        }
        if let Some(each) = &mut self.each {
            let said = headline(&Chapter::of(record));
            if let Some(payment) = about(record) {
                each.tell(payment, checked, self.policies.last(), said.clone());
            }
            each.timeline.observe(record, state, said);
        }
        if let (Input::AdoptPolicy(adopt), Outcome::Accepted) = (&record.input, record.verdict.outcome) {
            let source = String::from_utf8_lossy(adopt.source.as_slice()).into_owned();
            let outline = Outline::of(&source);
            self.policies.push(Adopted { record: record.index, time: record.time, source, outline });
        }
    }
}

impl Collected {
    pub(super) fn whole() -> Self {
        Self { each: Some(Each::default()), ..Self::default() }
    }

    pub(super) fn summary() -> Self {
        Self::default()
    }
}

impl Each {
    fn tell(&mut self, payment: Index, checked: &Checked, in_force: Option<&Adopted>, said: String) {
        let record = &checked.record;
        let reasons =
            decides(record).then(|| reasons(&record.verdict, &quotes(in_force, record), is_against));
        let told = self.told.entry(payment).or_default();
        if let Some(reasons) = reasons {
            told.reasons = reasons;
            told.slot = (record.verdict.outcome == Outcome::Allow).then(|| slot(&checked.leaf));
        }
        told.events.push(Event { record: record.index, time: record.time, said, mark: None });
    }
}

/// The lines of the policy in force by which a decision was not an allow. Rules that held are in the policy, which a
/// report has as a whole.
fn quotes(in_force: Option<&Adopted>, record: &Record) -> Vec<Quote> {
    let Some(Adopted { source, outline: Some(outline), .. }) = in_force else { return Vec::new() };
    let against = record.verdict.trace.iter().filter(|check| is_against(check));
    against.filter_map(|check| quote(source, outline, check)).collect()
}
