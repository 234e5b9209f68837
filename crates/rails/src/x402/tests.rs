mod failures;

use alloc::string::ToString as _;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::captured;
use crate::eip3009::{digest, recover};

#[test]
fn every_captured_payment_required_has_terms() {
    let captured = captured::headers("payment-required");
    assert_eq!(captured.len(), 14);
    for (case, bytes, decoded) in &captured {
        let required = PaymentRequired::parse(bytes).unwrap();
        assert_eq!(required.url(), decoded["resource"]["url"], "{case}");
        assert_eq!(required.error(), decoded["error"].as_str(), "{case}");
        let offers = decoded["accepts"].as_array().unwrap();
        assert_eq!(required.accepts().len(), offers.len(), "{case}");
        for (element, offer) in required.accepts().iter().zip(offers) {
            assert_eq!(&serde_json::from_slice::<Value>(element).unwrap(), offer, "{case}");
            let terms = PaymentRequirements::parse(element).unwrap().terms().unwrap();
            assert_eq!(terms.scheme.code(), offer["scheme"], "{case}");
            assert_eq!(terms.exposure.to_string(), offer["amount"].as_str().unwrap(), "{case}");
            assert_eq!(
                terms.payee.to_string(),
                "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
                "{case}"
            );
            assert_eq!(
                terms.asset.to_string(),
                "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"
            );
            assert_eq!(terms.lifetime_seconds, offer["maxTimeoutSeconds"].as_u64().unwrap(), "{case}");
            assert_eq!((terms.domain_name.as_str(), terms.domain_version.as_str()), ("USDC", "2"), "{case}");
        }
    }
}

#[test]
fn every_captured_payment_signature_is_of_its_payer() {
    let captured = captured::headers("payment-signature");
    assert_eq!(captured.len(), 11);
    for (case, bytes, decoded) in &captured {
        let payload = PaymentPayload::parse(bytes).unwrap();
        let signed = &decoded["payload"]["authorization"];
        let authorization = payload.authorization();
        assert_eq!(authorization.value.to_string(), signed["value"].as_str().unwrap(), "{case}");
        assert_eq!(authorization.valid_before.to_string(), signed["validBefore"].as_str().unwrap(), "{case}");
        assert_eq!(alloc::format!("0x{}", authorization.nonce), signed["nonce"].as_str().unwrap(), "{case}");
        let terms = payload.accepted().terms().unwrap();
        assert_eq!(terms.payee.address, authorization.to, "{case}");
        assert_eq!(terms.exposure, authorization.value, "{case}");
        let signer = recover(&digest(&terms.domain(), authorization), payload.signature()).unwrap();
        assert_eq!(signer == authorization.from, case != "09-tampered-value", "{case}");
    }
}

#[test]
fn every_captured_payment_response_names_its_transaction() {
    let captured = captured::headers("payment-response");
    assert_eq!(captured.len(), 4);
    for (case, bytes, decoded) in &captured {
        let response = SettleResponse::parse(bytes).unwrap();
        assert!(response.success, "{case}");
        let transaction = response.transaction.unwrap();
        assert_eq!(alloc::format!("0x{transaction}"), decoded["transaction"].as_str().unwrap(), "{case}");
        let payer = response.payer.unwrap().to_string();
        assert_eq!(payer, "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "{case}");
        assert_eq!((response.amount, response.error_reason), (None, None), "{case}");
    }
    let answers = captured::facilitator_answers();
    assert_eq!(answers.len(), 7);
    for body in answers {
        assert!(SettleResponse::parse(body.as_bytes()).unwrap().transaction.is_some());
    }
}

#[test]
fn a_failed_settlement_has_a_reason_and_no_transaction() {
    let body = br#"{"success":false,"errorReason":"insufficient_funds","transaction":"","network":"eip155:84532","amount":"0"}"#;
    let response = SettleResponse::parse(body).unwrap();
    assert_eq!((response.success, response.transaction, response.payer), (false, None, None));
    assert_eq!(response.error_reason.as_deref(), Some("insufficient_funds"));
    assert_eq!(response.amount, Some(counterfoil_record::Amount::ZERO));
}

#[test]
fn offers_keep_their_exact_bytes() {
    let text = br#" {"x402Version":2,"resource":{"url":"https:\/\/data.example\/"} ,
        "accepts": [ {"b" : 1e3,"a":"\u0041"} , 7,null ,[ ]]} "#;
    let required = PaymentRequired::parse(text).unwrap();
    assert_eq!(required.url(), "https://data.example/");
    assert_eq!(required.accepts(), [&br#"{"b" : 1e3,"a":"\u0041"}"#[..], b"7", b"null", b"[ ]"]);
    assert_eq!(required.error(), None);
}

#[test]
fn every_other_scheme_is_refused_by_its_name() {
    let schemes = captured::other_schemes();
    assert_eq!(schemes.len(), 4);
    for (name, required, payload) in schemes {
        let feature = match name.as_str() {
            "upto" => Feature::Upto,
            "auth-capture" => Feature::AuthCapture,
            "batch-settlement" => Feature::BatchSettlement,
            "exact-permit2" => Feature::Permit2,
            _ => panic!("{name} has no feature"),
        };
        let required = required.to_string();
        let required = PaymentRequired::parse(required.as_bytes()).unwrap();
        let [element] = required.accepts() else { panic!("{name}: one offer") };
        let terms = PaymentRequirements::parse(element).unwrap().terms();
        assert_eq!(terms, Err(TermsError::Unsupported(feature)), "{name}");
        let payload = PaymentPayload::parse(payload.to_string().as_bytes());
        assert_eq!(payload, Err(ParseError::Unsupported(feature)), "{name}");
    }
}

#[test]
fn features_have_distinct_stable_codes() {
    use Feature::{
        AuthCapture, BatchSettlement, ContractSignature, NonEvmNetwork, Permit2, ProtocolVersion1, Upto,
    };
    let all =
        [ProtocolVersion1, Upto, BatchSettlement, AuthCapture, Permit2, NonEvmNetwork, ContractSignature];
    assert_eq!(
        all.map(Feature::code),
        [
            "protocol-version-1",
            "upto",
            "batch-settlement",
            "auth-capture",
            "permit2",
            "non-evm-network",
            "contract-signature"
        ]
    );
    assert_eq!(ParseError::Unsupported(Upto).to_string(), "not supported: upto");
}

/// Bytes that look like messages: a captured one with some bytes changed.
fn mangled() -> impl Strategy<Value = alloc::vec::Vec<u8>> {
    let mut seeds: alloc::vec::Vec<_> = ["payment-required", "payment-signature", "payment-response"]
        .into_iter()
        .filter_map(|header| captured::headers(header).into_iter().next())
        .map(|(_, bytes, _)| bytes)
        .collect();
    let required = seeds[0].clone();
    seeds.push(PaymentRequired::parse(&required).unwrap().accepts()[0].to_vec());
    let change = (any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(seeds), prop::collection::vec(change, 0..4)).prop_map(|(mut bytes, changes)| {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), mangled()]) {
        if let Ok(required) = PaymentRequired::parse(&bytes) {
            for element in required.accepts() {
                let _ = PaymentRequirements::parse(element).map(|offer| offer.terms());
            }
        }
        let _ = PaymentRequirements::parse(&bytes).map(|offer| offer.terms());
        let _ = SettleResponse::parse(&bytes);
        if let Ok(payload) = PaymentPayload::parse(&bytes) {
            let terms = payload.accepted().terms();
            let _ = terms.map(|terms| recover(&digest(&terms.domain(), payload.authorization()), payload.signature()));
        }
    }
}
