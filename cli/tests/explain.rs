//! `explain`: the rules that a payment was decided by stand there in the lines of the policy's author.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use std::fs;

use common::{Demo, args, run};
use rusqlite::Connection;
use serde_json::{Value, json};

#[test]
fn each_rule_is_quoted_in_the_lines_of_its_author() {
    let demo = Demo::new();
    let policy = fs::read_to_string(demo.dir.join("policy.toml")).unwrap();
    let explain = |words: &[&str], payment: &str| {
        run(args(
            &[&["explain"], words, &["--trust"]].concat(),
            &[&demo.trust_file(), &demo.log(), payment.as_ref()],
        ))
    };
    // The payment that two people approved, and the last of the loop, which a budget ended.
    for (payment, quoted) in
        [("14", ["budgets.run-total", "gates.premium"]), ("105", ["budgets.agent-hour", "payees"])]
    {
        let json = explain(&["--json"], payment).json();
        let rules = json["rules"].as_array().unwrap();
        for path in quoted {
            assert!(rules.iter().any(|rule| rule["path"] == path), "{path} in {rules:?}");
        }
        let text = explain(&[], payment).stdout;
        for rule in rules {
            let lines: Vec<&str> =
                rule["lines"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
            assert!(policy.contains(&lines.join("\n")), "{lines:?}");
            if rule["check"] == "budget" || rule["check"] == "gate" {
                let shown: Vec<String> = lines.iter().map(|line| format!("        | {line}")).collect();
                assert!(text.contains(&shown.join("\n")), "{shown:?} in {text}");
            }
        }
    }
}

/// What `explain` says of a payment, as JSON and as text.
fn explained(demo: &Demo, of: &std::path::Path, payment: &str) -> (Value, String) {
    let explain = |words: &[&str]| run(args(words, &[&demo.trust_file(), of, payment.as_ref()]));
    let json = explain(&["explain", "--json", "--trust"]).json();
    (json, explain(&["explain", "--trust"]).stdout)
}

#[test]
fn the_margin_says_what_was_left_and_what_would_have_turned_it() {
    let demo = Demo::new();
    // The last payment of a loop, which a budget ended.
    let (json, text) = explained(&demo, &demo.log(), "105");
    let margin = &json["margin"];
    assert_eq!((&margin["record"], &margin["outcome"]), (&json!(105), &json!("deny")));
    assert_eq!(margin["asset"], json!({"name": "usdc", "decimals": 6}));
    assert_eq!(margin["left"][1], json!({"rule": "agent-hour", "over": "10000"}));
    assert_eq!(margin["amount"], json!({"asked": "10000", "increase": null, "decrease": null}));
    assert_eq!(margin["approvals"], Value::Null);
    let (time, then) = (&margin["time"], &margin["time"]["then"]);
    assert_eq!(then, &json!({"outcome": "allow", "checks": []}));
    let decided = json["story"]["chapters"].as_array().unwrap();
    let decided = decided.iter().find(|chapter| chapter["index"] == 105).unwrap();
    let wait = time["at"].as_u64().unwrap() - decided["time"].as_u64().unwrap();
    assert_eq!(time["wait"], wait);
    assert!(text.contains("over       budget agent-hour: by 0.01 usdc (10000)"), "{text}");
    assert!(text.contains(&format!("{wait} ms later: allow")), "{text}");
}

#[test]
fn a_bundle_has_the_margin_of_its_log_and_one_that_does_not_hold_has_none() {
    let demo = Demo::new();
    let mut compared = 0;
    for payment in ["4", "14", "20", "27", "105"] {
        let file = demo.dir.join(format!("{payment}.bundle"));
        let words = ["bundle", "--trust"];
        let mut all = args(&words, &[&demo.trust_file(), &demo.log(), payment.as_ref()]);
        all.extend(args(&["--out"], &[&file]));
        let bundled = run(all);
        assert!(file.exists(), "{bundled:?}");
        let ((of_log, _), (of_bundle, text)) =
            (explained(&demo, &demo.log(), payment), explained(&demo, &file, payment));
        assert!(of_log["margin"].is_object(), "{payment}");
        assert_eq!(of_log["margin"], of_bundle["margin"], "{payment}");
        assert!(text.contains(", as far as the bundle's records go"), "{text}");
        let mut bytes = fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let broken = demo.dir.join(format!("{payment}.broken"));
        fs::write(&broken, bytes).unwrap();
        let (json, text) = explained(&demo, &broken, payment);
        assert_ne!(json["report"]["findings"], json!([]), "{payment}");
        assert_eq!(json["margin"], Value::Null, "{payment}");
        assert!(!text.contains("margin:"), "{text}");
        compared += 1;
    }
    assert_eq!(compared, 5);
}

#[test]
fn a_decision_that_does_not_follow_has_no_margin() {
    let demo = Demo::new();
    for (changed, payment, has) in [("13", "14", false), ("30", "14", true)] {
        let (_folder, log) = demo.copy();
        let change = format!("UPDATE record SET bytes = x'00' WHERE idx = {changed}");
        Connection::open(&log).unwrap().execute_batch(&change).unwrap();
        let (json, text) = explained(&demo, &log, payment);
        assert_eq!(json["report"]["verdict"], "failed");
        assert_eq!((json["margin"].is_object(), text.contains("margin:")), (has, has), "{changed}");
        // Of what the audit did not come to nothing is told, neither.
        assert_eq!((json["story"]["run"].is_u64(), text.contains("payment 14 is ")), (has, has), "{changed}");
    }
}

#[test]
fn the_page_shows_the_margin_of_the_demonstration_as_it_is() {
    let read = |path: &str| fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (page, demo) = (read("docs/explain.md"), read("cli/tests/demo.stdout"));
    let shown = page.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(demo.contains(shown), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.starts_with("  ")).count(), 10);
}
