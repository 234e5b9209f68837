//! Reservations: what ends one, and what does not.

use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::Index;

use crate::rail;
use crate::scene::{Ask, Expect, Scene, accepted, accepted_with, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        unknown(),
        failed_under_chain(),
        failed_under_payee(),
        failed_by_word(),
        failed_with_other_evidence(),
        expired_unbound(),
        expired_bound(),
        expired_in_a_closed_run(),
        settled_for_less(),
    ]
}

const RUN_TOTAL: (&str, &str) = ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"");
const PAYEE: (&str, &str) = ("releases = \"chain\"", "releases = \"payee\"");

/// A run of which 0.20 of 0.30 are reserved.
fn reserved(name: &'static str, shows: &'static str, changes: &[(&str, &str)]) -> (Scene, Index, Recorded) {
    let changes = [&[RUN_TOTAL], changes].concat();
    let (mut scene, run) = Scene::plain_with(name, shows, &changes);
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    (scene, run, allowed)
}

/// Asks for more than what is left beside the reservation.
fn more(scene: &mut Scene, run: Index, expect: Expect) {
    scene.pay(&Ask::new(run, "more", 200_000), expect);
}

fn full() -> Expect {
    deny(&["budget:run-total"])
}

fn unknown() -> Decision {
    let shows = "An unknown outcome is never final: what was allowed stays reserved.";
    let (mut scene, run, allowed) = reserved("reservation-on-unknown", shows, &[PAYEE]);
    scene.bind_exactly(&allowed);
    scene.unknown(allowed.index, accepted());
    more(&mut scene, run, full());
    scene.fail(allowed.index, accepted());
    more(&mut scene, run, allow());
    scene.finish()
}

fn failed_under_chain() -> Decision {
    let shows = "Where only the chain's word releases, the payee's failure does not: it may yet settle.";
    let (mut scene, run, allowed) = reserved("reservation-on-failure-by-chain", shows, &[]);
    scene.bind_exactly(&allowed);
    scene.fail(allowed.index, accepted_with(&["reservation-holds"]));
    more(&mut scene, run, full());
    scene.settle(allowed.index, 200_000, accepted());
    more(&mut scene, run, full());
    scene.finish()
}

fn failed_under_payee() -> Decision {
    let shows =
        "Where the payee's word releases, its failure ends the reservation; a later settlement counts again.";
    let (mut scene, run, allowed) = reserved("reservation-on-failure-by-payee", shows, &[PAYEE]);
    scene.bind_exactly(&allowed);
    scene.fail(allowed.index, accepted());
    scene.fail(allowed.index, accepted_with(&["contradicts"]));
    more(&mut scene, run, allow());
    scene.settle(allowed.index, 200_000, accepted_with(&["late", "over-limit"]));
    scene.pay(&Ask::new(run, "evenmore", 1), full());
    scene.finish()
}

fn failed_by_word() -> Decision {
    let shows = "The operator's own word that a payment failed releases nothing.";
    let (mut scene, run, allowed) = reserved("reservation-on-failure-by-word", shows, &[PAYEE]);
    let failed =
        Command::Fail { payment: allowed.index, payment_response: None, reason: Some("it timed out".into()) };
    scene.record(failed, accepted_with(&["reservation-holds"]));
    more(&mut scene, run, full());
    scene.finish()
}

fn failed_with_other_evidence() -> Decision {
    let shows = "Evidence that says something else is worth no more than the operator's word.";
    let (mut scene, run, allowed) = reserved("reservation-on-contradicting-evidence", shows, &[PAYEE]);
    let payment_response = Some(rail::response(true));
    let failed = Command::Fail { payment: allowed.index, payment_response, reason: None };
    scene.record(failed, accepted_with(&["evidence-differs", "reservation-holds"]));
    more(&mut scene, run, full());
    scene.finish()
}

fn expired_unbound() -> Decision {
    let shows = "An unbound reservation ends past the permit's end and the rail's finality, not at it.";
    let (mut scene, run, allowed) = reserved("reservation-expires-unbound", shows, &[]);
    // The permit ends 600 s after the second of the allow, finality is 120 s.
    scene.at(720_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(720_000).pay(&Ask::new(run, "more", 200_000), full());
    scene.at(720_001).expire(allowed.index, accepted());
    scene.expire(allowed.index, refused(&["out-of-order"]));
    more(&mut scene, run, allow());
    scene.finish()
}

fn expired_bound() -> Decision {
    let shows = "A reservation stands as long as its permit, also where what was signed for it ends sooner.";
    let (mut scene, run, allowed) = reserved("reservation-expires-bound", shows, &[]);
    let mut signing = scene.signing(&allowed);
    signing.authorization.valid_before -= 540;
    scene.bind(allowed.index, &signing, accepted());
    scene.unknown(allowed.index, accepted());
    scene.at(180_001).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(720_000).expire(allowed.index, refused(&["still-claimable"]));
    scene.at(720_001).expire(allowed.index, accepted());
    more(&mut scene, run, allow());
    scene.finish()
}

fn expired_in_a_closed_run() -> Decision {
    let shows = "Facts and expiries of a closed run's payments are still taken.";
    let (mut scene, run, first) = reserved("reservation-after-the-run-closed", shows, &[]);
    let second = scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.bind_exactly(&second);
    scene.record(Command::CloseRun { run }, accepted());
    scene.settle(second.index, 100_000, accepted());
    scene.at(720_001).expire(first.index, accepted());
    scene.finish()
}

fn settled_for_less() -> Decision {
    let shows = "`exact` settles for exactly its value: a smaller amount that is stated is marked, and frees nothing.";
    let (mut scene, run, allowed) = reserved("reservation-settled-for-less", shows, &[]);
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 50_000, accepted_with(&["amount-differs"]));
    more(&mut scene, run, full());
    scene.finish()
}
