//! What happened outside. A fact is accepted whatever state it finds, and counted; what is odd about it
//! is said in codes. `expire` is a request, but ends a reservation as the facts do.

use alloc::boxed::Box;

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::x402::SettleResponse;
use counterfoil_record::input::{Compensate, Expire, Fail, Settle, Unknown};
use counterfoil_record::verdict::{Code, Grade};
use counterfoil_record::{Amount, Index, Octets, Time};

use crate::draft::{Decision, Draft};
use crate::policy::Releases;
use crate::state::{Change, Movement, Payment, PlanUse, Standing, Status, Terms};

/// The payment that a fact is about, with what was allowed. A fact about anything else is unmatched.
fn known<'s>(draft: &mut Draft<'s>, index: Index) -> Option<(&'s Payment, &'s Terms)> {
    let payment = draft.state.payments.get(&index)?;
    draft.previous(payment.last);
    Some((payment, payment.terms.as_ref()?))
}

fn unmatched(mut draft: Draft<'_>) -> Decision {
    draft.code(Code::Unmatched);
    draft.accept()
}

/// Takes `payment` over, and moves what it adds to its groups and its plan item.
fn conclude(mut draft: Draft<'_>, index: Index, mut payment: Payment) -> Decision {
    payment.last = draft.index;
    let before = draft.state.payments.get(&index);
    if let Some((before, terms)) = before.and_then(|before| Some((before, before.terms.as_ref()?))) {
        let (from, to) = (before.contribution(), payment.contribution());
        if from != to {
            for group in &terms.groups {
                draft.change(Change::Ledger(Movement {
                    group: group.clone(),
                    permit: terms.permit,
                    at: terms.at,
                    first: false,
                    from,
                    to,
                }));
            }
            if let Some(item) = &terms.item {
                draft.change(Change::PlanUse(PlanUse { run: payment.run, item: item.clone(), from, to }));
            }
        }
        if before.status.is_open() && !payment.status.is_open() {
            draft.change(Change::Purchased(terms.purchase, index));
        }
    }
    draft.change(Change::Payment(index, Box::new(payment)));
    draft.accept()
}

/// What the rail's answer says, where it says what is stated: the payee's word. Anything else leaves the
/// operator's.
fn grade(
    draft: &mut Draft<'_>,
    terms: &Terms,
    evidence: Option<&Octets>,
    success: bool,
    amount: Option<Amount>,
) -> Grade {
    let Some(evidence) = evidence else { return Grade::Operator };
    let agrees = SettleResponse::parse(evidence.as_slice()).is_ok_and(|answer| {
        let wallet: Option<Account> = terms.wallet.as_str().parse().ok();
        let asset: Option<Asset> = terms.asset.as_str().parse().ok();
        answer.success == success
            && (!success || answer.transaction.is_some())
            && asset.is_some_and(|asset| asset.chain == answer.network)
            && wallet.is_some_and(|wallet| answer.payer.is_none_or(|payer| payer == wallet.address))
            && answer.amount.is_none_or(|found| amount.is_none_or(|stated| found == stated))
    });
    if agrees {
        return Grade::Payee;
    }
    draft.code(Code::EvidenceDiffers);
    Grade::Operator
}

/// `exact` settles for exactly what was signed; a larger amount that is stated is counted as stated.
pub(super) fn settle(mut draft: Draft<'_>, settle: &Settle) -> Decision {
    let Some((payment, terms)) = known(&mut draft, settle.payment) else { return unmatched(draft) };
    let grade = grade(&mut draft, terms, settle.evidence.as_ref(), true, Some(settle.amount));
    draft.verdict.grade = Some(grade);
    if payment.status == Status::Settled {
        draft.code(Code::Contradicts);
        return conclude(draft, settle.payment, payment.clone());
    }
    if !payment.status.is_open() {
        draft.code(Code::Late);
    }
    if payment.bound.is_none() {
        draft.code(Code::Unbound);
    }
    if settle.amount != terms.exposure {
        draft.code(if settle.amount > terms.exposure { Code::Excess } else { Code::AmountDiffers });
    }
    if standing(&draft, terms) == Some(Standing::Aborted) {
        draft.code(Code::AfterAbort);
    }
    let mut payment = payment.clone();
    payment.status = Status::Settled;
    payment.settled = settle.amount.max(terms.exposure);
    conclude(draft, settle.payment, payment)
}

fn standing(draft: &Draft<'_>, terms: &Terms) -> Option<Standing> {
    let transaction = draft.state.transactions.get(&terms.part.as_ref()?.transaction)?;
    Some(transaction.standing_at(draft.time))
}

/// A failure ends the reservation only on evidence that the policy accepts: an answer that says "failed"
/// may be followed by a settlement.
pub(super) fn fail(mut draft: Draft<'_>, fail: &Fail) -> Decision {
    let Some((payment, terms)) = known(&mut draft, fail.payment) else { return unmatched(draft) };
    let grade = grade(&mut draft, terms, fail.evidence.as_ref(), false, None);
    draft.verdict.grade = Some(grade);
    if !payment.status.is_open() {
        draft.code(Code::Contradicts);
        return conclude(draft, fail.payment, payment.clone());
    }
    let mut payment = payment.clone();
    if grade == Grade::Payee && terms.releases == Releases::Payee {
        payment.status = Status::Failed;
    } else {
        draft.code(Code::ReservationHolds);
    }
    conclude(draft, fail.payment, payment)
}

/// Never final: the exposure stays reserved, and the purchase stays closed.
pub(super) fn unknown(mut draft: Draft<'_>, unknown: &Unknown) -> Decision {
    let Some((payment, _)) = known(&mut draft, unknown.payment) else { return unmatched(draft) };
    let mut payment = payment.clone();
    if payment.status.is_open() {
        payment.status = Status::Unknown;
    } else {
        draft.code(Code::Contradicts);
    }
    conclude(draft, unknown.payment, payment)
}

/// The moment from which what was signed, or could still be under the permit, cannot settle any more.
fn dead_from(terms: &Terms) -> Time {
    Time::from_seconds(terms.claimable_until).plus(terms.finality)
}

pub(super) fn expire(mut draft: Draft<'_>, expire: &Expire) -> Decision {
    let Some((payment, terms)) = known(&mut draft, expire.payment) else {
        return draft.refuse(Code::UnknownPayment);
    };
    if !payment.status.is_open() {
        return draft.refuse(Code::OutOfOrder);
    }
    if draft.time <= dead_from(terms) {
        return draft.refuse(Code::StillClaimable);
    }
    let mut payment = payment.clone();
    payment.status = Status::Expired;
    conclude(draft, expire.payment, payment)
}

/// What comes back beyond what has settled is an excess, and is not counted.
pub(super) fn compensate(mut draft: Draft<'_>, compensate: &Compensate) -> Decision {
    let Some((payment, _)) = known(&mut draft, compensate.payment) else { return unmatched(draft) };
    draft.verdict.grade = Some(Grade::Operator);
    let counted = compensate.amount.min(payment.uncompensated());
    if counted < compensate.amount {
        draft.code(Code::Excess);
    }
    let mut payment = payment.clone();
    payment.compensated = payment.compensated.checked_add(counted).unwrap_or(Amount::MAX);
    conclude(draft, compensate.payment, payment)
}
