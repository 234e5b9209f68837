//! One offer of the seller, and the terms that a signature on it would bind the payer to.

use alloc::string::String;

use counterfoil_record::Amount;

use super::{Feature, MESSAGE_LIMIT, NAME_LIMIT, ParseError, TermsError};
use crate::address::Address;
use crate::caip::{Account, Asset, CaipError, ChainId};
use crate::eip3009::Domain;
use crate::json::{Field, Object};

/// One element of `accepts`: how the seller is willing to be paid (x402 v2, `PaymentRequirements`).
///
/// Only what decides the terms is kept; unknown fields, also those of `extra`, are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequirements {
    /// The scheme's name, 1 to 64 printable ASCII characters.
    pub scheme: String,
    /// The chain.
    pub network: ChainId,
    /// What the seller asks, in the asset's smallest unit. What it *means* depends on the scheme.
    pub amount: Amount,
    /// The token's contract on that chain.
    pub asset: Address,
    /// Who is to be paid.
    pub pay_to: Address,
    /// The longest that a signature may stay valid, in seconds.
    pub max_timeout_seconds: u64,
    /// `extra.name`: the EIP-712 domain name of the token as the seller states it.
    pub domain_name: Option<String>,
    /// `extra.version`: the EIP-712 domain version of the token as the seller states it.
    pub domain_version: Option<String>,
    /// `extra.assetTransferMethod`; absent means `eip3009`.
    pub asset_transfer_method: Option<String>,
}

impl PaymentRequirements {
    /// Reads one element of `accepts`, at most [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT) bytes.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::MissingField`], [`ParseError::DuplicateField`],
    /// [`ParseError::BadField`], [`ParseError::OutOfRange`] by field; [`ParseError::Unsupported`] with
    /// [`Feature::ProtocolVersion1`] for an offer of version 1 and [`Feature::NonEvmNetwork`] for a
    /// network outside `eip155`.
    pub fn parse(element: &[u8]) -> Result<Self, ParseError> {
        let offer = Object::message(element, MESSAGE_LIMIT)?;
        let scheme = offer.required("scheme")?.name(NAME_LIMIT)?;
        let amount = offer.optional("amount")?;
        if amount.is_none() && offer.optional("maxAmountRequired")?.is_some() {
            return Err(ParseError::Unsupported(Feature::ProtocolVersion1));
        }
        let network = network(offer.required("network")?)?;
        let extra = offer.optional("extra")?.map(Field::object).transpose()?;
        let from_extra = |path| match &extra {
            Some(extra) => extra.optional(path)?.map(|field| field.name(NAME_LIMIT)).transpose(),
            None => Ok(None),
        };
        Ok(Self {
            scheme,
            network,
            amount: amount.ok_or(ParseError::MissingField("amount"))?.amount()?,
            asset: offer.required("asset")?.address()?,
            pay_to: offer.required("payTo")?.address()?,
            max_timeout_seconds: offer.required("maxTimeoutSeconds")?.number()?,
            domain_name: from_extra("extra.name")?,
            domain_version: from_extra("extra.version")?,
            asset_transfer_method: from_extra("extra.assetTransferMethod")?,
        })
    }

    /// What a signature on this offer would bind the payer to.
    ///
    /// # Errors
    /// [`TermsError::Unsupported`] and [`TermsError::UnknownScheme`] for the scheme, then
    /// [`TermsError::Unsupported`] and [`TermsError::UnknownTransferMethod`] for the transfer method, then
    /// [`TermsError::ZeroAmount`], [`TermsError::MissingDomainName`], [`TermsError::MissingDomainVersion`].
    pub fn terms(&self) -> Result<Terms, TermsError> {
        let scheme = self.understood()?;
        if self.amount.is_zero() {
            return Err(TermsError::ZeroAmount);
        }
        Ok(Terms {
            scheme,
            asset: Asset { chain: self.network, contract: self.asset },
            payee: Account { chain: self.network, address: self.pay_to },
            exposure: self.amount,
            lifetime_seconds: self.max_timeout_seconds,
            domain_name: self.domain_name.clone().ok_or(TermsError::MissingDomainName)?,
            domain_version: self.domain_version.clone().ok_or(TermsError::MissingDomainVersion)?,
        })
    }

    /// The scheme, where scheme and transfer method are ones that we understand.
    pub(super) fn understood(&self) -> Result<Scheme, TermsError> {
        let scheme = match self.scheme.as_str() {
            "exact" => Scheme::Exact,
            "upto" => return Err(TermsError::Unsupported(Feature::Upto)),
            "batch-settlement" => return Err(TermsError::Unsupported(Feature::BatchSettlement)),
            "auth-capture" => return Err(TermsError::Unsupported(Feature::AuthCapture)),
            _ => return Err(TermsError::UnknownScheme),
        };
        match self.asset_transfer_method.as_deref() {
            None | Some("eip3009") => Ok(scheme),
            Some("permit2") => Err(TermsError::Unsupported(Feature::Permit2)),
            Some(_) => Err(TermsError::UnknownTransferMethod),
        }
    }
}

/// The chain of a `network` field.
pub(super) fn network(field: Field<'_>) -> Result<ChainId, ParseError> {
    let text = field.text()?;
    text.parse().map_err(|error| match error {
        // A CAIP-2 id of another namespace, as opposed to no CAIP-2 id at all.
        CaipError::Namespace if text.contains(':') => ParseError::Unsupported(Feature::NonEvmNetwork),
        _ => ParseError::BadField("network"),
    })
}

/// How one signature turns into transfers (x402 v2, schemes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `exact`: one transfer of the stated amount, or none.
    Exact,
}

impl Scheme {
    /// The scheme's name on the wire, and in JSON, vectors and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
        }
    }
}

/// What a signature on an offer binds the payer to.
///
/// The domain's name and version are the seller's words: a policy compares them with what it knows of
/// the asset before anything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How the signature turns into transfers.
    pub scheme: Scheme,
    /// What is moved.
    pub asset: Asset,
    /// To whom it is moved. On the same chain as the asset.
    pub payee: Account,
    /// The most that the signature can move, in the asset's smallest unit; at least 1.
    pub exposure: Amount,
    /// The longest that the signature may stay valid, in seconds.
    pub lifetime_seconds: u64,
    /// The EIP-712 domain name, 1 to 64 printable ASCII characters.
    pub domain_name: String,
    /// The EIP-712 domain version, 1 to 64 printable ASCII characters.
    pub domain_version: String,
}

impl Terms {
    /// The EIP-712 domain that a signature on these terms is made under.
    pub fn domain(&self) -> Domain {
        Domain {
            name: self.domain_name.clone(),
            version: self.domain_version.clone(),
            chain: self.asset.chain,
            contract: self.asset.contract,
        }
    }
}
