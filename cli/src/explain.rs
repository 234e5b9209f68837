//! `explain`: the story of one payment, on one screen.

mod told;
mod words;

use alloc::collections::BTreeSet;

use counterfoil_audit::{Chapter, Report, Story};
use counterfoil_decide::policy::Outline;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Operand};
use counterfoil_record::{Index, Record, Verdict};
use counterfoil_review::margin::Margin;
use counterfoil_review::words::{safe, time, visible};
use counterfoil_review::{Quote, quote};
use serde::Serialize;

use crate::args::Explain;
use crate::evidence::{Evidence, read_trust};
use crate::exit::{Exit, Failure};
use crate::screen::{json, page};
use crate::verify;
pub(crate) use told::Told;
pub(crate) use words::headline;

/// What `--json` prints.
#[derive(Serialize)]
struct Explanation<'a> {
    /// None where no record that followed tells of the payment.
    story: Option<&'a Story>,
    /// The rules of the policy that it was decided by, in the author's lines.
    rules: Vec<Quote>,
    /// What was left when it was decided, and what would have turned it; none where it was not decided on checks.
    margin: Option<Margin>,
    report: &'a Report,
}

pub(crate) fn run(args: &Explain) -> Result<Exit, Failure> {
    let trust = read_trust(args.trust.as_deref())?;
    let evidence = Evidence::open(&args.log)?;
    let (story, looked_up) = match look_up(&evidence, args.payment) {
        Ok(found) => found,
        Err(why) => {
            // That it is not found may be what somebody did to the log.
            let report = evidence.audit(trust, &mut ());
            return if report.findings.is_empty() { Err(why) } else { untold(args, &report) };
        }
    };
    let mut told = Told::new(story, looked_up);
    let report = evidence.audit(trust, &mut told);
    let Some((story, margin)) = told.conclude(&report)? else { return untold(args, &report) };
    if args.json {
        json(&Explanation { story: Some(&story), rules: quotes(&story), margin, report: &report })?;
    } else {
        page(text(&story, margin.as_ref(), &report))?;
    }
    Ok(Exit::Verdict(report.verdict))
}

/// The story that begins with the payment behind record `named`, and the records that were looked up for it. A record
/// about a payment, such as the claim that allowed it, stands for the payment.
fn look_up(evidence: &Evidence, named: u64) -> Result<(Story, Vec<(Index, Record)>), Failure> {
    let place = || format!("payment {named}");
    let read = |index: Index| evidence.read(index.value()).map(|signed| (index, signed.unverified().clone()));
    let mut looked_up = vec![read(Index::new(named))?];
    let payment = looked_up.last().and_then(|(_, record)| record.input.payment());
    looked_up.extend(payment.map(read).transpose()?);
    let story = looked_up.last().and_then(|(_, record)| Story::of(record));
    let story = story.ok_or_else(|| Failure::at(place(), "the record of that index is about no payment"))?;
    if let Some(explained) = evidence.explains().filter(|explained| !explained.contains(&story.payment)) {
        let explained: Vec<String> = explained.iter().map(ToString::to_string).collect();
        let why = format!("the bundle does not explain it: it explains {}", explained.join(", "));
        return Err(Failure::at(place(), why));
    }
    Ok((story, looked_up))
}

/// The answer where no record that followed tells of the payment: what the audit found.
fn untold(args: &Explain, report: &Report) -> Result<Exit, Failure> {
    if args.json {
        json(&Explanation { story: None, rules: Vec::new(), margin: None, report })?;
    } else {
        page(verify::text(report))?;
    }
    Ok(Exit::Verdict(report.verdict))
}

/// The story as text.
pub(crate) fn text(story: &Story, margin: Option<&Margin>, report: &Report) -> String {
    let mut out = Vec::new();
    let status = story.status.unwrap_or("not decided");
    out.push(format!("payment {} is {status}", story.payment));
    for chapter in &story.chapters {
        out.push(format!(
            "  {:>5}  {}  {}",
            chapter.index.value(),
            time(chapter.time.millis()),
            headline(chapter)
        ));
    }
    if let Some(decided) = story.chapters.iter().find(|chapter| Some(chapter.index) == story.decided) {
        out.push(format!("why: record {} decided on these checks", decided.index));
        let reasons = reasons(&decided.verdict, &quotes(story), is_quoted);
        out.extend(reasons.into_iter().map(|reason| reason.words));
    }
    if let Some(slot) = &story.slot {
        let used = match story.slot_used {
            Some(true) => "signed as the nonce: the settlement names this decision",
            Some(false) => "not the nonce that was signed; the policy allowed that",
            None => "nothing is bound to it",
        };
        out.push(format!("  slot 0x{slot}, {used}"));
    }
    let (settled, returned) =
        (story.settled.as_deref().unwrap_or("0"), story.returned.as_deref().unwrap_or("0"));
    out.push(format!("  settled {settled}, returned {returned} (smallest units)"));
    if let Some(margin) = margin {
        // What else the log has, a bundle does not know.
        let shown = if report.scope.bundle.is_some() { ", as far as the bundle's records go" } else { "" };
        out.push(format!(
            "margin: what was left at record {}, and what would have turned it{shown}",
            margin.record
        ));
        out.extend(margin.lines().iter().map(|line| format!("  {line}")));
    }
    let records = report.scope.records;
    out.push(match &report.scope.bundle {
        Some(shown) => format!("bundle: {}, {} of {records} records", report.verdict.word(), shown.records),
        None => format!("log: {}, {records} records", report.verdict.word()),
    });
    for finding in report.findings.iter().take(5) {
        let place = finding.index.map_or_else(String::new, |index| format!("record {index}: "));
        out.push(format!("  finding: {place}{}", finding.code));
    }
    out.join("\n")
}

