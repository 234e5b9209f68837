//! Bundles of a log whose clock made a step that its policy does not let it make.

use counterfoil_decide::Step;
use counterfoil_record::{Index, Input, Span, input};

use super::Case;
use super::shown::{at, proved};
use super::told::Told;
use crate::scene::{Ask, Scene, allow};
use crate::vectors::Evidence;
use crate::{bundles, forge};

const HOUR: u64 = 3_600_000;

/// The record of `input` 73 hours after the one before it, decided as if the clock might move so far.
fn late(told: &mut Told, input: Input) -> Index {
    let mut free = told.state.clone();
    free.policy.as_mut().expect("a policy").policy.limits.max_step = None;
    let time = told.state.time.plus(Span::from_millis(73 * HOUR));
    let Step::Record(decision) = free.step(&input, time) else { panic!("it is counted") };
    told.record(input, decision.verdict, decision.pending, time)
}

/// A payment is allowed 73 hours after the record before it, under a policy that lets the clock move by 72. That record
/// is a heartbeat, or another that was rightly refused for its time, of 80 hours. Beside the log the record and the payment.
fn jumped(refused: bool) -> (Told, Index, Index) {
    let (mut scene, run) = Scene::plain("bundle", "");
    scene.pay(&Ask::new(run, "first", 100_000), allow());
    let mut told = Told::of(&scene.script.entries());
    let paid = scene.pay(&Ask::new(run, "second", 100_000), allow()).index;
    let asked = forge::records(&scene.script.entries())[at(paid)].input.clone();
    let heartbeat = Input::Heartbeat(input::Heartbeat { state: told.state.digest() });
    let far = told.state.time.plus(Span::from_millis(80 * HOUR));
    let time = if refused { far } else { told.next() };
    let Step::Record(decision) = told.state.step(&heartbeat, time) else { panic!("it is counted") };
    let before = told.record(heartbeat, decision.verdict, decision.pending, time);
    let payment = late(&mut told, asked);
    (told, before, payment)
}

/// It is a heartbeat that comes so late, after the last record about the payment.
fn alive_too_late() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let payment = scene.pay(&Ask::new(run, "first", 100_000), allow()).index;
    let mut told = Told::of(&scene.script.entries());
    let state = told.state.digest();
    let heartbeat = late(&mut told, Input::Heartbeat(input::Heartbeat { state }));
    let bundle = told.all_of(payment);
    let shows =
        "A heartbeat is accepted further after the record before it than the policy lets the clock move.";
    Case::of_bundle("bundle-alive-after-a-clock-jump", shows, proved(&bundle, &told.entries))
        .fails("decision-does-not-follow", heartbeat.value())
}

pub(super) fn all() -> Vec<Evidence> {
    let found = |refused: bool, name, shows| {
        let (mut told, _, payment) = jumped(refused);
        let bundle = told.all_of(payment);
        Case::of_bundle(name, shows, proved(&bundle, &told.entries))
            .fails("decision-does-not-follow", payment.value())
    };
    let (mut told, before, payment) = jumped(false);
    let bundle = told.all_of(payment);
    let less = bundles::without(&bundle, &told.entries, before);
    vec![
        found(
            false,
            "bundle-paid-after-a-clock-jump",
            "A payment is allowed further after the record before it than the policy lets the clock move.",
        ),
        found(
            true,
            "bundle-paid-after-a-clock-jump-and-a-refusal",
            "The same, and the record before it was refused for its time: the clock stands where it stood before that.",
        ),
        alive_too_late(),
        Case::of_bundle(
            "bundle-not-seen-a-clock-jump",
            "The same, and the record before it is left out: how far the clock moved since, only the whole log shows.",
            proved(&less, &told.entries),
        )
        .not_checked("records-left-out")
        .verifies(),
    ]
}
