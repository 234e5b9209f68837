//! An operator who lies: the whole log is signed again with its own key, and everything hashes right.

use counterfoil_decide::policy::compile;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::AdoptPolicy;
use counterfoil_record::verdict::{CheckName, CheckResult, Grade, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, FORMAT, Hash32, Index, Input, Record, Span, Text};

use super::{Case, short};
use crate::vectors::Evidence;
use crate::{forge, keys, policy};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        lie("lie-outcome", "A denial is recorded as an allow.", 9, |it| it.verdict.outcome = Outcome::Allow)
            .fails(DECISION, 9),
        lie(
            "lie-allow-with-a-permit",
            "A denial is recorded as an allow, with a permit and a clean trace.",
            9,
            allowed,
        )
        .fails(DECISION, 9),
        lie("lie-permit-amount", "A permit is for more than was asked.", 5, |it| {
            set(it, CheckName::Obligation, OperandName::Exposure, Amount::new(300_001));
        })
        .fails(TRACE, 5),
        lie("lie-permit-payee", "A permit is for another payee.", 5, |it| {
            let stranger = format!("{}:{}", crate::rail::CHAIN, policy::STRANGER);
            set(it, CheckName::Payee, OperandName::Value, stranger.parse::<Text>().unwrap());
        })
        .fails(TRACE, 5),
        lie(
            "lie-suppressed",
            "A record says that refusals were only counted, under a policy without a limit.",
            8,
            |it| {
                it.suppressed = Some(7);
            },
        )
        .fails("suppressed-wrong", 8),
        lie("lie-code-removed", "A reason is left out.", 9, |it| it.verdict.codes.clear()).fails(DECISION, 9),
        lie("lie-previous", "A record names another one as the previous of its run.", 8, |it| {
            it.verdict.previous = Some(Index::new(2));
        })
        .fails(DECISION, 8),
        lie("lie-grade", "Evidence is graded lower than what it is worth.", 7, |it| {
            it.verdict.grade = Some(Grade::Operator);
        })
        .fails(DECISION, 7),
        lie("lie-operand", "The outcome is right, and one number of the trace is not.", 8, |it| {
            set(it, CheckName::Obligation, OperandName::Maximum, Amount::new(99));
        })
        .fails(TRACE, 8),
        lie("lie-budget-total", "A budget is said to have settled less than it has.", 8, |it| {
            set(it, CheckName::Budget, OperandName::Settled, Amount::ZERO);
        })
        .fails(TRACE, 8),
        lie("lie-check-left-out", "A check is left out of the trace.", 8, |it| {
            it.verdict.trace.pop();
        })
        .fails(TRACE, 8),
        lie("lie-prev-control", "A record names another last policy.", 8, |it| {
            it.prev_control = Some(Index::new(0));
        })
        .fails("prev-control-wrong", 8),
        lie("lie-index", "A record states another index.", 8, |it| it.index = Index::new(9))
            .fails("index-wrong", 8),
        lie("lie-time", "Time goes back.", 8, |it| it.time = it.time.minus(Span::from_millis(60_000)))
            .fails("time-went-back", 8),
        lie("lie-policy-body", "A policy stands there under another source.", 1, swap_policy)
            .fails(DECISION, 1),
        lie("lie-policy-source", "A source stands there under another policy.", 1, swap_source)
            .fails(DECISION, 1),
        lie(
            "lie-forged-approval",
            "An approval that nobody signed is recorded as accepted.",
            4,
            forge_approval,
        )
        .fails(DECISION, 4),
        lie(
            "lie-time-of-a-claim",
            "A claim is dated later than it was made: its permit would end later.",
            5,
            |it| {
                it.time = it.time.plus(Span::from_millis(2_000));
            },
        )
        .fails(TRACE, 5),
        prior(),
        repeat_recorded(),
        without_the_approval(),
        start_from_another_state(),
    ]
}

const DECISION: &str = "decision-does-not-follow";
const TRACE: &str = "trace-does-not-follow";

/// The short log with one record changed, and everything signed again.
fn lie(name: &'static str, shows: &'static str, index: usize, change: impl Fn(&mut Record)) -> Case {
    let mut records = forge::records(&short());
    change(&mut records[index]);
    Case::new(name, shows, forge::resign(&records))
}

/// Sets an operand of the first check of that name.
fn set(record: &mut Record, check: CheckName, name: OperandName, value: impl Into<Operand>) {
    let value = value.into();
    let row = record.verdict.trace.iter_mut().find(|row| row.check == check).unwrap();
    let before = row.operands.insert(name, value.clone());
    assert!(before.is_some_and(|before| before != value));
}

fn allowed(record: &mut Record) {
    record.verdict.outcome = Outcome::Allow;
    record.verdict.codes.clear();
    for row in record.verdict.trace.iter_mut().filter(|row| row.result == CheckResult::Fail) {
        row.result = CheckResult::Pass;
    }
}

fn adopt(record: &mut Record) -> &mut AdoptPolicy {
    let Input::AdoptPolicy(adopt) = &mut record.input else { panic!("no policy") };
    adopt
}

fn raised() -> String {
    policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"2000.00 usdc\"")])
}

fn swap_policy(record: &mut Record) {
    adopt(record).policy = compile(&raised()).unwrap().to_bytes().try_into().unwrap();
}

fn swap_source(record: &mut Record) {
    adopt(record).source = raised().into_bytes().try_into().unwrap();
}

fn forge_approval(record: &mut Record) {
    let Input::Statement(statement) = &mut record.input else { panic!("no statement") };
    let mut bytes = statement.statement.as_slice().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    statement.statement = bytes.try_into().unwrap();
}

fn prior() -> Evidence {
    let mut entries = short();
    let record = Record { prior: Hash32::of(&[b"another past"]), ..forge::records(&entries)[8].clone() };
    entries[8] = forge::sign(&record, &keys::log());
    let shows = "A record was signed over another past.";
    Case::new("lie-prior", shows, entries).fails("prior-wrong", 8)
}

fn repeat_recorded() -> Evidence {
    let mut entries = short();
    let records = forge::records(&entries);
    let again = Record {
        format: FORMAT,
        index: Index::new(10),
        prior: Hash32(*forge::followed(&entries).tree().root().bytes()),
        time: records[9].time.plus(Span::from_millis(1)),
        ..records[8].clone()
    };
    entries.push(forge::sign(&again, &keys::log()));
    let shows = "A request that was answered before is recorded as allowed again.";
    Case::new("lie-repeat-recorded", shows, entries).fails("record-not-owed", 10)
}

fn without_the_approval() -> Evidence {
    let mut records = forge::records(&short());
    records.remove(4);
    for (at, record) in (0..).zip(&mut records) {
        record.index = Index::new(at);
    }
    let shows = "The approval is taken out of the log, and the claim is still recorded as allowed.";
    Case::new("lie-allowed-without-the-approval", shows, forge::resign(&records)).fails(DECISION, 4)
}

fn start_from_another_state() -> Evidence {
    let mut entries = short();
    let tool = Text::shown("restored-from-backup");
    let start = counterfoil_record::input::Start { tool, state: Hash32::of(&[b"an old snapshot"]) };
    let mut record = forge::next(&entries, Input::Start(start));
    record.verdict.outcome = Outcome::Accepted;
    record.verdict.codes.clear();
    entries.push(forge::sign(&record, &keys::log()));
    let shows = "A start from a state that the log does not add up to is recorded as accepted.";
    Case::new("lie-start-from-another-state", shows, entries).fails(DECISION, 10)
}
