//! Bundles that somebody made to deceive, or to cost: each is refused by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeMap;

use counterfoil_audit::bundle::{BUNDLE_MOST, Bundle, Bytes, Earlier, Shown, examine};
use counterfoil_audit::{Level, NotCheckedCode, Report, Trust, Verdict, open_checkpoint};
use counterfoil_decide::state::Status;
use counterfoil_record::input::Governance;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Index, Input, Record, Span, Time};
use counterfoil_testkit::mutate::Base;
use counterfoil_testkit::mutate::bundles::{Shelf, Shows, told};
use counterfoil_testkit::mutate::edit::tell;
use counterfoil_testkit::mutate::repair::{Item, Touched};
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow};
use counterfoil_testkit::script::trust;
use counterfoil_testkit::{bundles, forge, keys};

/// A log of two payments in one run, the first refunded after it settled, and alive afterwards.
fn log() -> (Vec<Vec<u8>>, Index) {
    let (mut scene, run) = Scene::plain("bundle", "a payment that settled and came back");
    let first = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&first);
    scene.settle(first.index, 10_000, accepted());
    scene.compensate(first.index, 4_000, accepted());
    let second = scene.pay(&Ask::new(run, "two", 20_000), allow());
    scene.bind_exactly(&second);
    scene.settle(second.index, 20_000, accepted());
    (bundles::alive(&scene.script.entries(), &keys::log()), second.index)
}

fn look(bundle: &Bundle, trust: Option<Trust>) -> Report {
    examine(&bundle.to_file(), trust, None, &mut ())
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code.code()).collect()
}

/// Trust that also pins a checkpoint of the first `size` records.
fn pinned(entries: &[Vec<u8>], size: usize) -> Trust {
    let note = forge::checkpoint(&entries[..size], &keys::log());
    let checkpoint = open_checkpoint(&note, &keys::ORIGIN.parse().unwrap(), &[keys::log_named()]).unwrap();
    Trust { checkpoint: Some(checkpoint), require: Level::PinnedCheckpoint, ..trust() }
}

#[test]
fn a_bundle_is_the_same_bytes_each_time_and_reads_as_it_was_written() {
    let (entries, payment) = log();
    let make = || bundles::bundle(&entries, &keys::log(), &[payment], Some(3)).unwrap();
    let bytes = make().to_file();
    assert_eq!(bytes, make().to_file());
    assert_eq!(Bundle::from_file(&bytes).unwrap().to_file(), bytes);
    let report = look(&make(), Some(trust()));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Verified, vec![]));
    let shown = report.scope.bundle.unwrap();
    let last = u64::try_from(entries.len()).unwrap() - 1;
    assert_eq!((shown.payments, shown.complete_to), (vec![payment.value()], Some(last)));
}

#[test]
fn without_trust_and_below_the_required_assurance_it_is_insufficient() {
    let (entries, payment) = log();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], Some(3)).unwrap();
    let report = look(&bundle, None);
    assert_eq!((report.verdict, codes(&report)), (Verdict::Insufficient, vec![]));
    // Pinned at a size that the bundle connects with its own, at its own size, and at another.
    let whole = entries.len();
    for (size, verdict) in [(3, Verdict::Verified), (whole, Verdict::Verified), (4, Verdict::Insufficient)] {
        let report = look(&bundle, Some(pinned(&entries, size)));
        assert_eq!((report.verdict, codes(&report)), (verdict, vec![]), "{size}");
    }
}

#[test]
fn a_history_that_the_pinned_checkpoint_is_not_of_is_a_contradiction_or_fails() {
    let (entries, payment) = log();
    let (mut scene, run) = Scene::plain("bundle", "another history");
    let other = scene.pay(&Ask::new(run, "other", 10_000), allow());
    assert!(other.index < payment);
    let others = scene.script.entries();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], Some(4)).unwrap();
    let report = look(&bundle, Some(pinned(&others, 4)));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["bundle-consistency"]));
    let others = bundles::alive(&others, &keys::log());
    let bundle = bundles::bundle(&others, &keys::log(), &[other.index], None).unwrap();
    let mut rewritten = entries[..others.len()].to_vec();
    rewritten.truncate(others.len());
    let report = look(&bundle, Some(pinned(&rewritten, others.len())));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Contradiction, vec!["root-differs-from-pinned"]));
    let mut bent = bundles::bundle(&entries, &keys::log(), &[payment], Some(3)).unwrap();
    bent.earlier = Some(Earlier { size: 3, hashes: vec![Hash32([7; 32])] });
    assert_eq!(codes(&look(&bent, Some(pinned(&entries, 3)))), ["bundle-consistency"]);
}

