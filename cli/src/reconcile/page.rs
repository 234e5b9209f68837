//! The answer of `reconcile` as text.

use alloc::collections::BTreeMap;

use counterfoil_audit::{Report, Verdict};
use counterfoil_decide::policy::Policy;
use counterfoil_rails::caip::Asset;
use counterfoil_reconcile::{Class, Reconciliation, Row, Scope, Worth};
use counterfoil_record::{Amount, Index};
use counterfoil_review::words::{money, safe, time};

use super::subject;

/// What policies call the assets, and their decimals.
#[derive(Default)]
pub(super) struct Names {
    seen: Option<Index>,
    assets: BTreeMap<Asset, (String, usize)>,
}

impl Names {
    /// Takes over the policy that a record put in force.
    pub(super) fn learn(&mut self, policy: &Policy, adopted: Index) {
        if self.seen.replace(adopted) == Some(adopted) {
            return;
        }
        for (name, pin) in &policy.assets {
            let Ok(asset) = pin.id.as_str().parse() else { continue };
            let decimals = usize::try_from(pin.decimals).unwrap_or_default();
            self.assets.entry(asset).or_insert_with(|| (name.to_string(), decimals));
        }
    }

    fn money(&self, asset: Option<Asset>, amount: Amount) -> String {
        match asset.map(|asset| (asset, self.assets.get(&asset))) {
            Some((_, Some((name, decimals)))) => format!("{} {name}", money(amount, *decimals)),
            Some((asset, None)) => format!("{amount} units of {asset}"),
            None => "an amount that is not stated".into(),
        }
    }
}

/// The whole answer.
pub(super) fn text(answer: &Reconciliation, report: &Report, names: &Names) -> String {
    let origin = report.scope.origin.as_deref().map(safe).unwrap_or_default();
    let records = report.scope.records;
    let mut out = vec![
        format!("{}: {}", answer.verdict.word(), meaning(answer)),
        format!("  {:<12} {origin}, {records} records, {}", "log", report.verdict.word()),
    ];
    population(&answer.population, names, &mut out);
    for gap in &answer.gaps {
        let chain = gap.chain.map(|chain| format!("{chain}: ")).unwrap_or_default();
        out.push(format!("  {:<12} {}: {chain}{}", "gap", gap.code, safe(&gap.detail)));
    }
    for total in &answer.totals {
        let amount =
            if total.asset.is_some() { names.money(total.asset, total.amount) } else { String::new() };
        let line = format!("  {:<12} {} {} by {}: {amount}", "total", total.count, total.class, total.worth);
        out.push(line.trim_end_matches([':', ' ']).to_owned());
    }
    out.extend(answer.rows.iter().map(|row| format!("  {}", line(row, names))));
    out.join("\n")
}

fn meaning(answer: &Reconciliation) -> &'static str {
    match answer.verdict {
        Verdict::Verified => "all money that moved is explained, and moved as decided",
        Verdict::Insufficient if answer.gaps.is_empty() => {
            "no discrepancy, in a log below the required assurance"
        }
        Verdict::Insufficient => "no discrepancy, as far as the evidence reaches",
        _ => "money moved that was not decided so, or did not move that is said to have",
    }
}

fn population(scope: &Scope, names: &Names, out: &mut Vec<String>) {
    let mut add = |label: &str, value: String| out.push(format!("  {label:<12} {value}"));
    for wallet in &scope.wallets {
        add("wallet", wallet.to_string());
    }
    for asset in &scope.assets {
        let name = names.assets.get(asset).map(|(name, _)| format!("{name}, ")).unwrap_or_default();
        add("asset", format!("{name}{asset}"));
    }
    if let (Some(from), Some(until)) = (scope.from, scope.until) {
        add("from, to", format!("{}, {}", time(from.millis()), time(until.millis())));
    }
    for chain in &scope.chains {
        let blocks = match (chain.from_block, chain.to_block, chain.head_time) {
            (Some(from), Some(to), Some(head)) => {
                format!("blocks {from} to {to}, the last of {}", time(head.saturating_mul(1000)))
            }
            _ => "no range".into(),
        };
        add("chain", format!("{}, extracts: {}, {blocks}", chain.chain, chain.extracts));
    }
    add(
        "transfers",
        format!("{} that count, {} of undeclared assets that do not", scope.transfers, scope.undeclared),
    );
    add("exchanges", format!("{} about these wallets, {} others", scope.exchanges, scope.other_exchanges));
    let left_out =
        [("repeated", scope.repeated), ("removed", scope.removed), ("before the log", scope.earlier)];
    let left_out = left_out.iter().filter(|(_, number)| *number > 0);
    let left_out: Vec<String> = left_out.map(|(why, number)| format!("{number} {why}")).collect();
    if !left_out.is_empty() {
        add("left out", left_out.join(", "));
    }
}

/// One row.
fn line(row: &Row, names: &Names) -> String {
    let mark = if row.class.is_discrepancy() { "! " } else { "  " };
    let amount = match (row.moved, row.allowed) {
        (Some(moved), _) if row.worth == Worth::Chain => format!(", moved {}", names.money(row.asset, moved)),
        (Some(moved), _) => format!(", said to have moved {}", names.money(row.asset, moved)),
        (None, Some(allowed)) => format!(", allowed {}", names.money(row.asset, allowed)),
        (None, None) => String::new(),
    };
    let payee = row.payee.filter(|_| row.class != Class::ReplayRefused);
    let payee = payee.map(|payee| format!(" to {}", payee.address)).unwrap_or_default();
    let resource = row.resource.as_ref().map(|it| format!(", for {}", safe(it))).unwrap_or_default();
    let detail = if row.detail.is_empty() { String::new() } else { format!(" ({})", safe(&row.detail)) };
    let until = row.spendable_until.map(|it| format!(", can settle until {}", time(it.millis())));
    format!(
        "{mark}{}: {}{amount}{payee}{resource}{}{detail} [{}]",
        row.class,
        subject(&row.subject),
        until.unwrap_or_default(),
        safe(&row.evidence)
    )
}
