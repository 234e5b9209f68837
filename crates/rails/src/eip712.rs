//! What every EIP-712 digest is made of: Keccak-256 over members of 32 bytes.

use counterfoil_record::Hash32;
use sha3::{Digest as _, Keccak256};

use crate::address::Address;

/// `keccak256(0x19 0x01 || domain separator || struct hash)`.
pub(crate) fn digest(separator: &Hash32, struct_hash: &Hash32) -> Hash32 {
    keccak(&[&[0x19, 0x01], separator.bytes(), struct_hash.bytes()])
}

/// Keccak-256 (the padding before FIPS 202) of the parts, one after the other.
pub(crate) fn keccak(parts: &[&[u8]]) -> Hash32 {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash32(hasher.finalize().into())
}

/// `uint256`: big-endian in 32 bytes.
pub(crate) fn number(value: u128) -> [u8; 32] {
    left_padded(value.to_be_bytes())
}

/// `address`: the 20 bytes at the end of 32.
pub(crate) fn padded(address: &Address) -> [u8; 32] {
    left_padded(*address.bytes())
}

fn left_padded<const N: usize>(bytes: [u8; N]) -> [u8; 32] {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    word
}
