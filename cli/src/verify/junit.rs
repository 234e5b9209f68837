//! A verification as `JUnit`, for CI systems: the verdict is a test, each finding one that failed, and each thing that was
//! not checked one that was skipped.

use counterfoil_audit::{Report, Verdict};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::exit::Failure;

/// The report as a document.
pub(super) fn junit(report: &Report) -> Result<String, Failure> {
    let name = report.scope.origin.as_deref().unwrap_or("log");
    let mut suite = TestSuite::new(name);
    let mut add = |test: String, status: TestCaseStatus| {
        let mut case = TestCase::new(test, status);
        case.set_classname(name);
        suite.add_test_case(case);
    };
    let verdict = match report.verdict {
        Verdict::Verified => TestCaseStatus::success(),
        other => failed("verdict", other.word()),
    };
    add("verdict".into(), verdict);
    for finding in &report.findings {
        let place = finding.index.map(|index| format!("record {index}: ")).unwrap_or_default();
        add(format!("{place}{}", finding.code), failed(finding.code.code(), &finding.detail));
    }
    for left_out in &report.not_checked {
        let mut status = TestCaseStatus::skipped();
        status.set_message(left_out.detail.as_str());
        add(format!("not checked: {}", left_out.code), status);
    }
    let mut document = quick_junit::Report::new("counterfoil verify");
    document.add_test_suite(suite);
    document.to_string().map_err(Failure::new)
}

fn failed(code: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(code).set_message(message);
    status
}
