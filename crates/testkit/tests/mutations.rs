//! Whatever is edited in a log, an auditor says what the edit came to: by the oracle of `mutate`, never by its own word.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeSet;
use std::thread;

use counterfoil_testkit::mutate::{Campaign, Class, Mutation, tree};
use counterfoil_testkit::vectors::{Decision, files, read};

/// How many edits are made here. `cargo run --release -p counterfoil-testkit --bin mutate` makes more.
const EDITS: u64 = 1_000;

/// The seed under which they are drawn.
const SEED: u64 = 2_026;

#[test]
fn no_edit_of_a_log_goes_unseen_and_none_without_meaning_is_found_wrong() {
    let workers = 2;
    let campaigns: Vec<Campaign> = thread::scope(|scope| {
        let run = |worker| {
            move || {
                let mut campaign = Campaign::new(SEED);
                for number in (worker..EDITS).step_by(2) {
                    if let Err(failure) = campaign.one(number) {
                        panic!("{failure}");
                    }
                }
                campaign
            }
        };
        let started: Vec<_> = (0..workers).map(|worker| scope.spawn(run(worker))).collect();
        started.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let totals = campaigns
        .iter()
        .map(Campaign::totals)
        .fold([0; 3], |sum, totals| [sum[0] + totals[0], sum[1] + totals[1], sum[2] + totals[2]]);
    println!("edits of class 1, 2, 3: {totals:?}");
    assert!(totals[0] > 500 && totals[1] > 100 && totals[2] > 100, "{totals:?}");
    // Every kind of edit was tried, and every part of a record.
    let kinds = campaigns.iter().flat_map(|campaign| campaign.counts.keys());
    let kinds: BTreeSet<&str> = kinds.filter_map(|kind| kind.split(';').next()).collect();
    for part in ["header", "signature", "index", "prior", "prev-control", "time", "input", "outcome", "trace"]
    {
        assert!(kinds.contains(format!("value, {part}").as_str()), "{part} in {kinds:?}");
    }
    assert!(kinds.contains("refusals counted only") && kinds.len() >= 40, "{kinds:?}");
}

#[test]
fn a_mutation_is_the_same_from_seed_and_number_and_its_count_is_exact() {
    let mut campaign = Campaign::new(1);
    for number in 0..40 {
        let class: Class = campaign.one(number).unwrap();
        assert_eq!(campaign.one(number).unwrap(), class);
    }
    let edits = |number: u64| Mutation::drawn(&campaign.bases, 1, number).edits.len();
    let drawn: u64 = (0..40).map(|number| u64::try_from(edits(number)).unwrap()).sum();
    assert_eq!(campaign.totals().iter().sum::<u64>(), 2 * drawn);
}

#[test]
fn every_entry_of_every_vector_is_a_tree_that_writes_the_same_bytes() {
    let mut seen = 0;
    for file in files("decision").iter().step_by(7) {
        for entry in read::<Decision>(file).run() {
            let tree = tree::read(&entry).unwrap();
            let mut same = tree.clone();
            for way in tree::ways(&tree) {
                assert!(tree::at(&tree, &way).is_some());
                tree::edit(&mut same, &way, &mut |_| {});
            }
            assert_eq!(tree::write(&same), entry);
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}
