//! The transfers that count, out of all extracts and tables, and how far these reach.

mod reach;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset, ChainId};
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_record::{Amount, Hash32, Index, Time};

use super::count;
use crate::book::{Book, Population};
use crate::codes::{GapCode, Worth};
use crate::evidence::{Event, Extract, Log, Range, Transfer};
use crate::report::{Covered, Gap};

/// A transfer that counts.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) transfer: Transfer,
    pub(super) worth: Worth,
    /// Whether a table has it, too.
    pub(super) tabled: bool,
    /// The request that explains it.
    pub(super) owner: Option<Index>,
    /// How it was joined to that.
    pub(super) joined: Joined,
}

/// How a transfer was joined to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    Nonce,
    Transaction,
    Terms,
}

/// What is known of one chain.
#[derive(Clone, Debug, Default)]
struct Chain {
    ranges: Vec<Range>,
    extracts: u64,
    /// Whether everything from before the log's first record to the head is there.
    whole: bool,
}

/// All transfers that count.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub(super) moves: Vec<Move>,
    pub(super) gaps: Vec<Gap>,
    pub(super) undeclared: u64,
    pub(super) repeated: u64,
    pub(super) earlier: u64,
    chains: BTreeMap<ChainId, Chain>,
    nonces: BTreeSet<(ChainId, Address, Hash32)>,
    transactions: BTreeSet<(ChainId, Address, Hash32)>,
    moved_in: BTreeSet<Hash32>,
    cancelled: BTreeSet<ObligationKey>,
}

impl Ledger {
    pub(super) fn of(book: &Book, extracts: &[Extract]) -> Self {
        let mut ledger = Self::default();
        let mut by_chain: BTreeMap<ChainId, Vec<&Extract>> = BTreeMap::new();
        let chains = book.population.chains();
        let only = chains.first().copied().filter(|_| chains.len() == 1);
        for extract in extracts {
            let Some(chain) = extract.chain.or(only) else {
                ledger.gap(GapCode::RangeUnknown, None, "a list of logs came without its chain".into());
                continue;
            };
            if extract.range.is_none() || extract.chain.is_none() {
                let detail = "a list of logs came without its chain, its range or the time of its end";
                ledger.gap(GapCode::RangeUnknown, Some(chain), detail.into());
            }
            by_chain.entry(chain).or_default().push(extract);
        }
        for (chain, extracts) in by_chain {
            ledger.add(book, chain, &extracts);
        }
        for chain in chains {
            ledger.reaches(book, chain);
        }
        ledger
    }

    fn gap(&mut self, code: GapCode, chain: Option<ChainId>, detail: String) {
        self.gaps.push(Gap { code, chain, detail });
    }

    /// The time of the last block of the chain, where an extract says it.
    pub(super) fn head(&self, chain: ChainId) -> Option<Time> {
        let ranges = self.chains.get(&chain)?.ranges.iter();
        ranges.map(|range| range.head_time).max().map(Time::from_seconds)
    }

    /// Whether a transfer of the account has that nonce, or that transaction.
    pub(super) fn has(
        &self,
        chain: ChainId,
        from: Address,
        nonce: Hash32,
        transaction: Option<Hash32>,
    ) -> bool {
        self.nonces.contains(&(chain, from, nonce))
            || transaction.is_some_and(|it| self.transactions.contains(&(chain, from, it)))
    }

    /// Whether a transfer of some wallet is in that transaction.
    pub(super) fn moved_in(&self, transaction: Hash32) -> bool {
        self.moved_in.contains(&transaction)
    }

    /// Whether the wallet took its authorization back.
    pub(super) fn is_cancelled(&self, key: &ObligationKey) -> bool {
        self.cancelled.contains(key)
    }

    /// The last block of the chain that an extract is of.
    pub(super) fn last_block(&self, chain: ChainId) -> Option<u64> {
        self.chains.get(&chain)?.ranges.iter().map(|range| range.to_block).max()
    }

