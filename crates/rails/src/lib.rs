//! What a payment protocol's own bytes oblige the payer to: bytes in, [`Terms`](x402::Terms) out.
//!
//! A payment protocol asks its payer to sign something. Before the signature there is a question that
//! policy can answer: how much can this signature move, of what, to whom, and for how long. After it
//! there is a second: is what was signed what was allowed. This crate reads the protocol's own bytes
//! and answers both; it decides nothing.
//!
//! ```text
//! 402 answer ──▶ x402::PaymentRequired ──▶ exact bytes of one `accepts` element
//!                                              │
//!                                              ▼
//!                                x402::PaymentRequirements ──▶ Terms: asset, payee, exposure, lifetime
//! signature  ──▶ x402::PaymentPayload ──▶ x402::Signed: digest ──▶ eip3009::recover
//!                                         what was signed, by whom, and which obligation it makes
//! answer     ──▶ x402::SettleResponse: what the payee says became of it
//! ```
//!
//! Understood: x402 protocol version 2, schemes `exact` (by EIP-3009 `transferWithAuthorization` or by
//! Permit2) and `upto` (by Permit2), and version 1, whose only scheme is `exact` by EIP-3009; all on
//! `eip155` chains. Everything else that the protocol knows is recognised and refused by its name
//! ([`x402::Feature`]), with the exposure that it would have, and never skipped.
//!
//! It is not a client: no HTTP, no base64 of headers, no clock, no keys, no chain. Every function is
//! pure, and every input is bounded before it is read.
//!
//! | module | standard |
//! |---|---|
//! | [`x402`] | x402 v1, v2: `PaymentRequired`, `PaymentRequirements`, `PaymentPayload`, `SettleResponse` |
//! | [`eip3009`] | EIP-3009 `TransferWithAuthorization` and its EIP-712 digest; signatures and recovery |
//! | [`permit2`] | Permit2 `PermitWitnessTransferFrom` with the witnesses of x402, and its EIP-712 digest |
//! | [`obligation`] | the key of one transfer on chain, and the nonce that ties it to a decision |
//! | [`caip`] | CAIP-2 chains, CAIP-10 accounts, CAIP-19 `erc20` assets |
//! | [`url`] | the small URL grammar of a purchase, and policy's patterns over it |
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

mod address;
pub mod caip;
pub mod eip3009;
mod eip712;
mod json;
pub mod obligation;
pub mod permit2;
mod text;
pub mod url;
pub mod x402;

#[cfg(test)]
mod captured;

pub use address::{Address, NotAnAddress};
