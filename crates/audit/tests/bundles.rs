//! Bundles: whatever a log says about a payment is followed from a few of its records, and not without any of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use counterfoil_audit::bundle::{Bundle, GatherError, examine};
use counterfoil_audit::{NotCheckedCode, Report, Trust, Verdict};
use counterfoil_enforce::FileKey;
use counterfoil_testkit::script::trust;
use counterfoil_testkit::vectors::Decision;
use counterfoil_testkit::{bundles, recipes};

fn look(bytes: &[u8], trust: Option<Trust>) -> Report {
    examine(bytes, trust, None, &mut ())
}

/// The log of a vector, alive to its end, and the key that signs it last.
fn log_of(vector: &Decision) -> Option<(Vec<Vec<u8>>, FileKey)> {
    let entries = vector.run();
    let seed = vector.steps.iter().rev().find_map(|step| step.log_key_seed.as_ref());
    let seed = hex::decode(seed.unwrap_or(&vector.log_key_seed)).unwrap();
    let key = FileKey::from_seed(&seed.try_into().unwrap()).unwrap();
    let opened = counterfoil_testkit::forge::records(&entries).len() > 1;
    opened.then(|| (bundles::alive(&entries, &key), key))
}

/// Every payment of every `nth` decision vector, with its bundle.
fn each(nth: usize, mut see: impl FnMut(&str, &[Vec<u8>], &Bundle)) {
    for vector in recipes::decision::all().iter().step_by(nth) {
        let Some((entries, key)) = log_of(vector) else { continue };
        for payment in bundles::payments(&entries) {
            let name = format!("{}, payment {payment}", vector.name);
            match bundles::bundle(&entries, &key, &[payment], None) {
                Ok(bundle) => see(&name, &entries, &bundle),
                Err(GatherError::NotDecided(_)) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
}

#[test]
fn every_payment_of_every_decision_vector_is_followed_from_its_bundle() {
    let (mut verified, mut insufficient) = (0, 0);
    each(1, |name, _, bundle| {
        let report = look(&bundle.to_file(), Some(trust()));
        assert_eq!(report.findings, [], "{name}");
        if report.verdict == Verdict::Verified {
            verified += 1;
        } else {
            let first = report.not_checked.iter().any(|it| it.code == NotCheckedCode::FirstPayment);
            assert!(first && report.verdict == Verdict::Insufficient, "{name}: {:?}", report.not_checked);
            insufficient += 1;
        }
    });
    assert!(verified > 450 && insufficient > 10, "{verified} {insufficient}");
}

#[test]
fn with_any_record_left_out_a_bundle_is_never_verified() {
    let mut tried = 0;
    each(5, |name, entries, bundle| {
        let whole = look(&bundle.to_file(), Some(trust())).verdict;
        for shown in &bundle.records {
            let less = bundles::without(bundle, entries, shown.index);
            let report = look(&less.to_file(), Some(trust()));
            assert!(
                report.verdict != Verdict::Verified && (report.verdict != whole),
                "{name}, without {}: {:?}",
                shown.index,
                report.verdict
            );
            tried += 1;
        }
        let mut less = bundle.clone();
        if !core::mem::take(&mut less.standings).is_empty() {
            let report = look(&less.to_file(), Some(trust()));
            assert!(report.not_checked.iter().any(|it| it.code == NotCheckedCode::LaterRecords), "{name}");
            assert_eq!(report.verdict, Verdict::Insufficient, "{name}");
        }
    });
    assert!(tried > 400, "{tried}");
}
