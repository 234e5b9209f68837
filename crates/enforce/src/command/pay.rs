//! Asking to pay.

use counterfoil_record::{Id, Index};
use serde::{Deserialize, Serialize};

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
    /// The agent's signed request, base64, where the agent has keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Signed statements, base64, that this may be bought while another payment for it is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
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
            request: None,
            overrides: Vec::new(),
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
