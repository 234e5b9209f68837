//! Money that comes back, and what is given up of it.

use counterfoil_record::input::{Compensate, Genesis, Refund, WriteOff};
use counterfoil_record::verdict::{Code, Grade};
use counterfoil_record::{Amount, Index};

use super::facts::{conclude, known, standing, unmatched};
use crate::draft::{Decision, Draft};
use crate::signed::write_off_saying;
use crate::state::{Payment, Standing};

pub(super) fn compensate(draft: Draft<'_>, compensate: &Compensate) -> Decision {
    returned(draft, compensate.payment, compensate.amount, |payment| &mut payment.compensated)
}

pub(super) fn refund(draft: Draft<'_>, refund: &Refund) -> Decision {
    returned(draft, refund.payment, refund.amount, |payment| &mut payment.refunded)
}

/// What comes back beyond what has settled, and has not come back yet, is an excess, and is not counted.
fn returned(
    mut draft: Draft<'_>,
    index: Index,
    amount: Amount,
    account: impl Fn(&mut Payment) -> &mut Amount,
) -> Decision {
    let Some((payment, _)) = known(&mut draft, index) else { return unmatched(draft) };
    draft.verdict.grade = Some(Grade::Operator);
    let counted = amount.min(payment.owed());
    if counted < amount {
        draft.code(Code::Excess);
    }
    let mut payment = payment.clone();
    let total = account(&mut payment);
    *total = total.checked_add(counted).unwrap_or(Amount::MAX);
    conclude(draft, index, payment)
}

/// People give up what a failed transaction is owed.
pub(super) fn write_off(mut draft: Draft<'_>, genesis: &Genesis, write_off: &WriteOff) -> Decision {
    let Some((payment, terms)) = known(&mut draft, write_off.payment) else {
        return draft.refuse(Code::UnknownPayment);
    };
    let failed = standing(&draft, terms) == Some(Standing::Aborted);
    if !failed || write_off.amount.is_zero() || write_off.amount > payment.owed() {
        return draft.refuse(Code::NoObligation);
    }
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    let saying = write_off_saying(write_off.payment, write_off.amount, payment.last);
    let said = draft.witness(genesis).reach_power(&write_off.statements, &saying, &policy.policy);
    if let Err(code) = said {
        return draft.refuse(code);
    }
    let mut payment = payment.clone();
    payment.written_off = payment.written_off.checked_add(write_off.amount).unwrap_or(Amount::MAX);
    conclude(draft, write_off.payment, payment)
}
