//! The messages of x402 protocol version 2, read to the byte.
//!
//! A seller answers `402` with a [`PaymentRequired`]: a list of offers, any of which it accepts. The
//! payer picks one [`PaymentRequirements`], signs it, and sends a [`PaymentPayload`]. The seller answers
//! with a [`SettleResponse`]. On HTTP each stands base64-encoded in a header (`PAYMENT-REQUIRED`,
//! `PAYMENT-SIGNATURE`, `PAYMENT-RESPONSE`); here they arrive decoded.
//!
//! ```text
//! {"x402Version": 2,                                    only 2
//!  "error": "Payment required",                         the seller's own words, an open set
//!  "resource": {"url": "https://data.example/quote"},
//!  "accepts": [                                         ── each element's exact bytes are kept ──
//!   {"scheme": "exact",                                 how one signature turns into transfers
//!    "network": "eip155:84532",                         CAIP-2
//!    "amount": "10000",                                 the token's smallest unit
//!    "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
//!    "payTo": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
//!    "maxTimeoutSeconds": 60,                           the longest that a signature may stay valid
//!    "extra": {"name": "USDC", "version": "2",          EIP-712 domain, as the *seller* states it
//!              "assetTransferMethod": "eip3009"}}]}     absent means eip3009
//! ```
//!
//! # What is read, and how strictly
//!
//! - Input is UTF-8 JSON without trailing bytes, at most [`MESSAGE_LIMIT`], and [`PAYMENT_REQUIRED_LIMIT`]
//!   for a [`PaymentRequired`]; longer input is refused unread.
//! - A key that we read may stand once. Keys are compared unescaped.
//! - Other fields are ignored: sellers add their own, and extensions live beside the offer. What is
//!   ignored cannot change what a signature moves; `extra.assetTransferMethod` can, so it is read.
//! - An optional field that is `null` is absent.
//! - Amounts and times are decimal strings, `maxTimeoutSeconds` a JSON integer; no sign, space, fraction,
//!   exponent or leading zero. A well-formed number that is too large has its own error.
//! - Addresses, nonces and transaction hashes are `0x` and digits of either case.
//!
//! # What is refused by name
//!
//! The same element under another scheme obliges the payer to something else: a batch deposit moves a
//! multiple of the stated amount. So a scheme that is not understood is never read as if it were
//! `exact`; see [`Feature`].

mod error;
mod payload;
mod required;
mod requirements;
mod settle;
#[cfg(test)]
mod tests;

pub use error::{Feature, ParseError, TermsError};
pub use payload::PaymentPayload;
pub use required::PaymentRequired;
pub use requirements::{PaymentRequirements, Scheme, Terms};
pub use settle::SettleResponse;

use crate::json::Object;

/// The most bytes of a [`PaymentRequirements`], a [`PaymentPayload`] or a [`SettleResponse`]: 16 KiB.
pub const MESSAGE_LIMIT: usize = 16 * 1024;

/// The most bytes of a [`PaymentRequired`], which lists several offers: 64 KiB.
pub const PAYMENT_REQUIRED_LIMIT: usize = 64 * 1024;

/// The most bytes of a scheme's name and of the EIP-712 domain's name and version; all printable ASCII.
pub const NAME_LIMIT: usize = 64;

/// Holds `x402Version` to 2.
fn check_version(message: &Object<'_>) -> Result<(), ParseError> {
    match message.required("x402Version")?.number()? {
        2 => Ok(()),
        1 => Err(ParseError::Unsupported(Feature::ProtocolVersion1)),
        version => Err(ParseError::UnknownVersion(version)),
    }
}
