//! Text that stands beside the log, not in it.
//!
//! Purposes, reasons, URL queries and whole envelopes may hold personal data. A record holds only
//! `SHA-256(tag || salt || value)`; the salt (16 random bytes) and the value live in a sidecar, where
//! they can be erased without touching a hash. Nothing that a decision reads is private.

use alloc::vec::Vec;

use crate::codec::{Error, Reader, Wire, Writer};
use crate::{Hash32, wire_code, wire_map};

wire_code! {
    /// What a private value is. The name is part of what is hashed, so that a value of one kind cannot
    /// be shown for another.
    pub enum PrivateKind {
        /// Why a run or a payment is made.
        0 => Purpose = "purpose",
        /// Why something was aborted, failed or is unknown.
        1 => Reason = "reason",
        /// The query of a URL.
        2 => Query = "query",
        /// The decoded `PAYMENT-REQUIRED` header.
        3 => PaymentRequired = "payment-required",
        /// The decoded `PAYMENT-SIGNATURE` header.
        4 => PaymentPayload = "payment-payload",
    }
}

/// A commitment to a private value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Commitment(pub Hash32);

impl Wire for Commitment {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        Hash32::decode(r).map(Self)
    }
}

wire_map! {
    /// A private value with its salt, as the sidecar keeps it.
    pub struct Private {
        /// What it is.
        1 => kind: PrivateKind,
        /// 16 random bytes that keep the commitment from being guessed.
        2 => salt: crate::text::Fixed<16>,
        /// Its bytes.
        3 => value: crate::text::Octets,
    }
}

impl Private {
    /// The commitment that stands for it in a record:
    /// `SHA-256("counterfoil/private/" || kind || 0x00 || salt || value)`.
    pub fn commitment(&self) -> Commitment {
        let kind = self.kind.code().as_bytes();
        Commitment(Hash32::of(&[b"counterfoil/private/", kind, &[0], &self.salt.0, self.value.as_slice()]))
    }
}

/// The commitments that an input carries, in the order of its fields.
pub fn commitments(input: &crate::Input) -> Vec<(PrivateKind, Commitment)> {
    use crate::Input;
    let mut found = Vec::new();
    let mut add = |kind, commitment: Option<Commitment>| found.extend(commitment.map(|it| (kind, it)));
    match input {
        Input::OpenRun(run) => add(PrivateKind::Purpose, run.purpose),
        Input::Pay(pay) => {
            add(PrivateKind::PaymentRequired, Some(pay.required));
            add(PrivateKind::Query, pay.query);
            add(PrivateKind::Purpose, pay.purpose);
        }
        Input::Bind(bind) => add(PrivateKind::PaymentPayload, Some(bind.payload)),
        Input::Abort(abort) => add(PrivateKind::Reason, abort.reason),
        Input::Fail(fail) => add(PrivateKind::Reason, fail.reason),
        Input::Unknown(unknown) => add(PrivateKind::Reason, unknown.reason),
        Input::Suspend(suspend) => add(PrivateKind::Reason, suspend.reason),
        Input::Resume(resume) => add(PrivateKind::Reason, resume.reason),
        Input::Refund(refund) => add(PrivateKind::Reason, refund.reason),
        Input::WriteOff(write_off) => add(PrivateKind::Reason, write_off.reason),
        // What it erases is another record's.
        Input::Erase(erase) => add(PrivateKind::Reason, erase.reason),
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests;
