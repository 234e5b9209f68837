//! The seller's `402` answer: what it sells and what it accepts for it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{PAYMENT_REQUIRED_LIMIT, ParseError, check_version};
use crate::json::Object;

/// A seller's answer that payment is required (x402 v2, `PaymentRequired`).
///
/// It borrows the bytes it was read from. Everything in it is the seller's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequired<'a> {
    url: Cow<'a, str>,
    error: Option<Cow<'a, str>>,
    accepts: Vec<&'a [u8]>,
}

impl<'a> PaymentRequired<'a> {
    /// Reads the decoded `PAYMENT-REQUIRED` header, at most
    /// [`PAYMENT_REQUIRED_LIMIT`](super::PAYMENT_REQUIRED_LIMIT) bytes.
    ///
    /// The elements of `accepts` are not looked into: an offer that we cannot read does not spoil the
    /// one beside it.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::Unsupported`] and [`ParseError::UnknownVersion`] for the version;
    /// [`ParseError::MissingField`], [`ParseError::DuplicateField`], [`ParseError::BadField`] for
    /// `x402Version`, `error`, `resource`, `resource.url`, `accepts`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let message = Object::message(bytes, PAYMENT_REQUIRED_LIMIT)?;
        check_version(&message)?;
        let resource = message.required("resource")?.object()?;
        Ok(Self {
            url: resource.required("resource.url")?.text()?,
            error: message.optional("error")?.map(crate::json::Field::text).transpose()?,
            accepts: message.required("accepts")?.elements()?,
        })
    }

    /// `resource.url`, unescaped and otherwise as the seller wrote it. What was asked for is what the
    /// client knows; this is only what the seller says about it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The exact bytes of each element of `accepts`, in order, for
    /// [`PaymentRequirements::parse`](super::PaymentRequirements::parse). May be empty.
    pub fn accepts(&self) -> &[&'a [u8]] {
        &self.accepts
    }

    /// The seller's reason, free text of an open set. A refused payment is answered with another
    /// `PaymentRequired` that carries it.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}
