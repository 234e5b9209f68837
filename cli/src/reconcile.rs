//! `reconcile`: the decisions of a log, held against money that moved.

mod page;

use std::path::Path;

use counterfoil_audit::{Report, Verdict};
use counterfoil_reconcile::evidence::{
    Evidence, EvidenceError, Exchanges, Extract, FILE_MOST, Range, Transfer, chain, facilitator, table as csv,
};
use counterfoil_reconcile::{Book, Reconciliation, Row, Subject, reconcile};
use counterfoil_review::words::{safe, time};
use serde::Serialize;

use crate::args::{Format, Reconcile as Args};
use crate::evidence::{audit, open_log, read_bytes, read_trust};
use crate::exit::{Exit, Failure, note};
use crate::screen::{self, json};
use crate::{table, verify};

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let trust = read_trust(args.trust.as_deref())?;
    let log = open_log(&args.log)?;
    let evidence = read(args)?;
    let mut book = Book::default();
    let mut names = page::Names::default();
    let (report, _) = audit(&log, trust, &mut |checked, state| {
        book.observe(checked, state);
        if let Some(policy) = &state.policy {
            names.learn(&policy.policy, policy.index);
        }
    });
    match report.verdict {
        Verdict::Verified => {}
        Verdict::Insufficient => {
            note("insufficient: the log is sound as far as it goes; `verify` says what is missing");
        }
        _ => {
            note(verify::text(&report).lines().next().unwrap_or_default());
            for finding in report.findings.iter().take(5) {
                let place = finding.index.map_or_else(String::new, |index| format!("record {index}: "));
                note(format_args!("{place}{}", finding.code));
            }
            return Ok(Exit::Verdict(report.verdict));
        }
    }
    let answer = reconcile(&book, &evidence, report.verdict);
    match if args.json { Format::Json } else { args.format } {
        Format::Text => screen::page(page::text(&answer, &report, &names))?,
        Format::Json => json(&Document::of(&answer, &report))?,
        Format::Csv => rows(&answer)?,
    }
    Ok(Exit::Verdict(answer.verdict))
}

/// Reads every file of evidence.
fn read(args: &Args) -> Result<Evidence, Failure> {
    let stated = args.from_block.zip(args.to_block).zip(args.head_time);
    let stated = stated.map(|((from_block, to_block), head_time)| Range {
        from_block,
        to_block,
        head_time,
        from_time: None,
    });
    let extract = |path: &Path| -> Result<Extract, Failure> {
        let mut extract = one(path, chain::read)?;
        if extract.chain.is_none() {
            extract.chain = args.chain_id;
            if let Some(range) = stated {
                extract.state(range).map_err(|error| Failure::at(path.display(), error))?;
            }
        }
        Ok(extract)
    };
    let extracts = args.chain.iter().map(|path| extract(path)).collect::<Result<_, _>>()?;
    let exchanges = args
        .facilitator
        .iter()
        .map(|path| one(path, facilitator::read))
        .collect::<Result<Vec<Exchanges>, _>>()?;
    let tables =
        args.csv.iter().map(|path| one(path, csv::read)).collect::<Result<Vec<Vec<Transfer>>, _>>()?;
    Ok(Evidence { extracts, exchanges, tables })
}

fn one<T>(path: &Path, read: impl Fn(&[u8]) -> Result<T, EvidenceError>) -> Result<T, Failure> {
    let most = u64::try_from(FILE_MOST).unwrap_or(u64::MAX);
    read(&read_bytes(path, most)?).map_err(|error| Failure::at(path.display(), error))
}

/// The answer as JSON.
#[derive(Serialize)]
struct Document<'a> {
    log: Decided<'a>,
    #[serde(flatten)]
    answer: &'a Reconciliation,
}

#[derive(Serialize)]
struct Decided<'a> {
    origin: Option<&'a String>,
    records: u64,
    root: &'a String,
    verdict: Verdict,
}

impl<'a> Document<'a> {
    fn of(answer: &'a Reconciliation, report: &'a Report) -> Self {
        let scope = &report.scope;
        let log = Decided {
            origin: scope.origin.as_ref(),
            records: scope.records,
            root: &scope.root,
            verdict: report.verdict,
        };
        Self { log, answer }
    }
}

const COLUMNS: [&str; 18] = [
    "class",
    "subject",
    "run",
    "agent",
    "resource",
    "decided",
    "outcome",
    "wallet",
    "payee",
    "asset",
    "allowed",
    "moved",
    "transactions",
    "spendable_until",
    "detail",
    "discrepancy",
    "worth",
    "evidence",
];

fn rows(answer: &Reconciliation) -> Result<(), Failure> {
    screen::page(table::row(COLUMNS)?)?;
    for row in &answer.rows {
        screen::page(table::row(cells(row).iter().map(String::as_str))?)?;
    }
    Ok(())
}

fn cells(row: &Row) -> [String; COLUMNS.len()] {
    fn shown<T: ToString>(value: Option<&T>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let transactions: Vec<String> = row.transactions.iter().map(|it| format!("0x{it}")).collect();
    [
        row.class.code().into(),
        subject(&row.subject),
        shown(row.run.as_ref()),
        shown(row.agent.as_ref()),
        row.resource.as_ref().map(safe).unwrap_or_default(),
        shown(row.decided.as_ref()),
        shown(row.outcome.as_ref()),
        shown(row.wallet.as_ref()),
        shown(row.payee.as_ref()),
        shown(row.asset.as_ref()),
        shown(row.allowed.as_ref()),
        shown(row.moved.as_ref()),
        transactions.join(" "),
        row.spendable_until.map(|it| time(it.millis())).unwrap_or_default(),
        row.detail.clone(),
        if row.class.is_discrepancy() { "yes" } else { "no" }.into(),
        row.worth.code().into(),
        row.evidence.clone(),
    ]
}

/// What a row is about, in one word or two.
fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Payment { index } => format!("payment {index}"),
        Subject::Transfer { transaction, log_index: Some(index) } => {
            format!("transfer 0x{transaction} log {index}")
        }
        Subject::Transfer { transaction, log_index: None } => format!("transfer 0x{transaction}"),
        Subject::Exchange { file, place } => format!("exchange {place} of file {file}"),
    }
}
