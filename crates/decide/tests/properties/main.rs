//! Whatever is asked, in whatever order: no budget is overspent by an allow, no reservation ends twice, nothing
//! is compensated that did not settle, and the same inputs give the same bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is a failed test"
)]

mod invariants;
mod world;

use proptest::prelude::*;
use proptest::test_runner::Config;

use world::{Op, World};

fn op() -> impl Strategy<Value = Op> {
    let any = 0_usize..64;
    prop_oneof![
        2 => (0_usize..2, 0_usize..2).prop_map(|(agent, principal)| Op::OpenRun { agent, principal }),
        10 => (any.clone(), 0_usize..6, 0_usize..7, 0_usize..12)
            .prop_map(|(run, url, amount, key)| Op::Pay { run, url, amount, key }),
        4 => (any.clone(), any.clone(), 0_usize..2, 0_usize..4)
            .prop_map(|(transaction, key, step, amount)| Op::PayPart { transaction, key, step, amount }),
        2 => any.clone().prop_map(|held| Op::Claim { held }),
        3 => (any.clone(), 0_usize..4, prop::bool::weighted(0.1))
            .prop_map(|(held, person, refuse)| Op::Answer { held, person, refuse }),
        5 => (any.clone(), 0_usize..6).prop_map(|(allowed, how)| Op::Bind { allowed, how }),
        5 => (any.clone(), 0_usize..4).prop_map(|(allowed, how)| Op::Settle { allowed, how }),
        2 => any.clone().prop_map(|allowed| Op::Fail { allowed }),
        2 => any.clone().prop_map(|allowed| Op::Unknown { allowed }),
        3 => any.clone().prop_map(|allowed| Op::Expire { allowed }),
        2 => (any.clone(), 0_usize..3).prop_map(|(allowed, how)| Op::Compensate { allowed, how }),
        2 => any.clone().prop_map(|run| Op::Begin { run }),
        3 => (any.clone(), 0_usize..2).prop_map(|(transaction, step)| Op::Complete { transaction, step }),
        1 => any.clone().prop_map(|transaction| Op::Commit { transaction }),
        1 => any.clone().prop_map(|transaction| Op::Abort { transaction }),
        1 => any.prop_map(|run| Op::CloseRun { run }),
        1 => (0_usize..6).prop_map(|which| Op::Adopt { which }),
        2 => (0_usize..64, 0_usize..4).prop_map(|(text, people)| Op::Erase { text, people }),
        1 => Just(Op::Restart),
        6 => (0_usize..6).prop_map(|which| Op::Wait { which }),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_invariants_hold_after_every_step(ops in prop::collection::vec(op(), 20..70)) {
        let mut world = World::new();
        invariants::hold(&world);
        for op in ops {
            world.take(&op);
            invariants::hold(&world);
        }
        world.assert_replays();
    }
}
