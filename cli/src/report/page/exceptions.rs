//! What an auditor looks at first, and why each payment came out as it did.

use counterfoil_audit::Report;
use counterfoil_record::Amount;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_review::payments::Row;
use counterfoil_review::words::safe;

use super::{Shown, account};
use crate::report::view::{Exception, Exceptions, Finding};

/// What is wrong with the log.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    let findings = report.findings.iter().map(|finding| Finding {
        place: finding.index.map_or_else(String::new, |index| format!("record {index}: ")),
        code: finding.code.code(),
        meaning: finding.code.meaning(),
        detail: if finding.detail.is_empty() {
            String::new()
        } else {
            format!(" ({})", safe(&finding.detail))
        },
    });
    findings.collect()
}

/// A reason to look at a payment, and what is to be said of it.
type Kind = (&'static str, fn(&Row) -> bool, fn(&Row) -> String);

/// The reasons, the gravest first. A payment stands under each that it has.
const KINDS: [Kind; 7] = [
    (
        "Facts with a mark: late, without the slot, contradicting and the like",
        |row| !row.other_codes.is_empty(),
        odd,
    ),
    (
        "Owed, because the transaction failed",
        |row| !row.owed.is_zero(),
        |row| format!("{} is owed", account::of_row(row, row.owed).words),
    ),
    (
        "Outcome unknown",
        |row| row.status == "unknown",
        |row| format!("{} stays reserved", account::of_row(row, row.reserved).words),
    ),
    ("Allowed, settled in part or not at all", is_short, |row| {
        format!("is {}, {} settled", row.status, account::of_row(row, row.settled).words)
    }),
    ("Waiting for people", |row| row.status == "held", why),
    ("Held, and void before it was decided", |row| row.status == "void", why),
    ("Not allowed", |row| !matches!(row.outcome, Outcome::Allow | Outcome::Hold), why),
];

/// Allowed and at its end without having settled for what it could have moved.
fn is_short(row: &Row) -> bool {
    let ended = matches!(row.status, "settled" | "failed" | "expired");
    ended && row.outcome == Outcome::Allow && row.settled < row.exposure.unwrap_or(Amount::ZERO)
}

/// The payments that an auditor looks at first, by reason.
pub(super) fn exceptions(rows: &[&Row], shown: &Shown) -> Vec<Exceptions> {
    let kinds = KINDS.iter().map(|(what, is_one, said)| {
        let payments = rows.iter().filter(|row| is_one(row));
        let payments =
            payments.map(|row| Exception { link: shown.link(row.payment), said: said(row) }).collect();
        Exceptions { what, payments }
    });
    kinds.filter(|kind| !kind.payments.is_empty()).collect()
}

fn odd(row: &Row) -> String {
    format!("is {}. {}", row.status, explained(row.other_codes.iter().copied()))
}

/// What codes mean, with the codes.
pub(super) fn explained(codes: impl Iterator<Item = Code>) -> String {
    let meanings = codes.map(|code| format!("{} ({code}).", code.meaning().trim_end_matches('.')));
    meanings.collect::<Vec<_>>().join(" ")
}

/// Why a payment came out as it did, in one sentence.
pub(super) fn why(row: &Row) -> String {
    let record = row.decided;
    let list = |checks: &[String]| checks.join(", ");
    match row.outcome {
        Outcome::Allow => format!("Allowed by record {record}: every check held."),
        Outcome::Hold if row.status == "void" => format!(
            "Held by record {record}, because of {}; void since record {}: its run was closed, or the policy changed.",
            list(&row.needing),
            row.last
        ),
        Outcome::Hold => {
            format!("Held by record {record}: people are asked, because of {}.", list(&row.needing))
        }
        Outcome::Deny => format!("Denied by record {record}: {} did not hold.", list(&row.failing)),
        Outcome::CannotDecide => {
            format!("Not allowed by record {record}: {} could not be decided.", list(&row.failing))
        }
        Outcome::Refused | Outcome::Accepted => {
            format!("Refused by record {record}. {}", explained(row.codes.iter().copied()))
                .trim_end()
                .to_owned()
        }
    }
}
