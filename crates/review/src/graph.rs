//! The phases of a policy, drawn as text: from the first, along what may follow.
//!
//! ```text
//! explore
//! └─▶ commit
//!     ├─▶ execute  pays for data  [plan; 1 person of finance]
//!     │   └─▶ deliver
//!     └─▶ explore ↑
//! ```
//! An arrow up leads to a phase that is drawn already. What stands in brackets it takes to enter. Phases that
//! cannot be reached follow by themselves.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::{PhaseRule, Policy};
use counterfoil_record::Id;

use crate::words::count;

/// Draws the phases of `policy`, without a newline at the end.
pub fn graph(policy: &Policy) -> String {
    let mut drawing = Drawing { policy, drawn: BTreeSet::new(), lines: Vec::new() };
    drawing.root(&policy.initial_phase);
    for name in policy.phases.keys() {
        if !drawing.drawn.contains(name) {
            drawing.lines.push(String::from("(no way leads here)"));
            drawing.root(name);
        }
    }
    drawing.lines.join("\n")
}

struct Drawing<'p> {
    policy: &'p Policy,
    drawn: BTreeSet<Id>,
    lines: Vec<String>,
}

/// A phase to be drawn: with what stands before it, and what stands before those that follow it.
struct Branch<'p> {
    name: &'p Id,
    before: String,
    below: String,
}

impl<'p> Drawing<'p> {
    /// Depth first, with a stack of its own: a policy may have many phases in a row.
    fn root(&mut self, name: &'p Id) {
        let mut open = Vec::from([Branch { name, before: String::new(), below: String::new() }]);
        while let Some(Branch { name, before, below }) = open.pop() {
            if !self.drawn.insert(name.clone()) {
                self.lines.push(format!("{before}{name} ↑"));
                continue;
            }
            let Some(rule) = self.policy.phases.get(name) else { continue };
            self.lines.push(format!("{before}{name}{}", remarks(rule)));
            let last = rule.to.len().saturating_sub(1);
            let next = rule.to.iter().enumerate().map(|(at, name)| {
                let (arm, rest) = if at == last { ("└─▶ ", "    ") } else { ("├─▶ ", "│   ") };
                Branch { name, before: format!("{below}{arm}"), below: format!("{below}{rest}") }
            });
            let mut next: Vec<Branch<'p>> = next.collect();
            next.reverse();
            open.extend(next);
        }
    }
}

fn remarks(rule: &PhaseRule) -> String {
    let mut out = String::new();
    if rule.pay {
        let categories: Vec<&str> = rule.categories.iter().map(Id::as_str).collect();
        out = format!("{out}  pays for {}", categories.join(", "));
    }
    if rule.plan_bound {
        out = format!("{out}, as planned");
    }
    let artefacts = rule.artefacts.iter().map(|name| String::from(name.as_str()));
    let approvals =
        rule.approvals.iter().map(|need| format!("{} of {}", count(need.approvals, "person"), need.role));
    let takes: Vec<String> = artefacts.chain(approvals).collect();
    if takes.is_empty() { out } else { format!("{out}  [{}]", takes.join("; ")) }
}

#[cfg(test)]
mod tests;
