//! JSON objects read field by field, without losing a byte or a duplicate.
//!
//! An [`Object`] keeps each member's exact bytes. A field is named by its path in the message, so that
//! a failure says where: `object.required("payload.authorization.from")` looks for the key `from`.
//! Keys are compared after unescaping, so `"\u0066rom"` is a second `from` and is refused.
//!
//! Members that nobody asks for are checked for JSON syntax only and skipped without recursion, so that
//! their nesting costs no stack.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use counterfoil_record::{Amount, Hash32};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::address::Address;
use crate::permit2::{NotANonce, decode_nonce};
use crate::text::{hex_array, is_canonical_decimal};
use crate::x402::ParseError;

/// The members of one JSON object, in order, their values as the bytes that arrived.
pub(crate) struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a whole message of at most `limit` bytes.
    pub(crate) fn message(bytes: &'a [u8], limit: usize) -> Result<Self, ParseError> {
        if bytes.len() > limit {
            return Err(ParseError::TooLarge { limit, len: bytes.len() });
        }
        let text =
            core::str::from_utf8(bytes).map_err(|e| ParseError::NotUtf8 { offset: e.valid_up_to() })?;
        serde_json::from_str(text).map_err(|e| {
            if e.is_data() {
                ParseError::NotAnObject
            } else {
                ParseError::Json { line: e.line(), column: e.column() }
            }
        })
    }

    /// The member named by the last part of `path`, if there is one that is not `null`.
    pub(crate) fn optional(&self, path: &'static str) -> Result<Option<Field<'a>>, ParseError> {
        Ok(self.member(path)?.filter(|field| field.raw.get() != "null"))
    }

    /// The member named by the last part of `path`.
    pub(crate) fn required(&self, path: &'static str) -> Result<Field<'a>, ParseError> {
        self.member(path)?.ok_or(ParseError::MissingField(path))
    }

    /// The object as text again, with the members of these names alone, in their order: each with what `value` gives for
    /// its name, which is JSON, or else as it arrived. What is `null` stays so.
    pub(crate) fn text(&self, names: &[&str], value: impl Fn(&str) -> Option<String>) -> String {
        let members = self.0.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let members = members.map(|(name, raw)| {
            let other = value(name).filter(|_| raw.get() != "null");
            let value = other.unwrap_or_else(|| String::from(raw.get()));
            format!("{}:{value}", serde_json::Value::from(name.as_str()))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    fn member(&self, path: &'static str) -> Result<Option<Field<'a>>, ParseError> {
        let key = path.rsplit_once('.').map_or(path, |(_, key)| key);
        let mut found = self.0.iter().filter(|(name, _)| name == key).map(|&(_, raw)| Field { path, raw });
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(ParseError::DuplicateField(path)),
            (first, None) => Ok(first),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// One member's value, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    path: &'static str,
    raw: &'a RawValue,
}

impl<'a> Field<'a> {
    fn bad(self) -> ParseError {
        ParseError::BadField(self.path)
    }

    fn read<T: Deserialize<'a>>(self) -> Result<T, ParseError> {
        serde_json::from_str(self.raw.get()).map_err(|_| self.bad())
    }

    /// The bytes of the value as they arrived, without the space around it.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.raw.get().as_bytes()
    }

    /// An object.
    pub(crate) fn object(self) -> Result<Object<'a>, ParseError> {
        self.read()
    }

    /// An array, each element as the bytes that arrived.
    pub(crate) fn elements(self) -> Result<Vec<&'a [u8]>, ParseError> {
        Ok(self.read::<Vec<&'a RawValue>>()?.into_iter().map(|raw| raw.get().as_bytes()).collect())
    }

    /// A string of any length, unescaped.
    pub(crate) fn text(self) -> Result<Cow<'a, str>, ParseError> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        Ok(self.read::<Text<'a>>()?.0)
    }

    /// A string of 1 to `limit` printable ASCII characters.
    pub(crate) fn name(self, limit: usize) -> Result<String, ParseError> {
        let text = self.text()?;
        let printable = text.bytes().all(|b| (b' '..=b'~').contains(&b));
        if text.is_empty() || text.len() > limit || !printable {
            return Err(self.bad());
        }
        Ok(text.into_owned())
    }

    /// `true` or `false`.
    pub(crate) fn flag(self) -> Result<bool, ParseError> {
        self.read()
    }

    /// A JSON number written as a canonical decimal, below 2^64.
    pub(crate) fn number(self) -> Result<u64, ParseError> {
        self.decimal(self.raw.get())
    }

    /// A string that is a canonical decimal below 2^64.
    pub(crate) fn seconds(self) -> Result<u64, ParseError> {
        self.decimal(&self.text()?)
    }

    /// A string that is a canonical decimal below 2^128.
    pub(crate) fn amount(self) -> Result<Amount, ParseError> {
        self.decimal(&self.text()?).map(Amount::new)
    }

    fn decimal<T: core::str::FromStr>(self, text: &str) -> Result<T, ParseError> {
        if !is_canonical_decimal(text) {
            return Err(self.bad());
        }
        text.parse().map_err(|_| ParseError::OutOfRange(self.path))
    }

    /// A string that is an address.
    pub(crate) fn address(self) -> Result<Address, ParseError> {
        self.text()?.parse().map_err(|_| self.bad())
    }

    /// A string that is a canonical decimal below 2^256, as a number in big-endian bytes.
    pub(crate) fn nonce(self) -> Result<Hash32, ParseError> {
        decode_nonce(&self.text()?).map_err(|error| match error {
            NotANonce::Form => self.bad(),
            NotANonce::OutOfRange => ParseError::OutOfRange(self.path),
        })
    }

    /// A string of `0x` and 64 hexadecimal digits of either case.
    pub(crate) fn hash(self) -> Result<Hash32, ParseError> {
        hex_array(&self.text()?).map(Hash32).ok_or_else(|| self.bad())
    }
}
