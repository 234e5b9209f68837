//! What a seller and a wallet say over x402, made to order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_rails::caip::ChainId;
use counterfoil_rails::eip3009::{Authorization, Domain, digest};
use counterfoil_record::{Amount, Hash32};
use serde_json::{Value, json};

use crate::keys;

/// Base Sepolia.
pub const CHAIN: &str = "eip155:84532";
/// Its USDC contract.
pub const TOKEN: &str = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";
/// The paying account.
pub const PAYER: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
/// A seller's account.
pub const SELLER: &str = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";

/// One offer of a seller: what its 402 answer demands.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The URL that the seller names.
    pub url: String,
    /// One element of `accepts`.
    pub requirements: Value,
}

impl Offer {
    /// `amount` smallest units of USDC to [`SELLER`] for `url`, within 60 seconds.
    pub fn new(url: &str, amount: u128) -> Self {
        let requirements = json!({
            "scheme": "exact", "network": CHAIN, "amount": amount.to_string(), "asset": TOKEN,
            "payTo": SELLER, "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"}
        });
        Self { url: url.into(), requirements }
    }

    /// With one field of the requirements set; `/extra/name` and the like name inner ones.
    pub fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        *self.requirements.pointer_mut(pointer).expect("a field of the requirements") = value.into();
        self
    }

    /// The `PAYMENT-REQUIRED` header.
    pub fn header(&self) -> String {
        let body = json!({
            "x402Version": 2, "error": "Payment required",
            "resource": {"url": self.url, "description": "Data", "mimeType": "application/json"},
            "accepts": [self.requirements]
        });
        STANDARD.encode(body.to_string())
    }
}

/// What a wallet signs.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The authorization.
    pub authorization: Authorization,
    /// The EIP-712 domain.
    pub domain: Domain,
}

impl Signing {
    /// `amount` from [`PAYER`] to [`SELLER`] until `valid_before` (Unix seconds), with `nonce`.
    pub fn new(amount: u128, valid_before: u64, nonce: Hash32) -> Self {
        let authorization = Authorization {
            from: PAYER.parse().unwrap(),
            to: SELLER.parse().unwrap(),
            value: Amount::new(amount),
            valid_after: 0,
            valid_before,
            nonce,
        };
        let domain = Domain {
            name: "USDC".into(),
            version: "2".into(),
            chain: ChainId::new(84532),
            contract: TOKEN.parse().unwrap(),
        };
        Self { authorization, domain }
    }

    /// The `PAYMENT-SIGNATURE` header, signed with the development key.
    pub fn header(&self) -> String {
        let signature = keys::wallet().sign(&digest(&self.domain, &self.authorization));
        self.header_with(&signature.to_string())
    }

    /// The header with another signature.
    pub fn header_with(&self, signature: &str) -> String {
        let a = &self.authorization;
        let body = json!({
            "x402Version": 2,
            "payload": {
                "authorization": {
                    "from": a.from.to_string(), "to": a.to.to_string(), "value": a.value.to_string(),
                    "validAfter": a.valid_after.to_string(), "validBefore": a.valid_before.to_string(),
                    "nonce": format!("0x{}", a.nonce)
                },
                "signature": signature
            },
            "accepted": Offer::new("", a.value.units()).requirements
        });
        STANDARD.encode(body.to_string())
    }
}

/// A `PAYMENT-RESPONSE` header.
pub fn response(success: bool) -> String {
    let transaction = if success { format!("0x{}", "ab".repeat(32)) } else { String::new() };
    let body = json!({"success": success, "transaction": transaction, "network": CHAIN, "payer": PAYER});
    STANDARD.encode(body.to_string())
}