/// One line on why a payment was decided as it was.
pub(crate) struct Reason {
    pub(crate) words: String,
    /// True for what kept the payment from being allowed, and for the rule that it did so by.
    pub(crate) is_against: bool,
}

/// A decision's checks with their numbers, the author's lines under those that `quoted` names, and what it permits.
pub(crate) fn reasons(verdict: &Verdict, quotes: &[Quote], quoted: fn(&Check) -> bool) -> Vec<Reason> {
    let mut out = Vec::new();
    let mut shown = BTreeSet::new();
    for check in verdict.trace.iter().filter(|check| is_told(check)) {
        let is_against = is_against(check);
        // A rule that several rows are about is quoted once.
        let is_first = quoted(check) && shown.insert((check.check, &check.rule));
        let said = quotes.iter().find(|quote| quote.check == check.check && quote.rule == check.rule);
        let said = said.filter(|_| is_first).into_iter().flat_map(|quote| &quote.lines);
        let said = said.map(|line| format!("        | {}", source_line(line)));
        out.extend(core::iter::once(row(check)).chain(said).map(|words| Reason { words, is_against }));
    }
    out.extend(permit(verdict).map(|words| Reason { words, is_against: false }));
    out
}

/// A line of a policy, whole, as it stands but for what nobody would see.
pub(crate) fn source_line(line: &str) -> String {
    visible(line.replace('\t', "    "))
}

/// The rules that the payment was decided by, as their author wrote them.
fn quotes(story: &Story) -> Vec<Quote> {
    let decided = story.chapters.iter().find(|chapter| Some(chapter.index) == story.decided);
    let source = story.policy.as_deref().unwrap_or_default();
    let (Some(decided), Some(outline)) = (decided, Outline::of(source)) else { return Vec::new() };
    decided.verdict.trace.iter().filter_map(|check| quote(source, &outline, check)).collect()
}

/// On one screen the rules stand that people set limits by, and those that stood in the way.
fn is_quoted(check: &Check) -> bool {
    matches!(check.check, CheckName::Budget | CheckName::Gate) || is_against(check)
}

/// True for a check that did not hold, or that people had to hold for it.
pub(crate) fn is_against(check: &Check) -> bool {
    is_told(check) && check.result != CheckResult::Pass
}

fn is_told(check: &Check) -> bool {
    check.result != CheckResult::NotApplicable
}

fn row(check: &Check) -> String {
    let rule = check.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let operands: Vec<String> =
        check.operands.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect();
    let operands = if operands.is_empty() { String::new() } else { format!(": {}", operands.join(", ")) };
    format!("  {:<5} {}{rule}{operands}", check.result, check.check)
}

/// A value as people read it; digests are cut to eight digits, JSON has them whole.
fn shown(value: &Operand) -> String {
    match value {
        Operand::Number(number) => number.to_string(),
        Operand::Text(text) => safe(text),
        Operand::Hash(hash) => format!("{}..", hash.to_string().get(..8).unwrap_or_default()),
        Operand::Flag(true) => "yes".into(),
        Operand::Flag(false) => "no".into(),
        Operand::Indices(indices) => {
            let list: Vec<String> = indices.iter().map(ToString::to_string).collect();
            format!("records {}", list.join(" "))
        }
    }
}

fn permit(verdict: &Verdict) -> Option<String> {
    let permit = verdict.permit()?;
    let until = time(permit.until.saturating_mul(1000));
    Some(format!("  permit: {} from {} to {} until {until}", permit.exposure, permit.wallet, permit.payee))
}

/// A chapter's outcome, with its codes.
fn outcome(chapter: &Chapter) -> String {
    let codes: Vec<&str> = chapter.verdict.codes.iter().map(|code| code.code()).collect();
    let outcome = chapter.verdict.outcome.code();
    if codes.is_empty() { outcome.into() } else { format!("{outcome} ({})", codes.join(", ")) }
}
