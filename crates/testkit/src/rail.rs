//! What a seller and a wallet say over x402, made to order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_rails::caip::ChainId;
use counterfoil_rails::eip3009::{Authorization, Domain, digest};
use counterfoil_rails::permit2::{self, EXACT_PROXY, Permit2Transfer, UPTO_PROXY, encode_nonce};
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
/// A facilitator's account.
pub const FACILITATOR: &str = "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc";
/// Base Sepolia, as x402 version 1 names it.
pub const NETWORK_V1: &str = "base-sepolia";

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

    /// The same, moved by Permit2.
    pub fn permit2(url: &str, amount: u128) -> Self {
        let mut offer = Self::new(url, amount);
        offer.requirements["extra"]["assetTransferMethod"] = "permit2".into();
        offer
    }

    /// The same, for at most `amount`, which [`FACILITATOR`] alone may settle.
    pub fn upto(url: &str, amount: u128) -> Self {
        let mut offer = Self::new(url, amount).with("/scheme", "upto");
        offer.requirements["extra"]["facilitatorAddress"] = FACILITATOR.into();
        offer
    }

    /// The same, in x402 version 1.
    pub fn v1(url: &str, amount: u128) -> Self {
        let requirements = json!({
            "scheme": "exact", "network": NETWORK_V1, "maxAmountRequired": amount.to_string(), "resource": url,
            "description": "Data", "mimeType": "application/json", "payTo": SELLER, "maxTimeoutSeconds": 60,
            "asset": TOKEN, "extra": {"name": "USDC", "version": "2"}
        });
        Self { url: url.into(), requirements }
    }

    /// With one field of the requirements set; `/extra/name` and the like name inner ones.
    pub fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        *self.requirements.pointer_mut(pointer).expect("a field of the requirements") = value.into();
        self
    }

    /// The `PAYMENT-REQUIRED` header; in version 1, where each offer names its resource itself, the body.
    pub fn header(&self) -> String {
        if self.requirements.get("maxAmountRequired").is_some() {
            let mut offer = self.requirements.clone();
            offer["resource"] = self.url.as_str().into();
            let error = "X-PAYMENT header is required";
            let body = json!({"x402Version": 1, "error": error, "accepts": [offer]});
            return STANDARD.encode(body.to_string());
        }
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
        let accepted = Offer::new("", self.authorization.value.units()).requirements;
        let body = json!({"x402Version": 2, "payload": self.payload(signature), "accepted": accepted});
        STANDARD.encode(body.to_string())
    }

    /// The `X-PAYMENT` header of version 1, signed with the development key.
    pub fn header_v1(&self) -> String {
        let signature = keys::wallet().sign(&digest(&self.domain, &self.authorization));
        let payload = self.payload(&signature.to_string());
        let body = json!({"x402Version": 1, "scheme": "exact", "network": NETWORK_V1, "payload": payload});
        STANDARD.encode(body.to_string())
    }

    fn payload(&self, signature: &str) -> Value {
        let a = &self.authorization;
        json!({
            "authorization": {
                "from": a.from.to_string(), "to": a.to.to_string(), "value": a.value.to_string(),
                "validAfter": a.valid_after.to_string(), "validBefore": a.valid_before.to_string(),
                "nonce": format!("0x{}", a.nonce)
            },
            "signature": signature
        })
    }
}

/// What a wallet signs for Permit2.
#[derive(Clone, Debug)]
pub struct Permit2Signing {
    /// The transfer; with a facilitator it is one of scheme `upto`.
    pub transfer: Permit2Transfer,
    /// The chain whose contract it is for.
    pub chain: ChainId,
}

impl Permit2Signing {
    /// `amount` from [`PAYER`] to [`SELLER`] until `deadline` (Unix seconds), with `nonce`.
    pub fn exact(amount: u128, deadline: u64, nonce: Hash32) -> Self {
        let transfer = Permit2Transfer {
            from: PAYER.parse().unwrap(),
            token: TOKEN.parse().unwrap(),
            amount: Amount::new(amount),
            spender: EXACT_PROXY,
            nonce,
            deadline,
            to: SELLER.parse().unwrap(),
            facilitator: None,
            valid_after: 0,
        };
        Self { transfer, chain: ChainId::new(84532) }
    }

    /// The same for at most `amount`, which [`FACILITATOR`] alone may settle.
    pub fn upto(amount: u128, deadline: u64, nonce: Hash32) -> Self {
        let mut signing = Self::exact(amount, deadline, nonce);
        signing.transfer.spender = UPTO_PROXY;
        signing.transfer.facilitator = Some(FACILITATOR.parse().unwrap());
        signing
    }

    /// The `PAYMENT-SIGNATURE` header, signed with the development key.
    pub fn header(&self) -> String {
        let t = &self.transfer;
        let signature = keys::wallet().sign(&permit2::digest(self.chain, t));
        let mut witness = json!({"to": t.to.to_string(), "validAfter": t.valid_after.to_string()});
        let accepted = match &t.facilitator {
            None => Offer::permit2("", t.amount.units()),
            Some(facilitator) => {
                witness["facilitator"] = facilitator.to_string().into();
                Offer::upto("", t.amount.units())
            }
        };
        let body = json!({
            "x402Version": 2,
            "payload": {
                "permit2Authorization": {
                    "from": t.from.to_string(),
                    "permitted": {"token": t.token.to_string(), "amount": t.amount.to_string()},
                    "spender": t.spender.to_string(), "nonce": encode_nonce(&t.nonce),
                    "deadline": t.deadline.to_string(), "witness": witness
                },
                "signature": signature.to_string()
            },
            "accepted": accepted.requirements
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

/// A `PAYMENT-RESPONSE` header of a success that states the amount, as `upto` has it; nothing moves for nothing.
pub fn response_for(amount: u128) -> String {
    let transaction = if amount > 0 { format!("0x{}", "ab".repeat(32)) } else { String::new() };
    let body = json!({
        "success": true, "transaction": transaction, "network": CHAIN, "payer": PAYER, "amount": amount.to_string()
    });
    STANDARD.encode(body.to_string())
}

/// The `X-PAYMENT-RESPONSE` header of a success in version 1.
pub fn response_v1() -> String {
    let transaction = format!("0x{}", "ab".repeat(32));
    let body = json!({"success": true, "transaction": transaction, "network": NETWORK_V1, "payer": PAYER});
    STANDARD.encode(body.to_string())
}
