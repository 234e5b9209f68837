//! Statements: what a person signs to approve or refuse.
//!
//! A `COSE_Sign1` of the form of [`crate::cose`], with its own content type, so that a signature over a
//! statement can never stand for one over a record. The claims name the person (`iss`), the subject
//! (`sub`) and the time of signing. The payload names the log, the role, the exact subject by digest and
//! the record that is answered, so that an approval fits one thing at one moment and no other.

use crate::codec::{Error, Wire};
use crate::cose::{Algorithm, Claims, Header, Message, Profile, Unsigned, read_to_be_signed};
use crate::key::{NamedKey, PublicKey};
use crate::text::Id;
use crate::{Hash32, Index, Time, wire_code, wire_map};

/// What a statement's header says it is.
pub const PROFILE: Profile =
    Profile { content_type: "application/counterfoil-statement+cbor", typ: "counterfoil-statement+cose" };

wire_code! {
    /// What the person says.
    pub enum Answer {
        /// Yes.
        0 => Approve = "approve",
        /// No; it is final.
        1 => Refuse = "refuse",
    }
}

wire_code! {
    /// What kind of thing is answered.
    pub enum SubjectKind {
        /// A held payment.
        0 => Payment = "payment",
        /// The entry of a phase.
        1 => Phase = "phase",
        /// A policy to be put in force.
        2 => Policy = "policy",
        /// A key to be rotated or revoked.
        3 => Key = "key",
        /// Payments to be stopped.
        4 => Suspend = "suspend",
        /// Payments to go on.
        5 => Resume = "resume",
        /// A large step of the clock.
        6 => Clock = "clock",
        /// A purchase to be made while another payment for it is open.
        7 => Override = "override",
        /// What a failed transaction is owed, to be given up.
        8 => WriteOff = "write-off",
        /// An agent's own request to pay.
        9 => Request = "request",
        /// A private value to be erased.
        10 => Erase = "erase",
    }
}

wire_map! {
    /// The payload of a statement.
    pub struct Statement {
        /// The statement format's version, 1.
        1 => format: u64,
        /// Yes or no.
        2 => answer: Answer,
        /// The origin of the log that it is about.
        3 => origin: Id,
        /// The role in which the person answers.
        4 => role: Id,
        /// What kind of thing is answered.
        5 => kind: SubjectKind,
        /// The digest of exactly what is answered, as the decision computes it.
        6 => digest: Hash32,
        /// The record that is answered: the hold; for a phase the latest of the attachments that it demands and
        /// of the entry of the present phase.
        7 => against: Index,
        /// After this moment it counts for nothing.
        8 => expires: Time,
        /// The run that would enter a phase; present for that kind only.
        9 => run: Option<Index>,
        /// The phase that would be entered; present for that kind only.
        10 => phase: Option<Id>,
    }
}

/// The version of the statement format that this crate writes and reads.
pub const FORMAT: u64 = 1;

impl Statement {
    fn subject(&self) -> Id {
        Id::numbered(self.kind.code(), self.against.value())
    }

    /// This statement by the person of `signer`, signed at `at`, to be signed by their key.
    pub fn to_unsigned(&self, signer: &NamedKey, at: Time) -> Unsigned {
        let header = Header {
            algorithm: Algorithm::Ed25519,
            kid: signer.key().thumbprint(),
            claims: Claims {
                issuer: signer.name().clone(),
                subject: self.subject(),
                issued_at: at.seconds(),
            },
        };
        Unsigned::new(PROFILE, &header, self.to_bytes())
    }
}

/// What a statement says, and who it says signs it, as its bytes have it. Nothing about a signature is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The protected header.
    pub header: Header,
    /// The payload.
    pub statement: Statement,
}

impl Said {
    /// What a signature over exactly these bytes would say.
    ///
    /// # Errors
    /// As [`SignedStatement::decode`].
    pub fn from_to_be_signed(bytes: &[u8]) -> Result<Self, Error> {
        let (header, payload) = read_to_be_signed(bytes, PROFILE)?;
        let statement = read_payload(&header, &payload)?;
        Ok(Self { header, statement })
    }
}

fn read_payload(header: &Header, payload: &[u8]) -> Result<Statement, Error> {
    let statement = Statement::from_bytes(payload)?;
    if statement.format != FORMAT {
        // The head of the map and the key 1 are one byte each.
        return Err(crate::codec::Class::OutOfRange.at(2));
    }
    if header.claims.subject != statement.subject() {
        return Err(crate::codec::Class::OutOfRange.at(0));
    }
    Ok(statement)
}

/// A statement as it arrived: decoded, its signature not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement {
    message: Message,
    statement: Statement,
}

impl SignedStatement {
    /// Decodes a statement.
    ///
    /// # Errors
    /// As [`crate::codec::Class`] says: anything that this crate would not have written;
    /// [`crate::codec::Class::OutOfRange`] also for an unknown format version and for a header whose
    /// subject is not the payload's.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let message = Message::decode(bytes, PROFILE)?;
        let statement = read_payload(message.header(), message.payload())?;
        Ok(Self { message, statement })
    }

    /// What it says, with the header.
    pub fn said(&self) -> Said {
        Said { header: self.message.header().clone(), statement: self.statement.clone() }
    }

    /// What it says, whoever signed it.
    pub const fn unverified(&self) -> &Statement {
        &self.statement
    }

    /// The thumbprint of the key that it claims to be signed by.
    pub const fn kid(&self) -> Hash32 {
        self.message.header().kid
    }

    /// The name that it claims to be signed under.
    pub const fn issuer(&self) -> &Id {
        &self.message.header().claims.issuer
    }

    /// True if its header names `key`, by name and thumbprint.
    pub fn names(&self, key: &NamedKey) -> bool {
        *self.issuer() == *key.name() && self.kid() == key.key().thumbprint()
    }

    /// True if `key` signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.message.is_signed_by(key)
    }
}
