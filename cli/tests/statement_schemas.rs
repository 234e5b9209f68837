//! The JSON Schemas say what `pending`, `statement show` and `statement check` print, and each line that `statement sign`
//! writes is a command.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;
#[path = "common/desk.rs"]
mod desk;
#[path = "schemas/schema.rs"]
mod schema;

use serde_json::{Value, json};

use common::{args, run};
use counterfoil_testkit::policy;
use desk::{Desk, two_people};
use schema::{assert_valid, schema, validator};

#[test]
fn each_schema_is_a_schema_and_names_itself() {
    for name in ["pending", "statement-show", "statement-check"] {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:counterfoil:schema:{name}"));
    }
}

#[test]
fn what_waits_is_valid_while_it_waits_and_after() {
    let pending = validator("pending");
    let desk = Desk::new(&two_people());
    assert_valid(&pending, &desk.pending());
    let payment = desk.held().to_string();
    assert_valid(&pending, &desk.pending());
    let signed = desk.sign("bob", &["approve", &payment]);
    desk.answer(&signed.stdout);
    assert_valid(&pending, &desk.pending());
    let signed = desk.sign("alice-plain", &["refuse", &payment]);
    desk.answer(&signed.stdout);
    let decided = desk.pending();
    assert_valid(&pending, &decided);
    assert_eq!(decided["decided"].as_array().unwrap().len(), 1);

    let desk = Desk::new(&policy::full());
    let run = desk.open_run("report-17");
    let attach = json!({"type": "attach", "run": run, "name": "plan", "media_type": "text/markdown", "digest": "11".repeat(32)});
    let enter = |phase: &str| json!({"type": "enter-phase", "run": run, "phase": phase}).to_string();
    desk.govern(&[attach.to_string(), enter("commit"), enter("execute")]);
    let waits = desk.pending();
    assert_eq!(waits["waiting"][0]["kind"], "phase");
    assert_valid(&pending, &waits);
}

#[test]
fn what_is_signed_shown_and_checked_is_valid() {
    let (show, check, command) =
        (validator("statement-show"), validator("statement-check"), validator("command"));
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    desk.answer(r#"{"type":"suspend"}"#);
    let kept = desk.pending();
    assert_valid(&validator("pending"), &kept);
    assert_eq!(kept["waiting"][0]["not_now"], json!(["not-suspended"]));
    for (person, words) in
        [("bob", vec!["approve", &payment]), ("bob", vec!["resume"]), ("alice-plain", vec!["resume"])]
    {
        let file = format!("{}.json", words[0]);
        assert_eq!(desk.sign_into(&file, person, &words).code, Some(0));
        let written: Value = serde_json::from_slice(&std::fs::read(desk.path(&file)).unwrap()).unwrap();
        assert_valid(&command, &written);
        assert_valid(&show, &run(args(&["statement", "show", "--json"], &[&desk.path(&file)])).json());
        let shown = desk.on(&["statement", "show", "--json"], &file).json();
        assert_valid(&show, &shown);
        assert_eq!(shown[0]["signed"], true);
        let checked = desk.on(&["statement", "check", "--json"], &file);
        assert_valid(&check, &checked.json());
        assert_eq!(checked.json()["counts"], checked.code == Some(0), "{checked:?}");
    }
    desk.answer_file("resume.json");
    let shown = desk.on(&["statement", "show", "--json"], "resume.json").json();
    assert_valid(&show, &shown);
    assert!(shown[0]["not_asked"].as_str().unwrap().contains("nothing-suspended"), "{shown}");
    let checked = desk.on(&["statement", "check", "--json"], "resume.json");
    assert_valid(&check, &checked.json());
    assert_eq!((checked.code, &checked.json()["codes"]), (Some(1), &json!(["nothing-suspended"])));
}
