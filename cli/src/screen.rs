//! Writing to stdout, and showing values to people. Text from outside is shown without what could move the
//! cursor or hide itself.

use core::fmt::Display;
use std::io::{self, Write as _};

use counterfoil_record::text::is_deceptive;
use counterfoil_record::{Amount, Text};
use jiff::Timestamp;
use serde::Serialize;

use crate::exit::Failure;

/// Writes one line to stdout and flushes it.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

/// Writes the whole of an answer to stdout. If nobody reads it to the end, the answer is still the answer.
pub(crate) fn page(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes `value` as one line of JSON to stdout and flushes it.
pub(crate) fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    line(escaped(&serde_json::to_string(value).map_err(Failure::new)?))
}

/// Writes `value` as JSON over several lines.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    page(escaped(&serde_json::to_string_pretty(value).map_err(Failure::new)?))
}

/// JSON in which no character moves the cursor or hides: such a character can only stand in a string, where
/// `\u` says the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_deceptive(c) {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// `2026-11-23T03:51:29.000Z`.
pub(crate) fn time(millis: u64) -> String {
    let stamp = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    stamp.map_or_else(|| format!("{millis} ms"), |stamp| format!("{stamp:.3}"))
}

/// An amount in whole units of an asset with `decimals` places, exactly: `5.000000` as `5.00`.
pub(crate) fn money(amount: Amount, decimals: usize) -> String {
    let digits = format!("{:0>width$}", amount.units(), width = decimals.saturating_add(1));
    let (whole, places) = digits.split_at(digits.len().saturating_sub(decimals));
    let kept = places.trim_end_matches('0').len().max(decimals.min(2));
    match places.get(..kept) {
        Some(places) if !places.is_empty() => format!("{whole}.{places}"),
        _ => whole.to_owned(),
    }
}

/// Text from outside, safe on a terminal.
pub(crate) fn safe(text: impl Display) -> String {
    Text::shown(text).as_str().to_owned()
}
