mod failures;
mod schemes;
mod v1;

use alloc::string::ToString as _;

use counterfoil_record::Amount;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::captured;
use crate::eip3009::recover;

#[test]
fn every_captured_payment_required_has_terms() {
    let captured = captured::headers("payment-required");
    assert_eq!(captured.len(), 14);
    for (case, bytes, decoded) in &captured {
        let required = PaymentRequired::parse(bytes).unwrap();
        assert_eq!(required.version(), Version::V2, "{case}");
        assert_eq!(required.error(), decoded["error"].as_str(), "{case}");
        let offers = decoded["accepts"].as_array().unwrap();
        assert_eq!(required.accepts().len(), offers.len(), "{case}");
        assert_eq!(required.offered(offers.len()), None, "{case}");
        for (index, (element, offer)) in required.accepts().iter().zip(offers).enumerate() {
            assert_eq!(required.offered(index), decoded["resource"]["url"].as_str(), "{case}");
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
            let domain = (terms.domain_name.as_deref(), terms.domain_version.as_deref());
            assert_eq!(domain, (Some("USDC"), Some("2")), "{case}");
            assert_eq!((terms.method, terms.spender()), (TransferMethod::Eip3009, None), "{case}");
            assert_eq!(terms.facilitator, None, "{case}");
        }
    }
}

#[test]
fn every_captured_offer_asks_for_another_amount_under_the_same_terms() {
    for (case, bytes, _) in &captured::headers("payment-required") {
        for element in PaymentRequired::parse(bytes).unwrap().accepts() {
            let before = PaymentRequirements::parse(element).unwrap();
            for amount in [Amount::ZERO, Amount::new(1), Amount::MAX] {
                let text = PaymentRequirements::restated(element, amount).unwrap();
                let after = PaymentRequirements::parse(text.as_bytes()).unwrap();
                assert_eq!(after, PaymentRequirements { amount, ..before.clone() }, "{case}");
            }
        }
    }
}

#[test]
fn an_offer_is_restated_without_what_is_not_read_and_in_its_own_version() {
    let element = br#"{"padding":"x", "schem\u0065":"exact","network":"base-sepolia","amount":null,
        "maxAmountRequired":"5","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","extra":{"a":1,"name":"USD\u0043"},
        "payTo":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC","maxTimeoutSeconds":60}"#;
    let restated = PaymentRequirements::restated(element, Amount::new(7)).unwrap();
    let expected = concat!(
        r#"{"scheme":"exact","network":"base-sepolia","amount":null,"maxAmountRequired":"7","#,
        r#""asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","extra":{"name":"USD\u0043"},"#,
        r#""payTo":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC","maxTimeoutSeconds":60}"#
    );
    assert_eq!(restated, expected);
    let wrong = PaymentRequirements::restated(b"{}", Amount::new(7));
    assert_eq!(wrong, Err(ParseError::MissingField("scheme")));
}

