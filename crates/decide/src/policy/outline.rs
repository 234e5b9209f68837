//! Where each key of a policy's TOML stands.
//!
//! A path names a key by the keys above it, joined by dots, and an element of a list of tables by its `id`, or
//! by its number, counted from 1, where it has none: `budgets.agent-day.limit`, `gates.2.need`. A part that is
//! not a bare TOML key stands in quotes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::compile::Place;
use super::keys::{self, keys};

/// One key of a source.
pub(super) struct Entry {
    /// Its path.
    pub(super) path: String,
    /// Its path among [`keys::keys`]; none for a key that is not among them.
    pub(super) known: Option<String>,
    /// The path above it among [`keys::keys`].
    pub(super) within: String,
    /// Its last part, as the author wrote it.
    pub(super) name: String,
    /// The bytes of the key itself.
    pub(super) key: Range<usize>,
    /// The bytes of its value; of a table with a header of its own, the header.
    pub(super) value: Range<usize>,
    /// True if it is a table, or an element of a list of tables.
    pub(super) table: bool,
}

/// The keys of a policy's source, and where they stand.
pub struct Outline {
    entries: Vec<Entry>,
}

impl Outline {
    /// The outline of a source; none if it is not TOML.
    pub fn of(source: &str) -> Option<Self> {
        DeTable::parse(source).ok().map(|table| Self::of_table(table.get_ref()))
    }

    pub(super) fn of_table(table: &DeTable<'_>) -> Self {
        let mut outline = Self { entries: Vec::new() };
        outline.walk(table, "", "");
        outline
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn walk(&mut self, table: &DeTable<'_>, path: &str, within: &str) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let here = join(path, name);
            let known = known(within, name);
            self.entries.push(Entry {
                path: here.clone(),
                known: known.clone(),
                within: within.into(),
                name: name.into(),
                key: key.span(),
                value: value.span(),
                table: value.get_ref().is_table(),
            });
            let Some(known) = known else { continue };
            match value.get_ref() {
                DeValue::Table(table) if keys::is_table(&known) => self.walk(table, &here, &known),
                DeValue::Array(elements) => self.elements(elements.iter(), &here, &known),
                _ => {}
            }
        }
    }

    /// The elements of a list of tables; another list has no keys within.
    fn elements<'t, 'i: 't>(
        &mut self,
        elements: impl Iterator<Item = &'t Spanned<DeValue<'i>>>,
        path: &str,
        known: &str,
    ) {
        let within = format!("{known}[]");
        if !keys::is_table(&within) {
            return;
        }
        for (at, element) in elements.enumerate() {
            let DeValue::Table(table) = element.get_ref() else { continue };
            let id = table.get("id").and_then(|id| id.get_ref().as_str());
            let name = id.map_or_else(|| at.saturating_add(1).to_string(), String::from);
            let here = join(path, &name);
            self.entries.push(Entry {
                path: here.clone(),
                known: Some(within.clone()),
                within: known.into(),
                name,
                key: element.span(),
                value: element.span(),
                table: true,
            });
            self.walk(table, &here, &within);
        }
    }

    /// The path of the innermost key whose name or value is at `offset`.
    pub(super) fn key_at(&self, offset: usize) -> Option<&str> {
        self.entry_at(offset).map(|entry| entry.path.as_str())
    }

    /// What the key at `offset` takes.
    pub(super) fn takes(&self, offset: usize) -> Option<&'static str> {
        let known = self.entry_at(offset)?.known.as_deref()?;
        keys().find(|key| key.path == known).map(|key| key.takes)
    }

    fn entry_at(&self, offset: usize) -> Option<&Entry> {
        let at = |range: &Range<usize>| range.contains(&offset);
        let found = self.entries.iter().filter(|entry| at(&entry.key) || at(&entry.value));
        found.min_by_key(|entry| entry.value.len())
    }

    /// The place of the key `path` in `source`, whose outline this is.
    pub fn place(&self, source: &str, path: &str) -> Option<Place> {
        let entry = self.entries.iter().find(|entry| entry.path == path)?;
        Some(Place::of(source, &entry.key))
    }

    /// The lines of `source` from which the author's rule `path` can be read: its key, its value, and all that is
    /// within it.
    pub fn lines<'s>(&self, source: &'s str, path: &str) -> impl Iterator<Item = &'s str> {
        let below = format!("{path}.");
        let of_it = self.entries.iter().filter(|entry| entry.path == path || entry.path.starts_with(&below));
        let bytes = of_it.fold(None, |whole: Option<Range<usize>>, entry| {
            let start = entry.key.start.min(entry.value.start);
            let end = entry.key.end.max(entry.value.end);
            Some(whole.map_or(start..end, |whole| whole.start.min(start)..whole.end.max(end)))
        });
        let mut offset = 0_usize;
        source.split_inclusive('\n').filter_map(move |line| {
            let here = offset..offset.saturating_add(line.len());
            offset = here.end;
            let bytes = bytes.as_ref()?;
            (here.start < bytes.end && bytes.start < here.end).then(|| line.trim_end())
        })
    }
}

/// The path of the key `name` of the table `within` among the known ones.
fn known(within: &str, name: &str) -> Option<String> {
    let last = keys::within(within).map(|(last, _)| last).find(|last| [name, keys::ANY].contains(last))?;
    Some(join(within, last))
}

/// The path of the key `name` below `path`, which is empty for the whole policy.
pub fn join(path: &str, name: &str) -> String {
    let part = part(name);
    if path.is_empty() { part.into() } else { format!("{path}.{part}") }
}

fn part(name: &str) -> Cow<'_, str> {
    let bare = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !name.is_empty() && name.bytes().all(bare) { name.into() } else { format!("{name:?}").into() }
}

#[cfg(test)]
mod tests;
