//! What one policy says and another does not.
//!
//! Both are put in words, part by part ([`crate::rules`]), and the parts compared by their paths: what is not listed is
//! the same in both.

use alloc::borrow::ToOwned as _;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use counterfoil_decide::policy::Policy;
use counterfoil_record::{Hash32, Id};
use serde::Serialize;

use crate::rules::{Effect, Part, Rule, rules};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it does, by itself, to payments.
    pub effect: Effect,
    /// The path of what differs, in TOML.
    pub path: String,
    /// What the old policy says there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What the new one says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Why the log that has the old policy in force would refuse the new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Obstacle {
    /// The version must rise.
    PolicyVersionNotRising {
        /// The old one.
        before: u64,
        /// The new one.
        after: u64,
    },
    /// A budget counts something else under the same id.
    BudgetIdentityChanged {
        /// Its id.
        budget: Id,
    },
    /// An asset's name stands for another token, or for other decimals of it.
    AssetIdentityChanged {
        /// Its name.
        asset: Id,
    },
}

impl core::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::PolicyVersionNotRising { before, after } => {
                write!(f, "its version is {after}, and must be above {before}")
            }
            Self::BudgetIdentityChanged { budget } => write!(
                f,
                "the budget {budget} would count something else: its `per`, window and asset can change under a new id only"
            ),
            Self::AssetIdentityChanged { asset } => {
                write!(
                    f,
                    "the asset {asset} would be another token, or have other decimals: that takes a new name"
                )
            }
        }
    }
}

/// All that differs between two policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The digest of the old one.
    pub before: Hash32,
    /// The digest of the new one.
    pub after: Hash32,
    /// Every difference, in the order in which a policy is read.
    pub differences: Vec<Difference>,
    /// Budgets that count from the adoption of the new policy on, because the old one does not have them.
    pub budgets_anew: Vec<Id>,
    /// Budgets of the old policy that count no more.
    pub budgets_gone: Vec<Id>,
    /// Phases that pay and have another rule, or are gone: a run that is in one pays nothing until it enters a phase
    /// again.
    pub phases_changed: Vec<Id>,
    /// Why a log with the old policy in force would refuse the new one; none if it would not for what stands in
    /// the two.
    pub obstacles: Vec<Obstacle>,
}

impl Diff {
    /// Compares two policies.
    pub fn new(before: &Policy, after: &Policy) -> Self {
        let ids = |policy: &Policy| -> BTreeSet<Id> {
            policy.budgets.iter().map(|budget| budget.id.clone()).collect()
        };
        let (old, new) = (ids(before), ids(after));
        Self {
            before: before.digest(),
            after: after.digest(),
            differences: differences(&rules(before), &rules(after)),
            budgets_anew: new.difference(&old).cloned().collect(),
            budgets_gone: old.difference(&new).cloned().collect(),
            phases_changed: phases_changed(before, after),
            obstacles: obstacles(before, after),
        }
    }

    /// True if the two are the same policy.
    pub fn is_same(&self) -> bool {
        self.before == self.after
    }

    /// As a text of many lines, without a newline at its end.
    pub fn text(&self) -> String {
        if self.is_same() {
            return format!("the same policy, digest {}", self.after);
        }
        let mut lines = Vec::new();
        lines.push(format!("before  {}", self.before));
        lines.push(format!("after   {}", self.after));
        let groups = [
            (Effect::Allows, "Becomes allowed"),
            (Effect::Denies, "Becomes denied, or waits for people"),
            (Effect::Changes, "Becomes different"),
        ];
        for (effect, heading) in groups {
            let mut of_it = self.differences.iter().filter(|it| it.effect == effect).peekable();
            if of_it.peek().is_some() {
                lines.push(heading.to_owned());
            }
            for it in of_it {
                lines.push(format!("  {}", it.path));
                lines.extend(it.before.iter().map(|words| format!("    - {words}")));
                lines.extend(it.after.iter().map(|words| format!("    + {words}")));
            }
        }
        if self.differences.is_empty() {
            lines.push("No rule differs: some stand in another order".to_owned());
        }
        lines.push("When it is put in force".to_owned());
        lines.push(
            "  approvals and held payments of before are void; what is reserved stays reserved".to_owned(),
        );
        let anew = |id: &Id| format!("  the budget {id} starts anew: it counts from then on");
        lines.extend(self.budgets_anew.iter().map(anew));
        lines.extend(self.budgets_gone.iter().map(|id| format!("  the budget {id} counts no more")));
        let entered =
            |id: &Id| format!("  a run that is in the phase {id} pays nothing until it enters a phase again");
        lines.extend(self.phases_changed.iter().map(entered));
        lines.extend(self.obstacles.iter().map(|why| format!("  it is refused: {why}")));
        lines.join("\n")
    }
}

