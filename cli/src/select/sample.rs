//! `sample`: some of the rows, drawn by the root of the log.

use counterfoil_record::Hash32;
use counterfoil_review::payments::{METHOD, Row, Sums, Ticket, draw};
use serde::Serialize;

use super::export::{COLUMNS, Manifest, TOOL, cells, json, stated};
use super::page::{line, under};
use super::selected;
use crate::args::{Sample, SampleFormat};
use crate::exit::{Exit, Failure};
use crate::screen::Page;
use crate::table;

/// How a sample was drawn.
#[derive(Serialize)]
struct Drawing<'a> {
    method: &'a str,
    /// The root of the log.
    seed: &'a str,
    /// How many were asked for.
    size: u64,
    /// How many there are.
    drawn: usize,
}

#[derive(Serialize)]
struct Drawn<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest<'a>,
    sample: &'a Drawing<'a>,
}

#[derive(Serialize)]
struct Numbered<'a> {
    rank: usize,
    ticket: Hash32,
    #[serde(flatten)]
    row: &'a Row,
}

pub(crate) fn run(args: &Sample) -> Result<Exit, Failure> {
    let (audit, query) = selected(&args.log, &args.which)?;
    let root: Hash32 = audit.at.root.parse().map_err(Failure::new)?;
    let rows = audit.chosen(&query);
    let sums = Sums::of(rows.iter().copied());
    let manifest = Manifest::new(&audit, &query, &sums, TOOL);
    let tickets = draw(&root, rows, usize::try_from(args.size).unwrap_or(usize::MAX));
    let drawing = Drawing { method: METHOD, seed: &audit.at.root, size: args.size, drawn: tickets.len() };
    let mut page = Page::new();
    match args.format {
        SampleFormat::Text => {
            page.line(&format!("{} of {} payment requests, drawn by {METHOD}", drawing.drawn, sums.count))?;
            page.line(&format!("seed {}", drawing.seed))?;
            for Ticket { hash, row } in &tickets {
                let head: String = hash.to_string().chars().take(16).collect();
                page.line(&format!("  {head}  {}", line(row)))?;
            }
            under(&audit, &sums, &mut page)?;
        }
        SampleFormat::Json => {
            let numbered = tickets.iter().zip(1..);
            let rows = numbered.map(|(it, rank)| Numbered { rank, ticket: it.hash, row: it.row });
            let drawn = Drawn { manifest: &manifest, sample: &drawing };
            json(&drawn, rows, &mut |line| page.line(line))?;
        }
        SampleFormat::Csv => {
            let facts = [
                ("#method", METHOD.to_owned()),
                ("#seed", drawing.seed.to_owned()),
                ("#size", drawing.size.to_string()),
                ("#drawn", drawing.drawn.to_string()),
            ];
            for line in stated(&manifest, "#sample", &facts)? {
                page.line(&line)?;
            }
            page.line(&table::row(["rank", "ticket"].into_iter().chain(COLUMNS))?)?;
            for (Ticket { hash, row }, rank) in tickets.iter().zip(1_u64..) {
                let (rank, hash, cells) = (rank.to_string(), hash.to_string(), cells(row));
                let all = [rank.as_str(), hash.as_str()].into_iter().chain(cells.iter().map(String::as_str));
                page.line(&table::row(all)?)?;
            }
        }
    }
    page.end()?;
    Ok(Exit::Verdict(audit.report.verdict))
}
