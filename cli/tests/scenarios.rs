//! `policy test`: scenarios that pass, that fail, and that cannot be read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;
#[path = "schemas/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Ran, args, folder, run};
use counterfoil_testkit::{keys, policy, rail};
use schema::{assert_valid, root, validator};
use tempfile::TempDir;

/// A scenario under the plain policy of the tests, whose agent `signer` has a key, in a folder of its own.
struct Own {
    folder: TempDir,
}

const RUN: &str = r#"
[[step]]
name = "run"
type = "open-run"
id = "r1"
agent = "researcher"
principal = "carol"
"#;

const PAY: &str = r#"
[[step]]
name = "pay"
type = "pay"
run = "$run"
url = "https://data.example/v1/a"
wallet = "hot"
category = "data"
offer = { amount = "0.10 usdc", payee = "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc" }
"#;

impl Own {
    fn new(steps: &str) -> Self {
        Self::of(&format!("policy = \"policy.toml\"\n{steps}"), &policy::plain())
    }

    fn of(scenario: &str, policy: &str) -> Self {
        let folder = folder();
        fs::write(folder.path().join("policy.toml"), policy).unwrap();
        fs::write(folder.path().join("it.toml"), scenario).unwrap();
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("it.toml")
    }

    fn test(&self) -> Ran {
        run(args(&["policy", "test"], &[&self.file()]))
    }
}

fn examples() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("examples/policies")).unwrap();
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder.unwrap().path().join("scenarios")).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

fn paths(files: &[PathBuf]) -> Vec<&Path> {
    files.iter().map(PathBuf::as_path).collect()
}

#[test]
fn the_help_of_both_commands_has_an_example() {
    for command in ["test", "backtest"] {
        let ran = run(["policy", command, "--help"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains(&format!("Example:\n  counterfoil policy {command} ")), "{}", ran.stdout);
    }
}

#[test]
fn every_scenario_of_the_examples_passes() {
    let files = examples();
    assert!(files.len() >= 15, "{}", files.len());
    let ran = run(args(&["policy", "test"], &paths(&files)));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.starts_with(&format!("{} passed, 0 failed, 0 unreadable; ", files.len())), "{last}");
    assert!(last.contains("were replaced by test ones"), "{last}");
    let json = run(args(&["policy", "test", "--json"], &paths(&files)));
    assert_eq!(json.code, Some(0));
    assert_valid(&validator("scenarios"), &json.json());
}

#[test]
fn the_scenario_in_the_document_passes() {
    let page = fs::read_to_string(root().join("docs/scenarios.md")).unwrap();
    let scenario = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let policy = fs::read_to_string(root().join("examples/policies/research-agent/policy.toml")).unwrap();
    let ran = Own::of(scenario, &policy).test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    assert!(ran.stdout.contains(": no purchase before the plan\n1 passed, "), "{}", ran.stdout);
}

#[test]
fn what_comes_out_otherwise_is_named_with_file_line_step_and_both_outcomes() {
    let own =
        Own::new(&format!("{RUN}{PAY}expect = {{ outcome = \"deny\", fail = [\"budget:run-total\"] }}\n"));
    let ran = own.test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let file = own.file().display().to_string();
    let expected = format!(
        "FAIL {file}\n  {file}:10: step \"pay\": expected deny, fail budget:run-total, found allow\n0 passed, 1 failed, 0 unreadable; 2 expectations"
    );
    assert!(ran.stdout.starts_with(&expected), "{}", ran.stdout);
    let json = run(args(&["policy", "test", "--json"], &[&own.file()]));
    assert_valid(&validator("scenarios"), &json.json());
    assert_eq!(json.json()["scenarios"][0]["checks"][0]["mismatch"]["found"], "allow");
}

