//! The name of one obligation on chain, and the nonce that ties it to a decision.
//!
//! ```text
//! EIP-3009   eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e
//!              :0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
//!              :0xe8d91d1143035c553d22b23bb3816f47d62c6e30af537e7523c38ff29b221138    (in one line)
//! Permit2    eip155:84532/permit2:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
//!              :0x109f7a0e49747585cbd67af257ea9dab6e29ce09d084752a55dc62bd9516ef66    (in one line)
//! ```
//!
//! A token with EIP-3009 keeps the nonces used of each payer itself; the Permit2 contract keeps them for
//! all tokens of the chain together. So the first key names the token and the second does not.

use core::fmt;
use core::str::FromStr;

use counterfoil_record::Hash32;

use crate::address::Address;
use crate::caip::{Asset, ChainId};
use crate::text::{hex_array, serde_as_text};

#[cfg(test)]
mod tests;

const PERMIT2: &str = "/permit2";

/// Names the one transfer that a signature can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObligationKey {
    /// By EIP-3009: what the token's `AuthorizationUsed(authorizer, nonce)` event says, with the token it
    /// came from.
    Eip3009 {
        /// The token.
        asset: Asset,
        /// Who pays, on the token's chain.
        from: Address,
        /// The authorization's nonce.
        nonce: Hash32,
    },
    /// By Permit2: one bit of the contract's `nonceBitmap(owner, nonce >> 8)`.
    Permit2 {
        /// The chain.
        chain: ChainId,
        /// Who pays, on that chain.
        from: Address,
        /// The permit's nonce, a `uint256` in big-endian bytes.
        nonce: Hash32,
    },
}

impl ObligationKey {
    /// The chain that the transfer happens on.
    pub const fn chain(&self) -> ChainId {
        match self {
            Self::Eip3009 { asset, .. } => asset.chain,
            Self::Permit2 { chain, .. } => *chain,
        }
    }

    /// Who pays.
    pub const fn from(&self) -> Address {
        match self {
            Self::Eip3009 { from, .. } | Self::Permit2 { from, .. } => *from,
        }
    }

    /// The payer's nonce.
    pub const fn nonce(&self) -> Hash32 {
        match self {
            Self::Eip3009 { nonce, .. } | Self::Permit2 { nonce, .. } => *nonce,
        }
    }
}

impl fmt::Display for ObligationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eip3009 { asset, from, nonce } => write!(f, "{asset}:{from}:0x{nonce}"),
            Self::Permit2 { chain, from, nonce } => write!(f, "{chain}{PERMIT2}:{from}:0x{nonce}"),
        }
    }
}

/// The text is neither `<asset>:0x<40 hex>:0x<64 hex>` nor `<chain>/permit2:0x<40 hex>:0x<64 hex>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an asset or permit2, an address and a nonce")]
pub struct NotAnObligationKey;

impl FromStr for ObligationKey {
    type Err = NotAnObligationKey;

    /// Parses the displayed form, hexadecimal digits in either case.
    ///
    /// # Errors
    /// [`NotAnObligationKey`] for anything else.
    fn from_str(text: &str) -> Result<Self, NotAnObligationKey> {
        let (rest, nonce) = text.rsplit_once(':').ok_or(NotAnObligationKey)?;
        let (slots, from) = rest.rsplit_once(':').ok_or(NotAnObligationKey)?;
        let from = from.parse().map_err(|_| NotAnObligationKey)?;
        let nonce = hex_array(nonce).map(Hash32).ok_or(NotAnObligationKey)?;
        if let Some(chain) = slots.strip_suffix(PERMIT2) {
            let chain = chain.parse().map_err(|_| NotAnObligationKey)?;
            Ok(Self::Permit2 { chain, from, nonce })
        } else {
            let asset = slots.parse().map_err(|_| NotAnObligationKey)?;
            Ok(Self::Eip3009 { asset, from, nonce })
        }
    }
}

serde_as_text!(ObligationKey);

/// The nonce of the payment that a record allows: `SHA-256("counterfoil/obligation/1" || 0x00 || leaf)`,
/// where `leaf` is the RFC 9162 leaf hash of that record. For Permit2 its bytes are a `uint256`,
/// big-endian.
///
/// It binds which decision, never how much or to whom: those are compared from what was settled.
pub fn slot(leaf: &Hash32) -> Hash32 {
    Hash32::of(&[b"counterfoil/obligation/1", &[0], leaf.bytes()])
}
