//! What stands on the screen: one label and one value a line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use counterfoil_record::text::is_deceptive;
use serde::Serialize;

/// One line of what is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub label: &'static str,
    /// What stands there, safe on a terminal.
    pub value: String,
}

impl Line {
    /// A line, whole however long it is; characters that could move the cursor or hide themselves are shown as `?`.
    pub fn new(label: &'static str, value: impl Display) -> Self {
        let value = format!("{value}").chars().map(|c| if is_deceptive(c) { '?' } else { c }).collect();
        Self { label, value }
    }
}

/// The lines as text, one under the other.
pub fn text(lines: &[Line]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|line| format!("  {:<10} {}", line.label, line.value)).collect();
    lines.join("\n")
}
