//! What a log says about money: its payment requests, what wallets signed for them, and the facts.

mod request;

pub use request::{Fact, FactKind, Permitted, Request, Shown};

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_audit::Checked;
use counterfoil_decide::State;
use counterfoil_decide::policy::Policy;
use counterfoil_decide::state::Terms;
use counterfoil_rails::caip::{Account, Asset, ChainId};
use counterfoil_rails::eip3009::Domain;
use counterfoil_rails::obligation::slot;
use counterfoil_rails::x402::SettleResponse;
use counterfoil_record::input::{Bind, Enclosed, Pay, RAIL_MOST};
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, Grade, OperandName, Outcome};
use counterfoil_record::{Amount, Hash32, Index, Input, Record, Span, Time, Verdict};

use crate::codes::Worth;

/// The wallets and assets of every policy that was in force. What they are on chain does not change with the policy
/// that named them: a transfer out of a wallet that was dropped still counts.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// The accounts that pay.
    pub wallets: BTreeSet<Account>,
    /// The assets that are declared, with the EIP-712 domain that is pinned for each.
    pub assets: BTreeMap<Asset, Domain>,
}

impl Population {
    fn learn(&mut self, policy: &Policy) {
        let accounts =
            policy.wallets.values().filter_map(|rule| rule.account.as_str().parse::<Account>().ok());
        self.wallets.extend(accounts);
        for pin in policy.assets.values() {
            let Ok(asset) = pin.id.as_str().parse::<Asset>() else { continue };
            let domain = Domain {
                name: pin.domain_name.as_str().into(),
                version: pin.domain_version.as_str().into(),
                chain: asset.chain,
                contract: asset.contract,
            };
            self.assets.insert(asset, domain);
        }
    }

    /// The chains that some wallet is on.
    pub fn chains(&self) -> BTreeSet<ChainId> {
        self.wallets.iter().map(|wallet| wallet.chain).collect()
    }
}

/// What an audit's records say about money. It observes every record that followed, in order.
///
/// Memory grows with the number of payment requests, since each can still be met by a transfer.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The payment requests, by the record that asked.
    pub(crate) requests: BTreeMap<Index, Request>,
    /// Settlements of what is no payment request.
    pub(crate) unasked: Vec<(Index, Fact)>,
    /// What counts.
    pub(crate) population: Population,
    /// The time of the first record.
    pub(crate) first: Option<Time>,
    /// The time of the last record.
    pub(crate) last: Option<Time>,
    policy: Option<Index>,
    finality: Span,
}

impl Book {
    /// Takes the next record that followed, and the state after it.
    pub fn observe(&mut self, checked: &Checked, state: &State) {
        let record = &checked.record;
        self.first.get_or_insert(record.time);
        self.last = Some(record.time);
        if let Some(in_force) = &state.policy
            && self.policy != Some(in_force.index)
        {
            self.policy = Some(in_force.index);
            self.finality = in_force.policy.obligations.finality;
            self.population.learn(&in_force.policy);
        }
        match &record.input {
            Input::Pay(pay) => self.asks(checked, pay, state),
            Input::Claim(claim) => self.decided(claim.payment, checked, state),
            Input::Bind(bind) => self.shows(record, bind),
            input => self.fact(record, input),
        }
        if let Some(about) = record.input.payment().or(Some(record.index))
            && let (Some(request), Some(payment)) =
                (self.requests.get_mut(&about), state.payments.get(&about))
        {
            request.stands(record, payment);
        }
    }

