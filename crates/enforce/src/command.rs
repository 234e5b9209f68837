//! What a caller submits: the inputs of the log in the form that a caller has them, with headers as they
//! came over the wire and text in the clear. `schemas/command.schema.json` says the same as JSON Schema.

use counterfoil_record::{Amount, Hash32, Id, Index, Time, text::Text};
use serde::{Deserialize, Serialize};

/// One command. In JSON its `type` names it in kebab case; anything unknown in it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Opens the log; taken only when a log is made.
    Genesis {
        /// The log's lasting, unique name.
        origin: Id,
    },
    /// Puts a policy in force.
    AdoptPolicy {
        /// Its TOML.
        source: String,
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
    },
}

/// An agent begins a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenRun {
    /// The caller's name for it, unique among open runs.
    pub id: Id,
    /// The agent, as the policy names it.
    pub agent: Id,
    /// On whose behalf it acts.
    pub principal: Id,
    /// What it is for; stays out of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

impl OpenRun {
    /// A run of `agent` for `principal`, without a purpose.
    pub const fn new(id: Id, agent: Id, principal: Id) -> Self {
        Self { id, agent, principal, purpose: None }
    }
}

/// The run commits to an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// The run.
    pub run: Index,
    /// The artefact's name.
    pub name: Id,
    /// Its media type.
    pub media_type: Id,
    /// SHA-256 of its bytes.
    pub digest: Hash32,
    /// A plan's items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PlanItem>,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanItem {
    /// Its name.
    pub id: Id,
    /// What kind of spending it is.
    pub category: Id,
    /// The account to be paid, CAIP-10.
    pub payee: Text,
    /// The asset, as the policy names it.
    pub asset: Id,
    /// The most that payments for it may add up to, in the smallest unit.
    pub ceiling: Amount,
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub id: Id,
    /// Whether a payment for it can be undone.
    pub reversible: bool,
}

/// Asks to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// The run.
    pub run: Index,
    /// The idempotency key, unique in the run.
    pub key: Id,
    /// The `PAYMENT-REQUIRED` header, base64 as on the wire.
    pub payment_required: String,
    /// Which element of its `accepts`.
    #[serde(default)]
    pub accept: usize,
    /// The URL that was asked.
    pub url: String,
    /// The wallet that would sign, as the policy names it.
    pub wallet: Id,
    /// What kind of spending it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Id>,
    /// The plan item that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Id>,
    /// The transaction that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Index>,
    /// The step of that transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Id>,
    /// What it is for; stays out of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How it would be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensation: Option<Compensation>,
}

/// How a payment would be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compensation {
    /// In the named way, such as `seller-refund`.
    By(Id),
    /// It cannot be.
    Impossible,
}

impl Pay {
    /// Asks to pay the first of what the header accepts.
    pub fn new(run: Index, key: Id, payment_required: &str, url: &str, wallet: Id) -> Self {
        Self {
            run,
            key,
            payment_required: payment_required.into(),
            accept: 0,
            url: url.into(),
            wallet,
            category: None,
            item: None,
            transaction: None,
            step: None,
            purpose: None,
            compensation: None,
        }
    }

    /// With what kind of spending it is.
    pub fn category(mut self, category: Id) -> Self {
        self.category = Some(category);
        self
    }

    /// With the plan item that it is for.
    pub fn item(mut self, item: Id) -> Self {
        self.item = Some(item);
        self
    }

    /// As a step of a transaction, with how it would be undone.
    pub fn part(mut self, transaction: Index, step: Id, compensation: Compensation) -> Self {
        self.transaction = Some(transaction);
        self.step = Some(step);
        self.compensation = Some(compensation);
        self
    }
}
