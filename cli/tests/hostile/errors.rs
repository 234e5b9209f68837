//! What is wrong and has to be quoted: in files, in arguments, in names of files.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::panic::catch_unwind;

use serde_json::{Value, json};

use crate::common::run;
use crate::log::{Hostile, policy};
use crate::rules;
use crate::texts::{RECORDED, REFUSED, all, recorded};

/// Arguments that cannot be done, and what must stand in the reason.
pub struct Wrong {
    args: Vec<OsString>,
    quoted: &'static str,
}

/// What [`all`] begins with: no path of the folder has it.
const QUOTED: &str = "1 h0stile <script>";
/// The same where it is read as an amount and an asset.
const ASSET: &str = "asset `h0stile <script>";

/// Runs it. Gives what harm it does.
pub fn harm(wrong: &Wrong) -> Option<String> {
    let Wrong { args, quoted } = wrong;
    let ran = run(args);
    let safe = catch_unwind(|| [&ran.stdout, &ran.stderr].map(|text| rules::text(text)));
    let why = match safe {
        Err(_) => "is no plain text",
        Ok(_) if !matches!(ran.code, Some(1 | 2)) => "ends otherwise",
        Ok(_) if ran.stderr.is_empty() || ran.stderr.contains("panicked") => "says no reason",
        Ok(_) if !ran.stderr.contains(quoted) => "does not quote it",
        Ok(_) => return None,
    };
    Some(format!("{why}: {args:?}: {ran:?}"))
}

/// `text` as a string of JSON, and of TOML: a TOML string may hold what JSON does not escape but U+007F.
fn string(text: &str) -> String {
    serde_json::to_string(text).unwrap().replace('\u{7f}', "\\u007f")
}

/// Files in which something is wrong.
pub fn files(log: &Hostile) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut number = 0;
    // The words before the file, its text, the words after it, and what of the text is quoted.
    let mut add = |before: &[&str], text: &str, after: &[&str], quoted: &'static str| {
        number += 1;
        let path = log.path(&format!("wrong-{number}"));
        std::fs::write(&path, text).unwrap();
        let word = |word: &&str| match word.strip_prefix('~') {
            Some(name) => log.path(name).into_os_string(),
            None => (*word).into(),
        };
        let args = before.iter().map(word).chain([path.into_os_string()]).chain(after.iter().map(word));
        wrong.push(Wrong { args: args.collect(), quoted });
    };
    let any = string(&all());
    let trust = std::fs::read_to_string(log.path("trust.toml")).unwrap();
    let origin = trust.lines().next().unwrap();
    for (text, quoted) in [
        (format!("{any} = 1\n{trust}"), QUOTED),
        (trust.replace(origin, &format!("origin = {any}")), ""),
        (trust.replace("\"log-key\"", &any), QUOTED),
        (format!("{trust}max_age = {any}\n"), QUOTED),
        (format!("{trust}{}\n", all()), ""),
    ] {
        add(&["verify", "~log.sqlite", "--trust"], &text, &[], quoted);
        add(&["list", "~log.sqlite", "--trust"], &text, &[], quoted);
    }
    let policies = [
        ("name = \"-h0stile\"", format!("name = {any}")),
        ("initial_phase = \"execute\"", format!("initial_phase = {any}")),
        ("initial_phase = \"execute\"", format!("initial_phase = \"execute\"\n{any} = 1")),
        ("[roles.finance]", format!("[roles.{any}]")),
        ("id = \"agent-day\"", format!("id = {any}")),
        ("limit = \"25.00 usdc\"", format!("limit = {any}")),
        ("max_lifetime = \"10m\"", format!("max_lifetime = {any}")),
        ("schemes = [\"exact\", \"upto\"]", format!("schemes = [{any}]")),
        ("repeatable = [\"https://data.example/v1/tick\"]", format!("repeatable = [{any}]")),
        ("releases = \"chain\"", format!("releases = {any}")),
    ];
    for (from, to) in policies {
        let quoted = if from.starts_with("limit") { ASSET } else { QUOTED };
        let text = policy().replace(from, &to);
        assert_ne!(text, policy(), "{from}");
        add(&["policy", "check"], &text, &[], quoted);
        add(&["policy", "show"], &text, &[], quoted);
        add(&["policy", "diff", "~policy.toml"], &text, &[], quoted);
        add(&["policy", "backtest", "~log.sqlite", "--policy"], &text, &[], quoted);
    }
    for command in [
        json!({"type": all()}),
        json!({"type": "close-run", all(): 1}),
        json!({"type": "open-run", "id": all()}),
    ] {
        let quoted = if command.get("id").is_some() { "" } else { QUOTED };
        add(&["statement", "show"], &command.to_string(), &[], quoted);
        add(&["statement", "check"], &command.to_string(), &["~log.sqlite"], quoted);
    }
    let scenario = |step: &str| format!("policy = \"policy.toml\"\n[[step]]\n{step}\nexpect = \"refused\"\n");
    for (text, quoted) in [
        (scenario("type = \"heartbeat\"").replace("\"policy.toml\"", &any), QUOTED),
        (format!("{any} = 1\n{}", scenario("type = \"heartbeat\"")), QUOTED),
        (format!("start = {any}\n{}", scenario("type = \"heartbeat\"")), ""),
        (scenario(&format!("type = {any}")), QUOTED),
        (scenario(&format!("type = \"heartbeat\"\n{any} = 1")), QUOTED),
        (scenario(&format!("type = \"close-run\"\nrun = {}", string(&format!("${}", all())))), QUOTED),
        (scenario("type = \"heartbeat\"").replace("\"refused\"", &any), QUOTED),
    ] {
        add(&["policy", "test"], &text, &[], quoted);
    }
    evidence(&mut add);
    wrong
}

