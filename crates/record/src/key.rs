//! Ed25519 keys and the one rule by which a signature is accepted.
//!
//! The rule does not depend on batch size, thread count or build: the cofactored equation of RFC 8032
//! section 5.1.7 (as in ZIP 215), with canonical encodings of the key A and the point R, S below the
//! group order, and no key of small order. Under the cofactored equation a batch check and a single
//! check agree by construction; under the cofactorless one an operator could make signatures that split
//! auditors on purpose.
//!
//! As text a key is a vkey (c2sp.org/signed-note): `name+hash+base64(0x01 || key)`, where the hash is
//! the first four bytes of `SHA-256(name || 0x0A || 0x01 || key)` in hexadecimal.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_zebra::{Signature, VerificationKey};

use crate::Hash32;
use crate::text::Id;

/// The type byte of an Ed25519 key in a vkey and a key id.
pub const ED25519: u8 = 1;

/// An Ed25519 public key that may sign: canonical, on the curve, not of small order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: VerificationKey,
    bytes: [u8; 32],
}

/// Why 32 bytes are not a [`PublicKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not the canonical encoding of a point on the curve.
    #[error("not a canonical Ed25519 public key")]
    NotCanonical,
    /// The point has small order: every message would verify under it.
    #[error("an Ed25519 public key of small order")]
    SmallOrder,
}

impl PublicKey {
    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// As [`KeyError`] says.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let point = CompressedEdwardsY(bytes).decompress().ok_or(KeyError::NotCanonical)?;
        if !is_canonical(&bytes) {
            return Err(KeyError::NotCanonical);
        }
        if point.is_small_order() {
            return Err(KeyError::SmallOrder);
        }
        let key = VerificationKey::try_from(bytes).map_err(|_| KeyError::NotCanonical)?;
        Ok(Self { key, bytes })
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// True if `signature` is this key's over `message`, by the rule of this module.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let r = signature.first_chunk::<32>();
        r.is_some_and(is_canonical) && self.key.verify(&Signature::from(*signature), message).is_ok()
    }

    /// The COSE key thumbprint (RFC 9679): SHA-256 of the deterministic encoding of
    /// `{1: 1, -1: 6, -2: x}`.
    pub fn thumbprint(&self) -> Hash32 {
        Hash32::of(&[&[0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20], &self.bytes])
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// True if 32 bytes are the canonical encoding of some point, given that they decode to one: y is below
/// p = 2^255 - 19, and the sign bit is clear where x is zero (y is 1 or -1).
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    let (sign, high) = (last >> 7 == 1, last & 0x7f);
    let near_p = high == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    let is_one = *first == 1 && high == 0 && middle.iter().all(|byte| *byte == 0);
    let is_minus_one = near_p && *first == 0xec;
    let below_p = !(near_p && *first >= 0xed);
    below_p && !(sign && (is_one || is_minus_one))
}

/// A public key with the name that it signs notes and statements under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    name: Id,
    key: PublicKey,
}

/// Why a text is not a vkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VkeyError {
    /// Not of the form `name+hash+base64`.
    #[error("not of the form name+hash+base64")]
    Form,
    /// The name is not an [`Id`], or has a `+`.
    #[error("the name is not 1 to 128 ASCII letters, digits and . _ - : / @")]
    Name,
    /// The key is not base64 of a type byte 0x01 and 32 bytes.
    #[error("the key is not the base64 of an Ed25519 type byte and 32 bytes")]
    Encoding,
    /// The hash is not that of name and key: a typing mistake.
    #[error("the hash does not belong to this name and key")]
    Hash,
    /// The key may not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl NamedKey {
    /// `key` under `name`.
    ///
    /// # Errors
    /// [`VkeyError::Name`] if the name has a `+`.
    pub fn new(name: Id, key: PublicKey) -> Result<Self, VkeyError> {
        if name.as_str().contains('+') { Err(VkeyError::Name) } else { Ok(Self { name, key }) }
    }

    /// The name.
    pub const fn name(&self) -> &Id {
        &self.name
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    fn typed(&self) -> Vec<u8> {
        let mut typed = Vec::from([ED25519]);
        typed.extend_from_slice(self.key.bytes());
        typed
    }

    /// The key id of signed notes: the first four bytes of `SHA-256(name || 0x0A || 0x01 || key)`.
    pub fn key_id(&self) -> [u8; 4] {
        let hash = Hash32::of(&[self.name.as_str().as_bytes(), b"\n", &self.typed()]);
        hash.bytes().first_chunk::<4>().copied().unwrap_or_default()
    }
}

impl fmt::Display for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex::encode(self.key_id()), STANDARD.encode(self.typed()))
    }
}

impl FromStr for NamedKey {
    type Err = VkeyError;

    /// # Errors
    /// As [`VkeyError`] says.
    fn from_str(text: &str) -> Result<Self, VkeyError> {
        let (name, rest) = text.split_once('+').ok_or(VkeyError::Form)?;
        let (hash, key) = rest.split_once('+').ok_or(VkeyError::Form)?;
        let typed = STANDARD.decode(key).map_err(|_| VkeyError::Encoding)?;
        let Some((&ED25519, bytes)) = typed.split_first() else {
            return Err(VkeyError::Encoding);
        };
        let bytes = bytes.try_into().map_err(|_| VkeyError::Encoding)?;
        let named = Self::new(name.parse().map_err(|_| VkeyError::Name)?, PublicKey::from_bytes(bytes)?)?;
        if hash == hex::encode(named.key_id()) { Ok(named) } else { Err(VkeyError::Hash) }
    }
}

impl serde::Serialize for NamedKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for NamedKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: VkeyError| serde::de::Error::custom(error.to_string()))
    }
}

impl crate::codec::Wire for NamedKey {
    fn encode(&self, w: &mut crate::codec::Writer) {
        w.text(&format!("{self}"));
    }

    fn decode(r: &mut crate::codec::Reader<'_>) -> Result<Self, crate::codec::Error> {
        let start = r.offset();
        r.text(256)?.parse().map_err(|_| crate::codec::Class::OutOfRange.at(start))
    }
}

#[cfg(test)]
mod tests;
