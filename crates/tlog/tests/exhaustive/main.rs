//! Every tree of up to 130 leaves, every root and every proof, against the definitions of RFC 9162.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code on numbers up to 130"
)]

mod reference;

use counterfoil_tlog::{
    CompactRange, ConsistencyError, Hash, InclusionError, MemoryTree, leaf_hash, prove_consistency,
    prove_inclusion, verify_consistency, verify_inclusion,
};
use sha2::{Digest, Sha256};

const LARGEST: u64 = 130;

/// All proofs of all trees of up to [`LARGEST`] leaves, folded as in
/// [`one_digest_pins_all_proofs`].
const ALL_PROOFS: &str = "3d354ed008486e5dce8afdc7aa10685d2f6cdf752d8f291c5e39d61b4533bc67";

/// Entry `i` is `i` as two bytes, big-endian, so that all differ.
fn entries() -> Vec<Vec<u8>> {
    (0..u16::try_from(LARGEST).unwrap()).map(|index| index.to_be_bytes().to_vec()).collect()
}

fn tree() -> MemoryTree {
    let mut tree = MemoryTree::new();
    for entry in entries() {
        tree.append(leaf_hash(&entry));
    }
    tree
}

fn at(index: u64) -> usize {
    usize::try_from(index).unwrap()
}

fn hashes(reference: &[[u8; 32]]) -> Vec<Hash> {
    reference.iter().copied().map(Hash::new).collect()
}

/// `proof` with one hash dropped, added or changed, in every place.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let stray = leaf_hash(b"stray");
    let mut all = Vec::new();
    for place in 0..=proof.len() {
        for extra in proof.first().into_iter().chain([&stray]) {
            let mut longer = proof.to_vec();
            longer.insert(place, *extra);
            all.push(longer);
        }
    }
    for place in 0..proof.len() {
        let mut shorter = proof.to_vec();
        shorter.remove(place);
        all.push(shorter);
        for (byte, bit) in [(0, 0x80), (15, 0x10), (31, 0x01)] {
            let mut bytes = *proof[place].bytes();
            bytes[byte] ^= bit;
            let mut changed = proof.to_vec();
            changed[place] = Hash::new(bytes);
            all.push(changed);
        }
        if place > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(place - 1, place);
            all.push(swapped);
        }
    }
    all
}

#[test]
fn roots_are_those_of_the_definition() {
    let (entries, whole) = (entries(), tree());
    let mut range = CompactRange::new();
    for size in 0..=LARGEST {
        let root = Hash::new(reference::mth(&entries[..at(size)]));
        assert_eq!(range.size(), size);
        assert_eq!(range.root(), root, "size {size}");
        assert_eq!(whole.root_at(size), Some(root), "size {size}");
        if let Some(entry) = entries.get(at(size)) {
            range.append(leaf_hash(entry));
        }
    }
    assert_eq!(whole.root_at(LARGEST + 1), None);
}

#[test]
fn inclusion_proofs_are_those_of_the_definition_and_verify() {
    let (entries, tree) = (entries(), tree());
    for size in 1..=LARGEST {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let proof = prove_inclusion(&tree, index, size).unwrap();
            let expected = reference::path(at(index), &entries[..at(size)]);
            assert_eq!(proof, hashes(&expected), "{index} in {size}");
            let leaf = leaf_hash(&entries[at(index)]);
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
        }
    }
}

#[test]
fn consistency_proofs_are_those_of_the_definition_and_verify() {
    let (entries, tree) = (entries(), tree());
    for new in 1..=LARGEST {
        let new_root = tree.root_at(new).unwrap();
        for old in 1..=new {
            let proof = prove_consistency(&tree, old, new).unwrap();
            let expected = reference::proof(at(old), &entries[..at(new)]);
            assert_eq!(proof, hashes(&expected), "{old} to {new}");
            let old_root = tree.root_at(old).unwrap();
            let verified = verify_consistency(old, &old_root, new, &new_root, &proof);
            assert_eq!(verified, Ok(()));
        }
    }
}