fn differences(before: &[Rule], after: &[Rule]) -> Vec<Difference> {
    let new: BTreeSet<&str> = after.iter().map(|rule| rule.path.as_str()).collect();
    let mut found = Vec::new();
    // In the order of the new policy; what only the old one has stands after its section.
    let mut order: Vec<&Rule> =
        after.iter().chain(before.iter().filter(|rule| !new.contains(rule.path.as_str()))).collect();
    order.sort_by_key(|rule| rule.section);
    for rule in order {
        let same = |rules: &[Rule]| rules.iter().find(|it| it.path == rule.path).cloned();
        match (same(before), same(after)) {
            (Some(before), Some(after)) => found.extend(parts(&before.parts, &after.parts)),
            (_, Some(after)) => found.push(whole(&after, false)),
            (Some(before), None) => found.push(whole(&before, true)),
            (None, None) => {}
        }
    }
    found
}

/// A rule that only one of the two has.
fn whole(rule: &Rule, gone: bool) -> Difference {
    let words: Vec<&str> = rule.parts.iter().map(|part| part.words.as_str()).collect();
    let words = Some(words.join("; "));
    let path = rule.path.clone();
    if gone {
        Difference { effect: rule.there.reversed(), path, before: words, after: None }
    } else {
        Difference { effect: rule.there, path, before: None, after: words }
    }
}

fn parts(before: &[Part], after: &[Part]) -> Vec<Difference> {
    let by_path = |parts: &[Part]| -> BTreeMap<String, Part> {
        parts.iter().map(|part| (part.path.clone(), part.clone())).collect()
    };
    let (old, new) = (by_path(before), by_path(after));
    let gone = before.iter().filter(|part| !new.contains_key(&part.path));
    let mut found = Vec::new();
    for part in after.iter().chain(gone) {
        let (before, after) = (old.get(&part.path), new.get(&part.path));
        if before.map(|part| &part.words) == after.map(|part| &part.words) {
            continue;
        }
        found.push(Difference {
            effect: effect(before, after),
            path: part.path.clone(),
            before: before.map(|part| part.words.clone()),
            after: after.map(|part| part.words.clone()),
        });
    }
    found
}

/// What it does that `after` stands where `before` stood.
fn effect(before: Option<&Part>, after: Option<&Part>) -> Effect {
    match (before, after) {
        (None, Some(after)) => after.there,
        (Some(before), None) => before.there.reversed(),
        (Some(before), Some(after)) => match (&before.scale, &after.scale) {
            (Some(from), Some(to)) if from.of != to.of => Effect::Changes,
            (Some(from), Some(to)) => match to.at.cmp(&from.at) {
                Ordering::Greater => to.more,
                Ordering::Less => to.more.reversed(),
                Ordering::Equal => Effect::Changes,
            },
            _ if after.there == before.there => Effect::Changes,
            // Said one way or the other, as a switch is.
            _ if after.there == Effect::Changes => before.there.reversed(),
            _ => after.there,
        },
        (None, None) => Effect::Changes,
    }
}

fn phases_changed(before: &Policy, after: &Policy) -> Vec<Id> {
    let paying = before.phases.iter().filter(|(_, rule)| rule.pay);
    paying
        .filter(|(name, rule)| after.phases.get(*name) != Some(rule))
        .map(|(name, _)| name.clone())
        .collect()
}

fn obstacles(before: &Policy, after: &Policy) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if after.version <= before.version {
        let (before, after) = (before.version, after.version);
        found.push(Obstacle::PolicyVersionNotRising { before, after });
    }
    for budget in &after.budgets {
        let old = before.budgets.iter().find(|old| old.id == budget.id);
        if old.is_some_and(|old| !old.same_identity(budget)) {
            found.push(Obstacle::BudgetIdentityChanged { budget: budget.id.clone() });
        }
    }
    for (asset, pin) in &after.assets {
        if before.assets.get(asset).is_some_and(|old| old.identity() != pin.identity()) {
            found.push(Obstacle::AssetIdentityChanged { asset: asset.clone() });
        }
    }
    found
}

#[cfg(test)]
mod tests;
