//! Runs, transactions and payments that an earlier change has made other things than they are in the log.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::{Index, Input, Record};

/// How many things may be listed before those are dropped that neither state knows any more.
const LISTED: usize = 64;

/// What is not as it is in the log, by the record that named it.
#[derive(Clone, Debug, Default)]
pub(super) struct Altered {
    things: BTreeMap<Index, By>,
    /// How many are listed when those that are gone are dropped.
    full: usize,
}

/// What made it so.
#[derive(Clone, Copy, Debug)]
struct By {
    /// The first record that came out otherwise.
    record: Index,
    /// True for a request to pay that would have been answered with another payment.
    repeat: bool,
}

impl Altered {
    /// The first change that a record follows from.
    pub(super) fn cause(&self, record: &Record, original: &State, supposed: &State) -> Option<Index> {
        let found =
            rests_on(record, original, supposed).into_iter().find_map(|thing| self.things.get(&thing));
        found.map(|by| by.record)
    }

    /// True if the payment would have been another's answer again.
    pub(super) fn is_repeat(&self, payment: Index) -> bool {
        self.things.get(&payment).is_some_and(|by| by.repeat)
    }

    /// Takes over what `record` made of the things that it is about. Where it came out otherwise, `cause` is the
    /// first change that this follows from, itself perhaps.
    pub(super) fn note(
        &mut self,
        record: &Record,
        cause: Option<Index>,
        repeat_of: Option<Index>,
        original: &State,
        supposed: &State,
    ) {
        for thing in about(record, original, supposed) {
            if !differs(thing, original, supposed) {
                self.things.remove(&thing);
            } else if let Some(cause) = cause {
                let by = By { record: cause, repeat: repeat_of.is_some() };
                self.things.entry(thing).or_insert(by);
            }
        }
        if self.things.len() > self.full.max(LISTED) {
            self.things.retain(|thing, _| knows(original, *thing) || knows(supposed, *thing));
            self.full = self.things.len().saturating_mul(2);
        }
    }
}

fn knows(state: &State, thing: Index) -> bool {
    state.runs.contains_key(&thing)
        || state.transactions.contains_key(&thing)
        || state.payments.contains_key(&thing)
}

/// What has to be as it was for a record to be a decision of its own, the nearest first.
fn rests_on(record: &Record, original: &State, supposed: &State) -> Vec<Index> {
    match &record.input {
        Input::OpenRun(open) => open.parent.into_iter().collect(),
        Input::Statement(statement) => {
            let Ok(signed) = SignedStatement::decode(statement.statement.as_slice()) else {
                return Vec::new();
            };
            let stated = signed.unverified();
            match stated.kind {
                SubjectKind::Payment => [stated.against].into(),
                SubjectKind::Phase => stated.run.into_iter().collect(),
                _ => Vec::new(),
            }
        }
        Input::Pay(pay) => {
            let part = pay.part.as_ref().map(|part| part.transaction);
            let missing = part.filter(|at| standing(original, *at) != standing(supposed, *at));
            [pay.run].into_iter().chain(missing).collect()
        }
        Input::CloseRun(close) => {
            let run = supposed.runs.get(&close.run);
            let transactions = run.into_iter().flat_map(|run| run.transactions.values().copied());
            [close.run].into_iter().chain(transactions).collect()
        }
        input => input.payment().or(input.transaction()).or(input.run()).into_iter().collect(),
    }
}

/// What a record makes or changes.
fn about(record: &Record, original: &State, supposed: &State) -> Vec<Index> {
    let of_payment = |payment: Index| {
        let found = [original, supposed].into_iter().filter_map(|state| state.payments.get(&payment));
        let mut parts = found.filter_map(|payment| payment.terms.as_ref()?.part.as_ref());
        [payment].into_iter().chain(parts.next().map(|part| part.transaction))
    };
    match &record.input {
        Input::OpenRun(_) | Input::Begin(_) => [record.index].into(),
        Input::Pay(_) => of_payment(record.index).collect(),
        input => match input.payment() {
            Some(payment) => of_payment(payment).collect(),
            None => input.transaction().or(input.run()).into_iter().collect(),
        },
    }
}

/// True if the two states have another thing of that name, or one of them has none.
fn differs(thing: Index, original: &State, supposed: &State) -> bool {
    run(original, thing) != run(supposed, thing)
        || payment(original, thing) != payment(supposed, thing)
        || standing(original, thing) != standing(supposed, thing)
        || payments_of(original, thing) != payments_of(supposed, thing)
}

/// What of a run decides about what comes after, but for its phase's rule.
fn run(state: &State, index: Index) -> Option<impl PartialEq> {
    let run = state.runs.get(&index)?;
    let artefacts: Vec<_> = run.artefacts.iter().map(|(name, it)| (name, it.since, it.digest)).collect();
    Some((&run.phase, run.phase_since, artefacts))
}

/// What of a payment decides about what comes after.
fn payment(state: &State, index: Index) -> Option<impl PartialEq> {
    let payment = state.payments.get(&index)?;
    let terms = payment.terms.as_ref().map(|terms| (terms.until, terms.leaf));
    Some((payment.status, terms, payment.bound.as_ref().map(|bound| bound.digest), payment.contribution()))
}

/// What has become of a transaction.
fn standing(state: &State, index: Index) -> Option<impl PartialEq> {
    let found = state.transactions.get(&index)?;
    Some((&found.completed, found.standing))
}

fn payments_of(state: &State, index: Index) -> Option<&[Index]> {
    state.transactions.get(&index).map(|found| found.payments.as_slice())
}
