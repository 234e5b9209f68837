//! Runs, artefacts and transactions (sections 4 and 5); phases are next door.

use std::collections::BTreeSet;

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::input::{Attach, Begin, CompleteStep, MANDATE_MOST, OpenRun};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Id, Index, Text, Time, Verdict};

use super::row::{answer, ensure, refused, too_large};
use super::world::{Transaction, World};

/// True for a CAIP-10 account in the one form that it has here.
fn is_account(text: &Text) -> bool {
    text.as_str().parse::<Account>().is_ok_and(|account| account.to_string() == text.as_str())
}

/// True for a CAIP-19 asset in the one form that it has here.
fn is_asset(text: &Text) -> bool {
    text.as_str().parse::<Asset>().is_ok_and(|asset| asset.to_string() == text.as_str())
}

fn differ<'i>(ids: impl IntoIterator<Item = &'i Id>) -> bool {
    let mut seen = BTreeSet::new();
    ids.into_iter().all(|id| seen.insert(id))
}

pub(super) fn open_run(world: &World<'_>, input: &OpenRun) -> Verdict {
    let parent = match may_open(world, input) {
        Ok(parent) => parent,
        Err(code) => return refused(code, None),
    };
    let previous = parent.map(|parent| world.runs[&parent].last);
    if let Some(parent) = parent {
        if world.runs[&parent].opened.principal != input.principal {
            return refused(Code::PrincipalDiffers, previous);
        }
        // The chain has the parent itself and the runs above it.
        if world.chain(parent).len() > 3 {
            return refused(Code::TooDeep, previous);
        }
    }
    let Some(mandate) = &input.mandate else { return answer(Ok(()), previous) };
    if mandate.evidence.whole(MANDATE_MOST).is_none() {
        return too_large(previous);
    }
    let is_sound =
        ensure(mandate.limits.len() <= 16 && mandate.payees.len() <= 64, Code::TooMany).and_then(|()| {
            let named = mandate.limits.keys().all(is_asset) && mandate.payees.iter().all(is_account);
            ensure(named, Code::BadAccount)
        });
    answer(is_sound, previous)
}

/// The parent, if there is one, where nothing that comes before it in the text is wrong.
fn may_open(world: &World<'_>, input: &OpenRun) -> Result<Option<Index>, Code> {
    let policy = world.policy().ok_or(Code::NoPolicy)?;
    ensure(policy.agents.contains_key(&input.agent), Code::UnknownAgent)?;
    let is_taken = world.runs.values().any(|run| run.is_open && run.opened.id == input.id);
    ensure(!is_taken, Code::IdTaken)?;
    match input.parent {
        Some(parent) if world.open_run(parent).is_none() => Err(Code::UnknownRun),
        parent => Ok(parent),
    }
}

pub(super) fn close_run(world: &World<'_>, run: Index, now: Time) -> Verdict {
    let Some(run) = world.open_run(run) else { return refused(Code::UnknownRun, None) };
    let mut transactions = world.transactions.values().filter(|it| it.begun.run == run.index);
    let mut sub_runs = world.runs.values().filter(|it| it.is_open && it.opened.parent == Some(run.index));
    let result = ensure(!transactions.any(|it| it.is_open(now)), Code::TransactionOpen)
        .and_then(|()| ensure(sub_runs.next().is_none(), Code::SubRunOpen));
    answer(result, Some(run.last))
}

pub(super) fn attach(world: &World<'_>, input: &Attach) -> Verdict {
    let Some(run) = world.open_run(input.run) else { return refused(Code::UnknownRun, None) };
    let is_new = !run.artefacts.contains_key(&input.name);
    let too_many = (is_new && run.artefacts.len() >= 64) || input.items.len() > 256;
    let result = ensure(!too_many, Code::TooMany)
        .and_then(|()| ensure(differ(input.items.iter().map(|item| &item.id)), Code::IdTaken))
        .and_then(|()| ensure(input.items.iter().all(|item| is_account(&item.payee)), Code::BadAccount));
    answer(result, Some(run.last))
}

pub(super) fn begin(world: &World<'_>, input: &Begin, now: Time) -> Verdict {
    let Some(run) = world.open_run(input.run) else { return refused(Code::UnknownRun, None) };
    answer(may_begin(world, input, now), Some(run.last))
}

fn may_begin(world: &World<'_>, input: &Begin, now: Time) -> Result<(), Code> {
    let policy = world.policy().ok_or(Code::NoPolicy)?;
    ensure((1..=64).contains(&input.steps.len()), Code::TooMany)?;
    ensure(differ(input.steps.iter().map(|step| &step.id)), Code::IdTaken)?;
    let mut transactions = world.transactions.values();
    let is_taken = transactions.any(|it| it.begun.run == input.run && it.begun.id == input.id);
    ensure(!is_taken, Code::IdTaken)?;
    let latest = u128::from(now.millis()) + u128::from(policy.transactions.max_deadline.millis());
    let is_good = now < input.deadline && u128::from(input.deadline.millis()) <= latest;
    ensure(is_good, Code::BadDeadline)
}

/// A verdict about a transaction that is known; its last record is the previous one.
fn about(world: &World<'_>, index: Index, decide: impl Fn(&Transaction<'_>) -> Result<(), Code>) -> Verdict {
    let Some(transaction) = world.transaction(index) else {
        return refused(Code::UnknownTransaction, None);
    };
    let result = ensure(world.open_run(transaction.begun.run).is_some(), Code::UnknownRun)
        .and_then(|()| ensure(!transaction.committed && !transaction.aborted, Code::OutOfOrder))
        .and_then(|()| decide(transaction));
    answer(result, Some(transaction.last))
}

pub(super) fn complete_step(world: &World<'_>, input: &CompleteStep, now: Time) -> Verdict {
    about(world, input.transaction, |transaction| {
        ensure(now <= transaction.begun.deadline, Code::DeadlinePassed)?;
        let is_step = transaction.begun.steps.iter().any(|step| step.id == input.step);
        ensure(is_step, Code::UnknownStep)?;
        ensure(!transaction.complete.contains(&input.step), Code::OutOfOrder)
    })
}

pub(super) fn commit(world: &World<'_>, index: Index, now: Time) -> Verdict {
    about(world, index, |transaction| {
        ensure(now <= transaction.begun.deadline, Code::DeadlinePassed)?;
        let is_complete = transaction.begun.steps.iter().all(|step| transaction.complete.contains(&step.id));
        ensure(is_complete, Code::StepIncomplete)?;
        let is_pending = world.payments_of(index).any(|payment| payment.status.reserves());
        ensure(!is_pending, Code::PaymentOpen)
    })
}

pub(super) fn abort(world: &World<'_>, index: Index) -> Verdict {
    about(world, index, |_| Ok(()))
}
