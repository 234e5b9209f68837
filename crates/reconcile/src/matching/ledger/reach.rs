//! How far the extracts of a chain reach, and whether they agree.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use counterfoil_rails::caip::ChainId;
use counterfoil_record::{Hash32, Time};

use super::Ledger;
use crate::book::{Book, Request};
use crate::codes::GapCode;
use crate::evidence::{Extract, Log, Range};

impl Ledger {
    /// Each log once. Extracts that say different things of one block, transaction or place disagree.
    pub(super) fn merge(&mut self, chain: ChainId, extracts: &[&Extract]) -> Vec<Log> {
        let mut logs: BTreeMap<(u64, u64, Hash32), (Log, Vec<usize>)> = BTreeMap::new();
        let mut hashes: BTreeMap<u64, Hash32> = BTreeMap::new();
        let mut blocks: BTreeMap<Hash32, u64> = BTreeMap::new();
        let mut places: BTreeMap<(u64, u64), Hash32> = BTreeMap::new();
        let mut times: BTreeMap<u64, u64> = BTreeMap::new();
        let mut odd = BTreeSet::new();
        for (number, extract) in extracts.iter().enumerate() {
            for log in &extract.logs {
                let (_, holders) =
                    logs.entry((log.block, log.index, log.transaction)).or_insert_with(|| (*log, Vec::new()));
                if !holders.is_empty() {
                    self.repeated = self.repeated.saturating_add(1);
                }
                holders.push(number);
                let first = logs.get(&(log.block, log.index, log.transaction)).map(|(first, _)| first);
                let same = first.is_some_and(|it| it.event == log.event && it.contract == log.contract);
                let hash = log.block_hash.is_none_or(|it| *hashes.entry(log.block).or_insert(it) == it);
                let block = *blocks.entry(log.transaction).or_insert(log.block) == log.block;
                let place =
                    *places.entry((log.block, log.index)).or_insert(log.transaction) == log.transaction;
                let time = log.time.is_none_or(|it| *times.entry(log.block).or_insert(it) == it);
                if !(same && hash && block && place && time) {
                    odd.insert(log.block);
                }
            }
        }
        // Time does not go back from block to block.
        let mut latest = 0;
        for (block, time) in times {
            if time < latest {
                odd.insert(block);
            }
            latest = latest.max(time);
        }
        for (log, holders) in logs.values() {
            let missing = extracts.iter().enumerate().any(|(number, extract)| {
                let covers = |range: Range| (range.from_block..=range.to_block).contains(&log.block);
                extract.range.is_some_and(covers) && !holders.contains(&number)
            });
            if missing {
                odd.insert(log.block);
            }
        }
        if let Some(first) = odd.first() {
            let detail = format!("they say different things of block {first} and of {} in all", odd.len());
            self.gap(GapCode::ExtractsDisagree, Some(chain), detail);
        }
        logs.into_values().map(|(log, _)| log).collect()
    }

    /// True if no block is missing between the ranges.
    pub(super) fn follow_on(&mut self, chain: ChainId, ranges: &[Range]) -> bool {
        let mut reached: Option<u64> = None;
        let mut whole = !ranges.is_empty();
        for range in ranges {
            if let Some(last) = reached.filter(|last| range.from_block > last.saturating_add(1)) {
                let (from, to) = (last.saturating_add(1), range.from_block.saturating_sub(1));
                self.gap(GapCode::BlocksMissing, Some(chain), format!("blocks {from} to {to}"));
                whole = false;
            }
            reached = reached.max(Some(range.to_block));
        }
        whole
    }

    /// True if it is shown that the first block is no later than the log's first record.
    pub(super) fn begins(&mut self, book: &Book, chain: ChainId, ranges: &[Range], logs: &[Log]) -> bool {
        let Some(first) = ranges.first() else { return false };
        let Some(since) = book.first.map(Time::seconds) else { return true };
        let stated =
            ranges.iter().filter(|it| it.from_block == first.from_block).filter_map(|it| it.from_time);
        let seen = logs.iter().filter(|log| log.block >= first.from_block).filter_map(|log| log.time);
        let shown = first.from_block == 0 || stated.chain(seen).any(|time| time <= since);
        if !shown {
            let detail =
                format!("nothing shows that block {} is no later than the first record", first.from_block);
            self.gap(GapCode::BeginsLate, Some(chain), detail);
        }
        shown
    }

    pub(super) fn reaches(&mut self, book: &Book, chain: ChainId) {
        let extracts = self.chains.get(&chain).map_or(0, |it| it.extracts);
        if extracts == 0 {
            let detail = "a policy's wallet is on it, and there is no extract".into();
            self.gap(GapCode::NoExtract, Some(chain), detail);
            return;
        }
        let Some(head) = self.head(chain) else { return };
        let on_chain = book.requests.values().filter(|it| it.asset.is_some_and(|asset| asset.chain == chain));
        let dead = on_chain.filter_map(Request::needed_until).max();
        let ended = book.last.is_none_or(|last| head.seconds() >= last.seconds());
        if !ended || dead.is_some_and(|dead| head <= dead) {
            let needed = dead.max(book.last).unwrap_or_default().seconds();
            let detail = format!("at Unix second {}; it takes more than {needed}", head.seconds());
            self.gap(GapCode::EndsEarly, Some(chain), detail);
        }
    }
}
