//! Permit2 transfers as x402 has them signed: what is signed, and the digest that is signed (EIP-712).
//!
//! Permit2 is one contract at one address ([`CONTRACT`]) on every chain, which its users have allowed to
//! move their tokens. It moves up to `permitted.amount` of `permitted.token` from the signer for
//! `spender` alone, once. In x402 the spender is a contract of the protocol ([`EXACT_PROXY`],
//! [`UPTO_PROXY`]), and the signed witness binds that contract: to whom it pays, from when on, and for
//! `upto` who may call it.
//!
//! ```text
//! PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,
//!                           Witness witness)
//! TokenPermissions(address token,uint256 amount)
//! Witness(address to,uint256 validAfter)                          exact: moves exactly `amount`
//! Witness(address to,address facilitator,uint256 validAfter)      upto: moves at most `amount`
//!
//! digest           = keccak256(0x19 0x01 || domain separator || struct hash)
//! domain separator = keccak256(keccak256(DOMAIN_TYPE) || keccak256("Permit2") || chain id || CONTRACT)
//! struct hash      = keccak256(keccak256(type) || permitted || spender || nonce || deadline || witness)
//! ```
//!
//! where `permitted` and `witness` are struct hashes in the same way, each member in 32 bytes. The domain
//! has no version, and the token is part of what is signed instead of being part of the domain.
//!
//! The contract remembers `(signer, nonce)` as used, whatever the token. [`recover`](crate::eip3009::recover)
//! names the signer, as for EIP-3009.
//!
//! # Nonces
//!
//! A nonce is a `uint256`: 32 bytes big-endian here, a decimal on the wire.
//!
//! ```text
//! 0x0000000000000000000000000000000000000000000000000000000000000100    "256"
//! ```

mod nonce;
#[cfg(test)]
mod tests;

use counterfoil_record::{Amount, Hash32};

use crate::address::Address;
use crate::caip::ChainId;
use crate::eip712::{self, keccak, number, padded};

pub use nonce::{NotANonce, decode_nonce, encode_nonce};

/// The Permit2 contract, `0x000000000022D473030F116dDEE9F6B43aC78BA3` on every chain.
pub const CONTRACT: Address = Address::new([
    0x00, 0x00, 0x00, 0x00, 0x00, 0x22, 0xd4, 0x73, 0x03, 0x0f, 0x11, 0x6d, 0xde, 0xe9, 0xf6, 0xb4, 0x3a,
    0xc7, 0x8b, 0xa3,
]);

/// The spender of scheme `exact`: x402's contract `0x402085c248EeA27D92E8b30b2C58ed07f9E20001`.
pub const EXACT_PROXY: Address = Address::new([
    0x40, 0x20, 0x85, 0xc2, 0x48, 0xee, 0xa2, 0x7d, 0x92, 0xe8, 0xb3, 0x0b, 0x2c, 0x58, 0xed, 0x07, 0xf9,
    0xe2, 0x00, 0x01,
]);

/// The spender of scheme `upto`: x402's contract `0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002`.
pub const UPTO_PROXY: Address = Address::new([
    0x40, 0x20, 0xa4, 0xf3, 0xb7, 0xb9, 0x0c, 0xca, 0x42, 0x3b, 0x9f, 0xab, 0xcc, 0x0c, 0xe5, 0x7c, 0x6c,
    0x24, 0x00, 0x02,
]);

/// The name that the contract calls itself by in its domain.
pub const DOMAIN_NAME: &str = "Permit2";

/// The EIP-712 type of a domain with name, chain and contract.
pub const DOMAIN_TYPE: &str = "EIP712Domain(string name,uint256 chainId,address verifyingContract)";

/// The EIP-712 type of what is permitted (Permit2, `ISignatureTransfer`).
pub const PERMISSIONS_TYPE: &str = "TokenPermissions(address token,uint256 amount)";

/// The EIP-712 type of the witness of scheme `exact`.
pub const EXACT_WITNESS_TYPE: &str = "Witness(address to,uint256 validAfter)";

