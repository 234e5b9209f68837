//! Runs: opening and closing them, what they commit to, and the phases that they go through.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::input::{Attach, CloseRun, EnterPhase, MANDATE_MOST, Mandate, OpenRun};
use counterfoil_record::verdict::{CheckName, CheckResult, Code, OperandName, Outcome};
use counterfoil_record::{Id, Index, Text};

use crate::approvals;
use crate::draft::{Decision, Draft, Row};
use crate::policy::{PLAN, PhaseRule};
use crate::state::{Artefact, Change, DEPTH_MOST, Mandated, Plan, Refusals, Run, Since, Standing};
use crate::subject;

/// The most artefacts of one run.
const ARTEFACTS_MOST: usize = 64;
/// The most items of one plan.
const ITEMS_MOST: usize = 256;
/// The most assets that a mandate limits.
const LIMITS_MOST: usize = 16;
/// The most accounts that a mandate names.
const PAYEES_MOST: usize = 64;

pub(super) fn open(mut draft: Draft<'_>, open: &OpenRun) -> Decision {
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    if !policy.policy.agents.contains_key(&open.agent) {
        return draft.refuse(Code::UnknownAgent);
    }
    if draft.state.run_ids.contains_key(&open.id) {
        return draft.refuse(Code::IdTaken);
    }
    if let Some(parent) = open.parent {
        let Some(run) = open_run(&mut draft, parent) else { return draft.refuse(Code::UnknownRun) };
        if run.principal != open.principal {
            return draft.refuse(Code::PrincipalDiffers);
        }
        if draft.state.chain(parent).count() >= DEPTH_MOST {
            return draft.refuse(Code::TooDeep);
        }
    }
    let mandate = match &open.mandate {
        None => None,
        Some(mandate) if mandate.evidence.whole(MANDATE_MOST).is_none() => {
            return draft.cannot(Code::TooLarge);
        }
        Some(mandate) => match mandated(mandate) {
            Ok(mandated) => Some(mandated),
            Err(code) => return draft.refuse(code),
        },
    };
    let Some(initial) = policy.policy.phases.get(&policy.policy.initial_phase) else {
        return draft.refuse(Code::UnknownPhase);
    };
    let run = Run {
        id: open.id.clone(),
        agent: open.agent.clone(),
        principal: open.principal.clone(),
        phase: policy.policy.initial_phase.clone(),
        phase_since: now(&draft),
        artefacts: BTreeMap::new(),
        plan: None,
        answers: Vec::new(),
        last: draft.index,
        transactions: BTreeMap::new(),
        phase_rule: initial.digest(),
        parent: open.parent,
        sub_runs: 0,
        mandate,
        held: BTreeSet::new(),
        refusals: Refusals::default(),
    };
    draft.change(Change::OpenRun(Box::new(run)));
    draft.accept()
}

/// What of a mandate is compared; its bytes are not looked into.
fn mandated(mandate: &Mandate) -> Result<Mandated, Code> {
    if mandate.limits.len() > LIMITS_MOST || mandate.payees.len() > PAYEES_MOST {
        return Err(Code::TooMany);
    }
    let asset = |name: &Text| name.as_str().parse::<Asset>().is_ok_and(|it| Text::shown(it) == *name);
    if !mandate.limits.keys().all(asset) || !mandate.payees.iter().all(is_account) {
        return Err(Code::BadAccount);
    }
    Ok(Mandated {
        format: mandate.format.clone(),
        expires: mandate.expires,
        limits: mandate.limits.clone(),
        payees: mandate.payees.clone(),
        used: BTreeMap::new(),
    })
}

/// True for an account in lower-case CAIP-10.
fn is_account(text: &Text) -> bool {
    text.as_str().parse::<Account>().is_ok_and(|account| Text::shown(account) == *text)
}

fn now(draft: &Draft<'_>) -> Since {
    Since { index: draft.index, time: draft.time }
}

/// The open run of that index, for a request that names it.
fn open_run<'s>(draft: &mut Draft<'s>, run: Index) -> Option<&'s Run> {
    let found = draft.state.runs.get(&run)?;
    draft.previous(found.last);
    Some(found)
}

/// A run with an open transaction stays open: its obligations would have nobody to name. So does one with an open
/// sub-run, which spends its budgets.
pub(super) fn close(mut draft: Draft<'_>, close: &CloseRun) -> Decision {
    let Some(run) = open_run(&mut draft, close.run) else { return draft.refuse(Code::UnknownRun) };
    let mut transactions = run.transactions.values().filter_map(|it| draft.state.transactions.get(it));
    if transactions.any(|transaction| transaction.standing_at(draft.time) == Standing::Open) {
        return draft.refuse(Code::TransactionOpen);
    }
    if run.sub_runs > 0 {
        return draft.refuse(Code::SubRunOpen);
    }
    draft.change(Change::CloseRun(close.run));
    draft.accept()
}

