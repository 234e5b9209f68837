//! Bounded text and bytes: what may stand in a record that people will read.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codec::{Class, Error, Reader, Wire, Writer, fixed};

/// The longest [`Id`], in bytes.
pub const ID_MOST: usize = 128;
/// The longest [`Text`], in bytes.
pub const TEXT_MOST: usize = 2048;
/// The longest [`Octets`], in bytes: the largest share of a record that one field may have.
pub const OCTETS_MOST: usize = 40 * 1024;

/// A name that a caller or a policy gives: 1 to 128 ASCII letters, digits and `. _ - : / @ +`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A word of the format itself.
    pub(crate) fn word(word: &'static str) -> Self {
        Self(word.into())
    }

    /// `kind/number`, as subjects are written.
    pub(crate) fn numbered(kind: &'static str, number: u64) -> Self {
        Self(format!("{kind}/{number}"))
    }
}

/// The text is not an [`Id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 1 to 128 ASCII letters, digits and . _ - : / @ +")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    /// # Errors
    /// [`NotAnId`] for an empty or long text and for any other character.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-:/@+".contains(&b);
        if (1..=ID_MOST).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(NotAnId)
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Wire for Id {
    fn encode(&self, w: &mut Writer) {
        w.text(&self.0);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let start = r.offset();
        match r.text(ID_MOST)? {
            "" => Err(Class::OutOfRange.at(start)),
            text => text.parse().map_err(|_| Class::ForbiddenCharacter.at(start)),
        }
    }
}

/// Text from outside: at most 2048 bytes of UTF-8 without control, bidirectional-override or
/// zero-width characters, so that what a terminal or a page shows is what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What `value` shows, cut at 2048 bytes, each deceptive character shown as `?`.
    pub fn shown(value: impl fmt::Display) -> Self {
        let whole = format!("{value}");
        if whole.len() <= TEXT_MOST && is_plain(&whole) {
            return Self(whole);
        }
        let mut text = String::new();
        for c in whole.chars().map(|c| if is_deceptive(c) { '?' } else { c }) {
            if text.len().saturating_add(c.len_utf8()) > TEXT_MOST {
                break;
            }
            text.push(c);
        }
        Self(text)
    }
}

impl From<&Id> for Text {
    fn from(id: &Id) -> Self {
        Self(id.0.clone())
    }
}

/// True for printable ASCII, in which no character is deceptive.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// True for a character that hides or reorders what is shown: controls, Unicode bidirectional
/// formatting, zero-width and other invisible characters, line and paragraph separators.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The text is not a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// More than 2048 bytes.
    #[error("longer than 2048 bytes")]
    TooLong,
    /// A character that [`is_deceptive`].
    #[error("has a control, bidirectional or zero-width character")]
    Deceptive,
}

impl FromStr for Text {
    type Err = NotText;

    /// # Errors
    /// As [`NotText`] says.
    fn from_str(text: &str) -> Result<Self, NotText> {
        if text.len() > TEXT_MOST {
            Err(NotText::TooLong)
        } else if !is_plain(text) && text.chars().any(is_deceptive) {
            Err(NotText::Deceptive)
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Wire for Text {
    fn encode(&self, w: &mut Writer) {
        w.text(&self.0);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let start = r.offset();
        r.text(TEXT_MOST)?.parse().map_err(|_| Class::ForbiddenCharacter.at(start))
    }
}

/// Bytes of somebody else's format, at most 40 KiB; in JSON, hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets(Vec<u8>);

impl Octets {
    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes are more than [`OCTETS_MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {OCTETS_MOST} bytes")]
pub struct TooManyOctets;

impl TryFrom<Vec<u8>> for Octets {
    type Error = TooManyOctets;

    /// # Errors
    /// [`TooManyOctets`] above 40 KiB.
    fn try_from(bytes: Vec<u8>) -> Result<Self, TooManyOctets> {
        if bytes.len() > OCTETS_MOST { Err(TooManyOctets) } else { Ok(Self(bytes)) }
    }
}

impl Serialize for Octets {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl Wire for Octets {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes(OCTETS_MOST).map(|bytes| Self(bytes.into()))
    }
}

/// Exactly `N` bytes; in JSON, hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fixed<const N: usize>(pub [u8; N]);

impl<const N: usize> Serialize for Fixed<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<const N: usize> Wire for Fixed<N> {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        fixed(r).map(Self)
    }
}

#[cfg(test)]
mod tests;