#[test]
fn what_is_given_is_compared_exactly() {
    for (expect, code) in [
        ("\"allow\"", 0),
        ("{ outcome = \"allow\" }", 0),
        ("{ codes = [], fail = [], needs = [], cannot = [] }", 0),
        ("{ outcome = \"allow\", fail = [\"phase\"] }", 1),
        ("{ needs = [\"gate:premium\"] }", 1),
        ("{ codes = [\"unbound\"] }", 1),
        ("{ because = \"over-maximum\" }", 1),
        ("{ grade = \"payee\" }", 1),
        ("\"hold\"", 1),
    ] {
        let ran = Own::new(&format!("{RUN}{PAY}expect = {expect}\n")).test();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{expect}: {}", ran.stdout);
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_place_and_exits_2() {
    let ok = format!("{RUN}{PAY}expect = \"allow\"\n");
    let with = |from: &str, to: &str| {
        assert!(ok.contains(from), "{from}");
        ok.replacen(from, to, 1)
    };
    let cases = [
        ("nothing is expected", format!("{RUN}{PAY}")),
        ("it.toml:1: ", String::new()),
        ("it.toml:2: unknown field `surprise`", format!("surprise = 1\n{ok}")),
        (
            "it.toml:3: step \"run\": unknown field `surprise`",
            with("principal = \"carol\"", "principal = \"carol\"\nsurprise = 1"),
        ),
        ("it.toml:3: step \"run\": missing field `agent`", with("agent = \"researcher\"\n", "")),
        ("it.toml:3: step \"run\": unknown variant `open-door`", with("open-run", "open-door")),
        ("it.toml:10: step \"pay\": `$walk` is no step before this one", with("$run", "$walk")),
        (
            "it.toml:10: step \"pay\": `offer`: `0.0000001` has more than the asset's 6 decimal places",
            with("0.10 usdc", "0.0000001 usdc"),
        ),
        ("it.toml:10: step \"pay\": `offer`: unknown field `tip`", with("amount = ", "tip = 1, amount = ")),
        (
            "it.toml:10: step \"pay\": `offer`: needs a `payee`",
            with(", payee = \"eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc\"", ""),
        ),
        ("it.toml:10: `expect`: `maybe` is no outcome", with("\"allow\"", "\"maybe\"")),
        ("it.toml:10: `expect`: unknown field `outcom`", with("\"allow\"", "{ outcom = \"allow\" }")),
        ("it.toml:10: `expect`: `no-code` is no code", with("\"allow\"", "{ codes = [\"no-code\"] }")),
        ("it.toml:10: `expect`: expects nothing", with("\"allow\"", "{}")),
        ("it.toml:10: \"run\" is the name of a step before", with("name = \"pay\"", "name = \"run\"")),
        ("it.toml:10: step \"pay\": `at`: `+soon` is no time", format!("{ok}at = \"+soon\"\n")),
        ("it.toml:10: `times`: must be 1 to 1000", format!("{ok}times = 1000000\n")),
        (
            "step 3: genesis, start and stop are written by the core itself",
            format!("{ok}[[step]]\ntype = \"stop\"\n"),
        ),
        (
            "step 3: a step has a `type`, an `approve` or a `refuse`",
            format!("{ok}[[step]]\nby = \"alice\"\n"),
        ),
        (
            "step 3: $pay: nobody was asked anything there",
            format!("{ok}[[step]]\napprove = \"$pay\"\nby = \"alice\"\n"),
        ),
        (
            "step 3: unknown field `who`",
            format!("{ok}[[step]]\napprove = \"$pay\"\nby = \"alice\"\nwho = 1\n"),
        ),
        (
            "step 3: `bind`: means nothing in `settle`",
            format!("{ok}[[step]]\ntype = \"settle\"\nbind = \"exactly\"\n"),
        ),
    ];
    for (message, steps) in cases {
        let ran = Own::new(&steps).test();
        assert_eq!(ran.code, Some(2), "{message}: {ran:?}");
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
        assert!(ran.stdout.starts_with("0 passed, 0 failed, 1 unreadable; "), "{}", ran.stdout);
    }
    let no_policy = Own::of(&format!("policy = \"none.toml\"\n{ok}"), "").test();
    assert_eq!(no_policy.code, Some(2));
    let bad =
        Own::of(&format!("policy = \"policy.toml\"\n{ok}"), &policy::plain().replace("\"10m\"", "\"soon\""))
            .test();
    assert_eq!(bad.code, Some(2));
    assert!(bad.stderr.contains("policy.toml: line "), "{bad:?}");
    let missing = run(["policy", "test", "none.toml"]);
    assert_eq!(missing.code, Some(2));
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_being_run() {
    let (bad, failing) = (Own::new(""), Own::new(&format!("{RUN}{PAY}expect = \"deny\"\n")));
    let good = Own::new(&format!("{RUN}{PAY}expect = \"allow\"\n"));
    let files = [bad.file(), failing.file(), good.file()];
    let report = good.folder.path().join("report.xml");
    let mut words = args(&["policy", "test"], &paths(&files));
    words.extend(args(&["--junit"], &[&report]));
    let ran = run(words);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stdout.contains("1 passed, 1 failed, 1 unreadable; 4 expectations"), "{}", ran.stdout);
    let xml = fs::read_to_string(report).unwrap();
    assert!(xml.contains(r#"tests="5""#) && xml.contains(r#"failures="1" errors="1""#), "{xml}");
    assert!(xml.contains("expected deny, found allow"), "{xml}");
}

#[test]
fn agents_with_keys_sign_their_requests_and_people_their_overrides() {
    let asked = PAY.replace("name = \"pay\"", "name = \"ask\"\nkey = \"k1\"");
    let again = PAY.replace(
        "name = \"pay\"",
        "name = \"paid\"\nkey = \"k1\"\nsigned = { question = \"$ask\", by = [\"signer\"] }",
    );
    let other = PAY.replace("name = \"pay\"", "name = \"twice\"\nkey = \"k2\"");
    let signed = format!(
        "{}{asked}expect = {{ outcome = \"deny\", fail = [\"agent\"], because = \"not-signed\" }}\n{again}expect = \"allow\"\n",
        RUN.replace("researcher", "signer")
    );
    let ran = Own::new(&signed).test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    let overridden = PAY.replace(
        "name = \"pay\"",
        "key = \"k2\"\nsigned = { question = \"$twice\", by = [\"alice\", \"bob\"] }",
    );
    let purchase = format!(
        "{RUN}{PAY}expect = \"allow\"\n{other}expect = {{ outcome = \"deny\", fail = [\"purchase\"] }}\n{overridden}expect = \"allow\"\n"
    );
    let ran = Own::new(&purchase).test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
}

#[test]
fn a_policy_can_be_replaced_within_a_scenario() {
    let later =
        policy::version(&policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"0.05 usdc\"")]), 2);
    let adopt = "\n[[step]]\ntype = \"adopt-policy\"\npolicy = \"later.toml\"\nexpect = \"accepted\"\n";
    let denied = PAY.replace("name = \"pay\"\n", "").replace("/v1/a", "/v1/b");
    let own = Own::new(&format!(
        "{RUN}{PAY}expect = \"allow\"\n{adopt}{denied}expect = {{ outcome = \"deny\", fail = [\"budget:run-total\"] }}\n"
    ));
    fs::write(own.folder.path().join("later.toml"), later).unwrap();
    let ran = own.test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
}

#[test]
fn a_payee_with_the_address_of_a_wallet_stays_that_payee() {
    let payer = format!("{}:{}", rail::CHAIN, rail::PAYER);
    let policy =
        policy::vary(&policy::plain(), "[payees]\nallow = [", &format!("[payees]\nallow = [\"{payer}\", "));
    let own = |expect: &str| {
        let seller = "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
        let pay = PAY.replace(seller, &payer);
        let ran =
            Own::of(&format!("policy = \"policy.toml\"\n{RUN}{pay}expect = {expect}\n"), &policy).test();
        assert_eq!(ran.stderr, "");
        ran.code
    };
    assert_eq!(own("\"allow\""), Some(0));
    assert_eq!(own("{ fail = [\"payee\"] }"), Some(1));
}

#[test]
fn a_wallet_of_one_address_on_two_chains_and_keys_in_escapes_sign_all_the_same() {
    let alice = keys::person("alice").to_string();
    let escaped: String =
        alice.chars().flat_map(|c| format!("\\u{:04x}", u32::from(c)).into_bytes()).map(char::from).collect();
    let other = format!("eip155:8453:{}", rail::PAYER.to_uppercase().replace("0X", "0x"));
    let policy = policy::vary(&policy::plain(), &alice, &escaped).replace(
        &format!("[wallets.cold]\naccount = \"{}:{}\"", rail::CHAIN, rail::PAYER),
        &format!("[wallets.cold]\naccount = '{other}'"),
    );
    assert!(policy.contains(&other), "{policy}");
    let held = PAY.replace("0.10", "0.30");
    let steps = format!(
        "{RUN}{held}expect = \"hold\"\n\n[[step]]\napprove = \"$pay\"\nby = \"alice\"\nexpect = \"accepted\"\n\n[[step]]\nname = \"claim\"\ntype = \"claim\"\npayment = \"$pay\"\nexpect = \"allow\"\n\n[[step]]\ntype = \"bind\"\npayment = \"$pay\"\nbind = \"exactly\"\nexpect = {{ outcome = \"accepted\", codes = [] }}\n"
    );
    let ran = Own::of(&format!("policy = \"policy.toml\"\n{steps}"), &policy).test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
}

#[test]
fn what_came_out_otherwise_before_a_step_that_cannot_be_put_is_told_all_the_same() {
    let bad = "\n[[step]]\nname = \"bad\"\ntype = \"stop\"\n";
    let own = Own::new(&format!("{RUN}{PAY}expect = \"deny\"\n{bad}"));
    let report = own.folder.path().join("report.xml");
    let ran = run(args(&["policy", "test", "--junit"], &[&report, &own.file()]));
    let file = own.file().display().to_string();
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains(&format!("{file}:20: step \"bad\": genesis, start and stop")),
        "{}",
        ran.stderr
    );
    let told = format!(
        "FAIL {file}\n  {file}:10: step \"pay\": expected deny, found allow\n0 passed, 0 failed, 1 unreadable; 1 expectations"
    );
    assert!(ran.stdout.starts_with(&told), "{}", ran.stdout);
    let xml = fs::read_to_string(report).unwrap();
    assert!(xml.contains(r#"tests="2""#) && xml.contains(r#"failures="1" errors="1""#), "{xml}");
    let json = run(args(&["policy", "test", "--json"], &[&own.file()])).json();
    assert_valid(&validator("scenarios"), &json);
    assert_eq!(json["scenarios"][0]["checks"][0]["mismatch"]["found"], "allow");
    assert!(json["errors"][0].as_str().unwrap().contains("step \"bad\""), "{json}");
}

#[test]
fn a_span_of_zero_is_said_to_be_no_time() {
    let ran = Own::new(&format!("{RUN}{PAY}expect = \"allow\"\nat = \"+0s\"\n")).test();
    assert_eq!(ran.code, Some(2));
    let says = "`at`: `+0s` is no time: write a span above zero, \"+5m\"";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
}

#[test]
fn several_steps_on_one_line_are_several_payments() {
    let run = r#"{ name = "run", type = "open-run", id = "r1", agent = "researcher", principal = "carol" }"#;
    let pay = |path: &str| {
        format!(
            r#"{{ type = "pay", run = "$run", url = "https://data.example/v1/{path}", wallet = "hot", category = "data", offer = {{ amount = "0.10 usdc", payee = "{}:{}" }}, expect = "allow" }}"#,
            rail::CHAIN,
            rail::SELLER
        )
    };
    let ran = Own::new(&format!("step = [{run}, {}, {}]\n", pay("a"), pay("b"))).test();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
}
