//! Bundles, honest and not. The lying ones are of logs that are signed, hashed and proved throughout.

use counterfoil_audit::Verdict;
use counterfoil_audit::bundle::{Bundle, Bytes};
use counterfoil_record::verdict::{CheckName, Code, Operand, OperandName};
use counterfoil_record::{Amount, Hash32, Index, Record};
use counterfoil_tlog::{Checkpoint, Hash, note};

use super::{Case, trust};
use crate::mutate::bundles::{Shelf, told};
use crate::mutate::edit::tell;
use crate::mutate::repair::{Item, Touched};
use crate::mutate::{Base, bundles as mutations};
use crate::scene::{Ask, Scene, accepted, allow, hold};
use crate::vectors::Evidence;
use crate::{bundles, forge, keys, policy};

pub(super) fn all() -> Vec<Evidence> {
    let mut all = honest();
    all.extend(own_parts());
    all.extend(lies());
    all.push(first_payment());
    all
}

/// ```text
/// 0 genesis   1 adopt-policy   2 open-run   3 pay: allowed   4 bind   5 settle   6 compensate
/// 7 pay: allowed, it is explained   8 bind   9 settle   10 heartbeat
/// ```
pub(super) fn log() -> Vec<Vec<u8>> {
    let (mut scene, run) = Scene::plain("bundle", "");
    let first = scene.pay(&Ask::new(run, "one", 10_000), allow());
    scene.bind_exactly(&first);
    scene.settle(first.index, 10_000, accepted());
    scene.compensate(first.index, 4_000, accepted());
    let second = scene.pay(&Ask::new(run, "two", 20_000), allow());
    assert_eq!(second.index, PAYMENT);
    scene.bind_exactly(&second);
    scene.settle(second.index, 20_000, accepted());
    bundles::alive(&scene.script.entries(), &keys::log())
}

pub(super) const PAYMENT: Index = Index::new(7);

pub(super) fn bundle(since: Option<u64>) -> Bundle {
    bundles::bundle(&log(), &keys::log(), &[PAYMENT], since).unwrap()
}

fn honest() -> Vec<Evidence> {
    let case = |name, shows, since| Case::of_bundle(name, shows, bundle(since).to_file());
    vec![
        case("bundle-honest", "A payment is followed from a few records of its log.", None)
            .not_checked("records-left-out")
            .not_checked("other-payments")
            .verifies(),
        case("bundle-under-its-pin", "A bundle that reaches the pinned checkpoint.", Some(3))
            .pinned(&log()[..3])
            .verifies(),
        case(
            "bundle-that-does-not-reach-the-pin",
            "A bundle that shows nothing of the pinned checkpoint.",
            None,
        )
        .pinned(&log()[..3])
        .not_checked("no-pinned-checkpoint")
        .expect(Verdict::Insufficient, &[]),
        case("bundle-without-trust", "Without trust a bundle vouches for itself.", None)
            .trust(None)
            .not_checked("no-trust")
            .expect(Verdict::Insufficient, &[]),
        case("bundle-of-another-policy", "The policy in force is not the one that the trust expects.", None)
            .trust(Some(format!("{}policy = \"{}\"\n", trust("log-key", None), Hash32::of(&[b"another"]))))
            .expect(Verdict::Failed, &[("policy-not-expected", None)]),
    ]
}

/// The honest bundle with something changed.
pub(super) fn changed(name: &'static str, shows: &'static str, change: impl FnOnce(&mut Bundle)) -> Case {
    let mut bundle = bundle(None);
    change(&mut bundle);
    Case::of_bundle(name, shows, bundle.to_file())
}

/// A checkpoint of that size over that root, by the log's key.
pub(super) fn checkpoint(size: u64, root: Hash) -> Bytes {
    let text = Checkpoint { origin: keys::ORIGIN.into(), size, root, extensions: Vec::new() }.to_text();
    let key = keys::log();
    let signer = forge::NoteSigner::new(&keys::log_named(), &key);
    Bytes(note::sign(&text, &signer).unwrap().into_bytes())
}