#[test]
fn what_was_altered_is_named() {
    let (entries, payment) = log();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    let beyond = bundle.records.last().unwrap().index.next();
    let fails = |change: &dyn Fn(&mut Bundle), code: &str| {
        let mut altered = bundle.clone();
        change(&mut altered);
        let report = look(&altered, Some(trust()));
        assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec![code]));
    };
    fails(&|it| it.hashes.clear(), "bundle-root");
    fails(&|it| it.hashes.push(Hash32([0; 32])), "bundle-root");
    fails(&|it| it.records[1].entry.0[200] ^= 1, "bundle-root");
    fails(&|it| it.records[1].entry = Bytes(vec![0x80]), "record-malformed");
    fails(&|it| it.records.last_mut().unwrap().index = beyond, "index-wrong");
    fails(&|it| drop(it.records.remove(0)), "bundle-record-missing");
    fails(&|it| it.payments.clear(), "bundle-malformed");
    fails(&|it| it.payments.push(Index::new(1_000)), "bundle-record-missing");
    fails(&|it| it.payments.push(payment), "bundle-malformed");
    fails(&|it| it.checkpoint = Bytes(b"no checkpoint".to_vec()), "checkpoint-invalid");
    let stranger = forge::checkpoint(&entries, &keys::ed25519("mallory"));
    fails(&|it| it.checkpoint = Bytes(stranger.clone().into_bytes()), "checkpoint-invalid");
    fails(
        &|it| it.standings[0].stood.payment.settled = it.standings[0].stood.payment.compensated,
        "bundle-standing",
    );
    fails(&|it| it.standings[0].stood.rest = Hash32([0; 32]), "bundle-standing");
    fails(&|it| it.standings[0].stood.position += 1, "bundle-standing");
    fails(&|it| it.standings[0].record = beyond, "bundle-record-missing");
}

#[test]
fn a_checkpoint_of_another_tree_is_refused() {
    let (entries, payment) = log();
    let mut bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    // The tree of the same size over other records: everything is signed, and nothing fits.
    let (mut scene, run) = Scene::plain("bundle", "another history");
    scene.pay(&Ask::new(run, "other", 10_000), allow());
    let other = forge::checkpoint(&scene.script.entries(), &keys::log());
    bundle.checkpoint = Bytes(other.into_bytes());
    assert_eq!(codes(&look(&bundle, Some(trust()))), ["bundle-root"]);
}

#[test]
fn a_decision_that_the_policy_would_not_give_is_found_in_its_bundle() {
    let (entries, payment) = log();
    let mut records = forge::records(&entries);
    let at = usize::try_from(payment.value()).unwrap();
    let honest = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    // The operator takes a budget's row to be of another sum, signs everything anew, and bundles that.
    let row = records[at].verdict.trace.iter_mut().find(|row| row.check.code() == "budget").unwrap();
    row.operands.insert(
        counterfoil_record::verdict::OperandName::Settled,
        counterfoil_record::verdict::Operand::Number(counterfoil_record::Amount::ZERO),
    );
    let lying = forge::resign(&records);
    let mut bundle = honest;
    for shown in &mut bundle.records {
        shown.entry = Bytes(lying[usize::try_from(shown.index.value()).unwrap()].clone());
    }
    bundle.checkpoint = Bytes(forge::checkpoint(&lying, &keys::log()).into_bytes());
    bundle = bundles::without(&bundle, &lying, Index::new(9_999));
    let report = look(&bundle, Some(trust()));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["trace-does-not-follow"]));
}

#[test]
fn a_code_of_time_beside_a_decision_does_not_keep_it_from_being_decided_again() {
    let (entries, payment) = log();
    let shelf = Shelf::new(&Base::new("bundle", entries), 10);
    let (honest, _) = shelf.bundles.iter().find(|(bundle, _)| bundle.payments == [payment]).unwrap();
    let at = usize::try_from(payment.value()).unwrap();
    for code in [Code::ClockJump, Code::TimeWentBack] {
        let mut item = Item { bytes: shelf.base.entries[at].clone(), touched: Touched::No };
        tell(&mut item, |record| record.verdict.codes.push(code));
        let (bytes, shows) = told(&shelf, honest, at, item, true);
        assert_eq!(shows, Shows::Finding);
        let report = examine(&bytes, Some(trust()), None, &mut ());
        assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["decision-does-not-follow"]));
    }
}

