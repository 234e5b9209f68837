//! The captured purchases: what stock x402 peers said over the wire. See `testvectors/x402/README.md`.

use serde_json::Value;

use crate::exit::Failure;

const EXCHANGES: &str = include_str!("../../../testvectors/x402/exchanges-v2.json");

/// The headers of one captured purchase, base64 as on the wire.
pub(crate) struct Purchase {
    /// The URL that was asked.
    pub(crate) url: String,
    /// `PAYMENT-REQUIRED`.
    pub(crate) required: String,
    /// `PAYMENT-SIGNATURE`, where the client signed.
    pub(crate) signature: Option<String>,
    /// `PAYMENT-RESPONSE`, where the seller gave one.
    pub(crate) response: Option<String>,
}

/// The captured purchase of that case.
pub(crate) fn purchase(case: &str) -> Result<Purchase, Failure> {
    let missing = || Failure::new(format_args!("the captured traffic has no {case}"));
    let all: Vec<Value> = serde_json::from_str(EXCHANGES).map_err(Failure::new)?;
    let exchanges: Vec<&Value> =
        all.iter().filter(|it| it["case"] == case && it["hop"] == "client-server").collect();
    let find = |side: &str, name: &str| exchanges.iter().find_map(|exchange| header(&exchange[side], name));
    let decoded =
        exchanges.iter().find_map(|exchange| exchange.pointer("/decoded/payment-required/resource/url"));
    Ok(Purchase {
        url: decoded.and_then(Value::as_str).ok_or_else(missing)?.into(),
        required: find("response", "PAYMENT-REQUIRED").ok_or_else(missing)?,
        signature: find("request", "PAYMENT-SIGNATURE"),
        response: find("response", "PAYMENT-RESPONSE"),
    })
}

/// The value after a header's name in a list of names and values.
fn header(message: &Value, name: &str) -> Option<String> {
    let raw = message["rawHeaders"].as_array()?;
    let mut pairs =
        raw.chunks_exact(2).filter_map(|pair| Some((pair.first()?.as_str()?, pair.last()?.as_str()?)));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.into())
}
