//! Moving along the graph of phases (section 4).

use counterfoil_record::input::EnterPhase;
use counterfoil_record::verdict::{CheckName, CheckResult, Code, OperandName};
use counterfoil_record::{Hash32, Id, Index, Time, Verdict};

use super::row::{Row, accepted, refused};
use super::world::{Run, World};
use super::{answers, digests};

/// The digest of entering `phase`, and the record that an answer is against: the latest of the entry of
/// the present phase and the attaches that the phase demands. `None` if it is no phase of the policy or
/// an artefact is missing.
pub(super) fn subject(world: &World<'_>, run: &Run<'_>, phase: &Id) -> Option<(Hash32, Index)> {
    let in_force = world.in_force.as_ref()?;
    let rule = in_force.policy.phases.get(phase)?;
    let mut demanded = Vec::new();
    let mut against = run.since;
    for name in &rule.artefacts {
        let artefact = run.artefacts.get(name)?;
        demanded.push((name, artefact.digest, artefact.index));
        against = against.max(artefact.index);
    }
    Some((digests::phase(in_force.digest, run.index, phase, &demanded), against))
}

pub(super) fn enter_phase(world: &World<'_>, input: &EnterPhase, now: Time) -> Verdict {
    let Some(run) = world.open_run(input.run) else { return refused(Code::UnknownRun, None) };
    let previous = Some(run.last);
    let Some(policy) = world.policy() else { return refused(Code::NoPolicy, previous) };
    let Some(rule) = policy.phases.get(&input.phase) else {
        return refused(Code::UnknownPhase, previous);
    };
    let mut trace = Vec::new();
    let edge = Row::new(CheckName::Edge)
        .with(OperandName::Value, &run.phase)
        .with(OperandName::Against, &input.phase);
    let leads = policy.phases.get(&run.phase).is_some_and(|present| present.to.contains(&input.phase));
    trace.push(if leads { edge.pass() } else { edge.fail() });
    for name in &rule.artefacts {
        let row = Row::new(CheckName::Artefact).rule(name);
        trace.push(match run.artefacts.get(name) {
            Some(it) => row.with(OperandName::Index, it.index).with(OperandName::Digest, it.digest).pass(),
            None => row.fail(),
        });
    }
    if let Some(need) = &rule.approvals {
        let row = Row::new(CheckName::Approvals);
        trace.push(match subject(world, run, &input.phase) {
            None => row.not_applicable(),
            Some((digest, against)) => {
                let row = row.with(OperandName::Digest, digest).with(OperandName::Index, against);
                let given = run.answers.iter().filter(|answer| answer.subject == digest);
                answers::fill(row, need, given, world.time_of(against), now)
            }
        });
    }
    let is_met = trace.iter().all(|row| matches!(row.result, CheckResult::Pass | CheckResult::NotApplicable));
    let verdict = if is_met { accepted(previous) } else { refused(Code::ConditionsNotMet, previous) };
    Verdict { trace, ..verdict }
}
