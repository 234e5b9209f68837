//! Transactions: ordered steps with a deadline, and what becomes of their payments.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use counterfoil_record::Index;
use counterfoil_record::input::{Abort, Begin, Commit, CompleteStep};
use counterfoil_record::verdict::Code;

use crate::draft::{Decision, Draft};
use crate::state::{Change, Standing, Transaction};

/// The most steps of one transaction.
const STEPS_MOST: usize = 64;

pub(super) fn begin(mut draft: Draft<'_>, begin: &Begin) -> Decision {
    let Some(run) = draft.state.runs.get(&begin.run) else { return draft.refuse(Code::UnknownRun) };
    draft.previous(run.last);
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    let ids: BTreeSet<_> = begin.steps.iter().map(|step| &step.id).collect();
    if begin.steps.is_empty() || begin.steps.len() > STEPS_MOST {
        return draft.refuse(Code::TooMany);
    }
    if ids.len() != begin.steps.len() || run.transactions.contains_key(&begin.id) {
        return draft.refuse(Code::IdTaken);
    }
    let latest = draft.time.plus(policy.policy.transactions.max_deadline);
    if begin.deadline <= draft.time || begin.deadline > latest {
        return draft.refuse(Code::BadDeadline);
    }
    let transaction = Transaction {
        run: begin.run,
        id: begin.id.clone(),
        steps: begin.steps.clone(),
        completed: BTreeSet::new(),
        deadline: begin.deadline,
        standing: Standing::Open,
        payments: Vec::new(),
        last: draft.index,
    };
    draft.change(Change::Transaction(draft.index, Box::new(transaction)));
    let mut run = run.clone();
    run.transactions.insert(begin.id.clone(), draft.index);
    run.last = draft.index;
    draft.change(Change::Run(begin.run, Box::new(run)));
    draft.accept()
}

/// The transaction of that index, which must be open by record.
fn open_transaction<'s>(draft: &mut Draft<'s>, index: Index) -> Result<&'s Transaction, Code> {
    let state = draft.state;
    let found = state.transactions.get(&index).ok_or(Code::UnknownTransaction)?;
    draft.previous(found.last);
    if !state.runs.contains_key(&found.run) {
        return Err(Code::UnknownRun);
    }
    match found.standing {
        Standing::Open => Ok(found),
        Standing::Committed | Standing::Aborted => Err(Code::OutOfOrder),
    }
}

fn replace(mut draft: Draft<'_>, index: Index, mut transaction: Transaction) -> Decision {
    transaction.last = draft.index;
    draft.change(Change::Transaction(index, Box::new(transaction)));
    draft.accept()
}

pub(super) fn complete_step(mut draft: Draft<'_>, input: &CompleteStep) -> Decision {
    let found = match open_transaction(&mut draft, input.transaction) {
        Ok(found) => found,
        Err(code) => return draft.refuse(code),
    };
    if draft.time > found.deadline {
        return draft.refuse(Code::DeadlinePassed);
    }
    if !found.steps.iter().any(|step| step.id == input.step) {
        return draft.refuse(Code::UnknownStep);
    }
    if found.completed.contains(&input.step) {
        return draft.refuse(Code::OutOfOrder);
    }
    let mut transaction = found.clone();
    transaction.completed.insert(input.step.clone());
    replace(draft, input.transaction, transaction)
}

pub(super) fn commit(mut draft: Draft<'_>, input: &Commit) -> Decision {
    let found = match open_transaction(&mut draft, input.transaction) {
        Ok(found) => found,
        Err(code) => return draft.refuse(code),
    };
    if draft.time > found.deadline {
        return draft.refuse(Code::DeadlinePassed);
    }
    if found.completed.len() != found.steps.len() {
        return draft.refuse(Code::StepIncomplete);
    }
    let open = |payment: &Index| draft.state.payments.get(payment).is_some_and(|it| it.status.is_open());
    if found.payments.iter().any(open) {
        return draft.refuse(Code::PaymentOpen);
    }
    let mut transaction = found.clone();
    transaction.standing = Standing::Committed;
    replace(draft, input.transaction, transaction)
}

/// An abort is accepted after the deadline too: it says why.
pub(super) fn abort(mut draft: Draft<'_>, input: &Abort) -> Decision {
    let found = match open_transaction(&mut draft, input.transaction) {
        Ok(found) => found,
        Err(code) => return draft.refuse(code),
    };
    let mut transaction = found.clone();
    transaction.standing = Standing::Aborted;
    replace(draft, input.transaction, transaction)
}
