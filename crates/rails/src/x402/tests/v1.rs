//! Messages of version 1, as `x402-express` and `x402-fetch` 1.2.0 form them.

use alloc::format;
use alloc::string::String;

use counterfoil_record::{Amount, Hash32};

use super::*;
use crate::caip::ChainId;
use crate::eip3009::{Authorization, Domain, Signature, WalletKey};

const OFFER: &str = r#"{"scheme":"exact","network":"base-sepolia","maxAmountRequired":"10000","resource":"https://data.example/quote","description":"","mimeType":"application/json","payTo":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC","maxTimeoutSeconds":60,"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","outputSchema":{"input":{"type":"http","method":"GET","discoverable":true}},"extra":{"name":"USDC","version":"2"}}"#;

pub(super) const SETTLED: &str = r#"{"success":true,"transaction":"0xde64ce334be4fa9db6eea9353b110397b445941b67f8f1fd1ef4820183481d76","network":"base-sepolia","payer":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}"#;

pub(super) fn required() -> String {
    format!(r#"{{"x402Version":1,"error":"X-PAYMENT header is required","accepts":[{OFFER}]}}"#)
}

fn domain() -> Domain {
    let contract = "0x036CbD53842c5426634e7929541eC2318f3dCF7e".parse().unwrap();
    Domain { name: "USDC".into(), version: "2".into(), chain: ChainId::new(84532), contract }
}

/// A payload whose signature is good.
pub(super) fn payload() -> String {
    let key = WalletKey::from_bytes(&[7; 32]).unwrap();
    let signed = Authorization {
        from: key.address().unwrap(),
        to: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC".parse().unwrap(),
        value: Amount::new(10000),
        valid_after: 1_795_405_289,
        valid_before: 1_795_405_949,
        nonce: Hash32([0xab; 32]),
    };
    let signature: Signature = key.sign(&Signed::Eip3009(signed).digest(&domain()));
    format!(
        r#"{{"x402Version":1,"scheme":"exact","network":"base-sepolia","payload":{{"signature":"{signature}","authorization":{{"from":"{}","to":"{}","value":"{}","validAfter":"{}","validBefore":"{}","nonce":"0x{}"}}}}}}"#,
        signed.from, signed.to, signed.value, signed.valid_after, signed.valid_before, signed.nonce
    )
}

/// `text` with its first `from` replaced, which must be there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn unsupported(feature: Feature, exposure: u128) -> ParseError {
    ParseError::Unsupported { feature, exposure: Some(Amount::new(exposure)) }
}

#[test]
fn an_offer_has_the_terms_of_version_2() {
    let body = required();
    let required = PaymentRequired::parse(body.as_bytes()).unwrap();
    assert_eq!(required.version(), Version::V1);
    assert_eq!(required.error(), Some("X-PAYMENT header is required"));
    assert_eq!(required.accepts(), [OFFER.as_bytes()]);
    assert_eq!(required.offered(0), Some("https://data.example/quote"));
    assert_eq!(required.offered(1), None);
    let offer = PaymentRequirements::parse(OFFER.as_bytes()).unwrap();
    assert_eq!(offer.version, Version::V1);
    let same = with(OFFER, "base-sepolia", "eip155:84532");
    let same = with(&same, "maxAmountRequired", "amount");
    let same = PaymentRequirements::parse(same.as_bytes()).unwrap();
    assert_eq!(same.version, Version::V2);
    assert_eq!(offer.terms().unwrap(), same.terms().unwrap());
    assert_eq!(offer.terms().unwrap().domain(), Some(domain()));
}

