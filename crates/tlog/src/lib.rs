//! What a log is: leaf and node hashes, proofs and signed notes, over opaque leaves.
//!
//! A log is a list of entries that only grows. A Merkle tree over the entries gives every size of
//! the list one 32-byte root. With a root in hand one can check, from at most 64 hashes, that an
//! entry stands at an index (an *inclusion proof*), and from at most 65 that an older root is the
//! root of a prefix of the same list (a *consistency proof*). Hashes and proofs are those of RFC
//! 9162, section 2.1; signed notes and checkpoints are those of C2SP `signed-note` and
//! `tlog-checkpoint`.
//!
//! ```text
//! leaf       = SHA-256(0x00 || entry)
//! node       = SHA-256(0x01 || left || right)
//! empty root = SHA-256("")
//!
//! a tree of five leaves; the left half of a node is always a complete tree
//!
//!              root
//!             /    \
//!           p        \          level 2: p = subtree(2, 0), leaves [0, 4)
//!         /   \       \
//!        g     h       \        level 1: g = subtree(1, 0), h = subtree(1, 1)
//!       / \   / \       \
//!      a   b c   d       e      level 0: leaf i = subtree(0, i)
//!
//! inclusion of leaf 2 in size 5:  d, g, e        (bottom to top)
//! consistency of size 3 with 5:   c, d, g, e     (c stands for the old tree's right edge)
//! peaks of size 5:                p, e           (the largest first)
//! ```
//!
//! What this crate is not: it knows nothing of what an entry means, has no clock and no storage,
//! and holds no signature algorithm. Keys come in through [`note::Verifier`] and
//! [`note::Signer`], stored hashes through [`Subtrees`].
//!
//! ```
//! use counterfoil_tlog::{MemoryTree, leaf_hash, prove_inclusion, verify_inclusion};
//!
//! let mut tree = MemoryTree::new();
//! for entry in ["a", "b", "c", "d", "e"] {
//!     tree.append(leaf_hash(entry.as_bytes()));
//! }
//! let proof = prove_inclusion(&tree, 2, 5)?;
//! assert_eq!(proof.len(), 3);
//! let root = tree.root_at(5).ok_or("the tree holds five leaves")?;
//! verify_inclusion(&leaf_hash(b"c"), 2, 5, &proof, &root)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A path alone binds neither the index nor the size: the same hashes often lead to the same root
//! under another size. Take the size and the root from one signed [`Checkpoint`].

#![no_std]

extern crate alloc;

mod checkpoint;
mod compact;
mod consistency;
mod hash;
mod inclusion;
mod inclusions;
mod memory;
pub mod note;
mod prove;

pub use checkpoint::{Checkpoint, CheckpointError, MAX_EXTENSIONS};
pub use compact::CompactRange;
pub use consistency::{ConsistencyError, verify_consistency};
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use inclusion::{InclusionError, verify_inclusion};
pub use inclusions::{InclusionsError, prove_inclusions, verify_inclusions};
pub use memory::{MemoryTree, MissingSubtree};
pub use prove::{ProveError, Subtrees, prove_consistency, prove_inclusion};
