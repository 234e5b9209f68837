//! The permit: what an `allow` record lets a wallet sign.

use super::{CheckName, CheckResult, OperandName, Outcome, Verdict};
use crate::Amount;
use crate::text::Text;

/// What an `allow` record permits: whoever signs for the wallet verifies the record and compares
/// these with what it is asked to sign. They stand in the record as operands of the checks that passed on
/// them, and nowhere else, so that what was checked is what is permitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The paying account, CAIP-10: `account` of `wallet`.
    pub wallet: Text,
    /// The account to be paid, CAIP-10: `value` of `payee`.
    pub payee: Text,
    /// The asset, CAIP-19: `value` of `asset`.
    pub asset: Text,
    /// The scheme: `name` of `obligation`.
    pub scheme: Text,
    /// The transfer method: `method` of `obligation`.
    pub method: Text,
    /// The contract that may move the money, for Permit2: `spender` of `obligation`.
    pub spender: Option<Text>,
    /// The party that settles, for `upto`: `facilitator` of `obligation`.
    pub facilitator: Option<Text>,
    /// The most that the signed payload may let leave: `exposure` of `obligation`.
    pub exposure: Amount,
    /// Unix seconds; the signed payload ends then or before: `permit-until` of `obligation`.
    pub until: u64,
}

impl Verdict {
    /// What is permitted; `None` unless the outcome is `allow`, and where the trace lacks what it takes.
    pub fn permit(&self) -> Option<Permit> {
        if self.outcome != Outcome::Allow {
            return None;
        }
        let passed = |check| self.checks(CheckResult::Pass).find(|row| row.check == check);
        let text = |check, name| passed(check)?.text(name).cloned();
        let obligation = passed(CheckName::Obligation)?;
        Some(Permit {
            wallet: text(CheckName::Wallet, OperandName::Account)?,
            payee: text(CheckName::Payee, OperandName::Value)?,
            asset: text(CheckName::Asset, OperandName::Value)?,
            scheme: text(CheckName::Obligation, OperandName::Name)?,
            method: text(CheckName::Obligation, OperandName::Method)?,
            spender: text(CheckName::Obligation, OperandName::Spender),
            facilitator: text(CheckName::Obligation, OperandName::Facilitator),
            exposure: obligation.number(OperandName::Exposure)?,
            until: obligation.count(OperandName::PermitUntil)?,
        })
    }
}
