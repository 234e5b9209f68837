//! The log itself: who governs it, its policies, keys and clock, and what people say.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::key::NamedKey;
use crate::private::Commitment;
use crate::text::{Fixed, Id, Octets, Text};
use crate::{Hash32, Index, Time, wire_map};

wire_map! {
    /// Opens the log.
    pub struct Genesis {
        /// The log's lasting, unique name: the issuer of its records and the origin of its checkpoints.
        1 => origin: Id,
        /// The Ed25519 public key that signs records and checkpoints.
        2 => log_key: Fixed<32>,
        /// The wire format's version.
        3 => format: u64,
        /// The version of the decision's semantics.
        4 => semantics: u64,
        /// Who decides about policies and keys; absent: the operator alone.
        5 => governance: Option<Governance>,
    }
}

wire_map! {
    /// The people who decide about policies and keys.
    pub struct Governance {
        /// Each person's keys.
        1 => members: BTreeMap<Id, Vec<NamedKey>>,
        /// How many of them it takes.
        2 => quorum: u64,
    }
}

wire_map! {
    /// Puts a policy in force.
    pub struct AdoptPolicy {
        /// The typed policy in its canonical encoding; its SHA-256 names the policy.
        1 => policy: Octets,
        /// The TOML that it was compiled from.
        2 => source: Octets,
        /// Signed statements of kind `policy` by members of the governance.
        3 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// The enforcement core opened the log.
    pub struct Start {
        /// Name and version of the program.
        1 => tool: Text,
        /// The digest of the state that it starts from.
        2 => state: Hash32,
    }
}

wire_map! {
    /// The enforcement core closed the log.
    pub struct Stop {
        /// The digest of the state that it leaves.
        1 => state: Hash32,
    }
}

wire_map! {
    /// The enforcement core is alive, and in this state.
    pub struct Heartbeat {
        /// The digest of the state that it is in.
        1 => state: Hash32,
    }
}

wire_map! {
    /// Moves the clock further than the policy's `max_step`.
    pub struct Clock {
        /// The record's own time is this or before.
        1 => to: Time,
        /// Signed statements of kind `clock`.
        2 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// Puts a new key in the place of the log's key, or of one of a member of the governance.
    pub struct RotateKey {
        /// The thumbprint of the key that goes.
        1 => old: Hash32,
        /// The key that comes, under the same name.
        2 => new: NamedKey,
        /// Signed statements of kind `key` by members of the governance.
        3 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// Takes a key out of use.
    pub struct RevokeKey {
        /// Its thumbprint.
        1 => key: Hash32,
        /// The first record since which it is compromised; absent: it was sound until now.
        2 => since: Option<Index>,
        /// Signed statements of kind `key` by members of the governance.
        3 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// What a suspension covers: payments for which everything that is stated here holds. If nothing is
    /// stated, all of them.
    #[derive(PartialOrd, Ord)]
    pub struct Scope {
        /// The agent of the run, or of a run that it is a part of.
        1 => agent: Option<Id>,
        /// The run, or a run that it is a part of.
        2 => run: Option<Index>,
        /// The account to be paid, CAIP-10.
        3 => payee: Option<Text>,
        /// The asset, CAIP-19.
        4 => asset: Option<Text>,
    }
}

wire_map! {
    /// Stops payments until they are resumed.
    pub struct Suspend {
        /// Which.
        1 => scope: Scope,
        /// Why.
        2 => reason: Option<Commitment>,
        /// Signed statements of kind `suspend`, if anybody but the operator asked for it.
        3 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// Lets payments go on.
    pub struct Resume {
        /// Exactly the scope that was suspended.
        1 => scope: Scope,
        /// Why.
        2 => reason: Option<Commitment>,
        /// Signed statements of kind `resume`.
        3 => statements: Vec<Octets>,
    }
}

wire_map! {
    /// Erases a private value beside the log. What its record committed to stands, so that every proof does.
    pub struct Erase {
        /// The record that carries the commitment.
        1 => record: Index,
        /// The commitment to the value.
        2 => commitment: Commitment,
        /// Signed statements of kind `erase`.
        3 => statements: Vec<Octets>,
        /// Why, in somebody's words.
        4 => reason: Option<Commitment>,
    }
}

wire_map! {
    /// A signed approval or refusal.
    pub struct Statement {
        /// The `COSE_Sign1` of [`crate::statement`].
        1 => statement: Octets,
    }
}

wire_map! {
    /// Bytes came in that made no sense.
    pub struct Unreadable {
        /// What they should have been, or the class of the error.
        1 => class: Id,
        /// The byte at which they stop making sense.
        2 => offset: u64,
        /// How many there are.
        3 => length: u64,
        /// SHA-256 of them.
        4 => digest: Hash32,
    }
}
