//! Bundles that lack one thing, or have one too many: what of them only one check of the auditor sees.

use counterfoil_audit::Verdict;
use counterfoil_audit::bundle::{Bundle, Bytes, Shown};
use counterfoil_enforce::Signer as _;
use counterfoil_record::verdict::{CheckName, Code, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, Hash32, Index, Input, Record, Span};
use counterfoil_tlog::Hash;

use super::bundles::{PAYMENT, another, bundle, changed, checkpoint, log};
use super::{Case, trust};
use crate::mutate::Base;
use crate::mutate::bundles::{Shelf, told};
use crate::mutate::repair::{Item, Touched};
use crate::scene::{Ask, Scene, accepted_with, allow, hold, refused};
use crate::vectors::Evidence;
use crate::{bundles, forge, keys};

pub(super) const MISSING: &str = "bundle-record-missing";

pub(super) fn all() -> Vec<Evidence> {
    let mut all = parts();
    all.extend(pins());
    all.extend(lies());
    all
}

pub(super) fn failed(case: Case, code: &str, index: Option<u64>) -> Evidence {
    case.expect(Verdict::Failed, &[(code, index)])
}

fn parts() -> Vec<Evidence> {
    let malformed = |name, shows, change: &dyn Fn(&mut Bundle)| {
        failed(changed(name, shows, change), "bundle-malformed", None)
    };
    let payment = Some(PAYMENT.value());
    vec![
        malformed("bundle-payments-not-rising", "A bundle names a payment twice.", &|it| {
            it.payments.push(PAYMENT);
        }),
        malformed("bundle-records-not-rising", "Two records of a bundle have changed places.", &|it| {
            it.records.swap(1, 2);
        }),
        malformed("bundle-standings-not-rising", "A bundle says twice where a payment stands.", &|it| {
            it.standings.push(it.standings[0].clone());
        }),
        malformed("bundle-of-too-many-payments", "A bundle explains more payments than one may.", &|it| {
            it.payments = (0..257).map(Index::new).collect();
        }),
        malformed(
            "bundle-standing-of-a-stranger",
            "A payment's end is shown that is not explained.",
            &|it| {
                let of_both = [Index::new(3), PAYMENT];
                *it = bundles::bundle(&log(), &keys::log(), &of_both, None).unwrap();
                it.payments = vec![PAYMENT];
            },
        ),
        failed(
            changed(
                "bundle-payment-that-is-not-there",
                "A bundle names a payment that it does not show.",
                |it| {
                    it.payments.push(Index::new(1_000));
                },
            ),
            MISSING,
            Some(1_000),
        ),
        failed(
            changed(
                "bundle-standing-record-left-out",
                "What says where a payment stands is not shown.",
                |it| {
                    it.standings[0].record = Index::new(11);
                },
            ),
            MISSING,
            Some(11),
        ),
        failed(
            changed("bundle-standing-of-another-state", "The rest of the state is another.", |it| {
                it.standings[0].stood.rest = Hash32([0; 32]);
            }),
            "bundle-standing",
            payment,
        ),
        failed(
            changed(
                "bundle-under-another-root",
                "The checkpoint is of another tree of the same size.",
                |it| {
                    let size = u64::try_from(log().len()).unwrap();
                    it.checkpoint = checkpoint(size, Hash::new([7; 32]));
                },
            ),
            "bundle-root",
            None,
        ),
        fact_without_request(),
    ]
}

/// A settlement of what was never asked for does not make it a payment.
fn fact_without_request() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    let said = scene.settle(run, 10_000, accepted_with(&["unmatched"]));
    let entries = scene.script.entries();
    let mut other = bundles::bundle(&entries, &keys::log(), &[paid.index], None).unwrap();
    other.records.push(shown(&entries, said.index));
    (other.payments, other.standings) = (vec![run], Vec::new());
    let shows = "A settlement of what is no payment is shown as a payment.";
    let case = Case::of_bundle("bundle-fact-without-its-request", shows, proved(&other, &entries));
    failed(case, MISSING, Some(run.value()))
}

