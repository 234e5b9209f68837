//! Finding out which known keys signed a note.

use alloc::{vec, vec::Vec};

use thiserror::Error;

use super::{Note, NoteSignature, Verifier};

/// Why a note cannot be trusted. The numbers are indices into the known verifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// No known key signed the note.
    #[error("no known key signed the note")]
    NoKnownSigner,
    /// A line claims to be of a known key and does not verify under it.
    #[error("the signature of the known key {known} does not verify")]
    InvalidSignature {
        /// Which known verifier refused.
        known: usize,
    },
    /// A line matches two of the known verifiers: the same key was given twice, or two keys share
    /// both name and id.
    #[error("the known keys {first} and {second} have the same name and id")]
    AmbiguousVerifier {
        /// The first of the two.
        first: usize,
        /// The second of the two.
        second: usize,
    },
}

impl Note {
    /// Which of the `known` keys signed the note: their indices, ascending, each once, at least
    /// one (C2SP `signed-note`, "Signatures").
    ///
    /// Lines that match no known key in both name and id are ignored. Every line that matches one
    /// has to verify, the second line of the same key as well as the first.
    ///
    /// # Errors
    ///
    /// - [`OpenError::InvalidSignature`]: a line of a known key does not verify.
    /// - [`OpenError::AmbiguousVerifier`]: two known keys could have made a line. Counting both
    ///   would let one key stand for two in a quorum.
    /// - [`OpenError::NoKnownSigner`]: no line is of a known key.
    pub fn open(&self, known: &[&dyn Verifier]) -> Result<Vec<usize>, OpenError> {
        let mut signed = vec![false; known.len()];
        for line in self.signatures() {
            let mut matching = known.iter().enumerate().filter(|(_, verifier)| is_by(line, **verifier));
            let Some((first, verifier)) = matching.next() else {
                continue;
            };
            if let Some((second, _)) = matching.next() {
                return Err(OpenError::AmbiguousVerifier { first, second });
            }
            if !verifier.verify(self.text().as_bytes(), line.signature()) {
                return Err(OpenError::InvalidSignature { known: first });
            }
            if let Some(seen) = signed.get_mut(first) {
                *seen = true;
            }
        }
        let signers: Vec<usize> =
            signed.iter().enumerate().filter_map(|(index, seen)| seen.then_some(index)).collect();
        if signers.is_empty() {
            return Err(OpenError::NoKnownSigner);
        }
        Ok(signers)
    }
}

/// Whether a line claims to be made by this key.
fn is_by(line: &NoteSignature, verifier: &dyn Verifier) -> bool {
    line.name() == verifier.name() && line.key_id() == verifier.key_id()
}