/// The EIP-712 type of the witness of scheme `upto`.
pub const UPTO_WITNESS_TYPE: &str = "Witness(address to,address facilitator,uint256 validAfter)";

/// The EIP-712 type of a transfer, before the types that it refers to: [`PERMISSIONS_TYPE`], then
/// [`EXACT_WITNESS_TYPE`] or [`UPTO_WITNESS_TYPE`].
pub const TRANSFER_TYPE: &str = "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,\
     uint256 nonce,uint256 deadline,Witness witness)";

/// Permission for one transfer through Permit2 (`PermitWitnessTransferFrom` with x402's witness).
///
/// On chain the numbers are 256 bits wide; a permit beyond the widths here is refused when read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permit2Transfer {
    /// Whose money moves, and who signs. Not itself a part of what is signed: the contract recovers it.
    pub from: Address,
    /// `permitted.token`: the contract of the token that moves.
    pub token: Address,
    /// `permitted.amount`: how much may move, in the token's smallest unit; all of it for `exact`.
    pub amount: Amount,
    /// Who may use the permit: [`EXACT_PROXY`] or [`UPTO_PROXY`] in x402. Any other account could move
    /// the money wherever it likes, since only those contracts heed the witness.
    pub spender: Address,
    /// The payer's choice, a `uint256` in big-endian bytes, usable once per `from` whatever the token.
    pub nonce: Hash32,
    /// The transfer is possible in blocks with a time up to and including this, in seconds since the Unix
    /// epoch.
    pub deadline: u64,
    /// `witness.to`: where the money moves to.
    pub to: Address,
    /// `witness.facilitator`: who alone may settle. With it the witness is that of `upto`, without it
    /// that of `exact`.
    pub facilitator: Option<Address>,
    /// `witness.validAfter`: the transfer is possible in blocks with a time from this on, in seconds since
    /// the Unix epoch.
    pub valid_after: u64,
}

impl Permit2Transfer {
    /// The EIP-712 struct hash.
    pub fn struct_hash(&self) -> Hash32 {
        let (witness_type, witness) = self.witness();
        let permitted =
            keccak(&[&type_hash(&[PERMISSIONS_TYPE]), &padded(&self.token), &number(self.amount.units())]);
        keccak(&[
            &type_hash(&[TRANSFER_TYPE, PERMISSIONS_TYPE, witness_type]),
            permitted.bytes(),
            &padded(&self.spender),
            self.nonce.bytes(),
            &number(u128::from(self.deadline)),
            witness.bytes(),
        ])
    }

    /// The witness's type and struct hash.
    fn witness(&self) -> (&'static str, Hash32) {
        let valid_after = number(u128::from(self.valid_after));
        let to = padded(&self.to);
        match &self.facilitator {
            None => (EXACT_WITNESS_TYPE, keccak(&[&type_hash(&[EXACT_WITNESS_TYPE]), &to, &valid_after])),
            Some(facilitator) => (
                UPTO_WITNESS_TYPE,
                keccak(&[&type_hash(&[UPTO_WITNESS_TYPE]), &to, &padded(facilitator), &valid_after]),
            ),
        }
    }
}

/// The EIP-712 domain separator of the contract on `chain`.
pub fn separator(chain: ChainId) -> Hash32 {
    keccak(&[
        &type_hash(&[DOMAIN_TYPE]),
        keccak(&[DOMAIN_NAME.as_bytes()]).bytes(),
        &number(u128::from(chain.number())),
        &padded(&CONTRACT),
    ])
}

/// What the payer signs: the EIP-712 digest of `transfer` on `chain`.
pub fn digest(chain: ChainId, transfer: &Permit2Transfer) -> Hash32 {
    eip712::digest(&separator(chain), &transfer.struct_hash())
}

/// `keccak256` of a type, which is its own text and then those of the types that it refers to.
fn type_hash(texts: &[&str]) -> [u8; 32] {
    keccak(&texts.iter().map(|text| text.as_bytes()).collect::<alloc::vec::Vec<_>>()).0
}
