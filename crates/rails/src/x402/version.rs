//! Which protocol version a message is of.

use super::ParseError;
use crate::json::Object;

/// A version of the protocol, by `x402Version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Version 1: networks by plain names, offers by `maxAmountRequired`, only `exact` with EIP-3009.
    V1,
    /// Version 2.
    V2,
}

impl Version {
    /// The number on the wire.
    pub const fn number(self) -> u64 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// Reads `x402Version`.
    pub(super) fn read(message: &Object<'_>) -> Result<Self, ParseError> {
        match message.required("x402Version")?.number()? {
            1 => Ok(Self::V1),
            2 => Ok(Self::V2),
            version => Err(ParseError::UnknownVersion(version)),
        }
    }
}
