//! `list` and `export`: complete, the same each time, and what their query says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "common/busy.rs"]
mod busy;
mod common;

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_record::Input;
use counterfoil_testkit::{forge, policy, rail};
use serde_json::{Value, json};

use busy::{Busy, FORMULA};
use common::{Demo, args, run};

fn rows(export: &Value) -> Vec<Value> {
    export["rows"].as_array().unwrap().clone()
}

fn payments(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["payment"].as_u64().unwrap()).collect()
}

#[test]
fn every_status_and_every_kind_of_decision_is_in_the_log_of_these_tests() {
    let export = Busy::new().export(&[]);
    let all = rows(&export);
    let having = |field: &str| -> BTreeSet<String> {
        all.iter().map(|row| row[field].as_str().unwrap_or("none").to_owned()).collect()
    };
    let words =
        |words: &[&str]| -> BTreeSet<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let statuses = [
        "held",
        "open",
        "unknown",
        "settled",
        "failed",
        "expired",
        "denied",
        "void",
        "deny",
        "cannot-decide",
        "refused",
    ];
    assert_eq!(having("status"), words(&statuses));
    assert_eq!(having("outcome"), words(&["allow", "hold", "deny", "cannot-decide", "refused"]));
    assert_eq!(having("agent"), words(&["researcher", "scout", "@SUM", "none"]));
    assert_eq!(having("asset_name"), words(&["usdc", "yen", "gold", "none"]));
    assert!(
        all.iter().any(|row| row["owed"] == "300000") && all.iter().any(|row| row["returned"] == "50000")
    );
    assert!(all.iter().any(|row| row["resource"] == FORMULA));
}

#[test]
fn an_export_is_the_same_to_the_last_byte_each_time() {
    let busy = Busy::new();
    for format in ["json", "csv"] {
        let options = ["--since", "2026-11-23T00:00:00Z", "--asset", "yen", "--asset", "usdc"];
        let words = [&["export", "--format", format][..], &options].concat();
        let once = busy.said(&words);
        assert!(once.len() > 1000);
        assert_eq!(once, busy.said(&words), "{format}");
        // The order in which options are given makes no difference, nor how a time is written.
        let assets = ["--asset", "usdc", "--asset", "yen", "--asset", "usdc"];
        let other = [&["export"][..], &assets, &["--since", "2026-11-23T01:00:00+01:00", "--format", format]]
            .concat();
        assert_eq!(once, busy.said(&other), "{format}");
    }
}

