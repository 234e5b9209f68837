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
