//! What the payer signed, as it goes to the seller.

mod signed;

use super::network::network;
use super::terms::{NotUnderstood, understood};
use super::{
    Feature, MESSAGE_LIMIT, NAME_LIMIT, ParseError, PaymentRequirements, Scheme, Signed, TransferMethod,
    Version,
};
use crate::caip::ChainId;
use crate::eip3009::Signature;
use crate::json::{Field, Object};

/// A signed payment (x402, `PaymentPayload`) of scheme `exact` or `upto`.
///
/// ```text
/// {"x402Version": 2,
///  "accepted": { the chosen element of `accepts` },
///  "payload": {"authorization": {"from": "0x..", "to": "0x..", "value": "10000", "validAfter": "0",
///                                "validBefore": "1795405949", "nonce": "0x<64 hex>"},
///              "signature": "0x<130 hex>"}}
///
/// version 1 does not repeat the offer:
/// {"x402Version": 1, "scheme": "exact", "network": "base-sepolia", "payload": { as above }}
///
/// with Permit2, "payload" has in place of "authorization":
///   "permit2Authorization": {"from": "0x..", "permitted": {"token": "0x..", "amount": "500000"},
///                            "spender": "0x..", "nonce": "<decimal>", "deadline": "1795406974",
///                            "witness": {"to": "0x..", "validAfter": "0"}}
/// and in the witness of `upto` also "facilitator": "0x.."
/// ```
///
/// Which of the two it must be, and with which witness, is what scheme and transfer method of `accepted`
/// say; a payload of another shape, or with both, is refused. Beyond that, reading checks neither the
/// signature nor that what is signed fits `accepted`. Money moves by what is signed; the rest is only
/// what the client says that it chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPayload {
    version: Version,
    scheme: Scheme,
    network: ChainId,
    accepted: Option<PaymentRequirements>,
    signed: Signed,
    signature: Signature,
}

impl PaymentPayload {
    /// Reads the decoded `PAYMENT-SIGNATURE` or `X-PAYMENT` header, at most
    /// [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT) bytes.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::UnknownVersion`] for the version; [`ParseError::Unsupported`] by
    /// [`Feature`] for a scheme or network that is refused by name, for Permit2 in version 1, and for a
    /// contract account's signature, with the exposure where what is signed states it;
    /// [`ParseError::MissingField`], [`ParseError::DuplicateField`], [`ParseError::BadField`],
    /// [`ParseError::OutOfRange`] by field, an unknown scheme or transfer method being a bad `scheme` or
    /// `extra.assetTransferMethod`, and what belongs to the other method or scheme a bad field.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let message = Object::message(bytes, MESSAGE_LIMIT)?;
        let version = Version::read(&message)?;
        let payload = message.required("payload")?.object()?;
        let named = |error| match error {
            NotUnderstood::Feature(feature) => {
                ParseError::Unsupported { feature, exposure: signed::exposure(feature, &payload) }
            }
            NotUnderstood::Scheme => ParseError::BadField("scheme"),
            NotUnderstood::TransferMethod => ParseError::BadField("extra.assetTransferMethod"),
        };
        let (scheme, method, network, accepted) = match version {
            Version::V1 => {
                let scheme = message.required("scheme")?.name(NAME_LIMIT)?;
                let permit2 = payload.optional("payload.permit2Authorization")?;
                let method = permit2.map(|_| TransferMethod::Permit2.code());
                let (scheme, method) = understood(version, &scheme, method).map_err(named)?;
                (scheme, method, network(version, message.required("network")?)?, None)
            }
            Version::V2 => {
                let accepted = accepted(message.required("accepted")?)?;
                let (scheme, method) = accepted.understood().map_err(named)?;
                (scheme, method, accepted.network, Some(accepted))
            }
        };
        let signed = signed::read(scheme, method, &payload)?;
        let signature = signature(payload.required("payload.signature")?, &signed)?;
        Ok(Self { version, scheme, network, accepted, signed, signature })
    }

    /// The version that the payload is of.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The scheme that the client says it chose.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The chain that the client says it chose. What was signed is bound to a chain by its digest.
    pub const fn network(&self) -> ChainId {
        self.network
    }

    /// The offer that the client says it chose; `None` in version 1, which does not repeat it.
    pub const fn accepted(&self) -> Option<&PaymentRequirements> {
        self.accepted.as_ref()
    }

    /// What the signature is meant to cover.
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The signature, not yet checked.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }
}

fn accepted(field: Field<'_>) -> Result<PaymentRequirements, ParseError> {
    field.object()?;
    let accepted = PaymentRequirements::parse(field.bytes())?;
    match accepted.version {
        Version::V1 => Err(ParseError::MissingField("amount")),
        Version::V2 => Ok(accepted),
    }
}

fn signature(field: Field<'_>, signed: &Signed) -> Result<Signature, ParseError> {
    let bad = ParseError::BadField("payload.signature");
    let text = field.text()?;
    let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok()).ok_or(bad)?;
    if bytes.len() > 65 {
        let exposure = Some(signed.value());
        return Err(ParseError::Unsupported { feature: Feature::ContractSignature, exposure });
    }
    Signature::from_slice(&bytes).map_err(|_| bad)
}