/// Adds decimal numbers digit by digit.
fn add(a: &str, b: &str) -> String {
    let digit = |text: &str, at: usize| text.bytes().rev().nth(at).map_or(0, |byte| byte - b'0');
    let (mut carry, mut sum) = (0, Vec::new());
    for at in 0..=a.len().max(b.len()) {
        let of = digit(a, at) + digit(b, at) + carry;
        sum.push(b'0' + of % 10);
        carry = of / 10;
    }
    sum.reverse();
    let text = String::from_utf8(sum).unwrap();
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

/// The control totals of an export, from its rows.
fn summed(rows: &[Value]) -> BTreeMap<String, Value> {
    let mut totals: BTreeMap<String, Value> = BTreeMap::new();
    for row in rows {
        let asset = row["asset"].as_str().unwrap_or_default().to_owned();
        let total = totals.entry(asset).or_insert_with(|| {
            json!({"asset": row["asset"], "names": [], "count": 0, "outcomes": {}, "exposure": "0", "settled": "0",
                "returned": "0", "reserved": "0", "owed": "0"})
        });
        total["count"] = json!(total["count"].as_u64().unwrap() + 1);
        let outcome = row["outcome"].as_str().unwrap();
        let count = total["outcomes"].get(outcome).and_then(Value::as_u64).unwrap_or(0);
        total["outcomes"][outcome] = json!(count + 1);
        if !row["asset_name"].is_null() && !total["names"].as_array().unwrap().contains(&row["asset_name"]) {
            total["names"].as_array_mut().unwrap().push(row["asset_name"].clone());
        }
        for field in ["exposure", "settled", "returned", "reserved", "owed"] {
            let sum = add(total[field].as_str().unwrap(), row[field].as_str().unwrap_or("0"));
            total[field] = json!(sum);
        }
    }
    totals
}

#[test]
fn the_control_totals_are_what_the_rows_add_up_to() {
    assert_eq!(add("99", "1"), "100");
    let busy = Busy::new();
    for options in [&[][..], &["--asset", "usdc"], &["--agent", "@SUM"], &["--outcome", "deny"]] {
        let export = busy.export(options);
        let (rows, manifest) = (rows(&export), &export["manifest"]);
        let expected: Vec<Value> = summed(&rows).into_values().collect();
        assert_eq!(manifest["totals"], json!(expected), "{options:?}");
        assert_eq!(manifest["count"], rows.len());
        assert_eq!(manifest["population"], busy.export(&[])["rows"].as_array().unwrap().len());
    }
}

#[test]
fn the_population_is_every_request_of_the_records_that_the_root_is_over() {
    let busy = Busy::new();
    let (entries, _) = common::read(&busy.log());
    let records = forge::records(&entries);
    for size in [0, 1, 5, 20, entries.len()] {
        let asked = records[..size].iter().filter(|record| matches!(record.input, Input::Pay(_)));
        let asked: Vec<u64> = asked.map(|record| record.index.value()).collect();
        let export = busy.export(&["--at", &size.to_string()]);
        assert_eq!(payments(&rows(&export)), asked);
        let log = &export["manifest"]["log"];
        let mut tree = counterfoil_tlog::CompactRange::new();
        for entry in &entries[..size] {
            tree.append(counterfoil_tlog::leaf_hash(entry));
        }
        assert_eq!(log["root"], tree.root().to_string());
        assert_eq!((&log["records"], &log["followed"]), (&json!(size), &json!(size)));
        let range = if size == 0 { (Value::Null, Value::Null) } else { (json!(0), json!(size - 1)) };
        assert_eq!((log["first"].clone(), log["last"].clone()), range);
        assert_eq!(export["manifest"]["population"], asked.len());
    }
    let beyond = busy.ran(&["export", "--at", &(entries.len() + 1).to_string()]);
    assert_eq!((beyond.code, beyond.stdout.as_str()), (Some(2), ""));
    assert!(beyond.stderr.contains("--at"), "{beyond:?}");
}

type Naive<'t> = Box<dyn Fn(&Value) -> bool + 't>;

/// Every kind of option, with a naive filter over a row of the whole export. `since` and `until` are two moments.
fn filters(since: u64, until: u64) -> Vec<(Vec<String>, Naive<'static>)> {
    let usdc = format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN);
    let other = format!("{}:{}", rail::CHAIN, policy::OTHER_SELLER);
    let stamp = |millis: u64| {
        let millis = i64::try_from(millis).unwrap();
        jiff::Timestamp::from_millisecond(millis).unwrap().to_string()
    };
    let is = |field: &'static str, values: &[&str]| -> Naive<'static> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Box::new(move |row: &Value| values.iter().any(|value| row[field] == *value))
    };
    let units = |row: &Value| row["exposure"].as_str().map(|text| text.parse::<u128>().unwrap());
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    vec![
        (vec!["--since".into(), stamp(since)], Box::new(move |row| row["time"].as_u64().unwrap() >= since)),
        (vec!["--until".into(), stamp(until)], Box::new(move |row| row["time"].as_u64().unwrap() < until)),
        (words(&["--agent", "researcher"]), is("agent", &["researcher"])),
        (words(&["--agent", "@SUM", "--agent", "scout"]), is("agent", &["@SUM", "scout"])),
        (words(&["--run", "report-17"]), is("run_id", &["report-17"])),
        (words(&["--run", "3"]), Box::new(|row| row["run"] == 3)),
        (vec!["--payee".into(), other.to_uppercase()], is("payee", &[&other])),
        (words(&["--outcome", "allow"]), is("outcome", &["allow"])),
        (words(&["--outcome", "deny", "--outcome", "refused"]), is("outcome", &["deny", "refused"])),
        (words(&["--status", "settled"]), is("status", &["settled"])),
        (words(&["--status", "open", "--status", "held"]), is("status", &["open", "held"])),
        (words(&["--asset", "gold", "--asset", "yen"]), is("asset_name", &["gold", "yen"])),
        (vec!["--asset".into(), usdc.to_uppercase()], is("asset", &[&usdc])),
        (
            words(&["--least", "100000"]),
            Box::new(move |row| units(row).is_some_and(|units| units >= 100_000)),
        ),
        (words(&["--most", "900"]), Box::new(move |row| units(row).is_some_and(|units| units <= 900))),
        (
            words(&["--least", "0.20 usdc"]),
            Box::new(move |row| row["asset_name"] == "usdc" && units(row).unwrap() >= 200_000),
        ),
        (
            words(&["--most", "1.5 gold"]),
            Box::new(move |row| {
                row["asset_name"] == "gold" && units(row).unwrap() <= 1_500_000_000_000_000_000
            }),
        ),
        (words(&["--open"]), Box::new(|row| row["reserved"] != "0")),
    ]
}

