//! The seller's `402` answer: what it sells and what it accepts for it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{MESSAGE_LIMIT, PAYMENT_REQUIRED_LIMIT, ParseError, Version};
use crate::json::{Field, Object};

/// A seller's answer that payment is required (x402, `PaymentRequired`).
///
/// It borrows the bytes it was read from. Everything in it is the seller's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequired<'a> {
    version: Version,
    resource: Resource<'a>,
    error: Option<Cow<'a, str>>,
    accepts: Vec<&'a [u8]>,
}

/// What is sold: in version 2 one thing, in version 1 each offer's own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Resource<'a> {
    One(Cow<'a, str>),
    Each(Vec<Option<Cow<'a, str>>>),
}

impl<'a> PaymentRequired<'a> {
    /// Reads the decoded `PAYMENT-REQUIRED` header, or the body of a `402` answer of version 1, at most
    /// [`PAYMENT_REQUIRED_LIMIT`](super::PAYMENT_REQUIRED_LIMIT) bytes.
    ///
    /// The elements of `accepts` are not held to anything: an offer that we cannot read does not spoil
    /// the one beside it.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::NotUtf8`], [`ParseError::Json`], [`ParseError::NotAnObject`]
    /// for the bytes; [`ParseError::UnknownVersion`] for the version; [`ParseError::MissingField`],
    /// [`ParseError::DuplicateField`], [`ParseError::BadField`] for `x402Version`, `error`, `accepts` and,
    /// in version 2, `resource` and `resource.url`; [`ParseError::OutOfRange`] for `x402Version`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let message = Object::message(bytes, PAYMENT_REQUIRED_LIMIT)?;
        let version = Version::read(&message)?;
        let accepts = message.required("accepts")?.elements()?;
        let resource = match version {
            Version::V1 => Resource::Each(accepts.iter().map(|element| own_resource(element)).collect()),
            Version::V2 => {
                let resource = message.required("resource")?.object()?;
                Resource::One(resource.required("resource.url")?.text()?)
            }
        };
        let error = message.optional("error")?.map(Field::text).transpose()?;
        Ok(Self { version, resource, error, accepts })
    }

    /// The version that the answer is of.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The URL that the seller says the offer at `index` is for, unescaped and otherwise as it wrote it:
    /// `resource.url` in version 2, the element's own `resource` in version 1. What was asked for is what
    /// the client knows; this is only what the seller says about it.
    ///
    /// `None` where `accepts` has no such element, and in version 1 where the element states no URL in a
    /// form that can be read.
    pub fn offered(&self, index: usize) -> Option<&str> {
        match &self.resource {
            Resource::One(url) => self.accepts.get(index).map(|_| &**url),
            Resource::Each(urls) => urls.get(index)?.as_deref(),
        }
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

/// `resource` of an element of version 1.
fn own_resource(element: &[u8]) -> Option<Cow<'_, str>> {
    Object::message(element, MESSAGE_LIMIT).ok()?.required("resource").ok()?.text().ok()
}