#[test]
fn every_captured_payment_signature_is_of_its_payer() {
    let captured = captured::headers("payment-signature");
    assert_eq!(captured.len(), 11);
    for (case, bytes, decoded) in &captured {
        let payload = PaymentPayload::parse(bytes).unwrap();
        let signed = &decoded["payload"]["authorization"];
        let what = payload.signed();
        assert_eq!(what.method(), TransferMethod::Eip3009, "{case}");
        assert_eq!((what.token(), what.spender(), what.facilitator()), (None, None, None), "{case}");
        assert_eq!(what.value().to_string(), signed["value"].as_str().unwrap(), "{case}");
        assert_eq!(what.valid_after().to_string(), signed["validAfter"].as_str().unwrap(), "{case}");
        assert_eq!(what.valid_until().to_string(), signed["validBefore"].as_str().unwrap(), "{case}");
        assert_eq!(alloc::format!("0x{}", what.nonce()), signed["nonce"].as_str().unwrap(), "{case}");
        let terms = payload.accepted().unwrap().terms().unwrap();
        assert_eq!((payload.version(), payload.scheme()), (Version::V2, terms.scheme), "{case}");
        assert_eq!(payload.network(), terms.asset.chain, "{case}");
        assert_eq!(terms.payee.address, what.to(), "{case}");
        assert_eq!(terms.exposure, what.value(), "{case}");
        let domain = terms.domain().unwrap();
        let key = alloc::format!("{}:{}:0x{}", terms.asset, what.from(), what.nonce());
        assert_eq!(what.key(&terms.asset).to_string(), key, "{case}");
        let signer = recover(&what.digest(&domain), payload.signature()).unwrap();
        assert_eq!(signer == what.from(), case != "09-tampered-value", "{case}");
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
    assert_eq!(response.amount, Some(Amount::ZERO));
}

#[test]
fn offers_keep_their_exact_bytes() {
    let text = br#" {"x402Version":2,"resource":{"url":"https:\/\/data.example\/"} ,
        "accepts": [ {"b" : 1e3,"a":"\u0041"} , 7,null ,[ ]]} "#;
    let required = PaymentRequired::parse(text).unwrap();
    assert_eq!(required.offered(3), Some("https://data.example/"));
    assert_eq!(required.offered(4), None);
    assert_eq!(required.accepts(), [&br#"{"b" : 1e3,"a":"\u0041"}"#[..], b"7", b"null", b"[ ]"]);
    assert_eq!(required.error(), None);
}

#[test]
fn an_upto_payment_may_settle_for_nothing_and_without_a_transaction() {
    let body = br#"{"success":true,"transaction":"","network":"eip155:84532","amount":"0"}"#;
    let response = SettleResponse::parse(body).unwrap();
    assert_eq!((response.success, response.transaction), (true, None));
    assert_eq!(response.amount, Some(Amount::ZERO));
}

#[test]
fn features_have_distinct_stable_codes() {
    use Feature::{
        AuthCapture, BatchSettlement, ContractSignature, NonEvmNetwork, Permit2, UnknownNetwork, Upto,
    };
    let all = [Upto, BatchSettlement, AuthCapture, Permit2, NonEvmNetwork, UnknownNetwork, ContractSignature];
    assert_eq!(
        all.map(Feature::code),
        [
            "upto",
            "batch-settlement",
            "auth-capture",
            "permit2",
            "non-evm-network",
            "unknown-network",
            "contract-signature"
        ]
    );
    assert_eq!(ParseError::refused(Upto).to_string(), "not supported: upto");
}

/// Bytes that look like messages: a captured one with some bytes changed.
fn mangled() -> impl Strategy<Value = alloc::vec::Vec<u8>> {
    let mut seeds: alloc::vec::Vec<_> = ["payment-required", "payment-signature", "payment-response"]
        .into_iter()
        .filter_map(|header| captured::headers(header).into_iter().next())
        .map(|(_, bytes, _)| bytes)
        .collect();
    for (_, required, payload) in captured::other_schemes() {
        seeds.extend([required.to_string().into_bytes(), payload.to_string().into_bytes()]);
    }
    seeds.extend([v1::required(), v1::payload(), v1::SETTLED.into()].map(alloc::string::String::into_bytes));
    let offers: alloc::vec::Vec<_> = seeds
        .iter()
        .filter_map(|bytes| Some(PaymentRequired::parse(bytes).ok()?.accepts()[0].to_vec()))
        .collect();
    seeds.extend(offers);
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
            for (index, element) in required.accepts().iter().enumerate() {
                let _ = required.offered(index);
                let _ = PaymentRequirements::parse(element).map(|offer| offer.terms());
            }
        }
        let _ = PaymentRequirements::parse(&bytes).map(|offer| offer.terms());
        let _ = SettleResponse::parse(&bytes);
        if let Ok(payload) = PaymentPayload::parse(&bytes) {
            let terms = payload.accepted().and_then(|accepted| accepted.terms().ok());
            if let Some(domain) = terms.and_then(|terms| terms.domain()) {
                let _ = recover(&payload.signed().digest(&domain), payload.signature());
            }
        }
    }
}
