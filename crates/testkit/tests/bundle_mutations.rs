//! Whatever is edited in a log, or in a bundle itself, a bundle shows what `docs/format.md` says that it shows.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeMap;

use counterfoil_testkit::mutate::bundles::{Edited, Shelf, Shows};
use counterfoil_testkit::mutate::{Base, bases};

/// How many edits are made of each log's bundles.
const EDITS: u64 = 12;

/// The seed under which they are drawn.
const SEED: u64 = 7;

#[test]
fn an_edited_bundle_comes_to_what_bundles_show() {
    let bases: Vec<Base> = bases();
    let (mut counts, mut failures) = (BTreeMap::<Shows, u64>::new(), Vec::new());
    let edits: u64 = std::env::var("COUNTERFOIL_EDITS").map_or(EDITS, |edits| edits.parse().unwrap());
    for base in &bases {
        let shelf = Shelf::new(base, 6);
        if shelf.bundles.is_empty() {
            continue;
        }
        for number in 0..edits {
            let (at, edited) = Edited::drawn(&shelf, SEED, number);
            if let Some(said) = edited.hold(&shelf, shelf.bundles[at].1) {
                let payments = &shelf.bundles[at].0.payments;
                failures.push(format!("{} {payments:?}, number {number}: {said}", base.name));
            }
            *counts.entry(edited.shows).or_default() += 1;
        }
    }
    println!("{counts:?}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(counts[&Shows::Finding] > 150 && counts[&Shows::Same] > 40, "{counts:?}");
}
