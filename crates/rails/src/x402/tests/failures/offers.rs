//! Offers and their terms.

use alloc::format;

use super::*;

#[test]
fn refuses_offers_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange};
    for (from, to, error) in [
        (r#""scheme":"exact","#, "", MissingField("scheme")),
        (r#""exact""#, "null", BadField("scheme")),
        (r#""exact""#, r#""""#, BadField("scheme")),
        (r#""exact""#, r#""ex\u0007ct""#, BadField("scheme")),
        (r#""scheme":"#, r#""scheme":"upto","scheme":"#, DuplicateField("scheme")),
        (r#""scheme":"#, r#""sch\u0065me":"upto","scheme":"#, DuplicateField("scheme")),
        (r#""network":"#, r#""net":"#, MissingField("network")),
        ("eip155:84532", "eip155:084532", BadField("network")),
        ("eip155:84532", "base-sepolia", BadField("network")),
        (
            "eip155:84532",
            "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
            ParseError::refused(Feature::NonEvmNetwork),
        ),
        (r#""amount":"10000","#, "", MissingField("amount")),
        (r#""amount":"#, r#""maxAmountRequired":"#, BadField("network")),
        (r#""amount":"#, r#""maxAmountRequired":"10000","amount":"#, BadField("maxAmountRequired")),
        (r#""amount":"#, r#""amount":"1","amount":"#, DuplicateField("amount")),
        (r#""10000""#, "10000", BadField("amount")),
        (r#""10000""#, r#""010000""#, BadField("amount")),
        (r#""10000""#, r#""1e4""#, BadField("amount")),
        (r#""10000""#, r#""-1""#, BadField("amount")),
        (r#""10000""#, r#""+1""#, BadField("amount")),
        (r#""10000""#, r#"" 1""#, BadField("amount")),
        (r#""10000""#, r#""""#, BadField("amount")),
        (r#""10000""#, r#""0x10""#, BadField("amount")),
        (r#""10000""#, r#""\uD800""#, BadField("amount")),
        (r#""10000""#, r#""340282366920938463463374607431768211456""#, OutOfRange("amount")),
        (r#""asset":"0x036C"#, r#""asset":"0x36C"#, BadField("asset")),
        (r#""payTo":"0x3C44"#, r#""payTo":"3C44"#, BadField("payTo")),
        ("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "merchant", BadField("payTo")),
        (":60", r#":"60""#, BadField("maxTimeoutSeconds")),
        (":60", ":60.0", BadField("maxTimeoutSeconds")),
        (":60", ":6e1", BadField("maxTimeoutSeconds")),
        (":60", ":-60", BadField("maxTimeoutSeconds")),
        (":60", ":18446744073709551616", OutOfRange("maxTimeoutSeconds")),
        (r#"{"name""#, r#"[],"x":{"name""#, BadField("extra")),
        (r#""name":"USDC""#, r#""name":"a","name":"b""#, DuplicateField("extra.name")),
        (r#""USDC""#, "7", BadField("extra.name")),
        (r#""USDC""#, r#""USD\u20ae0""#, BadField("extra.name")),
        (r#""version":"2""#, r#""version":"""#, BadField("extra.version")),
        (r#""version":"2""#, r#""version":2"#, BadField("extra.version")),
        (r#""version""#, r#""assetTransferMethod":7,"version""#, BadField("extra.assetTransferMethod")),
        (
            r#""version""#,
            r#""assetTransferMethod":"eip3009","assetTransferMethod":"permit2","version""#,
            DuplicateField("extra.assetTransferMethod"),
        ),
        (
            r#""version""#,
            r#""facilitatorAddress":"merchant","version""#,
            BadField("extra.facilitatorAddress"),
        ),
        (r#""version""#, r#""minDeposit":5,"version""#, BadField("extra.minDeposit")),
    ] {
        assert_eq!(PaymentRequirements::parse(with(OFFER, from, to).as_bytes()), Err(error), "{to}");
    }
    let long = with(OFFER, "USDC", &"U".repeat(NAME_LIMIT + 1));
    assert_eq!(PaymentRequirements::parse(long.as_bytes()), Err(BadField("extra.name")));
}

/// Refused for `feature`, with what a signature on the offer could move.
const fn no_terms(feature: Feature, exposure: u128) -> TermsError {
    TermsError::Unsupported { feature, exposure: Some(Amount::new(exposure)) }
}

#[test]
fn refuses_terms_by_class() {
    for (from, to, error) in [
        ("exact", "batch-settlement", no_terms(Feature::BatchSettlement, 50000)),
        ("exact", "auth-capture", no_terms(Feature::AuthCapture, 10000)),
        ("exact", "upto", TermsError::MissingFacilitator),
        ("exact", "Exact", TermsError::UnknownScheme),
        ("exact", "exact ", TermsError::UnknownScheme),
        (r#"{"name""#, r#"{"assetTransferMethod":"erc7710","name""#, TermsError::UnknownTransferMethod),
        (r#""10000""#, r#""0""#, TermsError::ZeroAmount),
        (r#""name""#, r#""nam""#, TermsError::MissingDomainName),
        (r#""USDC""#, "null", TermsError::MissingDomainName),
        (r#""version""#, r#""v""#, TermsError::MissingDomainVersion),
        (r#","extra":{"name":"USDC","version":"2"}"#, "", TermsError::MissingDomainName),
    ] {
        let offer = PaymentRequirements::parse(with(OFFER, from, to).as_bytes()).unwrap();
        assert_eq!(offer.terms(), Err(error), "{to}");
    }
}

#[test]
fn the_largest_amount_and_unknown_fields_are_read() {
    let largest = "340282366920938463463374607431768211455";
    let offer = with(OFFER, "10000", largest);
    let offer = with(
        &offer,
        r#""extra":{"#,
        r#""x":{"scheme":"upto"},"x":[1],"extra":{"assetTransferMethod":"eip3009","y":0,"#,
    );
    let terms = PaymentRequirements::parse(offer.as_bytes()).unwrap().terms().unwrap();
    assert_eq!(terms.exposure, Amount::MAX);
}

#[test]
fn deep_nesting_in_an_unread_field_costs_no_stack() {
    let deep = format!(r#""x":{}{},"extra":"#, "[".repeat(8000), "]".repeat(8000));
    let offer = with(OFFER, r#""extra":"#, &deep);
    let read = |offer: &str| PaymentRequirements::parse(offer.as_bytes()).unwrap().terms();
    assert_eq!(read(&offer), read(OFFER));
    let deep = format!(r#"{{"x":{}"#, "[".repeat(MESSAGE_LIMIT - 5));
    assert_eq!(
        PaymentRequirements::parse(deep.as_bytes()),
        Err(ParseError::Json { line: 1, column: MESSAGE_LIMIT })
    );
}

#[test]
fn a_deposit_is_five_times_the_amount_or_what_the_seller_wants_if_that_is_more() {
    let batch = with(OFFER, "exact", "batch-settlement");
    let terms = |offer: &str| PaymentRequirements::parse(offer.as_bytes()).unwrap().terms();
    for (wanted, exposure) in [("1", 50000), ("50000", 50000), ("50001", 50001)] {
        let offer = with(&batch, r#""version""#, &format!(r#""minDeposit":"{wanted}","version""#));
        assert_eq!(terms(&offer), Err(no_terms(Feature::BatchSettlement, exposure)), "{wanted}");
    }
    let fifth = u128::MAX / 5;
    let offer = with(&batch, "10000", &format!("{fifth}"));
    assert_eq!(terms(&offer), Err(no_terms(Feature::BatchSettlement, fifth * 5)));
    let offer = with(&batch, "10000", &format!("{}", fifth + 1));
    let unknown = TermsError::Unsupported { feature: Feature::BatchSettlement, exposure: None };
    assert_eq!(terms(&offer), Err(unknown));
}

#[test]
fn the_method_that_is_absent_is_the_one_usual_for_the_scheme() {
    let address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let upto = with(OFFER, "exact", "upto");
    let upto = with(&upto, r#""extra":{"#, &format!(r#""extra":{{"facilitatorAddress":"{address}","#));
    let method = |offer: &str, method: &str| {
        let offer = with(offer, r#""extra":{"#, &format!(r#""extra":{{"assetTransferMethod":{method},"#));
        PaymentRequirements::parse(offer.as_bytes()).unwrap().terms().map(|terms| terms.method)
    };
    let (eip3009, permit2) = (Ok(TransferMethod::Eip3009), Ok(TransferMethod::Permit2));
    assert_eq!(method(OFFER, "null"), eip3009);
    assert_eq!(method(OFFER, r#""eip3009""#), eip3009);
    assert_eq!(method(OFFER, r#""permit2""#), permit2);
    assert_eq!(method(&upto, "null"), permit2);
    assert_eq!(method(&upto, r#""permit2""#), permit2);
    assert_eq!(method(&upto, r#""eip3009""#), Err(TermsError::UnknownTransferMethod));
    assert_eq!(method(&upto, r#""none""#), Err(TermsError::UnknownTransferMethod));
}

#[test]
fn permit2_needs_no_domain_of_the_token() {
    let offer = with(OFFER, r#"{"name":"USDC","version":"2"}"#, r#"{"assetTransferMethod":"permit2"}"#);
    let terms = PaymentRequirements::parse(offer.as_bytes()).unwrap().terms().unwrap();
    assert_eq!((terms.domain(), terms.facilitator), (None, None));
    assert_eq!(terms.spender(), Some(crate::permit2::EXACT_PROXY));
}
