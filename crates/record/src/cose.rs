//! `COSE_Sign1` (RFC 9052 section 4.2) as Counterfoil uses it, for records and for statements.
//!
//! ```text
//! D2 84           tag 18, array of 4
//!    58 xx ...    protected header, a byte string holding a map:
//!       01: -19      alg, Ed25519 (RFC 9864)
//!       03: tstr     content type
//!       04: bstr     kid, the 32-byte COSE key thumbprint (RFC 9679)
//!       0F: {1: iss, 2: sub, 6: iat}    CWT claims (RFC 9597), iat in whole seconds
//!       10: tstr     typ (RFC 9596)
//!    A0           unprotected header: empty
//!    58 xx ...    payload
//!    58 40 ...    signature over ["Signature1", protected, h'', payload]
//! ```
//!
//! The bytes that arrived are what is verified, never a re-encoding.

use alloc::vec::Vec;

use crate::codec::{Class, Error, Reader, Wire, Writer, fixed};
use crate::key::PublicKey;
use crate::text::Id;
use crate::{Hash32, wire_map};

/// The longest encoded message, in bytes: what a c2sp.org/tlog-tiles entry can hold.
pub const MESSAGE_MOST: usize = 65_535;

const ALG: u64 = 1;
const CONTENT_TYPE: u64 = 3;
const KID: u64 = 4;
const CLAIMS: u64 = 15;
const TYP: u64 = 16;

/// The two strings that say what a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The payload's media type, header parameter 3.
    pub content_type: &'static str,
    /// The whole message's media type, header parameter 16, without `application/`.
    pub typ: &'static str,
}

/// A signature algorithm of RFC 9053 or RFC 9864.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// -19, fully specified Ed25519.
    Ed25519,
    /// -8, `EdDSA`, as older software names it; accepted in statements only.
    EdDsa,
}

impl Wire for Algorithm {
    fn encode(&self, w: &mut Writer) {
        w.negative(match self {
            Self::Ed25519 => 18,
            Self::EdDsa => 7,
        });
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let start = r.offset();
        match r.negative()? {
            18 => Ok(Self::Ed25519),
            7 => Ok(Self::EdDsa),
            _ => Err(Class::OutOfRange.at(start)),
        }
    }
}

wire_map! {
    /// The CWT claims in a protected header.
    pub struct Claims {
        /// Who issues the message.
        1 => issuer: Id,
        /// What it is about.
        2 => subject: Id,
        /// When, in whole seconds since the Unix epoch.
        6 => issued_at: u64,
    }
}

/// A protected header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The signature algorithm.
    pub algorithm: Algorithm,
    /// The thumbprint of the key that signs; a hint, never a source of trust.
    pub kid: Hash32,
    /// Issuer, subject and time.
    pub claims: Claims,
}

/// A text string that must be this one.
fn constant(r: &mut Reader<'_>, expected: &str) -> Result<(), Error> {
    let start = r.offset();
    if r.text(expected.len())? == expected { Ok(()) } else { Err(Class::OutOfRange.at(start)) }
}

impl Header {
    fn encode(&self, profile: Profile) -> Vec<u8> {
        let mut w = Writer::new();
        w.map(5);
        w.uint(ALG);
        self.algorithm.encode(&mut w);
        w.uint(CONTENT_TYPE);
        w.text(profile.content_type);
        w.uint(KID);
        self.kid.encode(&mut w);
        w.uint(CLAIMS);
        self.claims.encode(&mut w);
        w.uint(TYP);
        w.text(profile.typ);
        w.into_bytes()
    }

    fn decode(bytes: &[u8], profile: Profile) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let mut fields = r.map()?;
        let algorithm = fields.field(ALG)?;
        fields.required(CONTENT_TYPE, |r| constant(r, profile.content_type))?;
        let kid = fields.field(KID)?;
        let claims = fields.field(CLAIMS)?;
        fields.required(TYP, |r| constant(r, profile.typ))?;
        fields.finish()?;
        r.finish()?;
        Ok(Self { algorithm, kid, claims })
    }
}

/// A message that is to be signed: sign [`Unsigned::to_be_signed`], then [`Unsigned::finish`].
#[derive(Clone, Debug)]
pub struct Unsigned {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Unsigned {
    /// A message of that header and payload.
    pub fn new(profile: Profile, header: &Header, payload: Vec<u8>) -> Self {
        Self { protected: header.encode(profile), payload }
    }

    /// The bytes to be signed: `["Signature1", protected, h'', payload]` (RFC 9052 section 4.4).
    pub fn to_be_signed(&self) -> Vec<u8> {
        to_be_signed(&self.protected, &self.payload)
    }

    /// The whole message under `signature`.
    pub fn finish(&self, signature: &[u8; 64]) -> Vec<u8> {
        let mut w = Writer::new();
        w.tag(18);
        w.array(4);
        w.bytes(&self.protected);
        w.map(0);
        w.bytes(&self.payload);
        w.bytes(signature);
        w.into_bytes()
    }
}

fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(4);
    w.text("Signature1");
    w.bytes(protected);
    w.bytes(&[]);
    w.bytes(payload);
    w.into_bytes()
}

/// Header and payload of bytes that are to be signed: what a signature over exactly them would stand for.
///
/// # Errors
/// As [`Class`] says: anything that [`Unsigned::to_be_signed`] would not have given for `profile`.
pub fn read_to_be_signed(bytes: &[u8], profile: Profile) -> Result<(Header, Vec<u8>), Error> {
    if bytes.len() > MESSAGE_MOST {
        return Err(Class::OutOfRange.at(MESSAGE_MOST));
    }
    let mut r = Reader::new(bytes);
    r.array_of(4)?;
    constant(&mut r, "Signature1")?;
    let protected = r.bytes(MESSAGE_MOST)?;
    r.bytes(0)?;
    let payload = r.bytes(MESSAGE_MOST)?;
    r.finish()?;
    Ok((Header::decode(protected, profile)?, payload.into()))
}

/// A message that decoded; nothing about its signature is known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    header: Header,
    payload: Vec<u8>,
    signed: Vec<u8>,
    signature: [u8; 64],
}

impl Message {
    /// Decodes a whole message of `profile`. Offsets inside the header and the payload count from the
    /// start of each.
    ///
    /// # Errors
    /// As [`Class`] says; [`Class::OutOfRange`] above 65,535 bytes.
    pub fn decode(bytes: &[u8], profile: Profile) -> Result<Self, Error> {
        if bytes.len() > MESSAGE_MOST {
            return Err(Class::OutOfRange.at(MESSAGE_MOST));
        }
        let mut r = Reader::new(bytes);
        r.tag(18)?;
        r.array_of(4)?;
        let protected = r.bytes(MESSAGE_MOST)?;
        r.map()?.finish()?;
        let payload = r.bytes(MESSAGE_MOST)?;
        let signature = fixed(&mut r)?;
        r.finish()?;
        Ok(Self {
            header: Header::decode(protected, profile)?,
            payload: payload.into(),
            signed: to_be_signed(protected, payload),
            signature,
        })
    }

    /// The protected header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// True if the signature over the bytes that arrived is `key`'s.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(&self.signed, &self.signature)
    }
}
