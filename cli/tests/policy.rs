//! `policy`: what is wrong with a policy, what it says, and what changes from one to another.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

mod common;
#[path = "schemas/schema.rs"]
mod schema;

use core::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::{Ran, args, folder, run};
use counterfoil_review::WarningCode;
use counterfoil_testkit::policy::{full, vary};
use schema::{assert_valid, schema, validator};

/// Runs a `policy` command on a policy, in its own folder.
fn policy(words: &[&str], source: &str) -> Ran {
    let folder = folder();
    let file = folder.path().join("policy.toml");
    fs::write(&file, source).unwrap();
    let mut ran = run(args(&[&["policy"], words].concat(), &[&file]));
    let dir = format!("{}/", folder.path().display());
    ran.stdout = ran.stdout.replace(&dir, "");
    ran.stderr = ran.stderr.replace(&dir, "");
    ran
}

#[test]
fn each_answer_is_valid_by_its_schema() {
    for name in ["policy-check", "policy-show", "policy-diff"] {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$id"], format!("urn:counterfoil:schema:{name}"));
    }
    let check = validator("policy-check");
    let broken = BROKEN.map(|(_, from, to)| vary(&full(), from, to));
    for source in broken.iter().chain([&full(), &String::new()]) {
        assert_valid(&check, &policy(&["check", "--json"], source).json());
    }
    let codes = &schema("policy-check")["properties"]["warnings"]["items"]["properties"]["code"]["enum"];
    assert_eq!(*codes, serde_json::to_value(WarningCode::ALL).unwrap());
    assert_valid(&validator("policy-show"), &policy(&["show", "--json"], &full()).json());
    let folder = folder();
    let [one, other] = ["one.toml", "other.toml"].map(|name| folder.path().join(name));
    fs::write(&one, full()).unwrap();
    let diff = validator("policy-diff");
    for (from, to) in [
        ("version = 1\n", "version = 2\n"),
        ("window = { rolling = \"60s\" }", ""),
        ("limit = \"5 gold\"", "limit = \"6 gold\""),
        ("id = \"burst\"", "id = \"burst-2\""),
        ("0x00000000000000000000000000000000000000a1", "0x00000000000000000000000000000000000000a3"),
    ] {
        fs::write(&other, vary(&full(), from, to)).unwrap();
        let json = run(args(&["policy", "diff", "--json"], &[&one, &other])).json();
        assert_valid(&diff, &json);
        assert!(!json["differences"].as_array().unwrap().is_empty(), "{json}");
    }
}

