//! Edits the logs of the tests, and holds the auditor against what each edit came to:
//! `mutate SEED COUNT` or, to make one again, `mutate SEED from NUMBER COUNT`.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::disallowed_methods,
    reason = "a program for whoever works on this repository, which wrong arguments stop, and which says how long it took"
)]

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use counterfoil_testkit::mutate::Campaign;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let number = |word: &String| word.parse::<u64>().expect("a number");
    let (seed, from, count) = match words.as_slice() {
        [seed, count] => (number(seed), 0, number(count)),
        [seed, word, from, count] if word == "from" => (number(seed), number(from), number(count)),
        _ => panic!("mutate SEED COUNT, or mutate SEED from NUMBER COUNT"),
    };
    let begun = Instant::now();
    let mut campaign = Campaign::new(seed);
    let mut failed = 0_u64;
    for at in from..from.saturating_add(count) {
        if let Err(failure) = campaign.one(at) {
            println!("{failure}");
            failed = failed.saturating_add(1);
        }
    }
    for (kind, [broken, another, same]) in &campaign.counts {
        println!("{broken:6} {another:6} {same:6}  {kind}");
    }
    let [broken, another, same] = campaign.totals();
    println!(
        "{broken:6} {another:6} {same:6}  edits of class 1, 2, 3, in {} ms",
        begun.elapsed().as_millis()
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
