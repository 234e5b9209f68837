//! What happened outside. A fact is accepted whatever state it finds, and counted; what is odd about it
//! is said in codes. `expire` is a request, but ends a reservation as the facts do.

use alloc::boxed::Box;

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::x402::{Scheme, SettleResponse};
use counterfoil_record::input::{Enclosed, Expire, Fail, RAIL_MOST, Settle, Unknown};
use counterfoil_record::verdict::{Code, Grade};
use counterfoil_record::{Amount, Index};

use crate::draft::{Decision, Draft};
use crate::policy::Releases;
use crate::state::{Change, Contribution, Movement, Payment, Standing, Status, Terms, Totals};

/// The payment that a fact is about, with what was allowed. A fact about anything else is unmatched.
pub(super) fn known<'s>(draft: &mut Draft<'s>, index: Index) -> Option<(&'s Payment, &'s Terms)> {
    let payment = draft.state.payments.get(&index)?;
    let terms = payment.terms.as_ref()?;
    draft.previous(payment.last);
    Some((payment, terms))
}

pub(super) fn unmatched(mut draft: Draft<'_>) -> Decision {
    draft.code(Code::Unmatched);
    draft.accept()
}

/// What the change from one state of an allowed payment to another moves, in each of its groups.
fn movements(terms: &Terms, from: Contribution, to: Contribution) -> impl Iterator<Item = Movement> {
    terms.groups.iter().map(move |group| Movement {
        group: group.clone(),
        permit: terms.permit,
        at: terms.at,
        first: false,
        from,
        to,
    })
}

/// Takes `payment` over, and moves what it adds to its groups, its plan item and its mandates.
pub(super) fn conclude(mut draft: Draft<'_>, index: Index, mut payment: Payment) -> Decision {
    payment.last = draft.index;
    let before = draft.state.payments.get(&index);
    if let Some((before, terms)) = before.and_then(|before| Some((before, before.terms.as_ref()?))) {
        let (from, to) = (before.contribution(), payment.contribution());
        if from != to {
            for moved in movements(terms, from, to) {
                draft.change(Change::Ledger(moved));
            }
            draft.use_up(payment.run, terms, from, to);
        }
        if before.status.is_open() && !payment.status.is_open() {
            draft.change(Change::Purchased(terms.purchase, index));
        }
    }
    draft.change(Change::Payment(index, Box::new(payment)));
    draft.accept()
}

/// True if what changes takes some group further over its limit: facts are counted, whatever they add up to.
fn passes_a_limit(draft: &Draft<'_>, terms: &Terms, from: Contribution, to: Contribution) -> bool {
    let state = draft.state;
    movements(terms, from, to).any(|moved| {
        let Some(budget) = state.counting(&moved.group, terms.permit) else { return false };
        let (Some(limit), Some(ledger)) = (&budget.limit, state.ledgers.get(&moved.group)) else {
            return false;
        };
        // A sum stops at 2^128-1.
        let sum = |totals: Totals| totals.with(Amount::ZERO, budget.restore_refunds).unwrap_or(Amount::MAX);
        let before = ledger.at(draft.time, budget.window.as_ref()).map(sum);
        let after = ledger.after(&moved, draft.time, budget).map(sum);
        before.zip(after).is_some_and(|(before, after)| after > limit.amount && after > before)
    })
}

/// What a fact's evidence says, and whose word that is.
struct Said {
    grade: Grade,
    /// The amount that the evidence states.
    amount: Option<Amount>,
}

/// What the rail's answer says, where it says what is stated: the payee's word. Anything else leaves the
/// operator's.
fn grade(
    draft: &mut Draft<'_>,
    terms: &Terms,
    evidence: Option<&Enclosed>,
    success: bool,
    stated: Option<Amount>,
) -> Said {
    let said = evidence.map(|evidence| agreeing(terms, evidence, success, stated));
    let said = match said {
        None => None,
        Some(None) => {
            draft.code(Code::EvidenceDiffers);
            None
        }
        Some(answer) => answer,
    };
    let grade = if said.is_some() { Grade::Payee } else { Grade::Operator };
    draft.verdict.grade = Some(grade);
    Said { grade, amount: said.and_then(|answer| answer.amount) }
}