#[test]
fn every_option_alone_and_with_every_other_selects_what_a_naive_filter_does() {
    let busy = Busy::new();
    let all = rows(&busy.export(&[]));
    let times: Vec<u64> = all.iter().map(|row| row["time"].as_u64().unwrap()).collect();
    // Both are times of requests, so that it shows which end is in.
    let filters = filters(times[times.len() / 3], times[times.len() - 4]);
    let mut told = 0;
    for (at, (options, takes)) in filters.iter().enumerate() {
        for (others, also) in &filters[at..] {
            let mut words: Vec<&str> = options.iter().map(String::as_str).collect();
            let alone = options == others;
            // Of `--least` and its like the last would count.
            if !alone && options[0] == others[0] {
                continue;
            }
            words.extend(others.iter().filter(|_| !alone).map(String::as_str));
            let expected: Vec<Value> = all.iter().filter(|row| takes(row) && also(row)).cloned().collect();
            assert_eq!(rows(&busy.export(&words)), expected, "{words:?}");
            if alone {
                assert!(!expected.is_empty() && expected.len() < all.len(), "{words:?} tells nothing apart");
            }
            told += 1;
        }
    }
    assert!(told > 120, "{told}");
}

#[test]
fn what_a_query_names_in_vain_is_said_and_the_answer_is_empty() {
    let busy = Busy::new();
    for (options, named) in [
        (["--agent", "nobody"], "agent nobody"),
        (["--run", "99999"], "run 99999"),
        (["--payee", "eip155:1:0x0"], "payee eip155:1:0x0"),
        (["--asset", "doge"], "asset doge"),
        (["--least", "1 doge"], "asset doge"),
    ] {
        for command in ["export", "list"] {
            let ran = busy.ran(&[&[command][..], &options].concat());
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let said = format!("counterfoil: no payment request in the log has {named}\n");
            assert_eq!(ran.stderr, said);
        }
        let export = busy.ran(&[&["export"][..], &options].concat()).json();
        assert_eq!((&export["rows"], &export["manifest"]["totals"]), (&json!([]), &json!([])));
        assert_eq!(export["manifest"]["count"], 0);
        assert!(export["manifest"]["population"].as_u64().unwrap() > 15);
    }
    // Each is there, only not together: that is no reason to say anything.
    let ran = busy.ran(&["list", "--agent", "scout", "--asset", "gold"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.starts_with("0 of "), "{ran:?}");
}

#[test]
fn a_log_without_payments_has_a_population_of_none() {
    let own = common::Own::new();
    let trust = own.dir.join("trust.toml");
    for (command, more) in [("list", &[][..]), ("export", &[]), ("sample", &["--size", "3"])] {
        let mut words = args(&[command], &[&own.log(), "--trust".as_ref(), &trust]);
        words.extend(more.iter().map(|word| (*word).into()));
        let ran = run(words);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        match command {
            "list" => assert!(ran.stdout.starts_with("0 of 0 payment requests\nlog: verified, "), "{ran:?}"),
            "export" => {
                assert_eq!(ran.json()["rows"], json!([]));
                assert_eq!(ran.json()["manifest"]["population"], 0);
            }
            _ => assert!(ran.stdout.starts_with("0 of 0 payment requests, drawn"), "{ran:?}"),
        }
    }
}

#[test]
fn bad_options_are_named_with_nothing_on_stdout() {
    let busy = Busy::new();
    for (options, named) in [
        (&["export", "--since", "yesterday"][..], "--since"),
        (&["export", "--since", "2026-11-23T00:00:00"], "--since"),
        (&["export", "--until", "1969-12-31T23:59:59Z"], "before 1970"),
        (&["export", "--until", "2026-11-23T00:00:00.0005Z"], "finer than a millisecond"),
        (&["list", "--outcome", "accepted"], "--outcome"),
        (&["list", "--status", "gone"], "--status"),
        (&["list", "--agent", "a b"], "--agent"),
        (&["list", "--payee", "a\u{202e}b"], "--payee"),
        (&["list", "--asset", "a\u{1b}[2J"], "--asset"),
        (&["list", "--least=-1"], "--least"),
        (&["list", "--least", "1.5"], "smallest units"),
        (&["list", "--least", "01"], "smallest units"),
        (&["list", "--most", "340282366920938463463374607431768211456"], "below 2^128"),
        (&["list", "--most", "1. usdc"], "smallest units"),
        (&["export", "--format", "xml"], "--format"),
        (&["sample"], "--size"),
        (&["sample", "--size", "0"], "--size"),
    ] {
        let ran = busy.ran(options);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{options:?}: {ran:?}");
        assert!(ran.stderr.contains(named), "{options:?}: {ran:?}");
    }
}

#[test]
fn the_help_of_each_says_what_the_exit_code_is_and_which_options_are_a_query() {
    for command in ["list", "export", "check-export", "sample"] {
        let help = run([command, "--help"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("the exit code is that of `verify`"), "{help}");
        assert!(
            command == "check-export" || help.contains("Which payment requests (all that is stated"),
            "{help}"
        );
    }
    let help = run(["sample", "--help"]).stdout;
    let (own, query) = help.split_once("\nWhich payment requests").unwrap();
    assert!(own.contains("--format") && own.contains("--size") && !query.contains("--format"), "{help}");
}

#[test]
fn of_a_log_that_fails_the_rows_that_follow_are_said_and_that_it_fails() {
    let demo = Demo::new();
    let database = rusqlite::Connection::open(demo.log()).unwrap();
    database.execute("UPDATE record SET bytes = x'00' WHERE idx = 25", []).unwrap();
    drop(database);
    for command in ["list", "export"] {
        let ran = run(args(&[command], &[&demo.log(), "--trust".as_ref(), &demo.trust_file()]));
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("counterfoil: failed: the log is not what it should be\n"), "{ran:?}");
        assert!(ran.stderr.contains("counterfoil: record 25: record-malformed\n"), "{ran:?}");
        assert!(ran.stderr.contains("only what 25 of 107 records ask for is in the population\n"), "{ran:?}");
        if command == "list" {
            assert!(ran.stdout.contains("5 of 5 payment requests\n"), "{ran:?}");
            assert!(ran.stdout.contains("log: failed, counterfoil.example/demo, 107 records"), "{ran:?}");
        } else {
            let log = &ran.json()["manifest"]["log"];
            assert_eq!((&log["verdict"], &log["exit_code"]), (&json!("failed"), &json!(1)));
            assert_eq!((&log["records"], &log["followed"]), (&json!(107), &json!(25)));
            assert_eq!(payments(&rows(&ran.json())), [4, 11, 14, 20, 23]);
        }
    }
}

#[test]
fn without_trust_the_verdict_is_insufficient_in_every_place() {
    let busy = Busy::new();
    let ran = run(args(&["export"], &[&busy.log()]));
    assert_eq!((ran.code, &ran.json()["manifest"]["log"]["exit_code"]), (Some(3), &json!(3)));
    assert!(ran.stderr.contains("insufficient"), "{ran:?}");
}
