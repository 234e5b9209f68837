//! Bundles: whatever a log says about a payment is followed from a few of its records, and not without any of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use counterfoil_audit::bundle::{GatherError, examine};
use counterfoil_audit::{Report, Trust, Verdict};
use counterfoil_enforce::FileKey;
use counterfoil_testkit::script::trust;
use counterfoil_testkit::vectors::Decision;
use counterfoil_testkit::{bundles, recipes};

fn look(bytes: &[u8], trust: Option<Trust>) -> Report {
    examine(bytes, trust, &mut ())
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

#[test]
fn every_payment_of_every_decision_vector_is_followed_from_its_bundle() {
    let (mut verified, mut insufficient, mut wrong) = (0, 0, Vec::new());
    for vector in recipes::decision::all() {
        let Some((entries, key)) = log_of(&vector) else { continue };
        for payment in bundles::payments(&entries) {
            let bundle = match bundles::bundle(&entries, &key, &[payment], None) {
                Ok(bundle) => bundle,
                Err(GatherError::NotDecided(_)) => continue,
                Err(error) => {
                    wrong.push(format!("{}, payment {payment}: {error}", vector.name));
                    continue;
                }
            };
            let report = look(&bundle.to_file(), Some(trust()));
            let name = &vector.name;
            match report.verdict {
                Verdict::Verified => verified += 1,
                Verdict::Insufficient => {
                    let first = report.not_checked.iter().any(|it| it.code.code() == "first-payment");
                    if !first {
                        wrong.push(format!("{name}, payment {payment}: {:?}", report.not_checked));
                    }
                    insufficient += 1;
                }
                _ => wrong.push(format!("{name}, payment {payment}: {:?}", report.findings)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(verified > 500 && insufficient > 0, "{verified} {insufficient}");
}
