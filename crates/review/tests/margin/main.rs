//! The margin of decisions, held against what comes out when each change is made by another way: on logs under random
//! use, on small ones where every amount and every moment is tried, and on vectors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a panic is a failed test"
)]

mod chance;
mod changed;
mod exact;
mod held_against;
mod small;

#[path = "../../../decide/tests/lockstep/inputs.rs"]
mod inputs;
#[path = "../../../decide/tests/lockstep/money.rs"]
mod money;
#[path = "../../../decide/tests/lockstep/policies.rs"]
mod policies;
#[path = "../../../decide/tests/lockstep/signing.rs"]
mod signing;
#[path = "../../../decide/tests/lockstep/work.rs"]
mod work;
#[path = "../../../decide/tests/lockstep/world.rs"]
mod world;

use counterfoil_audit::{Auditor, Checked, Observer};
use counterfoil_decide::State;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{FORMAT, Hash32, Input, Record};
use counterfoil_testkit::vectors::{Decision, files, read};

use chance::Chance;
use changed::{Decided, verdict};
use held_against::{Dense, Tally, hold};
use inputs::{Kind, NUMBERS, Op};
use world::World;

/// The decisions of one log under random use.
fn random(seed: u64, chance: &mut Chance) -> Vec<Decided> {
    let mut world = World::new(u16::try_from(chance.below(64)).unwrap());
    let mut decided = Vec::new();
    for at in 0..42 {
        let op = operation(chance);
        world.take(&op).unwrap();
        let Some((before, input, outcome)) = world.last.take() else { continue };
        if !matches!(input, Input::Pay(_) | Input::Claim(_)) || outcome == Outcome::Refused {
            continue;
        }
        let time = world.state.time;
        let record = Record {
            format: FORMAT,
            index: before.size,
            prior: Hash32([0; 32]),
            prev_control: None,
            time,
            verdict: verdict(&before, &input, time).unwrap(),
            input,
            suppressed: None,
        };
        decided.push(Decided { before, record, place: format!("seed {seed}, operation {at}") });
    }
    decided
}

/// Every other one asks to pay, or is about what is held; the rest are as the decision and its reference are tried with.
fn operation(chance: &mut Chance) -> Op {
    let often = [Kind::Pay, Kind::Claim, Kind::Pay, Kind::Answer, Kind::Pay, Kind::Prepare, Kind::PayAgain];
    let kind = if chance.below(2) == 0 {
        often[usize::try_from(chance.below(7)).unwrap()]
    } else {
        let all = Kind::WEIGHTED.iter().flat_map(|(weight, kind)| (0..*weight).map(move |_| *kind));
        let all: Vec<Kind> = all.collect();
        all[usize::try_from(chance.below(all.len() as u64)).unwrap()]
    };
    let mut n = [0; NUMBERS];
    n.fill_with(|| u16::try_from(chance.below(4096)).unwrap());
    Op { kind, n }
}

fn told(tally: &Tally) -> String {
    let lines: Vec<String> = tally.iter().map(|(what, count)| format!("{count:>6} {what}")).collect();
    lines.join("\n")
}

fn count(tally: &Tally, prefix: &str) -> u64 {
    tally.iter().filter(|(what, _)| what.starts_with(prefix)).map(|(_, count)| count).sum()
}

fn assert_seen(tally: &Tally, least: &[(&str, u64)]) {
    for (what, least) in least {
        assert!(count(tally, what) >= *least, "{what}\n{}", told(tally));
    }
}

#[test]
fn of_1000_random_decisions_what_is_named_turns_it_and_nothing_smaller_does() {
    let (mut tally, mut seed) = (Tally::new(), 0);
    let dense = Dense { amounts: 3, millis: 3, others: 3 };
    while count(&tally, "decided") < 700 {
        seed += 1;
        let mut chance = Chance::new(seed);
        for decided in random(seed, &mut chance) {
            hold(&decided, dense, &mut chance, &mut tally);
        }
    }
    // Limits of a few units and milliseconds: here every amount and every moment is tried.
    let dense = Dense { amounts: 75, millis: 24, others: 4 };
    while count(&tally, "decided") < 1_000 {
        seed += 1;
        let mut chance = Chance::new(seed);
        for decided in small::decisions(&format!("seed {seed}"), &mut chance) {
            hold(&decided, dense, &mut chance, &mut tally);
        }
    }
    let least = [
        ("decided", 1_000),
        ("decided allow", 100),
        ("decided hold", 100),
        ("decided deny", 400),
        ("decided cannot-decide", 10),
        ("amount increase from allow to hold", 50),
        ("amount increase from allow to deny", 20),
        ("amount increase from hold to deny", 50),
        ("amount decrease from hold to allow", 50),
        ("amount decrease from deny to hold", 20),
        ("amount decrease from deny to allow", 20),
        ("time from allow to cannot-decide [budget]", 50),
        ("time from allow to deny [agent]", 1),
        ("time from allow to deny [gate]", 1),
        ("time from allow to deny [mandate]", 1),
        ("time from allow to deny [purchase]", 1),
        ("time from allow to deny [transaction]", 1),
        ("time from allow to hold [gate]", 1),
        ("time from deny to allow [budget]", 5),
        ("time from hold to allow [gate]", 1),
        ("time from hold to deny", 20),
        ("phase to allow", 10),
        ("phase to deny", 100),
        ("approvals more", 50),
        ("approvals fewer", 5),
        ("approvals none", 1),
    ];
    assert_seen(&tally, &least);
}

/// The decisions of a log, with the state before each.
#[derive(Default)]
struct Decisions(Vec<(Record, State)>);

impl Observer for Decisions {
    fn before(&mut self, record: &Record, state: &State) {
        if matches!(record.input, Input::Pay(_) | Input::Claim(_)) && !record.verdict.trace.is_empty() {
            self.0.push((record.clone(), state.clone()));
        }
    }

    fn after(&mut self, _: &Checked, _: &State) {}
}

#[test]
fn the_margin_is_right_on_every_decision_of_every_other_vector() {
    let (mut tally, mut chance) = (Tally::new(), Chance::new(7));
    let dense = Dense { amounts: 2, millis: 2, others: 1 };
    for file in files("decision").into_iter().step_by(2) {
        let vector = read::<Decision>(&file);
        let mut auditor = Auditor::new(Some(counterfoil_testkit::script::trust()), None);
        let mut decisions = Decisions::default();
        for entry in vector.run() {
            auditor.push_observed(&entry, &mut decisions);
        }
        for (record, before) in decisions.0 {
            let place = format!("{}, record {}", vector.name, record.index);
            hold(&Decided { before, record, place }, dense, &mut chance, &mut tally);
        }
    }
    assert_seen(&tally, &[("decided", 250)]);
}
