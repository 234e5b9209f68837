//! The hash of a leaf, of a node and of the empty tree (RFC 9162, section 2.1.1).
//!
//! The first byte keeps leaves and nodes apart: without it, the 64 bytes of two child hashes could
//! be passed off as an entry.
//!
//! ```text
//! 00 <entry>             SHA-256 -> leaf
//! 01 <32 left><32 right> SHA-256 -> node
//! ```

use core::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 hash in the tree: of a leaf, of a node, or a root. 32 bytes.
///
/// Shown as 64 lower-case hexadecimal digits. Ordered as bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hash of an entry of any length: `SHA-256(0x00 || entry)` (RFC 9162, section 2.1.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let digest = Sha256::new().chain_update([0x00]).chain_update(entry);
    Hash(digest.finalize().into())
}

/// The hash of a node: `SHA-256(0x01 || left || right)` (RFC 9162, section 2.1.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    // One buffer and one call: building trees and checking proofs spend their time here.
    let mut buffer = [0x01; 65];
    let [_, children @ ..] = &mut buffer;
    let (left_half, right_half) = children.split_at_mut(32);
    left_half.copy_from_slice(&left.0);
    right_half.copy_from_slice(&right.0);
    Hash(Sha256::digest(buffer).into())
}

/// The root of the tree without leaves: `SHA-256("")` (RFC 9162, section 2.1.1).
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    #[test]
    fn hashes_are_those_published_for_certificate_transparency() {
        // The first roots of the test tree of RFC 6962 implementations: leaves "" and 0x00.
        let cases = [
            (empty_root(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (leaf_hash(b""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (
                node_hash(&leaf_hash(b""), &leaf_hash(&[0])),
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
        ];
        for (hash, hex) in cases {
            assert_eq!(hash.to_string(), hex);
            assert_eq!(format!("{hash:?}"), hex);
        }
    }

    #[test]
    fn an_entry_of_two_child_hashes_is_not_their_node() {
        let (left, right) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let entry = [*left.bytes(), *right.bytes()].concat();
        assert_ne!(leaf_hash(&entry), node_hash(&left, &right));
    }
}
