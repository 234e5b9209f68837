//! The log itself: genesis, policies, and where the enforcement core starts and stops.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{AdoptPolicy, Genesis};
use counterfoil_record::key::PublicKey;
use counterfoil_record::verdict::Code;
use counterfoil_record::{FORMAT, Hash32};

use crate::SEMANTICS;
use crate::draft::{Decision, Draft};
use crate::policy::{Policy, compile};
use crate::state::{Change, InForce};

/// The longest canonical encoding of a policy, in bytes: with its source of at most as many it takes no more
/// than its share of a record.
const POLICY_MOST: usize = 20 * 1024;

pub(super) fn genesis(mut draft: Draft<'_>, genesis: &Genesis) -> Decision {
    let known = genesis.format == FORMAT && genesis.semantics == SEMANTICS;
    if !known || PublicKey::from_bytes(genesis.log_key.0).is_err() {
        return draft.refuse(Code::UnknownVersion);
    }
    draft.controls();
    draft.change(Change::Genesis(genesis.clone()));
    draft.accept()
}

/// The policy must be what its source compiles to; that is tried here, so that the auditor tries it too.
pub(super) fn adopt_policy(mut draft: Draft<'_>, genesis: &Genesis, adopt: &AdoptPolicy) -> Decision {
    if adopt.policy.as_slice().len() > POLICY_MOST {
        return draft.refuse(Code::TooMany);
    }
    let source = core::str::from_utf8(adopt.source.as_slice()).ok();
    let compiled = source.and_then(|source| compile(source).ok());
    let stated = Policy::from_bytes(adopt.policy.as_slice()).ok();
    let Some(policy) = compiled.filter(|compiled| stated.as_ref() == Some(compiled)) else {
        return draft.refuse(Code::PolicyDoesNotCompile);
    };
    if policy.keys().any(|key| *key.key().bytes() == genesis.log_key.0) {
        return draft.refuse(Code::KeyShared);
    }
    let stood_for = |name, id| draft.state.assets.get(name).is_some_and(|before| before != id);
    if policy.assets.iter().any(|(name, pin)| stood_for(name, &pin.id)) {
        return draft.refuse(Code::AssetIdentityChanged);
    }
    let old = draft.state.policy.as_ref();
    let mut budgets_since = BTreeMap::new();
    if let Some(old) = old {
        if policy.version <= old.policy.version {
            return draft.refuse(Code::PolicyVersionNotRising);
        }
        let before = |id: &counterfoil_record::Id| old.policy.budgets.iter().find(|budget| budget.id == *id);
        for budget in &policy.budgets {
            match before(&budget.id) {
                Some(before) if !before.same_identity(budget) => {
                    return draft.refuse(Code::BudgetIdentityChanged);
                }
                Some(_) => {
                    let since = old.budgets_since.get(&budget.id).copied();
                    budgets_since.extend(since.map(|since| (budget.id.clone(), since)));
                }
                None => {}
            }
        }
        draft.previous(old.index);
    }
    for budget in &policy.budgets {
        budgets_since.entry(budget.id.clone()).or_insert(draft.index);
    }
    let digest = policy.digest();
    draft.controls();
    draft.change(Change::Policy(Box::new(InForce { policy, digest, index: draft.index, budgets_since })));
    draft.accept()
}

/// `start` and `stop` state the digest of the state that they start from or leave.
pub(super) fn at_state(draft: Draft<'_>, stated: Hash32) -> Decision {
    if draft.state.digest() == stated { draft.accept() } else { draft.refuse(Code::StateDiffers) }
}
