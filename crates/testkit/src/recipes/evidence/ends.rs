//! Bundles that say where a payment stands and should not, or leave out a record about one.

use counterfoil_audit::Verdict;
use counterfoil_audit::bundle::{Bundle, Bytes, StoodAt};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Index, Input, input};

use super::Case;
use super::bundles::{PAYMENT, bundle, log};
use super::shown::{MISSING, all_of, failed, held, proved, shown};
use crate::recipes::decision::gates::LOOSE;
use crate::scene::{Ask, Scene, accepted, allow, hold, refused};
use crate::vectors::Evidence;
use crate::{bundles, forge, keys};

pub(super) fn all() -> Vec<Evidence> {
    let mut all = ends();
    all.extend(left_out());
    all
}

fn ends() -> Vec<Evidence> {
    vec![before_the_end(), of_what_waits(), of_a_refusal(), after_a_jump(), refused_start(), first_payment()]
}

/// A heartbeat before the last record about a payment shows no end of it.
fn before_the_end() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&paid);
    scene.settle(paid.index, 10_000, accepted());
    scene.script.json(serde_json::json!({"type": "heartbeat"}));
    let before = scene.script.entries();
    scene.compensate(paid.index, 4_000, accepted());
    let after = scene.script.entries();
    let make = |entries: &[Vec<u8>]| bundles::bundle(entries, &keys::log(), &[paid.index], None).unwrap();
    let (older, mut newer) = (make(&before), make(&after));
    let heartbeat = older.standings[0].record;
    newer.standings.clone_from(&older.standings);
    newer.records.push(shown(&after, heartbeat));
    newer.records.sort_by_key(|shown| shown.index);
    let shows = "Where a payment stood before the last record about it shows no end.";
    Case::of_bundle("bundle-standing-before-the-end", shows, proved(&newer, &after))
        .not_checked("later-records")
        .expect(Verdict::Insufficient, &[])
}

fn of_what_waits() -> Evidence {
    let (mut scene, run) = Scene::plain_with("bundle", "", &[LOOSE]);
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    let held = scene.pay(&Ask::new(run, "premium", 2_000_000), hold(&["gate:premium"])).index;
    let before = scene.script.entries();
    let stood = forge::followed(&before).state().stood(held).unwrap();
    let entries = bundles::alive(&before, &keys::log());
    let heartbeat = forge::records(&entries).pop().unwrap().index;
    let mut bundle = Bundle::from_file(&all_of(&entries, held)).unwrap();
    bundle.standings = vec![StoodAt { record: heartbeat, stood }];
    let shows = "Where a payment stands that was never allowed does not show that nothing was said about it.";
    Case::of_bundle("bundle-of-what-was-never-allowed", shows, bundle.to_file())
        .not_checked("later-records")
        .expect(Verdict::Insufficient, &[])
}

/// A payment was refused for a jump of the clock, and a lying heartbeat says that it stands as another does.
fn of_a_refusal() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow()).index;
    let far = scene.elapsed() + 1_000 * 86_400_000;
    let jumped = scene.at(far).pay(&Ask::new(run, "two", 10_000), refused(&["clock-jump"])).index;
    let mut entries = scene.script.entries();
    let state = forge::followed(&entries).state().clone();
    let mut lying = state.clone();
    let payment = lying.payments.get(&paid).cloned().unwrap();
    lying.payments.insert(jumped, payment);
    let heartbeat = Input::Heartbeat(input::Heartbeat { state: state.digest() });
    let mut record = forge::next(&entries, heartbeat);
    record.input = Input::Heartbeat(input::Heartbeat { state: lying.digest() });
    entries.push(forge::sign(&record, &keys::log()));
    let mut bundle = Bundle::from_file(&all_of(&entries, jumped)).unwrap();
    bundle.standings = vec![StoodAt { record: record.index, stood: lying.stood(jumped).unwrap() }];
    let shows = "A payment that was refused is said to stand open.";
    Case::of_bundle("bundle-standing-of-a-refusal", shows, bundle.to_file())
        .expect(Verdict::Failed, &[("bundle-standing", Some(jumped.value()))])
}

