//! From the caller's forms to those of the record.

use core::fmt::Display;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::url::ResourceUrl;
use counterfoil_rails::x402;
use counterfoil_record::input::{self, Enclosed, MANDATE_MOST, RAIL_MOST};
use counterfoil_record::{Fixed, Octets, Text};

use super::CommandError;
use crate::command::{Attach, Mandate, Scope};

pub(super) fn attached(attach: Attach) -> input::Attach {
    let items = attach.items.into_iter().map(|item| input::PlanItem {
        id: item.id,
        category: item.category,
        payee: canonical::<Account>(item.payee),
        asset: item.asset,
        ceiling: item.ceiling,
    });
    input::Attach {
        run: attach.run,
        name: attach.name,
        media_type: attach.media_type,
        digest: attach.digest,
        items: items.collect(),
    }
}

pub(super) fn octets(field: &'static str, bytes: Vec<u8>) -> Result<Octets, CommandError> {
    bytes.try_into().map_err(|error| CommandError::TooLong { field, error })
}

pub(super) fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, CommandError> {
    STANDARD.decode(text).map_err(|_| CommandError::NotBase64 { field })
}

/// Bytes of others, within their share of a record.
pub(super) fn shown(field: &'static str, text: Option<&str>) -> Result<Option<Enclosed>, CommandError> {
    text.map(|text| Ok(Enclosed::within(RAIL_MOST, &decode(field, text)?))).transpose()
}

pub(super) fn signed(statements: &[String]) -> Result<Vec<Octets>, CommandError> {
    let field = "statements";
    statements.iter().map(|statement| octets(field, decode(field, statement)?)).collect()
}

pub(super) fn mandated(mandate: Mandate) -> Result<input::Mandate, CommandError> {
    Ok(input::Mandate {
        format: mandate.format,
        evidence: Enclosed::within(MANDATE_MOST, &decode("evidence", &mandate.evidence)?),
        expires: mandate.expires,
        limits: mandate.limits.into_iter().map(|(asset, most)| (canonical::<Asset>(asset), most)).collect(),
        payees: mandate.payees.into_iter().map(canonical::<Account>).collect(),
    })
}

pub(super) fn scoped(scope: Scope) -> input::Scope {
    input::Scope {
        agent: scope.agent,
        run: scope.run,
        payee: scope.payee.map(canonical::<Account>),
        asset: scope.asset.map(canonical::<Asset>),
    }
}

/// Addresses are written in any case. What is no name of its kind is left to the decision to refuse.
pub(super) fn canonical<T: FromStr + Display>(text: Text) -> Text {
    text.as_str().parse::<T>().map_or(text, Text::shown)
}

pub(super) fn as_signed(signed: &x402::Signed) -> input::Signed {
    let address = |address: Address| Fixed(*address.bytes());
    match signed {
        x402::Signed::Eip3009(signed) => input::Signed::Eip3009(input::Authorization {
            from: address(signed.from),
            to: address(signed.to),
            value: signed.value,
            valid_after: signed.valid_after,
            valid_before: signed.valid_before,
            nonce: signed.nonce,
        }),
        x402::Signed::Permit2(signed) => input::Signed::Permit2(input::Permit2Transfer {
            from: address(signed.from),
            token: address(signed.token),
            amount: signed.amount,
            spender: address(signed.spender),
            nonce: signed.nonce,
            deadline: signed.deadline,
            to: address(signed.to),
            facilitator: signed.facilitator.map(address),
            valid_after: signed.valid_after,
        }),
    }
}

/// Origin and path in normal form, and the query.
pub(super) fn url(field: &'static str, text: &str) -> Result<(Text, Option<String>), CommandError> {
    let (url, query) = ResourceUrl::parse(text).map_err(|error| {
        let shown: String = text.split('?').next().unwrap_or_default().chars().take(200).collect();
        CommandError::Url { field, url: Text::shown(shown), error }
    })?;
    Ok((Text::shown(url), query.map(String::from)))
}
