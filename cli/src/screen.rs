//! Writing to stdout. Whatever the answer quotes, nothing leaves here that is not visible ([`is_visible`]), but the ends
//! of lines: text from outside is made safe where it is put in, so that it ends no line, and here once more.

use core::fmt::Display;
use std::io::{self, Write as _};

use counterfoil_review::words::is_visible;
use serde::Serialize;

use crate::exit::Failure;

/// Writes one line to stdout and flushes it.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", lines(text))?;
    out.flush()?;
    Ok(())
}

/// Writes the whole of an answer to stdout. If nobody reads it to the end, the answer is still the answer.
pub(crate) fn page(text: impl Display) -> Result<(), Failure> {
    own(lines(text))
}

/// The same for what is this program's own and quotes nothing, such as a script with tabs.
pub(crate) fn own(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// An answer of many lines, written as they come. If nobody reads it to the end, the answer is still the answer.
pub(crate) struct Page {
    out: io::BufWriter<io::StdoutLock<'static>>,
    /// Somebody still reads.
    read: bool,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self { out: io::BufWriter::new(io::stdout().lock()), read: true }
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        if self.read {
            let done = writeln!(self.out, "{}", lines(text));
            self.take(done)?;
        }
        Ok(())
    }

    /// Writes what is still to be written.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        if self.read {
            let done = self.out.flush();
            self.take(done)?;
        }
        Ok(())
    }

    fn take(&mut self, done: io::Result<()>) -> Result<(), Failure> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.read = false,
            done => done?,
        }
        Ok(())
    }
}

/// Writes `value` as one line of JSON to stdout and flushes it.
pub(crate) fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    line(json_text(value)?)
}

/// `value` as one line of JSON.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String, Failure> {
    Ok(escaped(&serde_json::to_string(value).map_err(Failure::new)?))
}

/// Writes `value` as JSON over several lines.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    page(escaped(&serde_json::to_string_pretty(value).map_err(Failure::new)?))
}

/// Lines in which every character is visible, or shown as `?`. The markup of CSV and XML is visible itself.
pub(crate) fn lines(text: impl Display) -> String {
    let mut text = text.to_string();
    if !text.chars().all(may_stand) {
        text = text.chars().map(|c| if may_stand(c) { c } else { '?' }).collect();
    }
    text
}

fn may_stand(c: char) -> bool {
    c == '\n' || is_visible(c)
}

/// JSON in which every character is visible: one that is not can only stand in a string, where `\u` says the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if may_stand(c) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}
