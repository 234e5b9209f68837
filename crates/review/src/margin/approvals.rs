//! How many approvals more, or fewer, turn the outcome.
//!
//! What is supposed, for a hold: people of the roles that are asked, whose approval would be taken, approve at the moment
//! of the decision, and the payment is claimed then. For an allowance that was claimed: as many of the approvals that
//! count were not given. What somebody refused, approvals do not turn.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use counterfoil_decide::state::Answered;
use counterfoil_decide::{State, Step};
use counterfoil_record::input::Claim;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Hash32, Id, Index, Input, Time, Verdict};
use serde::Serialize;

use super::{Case, Turn};
use crate::needs::may_answer;

/// What approvals have to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approvals {
    /// Whether more or fewer of them are asked about.
    pub which: Which,
    /// How many, by role; none where no approvals that people could still give turn it.
    pub roles: Vec<OfRole>,
    /// What comes out; none where nothing else does.
    pub then: Option<Turn>,
}

/// Whether approvals are added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// What more it takes.
    More,
    /// What fewer it does not stand.
    Fewer,
}

impl Which {
    /// Both.
    pub const ALL: [Self; 2] = [Self::More, Self::Fewer];

    /// The stable name for JSON and documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Fewer => "fewer",
        }
    }
}

/// Approvals of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfRole {
    /// The role.
    pub role: Id,
    /// How many different people's.
    pub approvals: u64,
}

/// The approvals that turn `verdict`; none unless it is a hold, or an allowance that rests on approvals.
pub(super) fn by_approvals(case: Case, verdict: &Verdict) -> Option<Approvals> {
    match (verdict.outcome, &case.input) {
        (Outcome::Hold, _) => more(case),
        (Outcome::Allow, Input::Claim(_)) => fewer(case, verdict),
        _ => None,
    }
}

/// Each approval that is added is one that some need lacks, so that no fewer would do.
fn more(mut case: Case) -> Option<Approvals> {
    let payment = hold(&mut case)?;
    let about = case.input.clone();
    let mut given: BTreeMap<Id, u64> = BTreeMap::new();
    loop {
        let verdict = case.decide()?;
        if verdict.outcome != Outcome::Hold {
            let roles = given.into_iter().map(|(role, approvals)| OfRole { role, approvals });
            return Some(Approvals {
                which: Which::More,
                roles: roles.collect(),
                then: Some(Turn::of(&verdict)),
            });
        }
        let needs = verdict.trace.iter().find(|row| row.result == CheckResult::Needs)?;
        let role = needs.text(OperandName::Name)?.as_str();
        let asked = case.state.asked(&about, &verdict)?;
        let next = may_answer(&case.state, &about, &asked, role, case.time).into_iter().next();
        let role = role_of(&case.state, role);
        let (Some(person), Some(role)) = (next, role) else {
            return Some(Approvals { which: Which::More, roles: Vec::new(), then: None });
        };
        let answers = &mut case.state.payments.get_mut(&payment)?.hold.as_mut()?.answers;
        answers.push(Answered {
            index: case.state.size,
            person,
            role: role.clone(),
            approved: true,
            expires: Time::from_millis(u64::MAX),
            key: Hash32::of(&[]),
        });
        let count = given.entry(role).or_default();
        *count = count.saturating_add(1);
    }
}

/// Makes of a request the claim of what it holds; gives the payment.
fn hold(case: &mut Case) -> Option<Index> {
    if let Some(payment) = case.claimed() {
        return Some(payment);
    }
    let payment = case.state.size;
    let Step::Record(decision) = case.state.step(&case.input, case.time) else { return None };
    case.state.seal(decision.pending, Hash32::of(&[]));
    case.input = Input::Claim(Claim { payment });
    Some(payment)
}

fn role_of(state: &State, role: &str) -> Option<Id> {
    let roles = &state.policy.as_ref()?.policy.roles;
    roles.keys().find(|name| name.as_str() == role).cloned()
}

/// The role that stands the fewest approvals less; of several the first by name.
fn fewer(mut case: Case, verdict: &Verdict) -> Option<Approvals> {
    let payment = case.claimed()?;
    let gates = |row: &&Check| row.check == CheckName::Gate && row.result == CheckResult::Pass;
    let mut counted: BTreeMap<String, BTreeSet<Index>> = BTreeMap::new();
    for row in verdict.trace.iter().filter(gates) {
        let role = row.text(OperandName::Name)?.as_str().to_string();
        counted.entry(role).or_default().extend(row.indices(OperandName::Counted));
    }
    let answers = case.state.payments.get(&payment)?.hold.as_ref()?.answers.clone();
    let mut best: Option<(u64, String, Verdict)> = None;
    for (role, records) in counted {
        let mut left = answers.clone();
        let mut taken = 0_u64;
        for record in records.into_iter().rev() {
            left.retain(|answer| answer.index != record);
            taken = taken.saturating_add(1);
            if best.as_ref().is_some_and(|(fewest, ..)| taken >= *fewest) {
                break;
            }
            case.state.payments.get_mut(&payment)?.hold.as_mut()?.answers.clone_from(&left);
            let then = case.decide()?;
            if then.outcome != verdict.outcome {
                best = Some((taken, role.clone(), then));
                break;
            }
        }
    }
    let (approvals, role, then) = best?;
    let role = role_of(&case.state, &role)?;
    let roles = Vec::from([OfRole { role, approvals }]);
    Some(Approvals { which: Which::Fewer, roles, then: Some(Turn::of(&then)) })
}
