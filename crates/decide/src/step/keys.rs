//! Keys that go, and keys that come. Validity is by index, never by date.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_record::input::{Genesis, Governance, RevokeKey, RotateKey};
use counterfoil_record::key::NamedKey;
use counterfoil_record::verdict::Code;
use counterfoil_record::{Fixed, Hash32, Id};

use crate::draft::{Decision, Draft};
use crate::state::{Change, LogKey, Revoked, State};

/// The keys of roles and agents change with the policy, not here.
pub(super) fn rotate(mut draft: Draft<'_>, genesis: &Genesis, rotate: &RotateKey) -> Decision {
    let Some(change) = rotation(&draft, genesis, rotate) else { return draft.refuse(Code::UnknownKey) };
    if draft.state.is_taken(rotate.new.key()) {
        return draft.refuse(Code::KeyShared);
    }
    let saying = draft.state.rotation_saying(&rotate.old, rotate.new.key());
    if let Err(code) = draft.witness(genesis).reach_governance(&rotate.statements, &saying, draft.state) {
        return draft.refuse(code);
    }
    draft.controls();
    draft.change(change);
    draft.accept()
}

/// What becomes of the log's key, or of the governance.
fn rotation(draft: &Draft<'_>, genesis: &Genesis, rotate: &RotateKey) -> Option<Change> {
    let present = draft.state.log_keys.last().and_then(LogKey::public)?;
    if present.thumbprint() == rotate.old {
        let named = *rotate.new.name() == genesis.origin;
        let key = LogKey { key: Fixed(*rotate.new.key().bytes()), since: draft.index.next() };
        return named.then_some(Change::LogKey(key));
    }
    let governance = draft.state.governance.as_ref()?;
    let goes = |key: &NamedKey| key.key().thumbprint() == rotate.old && key.name() == rotate.new.name();
    governance.members.values().flatten().any(goes).then(|| {
        let swap = |key: &NamedKey| if goes(key) { rotate.new.clone() } else { key.clone() };
        let swapped = |keys: &Vec<NamedKey>| keys.iter().map(swap).collect();
        let members: BTreeMap<Id, Vec<NamedKey>> =
            governance.members.iter().map(|(person, keys)| (person.clone(), swapped(keys))).collect();
        Change::Governance(Governance { members, quorum: governance.quorum })
    })
}

pub(super) fn revoke(mut draft: Draft<'_>, genesis: &Genesis, revoke: &RevokeKey) -> Decision {
    if let Err(code) = revocable(&draft, revoke) {
        return draft.refuse(code);
    }
    let saying = draft.state.revocation_saying(&revoke.key, revoke.since);
    if let Err(code) = draft.witness(genesis).reach_governance(&revoke.statements, &saying, draft.state) {
        return draft.refuse(code);
    }
    draft.controls();
    draft.change(Change::Revoked(revoke.key, Revoked { index: draft.index, since: revoke.since }));
    draft.accept()
}

fn revocable(draft: &Draft<'_>, revoke: &RevokeKey) -> Result<(), Code> {
    let state = draft.state;
    let present = state.log_keys.last().and_then(LogKey::public).map(|key| key.thumbprint());
    if !state.knows(&revoke.key) {
        Err(Code::UnknownKey)
    } else if state.is_revoked(&revoke.key) {
        Err(Code::KeyRevoked)
    } else if present == Some(revoke.key) {
        Err(Code::KeyInUse)
    } else if revoke.since.is_some_and(|since| since > draft.index) {
        Err(Code::UnknownKey)
    } else if state.governance.as_ref().is_some_and(|it| !can_still_govern(state, it, &revoke.key)) {
        Err(Code::QuorumUnreachable)
    } else {
        Ok(())
    }
}

/// True if enough members have a key left when `gone` is not used any more.
fn can_still_govern(state: &State, governance: &Governance, gone: &Hash32) -> bool {
    let sound = |key: &NamedKey| {
        let thumbprint = key.key().thumbprint();
        thumbprint != *gone && !state.is_revoked(&thumbprint)
    };
    let able = governance.members.values().filter(|keys| keys.iter().any(sound)).count();
    u64::try_from(able).is_ok_and(|able| able >= governance.quorum)
}