/// The rail's answer, if it is about this payment and says what is stated.
fn agreeing(
    terms: &Terms,
    evidence: &Enclosed,
    success: bool,
    stated: Option<Amount>,
) -> Option<SettleResponse> {
    let answer = SettleResponse::parse(evidence.whole(RAIL_MOST)?).ok()?;
    let wallet: Account = terms.wallet.as_str().parse().ok()?;
    let asset: Asset = terms.asset.as_str().parse().ok()?;
    // Nothing has to move for nothing.
    let moved = answer.transaction.is_some() || (is_upto(terms) && stated.is_some_and(Amount::is_zero));
    let agrees = answer.success == success
        && (!success || moved)
        && asset.chain == answer.network
        && answer.payer.is_none_or(|payer| payer == wallet.address)
        && answer.amount.is_none_or(|found| stated.is_none_or(|stated| found == stated));
    agrees.then_some(answer)
}

fn is_upto(terms: &Terms) -> bool {
    terms.scheme.as_str() == Scheme::Upto.code()
}

/// `exact` settles for exactly what was signed, `upto` for what the payee says that it took, where its word may
/// end a reservation; a larger amount that is stated is counted as stated, also after a smaller one.
pub(super) fn settle(mut draft: Draft<'_>, settle: &Settle) -> Decision {
    let Some((payment, terms)) = known(&mut draft, settle.payment) else { return unmatched(draft) };
    let said = grade(&mut draft, terms, settle.evidence.as_ref(), true, Some(settle.amount));
    if payment.status == Status::Settled {
        draft.code(Code::Contradicts);
        return settled(draft, settle.payment, payment, terms, payment.settled.max(settle.amount));
    }
    if !payment.status.is_open() {
        draft.code(Code::Late);
    }
    if payment.bound.is_none() {
        draft.code(Code::Unbound);
    }
    let may_end_early = terms.releases == Releases::Payee;
    let believed = is_upto(terms) && may_end_early && said.amount == Some(settle.amount);
    if settle.amount > terms.exposure {
        draft.code(Code::Excess);
    } else if settle.amount < terms.exposure && !believed {
        draft.code(Code::AmountDiffers);
    }
    if standing(&draft, terms) == Some(Standing::Aborted) {
        draft.code(Code::AfterAbort);
    }
    let amount = if believed { settle.amount } else { settle.amount.max(terms.exposure) };
    settled(draft, settle.payment, payment, terms, amount)
}

/// So much has settled, whatever limit that passes.
fn settled(mut draft: Draft<'_>, index: Index, payment: &Payment, terms: &Terms, amount: Amount) -> Decision {
    let mut payment = payment.clone();
    let before = payment.contribution();
    payment.status = Status::Settled;
    payment.settled = amount;
    if passes_a_limit(&draft, terms, before, payment.contribution()) {
        draft.code(Code::OverLimit);
    }
    conclude(draft, index, payment)
}

/// What has become of the payment's transaction.
pub(super) fn standing(draft: &Draft<'_>, terms: &Terms) -> Option<Standing> {
    let transaction = draft.state.transactions.get(&terms.part.as_ref()?.transaction)?;
    Some(transaction.standing_at(draft.time))
}

/// A failure ends the reservation only on evidence that the policy accepts: an answer that says "failed"
/// may be followed by a settlement.
pub(super) fn fail(mut draft: Draft<'_>, fail: &Fail) -> Decision {
    let Some((payment, terms)) = known(&mut draft, fail.payment) else { return unmatched(draft) };
    let said = grade(&mut draft, terms, fail.evidence.as_ref(), false, None);
    if !payment.status.is_open() {
        draft.code(Code::Contradicts);
        return conclude(draft, fail.payment, payment.clone());
    }
    let mut payment = payment.clone();
    if said.grade == Grade::Payee && terms.releases == Releases::Payee {
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

pub(super) fn expire(mut draft: Draft<'_>, expire: &Expire) -> Decision {
    let Some((payment, terms)) = known(&mut draft, expire.payment) else {
        return draft.refuse(Code::UnknownPayment);
    };
    if !payment.status.is_open() {
        return draft.refuse(Code::OutOfOrder);
    }
    if draft.time <= terms.dead_from() {
        return draft.refuse(Code::StillClaimable);
    }
    let mut payment = payment.clone();
    payment.status = Status::Expired;
    conclude(draft, expire.payment, payment)
}
