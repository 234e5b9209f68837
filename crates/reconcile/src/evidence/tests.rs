//! What the readers take, and what they refuse by place and reason.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use counterfoil_record::Amount;
use counterfoil_testkit::rail::{PAYER, SELLER, TOKEN};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Event, EvidenceError, Said, chain, facilitator, table};

fn captured(name: &str) -> String {
    let path = format!("{}/../../testvectors/x402/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn told<T>(read: Result<T, EvidenceError>) -> String {
    match read {
        Ok(_) => String::from("read"),
        Err(error) => error.to_string(),
    }
}

fn log() -> Value {
    let word = |digits: &str| format!("0x{digits:0>64}");
    json!({
        "address": TOKEN, "data": word("2710"), "blockNumber": "0x2", "logIndex": "0x1",
        "topics": [format!("0x{}", chain::TRANSFER), word(&PAYER[2..]), word(&SELLER[2..])],
        "transactionHash": word("9"), "blockTimestamp": "0x3", "removed": false
    })
}

fn extract(log: &Value) -> Value {
    json!({"chain": "eip155:1", "from_block": "0x0", "to_block": "0x5", "head_time": "0x9", "logs": [log]})
}

fn chain_says(extract: &Value) -> String {
    told(chain::read(extract.to_string().as_bytes()))
}

#[test]
fn the_captured_chain_is_read_to_the_log() {
    let extract = chain::read(captured("chain.json").as_bytes()).unwrap();
    let range = extract.range.unwrap();
    assert_eq!((range.from_block, range.to_block, range.head_time), (0, 5, 1_795_405_889));
    assert_eq!((extract.logs.len(), extract.removed, extract.other), (9, 0, 0));
    let nonces = extract.logs.iter().filter(|log| matches!(log.event, Event::Used { .. })).count();
    assert_eq!(nonces, 4);
    let Event::Transfer { from, to, amount } = extract.logs[2].event else { panic!("a transfer") };
    assert_eq!((from.to_string(), to.to_string(), amount.units()), (PAYER.into(), SELLER.into(), 10_000));
}

#[test]
fn the_captured_exchanges_are_read_to_the_answer() {
    let exchanges = facilitator::read(captured("exchanges-v2.json").as_bytes()).unwrap();
    let said: Vec<&str> = exchanges
        .read
        .iter()
        .map(|exchange| match exchange.said {
            Said::Valid => "valid",
            Said::Refused(_) => "refused",
            Said::Settled { .. } => "settled",
            Said::Nothing => "nothing",
        })
        .collect();
    // 01, 02, 03, 05, 07, 08, 09.
    let expected = [
        "valid", "settled", "refused", "valid", "valid", "settled", "refused", "valid", "settled", "refused",
    ];
    assert_eq!(said, expected);
    assert_eq!((exchanges.unread.len(), exchanges.other), (0, 15));
}

#[test]
fn the_topics_are_the_hashes_of_their_events() {
    use sha3::Digest as _;
    for (topic, event) in [
        (chain::TRANSFER, "Transfer(address,address,uint256)"),
        (chain::AUTHORIZATION_USED, "AuthorizationUsed(address,bytes32)"),
        (chain::AUTHORIZATION_CANCELLED, "AuthorizationCanceled(address,bytes32)"),
    ] {
        assert_eq!(topic.bytes()[..], sha3::Keccak256::digest(event.as_bytes())[..], "{event}");
    }
}

#[test]
fn what_is_wrong_with_an_extract_is_named_by_its_place() {
    let with = |member: &str, value: Value| {
        let mut log = log();
        log[member] = value;
        chain_says(&extract(&log))
    };
    assert_eq!(with("data", log()["data"].clone()), "read");
    let cases = [
        (with("data", json!("0x2710")), "logs[0].data: not 0x and 64 hexadecimal digits"),
        (with("data", json!(10_000)), "logs[0]: not of the form"),
        (with("address", json!("0x12")), "logs[0].address: not 0x and 40"),
        (with("topics", json!(["zz"])), "logs[0].topics: not 0x and 64"),
        (with("topics", json!("0x")), "logs[0]: not of the form"),
        (with("blockNumber", json!(null)), "logs[0].blockNumber: in no block"),
        (with("blockNumber", json!("2")), "logs[0].blockNumber: not 0x and 1 to 16"),
        (with("blockNumber", json!("0x+2")), "logs[0].blockNumber: not 0x and 1 to 16"),
        (with("blockNumber", json!("0x10000000000000000")), "logs[0].blockNumber: not 0x and 1 to 16"),
        (with("blockNumber", json!("0x6")), "the log 1 of block 6: outside of the extract's range"),
        (with("blockTimestamp", json!("0xa")), "the log 1 of block 2: outside of the extract's range"),
        (with("transactionHash", json!(null)), "logs[0].transactionHash: in no block"),
    ];
    for (said, expected) in cases {
        assert!(said.starts_with(expected), "{said}, not {expected}");
    }
    let whole = |member: &str, value: Value| {
        let mut extract = extract(&log());
        extract[member] = value;
        chain_says(&extract)
    };
    for (said, expected) in [
        (whole("chain", json!("solana:1")), "chain: not an eip155 chain id"),
        (whole("to_block", json!("0x")), "to_block: not 0x and 1 to 16"),
        (whole("from_block", json!("0x6")), "to_block: the range ends before it begins"),
        (whole("from_time", json!("0xa")), "to_block: the range ends before it begins"),
        (whole("head_time", json!(9)), "line 1, column "),
        (whole("logs", json!({})), "logs: not of the form"),
        (whole("receipts", json!([{"anything": [1.5]}])), "read"),
    ] {
        assert!(said.starts_with(expected), "{said}, not {expected}");
    }
    let twice = extract(&log()).to_string().replacen('{', "{\"chain\":\"eip155:2\",", 1);
    assert!(told(chain::read(twice.as_bytes())).contains("stands twice"));
}

#[test]
fn what_is_no_json_is_named_by_line_and_column() {
    for (bytes, expected) in [
        (&b""[..], "line 1, column 0: not JSON"),
        (b"{", "line 1, column 1: not JSON"),
        (b"[1,\n2", "line 2, column 1: not JSON"),
        (b"\xff", "byte 0: not UTF-8"),
        (b"[1]", "[0]: not of the form"),
    ] {
        let said = told(chain::read(bytes));
        assert!(said.starts_with(expected), "{said}, not {expected}");
    }
}

#[test]
fn nesting_costs_no_stack() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let mut extract = extract(&log()).to_string();
    extract.insert_str(1, &format!("\"deep\":{deep},"));
    assert_eq!(told(chain::read(extract.as_bytes())), "read");
    assert!(told(chain::read(deep.as_bytes())).starts_with("[0]: not of the form"));
    let line = format!("{{\"request\":{{\"url\":\"/verify\",\"body\":{deep}}}}}");
    assert_eq!(facilitator::read(line.as_bytes()).unwrap().other, 1);
}