fn own_parts() -> Vec<Evidence> {
    let failed =
        |case: Case, code: &'static str, index: Option<u64>| case.expect(Verdict::Failed, &[(code, index)]);
    let bytes = bundle(None).to_file();
    let size = u64::try_from(log().len()).unwrap();
    let root = Hash::new(*crate::mutate::oracle::root_of(&log()).bytes());
    let leaf = |entry: &[u8]| Hash::new(*crate::mutate::oracle::leaf(entry).bytes());
    vec![
        failed(
            changed("bundle-proof-too-short", "A hash of the proof is left out.", |it| it.hashes.clear()),
            "bundle-root",
            None,
        ),
        failed(
            changed("bundle-proof-too-long", "The proof has a hash more.", |it| {
                it.hashes.push(Hash32([0; 32]));
            }),
            "bundle-root",
            None,
        ),
        failed(
            changed(
                "bundle-proof-for-another-size",
                "The checkpoint says another size over the same root.",
                |it| {
                    it.checkpoint = checkpoint(size + 1, root);
                },
            ),
            "bundle-root",
            None,
        ),
        failed(
            changed(
                "bundle-tree-of-one",
                "The checkpoint is of one record, and the bundle shows more.",
                |it| {
                    it.checkpoint = checkpoint(1, leaf(&log()[0]));
                    it.hashes.clear();
                },
            ),
            "bundle-root",
            None,
        ),
        failed(
            changed(
                "bundle-record-at-another-index",
                "A record is shown at another place than it says.",
                |it| {
                    let last = it.records.last_mut().unwrap();
                    last.index = last.index.next();
                },
            ),
            "index-wrong",
            Some(11),
        ),
        failed(
            changed(
                "bundle-node-taken-for-a-record",
                "What a node of the tree hashes is shown as a record.",
                |it| {
                    let node = [[1].as_slice(), leaf(&log()[0]).bytes(), leaf(&log()[1]).bytes()].concat();
                    it.records[1].entry = Bytes(node);
                },
            ),
            "record-malformed",
            Some(1),
        ),
        failed(
            changed("bundle-without-its-genesis", "A part of the log is shown as the whole.", |it| {
                drop(it.records.remove(0));
            }),
            "bundle-record-missing",
            Some(0),
        ),
        failed(
            changed("bundle-of-no-payment", "A bundle explains nothing.", |it| {
                it.payments.clear();
                it.standings.clear();
            }),
            "bundle-malformed",
            None,
        ),
        failed(
            changed("bundle-checkpoint-of-another-key", "Somebody else signed the checkpoint.", |it| {
                it.checkpoint = Bytes(forge::checkpoint(&log(), &keys::ed25519("mallory")).into_bytes());
            }),
            "checkpoint-invalid",
            None,
        ),
        failed(
            changed(
                "bundle-standing-altered",
                "A payment is shown to stand otherwise than the log said last.",
                |it| {
                    it.standings[0].stood.payment.settled = Amount::ZERO;
                },
            ),
            "bundle-standing",
            Some(PAYMENT.value()),
        ),
        changed("bundle-without-its-end", "Nothing shows that nothing came after.", |it| {
            it.standings.clear();
        })
        .not_checked("later-records")
        .expect(Verdict::Insufficient, &[]),
        failed(
            Case::of_bundle("bundle-cut-short", "A bundle lacks its end.", bytes[..bytes.len() / 2].to_vec()),
            "bundle-malformed",
            None,
        ),
        failed(
            Case::of_bundle(
                "bundle-length-that-is-not-there",
                "A bundle says that it has 2^63 records.",
                b"counterfoil-bundle/1\n\xa5\x01\x81\x00\x02\x40\x03\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"
                    .to_vec(),
            ),
            "bundle-malformed",
            None,
        ),
        Case::of_bundle(
            "bundle-of-a-later-version",
            "A version that nobody knows is not decided.",
            [b"counterfoil-bundle/2\n", &bytes[21..]].concat(),
        )
        .expect(Verdict::Undecided, &[("unknown-bundle", None)]),
        bent_history(),
        another_history(),
    ]
}

pub(super) fn another() -> Vec<Vec<u8>> {
    let (mut scene, run) = Scene::plain("bundle", "");
    for key in ["a", "b", "c", "d", "e"] {
        scene.pay(&Ask::new(run, key, 100), allow());
    }
    scene.record(counterfoil_enforce::Command::Stop {}, accepted());
    scene.record(counterfoil_enforce::Command::Stop {}, accepted());
    let entries = bundles::alive(&scene.script.entries(), &keys::log());
    assert_eq!(entries.len(), log().len());
    entries
}

fn bent_history() -> Evidence {
    let shows = "The pinned checkpoint is of another history than the bundle's.";
    Case::of_bundle("bundle-of-a-history-that-was-not-pinned", shows, bundle(Some(5)).to_file())
        .pinned(&another()[..5])
        .expect(Verdict::Failed, &[("bundle-consistency", None)])
}

fn another_history() -> Evidence {
    let shows = "The pinned checkpoint has another root at the bundle's own size.";
    Case::of_bundle("bundle-rewritten-at-the-same-size", shows, bundle(None).to_file())
        .pinned(&another())
        .expect(Verdict::Contradiction, &[("root-differs-from-pinned", None)])
}

/// The bundle of the log in which that record is a lie that the operator lives to the end.
fn lie(name: &'static str, shows: &'static str, at: usize, change: impl FnOnce(&mut Record)) -> Case {
    lie_in(log(), PAYMENT, name, shows, at, change)
}

