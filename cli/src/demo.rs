//! `demo`: an agent's purchases, captured from stock x402 software, governed and audited.

mod captured;
mod director;
mod flat;
mod story;

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_audit::{Level, Story, Trust, Verdict};
use counterfoil_record::SignedRecord;
use counterfoil_review::words::safe;
use counterfoil_store::Records as _;

use crate::args::Demo;
use crate::evidence::{audit_at, open_log, read_trust};
use crate::exit::{Exit, Failure};
use crate::explain::Told;
use crate::screen::line;
use crate::{explain, verify};

pub(crate) fn run(args: &Demo) -> Result<Exit, Failure> {
    let dir = folder(args.out.as_deref())?;
    let told = story::tell(&dir)?;
    let (log_path, trust_path) = (dir.join("log.sqlite"), dir.join("trust.toml"));

    heading("The auditor makes every decision again, from the log and the trust file alone")?;
    let trust = read_trust(Some(&trust_path))?;
    let log = open_log(&log_path)?;
    let mut pages = Told::new(tell_payment(&log, told.explained)?, Vec::new());
    let (report, _) = audit_at(&log, trust.clone(), None, &mut pages);
    let told_of = pages.conclude(&report)?;
    let (story, margin) = told_of.ok_or_else(|| Failure::check("the audit does not come to the payment"))?;
    line(verify::text(&report))?;
    heading(&format!("Why payment {} was allowed", told.explained))?;
    line(explain::text(&story, margin.as_ref(), &report))?;
    let tampered = tamper(&log, trust, told.explained)?;
    next_steps(&dir, told.explained)?;
    if report.verdict == Verdict::Verified && tampered != Verdict::Verified {
        Ok(Exit::Done)
    } else {
        Err(Failure::check("the demonstration did not come out as it should"))
    }
}

/// The folder to make: the named one, or the first free one of the default name.
fn folder(out: Option<&Path>) -> Result<PathBuf, Failure> {
    let dir = if let Some(dir) = out {
        dir.to_owned()
    } else {
        let names = (2_u32..1000).map(|number| PathBuf::from(format!("counterfoil-demo-{number}")));
        let mut names = core::iter::once(PathBuf::from("counterfoil-demo")).chain(names);
        names.find(|name| !name.exists()).ok_or_else(|| Failure::new("too many counterfoil-demo folders"))?
    };
    fs::create_dir(&dir).map_err(|error| Failure::at(dir.display(), error))?;
    Ok(dir)
}

pub(crate) fn heading(text: &str) -> Result<(), Failure> {
    line(format_args!("\n== {text}"))
}

fn tell_payment(log: &counterfoil_store::SqliteReader, payment: u64) -> Result<Story, Failure> {
    let entry = log.read(payment).map_err(Failure::new)?;
    let record = entry.and_then(|entry| SignedRecord::decode(&entry).ok());
    let story = record.as_ref().and_then(|record| Story::of(record.unverified()));
    story.ok_or_else(|| Failure::new("the demonstration has no such payment"))
}

/// Flips one byte of a copy, in memory, and shows what the auditor says.
fn tamper(
    log: &counterfoil_store::SqliteReader,
    trust: Option<Trust>,
    payment: u64,
) -> Result<Verdict, Failure> {
    heading(&format!("One byte of record {payment} flipped in a copy"))?;
    let checkpoint = log.checkpoint().map_err(Failure::new)?;
    let mut auditor = counterfoil_audit::Auditor::new(trust, checkpoint.as_deref());
    log.scan(0, &mut |index, entry| {
        let mut entry = entry.to_vec();
        let middle = entry.len() / 2;
        if let Some(byte) = entry.get_mut(middle).filter(|_| index == payment) {
            *byte ^= 1;
        }
        auditor.push(&entry);
        core::ops::ControlFlow::Continue(())
    })
    .map_err(Failure::new)?;
    let report = auditor.finish();
    let found = report.findings.iter().map(|finding| match finding.index {
        Some(index) => format!("  record {index}: {}", finding.code),
        None => format!("  {}", finding.code),
    });
    line(format_args!(
        "{} (exit {})\n{}",
        report.verdict.word(),
        report.exit_code,
        found.collect::<Vec<_>>().join("\n")
    ))?;
    Ok(report.verdict)
}

fn next_steps(dir: &Path, payment: u64) -> Result<(), Failure> {
    heading("Try next")?;
    let dir = safe(dir.display());
    // Started through cargo, the command is not on the path.
    let me =
        if std::env::var_os("CARGO").is_some() { "cargo run -q -p counterfoil --" } else { "counterfoil" };
    line(format_args!("  {me} verify {dir}/log.sqlite --trust {dir}/trust.toml"))?;
    line(format_args!(
        "  {me} verify {dir}/log.sqlite                      # without trust: insufficient, exit 3"
    ))?;
    line(format_args!("  {me} explain {dir}/log.sqlite {payment} --trust {dir}/trust.toml --json"))?;
    line(format_args!(
        "  {me} govern {dir}/again.sqlite --key {dir}/keys/log.pem --replay < {dir}/inputs.jsonl"
    ))
}

/// What an auditor of the demonstration's log believes.
pub(crate) const LEVEL: Level = Level::PinnedCheckpoint;
