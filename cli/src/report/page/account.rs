//! Sums, budgets, open exposure, and who answered.

use counterfoil_decide::State;
use counterfoil_decide::policy::Dimension;
use counterfoil_record::Amount;
use counterfoil_record::statement::{Answer, SubjectKind};
use counterfoil_review::budgets::{BudgetUse, GroupUse, PerMille, Used};
use counterfoil_review::payments::{AssetSums, Row, Sum};
use counterfoil_review::people::{People, Said};
use counterfoil_review::words::{count, money, safe, time};

use super::Shown;
use super::exceptions::explained;
use crate::report::chart;
use crate::report::view::{AssetView, BudgetView, Exposure, GroupView, Money, Person, SaidView};

/// How many groups of a budget are shown: those that were used most.
const GROUPS_MOST: usize = 20;

/// An amount of the asset of a row.
pub(super) fn of_row(row: &Row, amount: Amount) -> Money {
    let places = row.decimals.and_then(|decimals| usize::try_from(decimals).ok());
    let words = match (&row.asset_name, places) {
        (Some(name), Some(places)) => format!("{} {}", money(amount, places), safe(name)),
        _ => format!("{amount} smallest units"),
    };
    Money { units: amount.to_string(), words }
}

/// The exposure of a row.
pub(super) fn exposure(row: &Row) -> Money {
    match row.exposure {
        Some(exposure) => of_row(row, exposure),
        None => Money { units: String::new(), words: "an amount that cannot be read".to_owned() },
    }
}

/// What rows of one asset add up to.
pub(super) fn asset(sums: &AssetSums) -> AssetView {
    let names: Vec<String> = sums.names.iter().map(safe).collect();
    let name = names.join("/");
    let of = |sum: &Sum| Money {
        units: sum.to_string(),
        words: format!("{} {name}", sum.words(sums)).trim_end().to_owned(),
    };
    let outcomes: Vec<String> =
        sums.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    AssetView {
        id: sums.asset.as_ref().map(safe).unwrap_or_default(),
        count: sums.count,
        outcomes: outcomes.join(", "),
        exposure: of(&sums.exposure),
        settled: of(&sums.settled),
        returned: of(&sums.returned),
        reserved: of(&sums.reserved),
        owed: of(&sums.owed),
        bar: chart::asset(sums),
        name: if name.is_empty() { "An asset that no policy names".to_owned() } else { name },
    }
}

/// How far a budget was used.
pub(super) fn budget(budget: &BudgetUse, shown: &Shown) -> BudgetView {
    let groups = budget.groups();
    BudgetView {
        id: safe(&budget.budget.id),
        since: budget.since.value(),
        says: budget.says.iter().map(safe).collect(),
        stopped: count(budget.stopped, "decision"),
        more: groups.len().saturating_sub(GROUPS_MOST),
        groups: groups.into_iter().take(GROUPS_MOST).map(|of| group(budget, of, shown)).collect(),
    }
}

fn group(budget: &BudgetUse, group: &GroupUse, shown: &Shown) -> GroupView {
    let named = budget.budget.per.iter().zip(&group.values);
    let named: Vec<String> =
        named.map(|(dimension, value): (&Dimension, _)| format!("{dimension} {}", safe(value))).collect();
    let share = group.used.share();
    GroupView {
        name: if named.is_empty() { "all".to_owned() } else { named.join(", ") },
        payments: group.payments,
        used: format!("{}{}", used(budget, group.used), limit_then(budget, group.used)),
        percent: percent(share),
        width: share,
        highest: shown.link(group.highest),
    }
}

fn used(budget: &BudgetUse, used: Used) -> String {
    match used {
        Used::Count { used, limit } => format!("{used} of {}", count(limit, "payment")),
        Used::Money { used, limit } => {
            let places = budget.decimals.and_then(|decimals| usize::try_from(decimals).ok());
            let asset = budget.budget.limit.as_ref().map(|limit| safe(&limit.asset)).unwrap_or_default();
            match places {
                Some(places) => format!("{} of {} {asset}", money(used, places), money(limit, places)),
                None => format!("{used} of {limit} smallest units of {asset}"),
            }
        }
    }
}

/// That the limit was another, if it was.
fn limit_then(budget: &BudgetUse, used: Used) -> &'static str {
    let same = match used {
        Used::Count { limit, .. } => budget.budget.count == Some(limit),
        Used::Money { limit, .. } => budget.budget.limit.as_ref().is_some_and(|it| it.amount == limit),
    };
    if same { "" } else { " (the limit that it had then)" }
}

/// A share in percent, with one place.
fn percent(share: PerMille) -> String {
    format!("{}.{}", share / 10, share % 10)
}

/// The payments for which something is reserved or owed.
pub(super) fn exposures(rows: &[&Row], state: &State, shown: &Shown) -> Vec<Exposure> {
    let open = rows.iter().filter(|row| !row.reserved.is_zero() || !row.owed.is_zero());
    let view = open.map(|row| {
        let terms = state.payments.get(&row.payment).and_then(|payment| payment.terms.as_ref());
        let until = terms.filter(|_| !row.reserved.is_zero());
        Exposure {
            link: shown.link(row.payment),
            status: row.status,
            reserved: of_row(row, row.reserved),
            owed: of_row(row, row.owed),
            until: until
                .map(|terms| format!("; it can settle until {}", time(terms.dead_from().millis())))
                .unwrap_or_default(),
        }
    });
    view.collect()
}

/// Who answered what.
pub(super) fn people(people: &People, shown: &Shown) -> Vec<Person> {
    let view = people.iter().map(|(name, said)| {
        let taken = |answer| said.iter().filter(|it| it.is_taken && it.answer == answer).count();
        let others = said.iter().filter(|it| !it.is_taken).count();
        let others = match others {
            0 => String::new(),
            others => format!("; {others} under this name did not count, and need not be theirs"),
        };
        let (yes, no) = (taken(Answer::Approve), taken(Answer::Refuse));
        let summary = format!("{yes} times yes, {no} times no{others}");
        let lines = said.iter().map(|it| SaidView {
            record: it.record.value(),
            time: time(it.time.millis()),
            words: words(it),
            payment: (it.kind == SubjectKind::Payment).then(|| shown.link(it.against)),
        });
        Person { name: safe(name), summary, said: lines.collect() }
    });
    view.collect()
}

fn words(said: &Said) -> String {
    let codes = explained(said.codes.iter().copied());
    let codes = if codes.is_empty() { codes } else { format!(". {codes}") };
    let counts = if said.is_taken { "" } else { ", which did not count" };
    format!(
        "{} as {}, {} against record {}{counts}: {}{codes}",
        said.answer,
        safe(&said.role),
        said.kind,
        said.against,
        said.outcome
    )
}
