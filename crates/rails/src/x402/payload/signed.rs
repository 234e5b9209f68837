//! The structure under `payload`, by scheme and transfer method.

use counterfoil_record::Amount;

use super::{Feature, ParseError, Scheme, Signed, TransferMethod};
use crate::eip3009::Authorization;
use crate::json::{Field, Object};
use crate::permit2::Permit2Transfer;

const AUTHORIZATION: &str = "payload.authorization";
const PERMIT2: &str = "payload.permit2Authorization";

/// Reads the one structure that `scheme` and `method` demand, and refuses the other beside it.
pub(super) fn read(
    scheme: Scheme,
    method: TransferMethod,
    payload: &Object<'_>,
) -> Result<Signed, ParseError> {
    match method {
        TransferMethod::Eip3009 => {
            absent(payload, PERMIT2)?;
            authorization(payload.required(AUTHORIZATION)?).map(Signed::Eip3009)
        }
        TransferMethod::Permit2 => {
            absent(payload, AUTHORIZATION)?;
            transfer(scheme, payload.required(PERMIT2)?).map(Signed::Permit2)
        }
    }
}

fn absent(object: &Object<'_>, path: &'static str) -> Result<(), ParseError> {
    object.optional(path)?.map_or(Ok(()), |_| Err(ParseError::BadField(path)))
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

fn transfer(scheme: Scheme, field: Field<'_>) -> Result<Permit2Transfer, ParseError> {
    const FACILITATOR: &str = "payload.permit2Authorization.witness.facilitator";
    let signed = field.object()?;
    let permitted = signed.required("payload.permit2Authorization.permitted")?.object()?;
    let witness = signed.required("payload.permit2Authorization.witness")?.object()?;
    let facilitator = match scheme {
        Scheme::Exact => {
            absent(&witness, FACILITATOR)?;
            None
        }
        Scheme::Upto => Some(witness.required(FACILITATOR)?.address()?),
    };
    Ok(Permit2Transfer {
        from: signed.required("payload.permit2Authorization.from")?.address()?,
        token: permitted.required("payload.permit2Authorization.permitted.token")?.address()?,
        amount: permitted.required("payload.permit2Authorization.permitted.amount")?.amount()?,
        spender: signed.required("payload.permit2Authorization.spender")?.address()?,
        nonce: signed.required("payload.permit2Authorization.nonce")?.nonce()?,
        deadline: signed.required("payload.permit2Authorization.deadline")?.seconds()?,
        to: witness.required("payload.permit2Authorization.witness.to")?.address()?,
        facilitator,
        valid_after: witness.required("payload.permit2Authorization.witness.validAfter")?.seconds()?,
    })
}

/// The most that a payload refused for `feature` can move, as it says itself; `None` where it does not
/// say so in a form that can be read.
pub(super) fn exposure(feature: Feature, payload: &Object<'_>) -> Option<Amount> {
    let found = match feature {
        Feature::BatchSettlement => deposited(payload),
        _ => authorized(payload),
    };
    found.ok().flatten()
}

/// A deposit moves its amount. Without one, a voucher lets the receiver claim from the channel, up to the
/// sum of all claims that it states.
fn deposited(payload: &Object<'_>) -> Result<Option<Amount>, ParseError> {
    let deposit = inner(payload, "payload.deposit")?;
    let voucher = inner(payload, "payload.voucher")?;
    match (deposit, voucher) {
        (Some(deposit), _) => deposit.required("payload.deposit.amount")?.amount().map(Some),
        (None, Some(voucher)) => voucher.required("payload.voucher.maxClaimableAmount")?.amount().map(Some),
        (None, None) => Ok(None),
    }
}

/// The amount of an authorization or of a permit, whichever is larger if there are both.
fn authorized(payload: &Object<'_>) -> Result<Option<Amount>, ParseError> {
    let value = match inner(payload, AUTHORIZATION)? {
        Some(signed) => Some(signed.required("payload.authorization.value")?.amount()?),
        None => None,
    };
    let permitted = match inner(payload, PERMIT2)? {
        Some(signed) => {
            let permitted = signed.required("payload.permit2Authorization.permitted")?.object()?;
            Some(permitted.required("payload.permit2Authorization.permitted.amount")?.amount()?)
        }
        None => None,
    };
    Ok(value.max(permitted))
}

fn inner<'a>(object: &Object<'a>, path: &'static str) -> Result<Option<Object<'a>>, ParseError> {
    object.optional(path)?.map(Field::object).transpose()
}
