//! Which log it is, and which key signs it: from the trust, else from the genesis.

use alloc::format;
use alloc::string::{String, ToString as _};

use counterfoil_decide::State;
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::{Id, Index, Input, Record, SignedRecord, Verified, VerifyError};

use crate::finding::FindingCode;
use crate::trust::Trust;

/// What is wrong, and more about it for people.
pub(crate) type Wrong = (FindingCode, String);

/// The origin and the first key that records must be of.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    known: Option<(Id, NamedKey)>,
}

impl Identity {
    pub(crate) fn of(trust: Option<&Trust>) -> Self {
        Self { known: trust.map(|trust| (trust.origin.clone(), trust.log.clone())) }
    }

    pub(crate) fn origin(&self) -> Option<&Id> {
        self.known.as_ref().map(|(origin, _)| origin)
    }

    pub(crate) fn first_key(&self) -> Option<&NamedKey> {
        self.known.as_ref().map(|(_, key)| key)
    }

    /// The key that signs record `index`, and a checkpoint of so many records.
    pub(crate) fn key_at(&self, state: &State, index: u64) -> Option<NamedKey> {
        let (origin, first) = self.known.as_ref()?;
        let later = state.log_key_at(Index::new(index));
        let later = later.and_then(|key| NamedKey::new(origin.clone(), key).ok());
        Some(later.unwrap_or_else(|| first.clone()))
    }

    /// The genesis says which key and origin it is about. With trust, that must be the trusted ones;
    /// without, it is all there is. True if it is known from here on only.
    pub(crate) fn read_genesis(&mut self, record: &Record) -> Result<bool, Wrong> {
        let Input::Genesis(genesis) = &record.input else {
            return Err((FindingCode::NoGenesis, "the first record opens no log".into()));
        };
        let key = PublicKey::from_bytes(genesis.log_key.0)
            .ok()
            .and_then(|key| NamedKey::new(genesis.origin.clone(), key).ok())
            .ok_or_else(|| (FindingCode::NoGenesis, "the log's key may not sign".into()))?;
        match &self.known {
            Some((origin, trusted)) if *origin != genesis.origin || *trusted != key => {
                Err((FindingCode::GenesisDiffers, format!("the genesis names {key}")))
            }
            Some(_) => Ok(false),
            None => {
                self.known = Some((genesis.origin.clone(), key));
                Ok(true)
            }
        }
    }

    /// The record, if it is this log's, signed by its key of that place.
    pub(crate) fn verify(&self, signed: SignedRecord, state: &State, index: u64) -> Result<Verified, Wrong> {
        let (Some(origin), Some(key)) = (self.origin(), self.key_at(state, index)) else {
            return Err((FindingCode::NoGenesis, String::new()));
        };
        signed.verify(origin, key.key()).map_err(|error| (code_of(error), error.to_string()))
    }
}

const fn code_of(error: VerifyError) -> FindingCode {
    match error {
        VerifyError::Origin => FindingCode::RecordOfAnotherLog,
        VerifyError::Kid | VerifyError::Algorithm => FindingCode::RecordOfAnotherKey,
        VerifyError::Claims => FindingCode::RecordClaims,
        VerifyError::Format => FindingCode::UnknownFormat,
        VerifyError::Signature => FindingCode::RecordSignature,
    }
}
