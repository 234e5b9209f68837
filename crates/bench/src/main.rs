//! What one decision costs, beside the primitives that it is made of and beside `cedar-policy` on the same ten rules.
//!
//! Every figure is the median of batches of one run on one machine; the ratios are what can be compared.

mod cedar;
mod world;

use std::hint::black_box;
use std::time::Instant;

use counterfoil_decide::Step;
use counterfoil_rails::x402::PaymentRequirements;
use counterfoil_record::{Hash32, Time};

use world::World;

const BATCHES: usize = 41;

/// Nanoseconds that one call takes: the median over batches.
fn median(calls: usize, mut call: impl FnMut(usize)) -> f64 {
    let mut batches: Vec<f64> = (0..BATCHES)
        .map(|batch| {
            let start = Instant::now();
            for at in 0..calls {
                call(batch * calls + at);
            }
            start.elapsed().as_nanos() as f64 / calls as f64
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    batches[BATCHES / 2]
}

/// What a decision on each of a thousand runs costs.
fn decide(world: &World) -> f64 {
    let asks: Vec<_> = (0..1_000).map(|run| world.ask(run)).collect();
    let time = Time::from_millis(world.now + 1);
    median(1_000, |at| {
        let Step::Record(decision) = world.state.step(&asks[at % asks.len()], time) else { panic!("a repeat") };
        black_box(decision);
    })
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("decide") {
        // For a profiler: nothing but decisions.
        println!("{:.0} ns", decide(&World::new(20, 1_000, 10_000)));
        return;
    }
    let element = world::requirements(1, 0);
    let parse = median(2_000, |_| drop(black_box(PaymentRequirements::parse(black_box(&element)))));
    let json = median(2_000, |_| {
        drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(&element))));
    });
    let hash = median(20_000, |_| {
        black_box(Hash32::of(&[black_box(&[7_u8; 200])]));
    });
    println!("primitives: SHA-256 of 200 bytes {hash:.0} ns, the offer as JSON {json:.0} ns, its terms {parse:.0} ns");

    let twenty = World::new(20, 1_000, 10_000);
    let cost = decide(&twenty);
    println!(
        "decide, full trace, 20 rules, 1,000 open runs, windows of 10,000 payments: {cost:.0} ns; \
         reading the offer alone is {:.2} of it",
        parse / cost
    );

    let ten = World::new(10, 1_000, 10_000);
    let ours = decide(&ten);
    let theirs = cedar::cost();
    println!(
        "ten rules: counterfoil {ours:.0} ns with trace, cedar-policy {theirs:.0} ns without; ratio {:.1}",
        theirs / ours
    );

    let mut growing = World::new(20, 1_000, 0);
    let mut first = None;
    for records in [1_000_u64, 10_000, 100_000, 1_000_000] {
        growing.grow_to(records + 1_000);
        let cost = decide(&growing);
        let ratio = cost / *first.get_or_insert(cost);
        println!(
            "decide after {:>9} records ({} payments known): {cost:.0} ns, {ratio:.2} of the first",
            growing.state.size.value(),
            growing.state.payments.len()
        );
    }
}
