//! A private text that people have erased is in none of the log's files any more, and the log verifies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;
#[path = "common/desk.rs"]
mod desk;
#[path = "schemas/schema.rs"]
mod schema;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use counterfoil_testkit::policy;
use serde_json::{Value, json};

use common::{args, command, run};
use desk::{Desk, line};
use schema::{assert_valid, validator};

const PURPOSE: &str = "a flat for Carol Doe, born 1 May 1990";

/// Two people of finance may have text erased.
fn erasing() -> String {
    let power = "erase = { approvals = 2, from = \"finance\" }\n[limits]\n";
    policy::plain_with(&[("count = 5", "count = 10000"), ("[limits]\n", power)])
}

/// A run with a purpose.
fn run_with_purpose(desk: &Desk) -> u64 {
    let open = json!({"type": "open-run", "id": "r", "agent": "researcher", "principal": "carol", "purpose": PURPOSE});
    desk.answer(&open.to_string())["index"].as_u64().unwrap()
}

/// The files of the log that hold the text.
fn holding(desk: &Desk, text: &str) -> Vec<String> {
    let files = fs::read_dir(desk.path("agents")).unwrap().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().unwrap().is_file());
    let with = files.filter(|entry| {
        let bytes = fs::read(entry.path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    });
    with.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn verify(desk: &Desk) -> Value {
    let ran = run(args(&["verify", "--json", "--trust"], &[&desk.trust(), &desk.log()]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}

/// The order of alice and bob, in a file.
fn ordered(desk: &Desk, words: &[&str]) -> String {
    for person in ["alice-plain", "bob"] {
        let ran = desk.sign_into("erase.json", person, words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains(&format!("a private text of record {}", words[1])), "{ran:?}");
        assert!(!ran.stderr.contains(PURPOSE), "{ran:?}");
    }
    let counts = desk.on(&["statement", "check"], "erase.json");
    assert_eq!((counts.code, counts.stdout.as_str()), (Some(0), "it would be accepted\n"), "{counts:?}");
    fs::read_to_string(desk.path("erase.json")).unwrap()
}

#[test]
fn the_purpose_of_a_run_is_erased_by_signed_order_and_the_log_verifies() {
    let desk = Desk::new(&erasing());
    let opened = run_with_purpose(&desk);
    let paid = desk.answer(&line(&Desk::pay(opened, "quote", 200_000)));
    assert_eq!(paid["outcome"], "allow", "{paid}");
    assert_eq!(holding(&desk, PURPOSE), ["log.sqlite"]);
    let order = ordered(&desk, &["erase", &opened.to_string()]);
    assert_valid(&validator("command"), &serde_json::from_str(&order).unwrap());
    assert_eq!(holding(&desk, PURPOSE), ["log.sqlite"], "signed is not done");

    // While the log is open: the write-ahead log stands beside the file.
    let mut child = command()
        .args(args(&["govern", "--key"], &[&desk.path("agents/keys/log.pem"), &desk.log()]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", order.trim()).unwrap();
    let mut answer = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["outcome"], "accepted", "{answer}");
    assert!(desk.path("agents/log.sqlite-wal").exists());
    assert_eq!(holding(&desk, PURPOSE), [""; 0]);
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(holding(&desk, PURPOSE), [""; 0]);

    let report = verify(&desk);
    assert_valid(&validator("report"), &report);
    let erased = report["not_checked"].as_array().unwrap().iter().find(|it| it["code"] == "erased").unwrap();
    assert_eq!(erased["detail"], "the private values of 1 commitments were erased by signed order");
    let payment = paid["index"].to_string();
    let explain = |words: &[&str]| {
        let mut all = args(words, &[&desk.trust(), &desk.log()]);
        all.push(payment.clone().into());
        let ran = run(all);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!ran.stdout.contains(PURPOSE), "{ran:?}");
        ran
    };
    let told = format!("accepted: a private text of record {opened} erased, with 2 signed statements\n");
    assert!(explain(&["explain", "--trust"]).stdout.contains(&told));
    assert_valid(&validator("story"), &explain(&["explain", "--json", "--trust"]).json());
}

#[test]
fn of_a_record_with_several_texts_one_is_named() {
    let desk = Desk::new(&erasing());
    let opened = run_with_purpose(&desk);
    let text = "a present for Carol Doe";
    let paid = desk.answer(&line(&Desk::pay(opened, "quote", 200_000).purpose(text)))["index"].to_string();
    let which = desk.sign("bob", &["erase", &paid]);
    assert_eq!((which.code, which.stdout.as_str()), (Some(2), ""), "{which:?}");
    let (_, listed) = which.stderr.split_once("state with --commitment one of ").unwrap();
    let named = listed.split(", ").find_map(|it| it.trim().strip_suffix(" (purpose)")).unwrap();
    let order = ordered(&desk, &["erase", &paid, "--commitment", named]);
    assert_eq!(desk.answer(&order)["outcome"], "accepted");
    assert_eq!(holding(&desk, text), [""; 0]);
    assert_eq!(holding(&desk, PURPOSE), ["log.sqlite"]);
    verify(&desk);
    // An order for a text that the record does not have would not be taken.
    fs::write(desk.path("erase.json"), order.replace(named, &"ab".repeat(32))).unwrap();
    let check = desk.on(&["statement", "check"], "erase.json");
    assert_eq!((check.code, check.stdout.as_str()), (Some(1), ""), "{check:?}");
    assert!(check.stderr.contains("has no commitment"), "{check:?}");
}

#[test]
fn a_text_that_stands_beside_its_erasure_goes_when_the_log_is_opened() {
    let desk = Desk::new(&erasing());
    let opened = run_with_purpose(&desk).to_string();
    let order = ordered(&desk, &["erase", &opened]);
    assert_eq!(desk.answer(&order)["outcome"], "accepted");
    // As a kill between the record and the erasure leaves it.
    let order: Value = serde_json::from_str(&order).unwrap();
    let commitment = order["commitment"].as_str().unwrap();
    let left =
        format!("INSERT INTO aside (commitment, bytes) VALUES (x'{commitment}', CAST('{PURPOSE}' AS BLOB))");
    rusqlite::Connection::open(desk.log()).unwrap().execute(&left, []).unwrap();
    assert_eq!(holding(&desk, PURPOSE), ["log.sqlite"]);
    desk.answer(r#"{"type":"heartbeat"}"#);
    assert_eq!(holding(&desk, PURPOSE), [""; 0]);
    verify(&desk);
}

#[test]
fn what_cannot_be_erased_is_not_signed_for_and_not_recorded() {
    let desk = Desk::new(&erasing());
    let opened = run_with_purpose(&desk);
    let number = opened.to_string();
    let wrong = "ab".repeat(32);
    for (words, code, why) in [
        (&["erase", "99"][..], 1, "there is no such record"),
        (&["erase", "0"], 1, "record 0 has no private text"),
        (&["erase", &number, "--commitment", &wrong], 1, "has no commitment"),
        (&["erase", &number, "--commitment", "purpose"], 2, "not 64 lower-case hexadecimal digits"),
        (&["erase", "first"], 2, "not the index of a record"),
    ] {
        let ran = desk.sign("bob", words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(why), "{words:?}: {ran:?}");
    }
    let stranger = desk.sign("mallory", &["erase", &number]);
    assert_eq!((stranger.code, stranger.stdout.as_str()), (Some(1), ""), "{stranger:?}");
    // What `govern` is handed all the same leaves the log as it was.
    let before = desk.records();
    let key = desk.path("agents/keys/log.pem");
    let erase = json!({"type": "erase", "record": opened, "commitment": wrong}).to_string();
    let ran = common::run_with(args(&["govern", "--key"], &[&key, &desk.log()]), erase.as_bytes());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.lines()[0]["error"].as_str().unwrap().contains("has no commitment"), "{ran:?}");
    assert_eq!(desk.records(), before + 2, "a start and a stop");
    assert_eq!(holding(&desk, PURPOSE), ["log.sqlite"]);
    // Where nobody has the power, nobody signs.
    let desk = Desk::new(&desk::two_people());
    let opened = run_with_purpose(&desk).to_string();
    let ran = desk.sign("bob", &["erase", &opened]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.stderr.contains("no-power"), "{ran:?}");
}
