//! The frontier of a tree that only grows: enough to append and to give the root.
//!
//! A tree of `size` leaves is a row of complete subtrees, one for each bit set in `size`, the
//! largest first. Their roots, the *peaks*, are all that an append needs:
//!
//! ```text
//! size 5 = 0b101   peaks: [leaves 0..4], [leaf 4]
//! append           [leaf 4] and [leaf 5] merge: one merge for each trailing one of the size
//! size 6 = 0b110   peaks: [leaves 0..4], [leaves 4..6]
//! ```

use alloc::vec::Vec;

use crate::hash::{Hash, empty_root, node_hash};

/// The roots of the complete subtrees that a tree consists of, the largest first.
///
/// Holds at most 63 hashes. An append costs one node hash on average, the root at most 62.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    // INVARIANT: one peak for each bit set in `size`, the highest bit first.
    peaks: Vec<Hash>,
}

impl CompactRange {
    /// The empty tree.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// The tree of `size` leaves whose complete subtrees have the roots `peaks`, the largest first.
    ///
    /// `None` when `peaks` does not hold one hash for each bit set in `size`, or when `size` is
    /// 2^63 or more. Nothing else can be checked here: whoever loads a snapshot compares
    /// [`root`](Self::root) with a root that is trusted.
    pub fn from_parts(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        // The bound leaves 2^63 appends before the size could overflow: more than can ever happen.
        let fits = i64::try_from(size).is_ok();
        let complete = usize::try_from(size.count_ones()).is_ok_and(|count| count == peaks.len());
        (fits && complete).then_some(Self { size, peaks })
    }

    /// Adds the hash of the entry at index [`size`](Self::size).
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            // INVARIANT: there is a peak for each of these ones.
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, the largest first: one for each bit set in the size.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root of the tree (RFC 9162, section 2.1.1).
    pub fn root(&self) -> Hash {
        fold_peaks(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// Folds a row of complete subtrees, the largest first, from the right. `None` for an empty row.
pub(crate) fn fold_peaks(peaks: &[Hash]) -> Option<Hash> {
    let (last, rest) = peaks.split_last()?;
    let root = rest.iter().rev().fold(*last, |right, left| node_hash(left, &right));
    Some(root)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::{hash::leaf_hash, memory::MemoryTree};

    #[test]
    fn parts_need_one_peak_for_each_bit_of_the_size() {
        let hash = leaf_hash(b"a");
        assert_eq!(CompactRange::from_parts(0, vec![]), Some(CompactRange::new()));
        assert_eq!(CompactRange::from_parts(0, vec![hash]), None);
        assert_eq!(CompactRange::from_parts(5, vec![hash]), None);
        assert_eq!(CompactRange::from_parts(5, vec![hash; 3]), None);
        let range = CompactRange::from_parts(5, vec![hash; 2]).unwrap();
        assert_eq!((range.size(), range.peaks()), (5, [hash; 2].as_slice()));
    }

    #[test]
    fn parts_at_two_to_the_63_are_refused() {
        let hash = leaf_hash(b"a");
        assert_eq!(CompactRange::from_parts(1 << 63, vec![hash]), None);
        let range = CompactRange::from_parts((1 << 63) - 1, vec![hash; 63]);
        let mut range = range.unwrap();
        range.append(hash);
        assert_eq!((range.size(), range.peaks().len()), (1 << 63, 1));
    }

    proptest! {
        #[test]
        fn the_frontier_agrees_with_the_whole_tree(
            entries in proptest::collection::vec(any::<[u8; 4]>(), 0..300),
            restart in 0_usize..300,
        ) {
            let mut range = CompactRange::new();
            let mut tree = MemoryTree::new();
            for (index, entry) in entries.iter().enumerate() {
                if index == restart {
                    let peaks = range.peaks().to_vec();
                    range = CompactRange::from_parts(range.size(), peaks).unwrap();
                }
                range.append(leaf_hash(entry));
                tree.append(leaf_hash(entry));
                prop_assert_eq!(range.size(), tree.size());
                prop_assert_eq!(Some(range.root()), tree.root_at(tree.size()));
            }
        }
    }
}
