//! The head of a log as text, to be signed as a note (C2SP `tlog-checkpoint`, "Note text").
//!
//! ```text
//! example.com/behind-the-sofa                     origin: which log
//! 20852163                                        size in leaves, decimal, no leading zero
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    base64 of the 32-byte root
//! (more lines)                                    extensions: opaque, not empty, discouraged
//! ```
//!
//! Every line ends in LF, the last as well, and no line is empty. There is one text for one head:
//! what parses is what [`Checkpoint::to_text`] writes, to the byte.

use alloc::{format, string::String, vec::Vec};

use base64::{Engine, prelude::BASE64_STANDARD};
use thiserror::Error;

use crate::{
    hash::Hash,
    note::{MAX_NOTE_BYTES, find_control},
};

/// The most extension lines that a checkpoint may have.
pub const MAX_EXTENSIONS: usize = 100;

/// What a log says of itself at one size.
///
/// A parsed checkpoint is trusted only as far as the note that its text came in was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, by custom a URL without its scheme and the log's key name. Not empty,
    /// no control characters.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root of the tree of that size.
    pub root: Hash,
    /// Opaque lines after the root, without their LF. None is empty, none holds control
    /// characters. At most [`MAX_EXTENSIONS`].
    pub extensions: Vec<String>,
}

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// More bytes than a note may have.
    #[error("the checkpoint is longer than {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// A control character below U+0020 other than LF.
    #[error("the checkpoint holds a control character at byte {offset}")]
    ControlCharacter {
        /// Where the character stands, counted from 0.
        offset: usize,
    },
    /// The last line does not end in LF.
    #[error("the checkpoint does not end in a line feed")]
    MissingFinalNewline,
    /// An empty line.
    #[error("line {line} is empty")]
    EmptyLine {
        /// Which line, counted from 1.
        line: usize,
    },
    /// Fewer than three lines.
    #[error("the checkpoint has fewer than three lines")]
    TooFewLines,
    /// More than [`MAX_EXTENSIONS`] extension lines.
    #[error("the checkpoint has more than {MAX_EXTENSIONS} extension lines")]
    TooManyExtensions,
    /// The second line is not a decimal number without sign and leading zeros, at most 2^64 - 1.
    #[error("the size is not a canonical decimal number of 64 bits")]
    InvalidSize,
    /// The third line is not the canonical base64 of 32 bytes.
    #[error("the root is not the base64 of 32 bytes")]
    InvalidRoot,
}

impl Checkpoint {
    /// Reads the text of a checkpoint, strictly.
    ///
    /// # Errors
    ///
    /// The first defect in the order of [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(CheckpointError::TooLong);
        }
        if let Some(offset) = find_control(text) {
            return Err(CheckpointError::ControlCharacter { offset });
        }
        let body = text.strip_suffix('\n').ok_or(CheckpointError::MissingFinalNewline)?;
        let mut numbered = body.split('\n').zip(1..);
        if let Some((_, line)) = numbered.find(|(line, _)| line.is_empty()) {
            return Err(CheckpointError::EmptyLine { line });
        }
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::TooFewLines);
        };
        if lines.clone().nth(MAX_EXTENSIONS).is_some() {
            return Err(CheckpointError::TooManyExtensions);
        }
        Ok(Self {
            origin: String::from(origin),
            size: parse_size(size).ok_or(CheckpointError::InvalidSize)?,
            root: parse_root(root).ok_or(CheckpointError::InvalidRoot)?,
            extensions: lines.map(String::from).collect(),
        })
    }

    /// The text of the checkpoint, ready to be signed as a note.
    ///
    /// The fields are written as they are. A field that breaks the rule stated at it makes a text
    /// that [`parse`](Self::parse) refuses or reads otherwise.
    pub fn to_text(&self) -> String {
        let root = BASE64_STANDARD.encode(self.root.bytes());
        let mut text = format!("{}\n{}\n{root}\n", self.origin, self.size);
        for extension in &self.extensions {
            text.push_str(extension);
            text.push('\n');
        }
        text
    }
}

/// A canonical decimal number: digits only, no leading zero but in `0` itself.
fn parse_size(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if digits && !leading_zero { text.parse().ok() } else { None }
}

/// Exactly 32 bytes in canonical base64.
fn parse_root(text: &str) -> Option<Hash> {
    // 44 characters hold 32 bytes; longer lines are not worth decoding.
    if text.len() != 44 {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(Hash::new(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests;
