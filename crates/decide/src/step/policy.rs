//! Putting a policy in force.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{AdoptPolicy, Genesis};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Id, Index};

use crate::draft::{Decision, Draft};
use crate::policy::{Policy, compile};
use crate::state::{Change, InForce, State};

/// The longest canonical encoding of a policy, and the longest source, in bytes: together no more than
/// their share of a record.
const POLICY_MOST: usize = 20 * 1024;

pub(super) fn adopt(mut draft: Draft<'_>, genesis: &Genesis, adopt: &AdoptPolicy) -> Decision {
    if adopt.policy.as_slice().len() > POLICY_MOST || adopt.source.as_slice().len() > POLICY_MOST {
        return draft.cannot(Code::TooLarge);
    }
    let Some(policy) = compiled(adopt) else { return draft.refuse(Code::PolicyDoesNotCompile) };
    if let Err(code) = fits(draft.state, &policy) {
        return draft.refuse(code);
    }
    let digest = policy.digest();
    let saying = draft.state.policy_saying(&digest);
    if let Err(code) = draft.witness(genesis).reach_governance(&adopt.statements, &saying, draft.state) {
        return draft.refuse(code);
    }
    if let Some(old) = &draft.state.policy {
        draft.previous(old.index);
    }
    let budgets_since = budgets_since(draft.state, &policy, draft.index);
    draft.controls();
    draft.change(Change::Policy(Box::new(InForce { policy, digest, index: draft.index, budgets_since })));
    draft.accept()
}

/// The policy must be what its source compiles to; that is tried here, so that the auditor tries it too.
fn compiled(adopt: &AdoptPolicy) -> Option<Policy> {
    let compiled = compile(core::str::from_utf8(adopt.source.as_slice()).ok()?).ok()?;
    let stated = Policy::from_bytes(adopt.policy.as_slice()).ok()?;
    (stated == compiled).then_some(compiled)
}

/// What keeps a policy from coming after everything that the log says.
fn fits(state: &State, policy: &Policy) -> Result<(), Code> {
    if policy.keys().any(|key| state.is_of_log_or_governance(key.key())) {
        return Err(Code::KeyShared);
    }
    if policy.keys().any(|key| state.is_revoked(&key.key().thumbprint())) {
        return Err(Code::KeyRevoked);
    }
    let stood_for = |name, now| state.assets.get(name).is_some_and(|before| *before != now);
    if policy.assets.iter().any(|(name, pin)| stood_for(name, pin.identity())) {
        return Err(Code::AssetIdentityChanged);
    }
    let Some(old) = state.policy.as_ref().map(|old| &old.policy) else { return Ok(()) };
    if policy.version <= old.version {
        return Err(Code::PolicyVersionNotRising);
    }
    let before = |id: &Id| old.budgets.iter().find(|budget| budget.id == *id);
    let changed = |budget: &crate::policy::Budget| {
        before(&budget.id).is_some_and(|before| !before.same_identity(budget))
    };
    if policy.budgets.iter().any(changed) { Err(Code::BudgetIdentityChanged) } else { Ok(()) }
}

/// A budget that was there goes on counting; any other counts from this record.
pub(super) fn budgets_since(state: &State, policy: &Policy, index: Index) -> BTreeMap<Id, Index> {
    let before = |id: &Id| state.policy.as_ref().and_then(|old| old.budgets_since.get(id).copied());
    let since = |id: &Id| (id.clone(), before(id).unwrap_or(index));
    policy.budgets.iter().map(|budget| since(&budget.id)).collect()
}
