use alloc::collections::BTreeSet;
use alloc::string::String;

use counterfoil_decide::policy::{Outline, compile, keys};
use counterfoil_testkit::policy;

use super::rules;

#[test]
fn each_part_has_a_path_of_its_own_below_its_rule() {
    for source in [policy::full(), policy::plain()] {
        let mut seen = BTreeSet::new();
        for rule in rules(&compile(&source).unwrap()) {
            for part in rule.parts {
                let below = part.path.strip_prefix(&rule.path).unwrap();
                assert!(rule.path.is_empty() || below.starts_with('.'), "{} in {}", part.path, rule.path);
                assert!(seen.insert(part.path.clone()), "{} twice", part.path);
            }
        }
    }
}

/// The path of a key with what it is in the words of a policy taken for `NAME` and `[]`.
fn is_said(rules: &BTreeSet<String>, path: &str) -> bool {
    let parts: alloc::vec::Vec<&str> = path.split('.').collect();
    rules.iter().any(|rule| {
        let of_rule: alloc::vec::Vec<&str> = rule.split('.').collect();
        let mut found = of_rule.iter();
        parts.iter().all(|part| match part.strip_suffix("[]") {
            Some(list) => found.next() == Some(&list) && found.next().is_some(),
            None if *part == "NAME" => found.next().is_some(),
            None => found.next() == Some(part),
        })
    })
}

#[test]
fn every_key_that_a_policy_can_have_is_said() {
    let power = "erase = { approvals = 1, from = \"finance\" }\n[limits]\n";
    let said: BTreeSet<String> =
        rules(&compile(&policy::vary(&policy::full(), "[limits]\n", power)).unwrap())
            .into_iter()
            .flat_map(|rule| rule.parts)
            .map(|part| part.path)
            .collect();
    // Other words for the same part: `deny = true` is a need that nobody can meet; a calendar is the window; hosts for
    // http are in the patterns that use them.
    let elsewhere = ["budgets[].id", "gates[].id", "gates[].deny", "resources.http", "budgets[].window."];
    for key in keys().filter(|key| elsewhere.iter().all(|path| !key.path.starts_with(path))) {
        assert!(is_said(&said, key.path), "{} is not said", key.path);
    }
}

#[test]
fn rules_can_be_read_from_the_authors_lines() {
    let source = policy::full();
    let outline = Outline::of(&source).unwrap();
    for rule in rules(&compile(&source).unwrap()).iter().filter(|rule| !rule.path.is_empty()) {
        assert!(outline.lines(&source, &rule.path).next().is_some(), "{}", rule.path);
    }
}
