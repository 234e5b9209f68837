//! Nothing in a policy can change without a change in what `show` prints and `diff` lists. Tried on every example
//! policy and the policy of the vectors: bits in every byte of the canonical encoding flipped, and each key, line and list
//! element of the TOML taken out.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    missing_docs,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use counterfoil_decide::policy::{Policy, compile};
use counterfoil_record::codec::Wire as _;
use counterfoil_review::{Diff, Shown};

/// The example policies, and the one that has everything.
fn policies() -> Vec<(String, String)> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/policies");
    let mut found = Vec::from([("vectors".into(), counterfoil_testkit::policy::full())]);
    for entry in fs::read_dir(examples).unwrap() {
        let file = entry.unwrap().path().join("policy.toml");
        if let Ok(source) = fs::read_to_string(&file) {
            found.push((file.display().to_string(), source));
        }
    }
    assert!(found.len() >= 4, "{found:?}");
    found
}

/// Panics unless both outputs show that the two are not the same. `shown` is without the digest, which always differs.
fn is_seen(before: &Policy, shown: &str, after: &Policy, what: &str) {
    assert!(without_digest(after) != shown, "{what}: show says the same");
    let (there, back) = (Diff::new(before, after), Diff::new(after, before));
    assert!(!there.differences.is_empty() && !back.differences.is_empty(), "{what}");
    assert_eq!(there.differences.len(), back.differences.len(), "{what}");
    let text = there.text();
    for it in &there.differences {
        assert_ne!(it.before, it.after, "{what}");
        assert!([&it.before, &it.after].into_iter().flatten().all(|words| text.contains(words.as_str())));
    }
}

#[test]
fn no_byte_of_a_policy_changes_unseen() {
    for (name, source) in policies() {
        let policy = compile(&source).unwrap();
        let shown = without_digest(&policy);
        let bytes = policy.to_bytes();
        let mut decoded = 0;
        // Two bits of each byte: the lowest, and another in turn.
        for bit in (0..bytes.len()).flat_map(|at| [at * 8, at * 8 + 1 + at % 7]) {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Policy::from_bytes(&flipped) {
                decoded += 1;
                is_seen(&policy, &shown, &other, &format!("{name}: bit {bit}"));
            }
        }
        assert!(decoded > bytes.len() / 4, "{name}: {decoded} of {} bits", bytes.len() * 2);
    }
}

fn without_digest(policy: &Policy) -> String {
    let shown = Shown::new(policy);
    shown.text().replace(&shown.digest.to_string(), "")
}

/// Every source that lacks something of `source`: a line, a table with its header, or an element of a list or an
/// inline table.
fn lacking(source: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut out = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let is_header = |line: &str| line.starts_with('[');
        let end = if is_header(line) {
            lines[at + 1..].iter().position(|line| is_header(line)).map_or(lines.len(), |end| at + 1 + end)
        } else {
            at + 1
        };
        let rest: Vec<&str> = lines[..at].iter().chain(&lines[end..]).copied().collect();
        out.push((format!("without {:?}", &lines[at..end]), rest.join("\n")));
        let elements: Vec<&str> = line.split(", ").collect();
        for gone in 0..elements.len() {
            let mut kept = elements.clone();
            let element = kept.remove(gone);
            let opening = element.rfind(['[', '{']).filter(|_| gone == 0 && !kept.is_empty());
            let closing = element.find([']', '}']).filter(|_| gone > 0);
            let mut changed = kept.join(", ");
            if let Some(opening) = opening {
                changed = format!("{}{changed}", &element[..=opening]);
            }
            if let Some(closing) = closing {
                changed.push_str(&element[closing..]);
            }
            let mut all = lines.clone();
            all[at] = &changed;
            out.push((format!("line {}: {line} -> {changed}", at + 1), all.join("\n")));
        }
    }
    out
}

#[test]
fn no_rule_is_left_out_unseen() {
    for (name, source) in policies() {
        let policy = compile(&source).unwrap();
        let shown = without_digest(&policy);
        let mut seen = BTreeSet::new();
        for (what, other) in lacking(&source) {
            let Ok(other) = compile(&other) else { continue };
            if other == policy {
                continue;
            }
            is_seen(&policy, &shown, &other, &format!("{name}: {what}"));
            seen.insert(what);
        }
        assert!(seen.len() > 20, "{name}: {seen:?}");
    }
}
