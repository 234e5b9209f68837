//! A policy in plain words: all that an approver reads.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::Policy;
use counterfoil_record::Hash32;
use serde::Serialize;

use crate::daily::{Daily, daily};
use crate::rules::{Rule, Section, rules};

/// A policy in words, with the digest that names it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// SHA-256 of the policy's canonical encoding: what is signed when it is adopted.
    pub digest: Hash32,
    /// Every rule.
    pub rules: Vec<Rule>,
    /// What they come to: the most money that can leave in any 24 hours, by asset.
    pub daily: Vec<Daily>,
}

impl Shown {
    /// Puts `policy` in words.
    pub fn new(policy: &Policy) -> Self {
        Self { digest: policy.digest(), rules: rules(policy), daily: daily(policy) }
    }

    /// As a text of many lines, without a newline at its end.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for section in Section::ALL {
            lines.push(section.words().to_owned());
            let mut of_it = self.rules.iter().filter(|rule| rule.section == section).peekable();
            if of_it.peek().is_none() {
                lines.push(format!("  {}", section.without()));
            }
            for rule in of_it {
                let named = !rule.name.is_empty();
                if named {
                    lines.push(format!("  {}", rule.name));
                }
                let indent = if named { "    " } else { "  " };
                lines.extend(rule.parts.iter().map(|part| format!("{indent}{}", part.words)));
            }
            if section == Section::Policy {
                lines.push(format!("  its digest is {}", self.digest));
            }
        }
        lines.push("What leaves in any 24 hours".to_owned());
        lines.extend(self.daily.iter().map(|daily| format!("  {}", daily.words)));
        lines.join("\n")
    }
}
