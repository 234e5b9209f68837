//! The log itself: genesis, where the enforcement core starts, is and stops, and its clock.

use alloc::collections::BTreeSet;

use counterfoil_record::input::{Clock, Genesis, Governance};
use counterfoil_record::key::PublicKey;
use counterfoil_record::verdict::Code;
use counterfoil_record::{FORMAT, Hash32};

use crate::SEMANTICS;
use crate::draft::{Decision, Draft};
use crate::state::Change;

/// The most members of a governance.
const MEMBERS_MOST: usize = 32;
/// The most keys of one of them.
const KEYS_MOST: usize = 8;

pub(super) fn genesis(mut draft: Draft<'_>, genesis: &Genesis) -> Decision {
    let known = genesis.format == FORMAT && genesis.semantics == SEMANTICS;
    if !known || PublicKey::from_bytes(genesis.log_key.0).is_err() {
        return draft.refuse(Code::UnknownVersion);
    }
    if let Some(governance) = &genesis.governance {
        if !can_govern(governance) {
            return draft.refuse(Code::QuorumUnreachable);
        }
        let keys = governance.members.values().flatten().map(|key| *key.key().bytes());
        let mut seen = BTreeSet::from([genesis.log_key.0]);
        if !keys.into_iter().all(|key| seen.insert(key)) {
            return draft.refuse(Code::KeyShared);
        }
    }
    draft.controls();
    draft.change(Change::Genesis(genesis.clone()));
    draft.accept()
}

fn can_govern(governance: &Governance) -> bool {
    let members = governance.members.len();
    let keys = governance.members.values().all(|keys| (1..=KEYS_MOST).contains(&keys.len()));
    let quorum = u64::try_from(members).is_ok_and(|members| (1..=members).contains(&governance.quorum));
    (1..=MEMBERS_MOST).contains(&members) && keys && quorum
}

/// `start`, `stop` and `heartbeat` state the digest of the state that they start from, leave or are in.
pub(super) fn at_state(draft: Draft<'_>, stated: Hash32) -> Decision {
    if draft.state.digest() == stated { draft.accept() } else { draft.refuse(Code::StateDiffers) }
}

/// People answer for a large step of the clock; without it whoever sets the clock could end every window,
/// deadline and reservation at once. What is refused does not move it.
pub(super) fn clock(draft: Draft<'_>, genesis: &Genesis, clock: &Clock) -> Decision {
    let Some(policy) = &draft.state.policy else { return draft.refuse_time(Code::NoPolicy) };
    let saying = draft.state.clock_saying(clock.to);
    if let Err(code) = draft.witness(genesis).reach_power(&clock.statements, &saying, &policy.policy) {
        return draft.refuse_time(code);
    }
    if draft.time > clock.to { draft.refuse_time(Code::ClockJump) } else { draft.accept() }
}
