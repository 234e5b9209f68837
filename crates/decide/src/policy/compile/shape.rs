//! The shape of a source: only keys that a policy has, and every key that it needs. All that are unknown or
//! missing are reported, where serde would stop at the first.

use alloc::vec::Vec;

use super::Compiler;
use super::problem::{Kind, Place, Problem};
use crate::policy::keys::{self, Presence};
use crate::policy::outline::{Entry, join};

impl Compiler<'_> {
    pub(super) fn shape(&mut self) {
        let mut problems: Vec<Problem> = Vec::new();
        self.missing(None, &mut problems);
        for entry in self.outline.entries() {
            if entry.known.is_none() {
                problems.push(self.unknown(entry));
            } else if entry.table {
                self.missing(Some(entry), &mut problems);
            }
        }
        self.problems.append(&mut problems);
    }

    fn unknown(&self, entry: &Entry) -> Problem {
        let known = keys::within(&entry.within).map(|(name, _)| name).collect();
        let kind = Kind::UnknownKey { name: entry.name.clone(), known };
        Problem { place: Place::of(self.source, &entry.key), key: Some(entry.path.clone()), kind }
    }

    /// The keys that `table` needs and does not have; without a table, those of the whole policy.
    fn missing(&self, table: Option<&Entry>, problems: &mut Vec<Problem>) {
        let known = table.and_then(|table| table.known.as_deref()).unwrap_or_default();
        let path = table.map_or("", |table| table.path.as_str());
        for (name, key) in keys::within(known) {
            let path = join(path, name);
            let there = || self.outline.entries().iter().any(|entry| entry.path == path);
            if name == keys::ANY || key.presence != Presence::Required || there() {
                continue;
            }
            let place = table.map_or(Place::START, |table| Place::of(self.source, &table.key));
            let kind = Kind::MissingKey { takes: key.takes };
            problems.push(Problem { place, key: Some(path), kind });
        }
    }
}