#[test]
fn spoiled_inclusion_proofs_are_refused() {
    let (entries, tree) = (entries(), tree());
    for size in 1..=LARGEST {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let leaf = leaf_hash(&entries[at(index)]);
            let proof = prove_inclusion(&tree, index, size).unwrap();
            for wrong in spoiled(&proof) {
                let error = if wrong.len() == proof.len() {
                    InclusionError::RootMismatch
                } else {
                    InclusionError::ProofLength {
                        expected: u32::try_from(proof.len()).unwrap(),
                        found: wrong.len(),
                    }
                };
                let refused = verify_inclusion(&leaf, index, size, &wrong, &root);
                assert_eq!(refused, Err(error), "{index} in {size}");
            }
            let mismatch = Err(InclusionError::RootMismatch);
            let other = leaf_hash(b"stray");
            assert_eq!(verify_inclusion(&other, index, size, &proof, &root), mismatch);
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &other), mismatch);
        }
    }
}

/// Within one tree the index decides on which side each hash goes, so a proof serves one index.
#[test]
fn an_inclusion_proof_serves_no_other_index() {
    let (entries, tree) = (entries(), tree());
    for size in 1..=LARGEST {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let leaf = leaf_hash(&entries[at(index)]);
            let proof = prove_inclusion(&tree, index, size).unwrap();
            for other in (0..size).filter(|other| *other != index) {
                let refused = verify_inclusion(&leaf, other, size, &proof, &root);
                let expected = prove_inclusion(&tree, other, size).unwrap().len();
                let error = if expected == proof.len() {
                    InclusionError::RootMismatch
                } else {
                    InclusionError::ProofLength {
                        expected: u32::try_from(expected).unwrap(),
                        found: proof.len(),
                    }
                };
                assert_eq!(refused, Err(error), "{index} as {other} in {size}");
            }
            let error = InclusionError::IndexOutOfRange { index: size, size };
            let refused = verify_inclusion(&leaf, size, size, &proof, &root);
            assert_eq!(refused, Err(error));
        }
    }
}

/// A path alone does not bind the size; together with the root of the other size it does.
#[test]
fn an_inclusion_proof_serves_no_other_size_with_that_sizes_root() {
    let (entries, tree) = (entries(), tree());
    for size in 1..=LARGEST {
        for index in 0..size {
            let leaf = leaf_hash(&entries[at(index)]);
            let proof = prove_inclusion(&tree, index, size).unwrap();
            for other in [size - 1, size + 1, size + 2, size * 2, size / 2] {
                let Some(root) = tree.root_at(other).filter(|_| index < other && other != size) else {
                    continue;
                };
                let expected = prove_inclusion(&tree, index, other).unwrap().len();
                let error = if expected == proof.len() {
                    InclusionError::RootMismatch
                } else {
                    InclusionError::ProofLength {
                        expected: u32::try_from(expected).unwrap(),
                        found: proof.len(),
                    }
                };
                let refused = verify_inclusion(&leaf, index, other, &proof, &root);
                assert_eq!(refused, Err(error), "{index} in {size} as {other}");
            }
        }
    }
}

/// The reason for that: the same path leads to the same root under two sizes.
#[test]
fn a_bare_path_can_verify_under_another_size() {
    let tree = tree();
    let (leaf, root) = (leaf_hash(&entries()[0]), tree.root_at(3).unwrap());
    let proof = prove_inclusion(&tree, 0, 3).unwrap();
    assert_eq!(verify_inclusion(&leaf, 0, 3, &proof, &root), Ok(()));
    assert_eq!(verify_inclusion(&leaf, 0, 4, &proof, &root), Ok(()));
}

