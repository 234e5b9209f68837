//! What each record of a story says, in a line.

use counterfoil_audit::Chapter;
use counterfoil_record::Input;
use counterfoil_record::input::Signed;
use counterfoil_review::words::{safe, scope, time};

use super::outcome;

/// One line on `chapter`: what came of it first, and text from outside at the end, where nothing that counts can be
/// pushed out of sight or be taken for a part of it.
pub(crate) fn headline(chapter: &Chapter) -> String {
    let said = match &chapter.input {
        Input::Genesis(it) => format!("log {} opened", it.origin),
        Input::AdoptPolicy(it) => format!("policy adopted, {}", signed_by(it.statements.len())),
        Input::RotateKey(it) => format!("key rotated to {}, {}", it.new, signed_by(it.statements.len())),
        Input::RevokeKey(it) => {
            let since = it.since.map(|since| format!(" since record {since}")).unwrap_or_default();
            format!("key {} revoked{since}, {}", it.key, signed_by(it.statements.len()))
        }
        Input::Suspend(it) => format!("suspend {}, {}", scope(&it.scope), signed_by(it.statements.len())),
        Input::Resume(it) => format!("resume {}, {}", scope(&it.scope), signed_by(it.statements.len())),
        Input::Heartbeat(_) => "alive".into(),
        Input::Clock(it) => format!("clock moved as far as {}", time(it.to.millis())),
        Input::Erase(it) => {
            format!("a private text of record {} erased, {}", it.record, signed_by(it.statements.len()))
        }
        Input::Unreadable(it) => format!("{} bytes that are no {}", it.length, it.class),
        Input::Start(it) => format!("started by {}", safe(&it.tool)),
        Input::Stop(_) => "stopped".into(),
        Input::OpenRun(it) => format!("run {} of agent {} for {}", it.id, it.agent, it.principal),
        Input::CloseRun(_) => "run closed".into(),
        Input::Attach(it) => format!("{} attached, {} items", it.name, it.items.len()),
        Input::EnterPhase(it) => format!("enter phase {}", it.phase),
        Input::Begin(it) => {
            let steps: Vec<&str> = it.steps.iter().map(|step| step.id.as_str()).collect();
            format!("transaction {}: {}", it.id, steps.join(", "))
        }
        Input::CompleteStep(it) => format!("step {} complete", it.step),
        Input::Commit(_) => "transaction committed".into(),
        Input::Abort(_) => "transaction aborted".into(),
        Input::Pay(it) => format!("pay from wallet {} for {}", it.wallet, safe(&it.resource)),
        Input::Claim(_) => "claimed with the approvals collected".into(),
        Input::Statement(_) => answered(chapter),
        Input::Bind(it) => {
            let (value, end) = match &it.signed {
                Signed::Eip3009(signed) => (signed.value, signed.valid_before),
                Signed::Permit2(signed) => (signed.amount, signed.deadline),
            };
            format!("wallet signed {value} until {end}")
        }
        Input::Settle(it) => format!("settled {}{}", it.amount, worth(chapter)),
        Input::Fail(_) => format!("failed{}", worth(chapter)),
        Input::Unknown(_) => "outcome unknown".into(),
        Input::Expire(_) => "can no longer be claimed".into(),
        Input::Compensate(it) => format!("compensated {}{}", it.amount, worth(chapter)),
        Input::Refund(it) => format!("refunded {}{}", it.amount, worth(chapter)),
        Input::WriteOff(it) => {
            format!("{} written off, {}", it.amount, signed_by(it.statements.len()))
        }
    };
    format!("{}: {said}", outcome(chapter))
}

/// Who stands behind an input beside the operator.
fn signed_by(statements: usize) -> String {
    match statements {
        0 => "by the operator alone".into(),
        1 => "with 1 signed statement".into(),
        more => format!("with {more} signed statements"),
    }
}

fn answered(chapter: &Chapter) -> String {
    let signer = chapter.signer.as_deref().map_or_else(|| "somebody".into(), safe);
    match &chapter.statement {
        Some(it) => format!("{} as {} against record {} by {signer}", it.answer, it.role, it.against),
        None => "statement".into(),
    }
}

/// Whose word a fact is.
fn worth(chapter: &Chapter) -> String {
    chapter.verdict.grade.map(|grade| format!(", on the {grade}'s word")).unwrap_or_default()
}