    /// The payment requests, in order.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.values()
    }

    /// The wallets and assets that count.
    pub const fn population(&self) -> &Population {
        &self.population
    }

    /// The moment from which nothing that was allowed or signed can settle any more; at the earliest the time of the
    /// last record.
    pub fn needed_until(&self) -> Option<Time> {
        let ends = self.requests.values().filter_map(Request::needed_until);
        ends.chain(self.last).max()
    }

    /// How long after its end a signature could still turn out to have settled, by the last policy.
    pub(crate) const fn finality(&self) -> Span {
        self.finality
    }

    fn asks(&mut self, checked: &Checked, pay: &Pay, state: &State) {
        let record = &checked.record;
        let verdict = &record.verdict;
        let request = Request {
            index: record.index,
            run: pay.run,
            agent: state.runs.get(&pay.run).map(|run| run.agent.clone()),
            resource: pay.resource.clone(),
            at: record.time,
            wallet: text(verdict, CheckName::Wallet, OperandName::Account),
            payee: text(verdict, CheckName::Payee, OperandName::Value),
            asset: text(verdict, CheckName::Asset, OperandName::Value),
            exposure: number(verdict, CheckName::Obligation, OperandName::Exposure),
            decided: record.index,
            outcome: verdict.outcome,
            status: None,
            permitted: None,
            shown: Vec::new(),
            facts: Vec::new(),
            settled_by: None,
            ended_by: None,
        };
        self.requests.insert(record.index, request);
        self.decided(record.index, checked, state);
    }

    /// A claim that is refused without a trace decides nothing.
    fn decided(&mut self, payment: Index, checked: &Checked, state: &State) {
        let record = &checked.record;
        let Some(request) = self.requests.get_mut(&payment) else { return };
        if record.verdict.outcome == Outcome::Refused && record.index != payment {
            return;
        }
        request.decided = record.index;
        request.outcome = record.verdict.outcome;
        if record.verdict.outcome != Outcome::Allow {
            return;
        }
        let Some(terms) = state.payments.get(&payment).and_then(|payment| payment.terms.as_ref()) else {
            return;
        };
        request.wallet = terms.wallet.as_str().parse().ok();
        request.payee = terms.payee.as_str().parse().ok();
        request.asset = terms.asset.as_str().parse().ok();
        request.exposure = Some(terms.exposure);
        request.permitted = Some(permitted(terms, &record.verdict, checked.leaf));
    }

    /// Each signature that was shown for the request and is by one of the wallets: it can move money, whether it was
    /// accepted, differs from what was allowed, or was shown for what was denied.
    fn shows(&mut self, record: &Record, bind: &Bind) {
        let Some(request) = self.requests.get(&bind.payment) else { return };
        let Some(asset) = request.asset else { return };
        let Some(domain) = self.population.assets.get(&asset).cloned() else { return };
        let shown = Shown::read(record, bind, &domain, self.finality);
        let wallet = Account { chain: asset.chain, address: shown.key.from() };
        let ours = shown.is_signed && self.population.wallets.contains(&wallet);
        if let Some(request) = self.requests.get_mut(&bind.payment).filter(|_| ours) {
            request.shown.push(shown);
        }
    }

    fn fact(&mut self, record: &Record, input: &Input) {
        let (payment, kind, amount, evidence) = match input {
            Input::Settle(it) => (it.payment, FactKind::Settled, Some(it.amount), it.evidence.as_ref()),
            Input::Fail(it) => (it.payment, FactKind::Failed, None, it.evidence.as_ref()),
            Input::Unknown(it) => (it.payment, FactKind::Unknown, None, None),
            Input::Expire(it) => (it.payment, FactKind::Expired, None, None),
            Input::Refund(it) => (it.payment, FactKind::Refunded, Some(it.amount), it.evidence.as_ref()),
            Input::Compensate(it) => {
                (it.payment, FactKind::Compensated, Some(it.amount), it.evidence.as_ref())
            }
            _ => return,
        };
        if record.verdict.outcome != Outcome::Accepted {
            return;
        }
        let worth = match record.verdict.grade {
            Some(Grade::Payee) => Worth::Payee,
            _ => Worth::Operator,
        };
        let transaction = evidence.and_then(transaction_of);
        let (record, time) = (record.index, record.time);
        let fact = Fact { record, time, kind, amount, worth, transaction };
        match self.requests.get_mut(&payment) {
            Some(request) => request.facts.push(fact),
            None if kind == FactKind::Settled => self.unasked.push((payment, fact)),
            None => {}
        }
    }
}

/// What was allowed, beside what was asked.
fn permitted(terms: &Terms, verdict: &Verdict, leaf: Hash32) -> Permitted {
    let because = verdict.row(CheckName::Purchase).and_then(|row| row.text(OperandName::Because));
    let repeatable = because.is_some_and(|because| because.as_str() == "repeatable");
    Permitted {
        at: terms.at,
        claimable_until: terms.claimable_until,
        finality: terms.finality,
        purchase: (!repeatable).then_some(terms.purchase),
        slot: slot(&leaf),
        scheme: terms.scheme.clone(),
        method: terms.method.clone(),
    }
}

fn transaction_of(evidence: &Enclosed) -> Option<Hash32> {
    SettleResponse::parse(evidence.whole(RAIL_MOST)?).ok()?.transaction
}

/// The row of that check that applied; else the first.
fn applied(verdict: &Verdict, check: CheckName) -> Option<&Check> {
    let mut rows = verdict.trace.iter().filter(|row| row.check == check);
    rows.find(|row| row.result != CheckResult::NotApplicable).or_else(|| verdict.row(check))
}

fn text<T: core::str::FromStr>(verdict: &Verdict, check: CheckName, name: OperandName) -> Option<T> {
    applied(verdict, check)?.text(name)?.as_str().parse().ok()
}

fn number(verdict: &Verdict, check: CheckName, name: OperandName) -> Option<Amount> {
    applied(verdict, check)?.number(name)
}

/// True where the record took the signature for what was allowed.
pub(crate) fn took(record: &Record) -> bool {
    record.verdict.outcome == Outcome::Accepted && !record.verdict.codes.contains(&Code::BindMismatch)
}
