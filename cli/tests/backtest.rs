//! `policy backtest`: the demonstration's log under other policies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;
#[path = "schemas/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Demo, Ran, args, run};
use schema::{assert_valid, validator};
use serde_json::Value;

impl Demo {
    /// The demonstration's policy with passages replaced, each of which must stand in it.
    fn policy(&self, changes: &[(&str, &str)]) -> PathBuf {
        let mut policy = fs::read_to_string(self.dir.join("policy.toml")).unwrap();
        for (from, to) in changes {
            assert!(policy.contains(from), "{from}");
            policy = policy.replace(from, to);
        }
        let file = self.dir.join("other.toml");
        fs::write(&file, policy).unwrap();
        file
    }

    fn backtest(&self, format: &str, policy: &Path) -> Ran {
        let words = ["policy", "backtest", "--format", format, "--policy"];
        let mut words = args(&words, &[policy, &self.log()]);
        words.extend(args(&["--trust"], &[&self.trust_file()]));
        run(words)
    }

    fn json(&self, policy: &Path) -> Value {
        let ran = self.backtest("json", policy);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let report = ran.json();
        assert_valid(&validator("backtest"), &report);
        report
    }
}

/// The changes of one kind: record, outcomes, and the reasons for the second.
fn changes(report: &Value, kind: &str) -> Vec<(u64, String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_kind = report["changes"].as_array().unwrap().iter().filter(|it| it["kind"] == kind);
    let told = of_kind.map(|it| {
        let after = &it["after"];
        let reasons = ["codes", "fail", "needs"].iter().filter_map(|list| after[*list].as_array()).flatten();
        (
            it["index"].as_u64().unwrap(),
            text(&it["before"]["outcome"]),
            text(&after["outcome"]),
            reasons.map(text).collect(),
        )
    });
    told.collect()
}

/// The payments of the demonstration: record, exposure in millionths, and whether it counts for good.
fn bought(demo: &Demo) -> Vec<(u64, u64, bool)> {
    let inputs = fs::read_to_string(demo.dir.join("inputs.jsonl")).unwrap();
    let lines: Vec<Value> = inputs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is = |index: u64, kind: &str| lines[usize::try_from(index).unwrap()]["input"]["type"] == kind;
    let expired = lines.iter().filter(|it| it["input"]["type"] == "expire");
    let expired: Vec<u64> = expired.map(|it| it["input"]["payment"].as_u64().unwrap()).collect();
    let next =
        |index: u64| usize::try_from(index + 1).is_ok_and(|next| next < lines.len()) && is(index + 1, "bind");
    let pays = (0..u64::try_from(lines.len()).unwrap()).filter(|index| is(*index, "pay"));
    let exposure = |index: u64| {
        let header = lines[usize::try_from(index).unwrap()]["input"]["url"].as_str().unwrap();
        match header.rsplit('/').next().unwrap() {
            "weather" => 10_000,
            "boom" => 20_000,
            "pricey" => 5_000_000,
            other => panic!("{other}"),
        }
    };
    // Allowed at once: the wallet signs next. `/pricey` is allowed by its claim.
    pays.filter(|index| next(*index) || exposure(*index) == 5_000_000)
        .map(|index| (index, exposure(index), !expired.contains(&index)))
        .collect()
}

#[test]
fn under_its_own_policy_nothing_comes_out_otherwise() {
    let demo = Demo::new();
    for version in ["version = 1\n", "version = 9\n"] {
        let report = demo.json(&demo.policy(&[("version = 1\n", version)]));
        assert_eq!(report["changes"], serde_json::json!([]));
        assert_eq!(report["summary"]["records"], 107);
        for asset in report["summary"]["assets"].as_array().unwrap() {
            assert_eq!(asset["before"], asset["after"]);
            assert_eq!(
                (&asset["before"]["count"], &asset["before"]["amount"]),
                (&27.into(), &"5270000".into())
            );
        }
    }
}

#[test]
fn under_a_stricter_policy_exactly_those_are_denied_that_pass_its_limit() {
    let demo = Demo::new();
    let limit = 5_100_000;
    let report = demo.json(&demo.policy(&[("limit = \"5.25 usdc\"", "limit = \"5.10 usdc\"")]));
    // By hand: everything is within the hour, and what expires had expired before the limit was near.
    let (mut sum, mut denied, mut after) = (0, Vec::new(), 0);
    for (index, exposure, stays) in bought(&demo) {
        if sum + exposure > limit {
            denied.push(index);
        } else {
            sum += if stays { exposure } else { 0 };
            after += 1;
        }
    }
    assert_eq!((denied.len(), after), (15, 12));
    let expected: Vec<_> = denied
        .iter()
        .map(|index| (*index, "allow".to_owned(), "deny".to_owned(), vec!["budget:agent-hour".to_owned()]))
        .collect();
    assert_eq!(changes(&report, "decision"), expected);
    // Each was signed for and settled.
    let follow = |kind| changes(&report, kind).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(follow("consequence"), denied.iter().map(|index| index + 1).collect::<Vec<_>>());
    assert_eq!(follow("contradiction"), denied.iter().map(|index| index + 2).collect::<Vec<_>>());
    let summary = &report["summary"];
    assert_eq!(summary["outcomes"], serde_json::json!([{"before": "allow", "after": "deny", "count": 15}]));
    assert_eq!(summary["contradicted"][0]["settled"], serde_json::json!({"count": 15, "amount": "150000"}));
    assert_eq!(summary["agents"][0]["agent"], "researcher");
    assert_eq!(summary["agents"][0]["after"], serde_json::json!({"count": 12, "amount": "5120000"}));
    assert_eq!(summary["reserved"], serde_json::json!([]));
}

