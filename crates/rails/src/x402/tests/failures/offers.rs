//! Offers and their terms.

use alloc::format;

use super::*;

#[test]
fn refuses_offers_by_field() {
    use ParseError::{BadField, DuplicateField, MissingField, OutOfRange, Unsupported};
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
        ("eip155:84532", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", Unsupported(Feature::NonEvmNetwork)),
        (r#""amount":"10000","#, "", MissingField("amount")),
        (r#""amount":"#, r#""maxAmountRequired":"#, Unsupported(Feature::ProtocolVersion1)),
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
    ] {
        assert_eq!(PaymentRequirements::parse(with(OFFER, from, to).as_bytes()), Err(error), "{to}");
    }
    let long = with(OFFER, "USDC", &"U".repeat(NAME_LIMIT + 1));
    assert_eq!(PaymentRequirements::parse(long.as_bytes()), Err(BadField("extra.name")));
}

#[test]
fn refuses_terms_by_class() {
    for (from, to, error) in [
        ("exact", "upto", TermsError::Unsupported(Feature::Upto)),
        ("exact", "batch-settlement", TermsError::Unsupported(Feature::BatchSettlement)),
        ("exact", "auth-capture", TermsError::Unsupported(Feature::AuthCapture)),
        ("exact", "Exact", TermsError::UnknownScheme),
        ("exact", "exact ", TermsError::UnknownScheme),
        (
            r#"{"name""#,
            r#"{"assetTransferMethod":"permit2","name""#,
            TermsError::Unsupported(Feature::Permit2),
        ),
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
    assert_eq!(terms.exposure, counterfoil_record::Amount::MAX);
}

#[test]
fn deep_nesting_in_an_unread_field_costs_no_stack() {
    let deep = format!(r#""x":{}{},"extra":"#, "[".repeat(8000), "]".repeat(8000));
    let offer = with(OFFER, r#""extra":"#, &deep);
    assert!(PaymentRequirements::parse(offer.as_bytes()).is_ok());
    let deep = format!(r#"{{"x":{}"#, "[".repeat(MESSAGE_LIMIT - 5));
    assert_eq!(
        PaymentRequirements::parse(deep.as_bytes()),
        Err(ParseError::Json { line: 1, column: MESSAGE_LIMIT })
    );
}
