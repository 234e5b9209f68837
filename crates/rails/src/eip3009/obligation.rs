//! The name of one obligation on chain, and the nonce that ties it to a decision.

use core::fmt;
use core::str::FromStr;

use counterfoil_record::Hash32;

use crate::address::Address;
use crate::caip::Asset;
use crate::text::{hex_array, serde_as_text};

/// Names the one transfer that an authorization can become: token, payer and nonce.
///
/// ```text
/// eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e
///   :0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
///   :0xe8d91d1143035c553d22b23bb3816f47d62c6e30af537e7523c38ff29b221138      (in one line)
/// ```
///
/// It is what the token's `AuthorizationUsed(authorizer, nonce)` event says, with the token it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObligationKey {
    /// The token.
    pub asset: Asset,
    /// Who pays, on the token's chain.
    pub from: Address,
    /// The authorization's nonce.
    pub nonce: Hash32,
}

impl fmt::Display for ObligationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:0x{}", self.asset, self.from, self.nonce)
    }
}

/// The text is not `<asset>:0x<40 hex>:0x<64 hex>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an asset, an address and a nonce")]
pub struct NotAnObligationKey;

impl FromStr for ObligationKey {
    type Err = NotAnObligationKey;

    /// Parses the displayed form, hexadecimal digits in either case.
    ///
    /// # Errors
    /// [`NotAnObligationKey`] for anything else.
    fn from_str(text: &str) -> Result<Self, NotAnObligationKey> {
        let (rest, nonce) = text.rsplit_once(':').ok_or(NotAnObligationKey)?;
        let (asset, from) = rest.rsplit_once(':').ok_or(NotAnObligationKey)?;
        Ok(Self {
            asset: asset.parse().map_err(|_| NotAnObligationKey)?,
            from: from.parse().map_err(|_| NotAnObligationKey)?,
            nonce: hex_array(nonce).map(Hash32).ok_or(NotAnObligationKey)?,
        })
    }
}

serde_as_text!(ObligationKey);

/// The nonce of the payment that a record allows: `SHA-256("counterfoil/obligation/1" || 0x00 || leaf)`,
/// where `leaf` is the RFC 9162 leaf hash of that record.
///
/// It binds which decision, never how much or to whom: those are compared from what was settled.
pub fn slot(leaf: &Hash32) -> Hash32 {
    Hash32::of(&[b"counterfoil/obligation/1", &[0], leaf.bytes()])
}