#[test]
fn an_amount_beyond_all_bounds_stands_as_the_largest() {
    let mut log = log();
    log["data"] = format!("0x{}", "ff".repeat(32)).into();
    let read = chain::read(extract(&log).to_string().as_bytes()).unwrap();
    let Event::Transfer { amount, .. } = read.logs[0].event else { panic!("a transfer") };
    assert_eq!(amount, Amount::MAX);
}

#[test]
fn other_events_and_tokens_that_are_one_of_a_kind_are_passed_over() {
    let mut single = log();
    let fourth = single["topics"][1].clone();
    single["topics"].as_array_mut().unwrap().push(fourth);
    single["data"] = "0x".into();
    let read = chain::read(extract(&single).to_string().as_bytes()).unwrap();
    assert_eq!((read.logs.len(), read.other), (0, 1));
}

fn exchange(url: &str, body: &Value, status: u16, answer: &str) -> Value {
    json!({"request": {"url": url, "body": body}, "response": {"status": status, "body": answer}})
}

fn settle_body() -> Value {
    let all: Vec<Value> = serde_json::from_str(&captured("exchanges-v2.json")).unwrap();
    let found = all.iter().find(|it| it["request"]["url"] == "/settle").unwrap();
    serde_json::from_str(found["request"]["body"].as_str().unwrap()).unwrap()
}

#[test]
fn a_body_is_text_or_the_json_that_it_stands_for() {
    let body = settle_body();
    for body in [json!(body.to_string()), body] {
        let line = exchange("http://f.example/v2/settle?x=1", &body, 502, "<html>").to_string();
        let read = facilitator::read(format!("{line}\n\n{line}").as_bytes()).unwrap();
        let said: Vec<_> = read.read.iter().map(|it| (it.place.as_str(), &it.said)).collect();
        assert_eq!(said, [("line 1", &Said::Nothing), ("line 3", &Said::Nothing)]);
    }
}

#[test]
fn a_lost_answer_says_nothing_and_a_wrong_one_is_refused() {
    let body = settle_body();
    let mut lost = exchange("/settle", &body, 200, "");
    lost["response"] = Value::Null;
    assert_eq!(facilitator::read(lost.to_string().as_bytes()).unwrap().read[0].said, Said::Nothing);
    let says = |answer: &str| {
        told(facilitator::read(exchange("/settle", &body, 200, answer).to_string().as_bytes()))
    };
    assert!(says("<html>").starts_with("line 1.response.body: not of the form"), "{}", says("<html>"));
    let other =
        json!({"success": true, "transaction": format!("0x{:064x}", 1), "network": "eip155:1"}).to_string();
    assert!(
        says(&other).starts_with("line 1: the answer is about another payer or network"),
        "{}",
        says(&other)
    );
    assert!(told(facilitator::read(b"{}")).starts_with("line 1: not of the form"));
    assert!(told(facilitator::read(b"[{}]")).starts_with("[0]: not of the form"));
    assert!(
        told(facilitator::read(b"{\"request\":{\"url\":\"/\"}}\nnonsense")).starts_with("line 2: not JSON")
    );
}

