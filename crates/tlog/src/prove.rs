//! Making proofs, over anything that can give the hash of a complete subtree.
//!
//! A complete subtree never changes once its leaves are there, so it is what a log stores. A proof
//! asks for at most one range that is not complete, the right edge of the tree, and puts its hash
//! together from complete ones: a proof needs at most 128 lookups.

use alloc::vec::Vec;

use thiserror::Error;

use crate::{
    compact::fold_peaks,
    hash::{Hash, empty_root},
};

/// Gives the hashes of complete subtrees.
///
/// The same question has to get the same answer for as long as the tree lives: a proof is put
/// together from several answers and is right only if they belong together. The hashes are not
/// checked here; a wrong one shows when the proof is verified.
pub trait Subtrees {
    /// Why a hash cannot be given.
    type Error;

    /// The root of the complete subtree over the leaves `index << level .. (index + 1) << level`.
    ///
    /// `level` is 0 for leaves and at most 63. Only subtrees whose leaves all exist in the tree
    /// that is proved about are asked for.
    ///
    /// # Errors
    ///
    /// Whatever keeps the implementation from giving the hash.
    fn subtree(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// Why a proof could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProveError<E> {
    /// The tree has no leaf with that index.
    #[error("index {index} is outside of a tree of size {size}")]
    IndexOutOfRange {
        /// The index asked about.
        index: u64,
        /// The size of the tree, in leaves.
        size: u64,
    },
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
    /// The hash of a subtree could not be had.
    #[error("the hash of a subtree is not available")]
    Subtree(#[source] E),
}

/// The path of the leaf `index` in the tree of the first `size` leaves, bottom to top: at most 64
/// hashes (`PATH` of RFC 9162, section 2.1.3.1).
///
/// # Errors
///
/// - [`ProveError::IndexOutOfRange`]: `index` is not below `size`.
/// - [`ProveError::Subtree`]: `tree` could not give a hash.
pub fn prove_inclusion<S: Subtrees>(
    tree: &S,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if index >= size {
        return Err(ProveError::IndexOutOfRange { index, size });
    }
    let mut proof = Vec::new();
    let mut range = Range::first(size);
    while let Some((left, right)) = range.split() {
        let (inside, sibling) = if index < right.begin { (left, right) } else { (right, left) };
        proof.push(range_root(tree, sibling).map_err(ProveError::Subtree)?);
        range = inside;
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `new_size` leaves extends that of the first `old_size`, at
/// most 65 hashes (`PROOF` and `SUBPROOF` of RFC 9162, section 2.1.4.1).
///
/// Equal sizes give the empty proof.
///
/// # Errors
///
/// - [`ProveError::EmptyOldTree`]: `old_size` is 0.
/// - [`ProveError::SizesOutOfOrder`]: `old_size` is above `new_size`.
/// - [`ProveError::Subtree`]: `tree` could not give a hash.
pub fn prove_consistency<S: Subtrees>(
    tree: &S,
    old_size: u64,
    new_size: u64,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if old_size > new_size {
        return Err(ProveError::SizesOutOfOrder { old: old_size, new: new_size });
    }
    if old_size == 0 {
        return Err(ProveError::EmptyOldTree);
    }
    let mut proof = Vec::new();
    let mut range = Range::first(new_size);
    // The descent ends at the subtree whose end is the end of the old tree.
    while range.end != old_size {
        let Some((left, right)) = range.split() else {
            break;
        };
        let (inside, sibling) = if old_size <= right.begin { (left, right) } else { (right, left) };
        proof.push(range_root(tree, sibling).map_err(ProveError::Subtree)?);
        range = inside;
    }
    // At the left edge that subtree is the whole old tree, which the verifier knows.
    if range.begin > 0 {
        proof.push(range_root(tree, range).map_err(ProveError::Subtree)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Leaves `begin..end`. INVARIANT: a node of some tree, so `begin` is a multiple of the largest
/// power of two that is not above the width.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    pub(crate) begin: u64,
    end: u64,
}

impl Range {
    /// The first `size` leaves: the whole tree.
    pub(crate) const fn first(size: u64) -> Self {
        Self { begin: 0, end: size }
    }

    /// The two children of a node: the left one takes the largest power of two of leaves that is
    /// below the width. `None` for a leaf and for nothing.
    pub(crate) fn split(self) -> Option<(Self, Self)> {
        let width = self.end.checked_sub(self.begin)?;
        let level = width.checked_sub(1)?.checked_ilog2()?;
        let middle = self.begin.checked_add(1_u64.checked_shl(level)?)?;
        let left = Self { begin: self.begin, end: middle };
        let right = Self { begin: middle, end: self.end };
        Some((left, right))
    }
}

/// The hash of a node (`MTH` of RFC 9162, section 2.1.1), from its complete subtrees.
pub(crate) fn range_root<S: Subtrees>(tree: &S, range: Range) -> Result<Hash, S::Error> {
    let mut peaks = Vec::new();
    let Range { mut begin, end } = range;
    while let Some(level) = end.saturating_sub(begin).checked_ilog2() {
        let index = begin.checked_shr(level).unwrap_or(0);
        // A level is the logarithm of a u64, so at most 63.
        peaks.push(tree.subtree(u8::try_from(level).unwrap_or(u8::MAX), index)?);
        begin = begin.saturating_add(1_u64.checked_shl(level).unwrap_or(0));
    }
    Ok(fold_peaks(&peaks).unwrap_or_else(empty_root))
}

#[cfg(test)]
mod tests {
    use core::cell::RefCell;

    use alloc::vec::Vec;

    use super::*;
    use crate::{
        hash::leaf_hash,
        memory::{MemoryTree, MissingSubtree},
    };

    /// A tree of any size with made-up hashes that notes what it is asked for and checks that the
    /// question keeps within the tree.
    struct Endless {
        size: u64,
        asked: RefCell<Vec<(u8, u64)>>,
    }

    impl Subtrees for Endless {
        type Error = core::convert::Infallible;

        fn subtree(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
            let end = (u128::from(index) + 1) << level;
            assert!(end <= u128::from(self.size), "level {level} index {index}");
            self.asked.borrow_mut().push((level, index));
            Ok(leaf_hash(&[level]))
        }
    }

    #[test]
    fn refuses_what_is_outside_of_the_tree() {
        let tree = MemoryTree::new();
        for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX)] {
            assert_eq!(prove_inclusion(&tree, index, size), Err(ProveError::IndexOutOfRange { index, size }));
        }
        assert_eq!(prove_consistency(&tree, 2, 1), Err(ProveError::SizesOutOfOrder { old: 2, new: 1 }));
        for new in [0, 1, u64::MAX] {
            assert_eq!(prove_consistency(&tree, 0, new), Err(ProveError::EmptyOldTree));
        }
    }

    #[test]
    fn passes_on_that_a_subtree_is_missing() {
        let mut tree = MemoryTree::new();
        tree.append(leaf_hash(b"a"));
        let missing = ProveError::Subtree(MissingSubtree { level: 0, index: 1 });
        assert_eq!(prove_inclusion(&tree, 0, 2), Err(missing));
        assert_eq!(prove_consistency(&tree, 1, 2), Err(missing));
    }

    #[test]
    fn the_largest_trees_need_few_lookups_within_their_size() {
        let sizes = [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1, 10_000_000];
        for size in sizes {
            for at in [0, 1, size / 3, size / 2, size - 2, size - 1] {
                let asked = RefCell::default();
                let tree = Endless { size, asked };
                let length = prove_inclusion(&tree, at, size).unwrap().len();
                assert!(length <= 64 && tree.asked.borrow().len() <= 128);
                tree.asked.borrow_mut().clear();
                let length = prove_consistency(&tree, at + 1, size).unwrap().len();
                assert!(length <= 65 && tree.asked.borrow().len() <= 128);
            }
        }
    }
}
