//! Several entries of one tree, shown together.
//!
//! Where many leaves are shown, their single paths have most hashes in common. What is needed is the tree with every
//! subtree cut off that holds none of them: the hashes of those subtrees, from left to right. There is one such list
//! for a set of indices and a size, and its length follows from them.
//!
//! ```text
//! leaves 2 and 3 of a tree of five          leaf 2 alone: the path of RFC 9162, but from left to right
//!
//!              root                          p(0,1), d, e  instead of  d, p(0,1), e
//!             /    \
//!           o       e    <- cut off
//!         /   \
//!  cut -> g    o            hashes: g, e
//!             / \
//!            c   d
//! ```

use alloc::vec::Vec;
use core::slice::Iter;

use thiserror::Error;

use crate::compact::fold_peaks;
use crate::hash::{Hash, empty_root, node_hash};
use crate::prove::{ProveError, Range, Subtrees, range_root};

/// Why the proof of several entries was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InclusionsError {
    /// There is no leaf to show.
    #[error("no leaf is shown")]
    NoLeaf,
    /// The indices do not rise.
    #[error("index {index} does not rise")]
    OutOfOrder {
        /// The first index that is not above the one before it.
        index: u64,
    },
    /// The tree has no leaf with that index.
    #[error("index {index} is outside of a tree of size {size}")]
    IndexOutOfRange {
        /// The index asked about.
        index: u64,
        /// The size of the tree, in leaves.
        size: u64,
    },
    /// There are more or fewer hashes than the indices and the size demand.
    #[error("the proof holds {found} hashes, too few or too many")]
    ProofLength {
        /// The number of hashes given.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    RootMismatch,
}

/// The hashes of the subtrees that hold none of `indices`, from left to right: what shows those leaves in the tree of
/// the first `size` leaves. At most 64 for each index.
///
/// # Errors
///
/// - [`ProveError::IndexOutOfRange`]: an index is not below `size`, not above the one before it, or there is none.
/// - [`ProveError::Subtree`]: `tree` could not give a hash.
pub fn prove_inclusions<S: Subtrees>(
    tree: &S,
    indices: &[u64],
    size: u64,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    let refuse = |index| ProveError::IndexOutOfRange { index, size };
    let last = indices.last().copied().ok_or_else(|| refuse(0))?;
    if !indices.is_sorted_by(|one, next| one < next) || last >= size {
        return Err(refuse(last));
    }
    let mut hashes = Vec::new();
    cut(tree, Range::first(size), indices, &mut hashes).map_err(ProveError::Subtree)?;
    Ok(hashes)
}

fn cut<S: Subtrees>(tree: &S, range: Range, indices: &[u64], hashes: &mut Vec<Hash>) -> Result<(), S::Error> {
    if indices.is_empty() {
        hashes.push(range_root(tree, range)?);
        return Ok(());
    }
    let Some((left, right)) = range.split() else { return Ok(()) };
    let (of_left, of_right) = indices.split_at(indices.partition_point(|index| *index < right.begin));
    cut(tree, left, of_left, hashes)?;
    cut(tree, right, of_right, hashes)
}

/// Checks that the tree of `size` leaves with the root `root` holds each of `leaves` at its index, and gives for each the
/// root over the leaves before it: what lies left of a leaf's path are the peaks of that smaller tree.
///
/// The indices rise strictly and are below `size`; `hashes` are those that [`prove_inclusions`] gives. `size` and
/// `root` have to come from one trusted place. At most 64 hashes are computed for each leaf.
///
/// # Errors
///
/// - [`InclusionsError::NoLeaf`], [`InclusionsError::OutOfOrder`], [`InclusionsError::IndexOutOfRange`]: what is shown
///   is not a set of leaves of the tree.
/// - [`InclusionsError::ProofLength`]: another number of hashes than indices and size give.
/// - [`InclusionsError::RootMismatch`]: the hashes lead to a root other than `root`.
pub fn verify_inclusions(
    leaves: &[(u64, Hash)],
    size: u64,
    hashes: &[Hash],
    root: &Hash,
) -> Result<Vec<Hash>, InclusionsError> {
    let (last, _) = leaves.last().ok_or(InclusionsError::NoLeaf)?;
    for pair in leaves.windows(2) {
        if let [(one, _), (next, _)] = pair
            && one >= next
        {
            return Err(InclusionsError::OutOfOrder { index: *next });
        }
    }
    if *last >= size {
        return Err(InclusionsError::IndexOutOfRange { index: *last, size });
    }
    let wrong = InclusionsError::ProofLength { found: hashes.len() };
    let mut walk = Walk { hashes: hashes.iter(), left: Vec::new(), before: Vec::new() };
    let found = walk.join(Range::first(size), leaves).ok_or(wrong)?;
    if walk.hashes.next().is_some() {
        return Err(wrong);
    }
    if found == *root { Ok(walk.before) } else { Err(InclusionsError::RootMismatch) }
}

/// A descent over the leaves that are shown.
struct Walk<'h> {
    hashes: Iter<'h, Hash>,
    /// The complete subtrees left of where the descent is, the largest first.
    left: Vec<Hash>,
    /// For each leaf that was passed, the root over those before it.
    before: Vec<Hash>,
}

impl Walk<'_> {
    /// The hash of a node; `None` where the hashes run out. A node is split once for each level, so at most 64 deep.
    fn join(&mut self, range: Range, leaves: &[(u64, Hash)]) -> Option<Hash> {
        if leaves.is_empty() {
            return self.hashes.next().copied();
        }
        let Some((left, right)) = range.split() else {
            self.before.push(fold_peaks(&self.left).unwrap_or_else(empty_root));
            // INVARIANT: the indices rise and are inside of the range, so that this one leaf is all there is.
            return leaves.first().map(|(_, leaf)| *leaf);
        };
        let (of_left, of_right) = leaves.split_at(leaves.partition_point(|(index, _)| *index < right.begin));
        let left = self.join(left, of_left)?;
        self.left.push(left);
        let right = self.join(right, of_right);
        self.left.pop();
        Some(node_hash(&left, &right?))
    }
}

#[cfg(test)]
mod tests;