#[test]
fn a_payment_that_is_not_understood_is_unread_where_it_was_taken() {
    let mut body = settle_body();
    body["paymentRequirements"]["network"] = "solana:1".into();
    let taken =
        json!({"success": true, "transaction": format!("0x{:064x}", 1), "network": "eip155:1"}).to_string();
    let refused = json!({"success": false, "transaction": "", "network": "eip155:1"}).to_string();
    let lines = [
        exchange("/settle", &body, 200, &taken),
        exchange("/settle", &body, 200, &refused),
        exchange("/verify", &json!("garbage"), 200, "{\"isValid\":true}"),
    ];
    let read = facilitator::read(json!(lines).to_string().as_bytes()).unwrap();
    assert_eq!((read.read.len(), read.unread, read.other), (0, vec!["[0]".into(), "[2]".into()], 1));
}

const HEADER: &str = "network,asset,from,to,amount,nonce,transaction,block,time";

fn csv_says(text: &str) -> String {
    match table::read(text.as_bytes()) {
        Ok(rows) => format!("{} rows", rows.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_table_is_read_by_its_columns_and_refused_by_line_and_column() {
    let transaction = format!("0x{:064x}", 9);
    let row = format!("eip155:1,{TOKEN},{PAYER},{SELLER},10000,,{transaction},,");
    let rows = table::read(format!("{HEADER}\n{row}\n").as_bytes()).unwrap();
    assert_eq!((rows.len(), rows[0].amount.units(), rows[0].nonce, rows[0].time), (1, 10_000, None, None));
    let changed =
        |from: &str, to: &str| csv_says(&format!("{HEADER}\n{row}\n{}\n", row.replacen(from, to, 1)));
    let upper = TOKEN.to_uppercase().replace("0X", "0x");
    for (said, expected) in [
        (csv_says(""), "the first line: the column is missing"),
        (csv_says("network\n"), "the first line, asset: the column is missing"),
        (csv_says(&format!("{HEADER},note\n")), "the first line: the column is not known, or stands twice"),
        (csv_says(&format!("{HEADER},time\n")), "the first line: the column is not known, or stands twice"),
        (csv_says(&"x,".repeat(40)), "line 1: another number of cells than the header has"),
        (csv_says(&format!("{HEADER}\n")), "0 rows"),
        (csv_says(&format!("{HEADER}\r\n{row}\r\n\r\n{row}")), "2 rows"),
        (csv_says(&format!("{HEADER}\n{row},\n")), "line 2: another number of cells than the header has"),
        (csv_says(&format!("{HEADER}\neip155:1\n")), "line 2: another number of cells than the header has"),
        (changed(TOKEN, &upper), "2 rows"),
        (changed(TOKEN, "usdc"), "line 3, asset: not 0x and 40 hexadecimal digits"),
        (changed("10000", "1e4"), "line 3, amount: not an unsigned decimal"),
        (changed("10000", "-1"), "line 3, amount: not an unsigned decimal"),
        (changed("10000", "\"=HYPERLINK(\"\"x\"\")\""), "line 3, amount: not an unsigned decimal"),
        (
            changed("10000", "340282366920938463463374607431768211456"),
            "line 3, amount: not an unsigned decimal",
        ),
        (changed("10000", "340282366920938463463374607431768211455"), "2 rows"),
        (changed("eip155:1", "base"), "line 3, network: not an eip155 chain id"),
        (changed(&transaction, ""), "line 3, transaction: not 0x and 64 hexadecimal digits"),
        (changed(",,0x", ",0x12,0x"), "line 3, nonce: not 0x and 64 hexadecimal digits"),
    ] {
        assert!(said.starts_with(expected), "{said}, not {expected}");
    }
}

#[test]
fn a_cell_as_long_as_its_file_is_only_a_cell() {
    let long = "a".repeat(1_000_000);
    assert!(csv_says(&format!("{HEADER}\n\"{long}")).starts_with("line 2: another number of cells"));
    assert!(csv_says(&long).starts_with("the first line: the column is not known"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop((chain::read(&bytes), facilitator::read(&bytes), table::read(&bytes)));
    }

    #[test]
    fn no_change_of_a_byte_makes_a_reader_panic(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = extract(&log()).to_string().into_bytes();
        let there = place.index(text.len());
        text[there] = byte;
        let mut csv = format!("{HEADER}\neip155:1,{TOKEN},{PAYER},{SELLER},1,,,,\n").into_bytes();
        let there = place.index(csv.len());
        csv[there] = byte;
        drop((chain::read(&text), table::read(&csv)));
    }
}