    /// The chain's head, if everything from before the log's first record to there is at hand.
    pub(super) fn whole_until(&self, chain: ChainId) -> Option<Time> {
        self.chains.get(&chain).filter(|it| it.whole).and_then(|_| self.head(chain))
    }

    /// What the extracts of each chain are of.
    pub(super) fn chains(&self, population: &Population) -> Vec<Covered> {
        let all: BTreeSet<ChainId> =
            population.chains().into_iter().chain(self.chains.keys().copied()).collect();
        let covered = all.into_iter().map(|chain| {
            let known = self.chains.get(&chain);
            let ranges = || known.into_iter().flat_map(|it| &it.ranges);
            Covered {
                chain,
                extracts: known.map_or(0, |it| it.extracts),
                from_block: ranges().map(|it| it.from_block).min(),
                to_block: ranges().map(|it| it.to_block).max(),
                head_time: ranges().map(|it| it.head_time).max(),
            }
        });
        covered.collect()
    }

    /// Takes over the extracts of one chain.
    fn add(&mut self, book: &Book, chain: ChainId, extracts: &[&Extract]) {
        let mut ranges: Vec<Range> = extracts.iter().filter_map(|extract| extract.range).collect();
        ranges.sort_by_key(|range| (range.from_block, range.to_block));
        let logs = self.merge(chain, extracts);
        let (follow_on, begins) = (self.follow_on(chain, &ranges), self.begins(book, chain, &ranges, &logs));
        let broken = self.gaps.iter().any(|gap| {
            let breaks = matches!(gap.code, GapCode::RangeUnknown | GapCode::ExtractsDisagree);
            breaks && gap.chain.is_none_or(|it| it == chain)
        });
        let whole = follow_on && begins && !broken;
        self.chains.insert(chain, Chain { ranges, extracts: count(extracts.len()), whole });
        self.join(book, chain, &logs);
    }

    /// Joins authorizations with their transfers, and keeps what counts.
    fn join(&mut self, book: &Book, chain: ChainId, logs: &[Log]) {
        let mut by_transaction: BTreeMap<(u64, Hash32), Vec<&Log>> = BTreeMap::new();
        for log in logs {
            by_transaction.entry((log.block, log.transaction)).or_default().push(log);
        }
        let mut missing: Vec<Hash32> = Vec::new();
        for logs in by_transaction.into_values() {
            let mut by_payer: BTreeMap<(Address, Address), Vec<&Log>> = BTreeMap::new();
            for log in logs {
                by_payer.entry((log.contract, log.event.payer())).or_default().push(log);
            }
            for ((contract, from), logs) in by_payer {
                let asset = Asset { chain, contract };
                let (transfers, alone) = self.paired(asset, &logs);
                let ours = counts(&book.population, asset, Account { chain, address: from }) == Some(true);
                missing.extend(alone.into_iter().filter(|_| ours));
                for transfer in transfers {
                    self.counted(book, transfer, Worth::Chain);
                }
            }
        }
        if let Some(first) = missing.first() {
            let detail = format!("{} authorizations, the first in transaction 0x{first}", missing.len());
            self.gap(GapCode::TransferMissing, Some(chain), detail);
        }
    }

    /// The transfers of one payer and token in one transaction, with the nonces of their authorizations; and the
    /// transactions of authorizations without a transfer.
    fn paired(&mut self, asset: Asset, logs: &[&Log]) -> (Vec<Transfer>, Vec<Hash32>) {
        let used = |log: Option<&&Log>| log.is_some_and(|log| matches!(log.event, Event::Used { .. }));
        let moved = |log: Option<&&Log>| log.is_some_and(|log| matches!(log.event, Event::Transfer { .. }));
        // A transfer follows its authorization; a token that says it the other way round is read from its end.
        let turned = moved(logs.first()) && used(logs.last());
        let mut order = logs.to_vec();
        if turned {
            order.reverse();
        }
        let (mut transfers, mut waiting) = (Vec::new(), VecDeque::new());
        for log in order {
            match log.event {
                Event::Used { nonce, .. } => waiting.push_back((nonce, log.transaction)),
                Event::Cancelled { authorizer, nonce } => {
                    self.cancelled.insert(ObligationKey::Eip3009 { asset, from: authorizer, nonce });
                }
                Event::Transfer { .. } => transfers.extend(transfer(asset.chain, log).map(|transfer| {
                    let nonce = waiting.pop_front().map(|(nonce, _)| nonce);
                    Transfer { nonce, ..transfer }
                })),
            }
        }
        (transfers, waiting.into_iter().map(|(_, transaction)| transaction).collect())
    }

