//! Directed lies: what an operator would want a record to say, one thing or a consistent set at a time.

use counterfoil_record::verdict::{CheckResult, Code, Grade, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, Index, Input, Record, Span};

use super::draw::Draw;

/// How many kinds of lies there are.
pub const LIES: usize = 14;

/// What the lies are, in their order.
pub const NAMES: [&str; LIES] = [
    "another outcome",
    "a code more",
    "a code more and another outcome",
    "a code less",
    "allowed, with a clean trace",
    "accepted, with nothing to say",
    "another result of a check",
    "an operand set",
    "another previous record",
    "another grade",
    "refusals counted only",
    "another time",
    "another payment or run",
    "refused for its time",
];

/// Tells the lie of that kind in `record`; what it takes is drawn from `with`.
pub fn tell(record: &mut Record, kind: usize, with: u64) {
    let mut draw = Draw::new(with, 0);
    let codes = Code::ALL;
    let verdict = &mut record.verdict;
    match kind % LIES {
        0 => verdict.outcome = draw.one(Outcome::ALL),
        1 => verdict.codes.push(draw.one(codes)),
        2 => {
            verdict.codes.push(draw.one(codes));
            verdict.outcome = draw.one(Outcome::ALL);
        }
        3 => drop(verdict.codes.pop()),
        4 => {
            verdict.outcome = Outcome::Allow;
            verdict.codes.clear();
            for row in &mut verdict.trace {
                row.result = CheckResult::Pass;
            }
        }
        5 => {
            *verdict = counterfoil_record::Verdict {
                previous: verdict.previous,
                ..counterfoil_record::Verdict::plain(Outcome::Accepted)
            };
        }
        6 => {
            if !verdict.trace.is_empty() {
                let at = draw.below(verdict.trace.len());
                verdict.trace[at].result = draw.one(CheckResult::ALL);
            }
        }
        7 => {
            if !verdict.trace.is_empty() {
                let at = draw.below(verdict.trace.len());
                let value = Operand::Number(Amount::new(u128::from(draw.number() % 1_000_000)));
                verdict.trace[at].operands.insert(draw.one(OperandName::ALL), value);
            }
        }
        8 => {
            verdict.previous =
                draw.below(4).checked_sub(1).map(|_| Index::new(draw.number() % (record.index.value() + 2)));
        }
        9 => verdict.grade = draw.one(&[None, Some(Grade::Operator), Some(Grade::Payee)]),
        10 => record.suppressed = Some(draw.number() % 5),
        11 => {
            let span = Span::from_millis(draw.one(&[1, 1_000, 60_000, 3_600_000, 400_000_000]));
            record.time = if draw.below(2) == 0 { record.time.plus(span) } else { record.time.minus(span) };
        }
        12 => about(&mut record.input, Index::new(draw.number() % (record.index.value() + 2))),
        _ => {
            let code = draw.one(&[Code::ClockJump, Code::TimeWentBack]);
            if draw.below(2) == 0 {
                verdict.codes.push(code);
            } else {
                *verdict = counterfoil_record::Verdict::plain(Outcome::Refused);
                verdict.codes.push(code);
            }
        }
    }
}

/// The input is about another record.
fn about(input: &mut Input, other: Index) {
    match input {
        Input::Pay(it) => it.run = other,
        Input::Claim(it) => it.payment = other,
        Input::Bind(it) => it.payment = other,
        Input::Settle(it) => it.payment = other,
        Input::Fail(it) => it.payment = other,
        Input::Unknown(it) => it.payment = other,
        Input::Expire(it) => it.payment = other,
        Input::Compensate(it) => it.payment = other,
        Input::Refund(it) => it.payment = other,
        Input::WriteOff(it) => it.payment = other,
        Input::CloseRun(it) => it.run = other,
        Input::Attach(it) => it.run = other,
        Input::EnterPhase(it) => it.run = other,
        Input::Begin(it) => it.run = other,
        Input::CompleteStep(it) => it.transaction = other,
        Input::Commit(it) => it.transaction = other,
        Input::Abort(it) => it.transaction = other,
        _ => {}
    }
}
