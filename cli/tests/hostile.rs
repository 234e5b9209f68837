//! Text that a payee, an agent, a facilitator or an operator chose does no harm in any form of any output.
//!
//! A command or a form that is new is one line of [`outputs::OUTPUTS`]; a form has its rules in `hostile/rules.rs`. What no line names
//! fails `every_command_in_every_form_is_held_against_the_rules`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;
#[path = "hostile/errors.rs"]
mod errors;
#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/log.rs"]
mod log;
#[path = "hostile/outputs.rs"]
mod outputs;
#[path = "hostile/refused.rs"]
mod refused;
#[path = "hostile/rules.rs"]
mod rules;
#[path = "hostile/texts.rs"]
mod texts;

use std::collections::BTreeSet;

use log::Hostile;
use outputs::{OUTPUTS, Output, SILENT, commands, forms};
use rules::Form::{self, Csv, Json, Junit, Lines, Sarif, Text};
use texts::{FORGED, RECORDED, REFUSED};

#[test]
fn no_output_in_any_form_is_more_than_text() {
    let hostile = Hostile::new();
    let harmful = OUTPUTS.iter().filter(|output| {
        let held = core::panic::AssertUnwindSafe(|| hostile.hold(output));
        std::panic::catch_unwind(held).is_err()
    });
    let harmful: Vec<&Output> = harmful.collect();
    assert!(harmful.is_empty(), "{harmful:#?}: what each did stands above");
}

#[test]
fn every_command_in_every_form_is_held_against_the_rules() {
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    for (command, help) in &commands {
        let held: BTreeSet<Form> = OUTPUTS.iter().filter(|it| it.0 == command).map(|it| it.1).collect();
        let silent = SILENT.iter().any(|(name, why)| name == command && !why.is_empty());
        assert_ne!(held.is_empty(), !silent, "`{command}` stands in OUTPUTS, or in SILENT with a reason");
        for form in forms(help).iter().filter(|_| !silent) {
            let form = match form.as_str() {
                "text" => Text,
                "csv" => Csv,
                "json" => Json,
                "junit" => Junit,
                "sarif" => Sarif,
                other => panic!("`{command}` has the form {other}, which has no rules"),
            };
            assert!(held.contains(&form), "`{command}` is not held against the rules of {form:?}");
        }
    }
    for name in OUTPUTS.iter().map(|it| it.0).chain(SILENT.iter().map(|it| it.0)) {
        assert!(commands.iter().any(|(command, _)| command == name), "there is no command `{name}`");
    }
}

#[test]
fn text_in_an_error_is_quoted_without_harm() {
    let hostile = Hostile::new();
    let wrong = errors::files(&hostile).into_iter().chain(errors::arguments(&hostile));
    let harmful: Vec<String> = wrong.filter_map(|wrong| errors::harm(&wrong)).collect();
    assert!(harmful.is_empty(), "{}", harmful.join("\n\n"));
}

#[test]
fn a_trust_file_that_a_saved_audit_comes_with_is_read_back_whoever_signed_the_checkpoint() {
    let hostile = Hostile::new();
    let names = ["\"\"\"", "\\", "\\u0022\"\"\"", "h0stile\u{202e}\u{e0041}\u{7f}\u{9b}<script>"];
    let lines: String = names.map(|name| format!("\u{2014} {name} c2lnbmVk\n")).concat();
    let log = rusqlite::Connection::open(hostile.path("log.sqlite")).unwrap();
    assert_eq!(log.execute("UPDATE checkpoint SET text = text || ?1", [lines]), Ok(1));
    drop(log);
    let held = |words| hostile.hold(&("verify", Text, 0, words, "every record is the log's, in its place"));
    held("~log.sqlite --trust ~trust.toml --save ~saved");
    let trust = std::fs::read_to_string(hostile.path("saved/trust.toml")).unwrap();
    assert!(trust.contains("<script>") && !rules::hides(&trust), "{trust}");
    held("~log.sqlite --trust ~saved/trust.toml --resume ~saved/audit");
}

#[test]
fn a_file_that_is_no_honest_log_is_refused_by_every_command_that_reads_one() {
    files::every_file_is_refused_by_every_command();
}

#[test]
fn a_query_for_a_formula_is_read_from_the_export_as_it_was_asked() {
    let hostile = Hostile::new();
    for payee in RECORDED {
        let payee = format!("a;{payee}; -1;\"=1");
        let words = ["export", "~log.sqlite", "--trust", "~trust.toml", "--format", "csv", "--payee", &payee];
        let export = hostile.run(&words);
        assert_eq!(export.code, Some(0), "{export:?}");
        assert_ne!(Csv.read(&export.stdout), "");
        std::fs::write(hostile.path("asked.csv"), &export.stdout).unwrap();
        let check = hostile.run(&["check-export", "~log.sqlite", "~asked.csv", "--trust", "~trust.toml"]);
        assert_eq!((check.code, check.stderr.as_str()), (Some(0), ""), "{payee:?}: {check:?}");
    }
}

#[test]
fn what_no_record_may_hold_is_refused_field_by_field_and_nothing_is_written() {
    refused::every_text_in_every_field();
}

#[test]
fn what_stays_out_of_the_log_may_be_any_text_and_is_shown_to_nobody() {
    refused::no_private_text_is_shown();
}

#[test]
fn the_rules_find_what_they_are_for() {
    for text in REFUSED.iter().filter(|text| **text != "\n") {
        assert!(rules::hides(text), "{text:?}");
    }
    for text in RECORDED {
        let seen = !["\u{e0b0}", "\u{10fffd}", "\u{ffff}", "\u{378}", "\u{600}", "\u{13430}"].contains(&text);
        assert_ne!(rules::hides(text), seen, "{text:?}");
        assert_eq!(text.parse::<counterfoil_record::Text>().map(|it| it.to_string()).as_deref(), Ok(text));
    }
    for (form, output) in [
        (Text, "a\u{1b}[2J"),
        (Text, FORGED),
        (Text, &format!("counterfoil: {FORGED}")),
        (Csv, "a,b\n=1,2"),
        (Csv, "a,b\n1,2;=1"),
        (Csv, "a,b\n1,2,3"),
        (Csv, "a,b\n\"1\n2\",3"),
        (Json, "{\"a\":\"\u{202e}\"}"),
        (Json, "{\"a\":1}{"),
        (Lines, "{}\nx"),
        (Junit, "<testsuites name=\"\"><script/></testsuites>"),
        (Junit, "<testsuites name=\"\" onerror=\"\"/>"),
        (Junit, "<testsuites name=\"a\"><!-- x --></testsuites>"),
        (Junit, "<testsuites><![CDATA[x]]></testsuites>"),
        (Junit, "<testsuites name=\"&#x202e;\"/>"),
        (Junit, "<testsuites>"),
    ] {
        let found = std::panic::catch_unwind(|| form.read(output));
        assert!(found.is_err(), "{form:?} takes {output:?}");
    }
}
