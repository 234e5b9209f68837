//! The arguments of every command.

mod backtest;
mod manual;
mod policy;
mod reconcile;
mod scenarios;
mod select;
pub(crate) mod statement;

pub(crate) use backtest::{Backtest, Format};
pub(crate) use manual::{Completions, Man};
pub(crate) use policy::{Policy, PolicyCheck, PolicyCommand, PolicyDiff, PolicyShow};
pub(crate) use reconcile::Reconcile;
pub(crate) use scenarios::Scenarios;
pub(crate) use select::{
    Audited, CheckExport, Export, ExportFormat, List, Report, Sample, SampleFormat, Which,
};
pub(crate) use statement::*;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use counterfoil_record::Id;
use counterfoil_record::key::NamedKey;

/// Decides, records and verifies what AI agents pay.
///
/// Exit codes: 0 done or verified; 1 failed; 2 could not decide (usage, unreadable files, unknown version);
/// 3 sound but below the required assurance; 4 contradicts what was pinned. A payment that is denied is an
/// answer, not a failure.
#[derive(Parser)]
#[command(name = "counterfoil", version, max_term_width = 110)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands. What each is stands at its arguments: a comment here would hide the longer words there.
#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "arguments are parsed once")]
pub(crate) enum Command {
    Init(Init),
    Key(Key),
    Policy(Policy),
    Govern(Govern),
    Pending(Pending),
    Statement(Statement),
    Verify(Verify),
    Explain(Explain),
    Bundle(Bundle),
    List(List),
    Export(Export),
    CheckExport(CheckExport),
    Sample(Sample),
    Reconcile(Reconcile),
    Report(Report),
    Vectors(Vectors),
    Conform(Conform),
    Demo(Demo),
    Completions(Completions),
    Man(Man),
}

/// Make a log with its key, its genesis record and a trust file for the auditor.
///
/// Writes DIR/log.sqlite, DIR/keys/log.pem and DIR/trust.toml, which pins the log's key and the checkpoint
/// after its first records. Keep the trust file where the log's operator cannot change it.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil init agents --origin payments.example/agents --policy policy.toml"
)]
pub(crate) struct Init {
    /// The folder to make
    pub(crate) dir: PathBuf,
    /// The log's lasting, unique name
    #[arg(long)]
    pub(crate) origin: Id,
    /// A policy to put in force at once
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The verifier key of somebody who decides about policies and keys; once for each key
    #[arg(long = "governor", value_name = "VKEY")]
    pub(crate) governors: Vec<NamedKey>,
    /// How many of the governors it takes; all of them, if it is not given
    #[arg(long, value_name = "N", requires = "governors")]
    pub(crate) quorum: Option<u64>,
}

/// Make and show keys.
///
/// Keys are PKCS#8 PEM, as OpenSSL writes them. The passphrase of an encrypted one is asked for on the terminal.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil key new alice.pem --name alice --encrypt\n  counterfoil key show alice.pem --name alice"
)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// What to do with a key.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new Ed25519 key as PKCS#8 PEM, and print its verifier key
    New {
        #[command(flatten)]
        file: KeyFile,
        /// Encrypt the key; the passphrase is asked for on the terminal, twice
        #[arg(long)]
        encrypt: bool,
    },
    /// Print the verifier key of a PKCS#8 PEM file
    Show(KeyFile),
}

/// A key file and the name that the key signs under.
#[derive(clap::Args)]
pub(crate) struct KeyFile {
    /// The PEM file
    pub(crate) file: PathBuf,
    /// The name that the key signs under: a person, or a log's origin
    #[arg(long)]
    pub(crate) name: Id,
}

/// Decide what comes in on stdin, one JSON command a line.
///
/// Each line is answered by one JSON line on stdout, flushed, once its record is durable. A denial is an
/// answer. A line that cannot be read is answered with an error, leaves the log as it was, and makes the exit
/// code 2 in the end. Commands and answers are described in schemas/.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  echo '{\"type\":\"open-run\",\"id\":\"r1\",\"agent\":\"researcher\",\"principal\":\"carol\"}' |\n    counterfoil govern agents/log.sqlite --key agents/keys/log.pem"
)]
pub(crate) struct Govern {
    /// The log
    pub(crate) log: PathBuf,
    /// The log's key, PKCS#8 PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// For tests: make the log anew from lines {"time", "salts", "input"}, the first a genesis
    #[arg(long)]
    pub(crate) replay: bool,
}

