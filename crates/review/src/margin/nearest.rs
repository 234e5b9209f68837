//! The nearest point at which an outcome is another, where each check goes one way only.
//!
//! With the amount, and with what leaves a rolling window, a check goes through its results in one order and never
//! back: a budget from `pass` over `fail` to `cannot` as the amount grows, a gate from `not-applicable` over what people
//! say to it to `cannot`. The outcome does not: where a sum passes 2^128-1, what failed cannot be told any more. So it is
//! the checks that the search halves by, not the outcome.

use alloc::vec::Vec;

use counterfoil_record::Verdict;
use counterfoil_record::verdict::{CheckResult, Outcome};

/// A point that was tried.
struct Tried {
    at: u128,
    verdict: Verdict,
}

impl Tried {
    fn has(&self, result: CheckResult, other: &Self) -> bool {
        let rows = self.verdict.trace.iter().zip(&other.verdict.trace);
        rows.into_iter().any(|(one, other)| one.result == result && other.result == result)
    }

    fn is_like(&self, other: &Self) -> bool {
        let results = |it: &Self| it.verdict.trace.iter().map(|row| row.result).collect::<Vec<_>>();
        results(self) == results(other)
    }
}

/// True if the outcome is `is` from one end to the other, whatever lies between.
fn is_steady(low: &Tried, high: &Tried, is: Outcome) -> bool {
    low.verdict.outcome == is
        && high.verdict.outcome == is
        && (low.is_like(high)
            || match is {
                // A check that fails at both ends fails between them, and one failure is enough.
                Outcome::Deny => low.has(CheckResult::Fail, high),
                // What passes at both ends was not in need between them; what is in need did not fail.
                Outcome::Hold => low.has(CheckResult::Needs, high),
                Outcome::Allow => true,
                _ => false,
            })
}

/// The smallest of `1..=most` at which the outcome is another than that of `first`, which is what comes out at 0. `at`
/// gives what comes out at a point; none ends the search, with nothing found.
pub(super) fn nearest(
    first: &Verdict,
    most: u128,
    at: &mut dyn FnMut(u128) -> Option<Verdict>,
) -> Option<(u128, Verdict)> {
    if most == 0 {
        return None;
    }
    let mut tried = |point| Some(Tried { at: point, verdict: at(point)? });
    let mut low = Tried { at: 0, verdict: first.clone() };
    // The ends of the stretches above `low`, the nearest last.
    let mut above = Vec::from([tried(most)?]);
    while let Some(high) = above.pop() {
        if is_steady(&low, &high, first.outcome) {
            low = high;
            continue;
        }
        if let Some(middle) = between(low.at, high.at) {
            let middle = tried(middle)?;
            above.extend([high, middle]);
        } else if high.verdict.outcome != first.outcome {
            return Some((high.at, high.verdict));
        } else {
            low = high;
        }
    }
    None
}

/// A point between two, if there is one. What turns an outcome is mostly far nearer than 2^128: so as long as the two
/// are of different lengths in bits, the lengths are halved, and not the numbers.
fn between(low: u128, high: u128) -> Option<u128> {
    let bits = |point: u128| u128::BITS.saturating_sub(point.leading_zeros());
    let (short, long) = (bits(low), bits(high));
    if long >= short.saturating_add(3) {
        return 1_u128.checked_shl(short.midpoint(long));
    }
    let half = high.saturating_sub(low) / 2;
    (half > 0).then(|| low.saturating_add(half))
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use counterfoil_record::Verdict;
    use counterfoil_record::verdict::{Check, CheckName, CheckResult, Outcome};

    use super::{between, nearest};

    /// The results that a check goes through, each with the point from which on it has it.
    type Way = Vec<(u128, CheckResult)>;

    /// The results at a point; the outcome as the decision makes it of them.
    fn verdict(rows: &[Way], at: u128) -> Verdict {
        let result = |row: &Way| row.iter().rev().find(|(from, _)| *from <= at).unwrap().1;
        let results: Vec<CheckResult> = rows.iter().map(result).collect();
        let outcome = [
            (CheckResult::Fail, Outcome::Deny),
            (CheckResult::Cannot, Outcome::CannotDecide),
            (CheckResult::Needs, Outcome::Hold),
        ];
        let found = outcome.into_iter().find(|(result, _)| results.contains(result));
        let mut verdict = Verdict::plain(found.map_or(Outcome::Allow, |(_, outcome)| outcome));
        verdict.trace.extend(results.into_iter().map(|result| Check {
            check: CheckName::Budget,
            result,
            rule: None,
            operands: BTreeMap::new(),
        }));
        verdict
    }

    #[test]
    fn between_two_points_lies_one_that_is_neither() {
        let ends = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 1 << 64, u128::MAX - 1, u128::MAX];
        for low in ends {
            for high in ends.into_iter().filter(|high| *high > low) {
                let middle = between(low, high);
                assert_eq!(middle.is_none(), high - low == 1, "{low} {high}");
                assert!(middle.is_none_or(|it| low < it && it < high), "{low} {high} {middle:?}");
            }
        }
    }

    #[test]
    fn a_turn_is_found_between_two_points_of_the_same_outcome() {
        let (pass, needs) = (CheckResult::Pass, CheckResult::Needs);
        let (fail, cannot) = (CheckResult::Fail, CheckResult::Cannot);
        let na = CheckResult::NotApplicable;
        // (the rows, where the outcome is another first)
        let cases: [(&[Way], Option<u128>); 6] = [
            (&[Vec::from([(0, pass)])], None),
            (&[Vec::from([(0, pass), (77, fail)])], Some(77)),
            (&[Vec::from([(0, na), (5, pass)]), Vec::from([(0, na), (u128::MAX, needs)])], Some(u128::MAX)),
            // Undecided at both ends, denied for one unit between.
            (&[Vec::from([(0, cannot)]), Vec::from([(0, pass), (900, fail), (901, cannot)])], Some(900)),
            // Denied by one check, then by the next, then not told any more.
            (
                &[
                    Vec::from([(0, fail), (40, cannot)]),
                    Vec::from([(0, pass), (39, fail), (1_000_000, cannot)]),
                ],
                Some(1_000_000),
            ),
            (&[Vec::from([(0, fail), (40, cannot)]), Vec::from([(0, pass), (41, fail)])], Some(40)),
        ];
        for (rows, turns) in cases {
            let found = nearest(&verdict(rows, 0), u128::MAX, &mut |at| Some(verdict(rows, at)));
            assert_eq!(found.map(|(at, _)| at), turns, "{rows:?}");
        }
    }
}