/// Evidence for `reconcile`, exports and vectors.
fn evidence(add: &mut impl FnMut(&[&str], &str, &[&str], &'static str)) {
    let chain = |field: &str, value: Value| {
        let mut extract = json!({"chain": "eip155:1", "from_block": "0x0", "to_block": "0x1", "head_time": "0x1", "logs": []});
        extract[field] = value;
        extract.to_string()
    };
    for text in [
        chain("chain", all().into()),
        chain("head_time", all().into()),
        chain("logs", json!([{"address": all(), "topics": [all()], "data": all()}])),
        all(),
    ] {
        add(&["reconcile", "~log.sqlite", "--trust", "~trust.toml", "--chain"], &text, &[], "");
    }
    for text in [all(), json!({"request": all()}).to_string(), json!({all(): 1}).to_string()] {
        add(&["reconcile", "~log.sqlite", "--trust", "~trust.toml", "--facilitator"], &text, &[], "");
    }
    let header = "network,asset,from,to,amount,transaction\n";
    for text in [
        all(),
        format!("{header}{},2,3,4,5,6\n", recorded("=").replace(['"', ','], "")),
        format!("{header}{}\n", all()),
    ] {
        add(&["reconcile", "~log.sqlite", "--trust", "~trust.toml", "--csv"], &text, &[], "");
    }
    let tool = string(&recorded("=1"));
    for (text, quoted) in [
        (
            format!(
                "{{\"manifest\":{{\"log\":{{\"records\":3}},\"tool\":{tool},\"query\":{{}}}},\"rows\":[\n]}}\n"
            ),
            QUOTED,
        ),
        (format!("{{\"manifest\":{{{}:1}},\"rows\":[\n]}}\n", string(&all())), ""),
        (format!("#export,1\n#records,{}\n#tool,x\n#query,{{}}\n", string(&all())), ""),
        (
            format!(
                "#export,1\n#records,3\n#tool,x\n#query,\"{{\"\"{}\"\":1}}\"\n",
                recorded("=1").replace('"', "")
            ),
            QUOTED,
        ),
        (all(), ""),
    ] {
        add(&["check-export", "~log.sqlite", "--trust", "~trust.toml"], &text, &[], quoted);
    }
    add(&["key", "show", "--name", "a"], &all(), &[], "");
    add(&["verify"], &all(), &[], "");
    add(&["govern", "~log.sqlite", "--key"], &all(), &[], "");
}

/// Arguments that are wrong, in each place that quotes one.
pub fn arguments(log: &Hostile) -> Vec<Wrong> {
    let any = all().replace('\0', "");
    let path = |name: &str| log.path(name).into_os_string();
    let mut wrong = Vec::new();
    let mut add = |words: &[&str], quoted: &'static str| {
        let word = |word: &&str| word.strip_prefix('~').map_or_else(|| (*word).into(), path);
        wrong.push(Wrong { args: words.iter().map(word).collect(), quoted });
    };
    add(&[&any], QUOTED);
    add(&["verify", "~log.sqlite", &any], QUOTED);
    add(&["verify", &format!("--{}", any.replace('=', ""))], QUOTED);
    add(&["verify", "~log.sqlite", "--format", &any], QUOTED);
    add(&["verify", "~log.sqlite", "--trust", &any], "");
    add(&["verify", &any], QUOTED);
    add(&["policy", &any], QUOTED);
    add(&["policy", "check", "~policy.toml", "--daily-ceiling", &any], ASSET);
    add(&["explain", "~log.sqlite", &any], QUOTED);
    add(&["init", "~never", "--origin", &any], QUOTED);
    add(&["list", "~log.sqlite", "--payee", &any], QUOTED);
    add(&["list", "~log.sqlite", "--asset", &any], QUOTED);
    add(&["list", "~log.sqlite", "--least", &any], QUOTED);
    add(&["list", "~log.sqlite", "--since", &any], QUOTED);
    add(&["list", "~log.sqlite", "--outcome", &any], QUOTED);
    add(&["sample", "~log.sqlite", "--size", &any], QUOTED);
    add(&["reconcile", "~log.sqlite", "--csv", "~export.csv", "--chain-id", &any], QUOTED);
    add(
        &["statement", "sign", "approve", "~log.sqlite", "1", "--key", "~mallory.pem", "--name", &any],
        QUOTED,
    );
    add(
        &[
            "statement",
            "sign",
            "suspend",
            "~log.sqlite",
            "--key",
            "~mallory.pem",
            "--name",
            "a",
            "--payee",
            &any,
        ],
        QUOTED,
    );
    add(&["vectors", &any], QUOTED);
    add(&["conform", "~.", "--", &any], "");
    add(&["completions", &any], QUOTED);
    add(&["demo", "--out", "~log.sqlite/x"], "");
    for text in REFUSED.iter().filter(|text| **text != "\0").chain(&RECORDED) {
        let name = format!("h0stile{text}{text}verified: every record is the log's");
        add(&["verify", "~log.sqlite", &format!("--{name}")], "h0stile");
        add(&["init", "~never", "--origin", &name], "h0stile");
        add(&["list", "~log.sqlite", "--trust", &name], "h0stile");
    }
    let bytes = OsString::from_vec(b"h0stile \xff\x1b[2J".to_vec());
    for words in
        [vec!["verify".into(), bytes.clone()], vec!["init".into(), path("never"), "--origin".into(), bytes]]
    {
        wrong.push(Wrong { args: words, quoted: "h0stile \u{fffd}?[2J" });
    }
    wrong
}
