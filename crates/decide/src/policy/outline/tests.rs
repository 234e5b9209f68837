use alloc::vec::Vec;

use super::Outline;
use crate::policy::compile::tests::sample::SAMPLE;
use crate::policy::keys::keys;

fn lines<'s>(outline: &Outline, source: &'s str, path: &str) -> Vec<&'s str> {
    outline.lines(source, path).collect()
}

#[test]
fn a_rule_is_read_from_its_own_lines() {
    let outline = Outline::of(SAMPLE).unwrap();
    let burst = [
        "[[budgets]]",
        "id = \"burst\"",
        "per = [\"agent\", \"payee\"]",
        "window = { rolling = \"60s\" }",
        "count = 30",
    ];
    assert_eq!(lines(&outline, SAMPLE, "budgets.burst"), burst);
    assert_eq!(lines(&outline, SAMPLE, "budgets.burst.window.rolling"), burst[3..4]);
    assert_eq!(lines(&outline, SAMPLE, "initial_phase"), ["initial_phase = \"explore\""]);
    assert_eq!(
        lines(&outline, SAMPLE, "phases.explore"),
        ["[phases.explore]", "to = [\"commit\"]", "pay = false"]
    );
    assert!(lines(&outline, SAMPLE, "budgets.none").is_empty());
    let place = outline.place(SAMPLE, "budgets.burst.count").unwrap();
    assert_eq!((SAMPLE.lines().nth(place.line - 1), place.column), (Some("count = 30"), 1));
}

#[test]
fn every_known_key_that_stands_in_a_source_has_its_place() {
    let source = SAMPLE.replace("[resources]", "[resources]\nhttp = []");
    let outline = Outline::of(&source).unwrap();
    for key in keys() {
        let found: Vec<_> =
            outline.entries().iter().filter(|entry| entry.known.as_deref() == Some(key.path)).collect();
        assert!(!found.is_empty(), "{} is not in the sample", key.path);
        for entry in found {
            let name = key.path.rsplit('.').next().unwrap();
            let there = &source[entry.key.clone()];
            assert!(name == "NAME" || there == name, "{}: {there}", entry.path);
            assert!(outline.place(&source, &entry.path).is_some());
        }
    }
}

#[test]
fn a_place_is_of_the_innermost_key() {
    let outline = Outline::of(SAMPLE).unwrap();
    let at = |passage: &str| outline.key_at(SAMPLE.find(passage).unwrap());
    assert_eq!(at("2.00 usdc"), Some("gates.premium.when.exposure_at_least"));
    assert_eq!(at("name = \"USDC\""), Some("assets.usdc.domain.name"));
    assert_eq!(at("researcher]"), Some("agents.researcher"));
    assert_eq!(at("alice+82e4fd33"), Some("roles.finance.members.alice"));
}

#[test]
fn names_that_are_no_bare_keys_stand_in_quotes_and_elements_without_id_are_counted() {
    let source = "[assets.\"a.b\"]\nid = 1\n[[budgets]]\nper = []\n[[budgets]]\nid = \"x\"\nlimt = 3\n";
    let outline = Outline::of(source).unwrap();
    let paths: Vec<_> = outline.entries().iter().map(|entry| entry.path.as_str()).collect();
    let expected = [
        "assets",
        "assets.\"a.b\"",
        "assets.\"a.b\".id",
        "budgets",
        "budgets.1",
        "budgets.1.per",
        "budgets.x",
        "budgets.x.id",
        "budgets.x.limt",
    ];
    assert_eq!(paths, expected);
    assert!(Outline::of("[[").is_none());
}
