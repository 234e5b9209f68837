//! The answer of `policy backtest` as text.

use alloc::collections::BTreeMap;

use counterfoil_audit::Report;
use counterfoil_decide::policy::Policy;
use counterfoil_record::{Amount, Text};
use counterfoil_review::backtest::{Beside, Came, Change, Kind, Summary, Tally};
use counterfoil_review::words::{money, safe};

use super::Told;
use crate::exit::Failure;
use crate::screen;

/// How many changes of one kind are shown; JSON and CSV have them all.
const SHOWN: usize = 20;

/// What is kept until the end: the first changes of each kind.
pub(super) struct Page {
    title: String,
    assets: BTreeMap<Text, (String, usize)>,
    lines: BTreeMap<Kind, Vec<String>>,
}

impl Page {
    pub(super) fn new(policy: &Policy, report: &Report) -> Self {
        let origin = report.scope.origin.as_deref().unwrap_or_default();
        let title = format!("{} under {} version {}", safe(origin), policy.name, policy.version);
        let mut page = Self { title, assets: BTreeMap::new(), lines: BTreeMap::new() };
        page.learn(policy);
        page
    }

    /// Takes over what a policy calls its assets, and their decimals.
    fn learn(&mut self, policy: &Policy) {
        for (name, pin) in &policy.assets {
            let decimals = usize::try_from(pin.decimals).unwrap_or_default();
            self.assets.entry(pin.id.clone()).or_insert_with(|| (name.to_string(), decimals));
        }
    }

    fn money(&self, asset: &Text, amount: Amount) -> String {
        match self.assets.get(asset) {
            Some((name, decimals)) => format!("{} {name}", money(amount, *decimals)),
            None => format!("{amount} units of {}", safe(asset)),
        }
    }

    fn line(&self, change: &Change) -> String {
        let stake = change.money.as_ref().map(|it| {
            let to = if matches!(change.input, "pay" | "claim") {
                format!(" to {}", safe(&it.payee))
            } else {
                String::new()
            };
            format!(" {}{to}", self.money(&it.asset, it.amount))
        });
        let subject = match change.subject.as_str() {
            own if own.ends_with(&format!("/{}", change.index)) => String::new(),
            subject => format!(" ({subject})"),
        };
        let agent = change.agent.as_ref().map(|agent| format!(", agent {agent}")).unwrap_or_default();
        let follows = change.follows.map(|index| format!(", follows from {index}")).unwrap_or_default();
        format!(
            "  {:>5}  {}{}{subject}{agent}: {} -> {}{follows}",
            change.index.value(),
            change.input,
            stake.unwrap_or_default(),
            came(&change.before),
            came(&change.after)
        )
    }

    fn tally(&self, asset: &Text, tally: &Tally) -> String {
        format!("{} of {}", tally.count, self.money(asset, tally.amount))
    }

    fn beside(&self, what: &str, asset: &Text, beside: &Beside) -> String {
        format!("  {what}: {} -> {}", self.tally(asset, &beside.before), self.tally(asset, &beside.after))
    }

    fn text(&self, summary: &Summary) -> String {
        let changed = summary.count(Kind::Decision);
        let mut out = vec![format!(
            "{}: {changed} of {} decisions come out otherwise ({} records)",
            self.title, summary.decisions, summary.records
        )];
        for (shift, count) in &summary.shifts {
            out.push(format!("  {count} times {} -> {}", shift.before, shift.after));
        }
        for kind in Kind::ALL {
            let count = summary.count(kind);
            let lines = self.lines.get(&kind).map(Vec::as_slice).unwrap_or_default();
            if count > 0 {
                out.push(format!("{} ({count})", heading(kind)));
                out.extend(lines.iter().cloned());
            }
            let more = count.saturating_sub(u64::try_from(lines.len()).unwrap_or(u64::MAX));
            if more > 0 {
                out.push(format!("  and {more} more: --format json has them all"));
            }
        }
        if !summary.assets.is_empty() {
            out.push("payments allowed, before -> after".into());
        }
        let agents = summary.agents.iter();
        out.extend(agents.map(|((agent, asset), it)| self.beside(&format!("agent {agent}"), asset, it)));
        let payees = summary.payees.iter();
        out.extend(
            payees.map(|((payee, asset), it)| self.beside(&format!("payee {}", safe(payee)), asset, it)),
        );
        out.extend(summary.assets.iter().map(|(asset, it)| self.beside("in all", asset, it)));
        for (asset, moved) in &summary.contradicted {
            out.push(format!(
                "contradicted, and counted nowhere: settled {}, unknown {}, returned {}",
                self.tally(asset, &moved.settled),
                self.tally(asset, &moved.unknown),
                self.tally(asset, &moved.returned)
            ));
        }
        for (asset, tally) in &summary.reserved {
            let reserved = self.tally(asset, tally);
            out.push(format!("still reserved at the end, for want of facts in the log: {reserved}"));
        }
        out.join("\n")
    }
}

impl Told for Page {
    fn change(&mut self, change: Change, original: Option<&Policy>) -> Result<(), Failure> {
        if let Some(policy) = original {
            self.learn(policy);
        }
        let line = self.line(&change);
        let lines = self.lines.entry(change.kind).or_default();
        if lines.len() < SHOWN {
            lines.push(line);
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> Result<(), Failure> {
        screen::page(self.text(summary))
    }
}

const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Decision => "decided otherwise",
        Kind::Reasons => "decided as before, for other reasons",
        Kind::Consequence => "consequences of those",
        Kind::Contradiction => "facts that contradict: money of payments that would not have been allowed",
    }
}

fn came(came: &Came) -> String {
    let reasons = came.reasons().join(", ");
    if reasons.is_empty() { came.outcome.into() } else { format!("{} [{reasons}]", came.outcome) }
}
