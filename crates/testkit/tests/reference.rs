//! The reference decides every record of every decision vector as the vector does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use counterfoil_decide::{State, Step};
use counterfoil_record::Hash32;
use counterfoil_testkit::reference::{Answer, Reference};
use counterfoil_testkit::{forge, recipes};
use counterfoil_tlog::leaf_hash;

#[test]
fn agrees_with_every_decision_vector() {
    for vector in recipes::decision::all() {
        let name = &vector.name;
        let entries = vector.run();
        let (mut reference, mut state) = (Reference::new(), State::new());
        for (entry, record) in entries.iter().zip(forge::records(&entries)) {
            let expected = Answer::Record(record.verdict.clone());
            let found = reference.step(&record.input, record.time, state.digest());
            assert_eq!(found, expected, "{name}, record {}: {:?}", record.index, record.input);
            assert!(record.suppressed.is_none() || reference.may_suppress(), "{name}");
            let Step::Record(decision) = state.step(&record.input, record.time) else { panic!("{name}") };
            let leaf = Hash32(*leaf_hash(entry).bytes());
            state.seal(decision.pending, leaf);
            reference.push(record.input, record.time, record.verdict, leaf, record.suppressed);
        }
    }
}