pub(super) fn attach(mut draft: Draft<'_>, attach: &Attach) -> Decision {
    let Some(run) = open_run(&mut draft, attach.run) else { return draft.refuse(Code::UnknownRun) };
    let new = !run.artefacts.contains_key(&attach.name);
    if (new && run.artefacts.len() >= ARTEFACTS_MOST) || attach.items.len() > ITEMS_MOST {
        return draft.refuse(Code::TooMany);
    }
    let ids: BTreeSet<_> = attach.items.iter().map(|item| &item.id).collect();
    if ids.len() != attach.items.len() {
        return draft.refuse(Code::IdTaken);
    }
    if !attach.items.iter().all(|item| is_account(&item.payee)) {
        return draft.refuse(Code::BadAccount);
    }
    let mut run = run.clone();
    let artefact = Artefact { since: now(&draft), digest: attach.digest, items: attach.items.clone() };
    run.artefacts.insert(attach.name.clone(), artefact);
    run.last = draft.index;
    draft.change(Change::Run(attach.run, Box::new(run)));
    draft.accept()
}

pub(super) fn enter_phase(mut draft: Draft<'_>, enter: &EnterPhase) -> Decision {
    let Some(run) = open_run(&mut draft, enter.run) else { return draft.refuse(Code::UnknownRun) };
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    let rules = &policy.policy.phases;
    let Some(rule) = rules.get(&enter.phase) else { return draft.refuse(Code::UnknownPhase) };

    let edge = rules.get(&run.phase).is_some_and(|from| from.to.contains(&enter.phase));
    let row = Row::new(CheckName::Edge)
        .with(OperandName::Value, &run.phase)
        .with(OperandName::Against, &enter.phase);
    draft.verdict.trace.push(row.pass_if(edge));
    for name in &rule.artefacts {
        let artefact = run.artefacts.get(name);
        let row = Row::new(CheckName::Artefact)
            .rule(name)
            .with_some(OperandName::Index, artefact.map(|it| it.since.index))
            .with_some(OperandName::Digest, artefact.map(|it| it.digest));
        draft.verdict.trace.push(row.pass_if(artefact.is_some()));
    }
    if let Some(need) = &rule.approvals {
        let row = Row::new(CheckName::Approvals);
        let row = match subject::of_phase(enter.run, run, &enter.phase, policy) {
            None => row.not_applicable(),
            Some((subject, asked)) => {
                let answers = run.answers.iter().filter(|answer| answer.subject == subject.digest);
                let row =
                    row.with(OperandName::Digest, subject.digest).with(OperandName::Index, subject.against);
                approvals::judge(row, need, asked, answers.map(|it| &it.answered), draft.time)
            }
        };
        draft.verdict.trace.push(row);
    }
    let met = |result| matches!(result, CheckResult::Pass | CheckResult::NotApplicable);
    if !draft.verdict.trace.iter().all(|check| met(check.result)) {
        return draft.refuse(Code::ConditionsNotMet);
    }
    let run = entered(run, &enter.phase, rule, now(&draft));
    draft.change(Change::Run(enter.run, Box::new(run)));
    draft.decide(Outcome::Accepted)
}

/// The run once it is in `phase`, since the record that enters it.
pub(super) fn entered(run: &Run, phase: &Id, rule: &PhaseRule, since: Since) -> Run {
    let mut run = run.clone();
    run.plan = entered_plan(&run, rule.plan_bound);
    run.phase = phase.clone();
    run.phase_rule = rule.digest();
    run.phase_since = since;
    run.answers.clear();
    run.last = since.index;
    run
}

/// The plan of a plan-bound phase is the one that it was entered with: attaching another later changes
/// nothing. Going back in with the same plan does not give its ceilings anew.
fn entered_plan(run: &Run, plan_bound: bool) -> Option<Plan> {
    let attached = run.artefacts.iter().find(|(name, _)| plan_bound && name.as_str() == PLAN);
    let Some((_, attached)) = attached else { return run.plan.clone() };
    let used =
        run.plan.as_ref().filter(|plan| plan.index == attached.since.index).map(|plan| plan.used.clone());
    Some(Plan { index: attached.since.index, items: attached.items.clone(), used: used.unwrap_or_default() })
}
