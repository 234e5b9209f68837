//! The messages of the x402 protocol, versions 1 and 2, read to the byte.
//!
//! A seller answers `402` with a [`PaymentRequired`]: a list of offers, any of which it accepts. The
//! payer picks one [`PaymentRequirements`], signs it, and sends a [`PaymentPayload`]. The seller answers
//! with a [`SettleResponse`]. On HTTP each stands base64-encoded in a header (`PAYMENT-REQUIRED`,
//! `PAYMENT-SIGNATURE`, `PAYMENT-RESPONSE`); here they arrive decoded.
//!
//! ```text
//! {"x402Version": 2,                                    1 or 2
//!  "error": "Payment required",                         the seller's own words, an open set
//!  "resource": {"url": "https://data.example/quote"},
//!  "accepts": [                                         -- each element's exact bytes are kept --
//!   {"scheme": "exact",                                 how one signature turns into transfers
//!    "network": "eip155:84532",                         CAIP-2
//!    "amount": "10000",                                 the token's smallest unit
//!    "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
//!    "payTo": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
//!    "maxTimeoutSeconds": 60,                           the longest that a signature may stay valid
//!    "extra": {"name": "USDC", "version": "2",          EIP-712 domain, as the *seller* states it
//!              "assetTransferMethod": "eip3009"}}]}     absent: permit2 for upto, else eip3009
//! ```
//!
//! In version 1 the same answer is the body, the payment and its answer are the headers `X-PAYMENT` and
//! `X-PAYMENT-RESPONSE`, and each offer says itself what it is for:
//!
//! ```text
//! {"x402Version": 1,
//!  "error": "X-PAYMENT header is required",
//!  "accepts": [
//!   {"scheme": "exact",                                 nothing else
//!    "network": "base-sepolia",                         a name of a closed table
//!    "maxAmountRequired": "10000",                      in place of `amount`, never beside it
//!    "resource": "https://data.example/quote",
//!    "asset": .., "payTo": .., "maxTimeoutSeconds": 60,
//!    "extra": {"name": "USDC", "version": "2"}}]}       EIP-3009, nothing else
//! ```
//!
//! # What a signature binds the payer to
//!
//! | scheme | transfer method | version | one signature moves |
//! |---|---|---|---|
//! | `exact` | EIP-3009 | 1, 2 | the stated amount, once |
//! | `exact` | Permit2 | 2 | the stated amount, once |
//! | `upto` | Permit2 | 2 | at most the stated amount, once |
//! | `batch-settlement` | | refused | a deposit: by default five times the stated amount |
//! | `auth-capture` | | refused | the stated amount into an escrow |
//!
//! # What is read, and how strictly
//!
//! - Input is UTF-8 JSON without trailing bytes, at most [`MESSAGE_LIMIT`], and [`PAYMENT_REQUIRED_LIMIT`]
//!   for a [`PaymentRequired`]; longer input is refused unread.
//! - A key that we read may stand once. Keys are compared unescaped.
//! - Other fields are ignored: sellers add their own, and extensions live beside the offer. What is
//!   ignored cannot change what this signature moves; what a client signs for an extension besides is
//!   not looked at.
//! - An optional field that is `null` is absent.
//! - Amounts, times and Permit2 nonces are decimal strings, `maxTimeoutSeconds` a JSON integer; no sign,
//!   space, fraction, exponent or leading zero. A well-formed number that is too large has its own error.
//! - Addresses, EIP-3009 nonces and transaction hashes are `0x` and digits of either case.
//!
//! # What is refused by name
//!
//! The same element under another scheme obliges the payer to something else: a batch deposit moves a
//! multiple of the stated amount. So a scheme that is not understood is never read as if it were
//! `exact`; see [`Feature`]. The refusal states the exposure where the bytes do.

mod error;
mod network;
mod payload;
mod required;
mod requirements;
mod settle;
mod signed;
mod terms;
#[cfg(test)]
mod tests;
mod version;

pub use error::{Feature, ParseError, TermsError};
pub use payload::PaymentPayload;
pub use required::PaymentRequired;
pub use requirements::PaymentRequirements;
pub use settle::SettleResponse;
pub use signed::Signed;
pub use terms::{Scheme, Terms, TransferMethod};
pub use version::Version;

/// The most bytes of a [`PaymentRequirements`], a [`PaymentPayload`] or a [`SettleResponse`]: 16 KiB.
pub const MESSAGE_LIMIT: usize = 16 * 1024;

/// The most bytes of a [`PaymentRequired`], which lists several offers: 64 KiB.
pub const PAYMENT_REQUIRED_LIMIT: usize = 64 * 1024;

/// The most bytes of a scheme's name and of the EIP-712 domain's name and version; all printable ASCII.
pub const NAME_LIMIT: usize = 64;
