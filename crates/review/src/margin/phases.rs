//! The phases in which the outcome is another.
//!
//! What is supposed: the run is in the phase, and met what it takes to enter it; a plan-bound one with the plan that is
//! attached. Nothing else of the run is otherwise.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use counterfoil_decide::policy::Policy;
use counterfoil_record::{Id, Verdict};
use serde::Serialize;

use super::{Case, Turn};

/// A phase that turns the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByPhase {
    /// The phase.
    pub phase: Id,
    /// By how many edges it is reached from the run's phase; none where no way leads there.
    pub edges: Option<u64>,
    /// What comes out.
    pub then: Turn,
}

/// The phases that turn `verdict`, the nearest first.
pub(super) fn by_phase(mut case: Case, verdict: &Verdict) -> Vec<ByPhase> {
    let Some(request) = case.request() else { return Vec::new() };
    let index = request.run;
    let (Some(in_force), Some(run)) = (&case.state.policy, case.state.runs.get(&index)) else {
        return Vec::new();
    };
    let present = run.phase.clone();
    let edges = edges_from(&in_force.policy, &present);
    let others = in_force.policy.phases.keys().filter(|phase| **phase != present);
    let others: Vec<Id> = others.cloned().collect();
    let entered = others.into_iter().filter_map(|phase| {
        let run = case.state.suppose_entered(index, &phase, case.time)?;
        Some((phase, run))
    });
    let entered: Vec<_> = entered.collect();
    let mut found: Vec<ByPhase> = entered
        .into_iter()
        .filter_map(|(phase, run)| {
            case.state.runs.insert(index, run);
            let then = case.decide()?;
            let edges = edges.get(&phase).copied();
            (then.outcome != verdict.outcome).then(|| ByPhase { phase, edges, then: Turn::of(&then) })
        })
        .collect();
    // By name they are in order already.
    found.sort_by_key(|it| it.edges.unwrap_or(u64::MAX));
    found
}

/// How many edges each phase is away.
fn edges_from(policy: &Policy, from: &Id) -> BTreeMap<Id, u64> {
    let mut edges = BTreeMap::from([(from.clone(), 0)]);
    let mut open = VecDeque::from([(from.clone(), 0_u64)]);
    while let Some((phase, away)) = open.pop_front() {
        let next = away.saturating_add(1);
        for to in policy.phases.get(&phase).into_iter().flat_map(|rule| &rule.to) {
            if !edges.contains_key(to) {
                edges.insert(to.clone(), next);
                open.push_back((to.clone(), next));
            }
        }
    }
    edges
}
