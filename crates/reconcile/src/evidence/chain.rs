//! Extracts of a chain's logs.
//!
//! ```text
//! {"chain": "eip155:84532",        CAIP-2
//!  "from_block": "0x0",            the first block that was asked for
//!  "to_block": "0x5",              the last
//!  "head_time": "0x6b03b841",      the time of the last, Unix seconds
//!  "from_time": "0x6b03b840",      the time of the first; may be absent
//!  "logs": [ what eth_getLogs gives ]}
//! ```
//!
//! Of the logs, `Transfer` of ERC-20 tokens and `AuthorizationUsed` and `AuthorizationCanceled` of EIP-3009 are read;
//! others, and other members of the extract, are not. A log that was removed by a reorganisation does not count. A list of logs alone lacks chain
//! and range: whoever hands it in states them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_rails::Address;
use counterfoil_rails::caip::ChainId;
use counterfoil_record::{Amount, Hash32};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::{hash, json, quantity, utf8};
use super::{EvidenceError, Reason};

/// `Transfer(address,address,uint256)`.
pub const TRANSFER: Hash32 = Hash32([
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa, 0x95,
    0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
]);

/// `AuthorizationUsed(address,bytes32)` (EIP-3009).
pub const AUTHORIZATION_USED: Hash32 = Hash32([
    0x98, 0xde, 0x50, 0x35, 0x28, 0xee, 0x59, 0xb5, 0x75, 0xef, 0x0c, 0x0a, 0x25, 0x76, 0xa8, 0x24, 0x97,
    0xbf, 0xc0, 0x29, 0xa5, 0x68, 0x5b, 0x20, 0x9e, 0x9e, 0xc3, 0x33, 0x47, 0x9b, 0x10, 0xa5,
]);

/// `AuthorizationCanceled(address,bytes32)` (EIP-3009).
pub const AUTHORIZATION_CANCELLED: Hash32 = Hash32([
    0x1c, 0xdd, 0x46, 0xff, 0x24, 0x27, 0x16, 0xcd, 0xaa, 0x72, 0xd1, 0x59, 0xd3, 0x39, 0xa4, 0x85, 0xb3,
    0x43, 0x83, 0x98, 0x34, 0x8d, 0x68, 0xf0, 0x9d, 0x7c, 0x8c, 0x0a, 0x59, 0x35, 0x3d, 0x81,
]);

/// The blocks that an extract is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first block.
    pub from_block: u64,
    /// The last block.
    pub to_block: u64,
    /// The time of the last, Unix seconds.
    pub head_time: u64,
    /// The time of the first, Unix seconds, where that is stated.
    pub from_time: Option<u64>,
}

/// One extract.
#[derive(Clone, Debug, Default)]
pub struct Extract {
    /// The chain, where that is stated.
    pub chain: Option<ChainId>,
    /// The blocks, where they are stated.
    pub range: Option<Range>,
    /// The logs that are understood.
    pub logs: Vec<Log>,
    /// How many logs a reorganisation removed.
    pub removed: u64,
    /// How many logs are of other events.
    pub other: u64,
}

/// A log that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract that it is by.
    pub contract: Address,
    /// What it says.
    pub event: Event,
    /// The block.
    pub block: u64,
    /// The block's hash, where that is stated.
    pub block_hash: Option<Hash32>,
    /// The block's time, Unix seconds, where that is stated.
    pub time: Option<u64>,
    /// The transaction.
    pub transaction: Hash32,
    /// The place in the block.
    pub index: u64,
}

/// What a log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A transfer.
    Transfer {
        /// Whose money moved.
        from: Address,
        /// Where it moved to.
        to: Address,
        /// How much; what is more than 2^128-1 stands as that.
        amount: Amount,
    },
    /// An authorization was used.
    Used {
        /// Whose.
        authorizer: Address,
        /// Its nonce.
        nonce: Hash32,
    },
    /// An authorization was taken back: it can never be used.
    Cancelled {
        /// Whose.
        authorizer: Address,
        /// Its nonce.
        nonce: Hash32,
    },
}

impl Event {
    /// Whose money it is about.
    pub const fn payer(&self) -> Address {
        match self {
            Self::Transfer { from, .. } => *from,
            Self::Used { authorizer, .. } | Self::Cancelled { authorizer, .. } => *authorizer,
        }
    }
}

#[derive(Deserialize)]
struct Whole<'a> {
    chain: String,
    from_block: String,
    to_block: String,
    head_time: String,
    #[serde(default)]
    from_time: Option<String>,
    #[serde(borrow)]
    logs: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stated {
    address: String,
    topics: Vec<String>,
    data: String,
    block_number: Option<String>,
    #[serde(default)]
    block_hash: Option<String>,
    #[serde(default)]
    block_timestamp: Option<String>,
    transaction_hash: Option<String>,
    log_index: Option<String>,
    #[serde(default)]
    removed: bool,
}

