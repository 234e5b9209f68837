//! Everything that is taken from the rails crate: offers, what was signed, what the payee answered.
//!
//! The rest of the reference sees plain values only, so that it does not depend on how a rail is read.

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::eip3009::{Domain, Signature, recover};
use counterfoil_rails::x402::{self, ParseError, PaymentRequirements, SettleResponse, TermsError};
use counterfoil_rails::{Address, obligation};
use counterfoil_record::codec::{Wire as _, Writer};
use counterfoil_record::input::{Bind, Enclosed, Oversized, RAIL_MOST, Signed};
use counterfoil_record::{Fixed, Hash32};

/// What the requirements of a request to pay say.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// They are too many bytes.
    TooLarge(Oversized),
    /// They make no sense; `digest` is of them.
    Unreadable { digest: Hash32 },
    /// They ask for something that is not supported.
    Unsupported { digest: Hash32, because: &'static str, exposure: Option<u128> },
    /// They give terms.
    Offer(Offer),
}

/// The terms that a signature would bind the payer to.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub scheme: &'static str,
    pub method: &'static str,
    pub asset: Asset,
    pub payee: Account,
    pub exposure: u128,
    pub lifetime: u64,
    pub domain_name: Option<String>,
    pub domain_version: Option<String>,
    pub facilitator: Option<Address>,
    pub spender: Option<Address>,
}

impl Reading {
    pub(super) fn of(requirements: &Enclosed) -> Self {
        let Some(bytes) = requirements.whole(RAIL_MOST) else {
            return Self::TooLarge(requirements.oversized());
        };
        let digest = Hash32::of(&[b"unread\0", bytes]);
        let parsed = match PaymentRequirements::parse(bytes) {
            Ok(parsed) => parsed,
            Err(ParseError::Unsupported { feature, exposure }) => {
                let exposure = exposure.map(counterfoil_record::Amount::units);
                return Self::Unsupported { digest, because: feature.code(), exposure };
            }
            Err(_) => return Self::Unreadable { digest },
        };
        match parsed.terms() {
            Ok(terms) => Self::Offer(Offer::of(&terms)),
            Err(error) => match unsupported(error) {
                Some((because, exposure)) => Self::Unsupported { digest, because, exposure },
                None => Self::Unreadable { digest },
            },
        }
    }

    pub(super) fn offer(&self) -> Option<&Offer> {
        match self {
            Self::Offer(offer) => Some(offer),
            _ => None,
        }
    }

    /// The digest of the terms (format.md, section 6).
    pub(super) fn digest(&self) -> Hash32 {
        match self {
            Self::TooLarge(oversized) => Hash32::of(&[b"oversized\0", oversized.digest.bytes()]),
            Self::Unreadable { digest } | Self::Unsupported { digest, .. } => *digest,
            Self::Offer(offer) => offer.digest(),
        }
    }
}

/// The name of what is not supported, and the exposure that it would have; `None` where something is missing.
fn unsupported(error: TermsError) -> Option<(&'static str, Option<u128>)> {
    Some(match error {
        TermsError::Unsupported { feature, exposure } => {
            (feature.code(), exposure.map(counterfoil_record::Amount::units))
        }
        TermsError::UnknownScheme => ("unknown-scheme", None),
        TermsError::UnknownTransferMethod => ("unknown-transfer-method", None),
        TermsError::ZeroAmount => ("zero-amount", None),
        TermsError::MissingDomainName | TermsError::MissingDomainVersion | TermsError::MissingFacilitator => {
            return None;
        }
    })
}

impl Offer {
    fn of(terms: &x402::Terms) -> Self {
        Self {
            scheme: terms.scheme.code(),
            method: terms.method.code(),
            asset: terms.asset,
            payee: terms.payee,
            exposure: terms.exposure.units(),
            lifetime: terms.lifetime_seconds,
            domain_name: terms.domain_name.clone(),
            domain_version: terms.domain_version.clone(),
            facilitator: terms.facilitator,
            spender: terms.spender(),
        }
    }

    fn digest(&self) -> Hash32 {
        let mut w = Writer::new();
        w.text(self.scheme);
        w.text(self.method);
        w.text(&self.asset.to_string());
        w.text(&self.payee.to_string());
        w.text(self.domain_name.as_deref().unwrap_or(""));
        w.text(self.domain_version.as_deref().unwrap_or(""));
        w.text(&self.facilitator.map(|facilitator| facilitator.to_string()).unwrap_or_default());
        let mut bytes = w.into_bytes();
        bytes.extend(counterfoil_record::Amount::new(self.exposure).to_bytes());
        bytes.extend(self.lifetime.to_bytes());
        Hash32::of(&[b"terms\0", &bytes])
    }
}

/// What a wallet signed, under the domain that is pinned for the asset.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub method: &'static str,
    pub from: Address,
    pub to: Address,
    pub amount: u128,
    pub token: Option<Address>,
    pub spender: Option<Address>,
    pub facilitator: Option<Address>,
    /// Unix seconds after which it moves nothing.
    pub end: u64,
    pub nonce: Hash32,
    pub digest: Hash32,
    /// The account whose key signed the digest, if there is one.
    pub signer: Option<Address>,
    /// The text of the obligation key.
    pub key: String,
}

/// `bind`, as a payment in `asset` sees it, of which `name` and `version` are pinned.
pub(super) fn seen(bind: &Bind, asset: &Asset, name: &str, version: &str) -> Seen {
    let signed = signed(&bind.signed);
    let domain =
        Domain { name: name.into(), version: version.into(), chain: asset.chain, contract: asset.contract };
    let digest = signed.digest(&domain);
    Seen {
        method: signed.method().code(),
        from: signed.from(),
        to: signed.to(),
        amount: signed.value().units(),
        token: signed.token(),
        spender: signed.spender(),
        facilitator: signed.facilitator(),
        end: signed.valid_until(),
        nonce: signed.nonce(),
        digest,
        signer: recover(&digest, &Signature::new(bind.signature.0)).ok(),
        key: signed.key(asset).to_string(),
    }
}

fn signed(signed: &Signed) -> x402::Signed {
    let address = |fixed: &Fixed<20>| Address::new(fixed.0);
    match signed {
        Signed::Eip3009(it) => x402::Signed::Eip3009(counterfoil_rails::eip3009::Authorization {
            from: address(&it.from),
            to: address(&it.to),
            value: it.value,
            valid_after: it.valid_after,
            valid_before: it.valid_before,
            nonce: it.nonce,
        }),
        Signed::Permit2(it) => x402::Signed::Permit2(counterfoil_rails::permit2::Permit2Transfer {
            from: address(&it.from),
            token: address(&it.token),
            amount: it.amount,
            spender: address(&it.spender),
            nonce: it.nonce,
            deadline: it.deadline,
            to: address(&it.to),
            facilitator: it.facilitator.as_ref().map(address),
            valid_after: it.valid_after,
        }),
    }
}

/// The nonce that ties a signature to the allowing record of that leaf hash.
pub(super) fn slot(leaf: &Hash32) -> Hash32 {
    obligation::slot(leaf)
}

/// The payee's answer in the evidence, if it is whole, within its share, and can be read.
pub(super) fn settlement(evidence: &Enclosed) -> Option<SettleResponse> {
    SettleResponse::parse(evidence.whole(RAIL_MOST)?).ok()
}
