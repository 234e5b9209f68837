//! What is said about payments and the phases of runs.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_decide::policy::{PhaseRule, Policy};
use counterfoil_record::input::{EnterPhase, Pay, WriteOff};
use counterfoil_record::verdict::{Check, CheckName, OperandName};
use counterfoil_record::{Index, Text, Verdict};

use crate::lines::Line;
use crate::trace::{amount, list};
use crate::words;

fn rules(state: &State) -> Option<&Policy> {
    state.policy.as_ref().map(|in_force| &in_force.policy)
}

/// A held payment, as a claim of it comes out.
pub(super) fn held(state: &State, payment: Index, verdict: &Verdict) -> Vec<Line> {
    let Some(hold) = state.payments.get(&payment).and_then(|payment| payment.hold.as_ref()) else {
        return Vec::new();
    };
    let since = words::time(hold.since.millis());
    let mut lines = Vec::from([Line::new("payment", format_args!("{payment}, held since {since}"))]);
    lines.extend(asked(state, &hold.request, verdict));
    lines
}

/// A purchase that is asked for while another payment for it is open.
pub(super) fn again(state: &State, pay: &Pay, verdict: &Verdict) -> Vec<Line> {
    let open = verdict.row(CheckName::Purchase).and_then(|row| row.count(OperandName::Index));
    let open = open.map_or_else(
        || Line::new("open", "no payment for the same purchase"),
        |open| {
            let status = state.payments.get(&Index::new(open)).map_or("forgotten", |it| it.status.code());
            let says = format!("payment {open} for the same purchase is {status}: both can settle");
            Line::new("AGAIN", says)
        },
    );
    let mut lines = Vec::from([open, Line::new("key", &pay.key)]);
    lines.extend(asked(state, pay, verdict));
    lines
}

/// What is asked for, as the rail's own bytes oblige, and what is left of the budgets.
fn asked(state: &State, pay: &Pay, verdict: &Verdict) -> Vec<Line> {
    let rules = rules(state);
    let of = |check, name| verdict.row(check)?.text(name).map(Text::as_str);
    let asset = of(CheckName::Asset, OperandName::Value).unwrap_or("an asset that cannot be read");
    let exposure = verdict.row(CheckName::Obligation).and_then(|row| row.number(OperandName::Exposure));
    let mut lines = Vec::new();
    lines.push(match exposure {
        Some(units) => {
            Line::new("amount", format_args!("{} ({units} of {asset})", amount(rules, Some(asset), units)))
        }
        None => Line::new("amount", "cannot be read"),
    });
    lines.push(Line::new("payee", of(CheckName::Payee, OperandName::Value).unwrap_or("cannot be read")));
    lines.push(Line::new("resource", &pay.resource));
    lines.extend(pay.query.map(|query| {
        Line::new(
            "query",
            format_args!(
                "THERE IS ONE, private, not shown and not signed for: what is bought may depend on it; committed to as {}",
                query.0
            ),
        )
    }));
    if let Some(obligation) = verdict.row(CheckName::Obligation) {
        let part = |name| obligation.text(name).map_or("?", Text::as_str);
        let spender = obligation.text(OperandName::Spender).map(|it| format!(", moved by {it}"));
        let settles = obligation.text(OperandName::Facilitator).map(|it| format!(", settled by {it}"));
        lines.push(Line::new(
            "scheme",
            format_args!(
                "{} by {}{}{}",
                part(OperandName::Name),
                part(OperandName::Method),
                spender.unwrap_or_default(),
                settles.unwrap_or_default()
            ),
        ));
    }
    let account = of(CheckName::Wallet, OperandName::Account).unwrap_or("unknown");
    lines.push(Line::new("wallet", format_args!("{}, {account}", pay.wallet)));
    lines.extend(run(state, pay.run));
    lines.extend(pay.category.as_ref().map(|category| Line::new("category", category)));
    lines.extend(pay.item.as_ref().map(|item| Line::new("plan item", item)));
    lines.extend(pay.part.as_ref().map(|part| {
        let known = state.transactions.get(&part.transaction);
        let name = known.map(|it| format!(" {}", it.id)).unwrap_or_default();
        Line::new("part of", format_args!("transaction {}{name}, step {}", part.transaction, part.step))
    }));
    lines.extend(pay.compensation.as_ref().map(|it| match &it.way {
        Some(way) => Line::new("undone by", way),
        None => Line::new("undone by", "nothing: it cannot be undone"),
    }));
    lines.extend(pay.purpose.map(|purpose| {
        Line::new(
            "purpose",
            format_args!("kept beside the log, not signed for; committed to as {}", purpose.0),
        )
    }));
    lines.extend(verdict.trace.iter().filter_map(|row| budget(rules, row)));
    lines
}

