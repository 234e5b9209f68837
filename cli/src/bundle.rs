//! `bundle`: what explains some payments, in one file, for somebody who does not have the log.

use core::ops::ControlFlow;
use std::io::Write as _;
use std::path::Path;

use counterfoil_audit::bundle::{BUNDLE_MOST, Bundle, Gather, GatherError, examine};
use counterfoil_audit::{Checked, Observer, Story, Trust, Verdict};
use counterfoil_decide::State;
use counterfoil_record::Index;
use counterfoil_review::words::safe;
use counterfoil_store::{Records as _, SqliteReader};

use crate::args;
use crate::evidence::{Evidence, now, open_log, read_trust};
use crate::exit::{Exit, Failure};
use crate::files;
use crate::screen::line;

pub(crate) fn run(args: &args::Bundle) -> Result<Exit, Failure> {
    files::is_free(&args.out)?;
    let trust = read_trust(args.trust.as_deref())?;
    let log = open_log(&args.log)?;
    let stories = tell(&args.log, &args.payments, trust.clone())?;
    let checkpoint = log.checkpoint().map_err(|error| Failure::at(args.log.display(), error))?;
    let checkpoint =
        checkpoint.ok_or_else(|| Failure::at(args.log.display(), "the log has no checkpoint"))?;
    let since = trust.as_ref().and_then(|trust| Some(trust.checkpoint.as_ref()?.size));
    let bundle = gather(&log, stories, checkpoint, since)
        .map_err(|error| Failure::check(format_args!("{}: {error}", args.log.display())))?;
    let bytes = bundle.to_file();
    if bytes.len() > BUNDLE_MOST {
        return Err(Failure::check(format_args!(
            "it would have {} bytes, {BUNDLE_MOST} is the most",
            bytes.len()
        )));
    }
    let pinned = trust.is_some();
    let report = examine(&bytes, trust, now(), &mut ());
    if let Some(finding) = report.findings.first() {
        let place = finding.index.map(|index| format!("record {index}: ")).unwrap_or_default();
        return Err(Failure::of(
            report.verdict,
            format_args!("these records alone do not show it: {place}{}: {}", finding.code, finding.detail),
        ));
    }
    files::make(&args.out, |out| out.write_all(&bytes))?;
    line(safe(format_args!(
        "{}: {} records of {}, {} bytes, {}",
        args.out.display(),
        bundle.records.len(),
        report.scope.records,
        bytes.len(),
        report.verdict.word()
    )))?;
    // Without trust nothing was to be verified.
    Ok(if pinned { Exit::Verdict(report.verdict) } else { Exit::Done })
}

/// The stories of the payments, from a log that does not fail.
fn tell(path: &Path, named: &[u64], trust: Option<Trust>) -> Result<Vec<Story>, Failure> {
    let evidence = Evidence::open(path)?;
    let (mut told, found) = match look_up(&evidence, named) {
        Ok(stories) => (Told(stories), Ok(())),
        Err(why) => (Told(Vec::new()), Err(why)),
    };
    let report = evidence.audit(trust, &mut told);
    if matches!(report.verdict, Verdict::Failed | Verdict::Contradiction | Verdict::Undecided) {
        let codes: Vec<&str> = report.findings.iter().take(5).map(|finding| finding.code.code()).collect();
        let word = report.verdict.word();
        return Err(Failure::of(
            report.verdict,
            format_args!("{}: {word}: {}", path.display(), codes.join(", ")),
        ));
    }
    // What is not in a log that holds was not there to be asked for.
    found.map(|()| told.0)
}

/// The stories that begin with the payments behind the records `named`, each once.
fn look_up(evidence: &Evidence, named: &[u64]) -> Result<Vec<Story>, Failure> {
    let mut stories: Vec<Story> = Vec::new();
    for named in named {
        let record = evidence.read(*named)?;
        let record = match record.unverified().input.payment() {
            Some(payment) => evidence.read(payment.value())?,
            None => record,
        };
        let refused = || Failure::at(format_args!("record {named}"), "it is about no payment");
        let story = Story::of(record.unverified()).ok_or_else(refused)?;
        if stories.iter().all(|told| told.payment != story.payment) {
            stories.push(story);
        }
    }
    Ok(stories)
}

/// Several stories, told at once.
struct Told(Vec<Story>);

impl Observer for Told {
    fn after(&mut self, checked: &Checked, state: &State) {
        for story in &mut self.0 {
            story.after(checked, state);
        }
    }
}

fn gather(
    log: &SqliteReader,
    stories: Vec<Story>,
    checkpoint: String,
    since: Option<u64>,
) -> Result<Bundle, GatherError> {
    let mut gather = Gather::new(stories, checkpoint)?;
    walk(log, &mut gather)?;
    gather.turn();
    walk(log, &mut gather)?;
    gather.finish(since, &mut |index| match log.read(index.value()) {
        Ok(entry) => entry.ok_or_else(|| "there is no such record".into()),
        Err(error) => Err(error.to_string()),
    })
}

fn walk(log: &SqliteReader, gather: &mut Gather) -> Result<(), GatherError> {
    let mut done = Ok(());
    let mut at = Index::GENESIS;
    let scanned = log.scan(0, &mut |index, entry| {
        at = Index::new(index);
        done = gather.push(entry);
        if done.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    scanned.map_err(|error| GatherError::Read(at, error.to_string()))?;
    done
}
