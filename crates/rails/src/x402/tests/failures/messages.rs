//! Payloads, settlement answers, and the list of offers.

use alloc::format;

use super::*;

#[test]
fn refuses_payloads_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange, UnknownVersion};
    let contract_signature = format!(r#""signature":"0x{}","s":"0x"#, "00".repeat(66));
    for (from, to, error) in [
        (r#""x402Version":2"#, r#""x402Version":0"#, UnknownVersion(0)),
        (r#""x402Version":2"#, r#""x402Version":1"#, MissingField("scheme")),
        (r#""x402Version":2"#, r#""x402Version":3"#, UnknownVersion(3)),
        (r#""x402Version":2"#, r#""x402Version":"2""#, BadField("x402Version")),
        (r#""x402Version":2"#, r#""x402Version":2.0"#, BadField("x402Version")),
        (r#""x402Version":2,"#, "", MissingField("x402Version")),
        (r#""x402Version":2"#, r#""x402Version":1,"x402Version":2"#, DuplicateField("x402Version")),
        (r#""payload""#, r#""p""#, MissingField("payload")),
        (r#""accepted""#, r#""a""#, MissingField("accepted")),
        (r#""accepted":{"#, r#""accepted":7,"a":{"#, BadField("accepted")),
        (r#""amount":"10000","#, r#""maxAmountRequired":"10000","#, BadField("network")),
        (r#""amount":"10000","#, "", MissingField("amount")),
        (
            r#""network":"eip155:84532","amount""#,
            r#""network":"base-sepolia","maxAmountRequired""#,
            MissingField("amount"),
        ),
        ("eip155:84532", "cosmos:x", ParseError::refused(Feature::NonEvmNetwork)),
        (r#""exact""#, r#""upto""#, BadField("payload.authorization")),
        (r#""exact""#, r#""nothing""#, BadField("scheme")),
        (r#"{"name""#, r#"{"assetTransferMethod":"permit2","name""#, BadField("payload.authorization")),
        (r#"{"name""#, r#"{"assetTransferMethod":"none","name""#, BadField("extra.assetTransferMethod")),
        (
            r#""authorization":"#,
            r#""permit2Authorization":{},"authorization":"#,
            BadField("payload.permit2Authorization"),
        ),
        (
            r#""authorization":"#,
            r#""authorization":{},"authorization":"#,
            DuplicateField("payload.authorization"),
        ),
        (r#""authorization":"#, r#""auth":"#, MissingField("payload.authorization")),
        (r#""authorization":{"#, r#""authorization":null,"x":{"#, BadField("payload.authorization")),
        (r#""from":"0xf39F"#, r#""from":"0xf39"#, BadField("payload.authorization.from")),
        (r#""to""#, r#""t""#, MissingField("payload.authorization.to")),
        (r#""to":"#, r#""to":"x","to":"#, DuplicateField("payload.authorization.to")),
        (r#""value":"10000""#, r#""value":10000"#, BadField("payload.authorization.value")),
        (
            r#""value":"10000""#,
            r#""value":"340282366920938463463374607431768211456""#,
            OutOfRange("payload.authorization.value"),
        ),
        (r#""validAfter":"0""#, r#""validAfter":0"#, BadField("payload.authorization.validAfter")),
        (
            "1795405949",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            OutOfRange("payload.authorization.validBefore"),
        ),
        ("0xe8d9", "0xe8d", BadField("payload.authorization.nonce")),
        ("0xe8d9", "e8d9", BadField("payload.authorization.nonce")),
        (r#""signature":"0x1b"#, r#""signature":"0x"#, BadField("payload.signature")),
        (r#""signature":"0x1b"#, r#""signature":"0xzz"#, BadField("payload.signature")),
        (r#""signature":"0x1b"#, r#""signature":"1b"#, BadField("payload.signature")),
        (r#""signature":"0x"#, &contract_signature, unsupported(Feature::ContractSignature, 10000)),
    ] {
        assert_eq!(PaymentPayload::parse(with(&payload(), from, to).as_bytes()), Err(error), "{to}");
    }
}

#[test]
fn refuses_settle_responses_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange};
    for (from, to, error) in [
        (r#""success":true,"#, "", MissingField("success")),
        ("true", "1", BadField("success")),
        ("true", r#""true""#, BadField("success")),
        ("true", r#"true,"success":false"#, DuplicateField("success")),
        (r#""transaction""#, r#""tx""#, MissingField("transaction")),
        (r#""0xde64"#, r#""0xde6"#, BadField("transaction")),
        (r#""0xde64"#, r#""de64"#, BadField("transaction")),
        (r#""0xde64"#, r#"null,"x":"0xde64"#, BadField("transaction")),
        ("eip155:84532", "", BadField("network")),
        ("eip155:84532", "eip155:", BadField("network")),
        ("eip155:84532", "basis", ParseError::refused(Feature::UnknownNetwork)),
        ("eip155:84532", "solana", ParseError::refused(Feature::NonEvmNetwork)),
        ("eip155:84532", "solana:x", ParseError::refused(Feature::NonEvmNetwork)),
        ("0xf39F", "", BadField("payer")),
        (r#""5""#, "5", BadField("amount")),
        (r#""5""#, r#""340282366920938463463374607431768211456""#, OutOfRange("amount")),
        (r#""5""#, r#""5","errorReason":7"#, BadField("errorReason")),
    ] {
        assert_eq!(SettleResponse::parse(with(SETTLED, from, to).as_bytes()), Err(error), "{to}");
    }
}

#[test]
fn refuses_payment_required_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange, UnknownVersion};
    for (from, to, error) in [
        (":2", ":0", UnknownVersion(0)),
        (":2", ":3", UnknownVersion(3)),
        (":2", ":18446744073709551616", OutOfRange("x402Version")),
        (r#""x402Version":2,"#, "", MissingField("x402Version")),
        (r#""error":"x""#, r#""error":{}"#, BadField("error")),
        (r#""resource""#, r#""r""#, MissingField("resource")),
        (r#""url""#, r#""u""#, MissingField("resource.url")),
        (r#""url":"#, r#""url":"x","url":"#, DuplicateField("resource.url")),
        (r#""https://data.example/""#, "null", BadField("resource.url")),
        (r#""accepts":[]"#, r#""a":[]"#, MissingField("accepts")),
        (r#""accepts":[]"#, r#""accepts":{}"#, BadField("accepts")),
        (r#""accepts":[]"#, r#""accepts":null"#, BadField("accepts")),
        (r#""accepts":[]"#, r#""accepts":[],"accepts":[]"#, DuplicateField("accepts")),
    ] {
        assert_eq!(PaymentRequired::parse(with(REQUIRED, from, to).as_bytes()), Err(error), "{to}");
    }
}
