//! Asking to pay, and asking again for what was held.

use alloc::boxed::Box;
use alloc::vec::Vec;

use counterfoil_record::input::{Claim, Genesis, Pay};
use counterfoil_record::verdict::{CheckName, CheckResult, Code, Outcome};
use counterfoil_record::{Amount, Index, Input};

use crate::checks::{Asked, Found};
use crate::draft::{Decision, Draft, Repeat};
use crate::state::{Change, Contribution, Hold, Keyed, Movement, Payment, Status, Terms};
use crate::subject;

pub(super) fn pay(mut draft: Draft<'_>, genesis: &Genesis, pay: &Pay) -> Result<Decision, Repeat> {
    let asked = Asked::new(&draft, genesis, pay, None);
    if let Some(keyed) = asked.keyed().filter(|keyed| keyed.request == asked.request) {
        return Err(repeat(&asked, keyed));
    }
    if let Some(run) = draft.state.runs.get(&pay.run) {
        draft.previous(run.last);
        draft.change(Change::Touch(pay.run));
    }
    let found = asked.check();
    Ok(asked_for(draft, &asked, found))
}

/// The request comes out as `found`.
fn asked_for(mut draft: Draft<'_>, asked: &Asked<'_>, found: Found) -> Decision {
    let (pay, payment) = (asked.pay, draft.index);
    let mut opened = Payment {
        run: pay.run,
        status: Status::Held,
        request: asked.request,
        hold: None,
        terms: None,
        bound: None,
        settled: Amount::ZERO,
        compensated: Amount::ZERO,
        last: payment,
        refunded: Amount::ZERO,
        written_off: Amount::ZERO,
        kept_from: None,
    };
    match (found.outcome, &draft.state.policy) {
        (Outcome::Allow, _) => allow(&mut draft, payment, &mut opened, found.terms.as_ref()),
        (Outcome::Hold, Some(policy)) => {
            opened.hold = Some(Hold {
                since: draft.time,
                request: pay.clone(),
                subject: subject::of_payment(&asked.request, policy),
                answers: Vec::new(),
            });
        }
        _ => return conclude(draft, found),
    }
    draft.change(Change::Key(pay.run, pay.key.clone(), Keyed { request: asked.request, payment }));
    draft.change(Change::Payment(payment, Box::new(opened)));
    conclude(draft, found)
}

/// Decides a held payment again, with the approvals collected, from the state of this moment.
pub(super) fn claim(mut draft: Draft<'_>, genesis: &Genesis, claim: &Claim) -> Decision {
    let Some(payment) = draft.state.payments.get(&claim.payment) else {
        return draft.refuse(Code::UnknownPayment);
    };
    draft.previous(payment.last);
    let Some(hold) = &payment.hold else { return draft.refuse(Code::UnknownPayment) };
    let asked = Asked::new(&draft, genesis, &hold.request, Some(hold));
    let found = asked.check();
    claimed(draft, claim.payment, payment, found)
}

/// The held payment comes out as `found`.
fn claimed(mut draft: Draft<'_>, index: Index, payment: &Payment, found: Found) -> Decision {
    let mut payment = payment.clone();
    payment.last = draft.index;
    match found.outcome {
        Outcome::Allow => allow(&mut draft, index, &mut payment, found.terms.as_ref()),
        Outcome::Deny => {
            payment.status = Status::Denied;
            payment.hold = None;
        }
        _ => {}
    }
    draft.change(Change::Touch(payment.run));
    draft.change(Change::Payment(index, Box::new(payment)));
    conclude(draft, found)
}

/// The request, or the claim of a held one, as if its checks had come out as `outcome`; `None` where what it takes to
/// allow it is missing.
pub(super) fn supposed(
    draft: Draft<'_>,
    genesis: &Genesis,
    input: &Input,
    outcome: Outcome,
) -> Option<Decision> {
    match input {
        Input::Pay(pay) => {
            let asked = Asked::new(&draft, genesis, pay, None);
            let found = asked.supposed(outcome)?;
            Some(asked_for(draft, &asked, found))
        }
        Input::Claim(claim) => {
            let payment = draft.state.payments.get(&claim.payment)?;
            let hold = payment.hold.as_ref()?;
            let found = Asked::new(&draft, genesis, &hold.request, Some(hold)).supposed(outcome)?;
            Some(claimed(draft, claim.payment, payment, found))
        }
        _ => None,
    }
}

fn conclude(mut draft: Draft<'_>, found: Found) -> Decision {
    let fails =
        |name| found.trace.iter().any(|check| check.check == name && check.result == CheckResult::Fail);
    if fails(CheckName::Idempotency) {
        draft.code(Code::KeyReused);
    }
    draft.verdict.trace = found.trace;
    draft.decide(found.outcome)
}

/// Reserves the exposure in every group, opens the purchase, and makes this record the permit.
fn allow(draft: &mut Draft<'_>, index: Index, payment: &mut Payment, terms: Option<&Terms>) {
    let Some(terms) = terms else { return };
    payment.status = Status::Open;
    payment.hold = None;
    payment.terms = Some(terms.clone());
    let adds = payment.contribution();
    for group in &terms.groups {
        draft.change(Change::Ledger(Movement {
            group: group.clone(),
            permit: terms.permit,
            at: terms.at,
            first: true,
            from: Contribution::default(),
            to: adds,
        }));
    }
    draft.use_up(payment.run, terms, Contribution::default(), adds);
    draft.change(Change::Payee(terms.payee.clone()));
    draft.change(Change::Purchase(terms.purchase, index));
    let transaction = terms.part.as_ref().map(|part| part.transaction);
    let found = transaction.and_then(|at| Some((at, draft.state.transactions.get(&at)?)));
    if let Some((at, found)) = found {
        let mut transaction = found.clone();
        transaction.payments.push(index);
        transaction.last = draft.index;
        draft.change(Change::Transaction(at, Box::new(transaction)));
    }
    draft.permits(index);
}

/// The first answer again. The permit only while it is open and unbound, and payments like it go on.
fn repeat(asked: &Asked<'_>, keyed: &Keyed) -> Repeat {
    let payment = asked.state.payments.get(&keyed.payment);
    let unbound = payment.filter(|payment| payment.status == Status::Open && payment.bound.is_none());
    let unbound = unbound.filter(|_| asked.suspensions().is_empty());
    Repeat {
        payment: keyed.payment,
        status: payment.map_or(Status::Void, |payment| payment.status),
        permit: unbound.and_then(|payment| payment.terms.as_ref()).map(|terms| terms.permit),
    }
}
