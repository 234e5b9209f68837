//! `list`: payment requests for people.

use counterfoil_review::payments::{AssetSums, Row, Sum, Sums};
use counterfoil_review::words::{money, safe, time};

use super::{Audit, selected};
use crate::args::List;
use crate::exit::{Exit, Failure};
use crate::screen::Page;

pub(crate) fn run(args: &List) -> Result<Exit, Failure> {
    let (audit, query) = selected(&args.log, &args.which)?;
    let rows = audit.chosen(&query);
    let sums = Sums::of(rows.iter().copied());
    let mut page = Page::new();
    for row in rows {
        page.line(&line(row))?;
    }
    under(&audit, &sums, &mut page)?;
    page.end()?;
    Ok(Exit::Verdict(audit.report.verdict))
}

/// One payment request in one line. The seller's words are its end.
pub(super) fn line(row: &Row) -> String {
    let agent = row.agent.as_ref().map_or_else(|| "?".to_owned(), safe);
    let payee = row.payee.as_ref().map_or_else(|| "?".to_owned(), safe);
    let why: Vec<&str> = row.failing.iter().chain(&row.needing).map(String::as_str).collect();
    let why = if why.is_empty() { String::new() } else { format!("  [{}]", why.join(", ")) };
    format!(
        "{:>6}  {}  {:<13} {:>14}  {agent} to {payee}{why} for {}",
        row.payment.value(),
        time(row.time.millis()),
        row.status,
        amount(row),
        safe(&row.resource),
    )
}

/// The exposure as people say it.
fn amount(row: &Row) -> String {
    let Some(exposure) = row.exposure else { return "?".to_owned() };
    let places = row.decimals.and_then(|decimals| usize::try_from(decimals).ok());
    match (&row.asset_name, places) {
        (Some(name), Some(places)) => format!("{} {name}", money(exposure, places)),
        _ => format!("{exposure} units"),
    }
}

/// The log that is spoken of, in one line.
pub(super) fn foot(audit: &Audit) -> String {
    let origin = audit.report.scope.origin.as_deref().map(safe).unwrap_or_default();
    let (word, at) = (audit.report.verdict.word(), &audit.at);
    format!("log: {word}, {origin}, {} records, root {}", at.records, at.root)
}

/// What stands under the lines.
pub(super) fn under(audit: &Audit, sums: &Sums, page: &mut Page) -> Result<(), Failure> {
    let population = &audit.population;
    page.line(&format!("{} of {} payment requests", sums.count, population.rows.len()))?;
    if population.suppressed > 0 {
        page.line(&format!("  {} refusals were only counted and have no record", population.suppressed))?;
    }
    for sums in sums.assets.values() {
        page.line(&total(sums))?;
    }
    page.line(&foot(audit))
}

/// The sums of one asset.
fn total(sums: &AssetSums) -> String {
    let names: Vec<String> = sums.names.iter().map(ToString::to_string).collect();
    let asset = sums.asset.as_ref().map_or_else(|| "no asset that can be read".to_owned(), safe);
    let said = |what: &str, sum: &Sum| format!("{what} {}", sum.words(sums));
    let outcomes: Vec<String> =
        sums.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let all = [
        said("exposure", &sums.exposure),
        said("settled", &sums.settled),
        said("returned", &sums.returned),
        said("reserved", &sums.reserved),
        said("owed", &sums.owed),
    ];
    let name = if names.is_empty() { String::new() } else { format!(" {}", names.join("/")) };
    format!("  total{name}: {} ({}; {asset})", all.join(", "), outcomes.join(", "))
}
