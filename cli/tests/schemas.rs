//! The JSON Schemas in `schemas/` say what the command takes and prints, no more and no less.
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
#[path = "schemas/every_command.rs"]
mod every_command;
#[path = "schemas/schema.rs"]
mod schema;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_audit::{FindingCode, Level, NotCheckedCode, Verdict};
use counterfoil_decide::state::Status;
use counterfoil_enforce::{Command, Core, FileKey, Scripted, Signer as _};
use counterfoil_record::statement::{Answer, SignedStatement, SubjectKind};
use counterfoil_record::verdict::{CheckName, CheckResult, Code, Grade, OperandName, Outcome};
use counterfoil_record::{Input, Record, SignedRecord, Time};
use counterfoil_store::{MemoryStore, SqliteStore, Store as _};
use counterfoil_testkit::keys;
use counterfoil_testkit::script::audit;
use counterfoil_testkit::vectors::{self, Decision, Step, files};
use jsonschema::Validator;
use rusqlite::Connection;
use serde_json::{Value, json};

use common::{Demo, args, open_run, read, run, run_with};
use every_command::documents;
use schema::{assert_valid, root, schema, validator, validator_at};

const NAMES: [&str; 7] =
    ["command", "scene", "answer", "report", "story", "decision-vector", "evidence-vector"];

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_schema_is_a_schema_and_names_itself() {
    for name in NAMES {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:counterfoil:schema:{name}"));
    }
}

#[test]
fn the_demonstrations_script_and_its_answers_are_valid() {
    let demo = Demo::new();
    let inputs = fs::read_to_string(demo.dir.join("inputs.jsonl")).unwrap();
    let (scene, command, answer) = (validator("scene"), validator("command"), validator("answer"));
    for line in lines(&inputs) {
        assert_valid(&scene, &line);
        assert_valid(&command, &line["input"]);
    }
    let words = args(
        &["govern", "--replay", "--key"],
        &[&demo.dir.join("keys/log.pem"), &demo.dir.join("again.sqlite")],
    );
    let ran = run_with(words, inputs.as_bytes());
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.lines().len(), inputs.lines().count() - 1, "an answer to each line but the genesis");
    for line in ran.lines() {
        assert_valid(&answer, &line);
    }
}

#[test]
fn answers_to_repeats_and_to_bad_lines_are_valid() {
    let own = common::Own::new();
    let run = counterfoil_record::Index::new(5);
    let ask = counterfoil_testkit::scene::Ask::new(run, "a", 10_000).command();
    let ask = serde_json::to_string(&ask).unwrap();
    let input = [open_run("r").as_str(), "nonsense", &ask, &ask, "{}"].join("\n");
    let ran = run_with(own.govern(), input.as_bytes());
    assert_eq!(ran.code, Some(2));
    let answers = ran.lines();
    assert_eq!((&answers[2]["outcome"], &answers[3]["status"]), (&"allow".into(), &"open".into()));
    assert_eq!(answers.len(), 5);
    for line in answers {
        assert_valid(&validator("answer"), &line);
    }
}

/// A log whose genesis is of semantics that nobody knows, signed all the same.
fn of_another_version(demo: &Demo) -> PathBuf {
    let (entries, _) = read(&demo.log());
    let mut genesis: Record = SignedRecord::decode(&entries[0]).unwrap().unverified().clone();
    let Input::Genesis(input) = &mut genesis.input else { panic!("no genesis") };
    input.semantics = 99;
    let key = demo.key();
    let unsigned = genesis.to_unsigned(&demo.trust().origin, key.public_key()).unwrap();
    let entry = unsigned.finish(&key.sign(&unsigned.to_be_signed()).unwrap());
    let path = demo.dir.join("another-version.sqlite");
    let mut store = SqliteStore::create(&path).unwrap();
    store.append(0, &entry, &[]).unwrap();
    store.close().unwrap();
    path
}