#[test]
fn bytes_that_are_no_bundle_cost_nothing() {
    let (entries, payment) = log();
    let bytes = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap().to_file();
    let look = |bytes: &[u8]| examine(bytes, Some(trust()), None, &mut ());
    for cut in (0..bytes.len()).step_by(97) {
        assert_eq!(codes(&look(&bytes[..cut])), ["bundle-malformed"], "{cut}");
    }
    assert_eq!(codes(&look(&[bytes.as_slice(), &[0]].concat())), ["bundle-malformed"]);
    // A length of 2^63 records, and one of 2^40 bytes.
    for bomb in [
        &b"\xa5\x01\x81\x00\x02\x40\x03\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\xa5\x01\x81\x00\x02\x5b\x00\x00\x01\x00\x00\x00\x00\x00",
    ] {
        assert_eq!(codes(&look(&[b"counterfoil-bundle/1\n", bomb].concat())), ["bundle-malformed"]);
    }
    let deep = [b"counterfoil-bundle/1\n".as_slice(), &vec![0x81; 1_000_000]].concat();
    assert_eq!(codes(&look(&deep)), ["bundle-malformed"]);
    let mut long = b"counterfoil-bundle/1\n".to_vec();
    long.resize(BUNDLE_MOST + 1, 0);
    assert_eq!(codes(&look(&long)), ["bundle-malformed"]);
    let later = [b"counterfoil-bundle/2\n", &bytes[21..]].concat();
    let report = look(&later);
    assert_eq!((report.verdict, codes(&report)), (Verdict::Undecided, vec!["unknown-bundle"]));
}

#[test]
fn what_a_bundle_does_not_show_stands_in_its_report() {
    let (entries, payment) = log();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    let report = look(&bundle, Some(trust()));
    let left_out = report.not_checked.iter().find(|it| it.code == NotCheckedCode::RecordsLeftOut).unwrap();
    let missing = entries.len() - bundle.records.len();
    assert!(
        left_out.detail.starts_with(&format!("{missing} of {} records", entries.len())),
        "{}",
        left_out.detail
    );
}

#[test]
fn a_payment_without_its_request_and_what_is_no_payment_are_not_explained() {
    let (entries, payment) = log();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    let run = Index::new(2);
    for named in [run, bundle.records.last().unwrap().index] {
        let mut other = bundle.clone();
        (other.payments, other.standings) = (vec![named], Vec::new());
        let report = look(&other, Some(trust()));
        assert_eq!(
            (report.verdict, codes(&report)),
            (Verdict::Failed, vec!["bundle-record-missing"]),
            "{named}"
        );
    }
    // A fact about what is no payment makes it none.
    let (mut scene, run) = Scene::plain("bundle", "a settlement of what was never asked");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    let said = scene.settle(run, 10_000, accepted_with(&["unmatched"]));
    let strange = scene.script.entries();
    let mut other = bundles::bundle(&strange, &keys::log(), &[paid.index], None).unwrap();
    let entry = Bytes(strange[usize::try_from(said.index.value()).unwrap()].clone());
    other.records.push(Shown { index: said.index, entry });
    (other.payments, other.standings) = (vec![run], Vec::new());
    let report = look(&bundles::without(&other, &strange, Index::new(9_999)), Some(trust()));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["bundle-record-missing"]));
    let first = first_of(&entries);
    let mut beside = bundles::bundle(&entries, &keys::log(), &[first, payment], None).unwrap();
    beside.payments = vec![first];
    let report = look(&beside, Some(trust()));
    assert!(codes(&report).contains(&"bundle-malformed"), "a standing of what is not explained: {report:?}");
}

/// The first payment of the log.
fn first_of(entries: &[Vec<u8>]) -> Index {
    bundles::payments(entries)[0]
}

