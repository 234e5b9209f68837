//! The same ten rules for `cedar-policy`: it is told the totals, and gives no trace.

use std::hint::black_box;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::json;

use crate::median;

/// Five budgets and five gates, with what every payment has to pass besides.
const POLICIES: &str = r#"
permit(principal, action == Action::"pay", resource)
when {
  context.phase == "execute" && context.category == "data" &&
  context.payee == "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc" &&
  context.url like "https://data.example/v1/*" && context.amount <= 10000000 && context.lifetime <= 600
};
forbid(principal, action, resource) when { context.spent_run + context.amount > 1000000000 };
forbid(principal, action, resource) when { context.spent_agent + context.amount > 1000000000 };
forbid(principal, action, resource) when { context.spent_principal + context.amount > 1000000000 };
forbid(principal, action, resource) when { context.spent_payee + context.amount > 1000000000 };
forbid(principal, action, resource) when { context.spent_both + context.amount > 1000000000 };
forbid(principal, action, resource) when { context.amount >= 2000000 && context.approvals < 1 };
forbid(principal, action, resource) when { context.first && context.amount >= 250000 && context.approvals < 1 };
forbid(principal, action, resource) when { (context.spent_agent + context.amount) * 100 >= 80000000000 && context.approvals < 1 };
forbid(principal, action, resource) when { context.category == "tip" && context.approvals < 1 };
forbid(principal, action, resource) when { context.amount >= 6000000 && context.approvals < 1 };
"#;

/// Nanoseconds for one request, with the context made anew for it as our request is.
pub fn cost() -> f64 {
    let policies: PolicySet = POLICIES.parse().unwrap();
    let entities = Entities::empty();
    let authorizer = Authorizer::new();
    let uid = |text: &str| text.parse::<EntityUid>().unwrap();
    let (agent, pay, run) = (uid(r#"Agent::"researcher""#), uid(r#"Action::"pay""#), uid(r#"Run::"1""#));
    let values = json!({
        "phase": "execute", "category": "data", "amount": 100, "lifetime": 60, "approvals": 0, "first": false,
        "payee": "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "url": "https://data.example/v1/quote",
        "spent_run": 100, "spent_agent": 1000000, "spent_principal": 20000, "spent_payee": 1000000,
        "spent_both": 1000000
    });
    median(500, |_| {
        let context = Context::from_json_value(values.clone(), None).unwrap();
        let request = Request::new(agent.clone(), pay.clone(), run.clone(), context, None).unwrap();
        let answer = authorizer.is_authorized(&request, &policies, &entities);
        assert_eq!(black_box(answer).decision(), Decision::Allow);
    })
}
