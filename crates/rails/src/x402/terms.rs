//! The terms that a signature on an offer would bind the payer to.

use alloc::string::String;

use counterfoil_record::Amount;

use super::{Feature, Version};
use crate::address::Address;
use crate::caip::{Account, Asset};
use crate::eip3009::Domain;
use crate::permit2;

/// How one signature turns into transfers (x402, schemes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `exact`: one transfer of the stated amount, or none.
    Exact,
    /// `upto`: one transfer of at most the stated amount, or none. The payee chooses how much, later.
    Upto,
}

impl Scheme {
    /// The scheme's name on the wire, and in JSON, vectors and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Upto => "upto",
        }
    }
}

/// Which contract honours the signature (x402 v2, `extra.assetTransferMethod`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferMethod {
    /// The token itself, by `transferWithAuthorization`.
    Eip3009,
    /// The Permit2 contract, by `permitWitnessTransferFrom` through a contract of x402.
    Permit2,
}

impl TransferMethod {
    /// The method's name on the wire, and in JSON, vectors and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eip3009 => "eip3009",
            Self::Permit2 => "permit2",
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
    /// Which contract honours the signature; always Permit2 for `upto`.
    pub method: TransferMethod,
    /// What is moved.
    pub asset: Asset,
    /// To whom it is moved. On the same chain as the asset.
    pub payee: Account,
    /// The most that the signature can move, in the asset's smallest unit; at least 1.
    pub exposure: Amount,
    /// The longest that the signature may stay valid, in seconds.
    pub lifetime_seconds: u64,
    /// The token's EIP-712 domain name, 1 to 64 printable ASCII characters. Always present for EIP-3009.
    /// For Permit2 the seller need not state it, and what is signed does not depend on it.
    pub domain_name: Option<String>,
    /// The token's EIP-712 domain version, 1 to 64 printable ASCII characters. As for the name.
    pub domain_version: Option<String>,
    /// Who alone may settle: present for `upto`, and only there.
    pub facilitator: Option<Address>,
}

impl Terms {
    /// The token's EIP-712 domain; `None` where the seller does not state its name or version, which is
    /// possible for Permit2 only.
    pub fn domain(&self) -> Option<Domain> {
        Some(Domain {
            name: self.domain_name.clone()?,
            version: self.domain_version.clone()?,
            chain: self.asset.chain,
            contract: self.asset.contract,
        })
    }

    /// Who alone may use the signature: for Permit2 the contract of x402 for the scheme, `None` for
    /// EIP-3009.
    pub const fn spender(&self) -> Option<Address> {
        match (self.method, self.scheme) {
            (TransferMethod::Eip3009, _) => None,
            (TransferMethod::Permit2, Scheme::Exact) => Some(permit2::EXACT_PROXY),
            (TransferMethod::Permit2, Scheme::Upto) => Some(permit2::UPTO_PROXY),
        }
    }
}

/// Why scheme and transfer method are not a pair that we understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotUnderstood {
    Feature(Feature),
    Scheme,
    TransferMethod,
}

/// Scheme and transfer method by their names. An absent method is the one that is usual for the scheme.
pub(super) fn understood(
    version: Version,
    scheme: &str,
    method: Option<&str>,
) -> Result<(Scheme, TransferMethod), NotUnderstood> {
    match (scheme, version, method) {
        ("batch-settlement", _, _) => Err(NotUnderstood::Feature(Feature::BatchSettlement)),
        ("auth-capture", _, _) => Err(NotUnderstood::Feature(Feature::AuthCapture)),
        ("upto", Version::V1, _) => Err(NotUnderstood::Feature(Feature::Upto)),
        ("exact", Version::V1, Some("permit2")) => Err(NotUnderstood::Feature(Feature::Permit2)),
        ("exact", _, None | Some("eip3009")) => Ok((Scheme::Exact, TransferMethod::Eip3009)),
        ("exact", Version::V2, Some("permit2")) => Ok((Scheme::Exact, TransferMethod::Permit2)),
        ("upto", Version::V2, None | Some("permit2")) => Ok((Scheme::Upto, TransferMethod::Permit2)),
        ("exact" | "upto", _, Some(_)) => Err(NotUnderstood::TransferMethod),
        _ => Err(NotUnderstood::Scheme),
    }
}
