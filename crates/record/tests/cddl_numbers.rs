//! The closed lists of `schemas/counterfoil.cddl` against the code: the same numbers with the same names.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test program may panic, and has std"
)]

use counterfoil_record::private::PrivateKind;
use counterfoil_record::statement::{Answer, SubjectKind};
use counterfoil_record::verdict::{CheckName, CheckResult, Code, Grade, OperandName, Outcome};

const SCHEMA: &str = include_str!("../../../schemas/counterfoil.cddl");

/// The numbers of one rule, each with the name in the comment of its line. A list of choices stands one
/// a line as `/ 1 ; name`, and the keys of a map as `? 1 => type, ; name`.
fn numbers(rule: &str) -> Vec<(u64, String)> {
    let start = format!("\n{rule} =");
    let (_, after) = SCHEMA.split_once(&start).unwrap_or_else(|| panic!("no rule {rule}"));
    assert!(!after.contains(&start), "{rule} is defined twice");
    let body = after.split("\n\n").next().unwrap();
    body.lines()
        .skip(1)
        .filter(|line| *line != "}")
        .map(|line| {
            let (item, name) = line.split_once(';').unwrap_or_else(|| panic!("no name: {line}"));
            let item = item.trim().trim_start_matches(['/', '?', ' ']).trim_end_matches("=> operand,");
            let number = item.trim().parse().unwrap_or_else(|_| panic!("no number: {line}"));
            (number, name.trim().to_owned())
        })
        .collect()
}

/// Every list of bare names: its rule, and what the code says of it.
macro_rules! lists {
    ($($rule:literal => $list:ident),* $(,)?) => {
        vec![$((
            $rule,
            $list::ALL.iter().map(|it| (it.number(), it.code().to_owned())).collect::<Vec<_>>(),
        )),*]
    };
}

fn all() -> Vec<(&'static str, Vec<(u64, String)>)> {
    lists! {
        "outcome" => Outcome,
        "code" => Code,
        "check-result" => CheckResult,
        "check-name" => CheckName,
        "operands" => OperandName,
        "grade" => Grade,
        "answer" => Answer,
        "subject-kind" => SubjectKind,
        "private-kind" => PrivateKind,
    }
}

#[test]
fn the_schema_lists_the_numbers_and_names_of_the_code_and_no_others() {
    for (rule, of_code) in all() {
        assert_eq!(numbers(rule), of_code, "{rule}");
    }
}

#[test]
fn numbers_count_from_zero_and_names_do_not_repeat() {
    for (rule, of_code) in all() {
        let counted: Vec<u64> = (0..).take(of_code.len()).collect();
        assert_eq!(of_code.iter().map(|(number, _)| *number).collect::<Vec<_>>(), counted, "{rule}");
        let mut names: Vec<_> = of_code.iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), of_code.len(), "{rule}");
    }
}

#[test]
fn names_lead_back_to_their_values() {
    for code in Code::ALL {
        assert_eq!(Code::from_code(code.code()), Some(*code));
    }
    for name in OperandName::ALL {
        assert_eq!(OperandName::from_code(name.code()), Some(*name));
    }
    assert_eq!(Outcome::from_code("Allow"), None);
    assert_eq!(Outcome::from_code(""), None);
}
