//! One payment request, as the log has it.

use alloc::vec::Vec;

use counterfoil_decide::state::{Payment, Status};
use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::eip3009::{Domain, Signature, recover};
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_rails::x402::{Scheme, Signed, TransferMethod};
use counterfoil_record::input::Bind;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Id, Index, Record, Span, Text, Time};

use crate::codes::Worth;

/// A payment request, whatever came of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The record that asked.
    pub index: Index,
    /// The run.
    pub run: Index,
    /// The agent; `None` where the run is not open.
    pub agent: Option<Id>,
    /// Origin and path that were asked.
    pub resource: Text,
    /// When it was asked.
    pub at: Time,
    /// The account that would pay; `None` where the policy has no such wallet.
    pub wallet: Option<Account>,
    /// The account to be paid; `None` where the offer does not say.
    pub payee: Option<Account>,
    /// The asset; `None` where the offer does not say.
    pub asset: Option<Asset>,
    /// The most that could leave, in the asset's smallest unit; `None` where the offer does not say.
    pub exposure: Option<Amount>,
    /// The record that decided it last.
    pub decided: Index,
    /// What that decided.
    pub outcome: Outcome,
    /// Where it stood when the last record about it was written; `None` for what was denied at once.
    pub status: Option<Status>,
    /// What was allowed; `None` where it was not.
    pub permitted: Option<Permitted>,
    /// What wallets signed for it, as `bind` showed it.
    pub shown: Vec<Shown>,
    /// What was recorded about it.
    pub facts: Vec<Fact>,
    /// The record by which it came to be settled in the log.
    pub(crate) settled_by: Option<Index>,
    /// The record by which it first came to its end in the log.
    pub(crate) ended_by: Option<Index>,
}

/// What was allowed, beside what was asked.
#[derive(Clone, Debug)]
pub struct Permitted {
    /// When it was allowed.
    pub at: Time,
    /// Unix seconds: until then something that was signed could be claimed.
    pub claimable_until: u64,
    /// How long after that it could still turn out to have settled.
    pub finality: Span,
    /// The purchase key; `None` where the policy lets it be bought again and again.
    pub purchase: Option<Hash32>,
    /// The nonce that names the decision.
    pub slot: Hash32,
    /// How the signature turns into transfers.
    pub scheme: Text,
    /// How the asset is transferred.
    pub method: Text,
}

/// A signature of a wallet.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The record that showed it.
    pub record: Index,
    /// The obligation that it makes.
    pub key: ObligationKey,
    /// Whom it pays.
    pub to: Address,
    /// The most that it moves, in the asset's smallest unit.
    pub value: Amount,
    /// Unix seconds: it can settle until then.
    pub valid_until: u64,
    /// How long after that it could still turn out to have settled.
    pub finality: Span,
    /// Whether the log took it for what was allowed.
    pub bound: bool,
    /// Whether the signature is by the account that it names.
    pub is_signed: bool,
}

/// What a fact says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// It settled.
    Settled,
    /// It failed.
    Failed,
    /// What became of it is not known.
    Unknown,
    /// Its reservation ended.
    Expired,
    /// The payee gave back.
    Refunded,
    /// It was undone.
    Compensated,
}

impl FactKind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::Compensated => "compensated",
        }
    }
}

/// What was recorded about a payment.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The record.
    pub record: Index,
    /// Its time.
    pub time: Time,
    /// What it says.
    pub kind: FactKind,
    /// How much, in the asset's smallest unit, where it says so.
    pub amount: Option<Amount>,
    /// Whose word it is.
    pub worth: Worth,
    /// The transaction that its evidence names.
    pub transaction: Option<Hash32>,
}

