//! What the payee says became of a payment.

use alloc::borrow::Cow;
use alloc::string::String;

use counterfoil_record::{Amount, Hash32};

use super::network::either;
use super::{MESSAGE_LIMIT, ParseError};
use crate::address::Address;
use crate::caip::ChainId;
use crate::json::{Field, Object};

/// The outcome of a settlement (x402, `SettleResponse`): the payee's or its facilitator's claim, not a
/// fact of the chain.
///
/// ```text
/// {"success": true, "payer": "0x..", "transaction": "0x<64 hex>", "network": "eip155:84532"}
/// ```
///
/// Version 1 writes a plain name for the network, such as `base-sepolia`; the answer states no version,
/// and either form is read. `upto` settles for `amount`, which may be less than was signed: with 0 it
/// succeeds and has no transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleResponse {
    /// Whether the payee says that it was paid.
    pub success: bool,
    /// The transaction it names; `None` for the empty text, which stands for no transaction.
    pub transaction: Option<Hash32>,
    /// The chain.
    pub network: ChainId,
    /// Who paid, where it is stated.
    pub payer: Option<Address>,
    /// The amount settled in the asset's smallest unit, where it is stated.
    pub amount: Option<Amount>,
    /// The reason of a failure: free text of an open set, bounded only by the message, and unsafe to show.
    pub error_reason: Option<String>,
}

impl SettleResponse {
    /// Reads the decoded `PAYMENT-RESPONSE` or `X-PAYMENT-RESPONSE` header, at most
    /// [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT) bytes.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::MissingField`], [`ParseError::DuplicateField`],
    /// [`ParseError::BadField`], [`ParseError::OutOfRange`] by field; [`ParseError::Unsupported`] with
    /// [`Feature::NonEvmNetwork`](super::Feature::NonEvmNetwork) for a network outside `eip155` and
    /// [`Feature::UnknownNetwork`](super::Feature::UnknownNetwork) for an unknown name of version 1.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let message = Object::message(bytes, MESSAGE_LIMIT)?;
        let transaction = message.required("transaction")?;
        Ok(Self {
            success: message.required("success")?.flag()?,
            transaction: if transaction.text()?.is_empty() { None } else { Some(transaction.hash()?) },
            network: either(message.required("network")?)?,
            payer: message.optional("payer")?.map(Field::address).transpose()?,
            amount: message.optional("amount")?.map(Field::amount).transpose()?,
            error_reason: message.optional("errorReason")?.map(Field::text).transpose()?.map(Cow::into_owned),
        })
    }
}
