//! Which request explains which transfer.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_rails::Address;
use counterfoil_rails::caip::{Asset, ChainId};
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_record::{Hash32, Index, Time};

use super::exchanges::Answers;
use super::ledger::{Joined, Ledger};
use crate::book::{Book, Request};
use crate::codes::Worth;
use crate::evidence::{Said, Transfer};

/// How far a chain's clock may be behind the log's, in seconds, where a transfer has no nonce to go by.
const CLOCKS_APART: u64 = 60;

/// The request that each signature was shown for, or that its nonce names.
#[derive(Clone, Debug, Default)]
pub(super) struct Owners {
    keys: BTreeMap<ObligationKey, Index>,
    /// The same whatever the asset: a wallet could have signed its nonce for another one.
    nonces: BTreeMap<(ChainId, Address, Hash32), Index>,
}

impl Owners {
    pub(super) fn of(book: &Book) -> Self {
        let mut owners = Self::default();
        // What was taken for what was allowed goes before what was only shown.
        for request in book.requests.values() {
            for shown in request.shown.iter().filter(|shown| shown.bound) {
                owners.add(shown.key, request.index);
            }
        }
        for request in book.requests.values() {
            for key in request.keys() {
                owners.add(key, request.index);
            }
        }
        owners
    }

    fn add(&mut self, key: ObligationKey, request: Index) {
        self.keys.entry(key).or_insert(request);
        self.nonces.entry((key.chain(), key.from(), key.nonce())).or_insert(request);
    }

    /// The request that a signature with that key belongs to.
    pub(super) fn owner(&self, key: &ObligationKey) -> Option<Index> {
        let loose = || self.nonces.get(&(key.chain(), key.from(), key.nonce()));
        self.keys.get(key).or_else(loose).copied()
    }

    /// Joins every transfer to the request that explains it.
    pub(super) fn join(&self, book: &Book, ledger: &mut Ledger, answers: &Answers) {
        let mut met: BTreeSet<Index> = BTreeSet::new();
        for it in &mut ledger.moves {
            let Some(nonce) = it.transfer.nonce else { continue };
            let Transfer { asset, from, .. } = it.transfer;
            it.owner = self.owner(&ObligationKey::Eip3009 { asset, from, nonce });
            met.extend(it.owner);
        }
        let named = named(book, answers);
        for it in ledger.moves.iter_mut().filter(|it| it.owner.is_none()) {
            let Some(request) = named.get(&(it.transfer.asset.chain, it.transfer.transaction)) else {
                continue;
            };
            let Some(request) = book.requests.get(request) else { continue };
            let payer = request.wallet.is_some_and(|wallet| wallet.address == it.transfer.from);
            // A nonce that the wallet signed says which transfer it is; another transfer cannot stand in for that, nor one
            // that needed no signature.
            let free = match it.transfer.nonce {
                Some(_) => request.shown.is_empty(),
                None => request.is_permit2() || it.worth == Worth::Operator,
            };
            if payer && free && met.insert(request.index) {
                (it.owner, it.joined) = (Some(request.index), Joined::Transaction);
            }
        }
        let waiting = waiting(book, &met);
        for it in ledger.moves.iter_mut().filter(|it| it.owner.is_none() && it.transfer.nonce.is_none()) {
            let Transfer { asset, from, to, .. } = it.transfer;
            let candidates = waiting.get(&(asset, from, to)).into_iter().flatten();
            let fits = |request: &&Request| {
                !met.contains(&request.index) && by_terms(request, &it.transfer, it.worth == Worth::Operator)
            };
            let found = candidates.filter_map(|index| book.requests.get(index)).find(fits);
            if let Some(request) = found {
                met.insert(request.index);
                (it.owner, it.joined) = (Some(request.index), Joined::Terms);
            }
        }
    }
}

/// The request that each transaction is said to settle.
fn named(book: &Book, answers: &Answers) -> BTreeMap<(ChainId, Hash32), Index> {
    let mut named = BTreeMap::new();
    for request in book.requests.values() {
        let Some(asset) = request.asset else { continue };
        let facts = request.facts.iter().filter_map(|fact| fact.transaction);
        let answered = answers.of_request(request.index).iter().filter_map(|answer| match answer.said {
            Said::Settled { transaction, .. } => transaction,
            _ => None,
        });
        for transaction in answered.chain(facts) {
            named.entry((asset.chain, transaction)).or_insert(request.index);
        }
    }
    named
}

/// The requests that no transfer has met yet, by what they would move from whom to whom.
fn waiting(book: &Book, met: &BTreeSet<Index>) -> BTreeMap<(Asset, Address, Address), Vec<Index>> {
    let mut waiting: BTreeMap<_, Vec<Index>> = BTreeMap::new();
    for request in book.requests.values().filter(|it| !met.contains(&it.index)) {
        let Some(asset) = request.asset else { continue };
        let allowed = request.wallet.zip(request.payee).filter(|_| request.is_allowed());
        let allowed = allowed.map(|(wallet, payee)| (asset, wallet.address, payee.address));
        let shown = request.shown.iter().map(|shown| (asset, shown.key.from(), shown.to));
        let ends: BTreeSet<_> = shown.chain(allowed).collect();
        for end in ends {
            waiting.entry(end).or_default().push(request.index);
        }
    }
    waiting
}

/// Whether a transfer without a nonce is what the request could have become. A chain has no nonce for Permit2 alone, a
/// table may lack it for anything.
fn by_terms(request: &Request, transfer: &Transfer, tabled: bool) -> bool {
    let in_time = transfer.time.is_none_or(|time| {
        let late = request.needed_until().is_some_and(|end| Time::from_seconds(time) > end);
        time.saturating_add(CLOCKS_APART) >= request.at.seconds() && !late
    });
    let allowed = request.is_allowed() && (tabled || request.is_permit2()) && {
        let exposure = request.exposure.unwrap_or_default();
        transfer.amount == exposure || (request.is_upto() && transfer.amount < exposure)
    };
    let shown = request.shown.iter().any(|shown| {
        let permit2 = matches!(shown.key, ObligationKey::Permit2 { .. });
        (tabled || permit2) && shown.to == transfer.to && transfer.amount <= shown.value
    });
    in_time && (allowed || shown)
}
