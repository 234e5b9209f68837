//! What a caller submits: the inputs of the log in the form that a caller has them, with headers as they
//! came over the wire and text in the clear. `schemas/command.schema.json` says the same as JSON Schema.

mod pay;
mod work;

pub use pay::{Compensation, Pay};
pub use work::{Attach, Governance, Mandate, OpenRun, PlanItem, Scope, Step};

use counterfoil_record::key::NamedKey;
use counterfoil_record::{Amount, Hash32, Id, Index, Time};
use serde::{Deserialize, Serialize};

/// One command. In JSON its `type` names it in kebab case; anything unknown in it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "a command is made once, and taken apart at once")]
pub enum Command {
    /// Opens the log; taken only when a log is made.
    Genesis {
        /// The log's lasting, unique name.
        origin: Id,
        /// Who decides about policies and keys; absent: the operator alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        governance: Option<Governance>,
    },
    /// Puts a policy in force.
    AdoptPolicy {
        /// Its TOML.
        source: String,
        /// Signed statements of members of the governance, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// Puts a new key in the place of the log's, or of one of a member of the governance.
    RotateKey {
        /// The key that goes.
        old: NamedKey,
        /// The key that comes.
        new: NamedKey,
        /// Signed statements of members of the governance, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// Takes a key out of use.
    RevokeKey {
        /// The key.
        key: NamedKey,
        /// The first record since which it is compromised; absent: it was sound until now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Index>,
        /// Signed statements of members of the governance, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// Stops payments.
    Suspend {
        /// Which; all of them, where nothing is stated.
        #[serde(default)]
        scope: Scope,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Signed statements of those who asked for it, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// Lets payments go on.
    Resume {
        /// Exactly the scope that was suspended.
        #[serde(default)]
        scope: Scope,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Signed statements of those with the power, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// The core is alive.
    Heartbeat {},
    /// Moves the clock further than the policy lets it go.
    Clock {
        /// Until when, in milliseconds since the Unix epoch.
        to: Time,
        /// Signed statements of those with the power, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
    },
    /// Erases a private text from beside the log; the commitment to it stays in its record.
    Erase {
        /// The record that the text was given with.
        record: Index,
        /// The commitment to it, as that record has it.
        commitment: Hash32,
        /// Signed statements of those with the power, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Bytes came in that made no sense.
    Unreadable {
        /// What they should have been.
        class: Id,
        /// The byte at which they stop making sense.
        #[serde(default)]
        offset: u64,
        /// The bytes, base64; only their length and digest are recorded.
        bytes: String,
    },
    /// The core opened the log.
    Start {},
    /// The core closes the log.
    Stop {},
    /// An agent begins a piece of work.
    OpenRun(OpenRun),
    /// The work is over.
    CloseRun {
        /// The run: the index that `open-run` answered.
        run: Index,
    },
    /// The run commits to an artefact.
    Attach(Attach),
    /// The run moves to another phase.
    EnterPhase {
        /// The run.
        run: Index,
        /// The phase.
        phase: Id,
    },
    /// Opens a transaction.
    Begin {
        /// The run.
        run: Index,
        /// The caller's name for it.
        id: Id,
        /// Its steps, in order.
        steps: Vec<Step>,
        /// After this moment (milliseconds since the Unix epoch) it counts as aborted.
        deadline: Time,
    },
    /// One step was delivered.
    CompleteStep {
        /// The transaction: the index that `begin` answered.
        transaction: Index,
        /// The step.
        step: Id,
        /// SHA-256 of what was delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Hash32>,
    },
    /// The transaction is complete.
    Commit {
        /// The transaction.
        transaction: Index,
    },
    /// The transaction failed.
    Abort {
        /// The transaction.
        transaction: Index,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Asks to pay.
    Pay(Box<Pay>),
    /// Asks again for a held payment.
    Claim {
        /// The payment: the index of the record that held it.
        payment: Index,
    },
    /// Hands in a signed approval or refusal.
    Statement {
        /// The signed statement, base64.
        statement: String,
    },
    /// Shows what the wallet signed.
    Bind {
        /// The payment.
        payment: Index,
        /// The `PAYMENT-SIGNATURE` header, base64 as on the wire.
        payment_signature: String,
    },
    /// A payment settled.
    Settle {
        /// The payment.
        payment: Index,
        /// How much moved, in the asset's smallest unit.
        amount: Amount,
        /// The `PAYMENT-RESPONSE` header, base64 as on the wire.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment_response: Option<String>,
    },
    /// A payment failed.
    Fail {
        /// The payment.
        payment: Index,
        /// The `PAYMENT-RESPONSE` header, base64 as on the wire.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment_response: Option<String>,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The outcome of a payment is not known.
    Unknown {
        /// The payment.
        payment: Index,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Asks to end the reservation of a payment that can no longer be claimed.
    Expire {
        /// The payment.
        payment: Index,
    },
    /// A settled payment was undone.
    Compensate {
        /// The payment.
        payment: Index,
        /// How much came back, in the asset's smallest unit.
        amount: Amount,
        /// What shows it, base64.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
    },
    /// The payee gave money back.
    Refund {
        /// The payment.
        payment: Index,
        /// How much came back, in the asset's smallest unit.
        amount: Amount,
        /// What shows it, base64.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Gives up what a failed transaction is owed.
    WriteOff {
        /// The payment.
        payment: Index,
        /// How much is given up, in the asset's smallest unit.
        amount: Amount,
        /// Signed statements of those with the power, base64.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<String>,
        /// Why; stays out of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Command {
    /// The signed statements that stand in it, base64; `None` for a command in which none can stand.
    pub const fn statements_mut(&mut self) -> Option<&mut Vec<String>> {
        match self {
            Self::AdoptPolicy { statements, .. }
            | Self::RotateKey { statements, .. }
            | Self::RevokeKey { statements, .. }
            | Self::Suspend { statements, .. }
            | Self::Resume { statements, .. }
            | Self::Clock { statements, .. }
            | Self::Erase { statements, .. }
            | Self::WriteOff { statements, .. } => Some(statements),
            Self::Pay(pay) => Some(&mut pay.overrides),
            _ => None,
        }
    }

    /// A policy to be put in force, as far as the operator goes.
    pub fn adopt_policy(source: &str) -> Self {
        Self::AdoptPolicy { source: source.into(), statements: Vec::new() }
    }
}
