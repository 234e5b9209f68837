//! Payments that would have been allowed, and what came back of those that would not.
//!
//! The supposed state forgets payments at its own horizon, so that it does not say of an old one whether it was allowed.

use alloc::collections::{BTreeMap, BTreeSet};

use counterfoil_decide::State;
use counterfoil_record::{Amount, Index};

/// How many payments may be listed before those are dropped that the log's state does not know any more.
const LISTED: usize = 64;

/// What is kept of payments for as long as the log's state keeps them.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    payments: BTreeSet<Index>,
    returned: BTreeMap<Index, Amount>,
    /// How many are listed when those that are gone are dropped.
    full: usize,
}

impl Allowed {
    /// The payment would have been allowed.
    pub(super) fn note(&mut self, payment: Index, original: &State) {
        self.payments.insert(payment);
        self.tidy(original);
    }

    /// True if the payment would have been allowed.
    pub(super) fn contains(&self, payment: Index) -> bool {
        self.payments.contains(&payment)
    }

    /// What has come back of the payment in the log since this was last asked: of an excess nothing.
    pub(super) fn newly_returned(&mut self, payment: Index, original: &State) -> Amount {
        let Some(found) = original.payments.get(&payment) else { return Amount::ZERO };
        let all = found.refunded.checked_add(found.compensated).unwrap_or(Amount::MAX);
        let before = self.returned.insert(payment, all).unwrap_or_default();
        self.tidy(original);
        all.checked_sub(before).unwrap_or_default()
    }

    fn tidy(&mut self, original: &State) {
        let len = self.payments.len().saturating_add(self.returned.len());
        if len > self.full.max(LISTED) {
            self.payments.retain(|payment| original.payments.contains_key(payment));
            self.returned.retain(|payment, _| original.payments.contains_key(payment));
            self.full = self.payments.len().saturating_add(self.returned.len()).saturating_mul(2);
        }
    }
}
