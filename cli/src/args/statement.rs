//! The arguments of `pending` and `statement`.

use std::path::PathBuf;

use clap::Subcommand;
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Amount, Hash32, Id, Index, Span, Text, Time};
use jiff::Timestamp;

/// Say what waits for people: held payments, and phases that were asked for, oldest first.
///
/// Verifies the whole log first, and lists nothing of one that does not verify: the exit code is then that of `verify`.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil pending agents/log.sqlite --trust agents/trust.toml")]
pub(crate) struct Pending {
    /// The log
    pub(crate) log: PathBuf,
    /// What is believed beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Print what waits as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Read, sign and check what people say.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil statement sign approve agents/log.sqlite 14 --key alice.pem --name alice -o alice.json\n  counterfoil statement check alice.json agents/log.sqlite --trust agents/trust.toml"
)]
pub(crate) struct Statement {
    #[command(subcommand)]
    pub(crate) command: StatementCommand,
}

/// What to do with a statement.
#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "arguments are parsed once")]
pub(crate) enum StatementCommand {
    Sign(Sign),
    Show(Show),
    Check(Check),
}

/// Show exactly what would be signed, ask, sign it, and print the command that `govern` takes.
///
/// Everything on the screen is read from the very bytes that are signed, and held against the log, which is verified
/// first. What the log does not ask for is not signed. The answer is read from the terminal; anything but `yes` signs nothing.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  counterfoil statement sign approve agents/log.sqlite 14 --key alice.pem --name alice\n  counterfoil statement sign adopt agents/log.sqlite --policy policy.toml --key gina.pem --name gina -o adopt.json"
)]
pub(crate) struct Sign {
    #[command(subcommand)]
    pub(crate) what: What,
}

/// What is signed for.
#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "arguments are parsed once")]
pub(crate) enum What {
    /// Approve a held payment, or the entry of a phase
    Approve(AboutHeld),
    /// Refuse a held payment, or the entry of a phase; that is final
    Refuse(AboutHeld),
    /// Put a policy in force
    Adopt {
        #[command(flatten)]
        with: With,
        /// The policy
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
    },
    /// Put a new key in the place of the log's, or of one of a member of the governance
    Rotate {
        #[command(flatten)]
        with: With,
        /// The key that goes
        #[arg(long, value_name = "VKEY")]
        old: NamedKey,
        /// The key that comes
        #[arg(long, value_name = "VKEY")]
        new: NamedKey,
    },
    /// Take a key out of use
    Revoke {
        #[command(flatten)]
        with: With,
        /// The key
        #[arg(long, value_name = "VKEY")]
        key_of: NamedKey,
        /// The first record since which it is compromised; left out: it was sound until now
        #[arg(long, value_name = "RECORD", value_parser = index)]
        since: Option<Index>,
    },
    /// Stop payments; the operator alone may do that too, without any signature
    Suspend {
        #[command(flatten)]
        with: With,
        #[command(flatten)]
        scope: Scope,
    },
    /// Let payments go on that were stopped
    Resume {
        #[command(flatten)]
        with: With,
        #[command(flatten)]
        scope: Scope,
    },
    /// Move the clock further than the policy lets it go
    Clock {
        #[command(flatten)]
        with: With,
        /// Until when, such as 2026-11-23T12:00:00Z
        #[arg(long, value_name = "TIME", value_parser = moment)]
        to: Time,
    },
    /// Let a purchase be made while another payment for it is open
    Override {
        #[command(flatten)]
        with: With,
        /// The `pay` command that was denied for it, one JSON line
        pay: PathBuf,
    },
    /// Have a private text erased from beside the log; what its record committed to stays
    Erase {
        #[command(flatten)]
        with: With,
        /// The record that the text was given with
        #[arg(value_parser = index)]
        record: Index,
        /// The commitment to it, where the record has several
        #[arg(long, value_name = "HEX")]
        commitment: Option<Hash32>,
    },
    /// Give up what a failed transaction is owed for a payment
    WriteOff {
        #[command(flatten)]
        with: With,
        /// The payment
        #[arg(value_parser = index)]
        payment: Index,
        /// How much, in the asset's smallest unit
        #[arg(long, value_name = "UNITS")]
        amount: Amount,
    },
}

