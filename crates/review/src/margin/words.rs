//! The margin in words, one line for each thing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_record::Amount;
use counterfoil_record::verdict::CheckResult;

use super::{Amounts, Approvals, Margin, Room, Stands, Turn};
use crate::words::{count, money, safe, time};

impl Margin {
    /// One line for each thing that is left or would turn it; where nothing of a kind does, that.
    pub fn lines(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .left
            .iter()
            .map(|left| {
                let run = left.run.map(|run| format!(" of run {run}")).unwrap_or_default();
                let rule = format!("budget {}{run}", left.rule);
                match left.room {
                    Room::Left(amount) => format!("left       {rule}: {}", self.money(amount)),
                    Room::Over(amount) => format!("over       {rule}: by {}", self.money(amount)),
                    Room::More(more) => format!("left       {rule}: {}", count(more, "more payment")),
                    Room::Beyond(over) => format!("over       {rule}: by {}", count(over, "payment")),
                }
            })
            .collect();
        if let Some(amounts) = &self.amount {
            self.amounts(amounts, &mut out);
        }
        out.push(match &self.time {
            Some(it) => format!(
                "time       at {}, {} ms later: {}",
                time(it.at.millis()),
                it.wait.millis(),
                turn(&it.then)
            ),
            None => String::from("time       no later moment turns it"),
        });
        out.extend(self.phases.iter().map(|it| {
            let way = match it.edges {
                Some(edges) => format!("{} away", count(edges, "edge")),
                None => String::from("no way leads there"),
            };
            format!("phase      in {} ({way}): {}", it.phase, turn(&it.then))
        }));
        if self.phases.is_empty() {
            out.push(String::from("phase      no other phase turns it"));
        }
        out.extend(self.approvals.as_ref().map(approvals));
        out
    }

    fn amounts(&self, amounts: &Amounts, out: &mut Vec<String>) {
        let sides = [(&amounts.increase, "more", "higher"), (&amounts.decrease, "less", "lower")];
        for (found, which, other) in sides {
            out.push(match found {
                Some(it) => {
                    format!("amount     at {}, {} {which}: {}", self.money(it.amount), it.by, turn(&it.then))
                }
                None => format!("amount     no {other} one turns it"),
            });
        }
    }

    /// In smallest units, and where the policy declares the asset in its unit.
    fn money(&self, amount: Amount) -> String {
        let decimals = self.asset.as_ref().and_then(|it| Some((it, usize::try_from(it.decimals).ok()?)));
        match decimals {
            Some((asset, decimals)) => format!("{} {} ({amount})", money(amount, decimals), asset.name),
            None => format!("{amount} smallest units"),
        }
    }
}

fn approvals(it: &Approvals) -> String {
    let which = it.which.code();
    let roles: Vec<String> =
        it.roles.iter().map(|of| format!("{} {which} of {}", of.approvals, of.role)).collect();
    match &it.then {
        Some(then) => format!("approvals  {}: {}", roles.join(" and "), turn(then)),
        None => String::from("approvals  none that people could still give turn it"),
    }
}

/// What comes out, with what stands in the way.
fn turn(then: &Turn) -> String {
    let checks: Vec<String> = then.checks.iter().map(stands).collect();
    let outcome = then.outcome;
    if checks.is_empty() { format!("{outcome}") } else { format!("{outcome} [{}]", checks.join(", ")) }
}

fn stands(it: &Stands) -> String {
    let rule = it.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let how = match (&it.because, &it.role, it.needed) {
        (Some(because), ..) => format!(": {}", safe(because)),
        (None, Some(role), Some(needed)) if it.result == CheckResult::Needs => {
            format!(": needs {needed} of {}", safe(role))
        }
        _ => String::new(),
    };
    format!("{}{rule}{how}", it.check)
}