impl Request {
    /// Takes over where the payment stands after a record about it.
    pub(super) fn stands(&mut self, record: &Record, payment: &Payment) {
        if payment.status == Status::Settled && self.status != Some(Status::Settled) {
            self.settled_by = Some(record.index);
        }
        if payment.status.is_final() {
            self.ended_by.get_or_insert(record.index);
        }
        self.status = Some(payment.status);
        if let (Some(permitted), Some(terms)) = (&mut self.permitted, &payment.terms) {
            permitted.claimable_until = terms.claimable_until;
        }
    }

    /// True where a decision lets money move.
    pub const fn is_allowed(&self) -> bool {
        self.permitted.is_some()
    }

    /// The moment after which what was signed for it cannot have settled; where no signature was shown, what could have
    /// been signed. `None` where nothing was signed or allowed.
    pub fn dead_from(&self) -> Option<Time> {
        let shown = self.shown.iter().map(Shown::dead_from).max();
        shown.or_else(|| self.permitted.as_ref().map(Permitted::dead_from))
    }

    /// The moment after which nothing that was signed for it, or could have been, can settle: how far evidence must reach.
    pub fn needed_until(&self) -> Option<Time> {
        let shown = self.shown.iter().map(Shown::dead_from);
        shown.chain(self.permitted.as_ref().map(Permitted::dead_from)).max()
    }

    /// The keys of what its wallet signed, or may have signed with the slot as the nonce.
    pub(crate) fn keys(&self) -> Vec<ObligationKey> {
        let mut keys: Vec<_> = self.shown.iter().map(|shown| shown.key).collect();
        if let (Some(permitted), Some(asset), Some(wallet)) = (&self.permitted, self.asset, self.wallet) {
            let (from, nonce) = (wallet.address, permitted.slot);
            keys.push(if self.is_permit2() {
                ObligationKey::Permit2 { chain: asset.chain, from, nonce }
            } else {
                ObligationKey::Eip3009 { asset, from, nonce }
            });
        }
        keys
    }

    /// True where the transfer goes through Permit2.
    pub(crate) fn is_permit2(&self) -> bool {
        let permit2 = TransferMethod::Permit2.code();
        self.permitted.as_ref().is_some_and(|it| it.method.as_str() == permit2)
    }

    /// True where less than the exposure may move.
    pub(crate) fn is_upto(&self) -> bool {
        self.permitted.as_ref().is_some_and(|it| it.scheme.as_str() == Scheme::Upto.code())
    }

    /// The last fact of that kind.
    pub(crate) fn last(&self, kind: FactKind) -> Option<&Fact> {
        self.facts.iter().rev().find(|fact| fact.kind == kind)
    }

    /// The best word in the log that it settled, and that something moved for it. Only `upto` settles for nothing.
    pub(crate) fn settlement(&self) -> Option<&Fact> {
        let nothing = |fact: &Fact| self.is_upto() && fact.amount.is_some_and(Amount::is_zero);
        let moved = |fact: &&Fact| fact.kind == FactKind::Settled && !nothing(fact);
        self.facts.iter().rev().filter(moved).max_by_key(|fact| fact.worth)
    }
}

impl Permitted {
    /// The moment after which nothing that was signed under it, or could have been, can have settled.
    pub const fn dead_from(&self) -> Time {
        Time::from_seconds(self.claimable_until).plus(self.finality)
    }
}

impl Shown {
    /// The moment after which it cannot have settled.
    pub const fn dead_from(&self) -> Time {
        Time::from_seconds(self.valid_until).plus(self.finality)
    }

    pub(super) fn read(record: &Record, bind: &Bind, domain: &Domain, finality: Span) -> Self {
        let signed = Signed::stated(&bind.signed);
        let digest = signed.digest(domain);
        let signer = recover(&digest, &Signature::new(bind.signature.0)).ok();
        Self {
            record: record.index,
            key: signed.key(&domain.asset()),
            to: signed.to(),
            value: signed.value(),
            valid_until: signed.valid_until(),
            finality,
            bound: super::took(record),
            is_signed: signer == Some(signed.from()),
        }
    }
}
