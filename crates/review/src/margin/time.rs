//! The next moment at which the outcome is another.
//!
//! What is supposed: the same input comes later, and no other record before it. How far a record may move the clock does
//! not matter.
//!
//! The moments at which anything can change are all in the state and in what was asked:
//!
//! | moment | what changes |
//! |---|---|
//! | a payment was allowed + the span of a rolling window | it leaves the window |
//! | the next window of a calendar begins, and none is known | nothing counts, or nothing can be told |
//! | the end of an answer, a request, an override + 1 ms | it does not count |
//! | held since + the time of a gate + 1 ms | no answer counts |
//! | the deadline of the transaction + 1 ms | it is aborted |
//! | the first whole second whose permit ends after a mandate | it is not covered |
//!
//! Between two of the others only payments leave rolling windows, which makes every budget and gate less strict.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Calendar, Window};
use counterfoil_record::statement::SignedStatement;
use counterfoil_record::verdict::{CheckName, OperandName};
use counterfoil_record::{Octets, Span, Time, Verdict};
use serde::Serialize;

use super::nearest::nearest;
use super::{Case, Turn};

/// A moment that turns the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByTime {
    /// The moment, in milliseconds since 1970.
    pub at: Time,
    /// How long after the decision that is.
    pub wait: Span,
    /// What comes out.
    pub then: Turn,
}

/// The next moment that turns `verdict`.
pub(super) fn by_time(mut case: Case, verdict: &Verdict) -> Option<ByTime> {
    let now = case.time;
    let (leaving, others) = (leaving(&case), others(&case, verdict));
    let mut before = (now, verdict.clone());
    // One more than the last of the others, so that what leaves after it is looked at too.
    for end in others.into_iter().map(Some).chain([None]) {
        let from = leaving.partition_point(|at| *at <= before.0);
        let to = end.map_or(leaving.len(), |end| leaving.partition_point(|at| *at < end));
        let stretch = leaving.get(from..to).unwrap_or_default();
        let moment = |place: u128| {
            let place = usize::try_from(place).ok()?.checked_sub(1)?;
            stretch.get(place).copied()
        };
        let count = u128::try_from(stretch.len()).unwrap_or(u128::MAX);
        let found = nearest(&before.1, count, &mut |place| case.decide_at(moment(place)?));
        if let Some((at, then)) = found.and_then(|(place, then)| Some((moment(place)?, then))) {
            return Some(turned(now, at, &then));
        }
        let end = end?;
        let then = case.decide_at(end)?;
        if then.outcome != verdict.outcome {
            return Some(turned(now, end, &then));
        }
        before = (end, then);
    }
    None
}

fn turned(now: Time, at: Time, then: &Verdict) -> ByTime {
    let wait = Span::from_millis(at.millis().saturating_sub(now.millis()));
    ByTime { at, wait, then: Turn::of(then) }
}

/// When payments leave the rolling windows that count this one, rising.
fn leaving(case: &Case) -> Vec<Time> {
    let mut moments = BTreeSet::new();
    let (Some(policy), Some(request)) = (&case.state.policy, case.request()) else { return Vec::new() };
    for key in case.state.counted_in(request, case.time) {
        let budget = policy.policy.budgets.iter().find(|budget| budget.id == key.budget);
        let Some(Window::Rolling(rolling)) = budget.and_then(|budget| budget.window.as_ref()) else {
            continue;
        };
        let entries = case.state.ledgers.get(&key).into_iter().flat_map(|ledger| &ledger.entries);
        moments.extend(entries.map(|entry| entry.at.plus(rolling.span)).filter(|at| *at > case.time));
    }
    moments.into_iter().collect()
}

/// Every other moment at which something changes, rising.
fn others(case: &Case, verdict: &Verdict) -> BTreeSet<Time> {
    let mut moments = BTreeSet::new();
    let (Some(in_force), Some(request)) = (&case.state.policy, case.request()) else { return moments };
    let policy = &in_force.policy;
    for budget in &policy.budgets {
        if let Some(Window::Calendar(calendar)) = &budget.window {
            moments.extend(turns_of(calendar, case.time));
        }
    }
    let statements = request.request.iter().chain(&request.overrides);
    moments.extend(statements.filter_map(end_of).map(just_after));
    if let Some(part) = &request.part
        && let Some(transaction) = case.state.transactions.get(&part.transaction)
    {
        moments.insert(just_after(transaction.deadline));
    }
    let lifetime = policy.obligations.max_lifetime.seconds();
    let mandates = verdict.trace.iter().filter(|row| row.check == CheckName::Mandate);
    moments.extend(mandates.filter_map(|row| row.count(OperandName::Expires)).map(|expires| {
        let uncovered = Time::from_millis(expires).seconds().saturating_add(1);
        Time::from_seconds(uncovered.saturating_sub(lifetime))
    }));
    let held = case.claimed().and_then(|payment| case.state.payments.get(&payment)?.hold.as_ref());
    if let Some(hold) = held {
        moments.extend(hold.answers.iter().map(|answer| just_after(answer.expires)));
        let needs = policy.gates.iter().filter_map(|gate| gate.need.as_ref());
        moments.extend(needs.map(|need| just_after(hold.since.plus(need.ttl))));
    }
    moments.retain(|at| *at > case.time);
    moments
}

const fn just_after(time: Time) -> Time {
    time.plus(Span::from_millis(1))
}

/// When a signed statement ends; none where it says nothing that could be read.
fn end_of(statement: &Octets) -> Option<Time> {
    Some(SignedStatement::decode(statement.as_slice()).ok()?.unverified().expires)
}

/// When the present window of `calendar` ends, and from when on none is known.
fn turns_of(calendar: &Calendar, now: Time) -> [Time; 2] {
    let present = calendar.begin(now);
    [
        first_after(now, |at| calendar.begin(at) != present),
        first_after(now, |at| calendar.begin(at).is_none()),
    ]
}

/// The first moment after `now` at which something is so that stays so; the last moment of all where it never is.
fn first_after(now: Time, is: impl Fn(Time) -> bool) -> Time {
    let (mut before, mut by) = (now.millis(), u64::MAX);
    while by.saturating_sub(before) > 1 {
        let middle = before.saturating_add(by.saturating_sub(before) / 2);
        if is(Time::from_millis(middle)) { by = middle } else { before = middle }
    }
    Time::from_millis(by)
}
