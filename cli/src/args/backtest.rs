//! The arguments of `policy backtest`.

use std::path::PathBuf;

/// Decide a whole log again under another policy, and list what comes out otherwise.
///
/// Verifies the log first: the exit code is that of `verify`, and nothing is said of a log that fails. Budgets count
/// what the new policy allows. It is the past that is decided again: what is newly held was approved by nobody, and
/// what is newly allowed has no facts, so that it stays reserved.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil policy backtest agents/log.sqlite --policy new.toml --trust agents/trust.toml"
)]
pub(crate) struct Backtest {
    /// The log
    pub(crate) log: PathBuf,
    /// The policy to suppose
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// What is believed beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One document, with everything (its schema stands in schemas/)
    Json,
    /// A table, one row for each thing
    Csv,
}
