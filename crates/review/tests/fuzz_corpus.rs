//! The corpus of the fuzz target on the policy compiler, replayed.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/policy.rs"]
mod policy;

#[test]
fn no_text_of_the_corpus_breaks_the_compiler() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/policy");
    let mut replayed = 0;
    for entry in fs::read_dir(corpus).unwrap() {
        let source = fs::read(entry.unwrap().path()).unwrap();
        policy::policy(&String::from_utf8_lossy(&source));
        replayed += 1;
    }
    assert!(replayed >= 10, "{replayed}");
}