/// A settlement was refused for a jump of the clock, and the clock set right: what came after it is earlier.
fn after_a_jump() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&paid);
    let now = scene.elapsed();
    scene.at(now + 1_000 * 86_400_000).settle(paid.index, 10_000, refused(&["clock-jump"]));
    scene.back_at(now + 2).settle(paid.index, 10_000, accepted());
    let entries = bundles::alive(&scene.script.entries(), &keys::log());
    let bytes = bundles::bundle(&entries, &keys::log(), &[paid.index], None).unwrap().to_file();
    let shows = "A record that was refused for a jump of the clock does not make those after it go back.";
    Case::of_bundle("bundle-after-a-jump-of-the-clock", shows, bytes).verifies()
}

/// A start that was refused, because it names a state of the past, says where a payment stood; its settlement is left out.
fn refused_start() -> Evidence {
    let past = forge::followed(&log()[..9]).state().clone();
    let mut entries = log()[..10].to_vec();
    let start = input::Start { tool: counterfoil_record::Text::shown("restored"), state: past.digest() };
    let record = forge::next(&entries, Input::Start(start));
    assert_eq!(record.verdict.codes, [Code::StateDiffers]);
    entries.push(forge::sign(&record, &keys::log()));
    let mut shorter = bundle(None);
    shorter.checkpoint = Bytes(forge::checkpoint(&entries, &keys::log()).into_bytes());
    shorter.records.retain(|shown| shown.index < Index::new(9));
    shorter.records.push(shown(&entries, record.index));
    shorter.standings = vec![StoodAt { record: record.index, stood: past.stood(PAYMENT).unwrap() }];
    let shows = "A refused start says where a payment stood; what came after is left out.";
    let case = Case::of_bundle("bundle-standing-by-a-refused-start", shows, proved(&shorter, &entries));
    failed(case, MISSING, Some(record.index.value()))
}

/// Allowed by people, and shown to its end: but that nothing was paid to the payee before is not shown.
fn first_payment() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    scene.claim(held.index, allow());
    let entries = bundles::alive(&scene.script.entries(), &keys::log());
    let bytes = bundles::bundle(&entries, &keys::log(), &[held.index], None).unwrap().to_file();
    let shows =
        "A first payment that people allowed, and whose end is shown, is still not shown to be the first.";
    Case::of_bundle("bundle-first-payment-allowed", shows, bytes)
        .not_checked("first-payment")
        .expect(Verdict::Insufficient, &[])
}

fn left_out() -> Vec<Evidence> {
    let settlement = bundles::without(&bundle(None), &log(), Index::new(9)).to_file();
    vec![
        failed(
            Case::of_bundle(
                "bundle-without-a-settlement",
                "A settlement is left out of a bundle.",
                settlement,
            ),
            "bundle-standing",
            Some(PAYMENT.value()),
        ),
        without_an_earlier_claim(),
        without_anothers_request(),
    ]
}

fn without_an_earlier_claim() -> Evidence {
    let (mut scene, payment) = held();
    let claims = [0; 3].map(|_| scene.claim(payment, hold(&["gate:new-payee"])).index);
    let entries = scene.script.entries();
    let whole = Bundle::from_file(&all_of(&entries, payment)).unwrap();
    let shows = "A claim of the payment is left out.";
    let less = bundles::without(&whole, &entries, claims[0]).to_file();
    Case::of_bundle("bundle-without-an-earlier-claim", shows, less)
        .fails("decision-does-not-follow", claims[1].value())
}

/// Another payment was held and then allowed; that it was asked for is left out.
fn without_anothers_request() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    let claimed = scene.claim(held.index, allow()).index;
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow()).index;
    let entries = scene.script.entries();
    let whole = Bundle::from_file(&all_of(&entries, paid)).unwrap();
    let mut less = whole;
    let approval = held.index.next();
    less.records.retain(|shown| shown.index != approval);
    let less = bundles::without(&less, &entries, held.index).to_file();
    let shows = "What another payment asked for is left out, and that it was allowed is shown.";
    Case::of_bundle("bundle-without-the-request-of-another", shows, less).fails(MISSING, claimed.value())
}
