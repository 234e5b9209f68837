//! Signed notes: text, and the lines of those who signed it (C2SP `signed-note`).
//!
//! ```text
//! This is an example message.                        text: UTF-8, ends in LF, may hold blank lines
//!                                                    the last blank line of the note
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tna...    signature lines, at least one
//!   |               |
//!   key name        base64( key id, 4 bytes || signature )
//! ```
//!
//! The key name and the key id together name a key and its algorithm. A signature covers the text
//! with its final LF, not the blank line. Lines of unknown keys are ignored; a line of a known key
//! that does not verify spoils the whole note; at least one known key has to have signed.
//!
//! No text of a note may be used before [`Note::open`] has succeeded. Control characters (below
//! U+0020) other than LF are refused everywhere, names are not empty and hold neither Unicode white
//! space nor `+`, and base64 is the one of RFC 4648 section 4 with padding and without stray bits.
//!
//! Algorithms stay outside: a [`Verifier`] or [`Signer`] gets the text and makes of it what its
//! algorithm signs. A cosignature's time, for one, is part of the signature's bytes.

mod open;
mod parse;
mod sign;

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

pub use open::OpenError;
pub use parse::{Note, NoteError, NoteSignature};
pub use sign::{SignError, sign};

/// The most bytes that a note may have: 1 MiB.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// The most signature lines that a note may have.
pub const MAX_SIGNATURES: usize = 100;

/// What stands before the key name in a signature line: em dash (U+2014), space.
const LINE_START: &str = "\u{2014} ";

/// A key that signatures can be checked with.
pub trait Verifier {
    /// The key name, valid by [`is_key_name`].
    fn name(&self) -> &str;

    /// The key id; see [`key_id`].
    fn key_id(&self) -> [u8; 4];

    /// Whether `signature`, without the key id before it, is one by this key over `message`, the
    /// text of the note with its final LF. A signature of the wrong length is a wrong one.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;
}

/// A key that can sign.
pub trait Signer {
    /// Why a signature could not be made.
    type Error;

    /// The key name, valid by [`is_key_name`].
    fn name(&self) -> &str;

    /// The key id; see [`key_id`].
    fn key_id(&self) -> [u8; 4];

    /// Signs `message`, the text of the note with its final LF. The result does not hold the key
    /// id and is not empty.
    ///
    /// # Errors
    ///
    /// Whatever keeps the implementation from signing.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Self::Error>;
}

/// The id of a key: the first 4 bytes of `SHA-256(name || 0x0A || algorithm || public key)`
/// (C2SP `signed-note`, "Signatures").
///
/// `algorithm` is the assigned signature type: 0x01 Ed25519, 0x04 Ed25519 cosignature. The id tells
/// keys apart and proves nothing: anyone can make a key with a given id.
pub fn key_id(name: &str, algorithm: u8, public_key: &[u8]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', algorithm])
        .chain_update(public_key)
        .finalize()
        .into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

/// Whether `name` may be a key name: not empty, no Unicode white space, no `+` (C2SP
/// `signed-note`, "Format"), and no control character below U+0020, which no note may hold.
pub fn is_key_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    !name.is_empty() && !name.contains(forbidden)
}

/// The offset of the first byte that is a control character other than LF.
pub(crate) fn find_control(text: &str) -> Option<usize> {
    // Bytes below 0x20 stand for themselves in UTF-8.
    text.bytes().position(|byte| byte < b' ' && byte != b'\n')
}

#[cfg(test)]
mod tests;
