//! `reconcile` on evidence that lies, floods or does not parse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;
#[path = "common/till.rs"]
mod till;

use counterfoil_record::Hash32;
use counterfoil_testkit::rail::{PAYER, SELLER, Signing, TOKEN};
use serde_json::{Value, json};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use till::{MAIN, Till, classes, extract, row, transaction};

/// A line of an exchange about a signature of the wallet.
fn exchange(nonce: Hash32, call: &str, answer: &Value) -> String {
    let header = Signing::new(10_000, MAIN + 60, nonce).header();
    let payload: Value = serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap();
    let body = json!({"paymentPayload": payload, "paymentRequirements": payload["accepted"]});
    json!({"request": {"url": call, "body": body}, "response": {"status": 200, "body": answer.to_string()}})
        .to_string()
}

fn till() -> (Till, Hash32) {
    let mut till = Till::at(MAIN);
    let (payment, slot) = till.bought("quote", 10_000);
    till.sign(payment, 10_000, slot);
    (till, slot)
}

#[test]
fn what_cannot_be_read_exits_2_with_file_place_and_reason_and_no_answer() {
    let (till, slot) = till();
    till.file("good.json", extract(till::settled(10_000, slot, 9), MAIN + 1));
    till.file("logs.json", "{\"chain\":\"eip155:1\",\"from_block\":\"0x0\",\"to_block\":\"0x1\",\"head_time\":\"1\",\"logs\":[]}");
    till.file("deep.json", "[".repeat(1_000_000));
    till.file("exchanges.jsonl", "{}\n");
    till.file("table.csv", "network,asset,from,to,amount,transaction\n=cmd(),2,3,4,5,6\n");
    std::fs::File::create(till.path("huge.json")).unwrap().set_len(65 * 1024 * 1024).unwrap();
    for (words, said) in [
        (["--chain", "logs.json"], "logs.json: head_time: not 0x and 1 to 16 hexadecimal digits"),
        (["--chain", "deep.json"], "deep.json: line 1, column "),
        (["--chain", "huge.json"], "huge.json: longer than 67108864 bytes"),
        (["--chain", "none.json"], "none.json: No such file"),
        (["--facilitator", "exchanges.jsonl"], "exchanges.jsonl: line 1: not of the form"),
        (["--facilitator", "good.json"], "good.json: line 1: not of the form"),
        (["--csv", "table.csv"], "table.csv: line 2, network: not an eip155 chain id"),
        (["--csv", "good.json"], "good.json: line 1: another number of cells than the header has"),
    ] {
        let ran = till.reconcile(&words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{said}, not {}", ran.stderr);
        assert!(!ran.stderr.contains("cmd"), "nothing of the file is quoted: {}", ran.stderr);
    }
    let ran = till.reconcile(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "no evidence at all");
}

#[test]
fn a_facilitator_that_settles_an_altered_signature_settles_nothing_of_the_payment() {
    let (till, slot) = till();
    let settled =
        json!({"success": true, "transaction": transaction(9), "network": "eip155:84532", "payer": PAYER});
    let forged = exchange(slot, "/settle", &settled).replace("\"value\":\"10000\"", "\"value\":\"10001\"");
    till.file("exchanges.jsonl", forged);
    let answer = till.answer(&["--facilitator", "exchanges.jsonl"], 1);
    let told = classes(&answer);
    assert_eq!(told[0], ("moved-without-decision".into(), "exchange line 1".into()));
    assert_eq!(told[1].0, "outcome-unknown");
}

#[test]
fn a_signature_that_no_decision_is_about_is_told_with_its_end() {
    let (till, _) = till();
    let stray = Hash32([9; 32]);
    till.file("exchanges.jsonl", exchange(stray, "/verify", &json!({"isValid": true})));
    let answer = till.answer(&["--facilitator", "exchanges.jsonl"], 3);
    let row = row(&answer, "exchange line 1");
    assert_eq!((&row["class"], &row["worth"]), (&"outcome-unknown".into(), &"facilitator-answer".into()));
    assert_eq!(row["spendable_until"], (MAIN + 60 + till::FINALITY) * 1000);
    assert_eq!(row["detail"], "no decision of the log is about this signature");
}

#[test]
fn exchanges_of_other_payers_are_only_counted() {
    let (till, slot) = till();
    let line =
        exchange(slot, "/settle", &json!({"success": false, "transaction": "", "network": "eip155:84532"}));
    till.file("exchanges.jsonl", line.replace(PAYER, SELLER));
    let answer = till.answer(&["--facilitator", "exchanges.jsonl"], 3);
    let population = &answer["population"];
    assert_eq!((&population["exchanges"], &population["other_exchanges"]), (&0.into(), &1.into()));
    assert_eq!(classes(&answer).len(), 1);
}

#[test]
fn thousands_of_alike_rows_and_logs_are_joined_in_time() {
    let (till, slot) = till();
    let logs = (1..=20_000_u64).flat_map(|number| {
        let nonce = Hash32::of(&[&number.to_be_bytes()]);
        till::used(TOKEN, SELLER, 1, nonce, number)
    });
    let logs: Vec<Value> = logs.chain(till::settled(10_000, slot, 30_000)).collect();
    till.file("chain.json", till::extract_of(logs, 0, 40_000, MAIN + 1));
    let line = format!("eip155:84532,{TOKEN},{PAYER},{SELLER},1,{}\n", transaction(7));
    till.file("table.csv", format!("network,asset,from,to,amount,transaction\n{}", line.repeat(50_000)));
    let answer = till.answer(&["--chain", "chain.json", "--csv", "table.csv"], 1);
    let population = &answer["population"];
    assert_eq!((&population["transfers"], &population["repeated"]), (&20_001.into(), &49_999.into()));
    assert_eq!(classes(&answer).last().unwrap().0, "settled-as-allowed");
}