/// The bundle of `payment` of the log with these entries, in which record `at` is such a lie, which it must show.
pub(super) fn lie_in(
    entries: Vec<Vec<u8>>,
    payment: Index,
    name: &'static str,
    shows: &'static str,
    at: usize,
    change: impl FnOnce(&mut Record),
) -> Case {
    let (bytes, shows_what) = told_in(entries, payment, at, change);
    assert_eq!(shows_what, mutations::Shows::Finding, "{name}");
    Case::of_bundle(name, shows, bytes)
}

/// The same, with what it must show.
pub(super) fn told_in(
    entries: Vec<Vec<u8>>,
    payment: Index,
    at: usize,
    change: impl FnOnce(&mut Record),
) -> (Vec<u8>, mutations::Shows) {
    let shelf = Shelf::new(&Base::new("bundle", entries), 10);
    let (honest, _) =
        shelf.bundles.iter().find(|(bundle, _)| bundle.payments == [payment]).expect("its bundle");
    let mut item = Item { bytes: shelf.base.entries[at].clone(), touched: Touched::No };
    tell(&mut item, change);
    told(&shelf, honest, at, item, true)
}

fn lies() -> Vec<Evidence> {
    let payment = usize::try_from(PAYMENT.value()).unwrap();
    let set = |record: &mut Record, name, value: u128| {
        let row = record.verdict.trace.iter_mut().find(|row| row.check == CheckName::Budget).unwrap();
        row.operands.insert(name, Operand::Number(Amount::new(value)));
    };
    vec![
        lie(
            "bundle-lie-budget-total",
            "A budget is said to have settled less than the shown records give.",
            payment,
            |it| {
                set(it, OperandName::Settled, 1);
            },
        )
        .fails("trace-does-not-follow", PAYMENT.value()),
        suppressed_without_a_rate(),
        lie("bundle-lie-suppressed-none", "The same, of none.", payment, |it| it.suppressed = Some(0))
            .fails("suppressed-wrong", PAYMENT.value()),
        lie(
            "bundle-lie-refused-for-its-time",
            "A decision carries the code of a refusal for its time, and is decided all the same.",
            payment,
            |it| it.verdict.codes.push(Code::ClockJump),
        )
        .fails("decision-does-not-follow", PAYMENT.value()),
        lie("bundle-lie-time-went-back", "The same with the other code of time.", payment, |it| {
            it.verdict.codes.push(Code::TimeWentBack);
        })
        .fails("decision-does-not-follow", PAYMENT.value()),
        lie(
            "bundle-lie-clock-jump",
            "A settlement is said to have been refused for a jump of the clock that was none.",
            9,
            |it| {
                it.verdict =
                    counterfoil_record::Verdict::plain(counterfoil_record::verdict::Outcome::Refused);
                it.verdict.codes.push(Code::ClockJump);
            },
        )
        .fails("decision-does-not-follow", 9),
        lie("bundle-lie-settled-unbound", "A settlement is said to lack what the wallet signed.", 9, |it| {
            it.verdict.codes.push(Code::Unbound);
        })
        .fails("decision-does-not-follow", 9),
        lie(
            "bundle-lie-prev-control",
            "A payment names another policy record than the last.",
            payment,
            |it| {
                it.prev_control = Some(Index::new(0));
            },
        )
        .fails("prev-control-wrong", PAYMENT.value()),
    ]
}

fn suppressed_without_a_rate() -> Evidence {
    let name = "bundle-lie-suppressed-without-a-rate";
    let shows =
        "A decision says that a refusal was only counted before it, under a policy that has each recorded.";
    let every = policy::plain_with(&[("refusals_per_minute = 60\n", "")]);
    let mut scene = Scene::new("bundle", "", &every);
    let run = scene.open_run();
    let allowed = scene.pay(&Ask::new(run, "allowed", 100_000), allow());
    let entries = bundles::alive(&scene.script.entries(), &keys::log());
    let at = allowed.index.value();
    let lie = lie_in(entries, allowed.index, name, shows, usize::try_from(at).unwrap(), |it| {
        it.suppressed = Some(1);
    });
    lie.fails("suppressed-wrong", at)
}

fn first_payment() -> Evidence {
    let (mut scene, run) = Scene::plain("bundle", "");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    let entries = bundles::alive(&scene.script.entries(), &keys::log());
    let bytes = bundles::bundle(&entries, &keys::log(), &[held.index], None).unwrap().to_file();
    let shows = "No bundle shows that a payee was never paid before.";
    Case::of_bundle("bundle-first-payment", shows, bytes)
        .not_checked("first-payment")
        .expect(Verdict::Insufficient, &[])
}
