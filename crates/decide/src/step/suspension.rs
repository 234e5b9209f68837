//! The kill switch. To stop is the safe side, so the operator alone may; to go on takes people.

use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::Text;
use counterfoil_record::input::{Genesis, Resume, Scope, Suspend};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::Code;

use crate::draft::{Decision, Draft};
use crate::state::Change;

pub(super) fn suspend(mut draft: Draft<'_>, genesis: &Genesis, suspend: &Suspend) -> Decision {
    if !can_cover(&suspend.scope) {
        return draft.refuse(Code::BadAccount);
    }
    if draft.state.suspended.contains_key(&suspend.scope) {
        return draft.refuse(Code::AlreadySuspended);
    }
    let saying = draft.state.suspension_saying(SubjectKind::Suspend, &suspend.scope);
    let said = draft.witness(genesis).each_in_its_role(&suspend.statements, &saying, draft.state);
    if let Err(code) = said {
        return draft.refuse(code);
    }
    draft.controls();
    draft.change(Change::Suspend(suspend.scope.clone()));
    draft.accept()
}

/// A name in another form than payments have would suspend nothing, and nobody would know.
fn can_cover(scope: &Scope) -> bool {
    let payee = |name: &Text| name.as_str().parse::<Account>().is_ok_and(|it| Text::shown(it) == *name);
    let asset = |name: &Text| name.as_str().parse::<Asset>().is_ok_and(|it| Text::shown(it) == *name);
    scope.payee.as_ref().is_none_or(payee) && scope.asset.as_ref().is_none_or(asset)
}

pub(super) fn resume(mut draft: Draft<'_>, genesis: &Genesis, resume: &Resume) -> Decision {
    let Some(since) = draft.state.suspended.get(&resume.scope).copied() else {
        return draft.refuse(Code::NothingSuspended);
    };
    let Some(policy) = &draft.state.policy else { return draft.refuse(Code::NoPolicy) };
    let saying = draft.state.suspension_saying(SubjectKind::Resume, &resume.scope);
    if let Err(code) = draft.witness(genesis).reach_power(&resume.statements, &saying, &policy.policy) {
        return draft.refuse(code);
    }
    draft.previous(since);
    draft.controls();
    draft.change(Change::Resume(resume.scope.clone()));
    draft.accept()
}
