//! An operator who lies about one thing in one verdict, and signs everything again with the log's own key, is
//! found out at that record.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

use counterfoil_audit::Auditor;
use counterfoil_record::verdict::{CheckResult, Code, Grade, Operand, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Record, Text, Verdict};
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::script::trust;
use counterfoil_testkit::{forge, keys};

/// Every verdict that differs from `honest` in one thing of its trace.
fn trace_lies(honest: &Verdict) -> Vec<Verdict> {
    let mut lies = Vec::new();
    for at in 0..honest.trace.len() {
        let mut lie = |change: &dyn Fn(&mut Verdict)| {
            let mut verdict = honest.clone();
            change(&mut verdict);
            assert_ne!(verdict, *honest);
            lies.push(verdict);
        };
        let row = &honest.trace[at];
        for result in CheckResult::ALL.iter().filter(|result| **result != row.result) {
            lie(&|verdict| verdict.trace[at].result = *result);
        }
        for name in row.operands.keys() {
            lie(&|verdict| {
                let value = verdict.trace[at].operands.get_mut(name).unwrap();
                *value = changed(value);
            });
            lie(&|verdict| {
                verdict.trace[at].operands.remove(name);
            });
        }
        lie(&|verdict| verdict.trace[at].rule = Some(another(row.rule.as_ref())));
        lie(&|verdict| {
            verdict.trace.remove(at);
        });
        lie(&|verdict| verdict.trace.insert(at, row.clone()));
    }
    lies
}

/// Every verdict that differs from `honest` in one thing beside its trace.
fn other_lies(honest: &Verdict) -> Vec<Verdict> {
    let mut lies = Vec::new();
    let mut lie = |change: &dyn Fn(&mut Verdict)| {
        let mut verdict = honest.clone();
        change(&mut verdict);
        assert_ne!(verdict, *honest);
        lies.push(verdict);
    };
    for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != honest.outcome) {
        lie(&|verdict| verdict.outcome = *outcome);
    }
    lie(&|verdict| verdict.codes.push(Code::Late));
    for at in 0..honest.codes.len() {
        lie(&|verdict| {
            verdict.codes.remove(at);
        });
    }
    lie(&|verdict| verdict.previous = Some(verdict.previous.map_or(Index::new(0), Index::next)));
    if honest.previous.is_some() {
        lie(&|verdict| verdict.previous = None);
    }
    for grade in [None, Some(Grade::Operator), Some(Grade::Payee)] {
        if grade != honest.grade {
            lie(&|verdict| verdict.grade = grade);
        }
    }
    lies
}

fn plus_one(amount: Amount) -> Amount {
    amount.checked_add(Amount::new(1)).unwrap()
}

fn longer(text: &Text) -> Text {
    Text::shown(format!("{}x", text.as_str()))
}

fn another(rule: Option<&Id>) -> Id {
    rule.map_or("a".to_owned(), |rule| format!("{}x", rule.as_str())).parse().unwrap()
}

fn changed(value: &Operand) -> Operand {
    match value {
        Operand::Number(number) => Operand::Number(plus_one(*number)),
        Operand::Text(text) => Operand::Text(longer(text)),
        Operand::Hash(hash) => Operand::Hash(Hash32::of(&[hash.bytes()])),
        Operand::Flag(flag) => Operand::Flag(!flag),
        Operand::Indices(indices) => Operand::Indices(indices.iter().map(|index| index.next()).collect()),
    }
}

fn assert_found(before: &Auditor, honest: &Record, verdict: Verdict, code: &str) {
    let mut auditor = before.clone();
    let lie = Record { verdict, ..honest.clone() };
    assert!(auditor.push(&forge::sign(&lie, &keys::log())).is_none(), "{:?}", lie.verdict);
    let found: Vec<_> =
        auditor.findings().iter().map(|finding| (finding.code.code(), finding.index)).collect();
    assert_eq!(found, [(code, Some(honest.index.value()))], "{:?}", lie.verdict);
}

#[test]
fn every_lie_in_a_verdict_is_found_at_its_record() {
    let entries = logs::demo().script.entries();
    let mut auditor = Auditor::new(Some(trust()), None);
    let mut count = 0;
    for (entry, honest) in entries.iter().zip(forge::records(&entries)) {
        for lie in trace_lies(&honest.verdict) {
            assert_found(&auditor, &honest, lie, "trace-does-not-follow");
            count += 1;
        }
        for lie in other_lies(&honest.verdict) {
            assert_found(&auditor, &honest, lie, "decision-does-not-follow");
            count += 1;
        }
        assert!(auditor.push(entry).is_some());
    }
    assert!(count > 1_000, "{count} lies");
}
