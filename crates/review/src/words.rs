//! Values as people read them: exact, and safe on a terminal.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt::Display;

use counterfoil_record::{Amount, Text};
use jiff::Timestamp;

/// A time in milliseconds since 1970, UTC: `2026-11-23T03:51:29.000Z`.
pub fn time(millis: u64) -> String {
    let stamp = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    stamp.map_or_else(|| format!("{millis} ms"), |stamp| format!("{stamp:.3}"))
}

/// An amount in whole units of an asset with `decimals` places, exactly: `5.000000` as `5.00`.
pub fn money(amount: Amount, decimals: usize) -> String {
    let digits = format!("{:0>width$}", amount.units(), width = decimals.saturating_add(1));
    let (whole, places) = digits.split_at(digits.len().saturating_sub(decimals));
    let kept = places.trim_end_matches('0').len().max(decimals.min(2));
    match places.get(..kept) {
        Some(places) if !places.is_empty() => format!("{whole}.{places}"),
        _ => whole.to_owned(),
    }
}

/// Text from outside, without what could move the cursor or hide itself.
pub fn safe(text: impl Display) -> String {
    Text::shown(text).as_str().to_owned()
}
