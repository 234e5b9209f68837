//! Whether this was bought or asked before: purchase key, idempotency key.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};

use super::Asked;
use super::obligation::matched;
use crate::draft::Row;
use crate::state::{Keyed, RunKey};

impl Asked<'_> {
    pub(super) fn check_repeats(&self, trace: &mut Vec<Check>) {
        trace.push(self.purchase_row());
        trace.push(self.idempotency());
    }

    /// While a payment for the same purchase is open, another is denied: a lost answer must not pay twice.
    fn purchase_row(&self) -> Check {
        let row = Row::new(CheckName::Purchase);
        let (Some(rules), Some(key), Some(url)) = (self.rules(), self.purchase(), &self.resource) else {
            return row.not_applicable();
        };
        if matched(&rules.repeatable, url).is_some() {
            return row.with(OperandName::Because, "repeatable").not_applicable();
        }
        let open = self.state.purchases.get(&key).and_then(|open| open.first());
        row.with(OperandName::Purchase, key)
            .with_some(OperandName::Index, open.copied())
            .pass_if(open.is_none())
    }

    /// What the idempotency key was used for before, in this run.
    pub(crate) fn keyed(&self) -> Option<&Keyed> {
        let key = RunKey { run: self.pay.run, key: self.pay.key.clone() };
        self.state.keys.get(&key)
    }

    /// A key that named another request before is refused. A request that is decided again has its own.
    fn idempotency(&self) -> Check {
        let row = Row::new(CheckName::Idempotency);
        if self.run.is_none() {
            return row.not_applicable();
        }
        let row = row.with(OperandName::Request, self.request);
        match self.keyed() {
            Some(keyed) if keyed.request != self.request => {
                row.with(OperandName::Index, keyed.payment).fail("key-names-another-request")
            }
            _ => row.pass_if(true),
        }
    }
}
