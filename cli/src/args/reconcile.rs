//! The arguments of `reconcile`.

use std::path::PathBuf;

use counterfoil_rails::caip::ChainId;

use super::Format;

/// Match the decisions of a log with money that moved.
///
/// Verifies the log first: of a log that fails nothing is said, and its verdict stands. Then each payment request, each
/// transfer out of a policy's wallet that no request explains, and each refused exchange gets one class.
///
/// `failed` (1): a discrepancy, which is one of moved-without-decision, denied-but-moved, paid-twice, other-amount,
/// other-payee, other-asset, claimed-without-artefact. `insufficient` (3): none, but with gaps: no chain extract, one
/// that does not reach from before the log's first record to past the end of what was allowed, blocks missing. `verified`
/// (0): neither. docs/reconcile.md has the forms of evidence and every class.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil reconcile agents/log.sqlite --trust agents/trust.toml --chain base.json --facilitator exchanges.jsonl",
    group(clap::ArgGroup::new("evidence").required(true).multiple(true).args(["chain", "facilitator", "csv"]))
)]
pub(crate) struct Reconcile {
    /// The log
    pub(crate) log: PathBuf,
    /// What is believed beforehand; without it the verdict is at best `insufficient`
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// An extract of a chain: its logs with their range, or a list of logs alone
    #[arg(long, value_name = "FILE")]
    pub(crate) chain: Vec<PathBuf>,
    /// Recorded exchanges with a facilitator, JSON or JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) facilitator: Vec<PathBuf>,
    /// A table of transfers
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Vec<PathBuf>,
    /// The chain of lists of logs that come alone, such as eip155:8453
    #[arg(long, value_name = "CAIP2", requires = "chain")]
    pub(crate) chain_id: Option<ChainId>,
    /// The first block that they are of
    #[arg(long, value_name = "N", value_parser = number, requires_all = ["chain_id", "to_block", "head_time"])]
    pub(crate) from_block: Option<u64>,
    /// The last block that they are of
    #[arg(long, value_name = "N", value_parser = number, requires = "from_block")]
    pub(crate) to_block: Option<u64>,
    /// The time of that block, Unix seconds
    #[arg(long, value_name = "SECONDS", value_parser = number, requires = "from_block")]
    pub(crate) head_time: Option<u64>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

/// A decimal, or a quantity as nodes write it.
fn number(text: &str) -> Result<u64, String> {
    let read = if text.starts_with("0x") {
        counterfoil_reconcile::evidence::quantity(text).ok()
    } else {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    read.ok_or_else(|| "not a decimal, and not 0x and 1 to 16 hexadecimal digits".into())
}
