//! Counting approvals: who has answered, in which role, and whether it still counts.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use counterfoil_record::verdict::{Check, CheckResult, OperandName};
use counterfoil_record::{Id, Index, Time};

use crate::draft::Row;
use crate::policy::{Need, Policy};
use crate::state::{Answered, State};

/// Whether the answers to a question that was asked at `asked` fill `need` at `now`. A refusal in the role
/// is final; a person counts once; an approval counts until it expires and no longer than the rule's time
/// after the question. Silence is a denial: once that time is over, no approval can come in any more.
pub(crate) fn judge<'a>(
    row: Row,
    need: &Need,
    asked: Time,
    answers: impl Iterator<Item = &'a Answered>,
    now: Time,
) -> Check {
    let in_role: Vec<&Answered> = answers.filter(|answer| answer.role == need.role).collect();
    let in_time = now <= asked.plus(need.ttl);
    let refused = in_role.iter().find(|answer| !answer.approved).map(|answer| answer.index);
    let mut people = BTreeSet::new();
    let counted: Vec<Index> = in_role
        .iter()
        .filter(|answer| answer.approved && in_time && now <= answer.expires && people.insert(&answer.person))
        .map(|answer| answer.index)
        .collect();
    let enough = u64::try_from(counted.len()).is_ok_and(|count| count >= need.approvals);
    let row = row
        .with(OperandName::Needed, need.approvals)
        .with(OperandName::Name, &need.role)
        .with_some(OperandName::Counted, (!counted.is_empty()).then_some(counted))
        .with_some(OperandName::Refused, refused);
    match (refused, enough) {
        (Some(_), _) => row.fail("refused"),
        (None, true) => row.result(CheckResult::Pass),
        (None, false) if in_time => row.result(CheckResult::Needs),
        (None, false) => row.fail("time-is-over"),
    }
}

/// True if `person` stands behind the run's requests: its principal, or the owner of its agent or of one that it
/// works for.
pub(crate) fn is_requester(policy: &Policy, state: &State, run: Index, person: &Id) -> bool {
    state.chain(run).any(|(_, run)| {
        let owner = policy.agents.get(&run.agent).and_then(|agent| agent.owner.as_ref());
        run.principal == *person || owner == Some(person)
    })
}
