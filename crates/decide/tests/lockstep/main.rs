//! The decision and its naive reference, in lockstep over random inputs: the same verdict, the same trace, and the
//! invariants after every step.
//!
//! `COUNTERFOIL_LOCKSTEP_STEPS` asks for so many steps instead of a few thousand, `COUNTERFOIL_LOCKSTEP_SEED` for
//! another seed than 1.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

mod inputs;
mod invariants;
mod money;
mod policies;
mod signing;
mod work;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use inputs::{Kind, Op};
use world::{Seen, World};

/// The most operations of one sequence.
const LONGEST: usize = 90;

fn op() -> impl Strategy<Value = Op> {
    let kinds: Vec<(u32, BoxedStrategy<Kind>)> =
        Kind::WEIGHTED.iter().map(|(weight, kind)| (*weight, Just(*kind).boxed())).collect();
    let choices = prop::array::uniform16(0_u16..4096);
    (prop::strategy::Union::new_weighted(kinds), choices).prop_map(|(kind, n)| Op { kind, n })
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect(name))
}

/// Runs sequences until so many steps are made; gives how many there were, and how often each thing came out.
fn run(seed: u64, steps: u64) -> (u64, Seen) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    // One case at a time, so that the number of steps can be counted.
    let config = Config { cases: 1, failure_persistence: None, max_shrink_iters: 8192, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let (mut done, mut seen) = (0, Seen::new());
    while done < steps {
        let sequence = (0_u16..64, prop::collection::vec(op(), 30..LONGEST));
        let made = core::cell::RefCell::new((0, Seen::new()));
        let mut one = TestRunner::new_with_rng(config.clone(), runner.new_rng());
        let outcome = one.run(&sequence, |(start, ops)| {
            let mut world = World::new(start);
            for op in &ops {
                world.take(op).map_err(TestCaseError::fail)?;
                invariants::hold(&world);
            }
            *made.borrow_mut() = (world.steps, world.seen);
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(reason, (start, ops))) => {
                let told =
                    ops.iter().filter(|op| op.kind != Kind::Wait || op.n[0] > 0).map(|op| format!("{op:?}"));
                let told = told.collect::<Vec<_>>().join("\n");
                panic!("seed {seed}, after {done} steps: {reason}\nstart {start}\n{told}");
            }
            Err(TestError::Abort(reason)) => panic!("{reason}"),
        }
        let (made, found) = made.into_inner();
        done += made;
        for (what, count) in found {
            *seen.entry(what).or_default() += count;
        }
    }
    (done, seen)
}

#[test]
fn decides_as_the_reference_does() {
    let seed = setting("COUNTERFOIL_LOCKSTEP_SEED", 1);
    let steps = setting("COUNTERFOIL_LOCKSTEP_STEPS", 4_000);
    let (done, seen) = run(seed, steps);
    for (what, count) in seen {
        println!("{count:>8} {what}");
    }
    println!("{done} steps without a difference, seed {seed}");
}
