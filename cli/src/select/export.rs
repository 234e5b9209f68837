//! `export`: the rows with what they are rows of.
//!
//! What an export states stands in the same file as its rows, so that the one does not get lost without the other:
//! in JSON as `manifest`, in CSV in lines that begin with `#`, before the header. No other line can: the first column
//! is a number, and no cell has a line end.

use counterfoil_audit::Verdict;
use counterfoil_record::Id;
use counterfoil_record::verdict::Code;
use counterfoil_review::payments::{AssetSums, Query, Row, Sums};
use counterfoil_review::words::{safe, time};
use serde::Serialize;

use super::{Audit, selected};
use crate::args::{Export, ExportFormat};
use crate::exit::{Exit, Failure};
use crate::screen::{Page, json_text};
use crate::table;

/// Name and version of this program.
pub(crate) const TOOL: &str = concat!("counterfoil ", env!("CARGO_PKG_VERSION"));

/// What an export is of, and what its rows add up to.
#[derive(Serialize)]
pub(super) struct Manifest<'a> {
    log: Log<'a>,
    tool: &'a str,
    query: &'a Query,
    population: usize,
    suppressed: u64,
    count: u64,
    totals: Vec<&'a AssetSums>,
}

/// The log, as the audit found it.
#[derive(Serialize)]
struct Log<'a> {
    origin: Option<&'a str>,
    records: u64,
    first: Option<u64>,
    last: Option<u64>,
    followed: u64,
    root: &'a str,
    verdict: Verdict,
    exit_code: u8,
}

impl<'a> Manifest<'a> {
    pub(super) fn new(audit: &'a Audit, query: &'a Query, sums: &'a Sums, tool: &'a str) -> Self {
        let (report, at) = (&audit.report, &audit.at);
        let last = at.records.checked_sub(1);
        Self {
            log: Log {
                origin: report.scope.origin.as_deref(),
                records: at.records,
                first: last.map(|_| 0),
                last,
                followed: at.followed,
                root: &at.root,
                verdict: report.verdict,
                exit_code: report.exit_code,
            },
            tool,
            query,
            population: audit.population.rows.len(),
            suppressed: audit.population.suppressed,
            count: sums.count,
            totals: sums.assets.values().collect(),
        }
    }
}

pub(crate) fn run(args: &Export) -> Result<Exit, Failure> {
    let (audit, query) = selected(&args.log, &args.which)?;
    let mut page = Page::new();
    lines(&audit, &query, TOOL, args.format, &mut |line| page.line(line))?;
    page.end()?;
    Ok(Exit::Verdict(audit.report.verdict))
}

/// Every line of an export, in order, without its end.
pub(super) fn lines(
    audit: &Audit,
    query: &Query,
    tool: &str,
    format: ExportFormat,
    each: &mut dyn FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let rows = audit.chosen(query);
    let sums = Sums::of(rows.iter().copied());
    let manifest = Manifest::new(audit, query, &sums, tool);
    match format {
        ExportFormat::Json => json(&manifest, rows.into_iter(), each),
        ExportFormat::Csv => {
            for line in stated(&manifest, "#export", &[])? {
                each(&line)?;
            }
            each(&table::row(COLUMNS)?)?;
            rows.into_iter().try_for_each(|row| each(&table::row(cells(row).iter().map(String::as_str))?))
        }
    }
}

/// A JSON document with a row in each line: the manifest stands in the first.
pub(super) fn json(
    manifest: &impl Serialize,
    rows: impl Iterator<Item = impl Serialize>,
    each: &mut dyn FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each(&format!("{{\"manifest\":{},\"rows\":[", json_text(manifest)?))?;
    for (at, row) in rows.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        each(&format!("{comma}{}", json_text(&row)?))?;
    }
    each("]}")
}