/// A passage of the policy of the vectors, and what stands there instead.
const BROKEN: [(&str, &str, &str); 24] = [
    ("a key that is misspelt", "limit = \"20.00 usdc\"", "limt = \"20.00 usdc\""),
    ("a section that is misspelt", "[payees]", "[payee]"),
    ("a key that is missing", "finality = \"2m\"\n", ""),
    ("a key twice", "finality = \"2m\"", "finality = \"2m\"\nfinality = \"3m\""),
    ("a text that does not end", "finality = \"2m\"", "finality = \"2m"),
    ("a number for a text", "initial_phase = \"explore\"", "initial_phase = 1"),
    ("a text for a truth value", "plan_bound = true", "plan_bound = \"yes\""),
    ("a negative number", "count = 5", "count = -5"),
    ("an asset that is not declared", "limit = \"20.00 usdc\"", "limit = \"20.00 usd\""),
    ("a phase that is not declared", "to = [\"execute\", \"explore\"]", "to = [\"exekute\", \"explore\"]"),
    (
        "a role that is not declared",
        "resume = { approvals = 2, from = \"finance\" }",
        "resume = { approvals = 2, from = \"fiance\" }",
    ),
    ("a budget that is not declared", "budget = \"agent-day\"", "budget = \"agent-dya\""),
    (
        "more places than the asset has",
        "exposure_at_least = \"0.25 usdc\"",
        "exposure_at_least = \"0.2500001 usdc\"",
    ),
    ("an amount without asset", "limit = \"5 gold\"", "limit = \"5\""),
    (
        "an amount that is too large",
        "limit = \"5 gold\"",
        "limit = \"340282366920938463463.374607431768211456 gold\"",
    ),
    ("a time without unit", "max_lifetime = \"10m\"", "max_lifetime = \"600\""),
    ("a word that is no choice", "irreversible = \"last\"", "irreversible = \"later\""),
    ("more approvals than people", "need = { approvals = 2, from", "need = { approvals = 4, from"),
    (
        "an account that is none",
        "[payees]\nallow = [",
        "[payees]\nallow = [\"0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc\", ",
    ),
    ("a wildcard inside a segment", "https://data.example/v1/**", "https://data.example/v1*"),
    ("plain http to a host elsewhere", "https://data.example/v1/**", "http://data.example/v1/**"),
    (
        "a window that is both",
        "window = { rolling = \"60s\" }",
        "window = { rolling = \"60s\", every = \"day\", utc_offset = \"+00:00\" }",
    ),
    ("a gate without condition", "when = { category = \"tip\" }", "when = {}"),
    (
        "a scheme that is not supported",
        "schemes = [\"exact\", \"upto\"]",
        "schemes = [\"exact\", \"batch-settlement\"]",
    ),
];

