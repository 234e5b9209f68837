//! Evidence joined with requests, and each of both put in a class.

mod exchanges;
mod judge;
mod ledger;
mod owners;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_audit::Verdict;
use counterfoil_rails::caip::Asset;
use counterfoil_record::Amount;

use crate::book::Book;
use crate::codes::{Class, GapCode, Worth};
use crate::evidence::Evidence;
use crate::report::{Gap, Reconciliation, Row, Scope, Total};

use exchanges::Answers;
use judge::Judge;
use ledger::Ledger;
use owners::Owners;

/// Holds the payments of a log against evidence. `log` is what the log's own audit came to, `verified` or
/// `insufficient`: what the requests of a log that fails say is worth nothing.
pub fn reconcile(book: &Book, evidence: &Evidence, log: Verdict) -> Reconciliation {
    let mut ledger = Ledger::of(book, &evidence.extracts);
    for table in &evidence.tables {
        ledger.tabled(book, table);
    }
    let owners = Owners::of(book);
    let answers = Answers::of(book, &owners, &evidence.exchanges, &mut ledger.gaps);
    owners.join(book, &mut ledger, &answers);
    ledger.leave_out_earlier(book);
    let mut rows = Judge { book, ledger: &ledger, answers: &answers }.rows();
    rows.sort_by(|a, b| (a.class, &a.subject).cmp(&(b.class, &b.subject)));

    let population = &book.population;
    let scope = Scope {
        wallets: population.wallets.iter().copied().collect(),
        assets: population.assets.keys().copied().collect(),
        from: book.first,
        until: book.needed_until(),
        chains: ledger.chains(population),
        transfers: count(ledger.moves.len()),
        earlier: ledger.earlier,
        undeclared: ledger.undeclared,
        repeated: ledger.repeated,
        removed: evidence.extracts.iter().fold(0, |sum, it| sum.saturating_add(it.removed)),
        exchanges: answers.ours,
        other_exchanges: answers.others,
    };
    let mut gaps = ledger.gaps;
    if population.wallets.is_empty() {
        let detail = "no policy with a wallet was ever in force: there is nothing to compare".into();
        gaps.push(Gap { code: GapCode::NoPopulation, chain: None, detail });
    }
    let verdict = if rows.iter().any(|row| row.class.is_discrepancy()) {
        Verdict::Failed
    } else if gaps.is_empty() {
        log
    } else {
        Verdict::Insufficient
    };
    Reconciliation {
        verdict,
        exit_code: verdict.exit_code(),
        population: scope,
        gaps,
        totals: totals(&rows),
        rows,
    }
}

fn totals(rows: &[Row]) -> Vec<Total> {
    let mut sums: BTreeMap<(Option<Asset>, Class, Worth), (u64, Amount)> = BTreeMap::new();
    for row in rows {
        let (count, sum) = sums.entry((row.asset, row.class, row.worth)).or_default();
        *count = count.saturating_add(1);
        *sum = sum.checked_add(row.amount()).unwrap_or(Amount::MAX);
    }
    let total = |((asset, class, worth), (count, amount))| Total { asset, class, worth, count, amount };
    sums.into_iter().map(total).collect()
}

pub(crate) fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
