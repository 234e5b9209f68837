//! Signing as a wallet whose key is at hand does it: for demonstrations and tests, and for a service that
//! holds its own key.

use k256::ecdsa::SigningKey;

use super::Signature;
use crate::address::Address;
use counterfoil_record::Hash32;

/// A secp256k1 key that signs payments.
pub struct WalletKey(SigningKey);

/// The 32 bytes are zero, or not below the group order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a secp256k1 secret key")]
pub struct NotAWalletKey;

impl WalletKey {
    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// [`NotAWalletKey`] for zero and for the group order and above.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, NotAWalletKey> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| NotAWalletKey)
    }

    /// The account's address: the last 20 bytes of `keccak256(x || y)`.
    pub fn address(&self) -> Option<Address> {
        let point = self.0.verifying_key().to_sec1_point(false);
        let hash = super::keccak(&[point.as_bytes().strip_prefix(&[0x04])?]);
        hash.bytes().last_chunk().copied().map(Address::new)
    }

    /// The signature over an EIP-712 digest, deterministic (RFC 6979), with low `s` and `v` 27 or 28.
    pub fn sign(&self, digest: &Hash32) -> Signature {
        let (scalars, id) = self.0.sign_prehash_recoverable(digest.bytes());
        let mut bytes = [0; 65];
        for (to, from) in bytes.iter_mut().zip(scalars.to_bytes()) {
            *to = from;
        }
        if let Some(v) = bytes.last_mut() {
            *v = if id.is_y_odd() { 28 } else { 27 };
        }
        Signature::new(bytes)
    }
}