/// Verify a log, or a bundle that `bundle` made of one: make every decision again.
///
/// An audit that is ended with Ctrl-C is `insufficient` (3), says how far it came, and is not saved. What --save has kept of
/// one that verified, --resume goes on from: what it had read is not read again, and the report says so.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  counterfoil verify agents/log.sqlite --trust agents/trust.toml\n  counterfoil verify agents/log.sqlite --trust agents/trust.toml --save monday\n  counterfoil verify agents/log.sqlite --trust monday/trust.toml --resume monday/audit"
)]
pub(crate) struct Verify {
    /// The log, or a bundle
    pub(crate) log: PathBuf,
    /// What is believed beforehand; without it the verdict is at best `insufficient`
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Print the report as JSON: the same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
    /// Go on from an audit that was saved, which the trust names by its SHA-256
    #[arg(long, value_name = "FILE", requires = "trust")]
    pub(crate) resume: Option<PathBuf>,
    /// Where the log verifies, make DIR with the audit as it stood at the log's checkpoint, and a trust file that names it
    #[arg(long, value_name = "DIR", requires = "trust")]
    pub(crate) save: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// One document, with everything (schemas/report.schema.json)
    Json,
    /// For CI systems: the verdict and each finding as a test
    Junit,
    /// For code scanning: SARIF 2.1.0, with fingerprints that stay the same
    Sarif,
}

/// Tell the story of one payment.
///
/// Says what it was decided on, what was left on each budget, and what would have turned the decision. Verifies the
/// whole log, or the bundle, first: the exit code is that of `verify`.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil explain agents/log.sqlite 17 --trust agents/trust.toml")]
pub(crate) struct Explain {
    /// The log, or a bundle
    pub(crate) log: PathBuf,
    /// The payment: the index of the record that asked for it, or of any record about it
    pub(crate) payment: u64,
    /// What is believed beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Print the story as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put what explains some payments into one file.
///
/// The file holds the records that the payments rest on, shows that each stands in the log under its signed checkpoint, and is
/// all that `verify` and `explain` need. It holds nothing private that the log does not hold, and no other payment but those
/// that count in the same budgets, plans or mandates. With --trust it also shows that the pinned checkpoint is of the same log.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil bundle agents/log.sqlite 17 -o 17.bundle --trust agents/trust.toml"
)]
pub(crate) struct Bundle {
    /// The log
    pub(crate) log: PathBuf,
    /// The payments: each the index of the record that asked for it, or of any record about it
    #[arg(required = true, value_name = "PAYMENT")]
    pub(crate) payments: Vec<u64>,
    /// The file to write; it must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What is believed beforehand; the exit code is then what `verify` says of the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
}

/// Run every test vector of a folder.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil vectors testvectors")]
pub(crate) struct Vectors {
    /// The folder; its JSON vectors are found however deep they lie
    #[arg(required_unless_present = "answer")]
    pub(crate) dir: Option<PathBuf>,
    /// Answer one question of `conform` on stdin instead
    #[arg(long, conflicts_with = "dir")]
    pub(crate) answer: bool,
}

/// Score another implementation on every test vector.
///
/// Runs CMD once for each vector, with the vector on stdin as JSON, but for what would tell the answer. CMD prints its answer as
/// JSON and ends with the exit code of the verdict; testvectors/README.md has the protocol. Exit code 0 if every answer is
/// right, 1 if not.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil conform testvectors -- counterfoil vectors --answer")]
pub(crate) struct Conform {
    /// The folder of the vectors
    pub(crate) dir: PathBuf,
    /// The command, with its arguments
    #[arg(required = true, last = true, value_name = "CMD")]
    pub(crate) command: Vec<std::ffi::OsString>,
    /// How long one answer may take, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub(crate) timeout: u64,
    /// Print the score as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show the whole on captured purchases.
///
/// Governs a day of an agent's purchases, captured from stock x402 software on a local chain, beside what a
/// flat session limit would have done. Then verifies the log, explains a payment, and tampers with a copy.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil demo --out demo")]
pub(crate) struct Demo {
    /// The folder to make [default: counterfoil-demo, or the first free counterfoil-demo-N]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
