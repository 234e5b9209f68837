//! Evidence from outside of the log, read strictly: chain extracts, exchanges with facilitators, tables of transfers.
//!
//! Each reader takes the bytes of one file. What it keeps is bounded by them, and nesting that nobody asks for costs
//! no stack. An error names its place in the file and quotes nothing of it.

pub mod chain;
pub mod facilitator;
pub mod table;
#[cfg(test)]
mod tests;
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_rails::Address;
use counterfoil_rails::caip::Asset;
use counterfoil_record::{Amount, Hash32};

pub use chain::{Event, Extract, Log, Range};
pub use facilitator::{Exchange, Exchanges, Said};
pub use text::quantity;

/// The most bytes of one file of evidence: 64 MiB.
pub const FILE_MOST: usize = 64 * 1024 * 1024;

/// All that there is to compare with a log.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What chains say.
    pub extracts: Vec<Extract>,
    /// What facilitators answered, in the order of the files.
    pub exchanges: Vec<Exchanges>,
    /// Transfers by the word of whoever wrote the table, one list for each file.
    pub tables: Vec<Vec<Transfer>>,
}

/// One transfer of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The token.
    pub asset: Asset,
    /// Whose money moved.
    pub from: Address,
    /// Where it moved to.
    pub to: Address,
    /// How much, in the token's smallest unit; what is more than 2^128-1 stands as that.
    pub amount: Amount,
    /// The nonce of the authorization that was used for it, where that is known.
    pub nonce: Option<Hash32>,
    /// The transaction.
    pub transaction: Hash32,
    /// The place of its event in the block.
    pub log_index: Option<u64>,
    /// The block.
    pub block: Option<u64>,
    /// The block's time, Unix seconds.
    pub time: Option<u64>,
}

/// Why a file is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct EvidenceError {
    /// Where: `logs[3].data`, `line 4, amount`.
    pub place: String,
    /// Why.
    pub reason: Reason,
}

/// What is wrong with evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file has more than [`FILE_MOST`] bytes.
    #[error("more than 64 MiB")]
    TooLarge,
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// It is not JSON.
    #[error("not JSON")]
    NotJson,
    /// A member is missing, stands twice, or is of another type than it should be.
    #[error("not of the form that is read: a member is missing, stands twice, or has another type")]
    Shape,
    /// Not a quantity: `0x` and 1 to 16 hexadecimal digits.
    #[error("not 0x and 1 to 16 hexadecimal digits")]
    Quantity,
    /// Not a number that can be read.
    #[error("not an unsigned decimal integer in range, without sign, space or leading zero")]
    Decimal,
    /// Not an address.
    #[error("not 0x and 40 hexadecimal digits")]
    Address,
    /// Not 32 bytes.
    #[error("not 0x and 64 hexadecimal digits")]
    Hash,
    /// Not a chain.
    #[error("not an eip155 chain id")]
    Chain,
    /// The range ends before it begins.
    #[error("the range ends before it begins")]
    Backwards,
    /// A log of a block that is outside of the extract's range.
    #[error("outside of the extract's range")]
    Outside,
    /// A log that is in no block yet.
    #[error("in no block")]
    Pending,
    /// The answer is about another payer or network than its request.
    #[error("the answer is about another payer or network than the request")]
    OtherRequest,
    /// The table has no such column, and must have.
    #[error("the column is missing")]
    ColumnMissing,
    /// The table has a column that is not known, or one twice.
    #[error("the column is not known, or stands twice")]
    Column,
    /// A row has more or fewer cells than the header.
    #[error("another number of cells than the header has")]
    Cells,
}

impl Reason {
    /// The error at `place`.
    pub(crate) fn at(self, place: impl Into<String>) -> EvidenceError {
        EvidenceError { place: place.into(), reason: self }
    }
}
