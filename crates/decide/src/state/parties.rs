//! Who has which key, and which are not used any more.

use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::{Fixed, Hash32, Index, wire_map};

use super::State;

wire_map! {
    /// A key of the log.
    pub struct LogKey {
        /// The Ed25519 public key.
        1 => key: Fixed<32>,
        /// The first record that it signs.
        2 => since: Index,
    }
}

wire_map! {
    /// A key that is not used any more.
    #[derive(Copy)]
    pub struct Revoked {
        /// The record that revoked it.
        1 => index: Index,
        /// The first record since which it is compromised.
        2 => since: Option<Index>,
    }
}

impl LogKey {
    /// The key, if it is one.
    pub fn public(&self) -> Option<PublicKey> {
        PublicKey::from_bytes(self.key.0).ok()
    }
}

impl State {
    /// The key that signs the record at `index`, as far as the records so far say.
    pub fn log_key_at(&self, index: Index) -> Option<PublicKey> {
        self.log_keys.iter().rev().find(|key| key.since <= index)?.public()
    }

    /// Every key of the governance.
    pub(crate) fn governors(&self) -> impl Iterator<Item = &NamedKey> {
        self.governance.iter().flat_map(|governance| governance.members.values().flatten())
    }

    /// Every key of people and agents: of the governance and of the policy in force.
    fn named_keys(&self) -> impl Iterator<Item = &NamedKey> {
        self.governors().chain(self.policy.iter().flat_map(|in_force| in_force.policy.keys()))
    }

    /// True if `key` is or was the log's, or is one of the governance's.
    pub(crate) fn is_of_log_or_governance(&self, key: &PublicKey) -> bool {
        self.log_keys.iter().any(|it| it.key.0 == *key.bytes()) || self.governors().any(|it| it.key() == key)
    }

    /// True if any party of the log has or had `key`.
    pub(crate) fn is_taken(&self, key: &PublicKey) -> bool {
        self.is_of_log_or_governance(key)
            || self.named_keys().any(|it| it.key() == key)
            || self.is_revoked(&key.thumbprint())
    }

    /// True if a party of the log has, or the log had, the key with that thumbprint.
    pub(crate) fn knows(&self, thumbprint: &Hash32) -> bool {
        let of_log = self.log_keys.iter().filter_map(LogKey::public);
        of_log.map(|key| key.thumbprint()).any(|it| it == *thumbprint)
            || self.named_keys().any(|it| it.key().thumbprint() == *thumbprint)
    }

    /// True if the key with that thumbprint is not used any more.
    pub(crate) fn is_revoked(&self, thumbprint: &Hash32) -> bool {
        self.revoked.contains_key(thumbprint)
    }
}