#[test]
fn each_broken_policy_is_refused_with_line_column_key_and_what_was_expected() {
    let mut out = String::from(
        "Each passage of the policy of the test vectors, replaced, and what `policy check` says.\n",
    );
    for (what, from, to) in BROKEN {
        let source = vary(&full(), from, to);
        let ran = policy(&["check"], &source);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{what}: {ran:?}");
        let json = policy(&["check", "--json"], &source).json();
        let problems = json["problems"].as_array().unwrap();
        assert_eq!(problems.len(), ran.stderr.lines().count(), "{what}");
        for problem in problems {
            let line = usize::try_from(problem["line"].as_u64().unwrap()).unwrap();
            assert!(line >= 1 && line <= source.lines().count() + 1, "{problem}");
        }
        write!(out, "\n== {what}\n").unwrap();
        for (sign, passage) in [('-', from), ('+', to)] {
            for line in passage.lines() {
                writeln!(out, "{sign} {line}").unwrap();
            }
        }
        out.push_str(&ran.stderr);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy.stderr");
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        fs::write(&path, out).unwrap();
    } else {
        assert_eq!(out, fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn many_problems_are_said_in_the_order_of_their_places() {
    let source = full().replace("usdc\"", "usd\"");
    let ran = policy(&["check"], &source);
    let lines: Vec<u64> = ran
        .stderr
        .lines()
        .map(|line| line.split("line ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap())
        .collect();
    assert!(lines.len() == 8 && lines.is_sorted(), "{}", ran.stderr);
    assert!(ran.stderr.lines().all(|line| line.ends_with("did you mean `usdc`?")), "{}", ran.stderr);
}

#[test]
fn a_warning_has_its_place_and_can_be_made_an_error() {
    let source = vary(&full(), "exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"11.00 usdc\"");
    let line = source.lines().position(|line| line == "[[gates]]").unwrap() + 1;
    let ran = policy(&["check"], &source);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let warned = format!("warning: policy.toml: line {line}, column 1: gates.premium: ");
    assert!(ran.stdout.contains(&warned) && ran.stdout.contains("[gate-never-closes]"), "{}", ran.stdout);
    let denied = policy(&["check", "--deny-warnings"], &source);
    assert_eq!((denied.code, denied.stdout), (Some(1), ran.stdout));
}

#[test]
fn a_ceiling_is_held_against_the_most_of_a_day() {
    let quiet = vary(&full(), "[[budgets]]\nid = \"month\"", "[[budgets]]\nid = \"month-2\"");
    let quiet = quiet.replace("limit = \"40.00 usdc\"", "limit = \"400.01 usdc\"");
    let check = |ceiling: &str| policy(&["check", "--deny-warnings", "--daily-ceiling", ceiling], &quiet);
    assert_eq!(check("150.00 usdc").code, Some(0), "{:?}", check("150.00 usdc"));
    let above = check("149.99 usdc");
    assert!(above.code == Some(1) && above.stdout.contains("[above-ceiling]"), "{above:?}");
    for wrong in ["75.00", "75 euro", "1.0000001 usdc"] {
        let ran = check(wrong);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{wrong}");
        assert!(ran.stderr.contains("--daily-ceiling"), "{}", ran.stderr);
    }
}

#[test]
fn show_says_everything_with_the_digest_and_draws_the_phases() {
    let shown = policy(&["show"], &full());
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    let json = policy(&["show", "--json"], &full()).json();
    assert!(shown.stdout.contains(&format!("its digest is {}", json["digest"].as_str().unwrap())));
    for part in json["rules"].as_array().unwrap().iter().flat_map(|rule| rule["parts"].as_array().unwrap()) {
        assert!(shown.stdout.contains(part["words"].as_str().unwrap()), "{part}");
    }
    let drawn = policy(&["show", "--graph"], &full());
    assert!(drawn.stdout.starts_with("explore\n└─▶ commit\n"), "{}", drawn.stdout);
}

#[test]
fn diff_names_what_changes_and_reads_both_before_it_answers() {
    let folder = folder();
    let [one, other] = ["one.toml", "other.toml"].map(|name| folder.path().join(name));
    fs::write(&one, full()).unwrap();
    fs::write(&other, vary(&full(), "limit = \"20.00 usdc\"", "limit = \"30.00 usdc\"")).unwrap();
    let ran = run(args(&["policy", "diff"], &[&one, &other]));
    assert_eq!(ran.code, Some(0));
    let expected = "Becomes allowed\n  budgets.run-total.limit\n    - at most 20.00 usdc, reserved and settled\n    + at most 30.00 usdc, reserved and settled\n";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("it is refused: its version is 1, and must be above 1"), "{}", ran.stdout);
    fs::write(&other, "nonsense").unwrap();
    let ran = run(args(&["policy", "diff"], &[&one, &other]));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("other.toml: line 1"), "{}", ran.stderr);
}

#[test]
fn every_command_of_the_page_does_what_the_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/policy.md")).unwrap();
    let source = fs::read_to_string(root.join("examples/policies/research-agent/policy.toml")).unwrap();
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("policy.toml"), &source).unwrap();
    fs::write(file("next.toml"), vary(&source, "version = 1\n", "version = 2\n")).unwrap();
    let [gina, hugo] = ["gina", "hugo"].map(|name| {
        let ran = run(args(&["key", "new", "--name", name], &[&file(&format!("{name}.pem"))]));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.stdout.trim().to_owned()
    });
    let commands: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("    counterfoil ")).collect();
    // A log is there before it is decided again.
    let (before, after): (Vec<&str>, Vec<&str>) =
        commands.iter().partition(|line| line.starts_with("policy "));
    assert!(before.len() == 5 && after.len() == 4, "{commands:?}");
    for line in after.into_iter().chain(before) {
        // Nobody is at a terminal here to say yes.
        let line = if line.starts_with("statement sign") { format!("{line} --yes") } else { line.into() };
        let mut shell = std::process::Command::new("sh");
        let program = env!("CARGO_BIN_EXE_counterfoil");
        shell.args(["-c", &format!("{program:?} {line}")]).current_dir(folder.path());
        let ran = shell.env("GINA", &gina).env("HUGO", &hugo).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{line}: {said}");
        if line.starts_with("govern") {
            assert!(said.contains("\"outcome\":\"accepted\""), "{said}");
        }
    }
}