/// What is left of a budget before the payment, and after it.
fn budget(rules: Option<&Policy>, row: &Check) -> Option<Line> {
    if row.check != CheckName::Budget {
        return None;
    }
    let id = row.rule.as_ref()?;
    let of_run = row.count(OperandName::Run).map(|run| format!(" of run {run}")).unwrap_or_default();
    if let (Some(most), Some(count)) = (row.count(OperandName::Maximum), row.count(OperandName::Count)) {
        let left = most.saturating_sub(count);
        let after = left.saturating_sub(1);
        let words = format!("{id}{of_run}: {count} of {most} payments; {left} left now, {after} after");
        return Some(Line::new("budget", words));
    }
    let rules = rules?;
    let asset = &rules.budgets.iter().find(|budget| budget.id == *id)?.limit.as_ref()?.asset;
    let shown = |units| words::amount(rules, asset, units);
    let limit = row.number(OperandName::Limit)?;
    let exposure = row.number(OperandName::Exposure)?;
    let before = match row.number(OperandName::Left) {
        Some(after) => {
            format!("{} left now, {} after", shown(after.checked_add(exposure)?), shown(after))
        }
        None => String::from("NOT ENOUGH LEFT for this payment"),
    };
    Some(Line::new("budget", format_args!("{id}{of_run}: limit {}; {before}", shown(limit))))
}

fn run(state: &State, index: Index) -> Vec<Line> {
    let Some(run) = state.runs.get(&index) else {
        return Vec::from([Line::new("run", format_args!("{index}, which is not open"))]);
    };
    let owner = rules(state).and_then(|rules| rules.agents.get(&run.agent)?.owner.as_ref());
    let owner = owner.map(|owner| format!(", owned by {owner}")).unwrap_or_default();
    let within = run.parent.map(|parent| format!(", within run {parent}")).unwrap_or_default();
    Vec::from([
        Line::new("run", format_args!("{index} {}, in phase {}{within}", run.id, run.phase)),
        Line::new("agent", format_args!("{}{owner}", run.agent)),
        Line::new("principal", &run.principal),
    ])
}

/// The entry of a phase: from where, with which artefacts, and what the run may then do.
pub(super) fn phase(state: &State, enter: &EnterPhase) -> Vec<Line> {
    let mut lines = run(state, enter.run);
    lines.push(Line::new("to enter", &enter.phase));
    let (Some(rules), Some(run)) = (rules(state), state.runs.get(&enter.run)) else { return lines };
    let Some(rule) = rules.phases.get(&enter.phase) else { return lines };
    lines.push(Line::new("there", may_do(rule)));
    for name in &rule.artefacts {
        let Some(artefact) = run.artefacts.get(name) else { continue };
        let since = artefact.since.index;
        lines.push(Line::new(
            "artefact",
            format_args!("{name}, attached by record {since}, {}", artefact.digest),
        ));
        lines.extend(artefact.items.iter().map(|item| {
            let most = words::amount(rules, &item.asset, item.ceiling);
            Line::new(
                "item",
                format_args!("{}: at most {most} to {}, for {}", item.id, item.payee, item.category),
            )
        }));
    }
    lines
}

fn may_do(rule: &PhaseRule) -> String {
    if !rule.pay {
        return String::from("the run may not pay");
    }
    let bound = if rule.plan_bound { ", and only the items of the plan" } else { "" };
    format!("the run may pay for {}{bound}", list(&rule.categories))
}

/// What is given up of what a failed transaction is owed.
pub(super) fn write_off(state: &State, write_off: &WriteOff) -> Vec<Line> {
    let payment = state.payments.get(&write_off.payment);
    let terms = payment.and_then(|payment| payment.terms.as_ref());
    let asset = terms.map(|terms| terms.asset.as_str());
    let shown = |units| amount(rules(state), asset, units);
    let mut lines = Vec::from([
        Line::new("payment", write_off.payment),
        Line::new(
            "give up",
            format_args!("{} ({} of {})", shown(write_off.amount), write_off.amount, asset.unwrap_or("?")),
        ),
    ]);
    if let (Some(payment), Some(terms)) = (payment, terms) {
        lines.push(Line::new("owed", shown(payment.owed())));
        lines.push(Line::new("payee", &terms.payee));
        lines.extend(
            terms
                .part
                .as_ref()
                .map(|part| Line::new("part of", format_args!("transaction {}", part.transaction))),
        );
        lines.extend(run(state, payment.run));
    }
    lines
}
