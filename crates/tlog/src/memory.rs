//! A whole tree in memory: every complete subtree, level by level.
//!
//! ```text
//! level 2   [0..4)
//! level 1   [0..2) [2..4)
//! level 0    0  1   2  3   4
//! ```
//!
//! Two hashes for each leaf, 64 bytes. For tests, audits and short logs.

use alloc::{vec, vec::Vec};

use thiserror::Error;

use crate::{
    hash::{Hash, node_hash},
    prove::{Range, Subtrees, range_root},
};

/// A tree that keeps the hash of every complete subtree, and so can prove anything about any of
/// its sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTree {
    // INVARIANT: level n + 1 holds half as many hashes as level n, rounded down; none is empty.
    levels: Vec<Vec<Hash>>,
}

/// A [`MemoryTree`] was asked for a subtree that it does not hold whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the tree has no complete subtree at level {level}, index {index}")]
pub struct MissingSubtree {
    /// The level asked for, 0 for leaves.
    pub level: u8,
    /// The index asked for, counted within the level.
    pub index: u64,
}

impl MemoryTree {
    /// The empty tree.
    pub const fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// Adds the hash of the entry at index [`size`](Self::size).
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for nodes in &mut self.levels {
            nodes.push(hash);
            match nodes.as_slice() {
                [.., left, right] if nodes.len().is_multiple_of(2) => {
                    hash = node_hash(left, right);
                }
                // A left child waits for its sibling.
                _ => return,
            }
        }
        self.levels.push(vec![hash]);
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        let leaves = self.levels.first().map_or(0, Vec::len);
        // No platform has a usize above 64 bits.
        u64::try_from(leaves).unwrap_or(u64::MAX)
    }

    /// The root of the tree of the first `size` leaves, `None` when there are fewer
    /// (RFC 9162, section 2.1.1).
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        range_root(self, Range::first(size)).ok()
    }
}

impl Subtrees for MemoryTree {
    type Error = MissingSubtree;

    fn subtree(&self, level: u8, index: u64) -> Result<Hash, MissingSubtree> {
        let found = usize::try_from(index).ok().and_then(|at| {
            let nodes = self.levels.get(usize::from(level))?;
            nodes.get(at).copied()
        });
        found.ok_or(MissingSubtree { level, index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{empty_root, leaf_hash};

    #[test]
    fn the_empty_tree_has_the_empty_root_alone() {
        let tree = MemoryTree::new();
        assert_eq!(tree.size(), 0);
        assert_eq!(tree.root_at(0), Some(empty_root()));
        assert_eq!(tree.root_at(1), None);
        assert_eq!(tree.root_at(u64::MAX), None);
    }

    #[test]
    fn only_complete_subtrees_are_held() {
        let mut tree = MemoryTree::new();
        for entry in [b"a", b"b", b"c"] {
            tree.append(leaf_hash(entry));
        }
        let pair = node_hash(&leaf_hash(b"a"), &leaf_hash(b"b"));
        assert_eq!(tree.subtree(0, 2), Ok(leaf_hash(b"c")));
        assert_eq!(tree.subtree(1, 0), Ok(pair));
        for (level, index) in [(0, 3), (1, 1), (2, 0), (255, 0), (0, u64::MAX)] {
            let missing = MissingSubtree { level, index };
            assert_eq!(tree.subtree(level, index), Err(missing));
        }
        assert_eq!(tree.root_at(2), Some(pair));
        assert_eq!(tree.root_at(3), Some(node_hash(&pair, &leaf_hash(b"c"))));
    }
}
