//! Bytes of others, within their share of a record.

use crate::text::Octets;
use crate::{Hash32, wire_choice, wire_map};

/// The most bytes of a rail in one record: an offer, or an answer as evidence.
pub const RAIL_MOST: usize = 16 * 1024;
/// The most bytes of a mandate.
pub const MANDATE_MOST: usize = 12 * 1024;

wire_choice! {
    /// Bytes of others, or what is known of them where they are more than their share of a record.
    pub enum Enclosed {
        /// All of them.
        0 => Whole(Whole),
        /// Too many.
        1 => Oversized(Oversized),
    }
}

wire_map! {
    /// Bytes within their share of a record.
    pub struct Whole {
        /// The bytes.
        1 => bytes: Octets,
    }
}

wire_map! {
    /// Bytes that are more than their share of a record.
    pub struct Oversized {
        /// How many there are.
        1 => length: u64,
        /// SHA-256 of them.
        2 => digest: Hash32,
    }
}

impl Enclosed {
    /// `bytes`, if they are `most` or fewer, else their length and digest.
    pub fn within(most: usize, bytes: &[u8]) -> Self {
        let whole = Some(bytes).filter(|bytes| bytes.len() <= most);
        let octets = whole.and_then(|bytes| Octets::try_from(bytes.to_vec()).ok());
        octets.map_or_else(|| Self::Oversized(Oversized::of(bytes)), |bytes| Self::Whole(Whole { bytes }))
    }

    /// The bytes, if they are all here and `most` or fewer.
    pub fn whole(&self, most: usize) -> Option<&[u8]> {
        match self {
            Self::Whole(whole) => Some(whole.bytes.as_slice()).filter(|bytes| bytes.len() <= most),
            Self::Oversized(_) => None,
        }
    }

    /// What they are like if they are too many.
    pub fn oversized(&self) -> Oversized {
        match self {
            Self::Whole(whole) => Oversized::of(whole.bytes.as_slice()),
            Self::Oversized(oversized) => oversized.clone(),
        }
    }
}

impl Oversized {
    fn of(bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { length, digest: Hash32::of(&[bytes]) }
    }
}
