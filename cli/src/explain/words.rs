//! What each record of a story says, in a line.

use counterfoil_audit::Chapter;
use counterfoil_record::Input;

use super::outcome;
use crate::screen::safe;

/// One line on `chapter`.
pub(super) fn headline(chapter: &Chapter) -> String {
    let said = match &chapter.input {
        Input::Genesis(it) => format!("log {} opened", it.origin),
        Input::AdoptPolicy(_) => "policy adopted by the operator".into(),
        Input::Start(it) => format!("{} started", safe(&it.tool)),
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
        Input::Pay(it) => format!("pay for {} from wallet {}", safe(&it.resource), it.wallet),
        Input::Claim(_) => "claimed with the approvals collected".into(),
        Input::Statement(_) => return answered(chapter),
        Input::Bind(it) => {
            format!("wallet signed {} until {}", it.authorization.value, it.authorization.valid_before)
        }
        Input::Settle(it) => format!("settled {}{}", it.amount, worth(chapter)),
        Input::Fail(_) => format!("failed{}", worth(chapter)),
        Input::Unknown(_) => "outcome unknown".into(),
        Input::Expire(_) => "can no longer be claimed".into(),
        Input::Compensate(it) => format!("compensated {}{}", it.amount, worth(chapter)),
    };
    format!("{said}: {}", outcome(chapter))
}

fn answered(chapter: &Chapter) -> String {
    let signer = chapter.signer.as_deref().map_or_else(|| "somebody".into(), safe);
    match &chapter.statement {
        Some(it) => format!(
            "{} by {signer} as {} against record {}: {}",
            it.answer,
            it.role,
            it.against,
            outcome(chapter)
        ),
        None => format!("statement: {}", outcome(chapter)),
    }
}

/// Whose word a fact is.
fn worth(chapter: &Chapter) -> String {
    chapter.verdict.grade.map(|grade| format!(", on the {grade}'s word")).unwrap_or_default()
}
