//! A bundle: what explains some payments of a log to somebody who does not have the log.
//!
//! It holds the records that the payments rest on and those about them, shows that each stands in the tree of one
//! signed checkpoint, and that up to some record none about the payments is left out. A verifier makes the decisions
//! on the payments again from these records alone.
//!
//! ```text
//! "counterfoil-bundle/1" LF  <encoding of Bundle>
//!
//! genesis, every accepted control record ──┐
//! runs, phases, transactions, statements ──┼─▶ made again, verdict and trace byte for byte
//! the payments: each decision and fact ────┘
//! payments that count in the same budgets, plans, mandates ─▶ taken on the log's word, with their facts
//! a later start, stop or heartbeat ─▶ its state digest shows where the payments stand
//! ```
//!
//! What it cannot show: that nothing else counts in a budget, that no payment for the same purchase is open, that a run
//! was not closed and its phase, plan or transaction not moved, that the clock made no step beyond the policy's where
//! records are left out. That is the log's signed word in the trace, which an
//! audit of the whole log makes again.

mod examine;
mod gather;
mod needs;
mod replay;

pub use examine::examine;
pub use gather::{Gather, GatherError};

use alloc::vec::Vec;

use counterfoil_decide::state::Stood;
use counterfoil_record::codec::{Error, Reader, Wire, Writer};
use counterfoil_record::cose::MESSAGE_MOST;
use counterfoil_record::{Hash32, Index, wire_map};

/// The first bytes of every bundle, whatever its version.
pub const PREFIX: &[u8] = b"counterfoil-bundle/";

/// The first bytes of a bundle of the version that is written and read here.
const VERSION: &[u8] = b"counterfoil-bundle/1\n";

/// The longest bundle that is written or read, in bytes: 16 MiB.
pub const BUNDLE_MOST: usize = 16 * 1024 * 1024;

/// The most records of a bundle.
pub const RECORDS_MOST: usize = 16 * 1024;

/// The most payments that one bundle explains.
pub const PAYMENTS_MOST: usize = 256;

wire_map! {
    /// What explains some payments of a log.
    pub struct Bundle {
        /// The payments, rising: each the record that asked for it.
        1 => payments: Vec<Index>,
        /// The signed checkpoint (c2sp.org/tlog-checkpoint).
        2 => checkpoint: Bytes,
        /// The records, rising.
        3 => records: Vec<Shown>,
        /// The hashes of the subtrees that hold none of the records, from left to right.
        4 => hashes: Vec<Hash32>,
        /// That a smaller tree is the beginning of this one.
        5 => earlier: Option<Earlier>,
        /// Where the payments stand, each at the latest record that says so.
        6 => standings: Vec<StoodAt>,
    }
}

wire_map! {
    /// A record of the log.
    pub struct Shown {
        /// Its index.
        1 => index: Index,
        /// Its bytes.
        2 => entry: Bytes,
    }
}

wire_map! {
    /// That a smaller tree is the beginning of the bundle's.
    pub struct Earlier {
        /// The smaller size, in leaves.
        1 => size: u64,
        /// The consistency proof (RFC 9162, section 2.1.4.1).
        2 => hashes: Vec<Hash32>,
    }
}

wire_map! {
    /// Where a payment stands, by the state digest of a record.
    pub struct StoodAt {
        /// The `start`, `stop` or `heartbeat` record.
        1 => record: Index,
        /// The payment, as it stood before that record.
        2 => stood: Stood,
    }
}

/// Bytes of at most 65,535, as long as an entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Bytes(pub Vec<u8>);

impl Wire for Bytes {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0);
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes(MESSAGE_MOST).map(|bytes| Self(bytes.into()))
    }
}

/// Why bytes are not a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// They do not begin as a bundle does.
    #[error("it does not begin as a bundle does")]
    NotABundle,
    /// It is of a version that is not known here.
    #[error("it is of a version that this program does not know")]
    UnknownVersion,
    /// More than [`BUNDLE_MOST`] bytes, [`RECORDS_MOST`] records or [`PAYMENTS_MOST`] payments.
    #[error("it is larger than a bundle may be")]
    TooLarge,
    /// Payments, records or standings that do not rise.
    #[error("its {0} do not rise")]
    OutOfOrder(&'static str),
    /// Not the one encoding of a bundle.
    #[error("{0}")]
    Encoding(#[from] Error),
}

impl Bundle {
    /// The bytes of the file.
    pub fn to_file(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.encode(&mut w);
        [VERSION, &w.into_bytes()].concat()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`BundleError`] says; the offset in an [`BundleError::Encoding`] counts from the end of the first line.
    pub fn from_file(bytes: &[u8]) -> Result<Self, BundleError> {
        let Some(rest) = bytes.strip_prefix(VERSION) else {
            let known = bytes.starts_with(PREFIX);
            return Err(if known { BundleError::UnknownVersion } else { BundleError::NotABundle });
        };
        if bytes.len() > BUNDLE_MOST {
            return Err(BundleError::TooLarge);
        }
        let bundle = Self::from_bytes(rest)?;
        let within = bundle.records.len() <= RECORDS_MOST
            && bundle.payments.len() <= PAYMENTS_MOST
            && bundle.standings.len() <= PAYMENTS_MOST;
        if !within {
            return Err(BundleError::TooLarge);
        }
        let rising = |list: &[Index]| list.is_sorted_by(|one, next| one < next);
        let records: Vec<Index> = bundle.records.iter().map(|shown| shown.index).collect();
        let standings: Vec<Index> = bundle.standings.iter().map(|it| it.stood.index).collect();
        let lists = [("payments", &bundle.payments), ("records", &records), ("standings", &standings)];
        if let Some((name, _)) = lists.into_iter().find(|(_, list)| !rising(list)) {
            return Err(BundleError::OutOfOrder(name));
        }
        Ok(bundle)
    }

    /// The record of that index.
    pub fn read(&self, index: Index) -> Option<&[u8]> {
        let at = self.records.binary_search_by_key(&index, |shown| shown.index).ok()?;
        self.records.get(at).map(|shown| shown.entry.0.as_slice())
    }
}