#[test]
fn the_report_is_valid_in_every_verdict() {
    let demo = Demo::new();
    let report = validator("report");
    let (_one, cut) = demo.copy();
    Connection::open(&cut)
        .unwrap()
        .execute_batch("DELETE FROM record WHERE idx > 50; DELETE FROM checkpoint")
        .unwrap();
    let (_other, changed) = demo.copy();
    Connection::open(&changed)
        .unwrap()
        .execute_batch("UPDATE record SET bytes = x'00' WHERE idx = 3")
        .unwrap();
    let key_only = demo.dir.join("key-only.toml");
    let trust = demo.trust();
    fs::write(
        &key_only,
        format!("origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n", trust.origin, trust.log),
    )
    .unwrap();
    let under = |trust: &Path, log: &Path| run(args(&["verify", "--json", "--trust"], &[trust, log]));
    for (ran, verdict) in [
        (demo.verify(&demo.log()), Verdict::Verified),
        (under(&key_only, &demo.log()), Verdict::Verified),
        (demo.verify(&changed), Verdict::Failed),
        (under(&key_only, &of_another_version(&demo)), Verdict::Undecided),
        (run(args(&["verify", "--json"], &[&demo.log()])), Verdict::Insufficient),
        (demo.verify(&cut), Verdict::Contradiction),
    ] {
        assert_eq!(ran.code, Some(i32::from(verdict.exit_code())), "{ran:?}");
        assert_eq!(ran.json()["verdict"], verdict.word());
        assert_valid(&report, &ran.json());
    }
}

#[test]
fn the_story_of_every_payment_is_valid() {
    let demo = Demo::new();
    let story = validator("story");
    let mut told = 0;
    for (index, entry) in read(&demo.log()).0.iter().enumerate() {
        if matches!(SignedRecord::decode(entry).unwrap().unverified().input, Input::Pay(_)) {
            let index = index.to_string();
            let ran = run(args(
                &["explain", "--json", "--trust"],
                &[&demo.trust_file(), &demo.log(), index.as_ref()],
            ));
            assert_eq!(ran.code, Some(0));
            assert_valid(&story, &ran.json());
            told += 1;
        }
    }
    assert_eq!(told, 30);
    let (_folder, changed) = demo.copy();
    Connection::open(&changed)
        .unwrap()
        .execute_batch("UPDATE record SET bytes = x'00' WHERE idx = 14")
        .unwrap();
    let ran = run(args(&["explain", "--json"], &[&changed, "14".as_ref()]));
    assert_eq!((ran.code, &ran.json()["story"]), (Some(1), &Value::Null));
    assert_valid(&story, &ran.json());
}

