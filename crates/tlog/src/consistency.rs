//! Checking that a tree only grew (RFC 9162, section 2.1.4.2).
//!
//! The proof holds the nodes from which both roots can be computed: the old one from a prefix of
//! them, the new one from all. As with a path, its length follows from the two sizes alone and is
//! checked before anything is hashed.

use thiserror::Error;

use crate::{
    hash::{Hash, node_hash},
    inclusion::{is_right_child, path_length, skip_lone_levels},
};

/// Why a consistency proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConsistencyError {
    /// The old tree is empty. Everything extends it, so there is nothing to prove.
    #[error("the old tree is empty")]
    EmptyOldTree,
    /// The old tree is larger than the new one.
    #[error("the old size {old} is above the new size {new}")]
    SizesOutOfOrder {
        /// The old size, in leaves.
        old: u64,
        /// The new size, in leaves.
        new: u64,
    },
    /// The proof does not have the length that the two sizes demand.
    #[error("the proof holds {found} hashes instead of {expected}")]
    ProofLength {
        /// The number of hashes demanded.
        expected: u32,
        /// The number of hashes given.
        found: usize,
    },
    /// Both trees have the same size and different roots: the log shows two histories.
    #[error("two roots for the same size")]
    RootsDiffer,
    /// The proof leads to an old root other than the one given.
    #[error("the proof leads to another old root")]
    OldRootMismatch,
    /// The proof leads to the old root, and to a new root other than the one given.
    ///
    /// When the old size is a power of two the old root is the first node of the computation, so
    /// that a wrong old root shows here.
    #[error("the proof leads to another new root")]
    NewRootMismatch,
}

/// Checks that the first `old_size` leaves of the tree (`new_size`, `new_root`) are the tree
/// (`old_size`, `old_root`) (RFC 9162, section 2.1.4.2).
///
/// The RFC defines proofs for `0 < old_size < new_size`. Equal sizes are accepted with an empty
/// proof and equal roots. An old size of 0 is refused: success would say nothing of `new_root`.
///
/// # Errors
///
/// - [`ConsistencyError::EmptyOldTree`]: `old_size` is 0.
/// - [`ConsistencyError::SizesOutOfOrder`]: `old_size` is above `new_size`.
/// - [`ConsistencyError::ProofLength`]: the proof is not of the length that the sizes give.
/// - [`ConsistencyError::RootsDiffer`]: the sizes are equal and the roots are not.
/// - [`ConsistencyError::OldRootMismatch`]: the hashes do not lead to `old_root`.
/// - [`ConsistencyError::NewRootMismatch`]: the hashes lead to `old_root` and not to `new_root`.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ConsistencyError> {
    if old_size > new_size {
        return Err(ConsistencyError::SizesOutOfOrder { old: old_size, new: new_size });
    }
    let (Some(old_last), Some(new_last)) = (old_size.checked_sub(1), new_size.checked_sub(1)) else {
        return Err(ConsistencyError::EmptyOldTree);
    };
    let expected = proof_length(old_last, new_last);
    if u32::try_from(proof.len()) != Ok(expected) {
        return Err(ConsistencyError::ProofLength { expected, found: proof.len() });
    }
    if old_size == new_size {
        return if old_root == new_root { Ok(()) } else { Err(ConsistencyError::RootsDiffer) };
    }

    // An old tree that is complete is itself the first node; the proof leaves it out.
    let (seed, rest) = match proof.split_first() {
        Some((first, rest)) if !old_size.is_power_of_two() => (first, rest),
        _ => (old_root, proof),
    };
    // `node` and `edge` are the RFC's fn and sn, and start at the level of the largest complete
    // subtree at the old tree's right edge. The length was checked, so `edge` stays above 0.
    let level = old_size.trailing_zeros();
    let mut node = old_last.checked_shr(level).unwrap_or(0);
    let mut edge = new_last.checked_shr(level).unwrap_or(0);
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in rest {
        if is_right_child(node) || node == edge {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            (node, edge) = skip_lone_levels(node, edge);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (node, edge) = (node >> 1, edge >> 1);
    }
    if old_hash != *old_root {
        return Err(ConsistencyError::OldRootMismatch);
    }
    if new_hash != *new_root {
        return Err(ConsistencyError::NewRootMismatch);
    }
    Ok(())
}

