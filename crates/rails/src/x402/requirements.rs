//! One offer of the seller.

use alloc::format;
use alloc::string::String;

use counterfoil_record::Amount;

use super::network::network;
use super::terms::{NotUnderstood, understood};
use super::{
    Feature, MESSAGE_LIMIT, NAME_LIMIT, ParseError, Scheme, Terms, TermsError, TransferMethod, Version,
};
use crate::address::Address;
use crate::caip::{Account, Asset, ChainId};
use crate::json::{Field, Object};

/// The members that are read.
const MEMBERS: [&str; 8] =
    ["scheme", "network", "amount", "maxAmountRequired", "asset", "payTo", "maxTimeoutSeconds", "extra"];

/// Those of `extra`.
const EXTRA: [&str; 5] = ["name", "version", "assetTransferMethod", "facilitatorAddress", "minDeposit"];

/// How many times the stated amount a stock client deposits for `batch-settlement`.
const DEPOSIT_MULTIPLE: u128 = 5;

/// One element of `accepts`: how the seller is willing to be paid (x402, `PaymentRequirements`).
///
/// Only what decides the terms is kept; unknown fields, also those of `extra`, are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequirements {
    /// The version whose form the element has. An element does not state it: `amount` is version 2,
    /// `maxAmountRequired` version 1.
    pub version: Version,
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
    /// `extra.assetTransferMethod`; absent means `permit2` for `upto` and `eip3009` otherwise.
    pub asset_transfer_method: Option<String>,
    /// `extra.facilitatorAddress`: who alone may settle, for `upto`.
    pub facilitator: Option<Address>,
    /// `extra.minDeposit`: the deposit that the seller wants, for `batch-settlement`, in the asset's
    /// smallest unit.
    pub min_deposit: Option<Amount>,
}

impl PaymentRequirements {
    /// Reads one element of `accepts`, at most [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT) bytes.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::MissingField`], [`ParseError::DuplicateField`],
    /// [`ParseError::BadField`], [`ParseError::OutOfRange`] by field, `maxAmountRequired` beside `amount`
    /// being a bad field; [`ParseError::Unsupported`] with [`Feature::NonEvmNetwork`] for a network
    /// outside `eip155` and [`Feature::UnknownNetwork`] for an unknown name of version 1.
    pub fn parse(element: &[u8]) -> Result<Self, ParseError> {
        let offer = Object::message(element, MESSAGE_LIMIT)?;
        let scheme = offer.required("scheme")?.name(NAME_LIMIT)?;
        let (version, amount) = match (offer.optional("amount")?, offer.optional("maxAmountRequired")?) {
            (Some(amount), None) => (Version::V2, amount),
            (None, Some(amount)) => (Version::V1, amount),
            (Some(_), Some(_)) => return Err(ParseError::BadField("maxAmountRequired")),
            (None, None) => return Err(ParseError::MissingField("amount")),
        };
        let network = network(version, offer.required("network")?)?;
        let extra = offer.optional("extra")?.map(Field::object).transpose()?;
        let extra_field = |path| extra.as_ref().map_or(Ok(None), |extra| extra.optional(path));
        let name = |path| extra_field(path)?.map(|field| field.name(NAME_LIMIT)).transpose();
        Ok(Self {
            version,
            scheme,
            network,
            amount: amount.amount()?,
            asset: offer.required("asset")?.address()?,
            pay_to: offer.required("payTo")?.address()?,
            max_timeout_seconds: offer.required("maxTimeoutSeconds")?.number()?,
            domain_name: name("extra.name")?,
            domain_version: name("extra.version")?,
            asset_transfer_method: name("extra.assetTransferMethod")?,
            facilitator: extra_field("extra.facilitatorAddress")?.map(Field::address).transpose()?,
            min_deposit: extra_field("extra.minDeposit")?.map(Field::amount).transpose()?,
        })
    }

    /// The same element of `accepts` asking for `amount`: of its members those that are read, the others as they arrived.
    /// What is left out would not be read, so that the terms differ in the amount alone.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse), of `element`.
    pub fn restated(element: &[u8], amount: Amount) -> Result<String, ParseError> {
        let path = match Self::parse(element)?.version {
            Version::V1 => "maxAmountRequired",
            Version::V2 => "amount",
        };
        let offer = Object::message(element, MESSAGE_LIMIT)?;
        let extra = offer.optional("extra")?.map(Field::object).transpose()?;
        let extra = extra.map(|extra| extra.text(&EXTRA, |_| None));
        Ok(offer.text(&MEMBERS, |name| match name {
            "extra" => extra.clone(),
            name => (name == path).then(|| format!("\"{amount}\"")),
        }))
    }

    /// What a signature on this offer would bind the payer to.
    ///
    /// # Errors
    /// [`TermsError::Unsupported`] and [`TermsError::UnknownScheme`] for the scheme, then
    /// [`TermsError::Unsupported`] and [`TermsError::UnknownTransferMethod`] for the transfer method, then
    /// [`TermsError::ZeroAmount`], then for EIP-3009 [`TermsError::MissingDomainName`] and
    /// [`TermsError::MissingDomainVersion`], for `upto` [`TermsError::MissingFacilitator`].
    pub fn terms(&self) -> Result<Terms, TermsError> {
        let (scheme, method) = self.understood().map_err(|error| match error {
            NotUnderstood::Feature(feature) => {
                TermsError::Unsupported { feature, exposure: self.exposure_under(feature) }
            }
            NotUnderstood::Scheme => TermsError::UnknownScheme,
            NotUnderstood::TransferMethod => TermsError::UnknownTransferMethod,
        })?;
        if self.amount.is_zero() {
            return Err(TermsError::ZeroAmount);
        }
        if method == TransferMethod::Eip3009 {
            self.domain_name.as_ref().ok_or(TermsError::MissingDomainName)?;
            self.domain_version.as_ref().ok_or(TermsError::MissingDomainVersion)?;
        }
        let facilitator = match scheme {
            Scheme::Exact => None,
            Scheme::Upto => Some(self.facilitator.ok_or(TermsError::MissingFacilitator)?),
        };
        Ok(Terms {
            scheme,
            method,
            asset: Asset { chain: self.network, contract: self.asset },
            payee: Account { chain: self.network, address: self.pay_to },
            exposure: self.amount,
            lifetime_seconds: self.max_timeout_seconds,
            domain_name: self.domain_name.clone(),
            domain_version: self.domain_version.clone(),
            facilitator,
        })
    }

    /// Scheme and transfer method, where they are ones that we understand.
    pub(super) fn understood(&self) -> Result<(Scheme, TransferMethod), NotUnderstood> {
        understood(self.version, &self.scheme, self.asset_transfer_method.as_deref())
    }

    /// The most that one signature could move under an offer that is refused for `feature`.
    fn exposure_under(&self, feature: Feature) -> Option<Amount> {
        if feature != Feature::BatchSettlement {
            return Some(self.amount);
        }
        let usual = self.amount.units().checked_mul(DEPOSIT_MULTIPLE).map(Amount::new)?;
        Some(self.min_deposit.map_or(usual, |wanted| wanted.max(usual)))
    }
}
