//! From an audit to what stands on its page.

mod account;
mod exceptions;

use alloc::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_record::{Hash32, Index};
use counterfoil_review::payments::{Query, Row, Sums};
use counterfoil_review::timeline::RunLine;
use counterfoil_review::words::{count, safe, time};

use super::chart;
use super::collect::{Collected, Each, Told};
use super::proof::Proofs;
use super::view::{EachView, EventView, Link, Page, Payment, PolicyView, RunView};
use crate::evidence::now;
use crate::exit::Failure;
use crate::explain::source_line;
use crate::screen::json_text;
use crate::select::{Audit, TOOL};
use crate::verify::meaning;

const CSS: &str = include_str!("../../templates/report.css");

/// The payments of a page: what is not among them has no place to lead to.
struct Shown(BTreeSet<Index>);

impl Shown {
    fn has(&self, payment: Index) -> bool {
        self.0.contains(&payment)
    }

    fn link(&self, payment: Index) -> Link {
        Link { payment: payment.value(), shown: self.has(payment) }
    }
}

/// The page of the payment requests that `query` selects, and of the log that they stand in.
pub(super) fn page<'a>(
    audit: &Audit,
    query: &Query,
    collected: &'a Collected,
    proofs: Option<&Proofs>,
) -> Result<Page<'a>, Failure> {
    let rows = audit.chosen(query);
    let sums = Sums::of(rows.iter().copied());
    let each = collected.each.as_ref();
    let listed = if each.is_some() { rows.as_slice() } else { &[] };
    let shown = Shown(listed.iter().map(|row| row.payment).collect());
    let report = &audit.report;
    Ok(Page {
        css: CSS,
        css_digest: STANDARD.encode(Hash32::of(&[CSS.as_bytes()]).bytes()),
        origin: report.scope.origin.as_deref().map_or_else(|| "an unknown log".to_owned(), safe),
        word: report.verdict.word(),
        meaning: meaning(report),
        notes: notes(audit, query, each.is_none())?,
        selected: *query != Query::default(),
        scope: scope(audit),
        not_checked: report
            .not_checked
            .iter()
            .map(|left_out| (left_out.code.code(), safe(&left_out.detail)))
            .collect(),
        findings: exceptions::findings(report),
        exceptions: exceptions::exceptions(&rows, &shown),
        count: sums.count,
        population: audit.population.rows.len(),
        suppressed: audit.population.suppressed,
        assets: sums.assets.values().map(account::asset).collect(),
        budgets: collected.budgets.iter().map(|budget| account::budget(budget, &shown)).collect(),
        exposures: account::exposures(&rows, &audit.at.state, &shown),
        people: account::people(&collected.people, &shown),
        policies: collected
            .policies
            .iter()
            .map(|policy| PolicyView {
                record: policy.record.value(),
                time: time(policy.time.millis()),
                source: lines(&policy.source),
            })
            .collect(),
        each: each.map(|each| self::each(each, audit, &rows, &shown, proofs)),
        tool: TOOL,
    })
}

/// Each run and each payment.
fn each<'a>(
    each: &'a Each,
    audit: &Audit,
    rows: &[&Row],
    shown: &Shown,
    proofs: Option<&Proofs>,
) -> EachView<'a> {
    let end = audit.at.state.time;
    EachView {
        runs: each.timeline.runs().map(|run| self::run(run, end, shown)).collect(),
        beside: each.timeline.beside().iter().map(|event| EventView::of(event, |_| false)).collect(),
        root: audit.at.root.clone(),
        records: audit.at.records,
        proved: proofs.is_some(),
        payments: rows.iter().map(|row| payment(row, each.told.get(&row.payment), proofs)).collect(),
    }
}

/// What whoever reads the page must know before the rest: that it is not of all, or not of a sound log.
fn notes(audit: &Audit, query: &Query, is_summary: bool) -> Result<Vec<String>, Failure> {
    let (report, at) = (&audit.report, &audit.at);
    let held = report.scope.records;
    let mut notes = Vec::new();
    if let Some(finding) = report.findings.first() {
        let place = finding.index.map(|index| format!("record {index}: ")).unwrap_or_default();
        let more = report.findings.len();
        notes.push(format!("{}, the first of them {place}{}.", count_of(more, "finding"), finding.code));
    }
    if at.followed < at.records {
        notes.push(format!(
            "Only the first {} of {} records followed: what came after the break is nowhere on this page.",
            at.followed, at.records
        ));
    }
    if at.records < held {
        notes.push(format!(
            "As the log stood after its first {} of {held} records. The verdict is on all of them.",
            at.records
        ));
    }
    if *query != Query::default() {
        notes.push(format!(
            "Exceptions, totals, open exposure and payments are those of payment requests that this selects: {}",
            json_text(query)?
        ));
    }
    if is_summary {
        notes.push("A summary: no run and no payment stands here by itself, only those that are exceptions, by their number.".into());
    }
    Ok(notes)
}