/// Reads an extract, or a list of logs alone, of at most [`FILE_MOST`](super::FILE_MOST) bytes.
///
/// # Errors
/// [`EvidenceError`] with the place and the [`Reason`].
pub fn read(bytes: &[u8]) -> Result<Extract, EvidenceError> {
    let text = utf8(bytes)?;
    if text.trim_start().starts_with('[') {
        let mut extract = Extract::default();
        return extract.take("", json(text, "")?).map(|()| extract);
    }
    let whole: Whole<'_> = json(text, "")?;
    let number = |place: &str, text: &str| quantity(text).map_err(|reason| reason.at(place));
    let range = Range {
        from_block: number("from_block", &whole.from_block)?,
        to_block: number("to_block", &whole.to_block)?,
        head_time: number("head_time", &whole.head_time)?,
        from_time: whole.from_time.as_deref().map(|text| number("from_time", text)).transpose()?,
    };
    let chain = whole.chain.parse().map_err(|_| Reason::Chain.at("chain"))?;
    let mut extract = Extract { chain: Some(chain), ..Extract::default() };
    extract.take("logs", json(whole.logs.get(), "logs")?)?;
    extract.state(range)?;
    Ok(extract)
}

impl Extract {
    /// States the blocks that it is of.
    ///
    /// # Errors
    /// [`Reason::Backwards`] for a range that ends before it begins, [`Reason::Outside`] for a log outside of it.
    pub fn state(&mut self, range: Range) -> Result<(), EvidenceError> {
        let times = range.from_time.is_none_or(|from| from <= range.head_time);
        if range.from_block > range.to_block || !times {
            return Err(Reason::Backwards.at("to_block"));
        }
        let outside = |log: &Log| {
            !(range.from_block..=range.to_block).contains(&log.block)
                || log.time.is_some_and(|time| time > range.head_time)
        };
        if let Some(log) = self.logs.iter().find(|log| outside(log)) {
            return Err(Reason::Outside.at(format!("the log {} of block {}", log.index, log.block)));
        }
        self.range = Some(range);
        Ok(())
    }

    fn take(&mut self, list: &str, logs: Vec<&RawValue>) -> Result<(), EvidenceError> {
        for (index, raw) in logs.into_iter().enumerate() {
            let place = format!("{list}[{index}]");
            let stated: Stated = json(raw.get(), &place)?;
            if stated.removed {
                self.removed = self.removed.saturating_add(1);
                continue;
            }
            match stated.read().map_err(|(member, reason)| reason.at(format!("{place}.{member}")))? {
                Some(log) => self.logs.push(log),
                None => self.other = self.other.saturating_add(1),
            }
        }
        Ok(())
    }
}

type Fault = (&'static str, Reason);

impl Stated {
    fn read(&self) -> Result<Option<Log>, Fault> {
        let contract = self.address.parse().map_err(|_| ("address", Reason::Address))?;
        let topics = self.topics.iter().map(|topic| hash(topic).map_err(|it| ("topics", it)));
        let topics: Vec<Hash32> = topics.collect::<Result<_, _>>()?;
        let number = |member: &'static str, text: &Option<String>| {
            let text = text.as_deref().ok_or((member, Reason::Pending))?;
            quantity(text).map_err(|reason| (member, reason))
        };
        let block = number("blockNumber", &self.block_number)?;
        let index = number("logIndex", &self.log_index)?;
        let transaction = self.transaction_hash.as_deref().ok_or(("transactionHash", Reason::Pending))?;
        let transaction = hash(transaction).map_err(|reason| ("transactionHash", reason))?;
        let block_hash =
            self.block_hash.as_deref().map(|text| hash(text).map_err(|it| ("blockHash", it))).transpose()?;
        let time = self.block_timestamp.as_deref();
        let time = time.map(|text| quantity(text).map_err(|it| ("blockTimestamp", it))).transpose()?;
        let event = match topics.as_slice() {
            // With a fourth topic it is a token of ERC-721, which is no money here.
            [kind, from, to] if *kind == TRANSFER => Event::Transfer {
                from: address(from).ok_or(("topics", Reason::Address))?,
                to: address(to).ok_or(("topics", Reason::Address))?,
                amount: amount(&self.data).ok_or(("data", Reason::Hash))?,
            },
            [kind, authorizer, nonce] if *kind == AUTHORIZATION_USED => Event::Used {
                authorizer: address(authorizer).ok_or(("topics", Reason::Address))?,
                nonce: *nonce,
            },
            [kind, authorizer, nonce] if *kind == AUTHORIZATION_CANCELLED => Event::Cancelled {
                authorizer: address(authorizer).ok_or(("topics", Reason::Address))?,
                nonce: *nonce,
            },
            _ => return Ok(None),
        };
        Ok(Some(Log { contract, event, block, block_hash, time, transaction, index }))
    }
}

/// The address in a topic, which has twelve zero bytes before it.
fn address(topic: &Hash32) -> Option<Address> {
    let (padding, address) = topic.bytes().split_first_chunk::<12>()?;
    (*padding == [0; 12]).then_some(Address::new(address.try_into().ok()?))
}

/// A `uint256`; what is more than 2^128-1 stands as that.
fn amount(data: &str) -> Option<Amount> {
    let word = hash(data).ok()?;
    let (high, low) = word.bytes().split_first_chunk::<16>()?;
    let low = u128::from_be_bytes(low.try_into().ok()?);
    Some(if *high == [0; 16] { Amount::new(low) } else { Amount::MAX })
}
