//! The rules that a decision was made by, in the lines of the policy's author.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Outline, join};
use counterfoil_record::Id;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, OperandName};
use serde::Serialize;

/// One rule of the policy, quoted for the check that was made by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The check.
    pub check: CheckName,
    /// The rule's id, where the check names one.
    pub rule: Option<Id>,
    /// The path of what is quoted, in TOML.
    pub path: String,
    /// The author's lines, comments and all.
    pub lines: Vec<String>,
}

/// The rule of the policy with that `source` by which `check` was made; none if it was not made, or by no rule that
/// stands there.
pub fn quote(source: &str, outline: &Outline, check: &Check) -> Option<Quote> {
    if check.result == CheckResult::NotApplicable {
        return None;
    }
    let path = path(check)?;
    let lines: Vec<String> = outline.lines(source, &path).map(str::to_owned).collect();
    (!lines.is_empty()).then(|| Quote { check: check.check, rule: check.rule.clone(), path, lines })
}

/// The path of the rule that a check is made by.
fn path(check: &Check) -> Option<String> {
    let named = |section| Some(join(section, check.text(OperandName::Name)?.as_str()));
    let rule = |section| Some(join(section, check.rule.as_ref()?.as_str()));
    match check.check {
        CheckName::Budget => rule("budgets"),
        CheckName::Gate => rule("gates"),
        CheckName::Agent => named("agents"),
        CheckName::Wallet => named("wallets"),
        CheckName::Phase => named("phases"),
        CheckName::Asset => named("assets"),
        CheckName::Payee => Some("payees".to_owned()),
        CheckName::Resource => Some("resources".to_owned()),
        CheckName::Obligation => Some("obligations".to_owned()),
        CheckName::Transaction => Some("transactions".to_owned()),
        CheckName::Purchase => Some("purchases".to_owned()),
        _ => None,
    }
}