fn count_of(number: usize, thing: &str) -> String {
    u64::try_from(number).map_or_else(|_| format!("{number} {thing}s"), |number| count(number, thing))
}

/// What was audited, under what, and when.
fn scope(audit: &Audit) -> Vec<(&'static str, String)> {
    let (report, at) = (&audit.report, &audit.at);
    let scope = &report.scope;
    let mut facts = vec![
        ("records", format!("{}, of which {} were decided again and followed", at.records, at.followed)),
        ("root", at.root.clone()),
    ];
    if let Some(key) = &scope.log_key {
        facts.push(("log's key", safe(key)));
    }
    if let Some(first) = scope.first_time {
        facts.push(("from, to", format!("{}, {}", time(first), time(at.state.time.millis()))));
    }
    let level = |level: Option<counterfoil_audit::Level>| level.map_or("none", |level| level.code());
    let required = level(report.required);
    // Of a log with findings no assurance is reached, whatever is pinned.
    let (reached, pinned) = if report.findings.is_empty() {
        (level(report.assurance), scope.pinned)
    } else {
        ("none, because of the findings", None)
    };
    facts.push(("assurance", format!("{reached} (required: {required})")));
    if let Some(pinned) = pinned {
        facts.push(("pinned", format!("the first {} records", pinned.min(at.records))));
    }
    if let Some(digest) = &audit.trust {
        facts.push(("trust file", format!("SHA-256 {digest}")));
    }
    if let Some(now) = now() {
        facts.push(("audited", time(now.millis())));
    }
    facts.push(("by", format!("{TOOL}, {}", scope.tool)));
    facts
}

fn run(run: &RunLine, end: counterfoil_record::Time, shown: &Shown) -> RunView {
    let closed = match run.closed {
        Some(closed) => format!("closed {}", time(closed.millis())),
        None => "open at the end".to_owned(),
    };
    let parent = run.parent.map(|parent| format!(", a part of run {parent}")).unwrap_or_default();
    RunView {
        title: safe(format_args!("{} of {} for {}", run.id, run.agent, run.principal)),
        span: format!("run {}{parent}, opened {}, {closed}", run.run, time(run.opened.millis())),
        strip: chart::strip(run, end),
        events: run.events.iter().map(|event| EventView::of(event, |record| shown.has(record))).collect(),
    }
}

fn payment<'a>(row: &Row, told: Option<&'a Told>, proofs: Option<&Proofs>) -> Payment<'a> {
    let party = |text: &Option<counterfoil_record::Text>| text.as_ref().map_or("?".into(), safe);
    let agent = row.agent.as_ref().map_or_else(|| "?".to_owned(), safe);
    let reasons = told.map(|told| told.reasons.as_slice()).unwrap_or_default();
    let events = told.map(|told| told.events.as_slice()).unwrap_or_default();
    let decided = row.decided.value();
    Payment {
        index: row.payment.value(),
        time: time(row.time.millis()),
        status: row.status,
        amount: account::exposure(row),
        parties: format!("{agent} to {}", party(&row.payee)),
        resource: safe(&row.resource),
        facts: facts(row),
        why: exceptions::why(row),
        reasons,
        events: events.iter().map(|event| EventView::of(event, |_| false)).collect(),
        slot: told.and_then(|told| told.slot).map(|slot| slot.to_string()),
        decided,
        proof: proofs.and_then(|proofs| proofs.of(decided)),
    }
}

/// What is known of a request beside what its checks say.
fn facts(row: &Row) -> String {
    let mut facts = vec![format!("run {}", row.run), format!("wallet {}", safe(&row.wallet))];
    // An asset that the policy names stands in the checks.
    facts.extend(
        row.asset.as_ref().filter(|_| row.asset_name.is_none()).map(|it| format!("asset {}", safe(it))),
    );
    facts.extend(row.category.as_ref().map(|category| format!("category {}", safe(category))));
    facts.push(format!("key {}", safe(&row.key)));
    facts.push(format!("settled {}", account::of_row(row, row.settled).words));
    facts.push(format!("returned {}", account::of_row(row, row.returned).words));
    facts.join("; ")
}

/// A policy's source, line by line.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(source_line).collect();
    lines.join("\n")
}