/// The lines of a manifest in CSV. The first names what it is, and the version of this form.
pub(super) fn stated(
    manifest: &Manifest<'_>,
    what: &str,
    more: &[(&str, String)],
) -> Result<Vec<String>, Failure> {
    let log = &manifest.log;
    let number = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    let facts = [
        (what, "1".to_owned()),
        ("#origin", log.origin.map(safe).unwrap_or_default()),
        ("#records", log.records.to_string()),
        ("#first", number(log.first)),
        ("#last", number(log.last)),
        ("#followed", log.followed.to_string()),
        ("#root", log.root.to_owned()),
        ("#verdict", log.verdict.word().to_owned()),
        ("#exit_code", log.exit_code.to_string()),
        ("#tool", safe(manifest.tool)),
        // A `;` stands in strings alone: written so, no apostrophe is put behind it, and the query is read as it was.
        ("#query", json_text(manifest.query)?.replace(';', "\\u003b")),
        ("#population", manifest.population.to_string()),
        ("#suppressed", manifest.suppressed.to_string()),
        ("#count", manifest.count.to_string()),
    ];
    let facts = facts.iter().map(|(name, value)| (*name, value)).chain(more.iter().map(|(n, v)| (*n, v)));
    let mut lines: Vec<String> =
        facts.map(|(name, value)| table::row([name, value.as_str()])).collect::<Result<_, _>>()?;
    lines.push(table::row(TOTALS)?);
    for sums in &manifest.totals {
        let outcomes: Vec<String> =
            sums.outcomes.iter().map(|(outcome, count)| format!("{outcome}={count}")).collect();
        let cells: [String; TOTALS.len()] = [
            "#total".to_owned(),
            sums.asset.as_ref().map(safe).unwrap_or_default(),
            words(&sums.names),
            sums.count.to_string(),
            outcomes.join(" "),
            sums.exposure.to_string(),
            sums.settled.to_string(),
            sums.returned.to_string(),
            sums.reserved.to_string(),
            sums.owed.to_string(),
        ];
        lines.push(table::row(cells.iter().map(String::as_str))?);
    }
    Ok(lines)
}

/// What the cells of a `#total` line are.
const TOTALS: [&str; 10] =
    ["#totals", "asset", "names", "count", "outcomes", "exposure", "settled", "returned", "reserved", "owed"];

/// The columns of a row: the fields of JSON, in the same order.
pub(super) const COLUMNS: [&str; 29] = [
    "payment",
    "time",
    "run",
    "run_id",
    "agent",
    "principal",
    "wallet",
    "account",
    "payee",
    "asset",
    "asset_name",
    "decimals",
    "exposure",
    "resource",
    "category",
    "key",
    "decided",
    "decided_time",
    "outcome",
    "codes",
    "failing",
    "needing",
    "status",
    "settled",
    "returned",
    "reserved",
    "owed",
    "last",
    "other_codes",
];

/// The cells of a row. Times are RFC 3339 in UTC, lists have a space between.
pub(super) fn cells(row: &Row) -> [String; COLUMNS.len()] {
    let id = |id: &Option<Id>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = |text: &Option<counterfoil_record::Text>| text.as_ref().map(safe).unwrap_or_default();
    [
        row.payment.to_string(),
        time(row.time.millis()),
        row.run.to_string(),
        id(&row.run_id),
        id(&row.agent),
        id(&row.principal),
        row.wallet.to_string(),
        text(&row.account),
        text(&row.payee),
        text(&row.asset),
        id(&row.asset_name),
        row.decimals.map(|decimals| decimals.to_string()).unwrap_or_default(),
        row.exposure.map(|exposure| exposure.to_string()).unwrap_or_default(),
        safe(&row.resource),
        id(&row.category),
        row.key.to_string(),
        row.decided.to_string(),
        time(row.decided_time.millis()),
        row.outcome.to_string(),
        words(row.codes.iter().map(|code| code.code())),
        row.failing.join(" "),
        row.needing.join(" "),
        row.status.to_owned(),
        row.settled.to_string(),
        row.returned.to_string(),
        row.reserved.to_string(),
        row.owed.to_string(),
        row.last.to_string(),
        words(row.other_codes.iter().copied().map(Code::code)),
    ]
}

fn words(words: impl IntoIterator<Item = impl ToString>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    words.join(" ")
}
