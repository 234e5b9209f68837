//! The arguments of `policy test`.

use std::path::PathBuf;

/// Run scenario files: commands to a core under a policy, and what should come of each.
///
/// Everything happens in memory, at the times that the scenario states, and the log that comes of it is audited. No
/// private key is needed: the keys of people and agents, and the accounts of wallets, are replaced by test ones in the
/// policy's text. Exits with 1 if something came out otherwise, with 2 if a file could not be read. The form of a
/// scenario is in docs/scenarios.md.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil policy test scenarios/*.toml --junit report.xml")]
pub(crate) struct Scenarios {
    /// The scenarios
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Also write a report that CI systems read (`JUnit` XML)
    #[arg(long, value_name = "OUT.xml")]
    pub(crate) junit: Option<PathBuf>,
    /// Print the results as JSON (schemas/scenarios.schema.json)
    #[arg(long)]
    pub(crate) json: bool,
}
