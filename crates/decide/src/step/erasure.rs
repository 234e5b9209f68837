//! Private values that people have erased.
//!
//! The state keeps no commitments: that the record carries this one is what the enforcement core sees to before it
//! asks. An erasure that is accepted changes nothing that a decision reads, so the same statements may serve again until
//! they expire.

use counterfoil_record::input::{Erase, Genesis};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::Code;

use crate::draft::{Decision, Draft};
use crate::signed::erasure_saying;

pub(super) fn erase(draft: Draft<'_>, genesis: &Genesis, erase: &Erase) -> Decision {
    let Some(in_force) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    if in_force.policy.powers.of(SubjectKind::Erase).is_none() {
        return draft.refuse(Code::NoPower);
    }
    if erase.record >= draft.index {
        return draft.refuse(Code::UnknownRecord);
    }
    let saying = erasure_saying(erase.record, erase.commitment);
    match draft.witness(genesis).reach_power(&erase.statements, &saying, &in_force.policy) {
        Ok(_) => draft.accept(),
        Err(code) => draft.refuse(code),
    }
}
