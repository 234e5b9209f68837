//! One change to a good message, and the error that names it.

mod messages;
mod offers;
mod permits;

use alloc::format;
use alloc::string::String;
use alloc::vec;

use counterfoil_record::Amount;

use super::super::*;

const OFFER: &str = r#"{"scheme":"exact","network":"eip155:84532","amount":"10000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC","maxTimeoutSeconds":60,"extra":{"name":"USDC","version":"2"}}"#;

const AUTHORIZATION: &str = r#"{"from":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","to":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC","value":"10000","validAfter":"0","validBefore":"1795405949","nonce":"0xe8d91d1143035c553d22b23bb3816f47d62c6e30af537e7523c38ff29b221138"}"#;

const SETTLED: &str = r#"{"success":true,"payer":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","transaction":"0xde64ce334be4fa9db6eea9353b110397b445941b67f8f1fd1ef4820183481d76","network":"eip155:84532","amount":"5"}"#;

const REQUIRED: &str =
    r#"{"x402Version":2,"error":"x","resource":{"url":"https://data.example/"},"accepts":[]}"#;

fn payload() -> String {
    let signature = "1b".repeat(65);
    format!(
        r#"{{"x402Version":2,"payload":{{"authorization":{AUTHORIZATION},"signature":"0x{signature}"}},"accepted":{OFFER}}}"#
    )
}

/// Refused for `feature`, with what the signed structure says that it moves.
const fn unsupported(feature: Feature, exposure: u128) -> ParseError {
    ParseError::Unsupported { feature, exposure: Some(Amount::new(exposure)) }
}

/// `text` with its first `from` replaced, which must be there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn the_unchanged_messages_are_read() {
    assert_eq!(PaymentRequirements::parse(OFFER.as_bytes()).unwrap().terms().err(), None);
    assert_eq!(PaymentPayload::parse(payload().as_bytes()).err(), None);
    assert_eq!(SettleResponse::parse(SETTLED.as_bytes()).err(), None);
    assert_eq!(PaymentRequired::parse(REQUIRED.as_bytes()).err(), None);
}

#[test]
fn refuses_bytes_that_are_no_message() {
    for (bytes, error) in [
        (&b""[..], ParseError::Json { line: 1, column: 0 }),
        (b"{", ParseError::Json { line: 1, column: 1 }),
        (b"{} x", ParseError::Json { line: 1, column: 4 }),
        (b"{}{}", ParseError::Json { line: 1, column: 3 }),
        (b"{\"a\":1,}", ParseError::Json { line: 1, column: 8 }),
        (b"{\"a\":01}", ParseError::Json { line: 1, column: 7 }),
        (b"\xef\xbb\xbf{}", ParseError::Json { line: 1, column: 1 }),
        (b"[]", ParseError::NotAnObject),
        (b"null", ParseError::NotAnObject),
        (b"\"{}\"", ParseError::NotAnObject),
        (b"{\"a\":\"\xff\"}", ParseError::NotUtf8 { offset: 6 }),
        (b"\xc3", ParseError::NotUtf8 { offset: 0 }),
    ] {
        assert_eq!(PaymentRequirements::parse(bytes), Err(error), "{bytes:?}");
        assert_eq!(PaymentPayload::parse(bytes), Err(error), "{bytes:?}");
        assert_eq!(SettleResponse::parse(bytes), Err(error), "{bytes:?}");
        assert_eq!(PaymentRequired::parse(bytes), Err(error), "{bytes:?}");
    }
}

#[test]
fn refuses_too_many_bytes_unread() {
    let padded = |text: &str, len: usize| format!("{text}{}", " ".repeat(len - text.len()));
    let too_large = |limit| ParseError::TooLarge { limit, len: limit + 1 };
    assert_eq!(PaymentRequirements::parse(padded(OFFER, MESSAGE_LIMIT).as_bytes()).err(), None);
    let long = padded(OFFER, MESSAGE_LIMIT + 1);
    assert_eq!(PaymentRequirements::parse(long.as_bytes()), Err(too_large(MESSAGE_LIMIT)));
    assert_eq!(PaymentPayload::parse(long.as_bytes()), Err(too_large(MESSAGE_LIMIT)));
    assert_eq!(SettleResponse::parse(&vec![0xff; MESSAGE_LIMIT + 1]), Err(too_large(MESSAGE_LIMIT)));
    assert_eq!(PaymentRequired::parse(padded(REQUIRED, PAYMENT_REQUIRED_LIMIT).as_bytes()).err(), None);
    let long = padded(REQUIRED, PAYMENT_REQUIRED_LIMIT + 1);
    assert_eq!(PaymentRequired::parse(long.as_bytes()), Err(too_large(PAYMENT_REQUIRED_LIMIT)));
}
