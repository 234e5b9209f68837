//! The captured traffic under `testvectors/x402`, for the tests.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const EXCHANGES: [&str; 2] = [
    include_str!("../../../testvectors/x402/exchanges-v2.json"),
    include_str!("../../../testvectors/x402/hard-cases-exchanges.json"),
];

const DIGESTS: [&str; 2] = [
    include_str!("../../../testvectors/x402/eip712-digests.json"),
    include_str!("../../../testvectors/x402/hard-cases-digests.json"),
];

const OTHER_SCHEMES: &str = include_str!("../../../testvectors/x402/client-payloads-other-schemes.json");

/// Every x402 header named `header` in the exchanges: its case, its decoded bytes, and the message as
/// the recorder's own decoder saw it.
pub(crate) fn headers(header: &str) -> Vec<(String, Vec<u8>, Value)> {
    let mut found = Vec::new();
    for exchange in EXCHANGES.iter().flat_map(|text| array(text)) {
        for side in ["request", "response"] {
            let Some(raw) = exchange[side]["rawHeaders"].as_array() else {
                continue;
            };
            for pair in raw.chunks(2).filter(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(header)) {
                let bytes = STANDARD.decode(pair[1].as_str().unwrap()).unwrap();
                let decoded = exchange["decoded"][header].clone();
                found.push((exchange["case"].as_str().unwrap().to_string(), bytes, decoded));
            }
        }
    }
    found
}

/// Every body that a facilitator answered to `POST /settle`.
pub(crate) fn facilitator_answers() -> Vec<String> {
    let settled = |exchange: &Value| exchange["request"]["url"] == "/settle";
    let exchanges = EXCHANGES.iter().flat_map(|text| array(text)).filter(settled);
    exchanges.map(|exchange| exchange["response"]["body"].as_str().unwrap().to_string()).collect()
}

/// The signed authorizations with their digests.
pub(crate) fn digests() -> Vec<Value> {
    DIGESTS.iter().flat_map(|text| array(text)).collect()
}

/// `(name, paymentRequired, paymentPayload)` of each scheme and transfer method beside `exact` by EIP-3009.
pub(crate) fn other_schemes() -> Vec<(String, Value, Value)> {
    let all: Value = serde_json::from_str(OTHER_SCHEMES).unwrap();
    let schemes = all.as_object().unwrap().iter();
    schemes
        .map(|(name, of)| (name.clone(), of["paymentRequired"].clone(), of["paymentPayload"].clone()))
        .collect()
}

fn array(text: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(text).unwrap().as_array().unwrap().clone()
}
