//! Why bytes are no message of ours, and why an offer has no terms that we can state.

use counterfoil_record::Amount;

/// A part of x402 that is known and not understood here, so that it is refused by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{}", self.code())]
pub enum Feature {
    /// Scheme `upto` in protocol version 1, which does not define it.
    Upto,
    /// Scheme `batch-settlement`: the signature moves a deposit, a multiple of the stated amount.
    BatchSettlement,
    /// Scheme `auth-capture`: the signature fills an escrow that is captured or refunded later.
    AuthCapture,
    /// Asset transfer by Permit2 in protocol version 1, which does not define it.
    Permit2,
    /// A network outside the CAIP-2 namespace `eip155`, or a name of one in version 1.
    NonEvmNetwork,
    /// A plain name of a network, as in version 1, that is not in the table of names.
    UnknownNetwork,
    /// A signature of more than 65 bytes: a contract account's (ERC-1271, ERC-6492).
    ContractSignature,
}

impl Feature {
    /// The stable name for JSON, vectors and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upto => "upto",
            Self::BatchSettlement => "batch-settlement",
            Self::AuthCapture => "auth-capture",
            Self::Permit2 => "permit2",
            Self::NonEvmNetwork => "non-evm-network",
            Self::UnknownNetwork => "unknown-network",
            Self::ContractSignature => "contract-signature",
        }
    }
}

/// Why bytes are not the message. Fields are named by their path in it, those of a payload's `accepted`
/// by their path in the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// More bytes than are read.
    #[error("{len} bytes, more than {limit}")]
    TooLarge {
        /// The most that is read.
        limit: usize,
        /// What arrived.
        len: usize,
    },
    /// The bytes are not UTF-8.
    #[error("not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The number of valid bytes before the fault.
        offset: usize,
    },
    /// The bytes are not one JSON value.
    #[error("not JSON at line {line} column {column}")]
    Json {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault in bytes, from 1; 0 just after a line break.
        column: usize,
    },
    /// The JSON value is not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A required field is absent.
    #[error("{0} is missing")]
    MissingField(&'static str),
    /// A field that is read stands twice.
    #[error("{0} stands twice")]
    DuplicateField(&'static str),
    /// A field has another type or form than it should.
    #[error("{0} is malformed")]
    BadField(&'static str),
    /// A well-formed decimal is too large: amounts from 2^128, times from 2^64.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// `x402Version` is neither 1 nor 2.
    #[error("x402 version {0}")]
    UnknownVersion(u64),
    /// A part of x402 that is refused by name.
    #[error("not supported: {feature}")]
    Unsupported {
        /// What is refused.
        feature: Feature,
        /// The most that the payload can move, in the asset's smallest unit, as the signed structure
        /// itself says. `None` where it does not say so in a form that can be read, and in messages that
        /// are no payload.
        exposure: Option<Amount>,
    },
}

impl ParseError {
    /// Refused by name, before anything says what would move.
    pub(super) const fn refused(feature: Feature) -> Self {
        Self::Unsupported { feature, exposure: None }
    }
}

/// Why an offer has no terms that can be stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A part of x402 that is refused by name.
    #[error("not supported: {feature}")]
    Unsupported {
        /// What is refused.
        feature: Feature,
        /// The most that one signature on the offer could move, in the asset's smallest unit: the stated
        /// amount; for `batch-settlement` five times that, as much as a stock client deposits unless it
        /// is told otherwise, or `extra.minDeposit` where that is more. `None` from 2^128.
        exposure: Option<Amount>,
    },
    /// A scheme that x402 does not know.
    #[error("unknown scheme")]
    UnknownScheme,
    /// `extra.assetTransferMethod` is neither `eip3009` nor `permit2`, or is `eip3009` for `upto`.
    #[error("unknown asset transfer method")]
    UnknownTransferMethod,
    /// The amount is 0: there is nothing to pay, and so nothing to allow.
    #[error("the amount is zero")]
    ZeroAmount,
    /// `extra.name` is absent, and without it there is no EIP-712 domain for EIP-3009.
    #[error("extra.name is missing")]
    MissingDomainName,
    /// `extra.version` is absent, and without it there is no EIP-712 domain for EIP-3009.
    #[error("extra.version is missing")]
    MissingDomainVersion,
    /// `extra.facilitatorAddress` is absent, and without it there is no witness for `upto`.
    #[error("extra.facilitatorAddress is missing")]
    MissingFacilitator,
}
