//! Checking that an entry stands at an index (RFC 9162, section 2.1.3.2).
//!
//! The path holds the sibling of every node from the leaf to the root, bottom to top. Its length
//! follows from index and size alone, so a path of another length is refused before any hash is
//! computed, and the work is bounded by 64 hashes whatever the input.

use thiserror::Error;

use crate::hash::{Hash, node_hash};

/// Why an inclusion proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InclusionError {
    /// The tree has no leaf with that index.
    #[error("index {index} is outside of a tree of size {size}")]
    IndexOutOfRange {
        /// The index asked about.
        index: u64,
        /// The size of the tree, in leaves.
        size: u64,
    },
    /// The path does not have the length that index and size demand.
    #[error("the proof holds {found} hashes instead of {expected}")]
    ProofLength {
        /// The number of hashes demanded.
        expected: u32,
        /// The number of hashes given.
        found: usize,
    },
    /// The path leads from the leaf to another root.
    #[error("the proof leads to another root")]
    RootMismatch,
}

/// Checks that the tree of `size` leaves with the root `root` holds `leaf` at `index`
/// (RFC 9162, section 2.1.3.2).
///
/// `leaf` is a leaf hash, `index` is below `size`, and `proof` runs bottom to top. `size` and
/// `root` have to come from one trusted place: a path may verify under another size as well.
///
/// # Errors
///
/// - [`InclusionError::IndexOutOfRange`]: `index` is not below `size`.
/// - [`InclusionError::ProofLength`]: the proof is not of the length that `index` and `size` give.
/// - [`InclusionError::RootMismatch`]: the hashes lead to a root other than `root`.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), InclusionError> {
    let last = match size.checked_sub(1) {
        Some(last) if index <= last => last,
        _ => return Err(InclusionError::IndexOutOfRange { index, size }),
    };
    let expected = path_length(index, last);
    if u32::try_from(proof.len()) != Ok(expected) {
        return Err(InclusionError::ProofLength { expected, found: proof.len() });
    }

    // `node` and `edge` are the RFC's fn and sn: at each level the index of the node reached and
    // that of the last node. The length was checked, so `edge` is above 0 for every hash.
    let (mut node, mut edge) = (index, last);
    let mut hash = *leaf;
    for sibling in proof {
        if is_right_child(node) || node == edge {
            hash = node_hash(sibling, &hash);
            (node, edge) = skip_lone_levels(node, edge);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, edge) = (node >> 1, edge >> 1);
    }
    if hash == *root { Ok(()) } else { Err(InclusionError::RootMismatch) }
}

/// The length of the path of the leaf `index` in a tree whose last leaf is `last`, at most 64.
///
/// Up to the level where the two meet, every node of the path has a sibling. From there on the
/// path runs along the right edge, where only right children have one.
pub(crate) fn path_length(index: u64, last: u64) -> u32 {
    let meeting = u64::BITS.saturating_sub((index ^ last).leading_zeros());
    let along_edge = index.checked_shr(meeting).map_or(0, u64::count_ones);
    meeting.saturating_add(along_edge)
}

/// Whether a node is the right child of its parent.
pub(crate) const fn is_right_child(node: u64) -> bool {
    node & 1 == 1
}

/// Moves up the levels at which a node on the right edge is a lone left child, so promoted as is.
pub(crate) fn skip_lone_levels(node: u64, edge: u64) -> (u64, u64) {
    let levels = node.trailing_zeros();
    (node.checked_shr(levels).unwrap_or(0), edge.checked_shr(levels).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn refuses_an_index_outside_of_the_tree() {
        let hash = leaf_hash(b"a");
        for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX), (u64::MAX, 0)] {
            assert_eq!(
                verify_inclusion(&hash, index, size, &[], &hash),
                Err(InclusionError::IndexOutOfRange { index, size })
            );
        }
    }

    #[test]
    fn refuses_a_proof_of_another_length() {
        let hash = leaf_hash(b"a");
        let cases = [
            (0, 1, 0),
            (0, 2, 1),
            (2, 3, 1),
            (4, 5, 1),
            (0, 5, 3),
            (0, u64::MAX, 64),
            (u64::MAX - 1, u64::MAX, 63),
            (0, (1 << 63) + 1, 64),
            (1 << 63, (1 << 63) + 1, 1),
        ];
        for (index, size, expected) in cases {
            for found in [0, 1, 2, 3, 4, 62, 63, 64, 65, 1000] {
                let refused = verify_inclusion(&hash, index, size, &vec![hash; found], &hash);
                if u32::try_from(found) == Ok(expected) && expected > 0 {
                    assert_eq!(refused, Err(InclusionError::RootMismatch));
                } else if u32::try_from(found) != Ok(expected) {
                    let error = InclusionError::ProofLength { expected, found };
                    assert_eq!(refused, Err(error), "index {index} of {size}");
                }
            }
        }
    }

    #[test]
    fn a_lone_leaf_is_its_own_root() {
        let (leaf, other) = (leaf_hash(b"a"), leaf_hash(b"b"));
        assert_eq!(verify_inclusion(&leaf, 0, 1, &[], &leaf), Ok(()));
        assert_eq!(verify_inclusion(&leaf, 0, 1, &[], &other), Err(InclusionError::RootMismatch));
    }
}
