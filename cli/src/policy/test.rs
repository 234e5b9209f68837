//! `policy test`: scenarios, and what came of them.

use std::fs;

use counterfoil_audit::Verdict;
use counterfoil_review::words::safe;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use crate::args::Scenarios;
use crate::exit::{Exit, Failure};
use crate::scenario::{Mismatch, Outcome, Played, play};
use crate::screen::{json, line, lines};

/// What is said of what the keys are.
const TEST_KEYS: &str = "keys of people and agents, and accounts of wallets, were replaced by test ones";

#[derive(Serialize)]
struct Results {
    passed: usize,
    failed: usize,
    unreadable: usize,
    /// The steps that something was expected of.
    checks: usize,
    /// Those that were played, to their end or until something kept them from it.
    scenarios: Vec<Outcome>,
    errors: Vec<String>,
}

pub(super) fn run(args: &Scenarios) -> Result<Exit, Failure> {
    let mut results =
        Results { passed: 0, failed: 0, unreadable: 0, checks: 0, scenarios: Vec::new(), errors: Vec::new() };
    let mut junit = Report::new("counterfoil policy test");
    for file in &args.files {
        let Played { outcome, stopped } = play(file);
        let failed = outcome.mismatches().next().is_some();
        let count = match (&stopped, failed) {
            (Some(_), _) => &mut results.unreadable,
            (None, true) => &mut results.failed,
            (None, false) => &mut results.passed,
        };
        *count = count.saturating_add(1);
        results.checks = results.checks.saturating_add(outcome.checks.len());
        junit.add_test_suite(suite(&outcome, stopped.as_ref()));
        if !args.json && (failed || stopped.is_none()) {
            tell(&outcome)?;
        }
        if let Some(failure) = &stopped {
            failure.report();
            results.errors.push(failure.message());
        }
        if !outcome.checks.is_empty() {
            results.scenarios.push(outcome);
        }
    }
    if let Some(path) = &args.junit {
        let text = junit.to_string().map_err(Failure::new)?;
        fs::write(path, lines(text)).map_err(|error| Failure::at(path.display(), error))?;
    }
    if args.json {
        json(&results)?;
    } else {
        let Results { passed, failed, unreadable, checks, .. } = results;
        line(format_args!(
            "{passed} passed, {failed} failed, {unreadable} unreadable; {checks} expectations ({TEST_KEYS})"
        ))?;
    }
    Ok(match (results.unreadable, results.failed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Verdict(Verdict::Failed),
        _ => Exit::Verdict(Verdict::Undecided),
    })
}

fn tell(outcome: &Outcome) -> Result<(), Failure> {
    let file = safe(&outcome.file);
    let shows = outcome.shows.as_ref().map(|shows| format!(": {}", safe(shows))).unwrap_or_default();
    let word = if outcome.mismatches().next().is_some() { "FAIL" } else { "ok  " };
    line(format_args!("{word} {file}{shows}"))?;
    for (check, mismatch) in outcome.mismatches() {
        line(format_args!(
            "  {file}:{}: step {}: expected {}, found {}",
            check.line,
            safe(&check.step),
            safe(&mismatch.expected),
            safe(&mismatch.found)
        ))?;
    }
    Ok(())
}

fn suite(outcome: &Outcome, stopped: Option<&Failure>) -> TestSuite {
    let mut suite = TestSuite::new(outcome.file.as_str());
    for check in &outcome.checks {
        let status = match &check.mismatch {
            None => TestCaseStatus::success(),
            Some(mismatch) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let Mismatch { expected, found } = mismatch;
                status.set_type("mismatch").set_message(format!(
                    "{}:{}: expected {expected}, found {found}",
                    outcome.file, check.line
                ));
                status
            }
        };
        let mut case = TestCase::new(check.step.as_str(), status);
        case.set_classname(outcome.file.as_str());
        suite.add_test_case(case);
    }
    if let Some(failure) = stopped {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("unreadable").set_message(failure.message());
        let mut case = TestCase::new("reading", status);
        case.set_classname(outcome.file.as_str());
        suite.add_test_case(case);
    }
    suite
}
