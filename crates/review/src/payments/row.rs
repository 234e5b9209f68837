//! One payment request, and what became of it.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_rails::x402::PaymentRequirements;
use counterfoil_record::input::{OpenRun, Pay, RAIL_MOST};
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, OperandName, Outcome};
use counterfoil_record::{Amount, Id, Index, Record, Text, Time};
use serde::Serialize;

use crate::trace::is_against;

/// One payment request, and what became of it. Amounts are in the asset's smallest unit. What is absent could not
/// be read from the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The payment: the record that asked for it.
    pub payment: Index,
    /// When it was asked for.
    pub time: Time,
    /// The run that asked, as the request names it.
    pub run: Index,
    /// The caller's name for that run; absent where no such run was ever opened.
    pub run_id: Option<Id>,
    /// The run's agent.
    pub agent: Option<Id>,
    /// The run's principal.
    pub principal: Option<Id>,
    /// The wallet that would sign, as the request names it.
    pub wallet: Id,
    /// Its account (CAIP-10); absent where the policy has no such wallet.
    pub account: Option<Text>,
    /// The account to be paid (CAIP-10); absent where the offer does not say it in a form that is supported.
    pub payee: Option<Text>,
    /// The asset (CAIP-19); absent as the payee is.
    pub asset: Option<Text>,
    /// What the policy that decided calls the asset; absent where it does not declare it.
    pub asset_name: Option<Id>,
    /// The decimal places of that policy's unit of the asset.
    pub decimals: Option<u64>,
    /// The most that the payment could move.
    pub exposure: Option<Amount>,
    /// Origin and path that were asked.
    pub resource: Text,
    /// What kind of spending it is said to be.
    pub category: Option<Id>,
    /// The idempotency key.
    pub key: Id,
    /// The record that decided last: the request, or a claim of what was held.
    pub decided: Index,
    /// When it did.
    pub decided_time: Time,
    /// How it was decided.
    pub outcome: Outcome,
    /// The codes of that decision.
    pub codes: Vec<Code>,
    /// Its checks that failed or could not be decided, as `check` or `check:rule`.
    pub failing: Vec<String>,
    /// Its checks that waited for people, as `check:rule`.
    pub needing: Vec<String>,
    /// Where the payment stands at the end: a status of the state, or the outcome where none was ever opened.
    pub status: &'static str,
    /// What has settled.
    pub settled: Amount,
    /// What of that came back.
    pub returned: Amount,
    /// What is reserved: the open exposure.
    pub reserved: Amount,
    /// What is owed for it, its transaction having failed.
    pub owed: Amount,
    /// The last record that names it, or that voided it.
    pub last: Index,
    /// The codes of every record about it but the one that decided: what is odd about its facts.
    pub other_codes: BTreeSet<Code>,
}

impl Row {
    /// What the request says by itself, in a run that was opened so.
    pub(super) fn asked(record: &Record, pay: &Pay, run: Option<&OpenRun>) -> Self {
        let requirements = pay.requirements.whole(RAIL_MOST);
        let parsed = requirements.and_then(|bytes| PaymentRequirements::parse(bytes).ok());
        let terms = parsed.and_then(|offer| offer.terms().ok());
        Self {
            payment: record.index,
            time: record.time,
            run: pay.run,
            run_id: run.map(|run| run.id.clone()),
            agent: run.map(|run| run.agent.clone()),
            principal: run.map(|run| run.principal.clone()),
            wallet: pay.wallet.clone(),
            account: None,
            payee: terms.as_ref().map(|terms| Text::shown(terms.payee)),
            asset: terms.as_ref().map(|terms| Text::shown(terms.asset)),
            asset_name: None,
            decimals: None,
            exposure: terms.as_ref().map(|terms| terms.exposure),
            resource: pay.resource.clone(),
            category: pay.category.clone(),
            key: pay.key.clone(),
            decided: record.index,
            decided_time: record.time,
            outcome: record.verdict.outcome,
            codes: Vec::new(),
            failing: Vec::new(),
            needing: Vec::new(),
            status: record.verdict.outcome.code(),
            settled: Amount::ZERO,
            returned: Amount::ZERO,
            reserved: Amount::ZERO,
            owed: Amount::ZERO,
            last: record.index,
            other_codes: BTreeSet::new(),
        }
    }

    /// Takes over what a decision was made on. `after` has the policy that it was made under: no decision on a
    /// payment changes it.
    pub(super) fn decide(&mut self, record: &Record, after: &State) {
        let verdict = &record.verdict;
        (self.decided, self.decided_time) = (record.index, record.time);
        (self.outcome, self.codes) = (verdict.outcome, verdict.codes.clone());
        let failing = verdict.trace.iter().filter(|check| is_against(check));
        self.failing = failing.map(name).collect();
        let needing = verdict.trace.iter().filter(|check| check.result == CheckResult::Needs);
        self.needing = needing.map(name).collect();
        let said = |check, operand| verdict.row(check)?.text(operand)?.as_str().parse::<Text>().ok();
        self.account = said(CheckName::Wallet, OperandName::Account);
        self.payee = said(CheckName::Payee, OperandName::Value).or_else(|| self.payee.take());
        self.asset = said(CheckName::Asset, OperandName::Value).or_else(|| self.asset.take());
        let called =
            verdict.row(CheckName::Asset).and_then(|check| check.text(OperandName::Name).map(Text::as_str));
        self.asset_name = called.and_then(|name| name.parse().ok());
        let policy = after.policy.as_ref().map(|in_force| &in_force.policy);
        let pin = policy.zip(self.asset_name.as_ref()).and_then(|(policy, name)| policy.assets.get(name));
        self.decimals = pin.map(|pin| pin.decimals);
        let obligation = verdict.row(CheckName::Obligation);
        let exposure = obligation.and_then(|check| check.number(OperandName::Exposure));
        self.exposure = exposure.or(self.exposure);
    }
}

fn name(check: &Check) -> String {
    match &check.rule {
        Some(rule) => format!("{}:{rule}", check.check),
        None => check.check.to_string(),
    }
}
