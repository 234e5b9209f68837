//! A margin held against what comes out by other ways, where it says that something turns and where it does not.

use std::collections::BTreeMap;

use counterfoil_decide::policy::Window;
use counterfoil_decide::state::Totals;
use counterfoil_record::verdict::{CheckName, CheckResult, Outcome};
use counterfoil_record::{Amount, Id, Index, Input};
use counterfoil_review::margin::{Approvals, Margin, Room, Stands, Which};

use crate::chance::Chance;
use crate::changed::Decided;

/// How often each thing was held against another way.
pub(crate) type Tally = BTreeMap<String, u64>;

/// How much is tried between the decision and what turns it.
#[derive(Clone, Copy)]
pub(crate) struct Dense {
    /// Every amount up to this is tried.
    pub(crate) amounts: u128,
    /// Every moment is tried up to so many milliseconds.
    pub(crate) millis: u64,
    /// So many of the others.
    pub(crate) others: u64,
}

pub(crate) fn hold(decided: &Decided, dense: Dense, chance: &mut Chance, tally: &mut Tally) {
    let margin = Margin::of(&decided.record, &decided.before);
    let margin = margin.unwrap_or_else(|| panic!("{}: no margin", decided.place));
    let mut count = |what: String| *tally.entry(what).or_default() += 1;
    assert_eq!((margin.record, margin.outcome), (decided.record.index, decided.outcome()));
    assert!(!margin.lines().is_empty());
    count(format!("decided {}", decided.outcome()));
    left(decided, &margin);
    for found in amounts(decided, &margin, dense, chance) {
        count(found);
    }
    if let Some(found) = time(decided, &margin, dense, chance) {
        count(found);
    }
    for turned in phases(decided, &margin) {
        count(format!("phase to {turned}"));
    }
    if let Some(found) = approvals(decided, &margin) {
        count(format!("approvals {found}"));
    }
}

/// What is left, added up from the ledgers.
fn left(decided: &Decided, margin: &Margin) {
    let (state, time) = (&decided.before, decided.record.time);
    let mut expected = Vec::new();
    let Some(in_force) = &state.policy else { return assert!(margin.left.is_empty()) };
    let exposure = decided.asked().unwrap_or_default();
    for key in state.counted_in(decided.request(), time) {
        let budget = in_force.policy.budgets.iter().find(|budget| budget.id == key.budget).unwrap();
        let totals = match state.ledgers.get(&key) {
            Some(ledger) => ledger.at(time, budget.window.as_ref()),
            None => Some(Totals::default()),
        };
        let calendar = matches!(budget.window, Some(Window::Calendar(_)));
        let Some(totals) = totals.filter(|_| !calendar || time.millis() < 253_370_764_800_000) else {
            continue;
        };
        let room = if let Some(most) = budget.count {
            let used = totals.count + 1;
            if used > most { Room::Beyond(used - most) } else { Room::More(most - used) }
        } else {
            let Some(limit) = &budget.limit else { continue };
            let sum = totals.settled.stopped().units().checked_add(totals.reserved.stopped().units());
            let Some(sum) = sum.and_then(|sum| sum.checked_add(exposure)) else { continue };
            let back = if budget.restore_refunds { totals.returned.stopped().units() } else { 0 };
            let (sum, limit) = (sum.saturating_sub(back), limit.amount.units());
            if sum > limit {
                Room::Over(Amount::new(sum - limit))
            } else {
                Room::Left(Amount::new(limit - sum))
            }
        };
        expected.push((key.budget, room));
    }
    let found: Vec<(Id, Room)> = margin.left.iter().map(|it| (it.rule.clone(), it.room)).collect();
    assert_eq!(found, expected, "{}", decided.place);
}

