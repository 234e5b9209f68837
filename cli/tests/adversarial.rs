//! What `govern` is fed by somebody who means ill: one clear error a line, no record, and on it goes.
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

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_testkit::rail::Offer;
use counterfoil_testkit::scene::Ask;
use serde_json::{Value, json};

use common::{Own, open_run, read, run_with};

/// A payment in order, as JSON, with one field set.
fn pay(field: &str, value: impl Into<Value>) -> Vec<u8> {
    let ask = Ask::new(counterfoil_record::Index::new(5), "k", 10_000).command();
    let mut pay = serde_json::to_value(ask).unwrap();
    pay[field] = value.into();
    pay.to_string().into_bytes()
}

fn header(body: &str) -> String {
    STANDARD.encode(body)
}

/// A payment whose header is this text.
fn required(body: &str) -> Vec<u8> {
    pay("payment_required", header(body))
}

/// A payment for this URL, which the seller names too.
fn url(url: &str) -> Vec<u8> {
    let mut pay: Value = serde_json::from_slice(&pay("url", url)).unwrap();
    pay["payment_required"] = Offer::new(url, 10_000).header().into();
    pay.to_string().into_bytes()
}

/// Lines that are not taken, each with a word of the error that it gets.
fn not_commands() -> Vec<(Vec<u8>, &'static str)> {
    let text = |line: &str| line.as_bytes().to_vec();
    let nested = |open: &str, close: &str, deep: usize| {
        text(&format!(r#"{{"type":"close-run","run":{}{}}}"#, open.repeat(deep), close.repeat(deep)))
    };
    let long = |bytes: usize| {
        format!("{{\"type\":\"adopt-policy\",\"source\":\"{}\"}}", "a".repeat(bytes)).into_bytes()
    };
    vec![
        (text("not JSON"), "a command is a JSON object"),
        (text("null"), "a command is a JSON object"),
        (text(r#"["close-run",5]"#), "a command is a JSON object"),
        (text("{"), "EOF"),
        (text("{}"), "type"),
        (text(r#"{"type":"close-run","run":5} {"type":"close-run","run":5}"#), "trailing"),
        (text(r#"{"type":"pay-everything"}"#), "unknown variant"),
        (text(r#"{"type":"Close-Run","run":5}"#), "unknown variant"),
        (text(r#"{"type":"close-run"}"#), "missing field"),
        (text(r#"{"type":"close-run","run":5,"run":5}"#), "duplicate field"),
        (text(r#"{"type":"close-run","type":"close-run","run":5}"#), "duplicate field"),
        (
            text(r#"{"type":"open-run","id":"a","id":"b","agent":"researcher","principal":"carol"}"#),
            "duplicate field",
        ),
        (text(r#"{"type":"close-run","run":5,"force":true}"#), "unknown field"),
        (
            text(r#"{"type":"open-run","id":"a","agent":"researcher","principal":"carol","admin":true}"#),
            "unknown field",
        ),
        (text(r#"{"type":"close-run","run":18446744073709551616}"#), "invalid"),
        (text(r#"{"type":"close-run","run":1e999}"#), "out of range"),
        (text(r#"{"type":"close-run","run":5.0}"#), "invalid"),
        (text(r#"{"type":"close-run","run":-5}"#), "invalid"),
        (text(r#"{"type":"close-run","run":"5"}"#), "invalid"),
        (text(r#"{"type":"compensate","payment":5,"amount":10000}"#), "invalid"),
        (text(r#"{"type":"compensate","payment":5,"amount":"-1"}"#), "unsigned decimal"),
        (text(r#"{"type":"compensate","payment":5,"amount":"010"}"#), "unsigned decimal"),
        (text(r#"{"type":"compensate","payment":5,"amount":"1e3"}"#), "unsigned decimal"),
        (
            text(r#"{"type":"compensate","payment":5,"amount":"340282366920938463463374607431768211456"}"#),
            "unsigned decimal",
        ),
        (nested("[", "]", 100), "invalid"),
        (nested("[", "]", 100_000), "recursion limit"),
        (nested("{\"a\":", "}", 100_000), "recursion limit"),
        (long(1024 * 1024), "longer than 1048576 bytes"),
        (long(8 * 1024 * 1024), "longer than 1048576 bytes"),
        (b"{\"type\":\"close-run\",\"run\":5,\"\xff\":1}".to_vec(), "not UTF-8"),
        (b"\xed\xa0\x80".to_vec(), "not UTF-8"),
        (b"\0\0\0".to_vec(), "a command is a JSON object"),
        (
            b"{\"type\":\"open-run\",\"id\":\"a\0b\",\"agent\":\"researcher\",\"principal\":\"carol\"}"
                .to_vec(),
            "control character",
        ),
        (
            text(r#"{"type":"open-run","id":"a\u0000b","agent":"researcher","principal":"carol"}"#),
            "ASCII letters",
        ),
        (text(r#"{"type":"open-run","id":"\ud800","agent":"researcher","principal":"carol"}"#), "hex escape"),
        (
            text(
                "{\"type\":\"open-run\",\"id\":\"a\u{202e}b\",\"agent\":\"researcher\",\"principal\":\"carol\"}",
            ),
            "ASCII letters",
        ),
        (text("\u{feff}{\"type\":\"close-run\",\"run\":5}"), "a command is a JSON object"),
        (text(r#"{"type":"open-run","id":"","agent":"researcher","principal":"carol"}"#), "ASCII letters"),
        (text(&open_run(&"a".repeat(129))), "ASCII letters"),
        (text(r#"{"type":"adopt-policy","source":"name = 1\nversion = 'x'"}"#), "line 1, column"),
        (text(r#"{"type":"adopt-policy","source":""}"#), "line 1, column 1"),
        (long(50_000), "the policy has 50000 bytes"),
    ]
}

/// Commands whose parts come from somebody else.
fn not_inputs() -> Vec<(Vec<u8>, &'static str)> {
    let good: Value = serde_json::from_slice(
        &STANDARD.decode(Offer::new("https://data.example/v1/k", 10_000).header()).unwrap(),
    )
    .unwrap();
    let without = |field: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        required(&body.to_string())
    };
    let body = |value: Value| {
        json!({"type": "bind", "payment": 5, "payment_signature": value}).to_string().into_bytes()
    };
    vec![
        (pay("payment_required", "%%%"), "`payment_required` is not base64"),
        (pay("payment_required", "eyJhIjoxfQ"), "`payment_required` is not base64"),
        (pay("payment_required", "e-_="), "`payment_required` is not base64"),
        (pay("payment_required", ""), "`payment_required`: "),
        (required("not JSON"), "`payment_required`: "),
        (required("[]"), "`payment_required`: "),
        (required(r#"{"x402Version":2,"x402Version":2}"#), "`payment_required`: "),
        (required(&"[".repeat(10_000)), "`payment_required`: "),
        (
            required(&format!("{{\"x402Version\":2,\"error\":\"{}\"}}", "a".repeat(41_000))),
            "`payment_required`: ",
        ),
        (
            required(&good.to_string().replace("\"x402Version\":2", "\"x402Version\":1")),
            "element 0 of `accepts` names no resource",
        ),
        (without("accepts"), "`payment_required`: "),
        (without("resource"), "`payment_required`: "),
        (pay("accept", 1), "`accept` is 1, but the header accepts 1 alternatives"),
        (pay("accept", u64::MAX), "`accept` is 18446744073709551615"),
        (pay("transaction", 5), "`transaction` and `step` go together"),
        (pay("compensation", json!({"by": "a", "impossible": null})), "single key"),
        (pay("purpose", "a".repeat(41_000)), "`purpose`: more than 40960 bytes"),
        (url("http://data.example/v1/../admin"), "url"),
        (url("https://user:secret@data.example/v1/k"), "url"),
        (url("https://data.example/v1/%2e%2e/admin"), "url"),
        (url("https://data.example\\@evil.example/"), "url"),
        (url("https://dаta.example/v1/k"), "url"),
        (url("https://data.example/v1/k#fragment"), "url"),
        (url("https://data.example:443:443/"), "url"),
        (url("javascript:alert(1)"), "url"),
        (url("https://0x7f.1/"), "url"),
        (url(&format!("https://data.example/{}", "a".repeat(3_000))), "url"),
        (body(header("{}").into()), "`payment_signature`: "),
        (body(header("not JSON").into()), "`payment_signature`: "),
        (body("***".into()), "`payment_signature` is not base64"),
        (
            json!({"type": "statement", "statement": "a"}).to_string().into_bytes(),
            "`statement` is not base64",
        ),
        (
            json!({"type": "settle", "payment": 5, "amount": "1", "payment_response": "a"})
                .to_string()
                .into_bytes(),
            "`payment_response` is not base64",
        ),
    ]
}

/// Feeds each of `lines` between two good ones.
fn feed(lines: &[(Vec<u8>, &'static str)]) {
    let own = Own::new();
    let before = read(&own.log()).0;
    let mut input = open_run("good").into_bytes();
    for (number, (line, _)) in lines.iter().enumerate() {
        input.extend([b"\n", line.as_slice(), b"\n"].concat());
        input.extend(open_run(&format!("good-{number}")).as_bytes());
    }
    let ran = run_with(own.govern(), &input);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    let mut answers = ran.lines().into_iter();
    let index = |answer: &Value| {
        assert_eq!(answer["outcome"], "accepted", "{answer}");
        answer["index"].as_u64().unwrap()
    };
    let mut last = index(&answers.next().unwrap());
    for (number, (line, expected)) in lines.iter().enumerate() {
        let shown = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
        let answer = answers.next().unwrap_or_else(|| panic!("no answer to {shown}"));
        let error = answer["error"].as_str().unwrap_or_else(|| panic!("{shown}: {answer}"));
        assert_eq!(answer, json!({"line": 2 * number + 2, "error": error}), "{shown}");
        assert!(error.contains(expected), "{shown}: {error}");
        assert!(
            error.len() <= 2048 && !error.chars().any(counterfoil_record::text::is_deceptive),
            "{shown}: {error}"
        );
        assert!(ran.stderr.contains(&format!("counterfoil: line {}: {error}\n", 2 * number + 2)), "{error}");
        let good = index(&answers.next().unwrap());
        assert_eq!(good, last + 1, "{shown} left a record");
        last = good;
    }
    assert_eq!(answers.next(), None);
    let after = read(&own.log()).0;
    assert_eq!(after[..before.len()], before, "the log is as it was");
    assert_eq!(after.len(), before.len() + lines.len() + 3, "a start, the good lines, a stop");
    assert_eq!(own.verify().code, Some(0));
}

#[test]
fn a_line_that_is_no_command_gets_one_error_and_leaves_no_record() {
    feed(&not_commands());
}

#[test]
fn a_command_whose_parts_do_not_parse_gets_one_error_and_leaves_no_record() {
    feed(&not_inputs());
}

#[test]
fn a_last_line_without_its_end_is_answered_too() {
    let own = Own::new();
    let ran = run_with(own.govern(), b"{\"type\":\"close-run\"");
    assert_eq!((ran.code, ran.lines().len()), (Some(2), 1));
    let ran = run_with(own.govern(), b"");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
}