pub(super) fn at(index: Index) -> usize {
    usize::try_from(index.value()).unwrap()
}

pub(super) fn shown(entries: &[Vec<u8>], index: Index) -> Shown {
    Shown { index, entry: Bytes(entries[at(index)].clone()) }
}

/// The bundle with the proof that its records need, as a file.
pub(super) fn proved(bundle: &Bundle, entries: &[Vec<u8>]) -> Vec<u8> {
    bundles::without(bundle, entries, Index::new(u64::MAX)).to_file()
}

/// The honest bundle in which the records are those of `lying`.
fn of(lying: &[Vec<u8>]) -> Vec<u8> {
    let mut bundle = bundle(None);
    for shown in &mut bundle.records {
        shown.entry = Bytes(lying[at(shown.index)].clone());
    }
    bundle.checkpoint = Bytes(forge::checkpoint(lying, &keys::log()).into_bytes());
    proved(&bundle, lying)
}

/// The log's records with one changed, signed again.
fn resigned(index: usize, change: impl FnOnce(&mut Record)) -> Vec<Vec<u8>> {
    let mut records = forge::records(&log());
    change(&mut records[index]);
    forge::resign(&records)
}

fn pins() -> Vec<Evidence> {
    let size = log().len();
    let nothing = trust("pinned-checkpoint", Some(&forge::checkpoint(&[], &keys::log())));
    let mut same = bundle(Some(3));
    let mut earlier = same.earlier.take().unwrap();
    earlier.size = u64::try_from(size).unwrap();
    same.earlier = Some(earlier);
    vec![
        Case::of_bundle(
            "bundle-under-a-pin-of-no-records",
            "A checkpoint of no records pins nothing.",
            bundle(None).to_file(),
        )
        .trust(Some(nothing))
        .expect(Verdict::Insufficient, &[]),
        Case::of_bundle(
            "bundle-that-reaches-another-pin",
            "A bundle is connected with another size than the pinned one.",
            bundle(Some(3)).to_file(),
        )
        .pinned(&log()[..5])
        .not_checked("no-pinned-checkpoint")
        .expect(Verdict::Insufficient, &[]),
        failed(
            Case::of_bundle(
                "bundle-proof-of-its-own-size",
                "Between a tree and itself there is nothing to prove, and hashes stand there.",
                same.to_file(),
            )
            .pinned(&log()),
            "bundle-consistency",
            None,
        ),
        failed(
            Case::of_bundle(
                "bundle-of-another-history-at-a-power-of-two",
                "The pinned checkpoint, of four records, is of another history.",
                bundle(Some(4)).to_file(),
            )
            .pinned(&another()[..4]),
            "bundle-consistency",
            None,
        ),
        failed(
            Case::of_bundle(
                "bundle-of-another-log",
                "A bundle is of another log of the same key.",
                of(&resigned(0, |record| {
                    let Input::Genesis(genesis) = &mut record.input else { panic!("no genesis") };
                    genesis.log_key =
                        counterfoil_record::Fixed(*keys::ed25519("mallory").public_key().bytes());
                })),
            ),
            "genesis-differs",
            Some(0),
        ),
        Case::of_bundle(
            "bundle-of-unknown-semantics",
            "A bundle of a log of semantics that nobody knows is not decided.",
            of(&resigned(0, |record| {
                let Input::Genesis(genesis) = &mut record.input else { panic!("no genesis") };
                genesis.semantics = 99;
            })),
        )
        .expect(Verdict::Undecided, &[("unknown-semantics", Some(0))]),
    ]
}

