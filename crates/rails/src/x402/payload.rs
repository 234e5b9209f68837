//! What the payer signed, as it goes to the seller.

use super::{Feature, MESSAGE_LIMIT, ParseError, PaymentRequirements, TermsError, check_version};
use crate::eip3009::{Authorization, Signature};
use crate::json::{Field, Object};

/// A signed payment (x402 v2, `PaymentPayload`) of scheme `exact` with EIP-3009.
///
/// ```text
/// {"x402Version": 2,
///  "accepted": { the chosen element of `accepts` },
///  "payload": {"authorization": {"from": "0x..", "to": "0x..", "value": "10000", "validAfter": "0",
///                                "validBefore": "1795405949", "nonce": "0x<64 hex>"},
///              "signature": "0x<130 hex>"}}
/// ```
///
/// Reading it checks neither the signature nor that the authorization fits `accepted`. Money moves by
/// the authorization; `accepted` is only what the client says that it chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPayload {
    accepted: PaymentRequirements,
    authorization: Authorization,
    signature: Signature,
}

impl PaymentPayload {
    /// Reads the decoded `PAYMENT-SIGNATURE` header, at most [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT) bytes.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::UnknownVersion`] for the version; [`ParseError::Unsupported`] by
    /// [`Feature`] for version 1, for another scheme or transfer method in `accepted`, for a
    /// `payload.permit2Authorization` whatever `accepted` says, and for a contract account's signature;
    /// [`ParseError::MissingField`], [`ParseError::DuplicateField`], [`ParseError::BadField`],
    /// [`ParseError::OutOfRange`] by field, an unknown scheme or transfer method being a bad `scheme` or
    /// `extra.assetTransferMethod`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let message = Object::message(bytes, MESSAGE_LIMIT)?;
        check_version(&message)?;
        let accepted = accepted(message.required("accepted")?)?;
        let payload = message.required("payload")?.object()?;
        if payload.optional("payload.permit2Authorization")?.is_some() {
            return Err(ParseError::Unsupported(Feature::Permit2));
        }
        Ok(Self {
            accepted,
            authorization: authorization(payload.required("payload.authorization")?)?,
            signature: signature(payload.required("payload.signature")?)?,
        })
    }

    /// The offer that the client says it chose: scheme `exact`, transfer by EIP-3009.
    pub const fn accepted(&self) -> &PaymentRequirements {
        &self.accepted
    }

    /// What the signature is meant to cover.
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// The signature, not yet checked.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }
}

fn accepted(field: Field<'_>) -> Result<PaymentRequirements, ParseError> {
    field.object()?;
    let accepted = PaymentRequirements::parse(field.bytes())?;
    match accepted.understood() {
        Ok(_) => Ok(accepted),
        Err(TermsError::Unsupported(feature)) => Err(ParseError::Unsupported(feature)),
        Err(TermsError::UnknownTransferMethod) => Err(ParseError::BadField("extra.assetTransferMethod")),
        Err(_) => Err(ParseError::BadField("scheme")),
    }
}

fn authorization(field: Field<'_>) -> Result<Authorization, ParseError> {
    let signed = field.object()?;
    Ok(Authorization {
        from: signed.required("payload.authorization.from")?.address()?,
        to: signed.required("payload.authorization.to")?.address()?,
        value: signed.required("payload.authorization.value")?.amount()?,
        valid_after: signed.required("payload.authorization.validAfter")?.seconds()?,
        valid_before: signed.required("payload.authorization.validBefore")?.seconds()?,
        nonce: signed.required("payload.authorization.nonce")?.hash()?,
    })
}

fn signature(field: Field<'_>) -> Result<Signature, ParseError> {
    let bad = ParseError::BadField("payload.signature");
    let text = field.text()?;
    let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok()).ok_or(bad)?;
    if bytes.len() > 65 {
        return Err(ParseError::Unsupported(Feature::ContractSignature));
    }
    Signature::from_slice(&bytes).map_err(|_| bad)
}