fn published(kind: &str) -> Vec<Value> {
    let files = fs::read_dir(root().join("testvectors").join(kind)).unwrap();
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[test]
fn every_vector_is_valid_and_passes() {
    let (command, decision, evidence) =
        (validator("command"), validator("decision-vector"), validator("evidence-vector"));
    for vector in published("decision") {
        assert_valid(&decision, &vector);
        for step in vector["steps"].as_array().unwrap() {
            assert_valid(&command, &step["command"]);
        }
    }
    for vector in published("evidence") {
        assert_valid(&evidence, &vector);
    }
    let ran = run(args(&["vectors"], &[&root().join("testvectors")]));
    let passed = published("decision").len() + published("evidence").len();
    assert_eq!((ran.code, ran.stdout), (Some(0), format!("{passed} passed, 0 failed\n")));
}

/// What a record shows of itself in a story, held against the schema: its input, its verdict, and the statements in
/// it. What kind of input it is.
fn shown(record: &Record, [input, verdict, statement]: &[Validator; 3]) -> String {
    let shown = json!(record.input);
    assert_valid(input, &shown);
    assert_valid(verdict, &json!(record.verdict));
    if let Input::Statement(stated) = &record.input
        && let Ok(signed) = SignedStatement::decode(stated.statement.as_slice())
    {
        assert_valid(statement, &json!(signed.unverified()));
    }
    shown["type"].as_str().unwrap().into()
}

#[test]
fn the_records_and_the_report_of_every_vector_are_valid() {
    let parts = ["input", "verdict", "statement"].map(|part| validator_at("story", part));
    let report = validator("report");
    let mut seen = BTreeSet::new();
    for file in files("decision") {
        let entries = vectors::read::<Decision>(&file).run();
        for entry in &entries {
            seen.insert(shown(SignedRecord::decode(entry).unwrap().unverified(), &parts));
        }
        assert_valid(&report, &json!(audit(None, None, &entries)));
    }
    assert_eq!(seen, commands().into_iter().collect());
}

#[test]
fn the_answers_of_every_vector_are_valid() {
    let answer = validator("answer");
    let (mut counted, mut questions) = (0, BTreeSet::new());
    for file in files("decision") {
        let vector = vectors::read::<Decision>(&file);
        for shown in answers(&vector) {
            assert_valid(&answer, &shown);
            counted += usize::from(shown.get("counted").is_some());
            questions.extend(shown["question"]["kind"].as_str().map(String::from));
        }
    }
    assert!(counted > 5, "{counted}");
    assert!(questions.len() > 5, "{questions:?}");
}

/// What is answered to each command of a vector but the genesis.
fn answers(vector: &Decision) -> Vec<Value> {
    let key = |seed: &str| {
        let seed = hex::decode(seed).unwrap();
        FileKey::from_seed(&seed.try_into().unwrap()).unwrap()
    };
    let script = |step: &Step| {
        let salts = step.salts.iter().map(|salt| hex::decode(salt).unwrap().try_into().unwrap());
        Scripted { time: Some(Time::from_millis(step.time)), salts: salts.collect() }
    };
    let (first, steps) = vector.steps.split_first().unwrap();
    let Command::Genesis { origin, governance } = first.command.clone() else { panic!("no genesis") };
    let (store, log_key) = (MemoryStore::default(), key(&vector.log_key_seed));
    let mut core = Core::create_unstarted(store, log_key, script(first), origin, governance).unwrap();
    let mut answers = Vec::new();
    for step in steps {
        if let Some(seed) = &step.log_key_seed {
            core = Core::open_unstarted(core.into_store(), key(seed), Scripted::default()).unwrap();
        }
        *core.surroundings_mut() = script(step);
        answers.push(json!(core.submit(step.command.clone()).unwrap()));
    }
    answers
}

#[test]
fn what_the_command_takes_is_valid_with_every_field_and_without_the_others() {
    let command = validator("command");
    let taken = |document: &Value| serde_json::from_value::<Command>(document.clone()).is_ok();
    let kinds: BTreeSet<String> = documents().iter().map(|it| it["type"].as_str().unwrap().into()).collect();
    assert_eq!(kinds, commands().into_iter().collect());
    for document in documents() {
        assert_valid(&command, &document);
        assert!(taken(&document), "{document}");
        for field in document.as_object().unwrap().keys() {
            let mut fewer = document.clone();
            fewer.as_object_mut().unwrap().remove(field);
            // Of a transaction and its step the program finds the other missing later.
            if !matches!(field.as_str(), "transaction" | "step") || document["type"] != "pay" {
                assert_eq!(command.is_valid(&fewer), taken(&fewer), "{fewer}");
            }
        }
        let mut more = document.clone();
        more["force"] = json!(true);
        assert!(!command.is_valid(&more) && !taken(&more), "{more}");
    }
    let schema = schema("command");
    for (kind, expected) in schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["properties"]["type"]["const"], it["properties"].as_object().unwrap()))
    {
        let fields = documents().into_iter().filter(|it| it["type"] == *kind);
        let fields: BTreeSet<String> =
            fields.flat_map(|it| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>()).collect();
        assert_eq!(fields, expected.keys().cloned().collect(), "{kind}");
    }
}