/// The length of the proof between trees whose last leaves are `old_last` and `new_last`.
///
/// It is the path of the old tree's last leaf in the new tree, without the levels inside of the
/// complete subtree that ends the old tree, and with the root of that subtree unless it is the
/// whole old tree.
fn proof_length(old_last: u64, new_last: u64) -> u32 {
    if old_last == new_last {
        return 0;
    }
    let inside = old_last.trailing_ones();
    let whole = old_last.checked_shr(inside).unwrap_or(0) == 0;
    path_length(old_last, new_last).saturating_sub(inside).saturating_add(u32::from(!whole))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::hash::{empty_root, leaf_hash};

    #[test]
    fn refuses_an_empty_old_tree() {
        let (empty, leaf) = (empty_root(), leaf_hash(b"a"));
        for (new_size, new_root) in [(0, empty), (1, leaf), (u64::MAX, leaf)] {
            for proof in [vec![], vec![leaf]] {
                assert_eq!(
                    verify_consistency(0, &empty, new_size, &new_root, &proof),
                    Err(ConsistencyError::EmptyOldTree)
                );
            }
        }
    }

    #[test]
    fn refuses_sizes_out_of_order() {
        let hash = leaf_hash(b"a");
        for (old, new) in [(1, 0), (2, 1), (u64::MAX, u64::MAX - 1)] {
            assert_eq!(
                verify_consistency(old, &hash, new, &hash, &[]),
                Err(ConsistencyError::SizesOutOfOrder { old, new })
            );
        }
    }

    #[test]
    fn refuses_a_proof_of_another_length() {
        let hash = leaf_hash(b"a");
        let cases = [
            (1, 1, 0),
            (1, 2, 1),
            (1, 8, 3),
            (2, 5, 2),
            (3, 5, 4),
            (6, 7, 3),
            (6, 8, 3),
            (1, u64::MAX, 64),
            (1 << 63, u64::MAX, 1),
            ((1 << 63) - 1, u64::MAX, 65),
        ];
        for (old, new, expected) in cases {
            for found in [0, 1, 2, 3, 4, 5, 63, 64, 65, 66, 1000] {
                if u32::try_from(found) != Ok(expected) {
                    assert_eq!(
                        verify_consistency(old, &hash, new, &hash, &vec![hash; found]),
                        Err(ConsistencyError::ProofLength { expected, found }),
                        "{old} to {new}"
                    );
                }
            }
        }
    }

    #[test]
    fn two_roots_for_one_size_are_told_apart() {
        let (one, two) = (leaf_hash(b"a"), leaf_hash(b"b"));
        assert_eq!(verify_consistency(7, &one, 7, &one, &[]), Ok(()));
        assert_eq!(verify_consistency(7, &one, 7, &two, &[]), Err(ConsistencyError::RootsDiffer));
    }

    #[test]
    fn each_root_is_told_apart() {
        let [a, b, c] = [b"a", b"b", b"c"].map(|entry| leaf_hash(entry));
        let old = node_hash(&a, &b);
        let new = node_hash(&old, &c);
        assert_eq!(verify_consistency(2, &old, 3, &new, &[c]), Ok(()));
        assert_eq!(verify_consistency(2, &old, 3, &old, &[c]), Err(ConsistencyError::NewRootMismatch));
        let four = node_hash(&old, &node_hash(&c, &a));
        assert_eq!(verify_consistency(3, &new, 4, &four, &[c, a, old]), Ok(()));
        assert_eq!(
            verify_consistency(3, &old, 4, &four, &[c, a, old]),
            Err(ConsistencyError::OldRootMismatch)
        );
        assert_eq!(
            verify_consistency(3, &new, 4, &new, &[c, a, old]),
            Err(ConsistencyError::NewRootMismatch)
        );
    }
}