#[test]
fn every_record_carries_the_root_over_those_before_it() {
    let (entries, payment) = log();
    let honest = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    for shown in &honest.records[1..] {
        let mut records = forge::records(&entries);
        let at = usize::try_from(shown.index.value()).unwrap();
        records[at].prior = Hash32([0xaa; 32]);
        let mut lying = entries.clone();
        lying[at] = forge::sign(&records[at], &keys::log());
        let mut bundle = honest.clone();
        for shown in &mut bundle.records {
            shown.entry = Bytes(lying[usize::try_from(shown.index.value()).unwrap()].clone());
        }
        bundle.checkpoint = Bytes(forge::checkpoint(&lying, &keys::log()).into_bytes());
        bundle = bundles::without(&bundle, &lying, Index::new(9_999));
        let report = look(&bundle, Some(trust()));
        assert_eq!(
            (report.verdict, codes(&report)),
            (Verdict::Failed, vec!["prior-wrong"]),
            "{}",
            shown.index
        );
    }
}

#[test]
fn a_bundle_is_as_old_as_what_it_says_of_its_payments() {
    let (entries, payment) = log();
    // Two heartbeats later: the bundle of before, with the last of them put in, is no younger.
    let later = bundles::alive(&entries, &keys::log());
    let older = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    let mut bundle = bundles::bundle(&later, &keys::log(), &[payment], None).unwrap();
    bundle.standings = older.standings;
    bundle.records.extend(older.records.iter().filter(|it| bundle.standings[0].record == it.index).cloned());
    bundle.records.sort_by_key(|shown| shown.index);
    bundle = bundles::without(&bundle, &later, Index::new(9_999));
    let time = |entries: &[Vec<u8>]| forge::records(entries).last().unwrap().time;
    let (stood, last) = (time(&entries), time(&later));
    assert!(stood < last);
    let trust = Trust { max_age: Some(Span::from_millis(1)), ..trust() };
    for (now, stale) in [(stood, false), (last.plus(Span::from_millis(1)), true)] {
        let report = examine(&bundle.to_file(), Some(trust.clone()), Some(now), &mut ());
        let found = report.not_checked.iter().any(|it| it.code == NotCheckedCode::Stale);
        assert_eq!((found, codes(&report)), (stale, vec![]));
    }
    // Nor is what is dated ahead of the clock fresh.
    let report = examine(&bundle.to_file(), Some(trust), Some(Time::from_millis(0)), &mut ());
    assert!(report.not_checked.iter().any(|it| it.code == NotCheckedCode::Stale), "{report:?}");
}

#[test]
fn the_policy_that_is_expected_of_a_bundle_is_that_of_its_decisions() {
    let (entries, payment) = log();
    let bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    let digest = forge::followed(&entries).state().policy.as_ref().unwrap().digest;
    let expecting = |digest| look(&bundle, Some(Trust { policy: Some(digest), ..trust() }));
    assert_eq!(codes(&expecting(digest)), Vec::<&str>::new());
    assert_eq!(codes(&expecting(Hash32([0; 32]))), ["policy-not-expected"]);
}

#[test]
fn what_is_taken_on_the_logs_word_is_listed() {
    let others = |entries: &[Vec<u8>], payment: Index| {
        let bundle = bundles::bundle(entries, &keys::log(), &[payment], None).unwrap();
        let listed = look(&bundle, Some(trust())).not_checked;
        listed.into_iter().find(|it| it.code == NotCheckedCode::OtherPayments).map(|it| it.detail)
    };
    let (entries, payment) = log();
    let several = "3 records about other payments, the first of them 3, are taken on the log's word";
    assert_eq!(others(&entries, payment).as_deref(), Some(several));
    assert_eq!(others(&entries, first_of(&entries)), None);

    let (mut scene, run) = Scene::plain("bundle", "two payments");
    let [_, second] = ["one", "two"].map(|key| scene.pay(&Ask::new(run, key, 10_000), allow()).index);
    let one = "1 record about other payments, the first of them 3, is taken on the log's word";
    assert_eq!(others(&scene.script.entries(), second).as_deref(), Some(one));
}

/// The honest bundle with its records altered, signed again, and the tree built over them anew.
fn told_otherwise(change: impl Fn(&mut Record)) -> Report {
    told_of(log(), change, |_| ())
}

