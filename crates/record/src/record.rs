//! A record: one input, the verdict on it, its place in the log, and the log's signature over all.

use crate::codec::{Error, Wire};
use crate::cose::{Algorithm, Claims, Header, MESSAGE_MOST, Message, Profile, Unsigned};
use crate::key::PublicKey;
use crate::text::Id;
use crate::{Hash32, Index, Input, Time, Verdict, wire_map};

/// The version of the wire format that this crate writes and reads.
pub const FORMAT: u64 = 1;

/// What a record's header says it is.
pub const PROFILE: Profile =
    Profile { content_type: "application/counterfoil-record+cbor", typ: "counterfoil-record+cose" };

wire_map! {
    /// The payload of a record.
    pub struct Record {
        /// The wire format's version, [`FORMAT`].
        1 => format: u64,
        /// Its position in the log.
        2 => index: Index,
        /// The RFC 9162 root of all records before it.
        3 => prior: Hash32,
        /// The last record before it that changed policy, keys or suspension; absent in the genesis record.
        4 => prev_control: Option<Index>,
        /// When it was decided.
        5 => time: Time,
        /// What was put in.
        6 => input: Input,
        /// What was decided.
        7 => verdict: Verdict,
        /// How many refused requests were only counted since the record before; absent: none.
        8 => suppressed: Option<u64>,
    }
}

/// Why a record cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// It would be longer than an entry of the log can be.
    #[error("the record would have {len} bytes, {MESSAGE_MOST} is the most")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
}

impl Record {
    /// This record for the log `origin`, to be signed by `key`.
    ///
    /// # Errors
    /// [`WriteError::TooLong`] above 65,535 bytes.
    pub fn to_unsigned(&self, origin: &Id, key: &PublicKey) -> Result<Unsigned, WriteError> {
        let header = Header {
            algorithm: Algorithm::Ed25519,
            kid: key.thumbprint(),
            claims: Claims {
                issuer: origin.clone(),
                subject: self.subject(),
                issued_at: self.time.seconds(),
            },
        };
        let unsigned = Unsigned::new(PROFILE, &header, self.to_bytes());
        let len = unsigned.finish(&[0; 64]).len();
        if len > MESSAGE_MOST { Err(WriteError::TooLong { len }) } else { Ok(unsigned) }
    }

    fn subject(&self) -> Id {
        self.input.subject(self.index)
    }
}

/// A record as it arrived: decoded, its signature not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRecord {
    message: Message,
    record: Record,
}

/// Why a record is not this log's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The header names another algorithm than Ed25519 (-19).
    #[error("signed under another algorithm than Ed25519")]
    Algorithm,
    /// The header names another key.
    #[error("the header names another key")]
    Kid,
    /// The header names another log.
    #[error("the header names another log")]
    Origin,
    /// The header's subject or time is not the payload's.
    #[error("the header's subject or time is not the payload's")]
    Claims,
    /// The payload's format version is not [`FORMAT`].
    #[error("unknown format version")]
    Format,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
}

impl SignedRecord {
    /// Decodes a record.
    ///
    /// # Errors
    /// As [`crate::codec::Class`] says: anything that this crate would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let message = Message::decode(bytes, PROFILE)?;
        let record = Record::from_bytes(message.payload())?;
        Ok(Self { message, record })
    }

    /// The record, whoever signed it.
    pub const fn unverified(&self) -> &Record {
        &self.record
    }

    /// The origin and key thumbprint that the header claims; hints, never sources of trust.
    pub const fn header(&self) -> &Header {
        self.message.header()
    }

    /// The record, if it is one of log `origin` signed by `key`.
    ///
    /// # Errors
    /// As [`VerifyError`] says.
    pub fn verify(self, origin: &Id, key: &PublicKey) -> Result<Verified, VerifyError> {
        let header = self.message.header();
        if header.algorithm != Algorithm::Ed25519 {
            return Err(VerifyError::Algorithm);
        }
        if header.claims.issuer != *origin {
            return Err(VerifyError::Origin);
        }
        if header.kid != key.thumbprint() {
            return Err(VerifyError::Kid);
        }
        if !self.message.is_signed_by(key) {
            return Err(VerifyError::Signature);
        }
        if self.record.format != FORMAT {
            return Err(VerifyError::Format);
        }
        let claims = &header.claims;
        if claims.subject != self.record.subject() || claims.issued_at != self.record.time.seconds() {
            return Err(VerifyError::Claims);
        }
        Ok(Verified { record: self.record })
    }
}

/// A record whose signature verified. Only [`SignedRecord::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    record: Record,
}

impl Verified {
    /// The record.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The record, owned.
    pub fn into_record(self) -> Record {
        self.record
    }
}