    /// Leaves out what moved before the log began, unless it is a payment's all the same: clocks differ.
    pub(super) fn leave_out_earlier(&mut self, book: &Book) {
        let Some(since) = book.first.map(Time::seconds) else { return };
        let before = self.moves.len();
        self.moves.retain(|it| it.owner.is_some() || it.transfer.time.is_none_or(|time| time >= since));
        self.earlier = count(before.saturating_sub(self.moves.len()));
    }

    fn counted(&mut self, book: &Book, transfer: Transfer, worth: Worth) {
        let wallet = Account { chain: transfer.asset.chain, address: transfer.from };
        match counts(&book.population, transfer.asset, wallet) {
            Some(true) => {
                let (chain, from) = (wallet.chain, wallet.address);
                self.nonces.extend(transfer.nonce.map(|nonce| (chain, from, nonce)));
                self.transactions.insert((chain, from, transfer.transaction));
                self.moved_in.insert(transfer.transaction);
                let tabled = worth == Worth::Operator;
                self.moves.push(Move { transfer, worth, tabled, owner: None, joined: Joined::Nonce });
            }
            Some(false) => self.undeclared = self.undeclared.saturating_add(1),
            None => {}
        }
    }

    /// Takes over the rows of a table. One that a chain or another row has too is the same transfer.
    pub(super) fn tabled(&mut self, book: &Book, table: &[Transfer]) {
        let mut known: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (number, it) in self.moves.iter().enumerate() {
            known.entry(ends(&it.transfer)).or_default().push(number);
        }
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for row in table {
            let alike = known.entry(ends(row)).or_default();
            let same = |it: &Transfer| {
                let places = it.log_index.zip(row.log_index).is_none_or(|(a, b)| a == b);
                places && it.nonce.zip(row.nonce).is_none_or(|(a, b)| a == b)
            };
            let is_same = |number: &usize| self.moves.get(*number).is_some_and(|it| same(&it.transfer));
            let again = alike.iter().copied().find(is_same);
            let fresh = alike.iter().copied().find(|number| is_same(number) && !taken.contains(number));
            if let Some(number) = fresh.or(again) {
                if !taken.insert(number) {
                    self.repeated = self.repeated.saturating_add(1);
                }
                if let Some(it) = self.moves.get_mut(number) {
                    it.tabled = true;
                }
                continue;
            }
            let before = self.moves.len();
            self.counted(book, *row, Worth::Operator);
            if self.moves.len() > before {
                alike.push(before);
                taken.insert(before);
            }
        }
    }
}

/// What two reports of one transfer have in common.
type Ends = (Hash32, Asset, Address, Address, Amount);

const fn ends(it: &Transfer) -> Ends {
    (it.transaction, it.asset, it.from, it.to, it.amount)
}

fn transfer(chain: ChainId, log: &Log) -> Option<Transfer> {
    let Event::Transfer { from, to, amount } = log.event else { return None };
    Some(Transfer {
        asset: Asset { chain, contract: log.contract },
        from,
        to,
        amount,
        nonce: None,
        transaction: log.transaction,
        log_index: Some(log.index),
        block: Some(log.block),
        time: log.time,
    })
}

/// Whether a transfer counts: `None` for one of somebody else, false for an asset that no policy declares.
fn counts(population: &Population, asset: Asset, wallet: Account) -> Option<bool> {
    population.wallets.contains(&wallet).then(|| population.assets.contains_key(&asset))
}
