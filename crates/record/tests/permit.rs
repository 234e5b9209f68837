//! The permit is what stands in the checks that passed, and only in a record that allows.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test program may panic, and has std"
)]

mod common;

use common::{text, verdicts};
use counterfoil_record::verdict::{
    Check, CheckName, CheckResult, Operand, OperandName, Outcome, Permit, Verdict,
};
use counterfoil_record::{Amount, Hash32};

/// What each part of a permit is read from that there must be.
const READ: [(CheckName, OperandName); 7] = [
    (CheckName::Wallet, OperandName::Account),
    (CheckName::Payee, OperandName::Value),
    (CheckName::Asset, OperandName::Value),
    (CheckName::Obligation, OperandName::Name),
    (CheckName::Obligation, OperandName::Method),
    (CheckName::Obligation, OperandName::Exposure),
    (CheckName::Obligation, OperandName::PermitUntil),
];
/// What the parts are read from that not every transfer method and scheme has.
const OPTIONAL: [OperandName; 2] = [OperandName::Spender, OperandName::Facilitator];

fn allow(trace: Vec<Check>) -> Verdict {
    Verdict { trace, ..Verdict::plain(Outcome::Allow) }
}

/// An allow with the row of `check` changed.
fn with(check: CheckName, change: impl FnOnce(&mut Check)) -> Verdict {
    let mut trace = verdicts::permitting();
    change(trace.iter_mut().find(|row| row.check == check).unwrap());
    allow(trace)
}

fn permit() -> Permit {
    Permit {
        wallet: text(&format!("eip155:8453:0x{}", "1".repeat(40))),
        payee: text(&format!("eip155:8453:0x{}", "2".repeat(40))),
        asset: text(&format!("eip155:8453/erc20:0x{}", "3".repeat(40))),
        scheme: text("upto"),
        method: text("permit2"),
        spender: Some(text(&format!("eip155:8453:0x{}", "4".repeat(40)))),
        facilitator: Some(text(&format!("eip155:8453:0x{}", "5".repeat(40)))),
        exposure: Amount::new(10_000),
        until: 1_767_225_660,
    }
}

#[test]
fn an_allow_permits_what_its_checks_passed_on() {
    assert_eq!(allow(verdicts::permitting()).permit(), Some(permit()));
    let mut reversed = verdicts::permitting();
    reversed.reverse();
    assert_eq!(allow(reversed).permit(), Some(permit()));
}

#[test]
fn nothing_but_an_allow_permits() {
    for outcome in Outcome::ALL {
        let verdict = Verdict { outcome: *outcome, ..allow(verdicts::permitting()) };
        assert_eq!(verdict.permit().is_some(), *outcome == Outcome::Allow, "{outcome}");
    }
}

#[test]
fn nothing_is_permitted_without_one_of_the_rows() {
    assert_eq!(Verdict::plain(Outcome::Allow).permit(), None);
    for (check, _) in READ {
        let mut trace = verdicts::permitting();
        trace.retain(|row| row.check != check);
        assert_eq!(allow(trace).permit(), None, "{check}");
    }
}

#[test]
fn nothing_is_permitted_by_a_row_that_did_not_pass() {
    for (check, _) in READ {
        for result in CheckResult::ALL {
            let permitted = with(check, |row| row.result = *result).permit();
            assert_eq!(permitted.is_some(), *result == CheckResult::Pass, "{check} {result}");
        }
    }
}

#[test]
fn nothing_is_permitted_without_one_of_the_operands() {
    for (check, operand) in READ {
        let verdict = with(check, |row| assert!(row.operands.remove(&operand).is_some()));
        assert_eq!(verdict.permit(), None, "{check} {operand}");
    }
}

#[test]
fn a_spender_and_a_facilitator_are_permitted_where_there_are_some() {
    for operand in OPTIONAL {
        let verdict = with(CheckName::Obligation, |row| assert!(row.operands.remove(&operand).is_some()));
        let expected = match operand {
            OperandName::Spender => Permit { spender: None, ..permit() },
            _ => Permit { facilitator: None, ..permit() },
        };
        assert_eq!(verdict.permit(), Some(expected), "{operand}");
    }
}

#[test]
fn nothing_is_permitted_by_an_operand_of_another_type() {
    let values = [
        Operand::Number(Amount::new(7)),
        Operand::Text(text("7")),
        Operand::Hash(Hash32([7; 32])),
        Operand::Flag(true),
        Operand::Indices(Vec::new()),
    ];
    for (check, operand) in READ {
        let is_number = matches!(operand, OperandName::Exposure | OperandName::PermitUntil);
        for value in &values {
            let verdict = with(check, |row| assert!(row.operands.insert(operand, value.clone()).is_some()));
            let fits = match value {
                Operand::Number(_) => is_number,
                Operand::Text(_) => !is_number,
                _ => false,
            };
            assert_eq!(verdict.permit().is_some(), fits, "{check} {operand} {value:?}");
        }
    }
}

#[test]
fn a_permit_ends_at_a_second_that_can_be_stated() {
    let until = |units| {
        let of = |row: &mut Check| {
            row.operands.insert(OperandName::PermitUntil, Operand::Number(Amount::new(units)));
        };
        with(CheckName::Obligation, of).permit().map(|permit| permit.until)
    };
    assert_eq!(until(0), Some(0));
    assert_eq!(until(u128::from(u64::MAX)), Some(u64::MAX));
    assert_eq!(until(u128::from(u64::MAX) + 1), None);
    assert_eq!(until(u128::MAX), None);
}

#[test]
fn the_first_row_that_passed_is_the_one_that_is_read() {
    let other = |result| Check {
        result,
        operands: [(OperandName::Value, Operand::Text(text("another")))].into(),
        check: CheckName::Payee,
        rule: None,
    };
    for (result, payee) in [(CheckResult::Pass, text("another")), (CheckResult::Fail, permit().payee)] {
        let mut trace = verdicts::permitting();
        trace.insert(0, other(result));
        assert_eq!(allow(trace).permit().map(|permit| permit.payee), Some(payee), "{result}");
    }
}
