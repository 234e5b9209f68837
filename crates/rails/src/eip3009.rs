//! EIP-3009 authorizations: what is signed, the digest that is signed (EIP-712), and who signed it.
//!
//! A token that implements EIP-3009 moves `value` from `from` to `to` for whoever presents
//! `from`'s signature on this structure, once, strictly between two times:
//!
//! ```text
//! TransferWithAuthorization(address from,address to,uint256 value,
//!                           uint256 validAfter,uint256 validBefore,bytes32 nonce)
//!
//! digest           = keccak256(0x19 0x01 || domain separator || struct hash)
//! domain separator = keccak256(DOMAIN_TYPE_HASH || keccak256(name) || keccak256(version)
//!                              || chain id || contract)
//! struct hash      = keccak256(TYPE_HASH || from || to || value || validAfter || validBefore || nonce)
//! ```
//!
//! each member of the last two in 32 bytes, numbers big-endian and addresses padded on the left.
//!
//! The contract remembers `(from, nonce)` as used, so that an [`ObligationKey`] names at most one transfer.
//! The payer chooses the nonce; set to [`slot`] of the allowing record it ties the transfer to the
//! decision, and proves that the decision came first.

mod signature;
#[cfg(test)]
mod tests;
mod wallet;

use alloc::string::String;

use counterfoil_record::{Amount, Hash32};

use crate::address::Address;
use crate::caip::{Asset, ChainId};
use crate::eip712::{self, keccak, number, padded};

pub use crate::obligation::{NotAnObligationKey, ObligationKey, slot};
pub use signature::{NotASignature, RecoverError, Signature, recover};
pub use wallet::{NotAWalletKey, WalletKey};

/// The EIP-712 type of an authorization (EIP-3009).
pub const TYPE: &str = "TransferWithAuthorization(address from,address to,uint256 value,\
     uint256 validAfter,uint256 validBefore,bytes32 nonce)";

/// `keccak256` of [`TYPE`].
pub const TYPE_HASH: [u8; 32] = [
    0x7c, 0x7c, 0x6c, 0xdb, 0x67, 0xa1, 0x87, 0x43, 0xf4, 0x9e, 0xc6, 0xfa, 0x9b, 0x35, 0xf5, 0x0d, 0x52,
    0xed, 0x05, 0xcb, 0xed, 0x4c, 0xc5, 0x92, 0xe1, 0x3b, 0x44, 0x50, 0x1c, 0x1a, 0x22, 0x67,
];

/// The EIP-712 type of a domain with name, version, chain and contract.
pub const DOMAIN_TYPE: &str =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

/// `keccak256` of [`DOMAIN_TYPE`].
pub const DOMAIN_TYPE_HASH: [u8; 32] = [
    0x8b, 0x73, 0xc3, 0xc6, 0x9b, 0xb8, 0xfe, 0x3d, 0x51, 0x2e, 0xcc, 0x4c, 0xf7, 0x59, 0xcc, 0x79, 0x23,
    0x9f, 0x7b, 0x17, 0x9b, 0x0f, 0xfa, 0xca, 0xa9, 0xa7, 0x5d, 0x52, 0x2b, 0x39, 0x40, 0x0f,
];

/// What an EIP-712 signature is bound to: one contract on one chain, under the name and version that the
/// contract calls itself by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The contract's EIP-712 name, such as `USDC`. Not the ERC-20 name or symbol.
    pub name: String,
    /// The contract's EIP-712 version, such as `2`.
    pub version: String,
    /// The chain.
    pub chain: ChainId,
    /// The token's contract.
    pub contract: Address,
}

impl Domain {
    /// The token that the domain is of.
    pub const fn asset(&self) -> Asset {
        Asset { chain: self.chain, contract: self.contract }
    }

    /// The EIP-712 domain separator.
    pub fn separator(&self) -> Hash32 {
        keccak(&[
            &DOMAIN_TYPE_HASH,
            &keccak(&[self.name.as_bytes()]).0,
            &keccak(&[self.version.as_bytes()]).0,
            &number(u128::from(self.chain.number())),
            &padded(&self.contract),
        ])
    }
}

/// Permission for one transfer (EIP-3009, `TransferWithAuthorization`).
///
/// On chain the numbers are 256 bits wide; an authorization beyond the widths here is refused when read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Authorization {
    /// Whose money moves, and who signs.
    pub from: Address,
    /// Where it moves to.
    pub to: Address,
    /// How much moves, in the token's smallest unit.
    pub value: Amount,
    /// The transfer is possible in blocks with a time above this, in seconds since the Unix epoch.
    pub valid_after: u64,
    /// The transfer is possible in blocks with a time below this, in seconds since the Unix epoch.
    pub valid_before: u64,
    /// The payer's choice, usable once per `from` and token.
    pub nonce: Hash32,
}

impl Authorization {
    /// The EIP-712 struct hash.
    pub fn struct_hash(&self) -> Hash32 {
        keccak(&[
            &TYPE_HASH,
            &padded(&self.from),
            &padded(&self.to),
            &number(self.value.units()),
            &number(u128::from(self.valid_after)),
            &number(u128::from(self.valid_before)),
            self.nonce.bytes(),
        ])
    }
}

/// What the payer signs: the EIP-712 digest of `authorization` under `domain`.
pub fn digest(domain: &Domain, authorization: &Authorization) -> Hash32 {
    eip712::digest(&domain.separator(), &authorization.struct_hash())
}
