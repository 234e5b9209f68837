//! The digest of a state, made so that where one payment stands can be shown without the others.
//!
//! ```text
//! digest   = SHA-256("counterfoil/state/1" || 0x00 || rest || payments)
//! rest     = SHA-256(canonical encoding of the state without its field 9, the payments)
//! payments = RFC 9162 root over the entries of field 9: leaf = SHA-256(0x00 || encoding of [index, payment])
//! ```

use alloc::vec::Vec;

use counterfoil_record::codec::{Wire as _, WireMap as _, Writer};
use counterfoil_record::{Hash32, Index, wire_map};
use counterfoil_tlog::{CompactRange, Hash, MemoryTree, leaf_hash, prove_inclusion, verify_inclusion};

use super::{Payment, State};

/// The key of [`State::payments`].
const PAYMENTS: u64 = 9;

wire_map! {
    /// Where one payment stands in a state of a known digest.
    pub struct Stood {
        /// The payment: the record that allowed or first held it.
        1 => index: Index,
        /// The payment as it stands, with the last record about it.
        2 => payment: Payment,
        /// How many payments the state has.
        3 => payments: u64,
        /// Which of them this is, from 0, in the order of their indices.
        4 => position: u64,
        /// The inclusion path of the payment, bottom to top (RFC 9162, section 2.1.3.1).
        5 => path: Vec<Hash32>,
        /// The root over the payments.
        6 => root: Hash32,
        /// The digest of everything else in the state.
        7 => rest: Hash32,
    }
}

impl State {
    /// The digest of the state, as `start`, `stop` and `heartbeat` records have it.
    pub fn digest(&self) -> Hash32 {
        let mut tree = CompactRange::new();
        for (index, payment) in &self.payments {
            tree.append(leaf(*index, payment));
        }
        digest(self.rest(), hash32(tree.root()))
    }

    /// What shows where `payment` stands to whoever knows the digest; `None` where the state does not have it.
    /// It costs a walk over all payments.
    pub fn stood(&self, payment: Index) -> Option<Stood> {
        let mut tree = MemoryTree::new();
        let mut found = None;
        for (index, value) in &self.payments {
            if *index == payment {
                found = Some((tree.size(), value));
            }
            tree.append(leaf(*index, value));
        }
        let (position, value) = found?;
        let path = prove_inclusion(&tree, position, tree.size()).ok()?;
        Some(Stood {
            index: payment,
            payment: value.clone(),
            payments: tree.size(),
            position,
            path: path.into_iter().map(hash32).collect(),
            root: hash32(tree.root_at(tree.size())?),
            rest: self.rest(),
        })
    }

    fn rest(&self) -> Hash32 {
        let mut w = Writer::new();
        self.encode_without(PAYMENTS, &mut w);
        Hash32::of(&[&w.into_bytes()])
    }
}

impl Stood {
    /// The digest of the state in which the payment stands so; `None` where the path does not lead to the root.
    pub fn digest(&self) -> Option<Hash32> {
        let path: Vec<Hash> = self.path.iter().map(|hash| Hash::new(*hash.bytes())).collect();
        let root = Hash::new(*self.root.bytes());
        let leaf = leaf(self.index, &self.payment);
        verify_inclusion(&leaf, self.position, self.payments, &path, &root).ok()?;
        Some(digest(self.rest, self.root))
    }
}

fn leaf(index: Index, payment: &Payment) -> Hash {
    let mut w = Writer::new();
    w.array(2);
    index.encode(&mut w);
    payment.encode(&mut w);
    leaf_hash(&w.into_bytes())
}

fn digest(rest: Hash32, payments: Hash32) -> Hash32 {
    Hash32::of(&[b"counterfoil/state/1\0", rest.bytes(), payments.bytes()])
}

const fn hash32(hash: Hash) -> Hash32 {
    Hash32(*hash.bytes())
}