#[test]
fn what_the_command_does_not_take_is_not_valid() {
    let command = validator("command");
    let hash = "ab".repeat(32);
    let key = keys::person("alice").to_string();
    for document in [
        json!(null),
        json!(["close-run", 5]),
        json!({}),
        json!({"type": "pay-everything"}),
        json!({"type": "close-run"}),
        json!({"type": "close-run", "run": -1}),
        json!({"type": "close-run", "run": 1.5}),
        json!({"type": "close-run", "run": 5, "force": true}),
        json!({"type": "start", "tool": "mine"}),
        json!({"type": "compensate", "payment": 5, "amount": 1}),
        json!({"type": "compensate", "payment": 5, "amount": "01"}),
        json!({"type": "compensate", "payment": 5, "amount": "-1"}),
        json!({"type": "open-run", "id": "a b", "agent": "a", "principal": "b"}),
        json!({"type": "statement", "statement": "a-_="}),
        json!({"type": "complete-step", "transaction": 5, "step": "a", "evidence": &hash[1..]}),
        json!({"type": "pay", "run": 1, "key": "k", "payment_required": "", "url": "u", "wallet": "w", "transaction": 4}),
        json!({"type": "pay", "run": 1, "key": "k", "payment_required": "", "url": "u", "wallet": "w", "compensation": "never"}),
        json!({"type": "genesis", "origin": "o", "governance": {"members": {}}}),
        json!({"type": "genesis", "origin": "o", "governance": {"members": {"alice": []}, "quorum": 1}}),
        json!({"type": "genesis", "origin": "o", "governance": {"members": {"a b": [key]}, "quorum": 1}}),
        json!({"type": "genesis", "origin": "o", "governance": {"members": {"alice": key}, "quorum": 1}}),
        json!({"type": "rotate-key", "old": hash, "new": key}),
        json!({"type": "revoke-key", "key": &key[..key.len() - 1]}),
        json!({"type": "suspend", "scope": {"wallet": "hot"}}),
        json!({"type": "suspend", "scope": "everything"}),
        json!({"type": "resume", "statements": "e30="}),
        json!({"type": "heartbeat", "state": hash}),
        json!({"type": "clock", "to": "tomorrow"}),
        json!({"type": "unreadable", "class": "payment required", "bytes": ""}),
        json!({"type": "unreadable", "class": "c", "bytes": "", "length": 0}),
        json!({"type": "open-run", "id": "a", "agent": "a", "principal": "b", "mandate": {"format": "ap2"}}),
        json!({"type": "open-run", "id": "a", "agent": "a", "principal": "b", "mandate":
            {"format": "ap2", "evidence": "e30=", "expires": 1, "limits": {"usdc": 1}}}),
        json!({"type": "refund", "payment": 5, "amount": "1", "statements": []}),
        json!({"type": "write-off", "payment": 5, "amount": 1}),
    ] {
        assert!(!command.is_valid(&document), "{document}");
    }
    let scene = validator("scene");
    for document in [
        json!({"type": "stop"}),
        json!({"time": 1, "input": {"type": "halt"}}),
        json!({"time": "1", "input": {"type": "stop"}}),
        json!({"time": 1, "salts": ["00"], "input": {"type": "stop"}}),
        json!({"time": 1, "input": {"type": "stop"}, "more": 1}),
    ] {
        assert!(!scene.is_valid(&document), "{document}");
    }
}

#[test]
fn what_the_command_does_not_print_is_not_valid() {
    let answer = validator("answer");
    for document in [
        json!({}),
        json!({"index": 1, "time": 1}),
        json!({"index": 1, "time": 1, "outcome": "maybe"}),
        json!({"index": 1, "time": 1, "outcome": "allow"}),
        json!({"index": 1, "time": 1, "outcome": "accepted", "codes": ["no-such-code"]}),
        json!({"index": 1, "time": 1, "outcome": "accepted", "error": "and an error"}),
        json!({"line": 0, "error": "before the first"}),
        json!({"repeat_of": 4, "status": "gone"}),
        json!({"counted": 1}),
        json!({"counted": 0, "outcome": "deny"}),
        json!({"counted": 1, "outcome": "allow"}),
        json!({"counted": 1, "outcome": "deny", "index": 4, "time": 1}),
        json!({"counted": 1, "outcome": "refused", "codes": []}),
    ] {
        assert!(!answer.is_valid(&document), "{document}");
    }
    let counted = json!({"counted": 2, "outcome": "refused", "codes": ["unknown-run"]});
    assert_valid(&answer, &counted);
    let demo = Demo::new();
    let good = demo.verify(&demo.log()).json();
    let report = validator("report");
    for (pointer, value) in [
        ("/verdict", json!("failed")),
        ("/exit_code", json!(1)),
        ("/not_checked", json!([])),
        ("/assurance", json!("complete")),
        ("/scope/root", json!("00")),
        ("/summary/decisions", json!({"maybe": 1})),
        ("/summary/suppressed", json!(-1)),
        ("/summary/mandates", json!([1])),
        ("/findings", json!([{"code": "no-such-finding", "index": null, "detail": ""}])),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(!report.is_valid(&wrong), "{pointer}");
        assert!(!validator("story").is_valid(&json!({"story": null, "report": wrong})), "{pointer}");
    }
}

