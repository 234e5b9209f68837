//! The permit in a caller's hand: used up by settling or giving up, and never forgotten.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use counterfoil_record::verdict::Code;
use counterfoil_record::{Hash32, Index};

use crate::answer::{Counted, Failing, Granted, Recorded, Repeated};
use crate::error::Error;

/// Permits that were dropped without a word, to be recorded as unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dropped(Arc<Mutex<VecDeque<Index>>>);

impl Dropped {
    /// The one that was dropped first. It stays until it is recorded.
    pub(crate) fn first(&self) -> Option<Index> {
        self.lock().front().copied()
    }

    pub(crate) fn forget_first(&self) {
        self.lock().pop_front();
    }

    fn push(&self, payment: Index) {
        self.lock().push_back(payment);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Index>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to sign one payment. End it with [`Core::settle`](crate::Core::settle),
/// [`Core::fail`](crate::Core::fail) or [`Core::unknown`](crate::Core::unknown). A permit that is dropped
/// is recorded as unknown with the next thing that the core does: its exposure stays reserved.
#[derive(Debug)]
#[must_use = "a permit that is dropped is recorded as a payment of unknown outcome"]
pub struct Permit {
    granted: Granted,
    dropped: Option<Dropped>,
}

impl Permit {
    pub(crate) const fn new(granted: Granted, dropped: Dropped) -> Self {
        Self { granted, dropped: Some(dropped) }
    }

    /// What is permitted.
    pub const fn granted(&self) -> &Granted {
        &self.granted
    }

    /// The payment.
    pub const fn payment(&self) -> Index {
        self.granted.payment
    }

    /// The nonce to sign with: it makes the settlement point at the decision.
    pub const fn slot(&self) -> &Hash32 {
        &self.granted.slot
    }

    /// The permit has been accounted for.
    pub(crate) fn spend(mut self) {
        self.dropped = None;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped.push(self.granted.payment);
        }
    }
}

/// A payment is not allowed: do not sign it.
#[derive(Debug, thiserror::Error)]
pub enum NotAllowed {
    /// It is denied; the checks say why.
    #[error("denied by record {}: {}", .0.index, reasons(&.0.failing, &.0.codes))]
    Denied(Box<Recorded>),
    /// It waits for approvals; claim it when they are in. Its `question` says what is asked.
    #[error("held by record {}: {}", .0.index, reasons(&.0.failing, &.0.codes))]
    Held(Box<Recorded>),
    /// It could not be decided.
    #[error("undecided by record {}: {}", .0.index, reasons(&.0.failing, &.0.codes))]
    Undecided(Box<Recorded>),
    /// It is denied or undecided, and only counted: so many refusals are recorded in this minute.
    #[error("not allowed, and only counted: {}", reasons(&.0.failing, &.0.codes))]
    Counted(Box<Counted>),
    /// The same request was answered before, and there is no permit to give again.
    #[error("answered before by record {}; the payment is {}", .0.repeat_of, .0.status)]
    Repeated(Repeated),
    /// The core could not decide or record it.
    #[error(transparent)]
    Core(#[from] Error),
}

fn reasons(failing: &[Failing], codes: &[Code]) -> String {
    let mut reasons = Vec::new();
    for failing in failing {
        let rule = failing.rule.as_ref().map(|rule| format!(" `{rule}`")).unwrap_or_default();
        let because = failing.because.as_ref().map(|because| format!(" ({because})")).unwrap_or_default();
        reasons.push(format!("{}{rule}{because}", failing.check));
    }
    reasons.extend(codes.iter().map(|code| code.code().to_owned()));
    reasons.join(", ")
}
