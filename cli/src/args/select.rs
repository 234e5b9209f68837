//! The arguments of `list`, `export`, `check-export`, `sample` and `report`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Id, Text, Time};
use counterfoil_review::payments::{Bound, Query, STATUSES};
use jiff::Timestamp;

/// List payment requests, one a line, with what they add up to.
///
/// Verifies the whole log first: the exit code is that of `verify`. Of a log that fails, the records that follow are
/// listed all the same.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil list agents/log.sqlite --trust agents/trust.toml --agent researcher --outcome deny"
)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) log: Audited,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Write payment requests for an auditor: complete, with control totals, the same bytes each time.
///
/// States the log, its records and root, the query, how many payment requests the log has in all, and for each asset
/// what the rows add up to. Verifies the whole log first: the exit code is that of `verify`.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil export agents/log.sqlite --trust agents/trust.toml --format csv > payments.csv"
)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) log: Audited,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Say whether a file is exactly what its query gives of a log.
///
/// Audits the log, as it stood when it had as many records as the file says, and holds each line of the file against
/// it. Exits with 1 and names the first difference if there is one; else the exit code is that of `verify`.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil check-export agents/log.sqlite --trust agents/trust.toml payments.csv"
)]
pub(crate) struct CheckExport {
    /// The log
    pub(crate) log: PathBuf,
    /// What `export` wrote
    pub(crate) file: PathBuf,
    /// What is believed beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
}

/// Draw a sample of payment requests that nobody chose.
///
/// The root of the log is the seed: of those that the query selects, the N are drawn for which the SHA-256 of
/// `counterfoil/sample/1 ROOT PAYMENT` is smallest. Anybody can draw it again. Verifies the whole log first: the exit
/// code is that of `verify`.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil sample agents/log.sqlite --trust agents/trust.toml --size 25 --outcome allow"
)]
pub(crate) struct Sample {
    #[command(flatten)]
    pub(crate) log: Audited,
    /// How many are drawn; all, if there are fewer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) size: u64,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SampleFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Write what a log says as one page for a browser, or for paper.
///
/// The verdict stands first, then what was audited, exceptions, totals, budgets, open exposure, approvals by person, each run in time, and
/// each payment request with its checks and its proof. The page has no script and asks nothing of any network. Verifies the
/// whole log first: the exit code is that of `verify`. Of a log that fails, the records that follow are shown all the same.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil report agents/log.sqlite --trust agents/trust.toml -o november.html --since 2026-11-01T00:00:00Z"
)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) log: Audited,
    /// The file to write; it must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Leave out each run and each payment: for logs of more of them than anybody reads
    #[arg(long)]
    pub(crate) summary: bool,
    #[command(flatten)]
    pub(crate) which: Which,
}

// A log, and under what it is audited. No doc comment: it would stand in the place of the command's own.
#[derive(clap::Args)]
pub(crate) struct Audited {
    /// The log
    pub(crate) log: PathBuf,
    /// What is believed beforehand; without it the verdict is at best `insufficient`
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// As the log stood after its first N records [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) at: Option<u64>,
}

// Which payment requests. No doc comment either.
#[derive(clap::Args)]
#[command(next_help_heading = "Which payment requests (all that is stated must hold, of several values any)")]
pub(crate) struct Which {
    /// Asked at that time or later (RFC 3339, such as 2026-11-23T00:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Time>,
    /// Asked before that time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Time>,
    /// By that agent
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Vec<Id>,
    /// In that run: the record that opened it, or the caller's name for it
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Vec<Id>,
    /// To that account (CAIP-10)
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) payee: Vec<Text>,
    /// Decided so: allow, hold, deny, cannot-decide, refused
    #[arg(long, value_name = "OUTCOME", value_parser = outcomes(), hide_possible_values = true)]
    pub(crate) outcome: Vec<Id>,
    /// That stand so at the end: held, open, unknown, settled, failed, expired, denied, void; where no payment was ever
    /// opened deny, cannot-decide, refused
    #[arg(long, value_name = "STATUS", value_parser = statuses(), hide_possible_values = true)]
    pub(crate) status: Vec<Id>,
    /// In that asset: CAIP-19, or what the policy calls it
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Vec<Text>,
    /// Of so much or more: `10000` in the smallest unit of any asset, `"0.01 usdc"` in the policy's unit of one
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) least: Option<Bound>,
    /// Of so much or less
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) most: Option<Bound>,
    /// With an open exposure: something is reserved
    #[arg(long)]
    pub(crate) open: bool,
}

impl Which {
    /// The query that the arguments state: the same, in whatever order they are given.
    pub(crate) fn query(&self) -> Query {
        Query {
            since: self.since,
            until: self.until,
            agent: sorted(&self.agent),
            run: sorted(&self.run),
            payee: sorted(&self.payee),
            outcome: sorted(&self.outcome),
            status: sorted(&self.status),
            asset: sorted(&self.asset),
            least: self.least.clone(),
            most: self.most.clone(),
            open: self.open,
        }
    }
}

fn sorted<T: Clone + Ord>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.dedup();
    values
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportFormat {
    /// One document (schemas/export.schema.json)
    #[default]
    Json,
    /// Rows under a header, after lines that begin with `#`
    Csv,
}

/// The form of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SampleFormat {
    /// For people
    #[default]
    Text,
    /// One document (schemas/sample.schema.json)
    Json,
    /// Rows under a header, after lines that begin with `#`
    Csv,
}

fn outcomes() -> impl TypedValueParser<Value = Id> {
    let asked = [Outcome::Allow, Outcome::Hold, Outcome::Deny, Outcome::CannotDecide, Outcome::Refused];
    PossibleValuesParser::new(asked.map(Outcome::code)).try_map(|code| code.parse::<Id>())
}

fn statuses() -> impl TypedValueParser<Value = Id> {
    PossibleValuesParser::new(STATUSES).try_map(|code| code.parse::<Id>())
}

/// A time from 1970 on, in whole milliseconds: the log knows no others.
fn moment(text: &str) -> Result<Time, String> {
    let stamp: Timestamp = text.parse().map_err(|error| format!("{error}"))?;
    let millis = u64::try_from(stamp.as_millisecond()).map_err(|_| "is before 1970".to_owned())?;
    if stamp.subsec_nanosecond().checked_rem(1_000_000) != Some(0) {
        return Err("is finer than a millisecond".to_owned());
    }
    Ok(Time::from_millis(millis))
}
