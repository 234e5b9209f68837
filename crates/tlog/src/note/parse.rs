//! Taking a note apart. Nothing is verified here.

use alloc::{string::String, vec::Vec};

use base64::{Engine, prelude::BASE64_STANDARD};
use thiserror::Error;

use super::{LINE_START, MAX_NOTE_BYTES, MAX_SIGNATURES, find_control, is_key_name};

/// A note of valid form. Who signed it, if anyone, only [`open`](Self::open) tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a [`Note`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    signature: Vec<u8>,
}

/// Why some bytes are not a note. Lines of signatures count from 1, offsets of bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// More than [`MAX_NOTE_BYTES`] bytes.
    #[error("the note is longer than {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// Not valid UTF-8.
    #[error("the note is not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first byte that is not part of valid UTF-8.
        offset: usize,
    },
    /// A control character below U+0020 other than LF.
    #[error("the note holds a control character at byte {offset}")]
    ControlCharacter {
        /// Where the character stands.
        offset: usize,
    },
    /// The last byte is not LF.
    #[error("the note does not end in a line feed")]
    MissingFinalNewline,
    /// No blank line after a text.
    #[error("no blank line separates text and signatures")]
    MissingBlankLine,
    /// Nothing follows the last blank line.
    #[error("the note has no signature line")]
    NoSignatures,
    /// More than [`MAX_SIGNATURES`] signature lines.
    #[error("the note has more than {MAX_SIGNATURES} signature lines")]
    TooManySignatures,
    /// A signature line that is not em dash, space, name, space, base64.
    #[error("signature line {line} has the wrong form")]
    MalformedLine {
        /// Which signature line.
        line: usize,
    },
    /// A key name that is empty or holds white space or `+`.
    #[error("signature line {line} has an invalid key name")]
    InvalidName {
        /// Which signature line.
        line: usize,
    },
    /// A signature that is not canonical, padded base64 (RFC 4648, section 4).
    #[error("signature line {line} is not valid base64")]
    InvalidBase64 {
        /// Which signature line.
        line: usize,
    },
    /// A signature of fewer than 5 bytes: a key id and at least one byte are needed.
    #[error("signature line {line} is too short")]
    SignatureTooShort {
        /// Which signature line.
        line: usize,
    },
}

impl Note {
    /// Takes the bytes of a note apart, strictly (C2SP `signed-note`, "Format").
    ///
    /// The work and the memory are bounded by [`MAX_NOTE_BYTES`] and [`MAX_SIGNATURES`].
    ///
    /// # Errors
    ///
    /// The first defect in the order of [`NoteError`]: those of the whole note, then line by line.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = core::str::from_utf8(bytes)
            .map_err(|error| NoteError::NotUtf8 { offset: error.valid_up_to() })?;
        if let Some(offset) = find_control(note) {
            return Err(NoteError::ControlCharacter { offset });
        }
        let lines = note.strip_suffix('\n').ok_or(NoteError::MissingFinalNewline)?;
        if lines.ends_with('\n') {
            return Err(NoteError::NoSignatures);
        }
        // The first LF found ends the text and belongs to it, the second is the blank line.
        let (text, lines) = lines.rsplit_once("\n\n").ok_or(NoteError::MissingBlankLine)?;
        if lines.split('\n').nth(MAX_SIGNATURES).is_some() {
            return Err(NoteError::TooManySignatures);
        }
        let signatures = lines
            .split('\n')
            .zip(1..)
            .map(|(text, line)| NoteSignature::parse(text, line))
            .collect::<Result<_, _>>()?;
        let mut text = String::from(text);
        text.push('\n');
        Ok(Self { text, signatures })
    }

    /// The text that the signatures cover, with its final LF.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in the order of the note, of known and unknown signers alike.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl NoteSignature {
    /// Takes a signature line without its LF apart.
    fn parse(text: &str, line: usize) -> Result<Self, NoteError> {
        let (name, encoded) = text
            .strip_prefix(LINE_START)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::MalformedLine { line })?;
        if !is_key_name(name) {
            return Err(NoteError::InvalidName { line });
        }
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| NoteError::InvalidBase64 { line })?;
        match bytes.split_first_chunk() {
            Some((key_id, signature)) if !signature.is_empty() => {
                Ok(Self { name: String::from(name), key_id: *key_id, signature: signature.to_vec() })
            }
            _ => Err(NoteError::SignatureTooShort { line }),
        }
    }

    /// The key name that the line claims.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id that the line claims.
    pub const fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// The signature without the key id, at least one byte.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}