/// A held payment, or the entry of a phase.
#[derive(clap::Args)]
pub(crate) struct AboutHeld {
    #[command(flatten)]
    pub(crate) with: With,
    /// The payment: the index of the record that held it
    #[arg(value_parser = index, required_unless_present = "run", conflicts_with = "run")]
    pub(crate) payment: Option<Index>,
    /// The run that would enter a phase
    #[arg(long, value_name = "RECORD", value_parser = index, requires = "phase")]
    pub(crate) run: Option<Index>,
    /// The phase that it would enter
    #[arg(long, value_name = "NAME", requires = "run")]
    pub(crate) phase: Option<Id>,
}

/// Which payments; all of them, where nothing is stated.
#[derive(clap::Args)]
pub(crate) struct Scope {
    /// Only of this agent
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<Id>,
    /// Only of this run
    #[arg(long, value_name = "RECORD", value_parser = index)]
    pub(crate) run: Option<Index>,
    /// Only to this account, CAIP-10
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) payee: Option<Text>,
    /// Only in this asset, CAIP-19
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Text>,
}

/// About which log, who signs, for how long, and where it goes.
#[derive(clap::Args)]
pub(crate) struct With {
    /// The log
    pub(crate) log: PathBuf,
    /// The key to sign with, PKCS#8 PEM; the passphrase of an encrypted one is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The name that the key signs under
    #[arg(long)]
    pub(crate) name: Id,
    /// The role to sign in, where the key could sign in several
    #[arg(long)]
    pub(crate) role: Option<Id>,
    /// How long it counts from now, such as 15m [default: as long as the policy lets an answer count; for a `clock` until
    /// its time; else 24h]
    #[arg(long, value_name = "SPAN", value_parser = span)]
    pub(crate) expires: Option<Span>,
    /// Sign without being asked; what is signed is shown all the same
    #[arg(long)]
    pub(crate) yes: bool,
    /// The file to write the command to; if it is there and holds the same command, the statement is added to it
    #[arg(short, long = "out", visible_alias = "add-to", value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// What is believed of the log beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
}

/// Say in words what the statements in a command say.
///
/// Without a log only what their own bytes say; with one, what it stands for there, and whether it is signed.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil statement show alice.json agents/log.sqlite")]
pub(crate) struct Show {
    /// The command, one JSON line as `statement sign` writes it
    pub(crate) file: PathBuf,
    /// The log that they are about
    pub(crate) log: Option<PathBuf>,
    /// What is believed of the log beforehand
    #[arg(long, value_name = "FILE", requires = "log")]
    pub(crate) trust: Option<PathBuf>,
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say whether the log would take it now.
///
/// Decides the command as the log's own core would, without recording it. Exit code 0 if it would be accepted (a payment:
/// allowed or held), 1 if not.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil statement check alice.json agents/log.sqlite --trust agents/trust.toml"
)]
pub(crate) struct Check {
    /// The command, one JSON line as `statement sign` writes it
    pub(crate) file: PathBuf,
    /// The log
    pub(crate) log: PathBuf,
    /// What is believed of the log beforehand
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn index(text: &str) -> Result<Index, String> {
    text.parse().map(Index::new).map_err(|_| "not the index of a record".into())
}

fn span(text: &str) -> Result<Span, String> {
    counterfoil_decide::policy::span(text).ok_or_else(|| "not a time such as 90s, 15m, 24h or 7d".into())
}

fn moment(text: &str) -> Result<Time, String> {
    let stamp: Timestamp = text.parse().map_err(|_| "not a time such as 2026-11-23T12:00:00Z")?;
    let millis = u64::try_from(stamp.as_millisecond()).map_err(|_| "before 1970")?;
    Ok(Time::from_millis(millis))
}