#[test]
fn under_a_looser_policy_exactly_those_are_allowed_that_it_has_room_for() {
    let demo = Demo::new();
    let report = demo.json(&demo.policy(&[
        ("limit = \"5.25 usdc\"", "limit = \"9.00 usdc\""),
        ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"6.00 usdc\""),
    ]));
    assert_eq!(
        changes(&report, "decision"),
        [(14, "hold".into(), "allow".into(), vec![]), (105, "deny".into(), "allow".into(), vec![]),]
    );
    let refused = |index, before: &str, why: &str| (index, before.into(), "refused".into(), vec![why.into()]);
    assert_eq!(
        changes(&report, "consequence"),
        [
            refused(15, "accepted", "statement-subject"),
            refused(16, "accepted", "statement-subject"),
            refused(17, "allow", "unknown-payment"),
        ],
        "what was signed for the claim still fits"
    );
    assert_eq!(changes(&report, "contradiction"), []);
    assert_eq!(report["summary"]["reserved"][0]["amount"], "10000");
}

#[test]
fn a_policy_may_drop_the_agent_or_the_asset_that_records_name() {
    let demo = Demo::new();
    let other =
        [("[agents.researcher]", "[agents.writer]"), ("agents = [\"researcher\"]", "agents = [\"writer\"]")];
    let report = demo.json(&demo.policy(&other));
    let summary = &report["summary"];
    let decisions = changes(&report, "decision");
    assert!(decisions.iter().all(|it| it.3 == ["unknown-agent"]), "{decisions:?}");
    assert_eq!(summary["agents"][0]["after"], serde_json::json!({"count": 0, "amount": "0"}));
    let report = demo.json(&demo.policy(&[("036cbd53842c5426634e7929541ec2318f3dcf7e", &"ab".repeat(20))]));
    let denied = changes(&report, "decision").into_iter().filter(|it| it.1 == "allow" || it.1 == "hold");
    for (index, _, after, reasons) in denied {
        assert_eq!(
            (after.as_str(), reasons.contains(&"asset".into())),
            ("deny", true),
            "{index}: {reasons:?}"
        );
    }
    assert_eq!(report["summary"]["assets"][0]["after"]["count"], 0);
}

/// What the command says on the demonstration's log. `UPDATE_TRANSCRIPTS=1` records it again.
#[test]
fn it_says_what_the_transcripts_say() {
    let demo = Demo::new();
    let stricter = [("max_exposure = \"10.00 usdc\"", "max_exposure = \"1.00 usdc\"")];
    let policy = demo.policy(&stricter);
    for (format, file) in [("text", "backtest.stdout"), ("csv", "backtest.csv")] {
        let said = demo.backtest(format, &policy);
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
        let transcript = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(file);
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::create_dir_all(transcript.parent().unwrap()).unwrap();
            fs::write(&transcript, &said.stdout).unwrap();
        }
        assert_eq!(said.stdout, fs::read_to_string(&transcript).unwrap(), "{file}");
    }
}

#[test]
fn nothing_is_said_of_a_log_that_fails_and_without_trust_the_exit_code_is_that_of_verify() {
    let demo = Demo::new();
    let policy = demo.policy(&[]);
    let without = run(args(&["policy", "backtest", "--policy"], &[&policy, &demo.log()]));
    assert_eq!(without.code, Some(3));
    assert!(without.stdout.contains("0 of 75 decisions"), "{without:?}");
    assert!(without.stderr.contains("insufficient"), "{without:?}");
    let database = rusqlite::Connection::open(demo.log()).unwrap();
    database.execute("UPDATE record SET bytes = zeroblob(9) WHERE idx = 30", []).unwrap();
    drop(database);
    for format in ["text", "json", "csv"] {
        let ran = demo.backtest(format, &policy);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        assert!(ran.stderr.contains("record 30: record-malformed"), "{ran:?}");
    }
}

#[test]
fn a_policy_or_log_that_cannot_be_read_is_named() {
    let demo = Demo::new();
    let bad = demo.policy(&[("pay = true", "pay = 1")]);
    let ran = demo.backtest("json", &bad);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("other.toml: line "), "{ran:?}");
    let missing =
        run(args(&["policy", "backtest", "--policy"], &[&demo.policy(&[]), &demo.dir.join("none")]));
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
}
