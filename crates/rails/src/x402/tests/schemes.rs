//! The captured payloads beside `exact` by EIP-3009: what is read, what is refused, and the exposure.

use counterfoil_record::Amount;
use counterfoil_record::Hash32;

use super::*;
use crate::caip::ChainId;
use crate::permit2::{EXACT_PROXY, UPTO_PROXY, encode_nonce};

#[test]
fn every_signed_payload_states_its_exposure() {
    let mut stated = alloc::vec::Vec::new();
    for (name, _, payload) in captured::other_schemes() {
        let exposure = match PaymentPayload::parse(payload.to_string().as_bytes()) {
            Ok(payload) => payload.signed().value(),
            Err(ParseError::Unsupported { feature, exposure }) => {
                assert_eq!(feature.code(), name);
                exposure.unwrap()
            }
            Err(error) => panic!("{name}: {error}"),
        };
        stated.push((name, exposure.units()));
    }
    stated.sort_unstable();
    let expected = [
        ("auth-capture", 500_000),
        ("batch-settlement", 2_500_000),
        ("exact-permit2", 500_000),
        ("upto", 500_000),
    ];
    assert_eq!(stated, expected.map(|(name, exposure)| (name.to_string(), exposure)));
}

#[test]
fn every_captured_offer_has_terms_or_is_refused_with_its_exposure() {
    for (name, required, _) in captured::other_schemes() {
        let required = required.to_string();
        let required = PaymentRequired::parse(required.as_bytes()).unwrap();
        let [element] = required.accepts() else { panic!("{name}: one offer") };
        assert_eq!(required.offered(0), Some("https://api.example.com/llm"));
        let terms = PaymentRequirements::parse(element).unwrap().terms();
        let refused =
            |feature, units| Err(TermsError::Unsupported { feature, exposure: Some(Amount::new(units)) });
        let facilitator = Some("0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap());
        let expected = match name.as_str() {
            "upto" => Ok((Scheme::Upto, Some(UPTO_PROXY), facilitator)),
            "exact-permit2" => Ok((Scheme::Exact, Some(EXACT_PROXY), None)),
            "auth-capture" => refused(Feature::AuthCapture, 500_000),
            _ => refused(Feature::BatchSettlement, 2_500_000),
        };
        if let Ok(terms) = &terms {
            assert_eq!(terms.method, TransferMethod::Permit2, "{name}");
            assert_eq!((terms.exposure.units(), terms.lifetime_seconds), (500_000, 300), "{name}");
            assert_eq!(terms.domain().map(|domain| domain.asset()), Some(terms.asset), "{name}");
        }
        assert_eq!(terms.map(|terms| (terms.scheme, terms.spender(), terms.facilitator)), expected, "{name}");
    }
}

#[test]
fn every_captured_permit_fits_the_terms_it_was_signed_on() {
    let mut seen = 0;
    for (name, _, json) in captured::other_schemes() {
        let Ok(payload) = PaymentPayload::parse(json.to_string().as_bytes()) else { continue };
        let (signed, terms) = (payload.signed(), payload.accepted().unwrap().terms().unwrap());
        assert_eq!((payload.scheme(), payload.network()), (terms.scheme, ChainId::new(84532)), "{name}");
        assert_eq!(signed.method(), terms.method, "{name}");
        assert_eq!(signed.value(), terms.exposure, "{name}");
        assert_eq!(signed.to(), terms.payee.address, "{name}");
        assert_eq!(signed.token(), Some(terms.asset.contract), "{name}");
        assert_eq!(signed.spender(), terms.spender(), "{name}");
        assert_eq!(signed.facilitator(), terms.facilitator, "{name}");
        assert_eq!((signed.valid_after(), signed.valid_until()), (0, 1_795_406_974), "{name}");
        let nonce = &json["payload"]["permit2Authorization"]["nonce"];
        assert_eq!(encode_nonce(&signed.nonce()), nonce.as_str().unwrap(), "{name}");

        let domain = terms.domain().unwrap();
        let digest = signed.digest(&domain);
        assert_eq!(recover(&digest, payload.signature()), Ok(signed.from()), "{name}");
        let renamed = crate::eip3009::Domain { name: "EURC".into(), ..domain.clone() };
        assert_eq!(signed.digest(&renamed), digest, "{name}: only the chain counts");

        let key = signed.key(&terms.asset);
        let text = alloc::format!("eip155:84532/permit2:{}:0x{}", signed.from(), signed.nonce());
        assert_eq!(key.to_string(), text, "{name}");
        let other_token = crate::caip::Asset { contract: signed.from(), ..terms.asset };
        assert_eq!(signed.key(&other_token), key, "{name}: whatever the token");
        assert_ne!(key.nonce(), Hash32([0; 32]), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}
