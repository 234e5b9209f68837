//! The arguments of `policy`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Backtest, Scenarios};

/// Check, read and compare policies.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil policy check policy.toml --daily-ceiling \"100.00 usdc\"\n  counterfoil policy show policy.toml\n  counterfoil policy diff policy.toml next.toml"
)]
pub(crate) struct Policy {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What to do with a policy.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    Check(PolicyCheck),
    Show(PolicyShow),
    Diff(PolicyDiff),
    Test(Scenarios),
    Backtest(Backtest),
}

/// Compile a policy: every problem with its place, or what is odd about it, and the most money in a day.
///
/// Exit code 1 if it does not compile, or with --deny-warnings if anything is odd.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil policy check policy.toml --daily-ceiling \"100.00 usdc\"")]
pub(crate) struct PolicyCheck {
    /// The TOML file
    pub(crate) file: PathBuf,
    /// Warn if more than this can leave in any 24 hours; once for each asset
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) daily_ceiling: Vec<String>,
    /// Exit 1 on warnings
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say a policy in plain words, complete, with the digest that is signed.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil policy show policy.toml --graph")]
pub(crate) struct PolicyShow {
    /// The TOML file
    pub(crate) file: PathBuf,
    /// Draw the phases instead
    #[arg(long, conflicts_with = "json")]
    pub(crate) graph: bool,
    /// Print every rule as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say what one policy allows and another does not, and which budgets start anew.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil policy diff policy.toml next.toml")]
pub(crate) struct PolicyDiff {
    /// The TOML file of the policy that is in force
    pub(crate) before: PathBuf,
    /// The TOML file of the one that is to come
    pub(crate) after: PathBuf,
    /// Print the differences as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
