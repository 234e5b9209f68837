//! A verification in the forms that CI systems and code-scanning pages read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;

use std::path::Path;

use counterfoil_audit::FindingCode;
use rusqlite::Connection;
use serde_json::Value;

use common::{Demo, Ran, args, run};

fn verify(demo: &Demo, log: &Path, format: &str) -> Ran {
    run(args(&["verify", "--format", format, "--trust"], &[&demo.trust_file(), log]))
}

/// A copy with one record altered; its finding's code and record are known.
fn broken(demo: &Demo) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, copy) = demo.copy();
    Connection::open(&copy).unwrap().execute_batch("UPDATE record SET bytes = x'00' WHERE idx = 14").unwrap();
    (folder, copy)
}

#[test]
fn sarif_has_one_result_for_each_finding_with_a_fingerprint_that_stays() {
    let demo = Demo::new();
    let sound = verify(&demo, &demo.log(), "sarif");
    assert_eq!(sound.code, Some(0), "{sound:?}");
    let run = &sound.json()["runs"][0];
    assert_eq!(
        (&run["results"], &run["properties"]["verdict"]),
        (&Value::from(Vec::<Value>::new()), &"verified".into())
    );
    assert_eq!(run["invocations"][0]["exitCode"], 0);

    let (_folder, copy) = broken(&demo);
    let (first, (_other, elsewhere)) = (verify(&demo, &copy, "sarif"), broken(&demo));
    let second = verify(&demo, &elsewhere, "sarif");
    assert_eq!((first.code, second.code), (Some(1), Some(1)));
    let [first, second] = [first.json(), second.json()];
    assert_eq!((&first["version"], first["runs"].as_array().unwrap().len()), (&"2.1.0".into(), 1));
    let results = first["runs"][0]["results"].as_array().unwrap();
    // The entry, the log's own checkpoint over it, and the pinned one.
    let codes: Vec<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(codes, ["record-malformed", "root-differs-from-pinned", "checkpoint-root"]);
    let (result, again) = (&results[0], &second["runs"][0]["results"][0]);
    assert_eq!((&result["ruleId"], &result["level"]), (&"record-malformed".into(), &"error".into()));
    let rules = first["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == result["ruleId"]).unwrap();
    assert_eq!(rule["shortDescription"]["text"], FindingCode::RecordMalformed.meaning());
    assert_eq!(result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "record/14");
    let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.ends_with("/copy.sqlite"), "{uri}");
    // The same fault in another file is the same result.
    let fingerprint = result["partialFingerprints"]["counterfoilFinding/v1"].as_str().unwrap();
    assert_eq!(again["partialFingerprints"]["counterfoilFinding/v1"], fingerprint);
    assert!(fingerprint.len() == 64 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn junit_fails_with_the_verdict_and_skips_what_was_not_checked() {
    let demo = Demo::new();
    let sound = verify(&demo, &demo.log(), "junit");
    assert_eq!(sound.code, Some(0), "{sound:?}");
    assert!(sound.stdout.contains("failures=\"0\" errors=\"0\""), "{}", sound.stdout);
    let skipped = sound.stdout.matches("<skipped").count();
    let not_checked = demo.verify(&demo.log()).json()["not_checked"].as_array().unwrap().len();
    assert_eq!(skipped, not_checked);
    let (_folder, copy) = broken(&demo);
    let ran = verify(&demo, &copy, "junit");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.stdout.matches("<failure").count(), 4, "{}", ran.stdout);
    assert!(ran.stdout.contains("name=\"record 14: record-malformed\""), "{}", ran.stdout);
}

#[test]
fn json_is_what_the_flag_gives_and_both_at_once_are_refused() {
    let demo = Demo::new();
    assert_eq!(verify(&demo, &demo.log(), "json").stdout, demo.verify(&demo.log()).stdout);
    let both = run(args(&["verify", "--json", "--format", "sarif"], &[&demo.log()]));
    assert_eq!((both.code, both.stdout.as_str()), (Some(2), ""), "{both:?}");
}
