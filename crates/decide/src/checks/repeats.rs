//! Whether this was bought or asked before: purchase key, idempotency key.

use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Hash32, Index};

use super::Asked;
use super::obligation::matched;
use crate::draft::Row;
use crate::signed::override_saying;
use crate::state::Keyed;

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
        let row = row.with(OperandName::Purchase, key);
        let open = self.state.purchases.get(&key).and_then(|open| open.first());
        match open {
            None => row.pass_if(true),
            Some(open) => self.overridden(row.with(OperandName::Index, *open), &key, *open),
        }
    }

    /// People may answer for it that this is another purchase, or worth the risk.
    fn overridden(&self, row: Row, purchase: &Hash32, open: Index) -> Check {
        let Some(policy) = self.policy else { return row.not_applicable() };
        let saying = override_saying(&self.request, &self.pay.key, purchase, &policy.digest, open);
        let row = row.with(OperandName::Digest, saying.digest);
        if self.pay.overrides.is_empty() {
            return row.pass_if(false);
        }
        let witness = self.witness(self.time);
        match witness.reach_power(&self.pay.overrides, &saying, &policy.policy) {
            Ok(people) => row.with(OperandName::People, people).pass_if(true),
            Err(code) => row.fail(code.code()),
        }
    }

    /// What the idempotency key was used for before, in this run.
    pub(crate) fn keyed(&self) -> Option<&Keyed> {
        self.state.keys.get(&self.pay.run)?.get(&self.pay.key)
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
