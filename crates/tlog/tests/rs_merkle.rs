//! Roots and paths against the independent implementation `rs_merkle`.
//!
//! It takes leaf hashes as they are and passes a node without a sibling up unchanged, which is the
//! tree of RFC 9162; the prefix of nodes is ours to add.
#![allow(clippy::unwrap_used, reason = "test code")]

use counterfoil_tlog::{Hash, MemoryTree, leaf_hash, prove_inclusion, verify_inclusion};
use rs_merkle::{Hasher, MerkleTree};
use sha2::{Digest, Sha256};

#[derive(Clone)]
struct Prefixed;

impl Hasher for Prefixed {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update([0x00]).chain_update(data).finalize().into()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| {
            Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
        })
    }
}

#[test]
fn roots_and_paths_agree_for_every_size_up_to_130() {
    let mut tree = MemoryTree::new();
    let mut leaves = Vec::new();
    for size in 1..=130_u64 {
        let entry = size.to_be_bytes();
        tree.append(leaf_hash(&entry));
        leaves.push(Prefixed::hash(&entry));

        let other = MerkleTree::<Prefixed>::from_leaves(&leaves);
        let root = Hash::new(other.root().unwrap());
        assert_eq!(tree.root_at(size), Some(root), "size {size}");
        for (index, leaf) in (0..size).zip(&leaves) {
            let path = other.proof(&[usize::try_from(index).unwrap()]);
            let path: Vec<Hash> = path.proof_hashes().iter().copied().map(Hash::new).collect();
            let proof = prove_inclusion(&tree, index, size).unwrap();
            assert_eq!(proof, path, "index {index} of {size}");
            let leaf = Hash::new(*leaf);
            assert_eq!(verify_inclusion(&leaf, index, size, &path, &root), Ok(()));
        }
    }
}
