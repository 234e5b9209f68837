//! What a seller offers and a wallet signs over x402, made to order: for demonstrations and scenarios. Nobody is asked,
//! and nothing is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::Granted;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::eip3009::{Authorization, Domain, WalletKey, digest};
use counterfoil_record::{Amount, Hash32, Text};
use serde_json::{Value, json};

use crate::exit::Failure;

/// One offer of a seller, of x402 version 2.
pub(crate) struct Offer<'a> {
    /// The URL that the seller names.
    pub(crate) url: &'a str,
    /// `exact` or another scheme.
    pub(crate) scheme: &'a str,
    /// The asset, CAIP-19.
    pub(crate) asset: &'a Text,
    /// The name and version of the token's EIP-712 domain.
    pub(crate) domain: (&'a str, &'a str),
    /// In the asset's smallest unit.
    pub(crate) amount: Amount,
    /// The account to be paid, CAIP-10.
    pub(crate) payee: &'a str,
    /// For how many seconds what is signed may live.
    pub(crate) seconds: u64,
    /// Who settles, for `upto`.
    pub(crate) facilitator: Option<&'a str>,
}

impl Offer<'_> {
    /// The `PAYMENT-REQUIRED` header.
    pub(crate) fn header(&self) -> Result<String, Failure> {
        let asset: Asset = self.asset.as_str().parse().map_err(Failure::new)?;
        let payee: Account = self.payee.parse().map_err(|error| Failure::at(self.payee, error))?;
        let (name, version) = self.domain;
        let mut extra = json!({"name": name, "version": version});
        if let (Some(facilitator), Some(extra)) = (self.facilitator, extra.as_object_mut()) {
            extra.insert("facilitatorAddress".into(), facilitator.into());
        }
        let body = json!({
            "x402Version": 2, "error": "Payment required",
            "resource": {"url": self.url, "description": "", "mimeType": "application/json"},
            "accepts": [{
                "scheme": self.scheme, "network": asset.chain.to_string(), "amount": self.amount,
                "asset": asset.contract.to_string(), "payTo": payee.address.to_string(),
                "maxTimeoutSeconds": self.seconds, "extra": extra
            }]
        });
        Ok(STANDARD.encode(body.to_string()))
    }
}

/// The `PAYMENT-SIGNATURE` header of exactly what is granted, valid before `valid_before` (Unix seconds), the slot as
/// its nonce.
pub(crate) fn sign(
    granted: &Granted,
    wallet: &WalletKey,
    domain: (&str, &str),
    valid_before: u64,
) -> Result<String, Failure> {
    let asset: Asset = granted.asset.as_str().parse().map_err(Failure::new)?;
    let from: Account = granted.wallet.as_str().parse().map_err(Failure::new)?;
    let to: Account = granted.payee.as_str().parse().map_err(Failure::new)?;
    let (name, version) = domain;
    let domain =
        Domain { name: name.into(), version: version.into(), chain: asset.chain, contract: asset.contract };
    let authorization = Authorization {
        from: from.address,
        to: to.address,
        value: granted.exposure,
        valid_after: 0,
        valid_before,
        nonce: granted.slot,
    };
    let signature = wallet.sign(&digest(&domain, &authorization)).to_string();
    let body = json!({
        "x402Version": 2,
        "payload": {
            "authorization": {
                "from": authorization.from.to_string(), "to": authorization.to.to_string(),
                "value": authorization.value.to_string(), "validAfter": "0",
                "validBefore": authorization.valid_before.to_string(),
                "nonce": format!("0x{}", authorization.nonce)
            },
            "signature": signature
        },
        "accepted": {
            "scheme": "exact", "network": asset.chain.to_string(), "amount": authorization.value.to_string(),
            "asset": asset.contract.to_string(), "payTo": authorization.to.to_string(),
            "maxTimeoutSeconds": 60, "extra": {"name": name, "version": version}
        }
    });
    Ok(STANDARD.encode(body.to_string()))
}

/// A `PAYMENT-RESPONSE` header about what is granted.
pub(crate) fn response(granted: &Granted, success: bool) -> Result<String, Failure> {
    let asset: Asset = granted.asset.as_str().parse().map_err(Failure::new)?;
    let from: Account = granted.wallet.as_str().parse().map_err(Failure::new)?;
    let moved = Hash32::of(&[b"counterfoil scenario transfer: ", granted.slot.bytes()]);
    let transaction = if success { Value::String(format!("0x{moved}")) } else { "".into() };
    let body = json!({
        "success": success, "transaction": transaction, "network": asset.chain.to_string(),
        "payer": from.address.to_string()
    });
    Ok(STANDARD.encode(body.to_string()))
}
