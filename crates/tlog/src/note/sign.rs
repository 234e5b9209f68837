//! Making a note.

use alloc::{format, string::String};

use base64::{Engine, prelude::BASE64_STANDARD};
use thiserror::Error;

use super::{LINE_START, MAX_NOTE_BYTES, Signer, find_control, is_key_name};

/// Why a note could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignError<E> {
    /// The note would be longer than [`MAX_NOTE_BYTES`] bytes.
    #[error("the note would be longer than {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// The text holds a control character below U+0020 other than LF.
    #[error("the text holds a control character at byte {offset}")]
    ControlCharacter {
        /// Where the character stands, counted from 0.
        offset: usize,
    },
    /// The text does not end in LF.
    #[error("the text does not end in a line feed")]
    MissingFinalNewline,
    /// The signer's name is not a valid key name.
    #[error("the signer's name is not a valid key name")]
    InvalidName,
    /// The signer gave a signature of no bytes.
    #[error("the signer gave an empty signature")]
    EmptySignature,
    /// The signer failed.
    #[error("the signer failed")]
    Signer(#[source] E),
}

/// Signs `text` and gives the whole note: text, blank line, signature line (C2SP `signed-note`,
/// "Format").
///
/// What comes out is what [`Note::parse`](super::Note::parse) accepts, with the same text.
///
/// # Errors
///
/// - [`SignError::TooLong`]: the note would be longer than [`MAX_NOTE_BYTES`].
/// - [`SignError::ControlCharacter`], [`SignError::MissingFinalNewline`]: no note can hold `text`.
/// - [`SignError::InvalidName`]: `signer` has a name that no note can hold.
/// - [`SignError::EmptySignature`], [`SignError::Signer`]: `signer` gave no signature.
pub fn sign<S: Signer + ?Sized>(text: &str, signer: &S) -> Result<String, SignError<S::Error>> {
    if text.len() > MAX_NOTE_BYTES {
        return Err(SignError::TooLong);
    }
    if let Some(offset) = find_control(text) {
        return Err(SignError::ControlCharacter { offset });
    }
    if !text.ends_with('\n') {
        return Err(SignError::MissingFinalNewline);
    }
    let name = signer.name();
    if !is_key_name(name) {
        return Err(SignError::InvalidName);
    }
    let signature = signer.sign(text.as_bytes()).map_err(SignError::Signer)?;
    if signature.is_empty() {
        return Err(SignError::EmptySignature);
    }
    let encoded = BASE64_STANDARD.encode([&signer.key_id(), signature.as_slice()].concat());
    let note = format!("{text}\n{LINE_START}{name} {encoded}\n");
    if note.len() > MAX_NOTE_BYTES {
        return Err(SignError::TooLong);
    }
    Ok(note)
}
