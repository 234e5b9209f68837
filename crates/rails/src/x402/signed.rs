//! What was signed, whichever way the money moves.

use counterfoil_record::{Amount, Hash32, input};

use super::TransferMethod;
use crate::address::Address;
use crate::caip::Asset;
use crate::eip3009::{self, Authorization, Domain};
use crate::obligation::ObligationKey;
use crate::permit2::{self, Permit2Transfer};

/// What a payer signed, to be held against the terms that were allowed.
///
/// | | EIP-3009 | Permit2 |
/// |---|---|---|
/// | token | that of the domain | signed |
/// | signature usable by | anyone | the spender; for `upto` only when the facilitator calls |
/// | moves | `value` | `amount`, or for `upto` at most `amount` |
/// | in block times | `valid_after < t < valid_before` | `valid_after <= t <= deadline` |
/// | nonce used once per | payer and token | payer |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signed {
    /// An authorization that the token itself honours.
    Eip3009(Authorization),
    /// A permit that the Permit2 contract honours.
    Permit2(Permit2Transfer),
}

impl Signed {
    /// The rail's form of what a record says was signed.
    pub fn stated(stated: &input::Signed) -> Self {
        match stated {
            input::Signed::Eip3009(stated) => Self::Eip3009(Authorization {
                from: Address::new(stated.from.0),
                to: Address::new(stated.to.0),
                value: stated.value,
                valid_after: stated.valid_after,
                valid_before: stated.valid_before,
                nonce: stated.nonce,
            }),
            input::Signed::Permit2(stated) => Self::Permit2(Permit2Transfer {
                from: Address::new(stated.from.0),
                token: Address::new(stated.token.0),
                amount: stated.amount,
                spender: Address::new(stated.spender.0),
                nonce: stated.nonce,
                deadline: stated.deadline,
                to: Address::new(stated.to.0),
                facilitator: stated.facilitator.as_ref().map(|address| Address::new(address.0)),
                valid_after: stated.valid_after,
            }),
        }
    }

    /// How the money moves.
    pub const fn method(&self) -> TransferMethod {
        match self {
            Self::Eip3009(_) => TransferMethod::Eip3009,
            Self::Permit2(_) => TransferMethod::Permit2,
        }
    }

    /// Whose money moves, and who must have signed.
    pub const fn from(&self) -> Address {
        match self {
            Self::Eip3009(signed) => signed.from,
            Self::Permit2(signed) => signed.from,
        }
    }

    /// Where it moves to; for Permit2 the witness's word, which only x402's own spenders heed.
    pub const fn to(&self) -> Address {
        match self {
            Self::Eip3009(signed) => signed.to,
            Self::Permit2(signed) => signed.to,
        }
    }

    /// The most that can move, in the token's smallest unit.
    pub const fn value(&self) -> Amount {
        match self {
            Self::Eip3009(signed) => signed.value,
            Self::Permit2(signed) => signed.amount,
        }
    }

    /// The start of the time in which it can move, in seconds since the Unix epoch: excluded for
    /// EIP-3009, included for Permit2.
    pub const fn valid_after(&self) -> u64 {
        match self {
            Self::Eip3009(signed) => signed.valid_after,
            Self::Permit2(signed) => signed.valid_after,
        }
    }

    /// The end of the time in which it can move, in seconds since the Unix epoch: EIP-3009's
    /// `validBefore`, excluded; Permit2's `deadline`, included. No block with a greater time can move it.
    pub const fn valid_until(&self) -> u64 {
        match self {
            Self::Eip3009(signed) => signed.valid_before,
            Self::Permit2(signed) => signed.deadline,
        }
    }

    /// The payer's nonce; for Permit2 a `uint256` in big-endian bytes.
    pub const fn nonce(&self) -> Hash32 {
        match self {
            Self::Eip3009(signed) => signed.nonce,
            Self::Permit2(signed) => signed.nonce,
        }
    }

    /// The token's contract where it is signed; `None` for EIP-3009, where the domain names it.
    pub const fn token(&self) -> Option<Address> {
        match self {
            Self::Eip3009(_) => None,
            Self::Permit2(signed) => Some(signed.token),
        }
    }

    /// Who alone may use the signature; `None` for EIP-3009, which anyone may present.
    pub const fn spender(&self) -> Option<Address> {
        match self {
            Self::Eip3009(_) => None,
            Self::Permit2(signed) => Some(signed.spender),
        }
    }

    /// Who alone may settle; only `upto` has one.
    pub const fn facilitator(&self) -> Option<Address> {
        match self {
            Self::Eip3009(_) => None,
            Self::Permit2(signed) => signed.facilitator,
        }
    }

    /// The EIP-712 digest that the payer signed: EIP-3009 under `domain`, the token's; Permit2 under
    /// the Permit2 contract's own domain on the chain of `domain`, whatever the rest of `domain` says.
    pub fn digest(&self, domain: &Domain) -> Hash32 {
        match self {
            Self::Eip3009(signed) => eip3009::digest(domain, signed),
            Self::Permit2(signed) => permit2::digest(domain.chain, signed),
        }
    }

    /// The name of the one transfer that the signature can become. `asset` is the token of the terms;
    /// Permit2 takes only the chain from it.
    pub const fn key(&self, asset: &Asset) -> ObligationKey {
        match self {
            Self::Eip3009(signed) => {
                ObligationKey::Eip3009 { asset: *asset, from: signed.from, nonce: signed.nonce }
            }
            Self::Permit2(signed) => {
                ObligationKey::Permit2 { chain: asset.chain, from: signed.from, nonce: signed.nonce }
            }
        }
    }
}
