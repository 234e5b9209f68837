//! Every key of a policy: where it stands, what it takes, what it means. The compiler holds the keys of a source
//! against them, and the table of `docs/policy.md` is made from them.
//!
//! In a path `NAME` is a name that the author chooses, and `[]` an element of a list of tables.

mod bounds;
mod parties;
mod rules;
mod work;

/// The part of a path that stands for any name.
pub(super) const ANY: &str = "NAME";

/// Whether a key has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Its table is not complete without it.
    Required,
    /// It may be left out.
    Optional,
    /// It goes with another key, or instead of one; the words say which.
    Depends(&'static str),
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Where it stands, such as `budgets[].limit`.
    pub path: &'static str,
    /// Whether it has to be there.
    pub presence: Presence,
    /// What it takes, and what that is held against.
    pub takes: &'static str,
    /// What it says.
    pub says: &'static str,
    /// A line with it; of a table its header.
    pub example: &'static str,
}

const fn key(
    path: &'static str,
    presence: Presence,
    takes: &'static str,
    says: &'static str,
    example: &'static str,
) -> Key {
    Key { path, presence, takes, says, example }
}

/// Every key, in the order in which a policy is best written.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    [parties::KEYS, work::KEYS, rules::KEYS, bounds::KEYS].into_iter().flatten()
}

/// The keys that a table may have: each with its last part, and itself.
pub(super) fn within(table: &str) -> impl Iterator<Item = (&'static str, &'static Key)> {
    keys().filter_map(move |key| {
        let rest =
            if table.is_empty() { key.path } else { key.path.strip_prefix(table)?.strip_prefix('.')? };
        (!rest.contains('.') && !rest.contains('[')).then_some((rest, key))
    })
}

/// True if `path` is of tables: it has keys of its own.
pub(super) fn is_table(path: &str) -> bool {
    within(path).next().is_some()
}

#[cfg(test)]
mod tests;