fn amounts(decided: &Decided, margin: &Margin, dense: Dense, chance: &mut Chance) -> Vec<String> {
    let Some(found) = &margin.amount else { return Vec::new() };
    let asked = decided.asked().unwrap();
    assert_eq!(found.asked.units(), asked, "{}", decided.place);
    let (is, place) = (decided.outcome(), &decided.place);
    let mut at = decided.asking();
    let (above, below) =
        [&found.increase, &found.decrease].map(|it| it.as_ref().map(|it| it.amount.units())).into();
    let mut seen = Vec::new();
    for by in [&found.increase, &found.decrease].into_iter().flatten() {
        let amount = by.amount.units();
        assert_eq!(by.by.units(), amount.abs_diff(asked), "{place}");
        assert_eq!(at(amount), by.then.outcome, "{place}: at {amount}");
        assert_ne!(by.then.outcome, is, "{place}");
        let side = if amount > asked { "increase" } else { "decrease" };
        seen.push(format!("amount {side} from {is} to {}", by.then.outcome));
    }
    // The amounts between that turn nothing: from one above the lower to one below the upper.
    let (from, to) = (below.map_or(1, |it| it + 1), above.map_or(u128::MAX, |it| it - 1));
    if from > to {
        assert_eq!((asked, above), (0, Some(1)), "{place}");
        return seen;
    }
    let mut tried = Vec::from([from, to, asked.saturating_sub(1).max(from), asked.saturating_add(1).min(to)]);
    tried.extend((from..=to).take_while(|it| *it <= dense.amounts));
    for _ in 0..dense.others {
        let bits = chance.below(128);
        let by = chance.wide() >> bits;
        tried.push(asked.saturating_add(by).clamp(from, to));
        tried.push(asked.saturating_sub(by).clamp(from, to));
    }
    tried.sort_unstable();
    tried.dedup();
    for amount in tried.into_iter().filter(|it| *it > 0) {
        assert_eq!(at(amount), is, "{place}: at {amount}, between {below:?} and {above:?}");
    }
    seen
}

fn time(decided: &Decided, margin: &Margin, dense: Dense, chance: &mut Chance) -> Option<String> {
    let (now, is, place) = (decided.record.time.millis(), decided.outcome(), &decided.place);
    let at = decided.at();
    let end = match &margin.time {
        Some(found) => {
            assert_eq!(found.wait.millis(), found.at.millis() - now, "{place}");
            assert_eq!(at(found.at.millis()), found.then.outcome, "{place}");
            assert_ne!(found.then.outcome, is, "{place}");
            found.at.millis() - 1
        }
        None => u64::MAX,
    };
    let mut tried = Vec::from([end]);
    tried.extend((now..=end).take_while(|it| *it - now <= dense.millis));
    let step = ((end - now) / (dense.others + 1)).max(1);
    tried.extend((1..=dense.others).map(|place| now.saturating_add(step.saturating_mul(place)).min(end)));
    for _ in 0..dense.others {
        let by = chance.below(u64::MAX) >> chance.below(64);
        tried.push(now.saturating_add(by).min(end));
        tried.push(end.saturating_sub(by).max(now));
    }
    tried.sort_unstable();
    tried.dedup();
    for moment in tried {
        assert_eq!(at(moment), is, "{place}: {} ms later of {}", moment - now, end - now);
    }
    let found = margin.time.as_ref()?;
    // What stands in the way after it, or what stood there before.
    let after = found.then.checks.iter().map(|it| it.check);
    let stood = [CheckResult::Fail, CheckResult::Needs].into_iter();
    let before = stood.flat_map(|result| decided.record.verdict.checks(result)).map(|row| row.check);
    let check = after.chain(before).next()?;
    Some(format!("time from {is} to {} [{check}]", found.then.outcome))
}

