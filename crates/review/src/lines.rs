//! What stands on the screen: one label and one value a line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use serde::Serialize;

use crate::words::visible;

/// One line of what is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub label: &'static str,
    /// What stands there, safe on a terminal.
    pub value: String,
}

impl Line {
    /// A line, whole however long it is; characters that are not visible ([`crate::words::is_visible`]) are shown as `?`.
    pub fn new(label: &'static str, value: impl Display) -> Self {
        Self { label, value: visible(value) }
    }
}

/// The lines as text, one under the other.
pub fn text(lines: &[Line]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|line| format!("  {:<10} {}", line.label, line.value)).collect();
    lines.join("\n")
}