/// The strings in the `enum` at `pointer`, or in the `const` of `type` of each of its alternatives.
fn listed(name: &str, pointer: &str) -> Vec<String> {
    let schema = schema(name);
    let at = schema.pointer(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}"));
    let values: Vec<&Value> = match at["enum"].as_array() {
        Some(values) => values.iter().collect(),
        None => at["oneOf"].as_array().unwrap().iter().map(|it| &it["properties"]["type"]["const"]).collect(),
    };
    values.iter().map(|value| value.as_str().unwrap().into()).collect()
}

/// The commands that the program knows, as its own error lists them.
fn commands() -> Vec<String> {
    let error = serde_json::from_value::<Command>(json!({"type": "?"})).unwrap_err().to_string();
    let list = error.split_once("expected one of ").unwrap().1;
    list.split('`').skip(1).step_by(2).map(String::from).collect()
}

#[test]
fn the_lists_in_the_schemas_are_those_of_the_program() {
    fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<String> {
        all.iter().map(|it| code(*it).into()).collect()
    }
    assert_eq!(commands().len(), 31);
    let outcomes = codes(Outcome::ALL, Outcome::code);
    let statuses = codes(Status::ALL, Status::code);
    let mut standings = statuses.clone();
    standings.extend(outcomes.iter().filter(|it| !statuses.contains(it)).cloned());
    let open = codes(CheckResult::ALL, CheckResult::code)
        .into_iter()
        .filter(|it| it != "pass" && it != "not-applicable");
    let verdicts = [
        Verdict::Verified,
        Verdict::Failed,
        Verdict::Undecided,
        Verdict::Insufficient,
        Verdict::Contradiction,
    ];
    let verdicts = codes(&verdicts, Verdict::word);
    for (name, pointer, expected) in [
        ("command", "", commands()),
        ("story", "/$defs/input", commands()),
        ("answer", "/$defs/outcome", outcomes.clone()),
        ("story", "/$defs/outcome", outcomes.clone()),
        ("report", "/$defs/summary/properties/decisions/propertyNames", outcomes.clone()),
        ("decision-vector", "/$defs/decided/properties/outcome", outcomes),
        ("answer", "/$defs/code", codes(Code::ALL, Code::code)),
        ("story", "/$defs/code", codes(Code::ALL, Code::code)),
        ("decision-vector", "/$defs/code", codes(Code::ALL, Code::code)),
        ("answer", "/$defs/check-name", codes(CheckName::ALL, CheckName::code)),
        ("story", "/$defs/check-name", codes(CheckName::ALL, CheckName::code)),
        ("answer", "/$defs/failing/properties/result", open.collect()),
        ("story", "/$defs/check/properties/result", codes(CheckResult::ALL, CheckResult::code)),
        (
            "story",
            "/$defs/check/properties/operands/propertyNames",
            codes(OperandName::ALL, OperandName::code),
        ),
        ("answer", "/$defs/grade", codes(Grade::ALL, Grade::code)),
        ("story", "/$defs/grade", codes(Grade::ALL, Grade::code)),
        ("answer", "/$defs/status", statuses.clone()),
        ("decision-vector", "/$defs/repeated/properties/status", statuses),
        ("story", "/$defs/story/properties/status/anyOf/0", standings),
        ("answer", "/$defs/question/properties/kind", codes(SubjectKind::ALL, SubjectKind::code)),
        ("story", "/$defs/statement/properties/kind", codes(SubjectKind::ALL, SubjectKind::code)),
        ("story", "/$defs/statement/properties/answer", codes(Answer::ALL, Answer::code)),
        ("report", "/properties/verdict", verdicts.clone()),
        ("evidence-vector", "/properties/expect/properties/verdict", verdicts),
        ("report", "/$defs/level", codes(&[Level::LogKey, Level::PinnedCheckpoint], Level::code)),
        ("report", "/$defs/finding/properties/code", codes(FindingCode::ALL, FindingCode::code)),
        ("evidence-vector", "/$defs/finding/properties/code", codes(FindingCode::ALL, FindingCode::code)),
        ("report", "/$defs/not-checked/properties/code", codes(NotCheckedCode::ALL, NotCheckedCode::code)),
    ] {
        assert_eq!(listed(name, pointer), expected, "{name}{pointer}");
    }
    let schema = schema("decision-vector");
    let pattern = schema["$defs"]["check-of-rule"]["pattern"].as_str().unwrap();
    assert!(
        pattern.starts_with(&format!("^({})(:", codes(CheckName::ALL, CheckName::code).join("|"))),
        "{pattern}"
    );
}