fn phases(decided: &Decided, margin: &Margin) -> Vec<Outcome> {
    let run = decided.before.runs.get(&decided.request().run);
    let (Some(in_force), Some(run)) = (&decided.before.policy, run) else {
        assert!(margin.phases.is_empty(), "{}", decided.place);
        return Vec::new();
    };
    let others = in_force.policy.phases.keys().filter(|phase| **phase != run.phase);
    let came: BTreeMap<&Id, Outcome> = others.map(|phase| (phase, decided.in_phase(phase))).collect();
    let turned: BTreeMap<&Id, Outcome> =
        came.into_iter().filter(|(_, outcome)| *outcome != decided.outcome()).collect();
    let found: BTreeMap<&Id, Outcome> = margin.phases.iter().map(|it| (&it.phase, it.then.outcome)).collect();
    assert_eq!((found, margin.phases.len()), (turned.clone(), turned.len()), "{}", decided.place);
    for pair in margin.phases.windows(2) {
        let key = |at: usize| (pair[at].edges.unwrap_or(u64::MAX), &pair[at].phase);
        assert!(key(0) < key(1), "{}", decided.place);
    }
    turned.into_values().collect()
}

fn approvals(decided: &Decided, margin: &Margin) -> Option<String> {
    let found = margin.approvals.as_ref();
    let told = |it: &Approvals| {
        it.roles.iter().map(|of| (of.role.clone(), of.approvals)).collect::<BTreeMap<_, _>>()
    };
    match (decided.outcome(), &decided.record.input) {
        (Outcome::Hold, _) => {
            let found = found.unwrap_or_else(|| panic!("{}", decided.place));
            assert_eq!(found.which, Which::More);
            let policy = &decided.before.policy.as_ref().unwrap().policy;
            let people: Vec<(Id, Id)> = policy
                .roles
                .iter()
                .flat_map(|(role, rule)| rule.members.keys().map(|it| (role.clone(), it.clone())))
                .collect();
            let turning = fewest(&people, &|some| {
                decided.approved(some).is_some_and(|outcome| outcome != Outcome::Hold)
            });
            let roles = turning.as_ref().map(|some| by_role(some.iter().map(|(role, _)| role.clone())));
            assert_eq!(told(found), roles.unwrap_or_default(), "{}", decided.place);
            assert_eq!(found.then.as_ref().map(|it| it.outcome), turning.map(|_| Outcome::Allow));
            Some(if found.then.is_some() { "more".into() } else { "none".into() })
        }
        (Outcome::Allow, Input::Claim(claim)) => {
            let answers = &decided.before.payments[&claim.payment].hold.as_ref().unwrap().answers;
            let all: Vec<(Id, Index)> =
                answers.iter().map(|answer| (answer.role.clone(), answer.index)).collect();
            let turning = fewest(&all, &|some| {
                let some: Vec<Index> = some.iter().map(|(_, index)| *index).collect();
                decided.without(&some) != Outcome::Allow
            });
            let Some(turning) = turning else {
                assert_eq!(found, None, "{}", decided.place);
                return None;
            };
            let found = found.unwrap_or_else(|| panic!("{}", decided.place));
            assert_eq!(found.which, Which::Fewer);
            let roles = by_role(turning.into_iter().map(|(role, _)| role));
            assert_eq!(told(found), roles, "{}", decided.place);
            let then = found.then.as_ref().unwrap();
            assert_eq!(then.outcome, Outcome::Hold, "{}", decided.place);
            let needs = |it: &&Stands| it.result == CheckResult::Needs;
            assert_eq!(then.checks.iter().filter(needs).count(), then.checks.len());
            assert!(then.checks.iter().all(|it| it.check == CheckName::Gate && it.role.is_some()));
            Some("fewer".into())
        }
        _ => {
            assert_eq!(found, None, "{}", decided.place);
            None
        }
    }
}

fn by_role(roles: impl Iterator<Item = Id>) -> BTreeMap<Id, u64> {
    let mut counts = BTreeMap::new();
    for role in roles {
        *counts.entry(role).or_default() += 1;
    }
    counts
}

/// The first of the smallest selections that are so.
fn fewest<T: Clone>(all: &[T], is: &dyn Fn(&[T]) -> bool) -> Option<Vec<T>> {
    assert!(all.len() < 12);
    let mut sets: Vec<u32> = (1..1_u32 << all.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    sets.into_iter().find_map(|set| {
        let some: Vec<T> =
            all.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, it)| it.clone()).collect();
        is(&some).then_some(some)
    })
}
