//! `verify`: a whole log, or a bundle of one, under trust.

mod junit;
mod sarif;
mod saved;

use core::ops::ControlFlow;
use core::sync::atomic::{AtomicBool, Ordering};

use counterfoil_audit::bundle::examine;
use counterfoil_audit::{NotCheckedCode, Report, Trust, Verdict};
use counterfoil_review::words::{safe, time};
use counterfoil_store::SqliteReader;

use crate::args::{ReportFormat, Verify};
use crate::evidence::{Evidence, Pass, now, read_trust, report};
use crate::exit::{Exit, Failure, note};
use crate::files;
use crate::screen::{json, page};

/// How many lines of one kind are shown as text; JSON has them all.
const SHOWN: usize = 20;

pub(crate) fn run(args: &Verify) -> Result<Exit, Failure> {
    let trust = read_trust(args.trust.as_deref())?;
    let report = match Evidence::open(&args.log)? {
        Evidence::Bundle(_) if args.save.is_some() || args.resume.is_some() => {
            return Err(Failure::at(args.log.display(), "only the audit of a log is saved and resumed"));
        }
        Evidence::Bundle(bytes) => examine(&bytes, trust, now(), &mut ()),
        Evidence::Log(log) => audit(&log, trust, args)?,
    };
    match args.format {
        _ if args.json => json(&report)?,
        ReportFormat::Json => json(&report)?,
        ReportFormat::Text => page(text(&report))?,
        ReportFormat::Junit => page(junit::junit(&report)?.trim_end())?,
        ReportFormat::Sarif => json(&sarif::sarif(&report, &args.log))?,
    }
    Ok(Exit::Verdict(report.verdict))
}

/// True once whoever runs the command wants no more.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Audits a log until its end or Ctrl-C, and saves the audit if that is asked for.
fn audit(log: &SqliteReader, trust: Option<Trust>, args: &Verify) -> Result<Report, Failure> {
    if let Some(dir) = &args.save {
        files::is_free(dir)?;
    }
    let pass = match (&args.resume, trust.clone()) {
        (Some(path), Some(trust)) => saved::resume(log, trust, path)?,
        (_, trust) => Pass::new(log, trust),
    };
    ctrlc::set_handler(|| ENDED.store(true, Ordering::Relaxed)).map_err(Failure::new)?;
    let mut snapshot = None;
    let auditor = pass.run(&mut (), &mut |auditor| {
        if args.save.is_some() && auditor.own_size() == Some(auditor.tree().size()) {
            snapshot = auditor.snapshot();
        }
        if ENDED.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let keys = auditor.state().log_keys.clone();
    // The log may have another by now, which this audit did not hold against its records.
    let met = auditor.own_note().map(ToOwned::to_owned).unwrap_or_default();
    let report = report(auditor);
    if let (Some(dir), Some(trust)) = (&args.save, trust) {
        match snapshot.filter(|_| report.verdict == Verdict::Verified) {
            Some(snapshot) => saved::save(dir, &met, &trust, &keys, &snapshot)?,
            None if report.verdict == Verdict::Verified => {
                return Err(Failure::new("nothing is saved: the log has no checkpoint of its records"));
            }
            None => note(format_args!("nothing is saved: the audit came to {}", report.verdict.word())),
        }
    }
    Ok(report)
}

/// The report as text.
pub(crate) fn text(report: &Report) -> String {
    let mut out = vec![headline(report)];
    let mut add = |label: &str, value: String| out.push(format!("  {label:<12} {value}"));
    let scope = &report.scope;
    if let Some(origin) = &scope.origin {
        add("log", safe(origin));
    }
    if let Some(shown) = &scope.bundle {
        let payments: Vec<String> = shown.payments.iter().map(ToString::to_string).collect();
        add("bundle", format!("{} records that explain payments {}", shown.records, payments.join(" ")));
        if let (Some(record), Some(at)) = (shown.complete_to, shown.complete_to_time) {
            add("complete", format!("no record about them is left out up to record {record}, {}", time(at)));
        }
    }
    let resumed = report.not_checked.iter().any(|it| it.code == NotCheckedCode::Resumed);
    let followed = if scope.followed == scope.records && resumed {
        String::from("each decision made again, the first of them by the saved audit")
    } else if scope.followed == scope.records {
        String::from("each decision made again")
    } else {
        format!("{} decided again", scope.followed)
    };
    add("records", format!("{}, {followed}", scope.records));
    if let (Some(first), Some(last)) = (scope.first_time, scope.last_time) {
        add("from, to", format!("{}, {}", time(first), time(last)));
    }
    add("root", scope.root.clone());
    let assurance = report.assurance.map_or("none", |level| level.code());
    let required = report.required.map_or("none", |level| level.code());
    let pinned = scope.pinned.map(|pinned| format!(", {pinned} of {} records", scope.records));
    add("assurance", format!("{assurance}{} (required: {required})", pinned.unwrap_or_default()));
    let policies = report.summary.policies.iter().rev().map(|policy| {
        format!("{} version {} since record {}, {}", policy.name, policy.version, policy.index, policy.digest)
    });
    for shown in some(policies.collect()) {
        add("policy", shown);
    }
    let decisions: Vec<String> =
        report.summary.decisions.iter().map(|(what, count)| format!("{count} {what}")).collect();
    if !decisions.is_empty() {
        add("payments", decisions.join(", "));
    }
    let codes: Vec<String> =
        report.summary.codes.iter().map(|(code, count)| format!("{count} {code}")).collect();
    if !codes.is_empty() {
        add("codes", codes.join(", "));
    }
    for (asset, total) in &report.summary.totals {
        let sums =
            format!("settled {}, returned {}, reserved {}", total.settled, total.returned, total.reserved);
        add("total", format!("{sums} ({})", safe(asset)));
    }
    let open = report.summary.open.iter();
    let open = open.map(|it| format!("payment {} is {}: {}", it.payment, it.what, it.amount));
    for shown in some(open.collect()) {
        add("open", shown);
    }
    let findings = report.findings.iter().map(|finding| {
        let place = finding.index.map_or_else(String::new, |index| format!("record {index}: "));
        let detail =
            if finding.detail.is_empty() { String::new() } else { format!(" ({})", safe(&finding.detail)) };
        format!("{place}{}{detail}", finding.code)
    });
    for shown in some(findings.collect()) {
        add("finding", shown);
    }
    for left_out in &report.not_checked {
        add("not checked", format!("{}: {}", left_out.code, safe(&left_out.detail)));
    }
    out.join("\n")
}

/// The first lines of a list, and how many more there are.
fn some(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// Says on stderr what an audit came to, with the first of its findings.
pub(crate) fn warn(report: &Report) {
    note(headline(report));
    for finding in report.findings.iter().take(5) {
        let place = finding.index.map_or_else(String::new, |index| format!("record {index}: "));
        note(format_args!("{place}{}", finding.code));
    }
}

fn headline(report: &Report) -> String {
    format!("{}: {}", report.verdict.word(), meaning(report))
}

/// What a verdict means.
pub(crate) fn meaning(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Verified if report.scope.bundle.is_some() => {
            "every record shown is the log's, in its place, and the payments it explains follow"
        }
        Verdict::Verified => "every record is the log's, in its place, and its decision follows",
        Verdict::Failed if report.scope.bundle.is_some() => "the bundle is not what it should be",
        Verdict::Failed => "the log is not what it should be",
        Verdict::Undecided => "of a version that this program does not know",
        Verdict::Insufficient => "sound as far as it goes, but below the required assurance",
        Verdict::Contradiction => "it contradicts what was seen of the log before",
    }
}
