//! Who signed a digest: secp256k1 signatures with public key recovery.

use core::fmt;
use core::str::FromStr;

use counterfoil_record::Hash32;
use k256::ecdsa::{RecoveryId, VerifyingKey};

use super::keccak;
use crate::address::Address;
use crate::text::hex_array;

/// Half the group order, rounded down: the largest `s` that is accepted (EIP-2).
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d,
    0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// A 65-byte signature `r || s || v`, as bytes: nothing about it has been checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 65]);

/// The input is not 65 bytes, or not `0x` and 130 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signature of 65 bytes")]
pub struct NotASignature;

impl Signature {
    /// The signature with these bytes `r || s || v`.
    pub const fn new(bytes: [u8; 65]) -> Self {
        Self(bytes)
    }

    /// The signature with these bytes `r || s || v`, if there are 65.
    ///
    /// # Errors
    /// [`NotASignature`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, NotASignature> {
        bytes.try_into().map(Self).map_err(|_| NotASignature)
    }

    /// The bytes `r || s || v`.
    pub const fn bytes(&self) -> &[u8; 65] {
        &self.0
    }
}

impl FromStr for Signature {
    type Err = NotASignature;

    /// Parses `0x` and 130 hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`NotASignature`] for anything else.
    fn from_str(text: &str) -> Result<Self, NotASignature> {
        hex_array(text).map(Self).ok_or(NotASignature)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// Why no signer can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// `v` is none of 0, 1, 27, 28.
    #[error("v is {0}")]
    BadV(u8),
    /// `r` or `s` is zero.
    #[error("r or s is zero")]
    Zero,
    /// `s` is above half the group order. Such a signature has a twin with a low `s`; the contract
    /// accepts only the twin.
    #[error("s is above half the group order")]
    HighS,
    /// `r` is not below the group order.
    #[error("r is not below the group order")]
    LargeR,
    /// No public key fits.
    #[error("no public key fits")]
    NoKey,
}

/// The account whose key made `signature` on `digest`.
///
/// Any 65 bytes that pass recover *some* account: the answer means nothing until it is compared with the
/// one expected.
///
/// # Errors
/// [`RecoverError::BadV`], [`RecoverError::Zero`], [`RecoverError::HighS`], [`RecoverError::LargeR`],
/// [`RecoverError::NoKey`], in this order.
pub fn recover(digest: &Hash32, signature: &Signature) -> Result<Address, RecoverError> {
    let [scalars @ .., v] = signature.bytes();
    let odd = match *v {
        0 | 27 => false,
        1 | 28 => true,
        other => return Err(RecoverError::BadV(other)),
    };
    let (r, s) = scalars.split_at(32);
    if is_zero(r) || is_zero(s) {
        return Err(RecoverError::Zero);
    }
    if *s > HALF_ORDER[..] {
        return Err(RecoverError::HighS);
    }
    let scalars = k256::ecdsa::Signature::from_slice(scalars).map_err(|_| RecoverError::LargeR)?;
    let key = VerifyingKey::recover_from_prehash(digest.bytes(), &scalars, RecoveryId::new(odd, false))
        .map_err(|_| RecoverError::NoKey)?;
    let point = key.to_sec1_point(false);
    // The uncompressed point is 0x04 || x || y; the address is the last 20 bytes of keccak256(x || y).
    let coordinates = point.as_bytes().strip_prefix(&[0x04]).ok_or(RecoverError::NoKey)?;
    let hash = keccak(&[coordinates]);
    hash.bytes().last_chunk().copied().map(Address::new).ok_or(RecoverError::NoKey)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}
