#![allow(clippy::arithmetic_side_effects, reason = "a panic is a failed test")]

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ANY, Presence, keys, within};
use crate::policy::Outline;
use crate::policy::compile::tests::sample::SAMPLE;
use crate::policy::source::Source;

/// The tables of a policy, by path.
fn tables() -> BTreeSet<&'static str> {
    keys().filter_map(|key| key.path.rsplit_once('.').map(|(table, _)| table)).chain([""]).collect()
}

/// What serde says that a table may have: it names every field when it meets one that it does not know.
fn fields(table: &str) -> Vec<String> {
    let outline = Outline::of(SAMPLE).unwrap();
    let entry = outline.entries().iter().find(|entry| entry.known.as_deref() == Some(table) && entry.table);
    let after = match entry.map(|entry| entry.value.clone()) {
        None => 0,
        Some(value) if SAMPLE[value.clone()].starts_with('{') => value.start + 1,
        Some(header) => header.end,
    };
    let (before, rest) = SAMPLE.split_at(after);
    let source = if before.ends_with(']') {
        format!("{before}\nno-such-key = true{rest}")
    } else if before.ends_with('{') {
        format!("{before} no-such-key = true,{rest}")
    } else {
        format!("no-such-key = true\n{rest}")
    };
    let error = toml::from_str::<Source>(&source).err().unwrap();
    let message = error.message();
    let listed = message.split_once("expected ").unwrap_or_else(|| panic!("{table}: {message}")).1;
    listed.split('`').skip(1).step_by(2).map(String::from).collect()
}

#[test]
fn the_keys_are_those_that_the_source_has() {
    for table in tables() {
        let known: BTreeSet<String> = within(table).map(|(name, _)| name.into()).collect();
        if known.contains(ANY) {
            continue;
        }
        let fields: BTreeSet<String> = fields(table).into_iter().collect();
        assert_eq!(known, fields, "[{table}]");
    }
}

#[test]
fn what_is_required_is_what_the_source_cannot_be_without() {
    let outline = Outline::of(SAMPLE).unwrap();
    for key in keys().filter(|key| !key.path.contains(['.', '['])) {
        let lines: BTreeSet<_> = outline.lines(SAMPLE, key.path).map(str::as_ptr).collect();
        let rest: Vec<_> = SAMPLE.lines().filter(|line| !lines.contains(&line.as_ptr())).collect();
        assert!(!lines.is_empty() && rest.len() < SAMPLE.lines().count(), "{}", key.path);
        let found = toml::from_str::<Source>(&rest.join("\n")).err();
        let expected = (key.presence == Presence::Required).then(|| format!("missing field `{}`", key.path));
        assert_eq!(found.as_ref().map(toml::de::Error::message), expected.as_deref(), "{}", key.path);
    }
}

#[test]
fn each_key_stands_once_below_one_that_is_there_and_says_what_it_is() {
    let mut seen = BTreeSet::new();
    for key in keys() {
        assert!(seen.insert(key.path), "{} twice", key.path);
        let above = key.path.rsplit_once('.').map_or("", |(above, _)| above).trim_end_matches("[]");
        assert!(above.is_empty() || seen.contains(above), "{}", key.path);
        assert!(!key.takes.is_empty() && !key.says.is_empty(), "{}", key.path);
    }
}

#[test]
fn each_key_has_an_example_of_it() {
    for key in keys() {
        let example: toml::Table =
            toml::from_str(key.example).unwrap_or_else(|error| panic!("{}: {error}", key.path));
        let name = key.path.rsplit('.').next().unwrap();
        let found = example.keys().next().unwrap();
        let header = key.example.starts_with('[') && key.path.starts_with(found.as_str());
        assert!(header || name == ANY || found == name, "{}", key.path);
    }
}