fn lies() -> Vec<Evidence> {
    let shelf = Shelf::new(&Base::new("bundle", log()), 10);
    let (honest, _) = shelf.bundles.iter().find(|(it, _)| it.payments == [PAYMENT]).unwrap();
    let mut item = Item { bytes: shelf.base.entries[9].clone(), touched: Touched::No };
    *item.bytes.last_mut().unwrap() ^= 1;
    let (unsigned, _) = told(&shelf, honest, 9, item, false);
    let mut elsewhere = log();
    let record = Record { prior: Hash32([0xaa; 32]), ..forge::records(&elsewhere).remove(9) };
    elsewhere[9] = forge::sign(&record, &keys::log());
    let time = resigned(10, |record| record.time = record.time.minus(Span::from_millis(2)));
    let later = resigned(at(PAYMENT), |record| record.verdict.previous = Some(Index::new(9)));
    let itself = resigned(at(PAYMENT), |record| record.verdict.previous = Some(PAYMENT));
    let late = resigned(5, |record| record.verdict.codes.push(Code::Late));
    vec![
        Case::of_bundle("bundle-record-not-signed", "The signature of a shown record is none.", unsigned)
            .fails("record-signature", 9),
        Case::of_bundle("bundle-lie-prior", "A shown record says another root before it.", of(&elsewhere))
            .fails("prior-wrong", 9),
        Case::of_bundle("bundle-lie-time", "Time goes back from one shown record to the next.", of(&time))
            .fails("time-went-back", 10),
        Case::of_bundle(
            "bundle-lie-fact-of-another-payment",
            "A settlement of another payment is said to be late, and was not.",
            of(&late),
        )
        .fails(MISSING, 5),
        Case::of_bundle(
            "bundle-lie-previous-to-come",
            "A payment names a later record as the one before it in its run.",
            of(&later),
        )
        .fails("decision-does-not-follow", PAYMENT.value()),
        Case::of_bundle(
            "bundle-lie-previous-itself",
            "A payment names its own record as the one before it in its run.",
            of(&itself),
        )
        .fails("decision-does-not-follow", PAYMENT.value()),
        before_a_refused_claim(),
        claim_refused(),
    ]
}

/// A claim of what is not held is refused, and decides nothing: the payment was decided before it.
fn before_a_refused_claim() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let paid = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.claim(paid.index, refused(&["unknown-payment"]));
    let honest = scene.script.entries();
    let mut records = forge::records(&honest);
    let trace = &mut records[at(paid.index)].verdict.trace;
    let row = trace.iter_mut().find(|row| row.check == CheckName::Obligation).unwrap();
    row.operands.insert(OperandName::Maximum, Operand::Number(Amount::new(99)));
    let lying = forge::resign(&records);
    let shows = "A refused claim is shown as what decided a payment, whose trace lies.";
    let case = Case::of_bundle("bundle-lie-before-a-refused-claim", shows, all_of(&lying, paid.index));
    case.fails("trace-does-not-follow", paid.index.value())
}

/// A bundle of every record of a log, that says nothing of where the payment stands.
pub(super) fn all_of(entries: &[Vec<u8>], payment: Index) -> Vec<u8> {
    let records = (0..).map(Index::new).take(entries.len()).map(|index| shown(entries, index));
    let bundle = Bundle {
        payments: vec![payment],
        checkpoint: Bytes(forge::checkpoint(entries, &keys::log()).into_bytes()),
        records: records.collect(),
        hashes: Vec::new(),
        earlier: None,
        standings: Vec::new(),
    };
    bundle.to_file()
}

pub(super) fn held() -> (Scene, Index) {
    let (mut scene, run) = Scene::plain("bundle", "");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    (scene, held.index)
}

fn claim_refused() -> Evidence {
    let (mut scene, payment) = held();
    let claim = scene.claim(payment, hold(&["gate:new-payee"])).index;
    let mut records = forge::records(&scene.script.entries());
    let verdict = &mut records[at(claim)].verdict;
    (verdict.outcome, verdict.trace) = (Outcome::Refused, Vec::new());
    verdict.codes = vec![Code::UnknownPayment];
    let lying = forge::resign(&records);
    let shows = "A claim is said to be refused, which was to be decided.";
    Case::of_bundle("bundle-lie-claim-refused", shows, all_of(&lying, payment))
        .fails("decision-does-not-follow", claim.value())
}
