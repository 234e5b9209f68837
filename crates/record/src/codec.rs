//! The one codec of the wire format: RFC 8949 section 4.2.1 core deterministic encoding, strictly.
//!
//! What is accepted is exactly what [`Writer`] would have written. A map is a map of small unsigned
//! keys in rising order; an absent optional field is left out; an empty list is left out too, so that
//! each value has one encoding:
//!
//! ```text
//! A2            map of 2
//!    01         key 1
//!    18 64      100
//!    03         key 3 (key 2 is optional and absent)
//!    43 616263  h'616263'
//! ```
//!
//! Long integers, indefinite lengths, unsorted or duplicate keys, floats, unknown keys and trailing
//! bytes are refused with a [`Class`] and the offset of the byte that shows it. The reader never indexes
//! and never allocates more than the input holds. It is not a general CBOR library: tags other than 2
//! and 18, negative integers below -24 and simple values other than `false`, `true` and `null` do not
//! occur in the format.

mod reader;
mod wire;
mod writer;

pub use reader::{Fields, Reader};
pub(crate) use wire::fixed;
pub use wire::{Wire, WireMap};
pub use writer::Writer;

use core::fmt;

/// Bytes that are not the deterministic encoding of what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{class} at byte {offset}")]
pub struct Error {
    /// What is wrong.
    pub class: Class,
    /// Offset of the first byte of the item that is wrong, from the start of the decoded bytes.
    pub offset: usize,
}

/// How bytes fail to be the deterministic encoding of what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The input ends inside an item.
    Truncated,
    /// A reserved additional-information value (28 to 30).
    Reserved,
    /// An integer or length that fits in fewer bytes, or a bignum that fits an integer.
    LongInteger,
    /// An indefinite-length item.
    IndefiniteLength,
    /// A map key below the one before it.
    UnsortedKeys,
    /// A map key equal to the one before it.
    DuplicateKey,
    /// A map key that the format does not know here.
    UnknownKey,
    /// A required map key is absent.
    MissingKey,
    /// A floating-point number.
    Float,
    /// An item of another type than the format has here.
    WrongType,
    /// A number, length or choice outside its range.
    OutOfRange,
    /// An empty list, which is written by leaving it out.
    EmptyList,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Text with a character that is not allowed in it.
    ForbiddenCharacter,
    /// Bytes after the end.
    TrailingBytes,
}

impl Class {
    /// The stable name of the class, as vectors and findings print it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Reserved => "reserved",
            Self::LongInteger => "long-integer",
            Self::IndefiniteLength => "indefinite-length",
            Self::UnsortedKeys => "unsorted-keys",
            Self::DuplicateKey => "duplicate-key",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::Float => "float",
            Self::WrongType => "wrong-type",
            Self::OutOfRange => "out-of-range",
            Self::EmptyList => "empty-list",
            Self::NotUtf8 => "not-utf8",
            Self::ForbiddenCharacter => "forbidden-character",
            Self::TrailingBytes => "trailing-bytes",
        }
    }

    /// This class at `offset`.
    pub const fn at(self, offset: usize) -> Error {
        Error { class: self, offset }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests;
