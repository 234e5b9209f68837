//! Small readers that evidence of every form shares.

use alloc::format;
use alloc::string::String;

use counterfoil_record::Hash32;
use serde::Deserialize;

use super::{EvidenceError, FILE_MOST, Reason};

/// The file as text.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, EvidenceError> {
    if bytes.len() > FILE_MOST {
        return Err(Reason::TooLarge.at("the file"));
    }
    core::str::from_utf8(bytes).map_err(|error| Reason::NotUtf8.at(format!("byte {}", error.valid_up_to())))
}

/// A JSON value at `place`; where that is empty, the place is the line and column of the fault.
pub(super) fn json<'a, T: Deserialize<'a>>(text: &'a str, place: &str) -> Result<T, EvidenceError> {
    serde_json::from_str(text).map_err(|error| {
        let reason = if error.is_data() { Reason::Shape } else { Reason::NotJson };
        let within = format!("line {}, column {}", error.line(), error.column());
        reason.at(if place.is_empty() { within } else { String::from(place) })
    })
}

/// A quantity as Ethereum nodes write it: `0x` and 1 to 16 hexadecimal digits.
///
/// # Errors
/// [`Reason::Quantity`] for anything else.
pub fn quantity(text: &str) -> Result<u64, Reason> {
    let digits = text.strip_prefix("0x").filter(|it| (1..=16).contains(&it.len())).ok_or(Reason::Quantity)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Reason::Quantity);
    }
    u64::from_str_radix(digits, 16).map_err(|_| Reason::Quantity)
}

/// `0x` and 64 hexadecimal digits of either case.
pub(super) fn hash(text: &str) -> Result<Hash32, Reason> {
    let mut bytes = [0; 32];
    let digits = text.strip_prefix("0x").ok_or(Reason::Hash)?;
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| Reason::Hash)?;
    Ok(Hash32(bytes))
}

/// A canonical decimal below 2^64.
pub(super) fn decimal(text: &str) -> Result<u64, Reason> {
    let canonical = text == "0"
        || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    if canonical { text.parse().map_err(|_| Reason::Decimal) } else { Err(Reason::Decimal) }
}
