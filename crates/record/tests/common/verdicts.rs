//! Verdicts: the least, the most, every code, check, result, operand name and operand type.

use std::collections::BTreeMap;

use counterfoil_record::verdict::{
    Check, CheckName, CheckResult, Code, Grade, Operand, OperandName, Outcome, Verdict,
};
use counterfoil_record::{Amount, Index};

use super::{hash, id, text};

fn operand(number: u64) -> Operand {
    match number % 7 {
        0 => Operand::Number(Amount::new(u128::from(number))),
        1 => Operand::Text(text("caractère")),
        2 => Operand::Hash(hash(0x51)),
        3 => Operand::Flag(number.is_multiple_of(2)),
        4 => Operand::Indices(vec![Index::new(1), Index::new(1000)]),
        5 => Operand::Indices(Vec::new()),
        _ => Operand::Number(Amount::MAX),
    }
}

fn check(check: CheckName, result: CheckResult) -> Check {
    let rule = (check.number().is_multiple_of(2)).then(|| id("rule-1"));
    Check { check, result, rule, operands: BTreeMap::new() }
}

/// The rows that a permit is read from, passed; the wallet's pays the payee's.
pub(crate) fn permitting() -> Vec<Check> {
    let row = |name, operands: &[(OperandName, Operand)]| Check {
        operands: operands.iter().cloned().collect(),
        ..check(name, CheckResult::Pass)
    };
    let account = |digit: &str| Operand::Text(text(&format!("eip155:8453:0x{}", digit.repeat(40))));
    let asset = text("eip155:8453/erc20:0x3333333333333333333333333333333333333333");
    vec![
        row(CheckName::PolicyInForce, &[(OperandName::Name, operand(1))]),
        row(CheckName::Wallet, &[(OperandName::Name, operand(1)), (OperandName::Account, account("1"))]),
        row(CheckName::Payee, &[(OperandName::Value, account("2"))]),
        row(CheckName::Asset, &[(OperandName::Name, operand(1)), (OperandName::Value, asset.into())]),
        row(
            CheckName::Obligation,
            &[
                (OperandName::Name, text("upto").into()),
                (OperandName::Method, text("permit2").into()),
                (OperandName::Spender, account("4")),
                (OperandName::Facilitator, account("5")),
                (OperandName::Exposure, Amount::new(10_000).into()),
                (OperandName::PermitUntil, 1_767_225_660.into()),
            ],
        ),
    ]
}

/// Every verdict, with a name.
pub(crate) fn all() -> Vec<(&'static str, Verdict)> {
    let every_check = CheckName::ALL
        .iter()
        .zip(CheckResult::ALL.iter().cycle())
        .map(|(name, result)| check(*name, *result))
        .collect();
    let every_operand = Check {
        operands: OperandName::ALL.iter().map(|name| (*name, operand(name.number()))).collect(),
        ..check(CheckName::Budget, CheckResult::Pass)
    };
    vec![
        ("hold", Verdict::plain(Outcome::Hold)),
        ("deny", Verdict::plain(Outcome::Deny)),
        ("cannot decide", Verdict::plain(Outcome::CannotDecide)),
        (
            "refused with every code",
            Verdict { codes: Code::ALL.to_vec(), ..Verdict::plain(Outcome::Refused) },
        ),
        ("every check", Verdict { trace: every_check, ..Verdict::plain(Outcome::Deny) }),
        ("every operand", Verdict { trace: vec![every_operand], ..Verdict::plain(Outcome::Deny) }),
        ("allow with a permit", Verdict { trace: permitting(), ..Verdict::plain(Outcome::Allow) }),
        (
            "with a previous record",
            Verdict { previous: Some(Index::new(2)), ..Verdict::plain(Outcome::Accepted) },
        ),
        ("graded operator", Verdict { grade: Some(Grade::Operator), ..Verdict::plain(Outcome::Accepted) }),
        ("graded payee", Verdict { grade: Some(Grade::Payee), ..Verdict::plain(Outcome::Accepted) }),
    ]
}
