//! That the records of decisions stand in the log: a path from each to the root (RFC 6962, section 2.1.1).

use core::ops::ControlFlow;

use counterfoil_store::{Records as _, SqliteReader};
use counterfoil_tlog::{Hash, MemoryTree, leaf_hash, prove_inclusion};

/// The hashes of the first records of a log.
pub(super) struct Proofs {
    tree: MemoryTree,
    leaves: Vec<Hash>,
}

/// A record's place under the root.
pub(super) struct Proof {
    pub(super) leaf: String,
    /// From the leaf's neighbour to the root's child.
    pub(super) path: Vec<String>,
}

impl Proofs {
    /// Reads the first `size` entries of a log; none where it does not have them, one after the other.
    pub(super) fn read(log: &SqliteReader, size: u64) -> Option<Self> {
        let mut proofs = Self { tree: MemoryTree::new(), leaves: Vec::new() };
        let scanned = log.scan(0, &mut |index, entry| {
            if index >= size || index != proofs.tree.size() {
                return ControlFlow::Break(());
            }
            let leaf = leaf_hash(entry);
            proofs.tree.append(leaf);
            proofs.leaves.push(leaf);
            ControlFlow::Continue(())
        });
        scanned.ok().filter(|()| proofs.tree.size() == size).map(|()| proofs)
    }

    /// The root over all of them, in hexadecimal.
    pub(super) fn root(&self) -> Option<String> {
        self.tree.root_at(self.tree.size()).map(|root| root.to_string())
    }

    /// The proof that the record stands under that root; none if it is none of them.
    pub(super) fn of(&self, record: u64) -> Option<Proof> {
        let leaf = self.leaves.get(usize::try_from(record).ok()?)?;
        let path = prove_inclusion(&self.tree, record, self.tree.size()).ok()?;
        Some(Proof { leaf: leaf.to_string(), path: path.iter().map(ToString::to_string).collect() })
    }
}
