//! Payloads with a Permit2 transfer, and payloads that are refused by name.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::*;
use crate::captured;

/// The captured payload of this scheme or method.
fn captured(name: &str) -> String {
    let schemes = captured::other_schemes();
    schemes.into_iter().find(|(found, _, _)| found == name).unwrap().2.to_string()
}

fn parsed(text: &str) -> Result<PaymentPayload, ParseError> {
    PaymentPayload::parse(text.as_bytes())
}

#[test]
fn refuses_permitted_amounts_by_class() {
    let exact: serde_json::Value = serde_json::from_str(&captured("exact-permit2")).unwrap();
    let field = "payload.permit2Authorization.permitted.amount";
    for (amount, error) in [
        (serde_json::Value::from(500_000), ParseError::BadField(field)),
        ("0500000".into(), ParseError::BadField(field)),
        ("340282366920938463463374607431768211456".into(), ParseError::OutOfRange(field)),
        (serde_json::Value::Null, ParseError::BadField(field)),
    ] {
        let mut changed = exact.clone();
        *changed.pointer_mut("/payload/permit2Authorization/permitted/amount").unwrap() = amount;
        assert_eq!(parsed(&changed.to_string()), Err(error), "{changed}");
    }
}

#[test]
fn refuses_permits_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange};
    const NONCE: &str = "7518776658861292886838742388071753361821514329361228789265546815132986175334";
    const FROM: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    const FACILITATOR: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let exact = captured("exact-permit2");
    let beside = format!(r#""authorization":{AUTHORIZATION},"permit2Authorization":"#);
    let facilitator = format!(r#""witness":{{"facilitator":"{FACILITATOR}","#);
    for (from, to, error) in [
        (r#""permit2Authorization":"#, r#""permit":"#, MissingField("payload.permit2Authorization")),
        (r#""permit2Authorization":"#, &beside, BadField("payload.authorization")),
        (
            r#""permit2Authorization":"#,
            r#""permit2Authorization":1,"permit2Authorization":"#,
            DuplicateField("payload.permit2Authorization"),
        ),
        (FROM, "payer", BadField("payload.permit2Authorization.from")),
        (r#""permitted":"#, r#""p":"#, MissingField("payload.permit2Authorization.permitted")),
        (r#""token":"0x"#, r#""token":""#, BadField("payload.permit2Authorization.permitted.token")),
        (r#""spender":"0x"#, r#""spender":""#, BadField("payload.permit2Authorization.spender")),
        (r#""spender":"#, r#""s":"#, MissingField("payload.permit2Authorization.spender")),
        (NONCE, "0x10", BadField("payload.permit2Authorization.nonce")),
        (NONCE, "07", BadField("payload.permit2Authorization.nonce")),
        (&format!("\"{NONCE}\""), "7", BadField("payload.permit2Authorization.nonce")),
        (
            NONCE,
            "115792089237316195423570985008687907853269984665640564039457584007913129639936",
            OutOfRange("payload.permit2Authorization.nonce"),
        ),
        ("1795406974", "-1", BadField("payload.permit2Authorization.deadline")),
        ("1795406974", "18446744073709551616", OutOfRange("payload.permit2Authorization.deadline")),
        (r#""witness":{"#, r#""witness":[],"w":{"#, BadField("payload.permit2Authorization.witness")),
        (r#""to":"#, r#""t":"#, MissingField("payload.permit2Authorization.witness.to")),
        (r#""witness":{"#, &facilitator, BadField("payload.permit2Authorization.witness.facilitator")),
        (
            r#""validAfter":"0""#,
            r#""validAfter":"18446744073709551616""#,
            OutOfRange("payload.permit2Authorization.witness.validAfter"),
        ),
        (r#""signature":"0x"#, r#""signature":"0x00"#, unsupported(Feature::ContractSignature, 500_000)),
        (r#""assetTransferMethod":"permit2","#, "", BadField("payload.permit2Authorization")),
    ] {
        assert_eq!(parsed(&with(&exact, from, to)), Err(error), "{to}");
    }
    let absent = with(&exact, r#""witness":{"#, r#""witness":{"facilitator":null,"#);
    assert_eq!(parsed(&absent), parsed(&exact));
}

#[test]
fn upto_needs_a_facilitator_and_permit2() {
    use ParseError::{BadField, MissingField};
    let upto = captured("upto");
    let field = "payload.permit2Authorization.witness.facilitator";
    for (from, to, error) in [
        (r#""facilitator":"#, r#""f":"#, MissingField(field)),
        (r#""facilitator":"0x"#, r#""facilitator":""#, BadField(field)),
        (r#""scheme":"upto""#, r#""scheme":"exact""#, BadField(field)),
        (
            r#""assetTransferMethod":"permit2""#,
            r#""assetTransferMethod":"eip3009""#,
            BadField("extra.assetTransferMethod"),
        ),
    ] {
        assert_eq!(parsed(&with(&upto, from, to)), Err(error), "{to}");
    }
    let unstated = with(&upto, r#""assetTransferMethod""#, r#""other""#);
    assert_eq!(parsed(&unstated).unwrap().signed(), parsed(&upto).unwrap().signed());
}

#[test]
fn the_exposure_of_a_refused_payload_is_what_its_signed_structure_says() {
    let unread = ParseError::refused;
    let (batch, capture) = (captured("batch-settlement"), captured("auth-capture"));
    let permit = r#""permit2Authorization":{"permitted":{"amount":"7"}},"#;
    let unsigned = r#""permit2Authorization":{"permitted":{}},"#;
    for (text, from, to, error) in [
        (&batch, r#""2500000""#, r#""3000000""#, unsupported(Feature::BatchSettlement, 3_000_000)),
        (&batch, r#""deposit":"#, r#""d":"#, unsupported(Feature::BatchSettlement, 500_000)),
        (&batch, r#""2500000""#, "2500000", unread(Feature::BatchSettlement)),
        (&batch, r#""deposit":{"#, r#""deposit":[],"d":{"#, unread(Feature::BatchSettlement)),
        (&batch, r#""payload":"#, r#""payload":{},"p":"#, unread(Feature::BatchSettlement)),
        (&capture, r#""value":"500000""#, r#""value":"6""#, unsupported(Feature::AuthCapture, 6)),
        (&capture, r#""authorization":"#, &format!(r#"{permit}"a":"#), unsupported(Feature::AuthCapture, 7)),
        (
            &capture,
            r#""authorization":"#,
            &format!(r#"{permit}"authorization":"#),
            unsupported(Feature::AuthCapture, 500_000),
        ),
        (&capture, r#""authorization":"#, &format!(r#"{unsigned}"a":"#), unread(Feature::AuthCapture)),
        (&capture, r#""value":"500000""#, r#""value":"x""#, unread(Feature::AuthCapture)),
    ] {
        assert_eq!(parsed(&with(text, from, to)), Err(error), "{to}");
    }
}
