//! What is asked for, whatever bytes it came in: terms, and the digest of a request.

use alloc::vec::Vec;

use counterfoil_rails::x402::{self, PaymentRequirements};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{Compensation, Enclosed, Oversized, Part, Pay, RAIL_MOST};
use counterfoil_record::{Amount, Hash32, Id, Index, Text, wire_map};

/// Why terms could not be derived.
pub(super) enum Unread {
    /// There are more bytes of the rail than a record has room for.
    TooLarge(Oversized),
    /// The rail's bytes do not parse.
    Malformed,
    /// They ask for something that is not supported, and would oblige to so much.
    Unsupported(&'static str, Option<Amount>),
}

wire_map! {
    /// What a request is, whatever bytes it came in. The idempotency key and private text are left out.
    pub struct Request {
        /// The run.
        1 => run: Index,
        /// Its place in a transaction.
        2 => part: Option<Part>,
        /// The plan item.
        3 => item: Option<Id>,
        /// The terms, or the digest of bytes that give none.
        4 => terms: Hash32,
        /// What was asked for.
        5 => resource: Text,
        /// Who would pay.
        6 => wallet: Id,
        /// What kind of spending it is.
        7 => category: Option<Id>,
        /// How it would be undone.
        8 => compensation: Option<Compensation>,
    }
}

/// The terms are derived from the rail's own bytes; a caller never supplies them.
pub(super) fn read_terms(requirements: &Enclosed) -> Result<x402::Terms, Unread> {
    let bytes = requirements.whole(RAIL_MOST).ok_or_else(|| Unread::TooLarge(requirements.oversized()))?;
    let parsed = PaymentRequirements::parse(bytes).map_err(|error| match error {
        x402::ParseError::Unsupported { feature, exposure } => Unread::Unsupported(feature.code(), exposure),
        _ => Unread::Malformed,
    })?;
    parsed.terms().map_err(|error| match error {
        x402::TermsError::Unsupported { feature, exposure } => Unread::Unsupported(feature.code(), exposure),
        x402::TermsError::UnknownScheme => Unread::Unsupported("unknown-scheme", None),
        x402::TermsError::UnknownTransferMethod => Unread::Unsupported("unknown-transfer-method", None),
        x402::TermsError::ZeroAmount => Unread::Unsupported("zero-amount", None),
        _ => Unread::Malformed,
    })
}

/// Normalised terms have one digest whatever the order and case of the bytes that they came in.
fn terms_digest(pay: &Pay, terms: &Result<x402::Terms, Unread>) -> Hash32 {
    let terms = match terms {
        Ok(terms) => terms,
        Err(Unread::TooLarge(oversized)) => return Hash32::of(&[b"oversized\0", oversized.digest.bytes()]),
        Err(_) => {
            let bytes = pay.requirements.whole(RAIL_MOST).unwrap_or_default();
            return Hash32::of(&[b"unread\0", bytes]);
        }
    };
    let fields = [
        Text::shown(terms.scheme.code()),
        Text::shown(terms.method.code()),
        Text::shown(terms.asset),
        Text::shown(terms.payee),
        Text::shown(terms.domain_name.as_deref().unwrap_or_default()),
        Text::shown(terms.domain_version.as_deref().unwrap_or_default()),
        terms.facilitator.map(Text::shown).unwrap_or_default(),
    ];
    let mut bytes = fields.iter().map(counterfoil_record::codec::Wire::to_bytes).collect::<Vec<_>>().concat();
    bytes.extend(terms.exposure.to_bytes());
    bytes.extend(terms.lifetime_seconds.to_bytes());
    Hash32::of(&[b"terms\0", &bytes])
}

/// The digest of a request, as an idempotency key names it again.
pub(super) fn digest(pay: &Pay, terms: &Result<x402::Terms, Unread>) -> Hash32 {
    let request = Request {
        run: pay.run,
        part: pay.part.clone(),
        item: pay.item.clone(),
        terms: terms_digest(pay, terms),
        resource: pay.resource.clone(),
        wallet: pay.wallet.clone(),
        category: pay.category.clone(),
        compensation: pay.compensation.clone(),
    };
    Hash32::of(&[b"counterfoil/request/1\0", &request.to_bytes()])
}