/// The same of any log, and the bundle itself altered before that.
fn told_of(
    (entries, payment): (Vec<Vec<u8>>, Index),
    change: impl Fn(&mut Record),
    alter: impl Fn(&mut Bundle),
) -> Report {
    let mut bundle = bundles::bundle(&entries, &keys::log(), &[payment], None).unwrap();
    alter(&mut bundle);
    let mut records = forge::records(&entries);
    records.iter_mut().for_each(change);
    let lying = forge::resign(&records);
    for shown in &mut bundle.records {
        shown.entry = Bytes(lying[usize::try_from(shown.index.value()).unwrap()].clone());
    }
    bundle.checkpoint = Bytes(forge::checkpoint(&lying, &keys::log()).into_bytes());
    look(&bundles::without(&bundle, &lying, Index::new(9_999)), Some(trust()))
}

#[test]
fn a_genesis_of_a_later_version_or_refused_opens_no_bundle() {
    let genesis = |change: &dyn Fn(&mut Record)| {
        told_otherwise(|record| {
            if record.index == Index::GENESIS {
                change(record);
            }
        })
    };
    let report = genesis(&|record| match &mut record.input {
        Input::Genesis(genesis) => genesis.semantics += 1,
        _ => panic!("no genesis"),
    });
    assert_eq!((report.verdict, codes(&report)), (Verdict::Undecided, vec!["unknown-semantics"]));
    let report = genesis(&|record| match &mut record.input {
        // Nobody can govern it: it is refused, and says so.
        Input::Genesis(genesis) => {
            genesis.governance = Some(Governance { members: BTreeMap::new(), quorum: 1 });
            record.verdict = counterfoil_record::Verdict {
                codes: vec![Code::QuorumUnreachable],
                ..counterfoil_record::Verdict::plain(Outcome::Refused)
            };
        }
        _ => panic!("no genesis"),
    });
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["no-genesis"]));
}

#[test]
fn time_does_not_go_back_from_one_shown_record_to_the_next() {
    let report = told_otherwise(|record| {
        if matches!(record.input, Input::Heartbeat(_)) {
            record.time = Time::from_millis(record.time.millis() - 2);
        }
    });
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["time-went-back"]));
}

#[test]
fn a_state_in_which_the_payment_stands_otherwise_is_found_though_its_digest_was_signed() {
    let (entries, payment) = log();
    let mut state = forge::followed(&entries[..entries.len() - 1]).state().clone();
    state.payments.get_mut(&payment).unwrap().status = Status::Unknown;
    let tell = |record: &mut Record| {
        if let Input::Heartbeat(heartbeat) = &mut record.input {
            heartbeat.state = state.digest();
        }
    };
    let report =
        told_of((entries, payment), tell, |bundle| bundle.standings[0].stood = state.stood(payment).unwrap());
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["bundle-standing"]));
    let detail = "it stands as unknown there, settled by the shown records";
    assert_eq!(report.findings[0].detail, detail);
}

#[test]
fn no_record_follows_itself() {
    let (mut scene, run) = Scene::plain("bundle", "a payment that nothing was bound to");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow()).index;
    let itself = |record: &mut Record| {
        if record.index == paid {
            record.verdict.previous = Some(paid);
        }
    };
    let report = told_of((scene.script.entries(), paid), itself, |_| ());
    assert_eq!((report.verdict, codes(&report)), (Verdict::Failed, vec!["decision-does-not-follow"]));
}

#[test]
fn a_standing_before_the_last_record_shows_no_end() {
    let (mut scene, run) = Scene::plain("bundle", "a payment that came back after a heartbeat");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&paid);
    scene.settle(paid.index, 10_000, accepted());
    scene.script.json(serde_json::json!({"type": "heartbeat"}));
    let before = scene.script.entries();
    scene.compensate(paid.index, 4_000, accepted());
    let after = scene.script.entries();
    let make = |entries: &[Vec<u8>]| bundles::bundle(entries, &keys::log(), &[paid.index], None).unwrap();
    let (older, mut newer) = (make(&before), make(&after));
    assert!(newer.standings.is_empty(), "no record after the last says where it stands");
    let heartbeat = older.records.iter().find(|it| it.index == older.standings[0].record).unwrap();
    newer.standings.clone_from(&older.standings);
    newer.records.push(heartbeat.clone());
    newer.records.sort_by_key(|shown| shown.index);
    let report = look(&bundles::without(&newer, &after, Index::new(9_999)), Some(trust()));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Insufficient, vec![]));
    assert!(report.not_checked.iter().any(|it| it.code == NotCheckedCode::LaterRecords));
}