#[test]
fn each_offer_says_itself_what_it_is_for() {
    let unread = with(OFFER, r#""resource":"#, r#""r":"#);
    let twice = with(OFFER, r#""resource":"#, r#""resource":"https://data.example/","resource":"#);
    let padded = format!("{}{}", &OFFER[..OFFER.len() - 1], " ".repeat(MESSAGE_LIMIT)) + "}";
    let other = with(OFFER, "/quote", "/\\u0061");
    let body = format!(
        r#"{{"x402Version":1,"resource":{{"url":"https://else.example/"}},"accepts":[{other},{unread},{twice},7,{padded}, {OFFER} ]}}"#
    );
    let required = PaymentRequired::parse(body.as_bytes()).unwrap();
    let offered: alloc::vec::Vec<_> = (0..7).map(|index| required.offered(index)).collect();
    let (first, last) = (Some("https://data.example/a"), Some("https://data.example/quote"));
    assert_eq!(offered, [first, None, None, None, None, last, None]);
    assert_eq!(required.accepts().len(), 6);
    assert_eq!(required.accepts()[5], OFFER.as_bytes());
}

#[test]
fn a_payload_is_of_its_payer() {
    let payload = PaymentPayload::parse(payload().as_bytes()).unwrap();
    assert_eq!((payload.version(), payload.scheme()), (Version::V1, Scheme::Exact));
    assert_eq!((payload.network(), payload.accepted()), (ChainId::new(84532), None));
    let signed = payload.signed();
    assert_eq!((signed.value(), signed.valid_until()), (Amount::new(10000), 1_795_405_949));
    assert_eq!(recover(&signed.digest(&domain()), payload.signature()), Ok(signed.from()));
}

#[test]
fn a_settlement_names_its_network_plainly() {
    let response = SettleResponse::parse(SETTLED.as_bytes()).unwrap();
    assert_eq!((response.success, response.network), (true, ChainId::new(84532)));
    let named = with(SETTLED, "base-sepolia", "eip155:84532");
    assert_eq!(SettleResponse::parse(named.as_bytes()).unwrap(), response);
    let failed = r#"{"success":false,"errorReason":"insufficient_funds","transaction":"","network":"base"}"#;
    let response = SettleResponse::parse(failed.as_bytes()).unwrap();
    assert_eq!((response.success, response.transaction), (false, None));
    assert_eq!(response.network, ChainId::new(8453));
}

#[test]
fn every_name_of_the_table_is_its_chain() {
    for (name, chain) in [
        ("abstract", 2741),
        ("abstract-testnet", 11124),
        ("avalanche", 43114),
        ("avalanche-fuji", 43113),
        ("base", 8453),
        ("base-sepolia", 84532),
        ("educhain", 41923),
        ("iotex", 4689),
        ("peaq", 3338),
        ("polygon", 137),
        ("polygon-amoy", 80002),
        ("sei", 1329),
        ("sei-testnet", 1328),
        ("skale-base-sepolia", 324_705_682),
        ("story", 1514),
    ] {
        let offer = with(OFFER, "base-sepolia", name);
        let offer = PaymentRequirements::parse(offer.as_bytes()).unwrap();
        assert_eq!(offer.network, ChainId::new(chain), "{name}");
    }
}

#[test]
fn refuses_offers_by_field() {
    use ParseError::{BadField, MissingField, OutOfRange};
    for (from, to, error) in [
        ("base-sepolia", "", BadField("network")),
        ("base-sepolia", "eip155:84532", BadField("network")),
        ("base-sepolia", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", BadField("network")),
        ("base-sepolia", "Base", ParseError::refused(Feature::UnknownNetwork)),
        ("base-sepolia", "base-sepolia ", ParseError::refused(Feature::UnknownNetwork)),
        ("base-sepolia", "84532", ParseError::refused(Feature::UnknownNetwork)),
        ("base-sepolia", "solana", ParseError::refused(Feature::NonEvmNetwork)),
        ("base-sepolia", "solana-devnet", ParseError::refused(Feature::NonEvmNetwork)),
        ("maxAmountRequired", "max", MissingField("amount")),
        (r#""10000""#, r#""10000","amount":"10000""#, BadField("maxAmountRequired")),
        (r#""10000""#, "null", MissingField("amount")),
        (r#""10000""#, "10000", BadField("maxAmountRequired")),
        (r#""10000""#, r#""340282366920938463463374607431768211456""#, OutOfRange("maxAmountRequired")),
    ] {
        assert_eq!(PaymentRequirements::parse(with(OFFER, from, to).as_bytes()), Err(error), "{to}");
    }
}

#[test]
fn refuses_terms_of_everything_but_exact_by_eip3009() {
    let permit2 = r#"{"assetTransferMethod":"permit2","name""#;
    for (from, to, feature, exposure) in [
        ("exact", "upto", Feature::Upto, 10000),
        ("exact", "auth-capture", Feature::AuthCapture, 10000),
        ("exact", "batch-settlement", Feature::BatchSettlement, 50000),
        (r#"{"name""#, permit2, Feature::Permit2, 10000),
    ] {
        let offer = PaymentRequirements::parse(with(OFFER, from, to).as_bytes()).unwrap();
        let exposure = Some(Amount::new(exposure));
        assert_eq!(offer.terms(), Err(TermsError::Unsupported { feature, exposure }), "{to}");
    }
    for (from, to, error) in [
        ("exact", "exactly", TermsError::UnknownScheme),
        (r#"{"name""#, r#"{"assetTransferMethod":"none","name""#, TermsError::UnknownTransferMethod),
        (r#""10000""#, r#""0""#, TermsError::ZeroAmount),
        (r#"{"name""#, r#"{"nam""#, TermsError::MissingDomainName),
        (r#""version""#, r#""v""#, TermsError::MissingDomainVersion),
    ] {
        let offer = PaymentRequirements::parse(with(OFFER, from, to).as_bytes()).unwrap();
        assert_eq!(offer.terms(), Err(error), "{to}");
    }
}

#[test]
fn refuses_payloads_by_field() {
    use ParseError::{BadField, MissingField};
    for (from, to, error) in [
        (r#""scheme":"exact","#, "", MissingField("scheme")),
        (r#""exact""#, r#""exactly""#, BadField("scheme")),
        (r#""exact""#, r#""upto""#, unsupported(Feature::Upto, 10000)),
        (r#""exact""#, r#""auth-capture""#, unsupported(Feature::AuthCapture, 10000)),
        (r#""exact""#, r#""batch-settlement""#, ParseError::refused(Feature::BatchSettlement)),
        (
            r#""authorization":"#,
            r#""permit2Authorization":{"permitted":{"amount":"20000"}},"authorization":"#,
            unsupported(Feature::Permit2, 20000),
        ),
        (
            r#""authorization":"#,
            r#""permit2Authorization":7,"authorization":"#,
            ParseError::refused(Feature::Permit2),
        ),
        (r#""network":"base-sepolia","#, "", MissingField("network")),
        ("base-sepolia", "eip155:84532", BadField("network")),
        ("base-sepolia", "basis", ParseError::refused(Feature::UnknownNetwork)),
        ("base-sepolia", "solana", ParseError::refused(Feature::NonEvmNetwork)),
        (r#""payload":{"#, r#""payload":{},"p":{"#, MissingField("payload.authorization")),
        (r#""authorization":{"#, r#""a":{"#, MissingField("payload.authorization")),
        (r#""value":"10000""#, r#""value":10000"#, BadField("payload.authorization.value")),
        (r#""signature":"0x"#, r#""signature":"0x00"#, unsupported(Feature::ContractSignature, 10000)),
        (r#""x402Version":1"#, r#""x402Version":2"#, MissingField("accepted")),
    ] {
        assert_eq!(PaymentPayload::parse(with(&payload(), from, to).as_bytes()), Err(error), "{to}");
    }
}

#[test]
fn refuses_payment_required_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField};
    for (from, to, error) in [
        (r#""accepts":["#, r#""a":["#, MissingField("accepts")),
        (r#""accepts":["#, r#""accepts":[],"accepts":["#, DuplicateField("accepts")),
        (r#""accepts":["#, r#""accepts":7,"a":["#, BadField("accepts")),
        (r#""error":"#, r#""error":7,"e":"#, BadField("error")),
        (r#""x402Version":1"#, r#""x402Version":2"#, MissingField("resource")),
    ] {
        let body = with(&required(), from, to);
        assert_eq!(PaymentRequired::parse(body.as_bytes()), Err(error), "{to}");
    }
}
