//! `report`: what a log says, as one page for people who read it in a browser or on paper.

mod chart;
mod collect;
mod page;
mod proof;
mod view;

use askama::Template as _;
use counterfoil_review::words::safe;

use crate::args::Report;
use crate::evidence::open_log;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::screen::line;
use crate::select::Audit;
use collect::Collected;
use proof::Proofs;

pub(crate) fn run(args: &Report) -> Result<Exit, Failure> {
    files::is_free(&args.out)?;
    let query = args.which.query();
    let mut collected = if args.summary { Collected::summary() } else { Collected::whole() };
    let audit = Audit::asked(&args.log, &query, &mut collected)?;
    // Of a log with gaps there is no path to any root; nor where the file is another by now.
    let proofs = match &collected.each {
        Some(_) => Proofs::read(&open_log(&args.log.log)?, audit.at.records)
            .filter(|proofs| proofs.root().as_ref() == Some(&audit.at.root)),
        None => None,
    };
    let page = page::page(&audit, &query, &collected, proofs.as_ref())?;
    files::make(&args.out, |out| page.write_into(out))?;
    line(safe(format_args!(
        "{}: {} of {} payment requests, {}",
        args.out.display(),
        page.count,
        page.population,
        page.word
    )))?;
    Ok(Exit::Verdict(audit.report.verdict))
}