#[test]
fn spoiled_consistency_proofs_are_refused() {
    let tree = tree();
    for new in 1..=LARGEST {
        let new_root = tree.root_at(new).unwrap();
        for old in 1..=new {
            let old_root = tree.root_at(old).unwrap();
            let proof = prove_consistency(&tree, old, new).unwrap();
            for wrong in spoiled(&proof) {
                let refused = verify_consistency(old, &old_root, new, &new_root, &wrong);
                if wrong.len() == proof.len() {
                    let mismatch = matches!(
                        refused,
                        Err(ConsistencyError::OldRootMismatch | ConsistencyError::NewRootMismatch)
                    );
                    assert!(mismatch, "{old} to {new}: {refused:?}");
                } else {
                    let error = ConsistencyError::ProofLength {
                        expected: u32::try_from(proof.len()).unwrap(),
                        found: wrong.len(),
                    };
                    assert_eq!(refused, Err(error), "{old} to {new}");
                }
            }
            let stray = leaf_hash(b"stray");
            let wrong_old = verify_consistency(old, &stray, new, &new_root, &proof);
            let wrong_new = verify_consistency(old, &old_root, new, &stray, &proof);
            if old == new {
                assert_eq!(wrong_old, Err(ConsistencyError::RootsDiffer));
                assert_eq!(wrong_new, Err(ConsistencyError::RootsDiffer));
            } else {
                let of_old = if old.is_power_of_two() {
                    ConsistencyError::NewRootMismatch
                } else {
                    ConsistencyError::OldRootMismatch
                };
                assert_eq!(wrong_old, Err(of_old));
                assert_eq!(wrong_new, Err(ConsistencyError::NewRootMismatch));
            }
        }
    }
}

#[test]
fn a_consistency_proof_serves_no_other_sizes_with_their_roots() {
    let tree = tree();
    let root = |size| tree.root_at(size);
    for new in 1..=LARGEST {
        for old in 1..=new {
            let proof = prove_consistency(&tree, old, new).unwrap();
            let others = [
                (old - 1, new),
                (old + 1, new),
                (old * 2, new),
                (old, new - 1),
                (old, new + 1),
                (old, new * 2),
                (old + 1, new + 1),
                (new, old),
            ];
            for (other_old, other_new) in others {
                let (Some(old_root), Some(new_root)) = (root(other_old), root(other_new)) else {
                    continue;
                };
                let result = verify_consistency(other_old, &old_root, other_new, &new_root, &proof);
                if other_old > other_new {
                    let error = ConsistencyError::SizesOutOfOrder { old: other_old, new: other_new };
                    assert_eq!(result, Err(error));
                } else if other_old == 0 {
                    assert_eq!(result, Err(ConsistencyError::EmptyOldTree));
                } else if prove_consistency(&tree, other_old, other_new).unwrap() == proof {
                    // Equal sizes have the empty proof in common.
                    assert_eq!(result, Ok(()));
                    assert!(proof.is_empty() && other_old == other_new);
                } else {
                    assert!(
                        matches!(
                            result,
                            Err(ConsistencyError::ProofLength { .. }
                                | ConsistencyError::OldRootMismatch
                                | ConsistencyError::NewRootMismatch)
                        ),
                        "{old} to {new} as {other_old} to {other_new}: {result:?}"
                    );
                }
            }
        }
    }
}

/// For each size: the root, the path of each index, the proof from each older size, in that order,
/// each as its number of hashes (one byte) and the hashes.
#[test]
fn one_digest_pins_all_proofs() {
    let tree = tree();
    let mut digest = Sha256::new();
    let mut fold = |proof: &[Hash]| {
        digest.update([u8::try_from(proof.len()).unwrap()]);
        for hash in proof {
            digest.update(hash.bytes());
        }
    };
    for size in 0..=LARGEST {
        fold(&[tree.root_at(size).unwrap()]);
        for index in 0..size {
            fold(&prove_inclusion(&tree, index, size).unwrap());
        }
        for old in 1..=size {
            fold(&prove_consistency(&tree, old, size).unwrap());
        }
    }
    assert_eq!(hex::encode(digest.finalize()), ALL_PROOFS);
}
