//! Each kind of statement from `statement sign` to `govern`, and what is not signed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::std_instead_of_alloc,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;
#[path = "common/desk.rs"]
mod desk;

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_testkit::{keys, policy};
use serde_json::{Value, json};

use common::{args, run};
use desk::{Desk, line, two_people};

/// Both sign into one file; the answer of `govern` to it.
fn both(desk: &Desk, people: [&str; 2], words: &[&str]) -> Value {
    let file = "command.json";
    let [first, second] = people.map(|person| desk.sign_into(file, person, words));
    assert_eq!((first.code, first.stdout.as_str()), (Some(0), ""), "{first:?}");
    assert!(first.stderr.contains("it is not enough yet"), "{first:?}");
    assert_eq!((second.code, second.stdout.as_str()), (Some(0), ""), "{second:?}");
    assert!(second.stderr.contains("signed, by 2 now"), "{second:?}");
    assert_eq!(desk.on(&["statement", "check"], file).code, Some(0));
    assert!(desk.on(&["statement", "show"], file).stdout.contains("signature  by that key"));
    let answer = desk.answer_file(file);
    fs::remove_file(desk.path(file)).unwrap();
    answer
}

fn assert_outcome(answer: &Value, outcome: &str) {
    assert_eq!((&answer["outcome"], answer.get("codes")), (&json!(outcome), None), "{answer}");
}

#[test]
fn a_refusal_is_final() {
    let desk = Desk::new(&two_people());
    let payment = desk.held();
    let ran = desk.sign("bob", &["refuse", &payment.to_string()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("says       REFUSE: it is final"), "{ran:?}");
    assert_outcome(&desk.answer(&ran.stdout), "accepted");
    let pending = desk.pending();
    assert_eq!((&pending["waiting"], &pending["decided"][0]["claimed_now"]), (&json!([]), &json!("deny")));
    let text = run(args(&["pending"], &[&desk.log()])).stdout;
    assert!(
        text.contains(&format!(
            "payment {payment}: no answer helps, claimed it gets deny (gate premium (refused)"
        )),
        "{text}"
    );
    let claim = format!(r#"{{"type":"claim","payment":{payment}}}"#);
    assert_eq!(desk.answer(&claim)["outcome"], "deny");
}

#[test]
fn the_entry_of_a_phase_waits_is_approved_and_entered() {
    let desk = Desk::new(&policy::full());
    let run = desk.open_run("report-17");
    let plan = json!({"type": "attach", "run": run, "name": "plan", "media_type": "text/markdown",
        "digest": "11".repeat(32), "items": [{"id": "quotes", "category": "data", "asset": "usdc",
        "payee": "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "ceiling": "5000000"}]});
    let enter = |phase: &str| json!({"type": "enter-phase", "run": run, "phase": phase}).to_string();
    assert_outcome(&desk.answer(&enter("commit")), "accepted");
    let attached = desk.answer(&plan.to_string());
    let asked = desk.answer(&enter("execute"));
    assert_eq!(asked["codes"], json!(["conditions-not-met"]));
    // Asked again, it is still one thing that waits, since it was asked first.
    desk.answer(&enter("execute"));
    let pending = desk.pending();
    let waiting = pending["waiting"].as_array().unwrap();
    assert_eq!(
        (waiting.len(), &waiting[0]["kind"], &waiting[0]["enter"]),
        (1, &json!("phase"), &json!("execute"))
    );
    assert_eq!((&waiting[0]["record"], &waiting[0]["against"]), (&asked["index"], &attached["index"]));
    assert_eq!(waiting[0]["needs"][0]["may_answer"], json!(["alice", "bob"]));
    let words = ["approve", "--run", &run.to_string(), "--phase", "execute"];
    let ran = desk.sign("bob", &words);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for shown in [
        "to enter   execute",
        "the run may pay for compute, data, tip, and only the items of the plan",
        &format!("plan, attached by record {}, {}", attached["index"], "11".repeat(32)),
        "quotes: at most 5.00 usdc to eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc, for data",
        "counts for the entry of the phase",
    ] {
        assert!(ran.stderr.contains(shown), "{shown} in {}", ran.stderr);
    }
    assert_outcome(&desk.answer(&ran.stdout), "accepted");
    assert_eq!(desk.pending()["waiting"], json!([]), "it waits for the agent, not for people");
    assert_outcome(&desk.answer(&enter("execute")), "accepted");
    let late = desk.sign("bob", &words);
    assert_eq!((late.code, late.stdout.as_str()), (Some(1), ""), "{late:?}");
}

#[test]
fn a_policy_is_adopted_and_keys_are_rotated_and_revoked_by_those_who_govern() {
    let desk = Desk::governed(&two_people());
    let file = desk.path("policy.toml");
    let adopt = ["adopt", "--policy", file.to_str().unwrap()];
    let show = desk.sign("gina", &adopt);
    let policy = counterfoil_decide::policy::compile(&desk.policy).unwrap();
    let digest = policy.digest().to_string();
    for part in counterfoil_review::rules::rules(&policy).iter().flat_map(|rule| &rule.parts) {
        assert!(show.stderr.contains(&format!("{}: {}", part.path, part.words)), "{part:?}");
    }
    for shown in ["policy     test version 1", &digest, "none is in force", "role       governance"] {
        assert!(show.stderr.contains(shown), "{shown} in {}", show.stderr);
    }
    assert_outcome(&both(&desk, ["gina", "hugo"], &adopt), "accepted");

    let (old, new) = (keys::person("hugo").to_string(), keys::named("hugo", "hugo-2").to_string());
    keys::ed25519("hugo-2").write_new(&desk.path("hugo-2.pem")).unwrap();
    let rotate = ["rotate", "--old", &old, "--new", &new];
    assert!(desk.sign("gina", &rotate).stderr.contains("of hugo, who governs"));
    assert_outcome(&both(&desk, ["gina", "hugo"], &rotate), "accepted");
    let stale = desk.sign("hugo", &rotate);
    assert_eq!((stale.code, stale.stdout.as_str()), (Some(1), ""), "{stale:?}");

    let bob = keys::person("bob").to_string();
    let revoke = ["revoke", "--key-of", &bob, "--since", "3"];
    let shown = desk.sign("gina", &revoke).stderr;
    assert!(
        shown.contains("of bob, role finance") && shown.contains("record 3: what it signed there"),
        "{shown}"
    );
    assert_outcome(&both(&desk, ["gina", "hugo-2"], &revoke), "accepted");
    // A key that is revoked signs nothing more.
    let suspend = desk.sign("bob", &["suspend"]);
    assert_eq!((suspend.code, suspend.stdout.as_str()), (Some(1), ""), "{suspend:?}");
}

#[test]
fn payments_are_suspended_with_a_name_under_it_and_resumed_by_two_people() {
    let desk = Desk::new(&two_people());
    let scope =
        ["--agent", "researcher", "--payee", "eip155:84532:0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"];
    let suspend = desk.sign("bob", &[&["suspend"], &scope[..]].concat());
    assert_eq!(suspend.code, Some(0), "{suspend:?}");
    let named = "agent researcher, payee eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    assert!(suspend.stderr.contains(named), "{suspend:?}");
    assert_outcome(&desk.answer(&suspend.stdout), "accepted");
    let resume = [&["resume"], &scope[..]].concat();
    let other = desk.sign("bob", &["resume"]);
    assert_eq!((other.code, other.stdout.as_str()), (Some(1), ""), "{other:?}");
    assert!(other.stderr.contains("the log asks nobody for this: refused, nothing-suspended"), "{other:?}");
    assert_outcome(&both(&desk, ["alice-plain", "bob"], &resume), "accepted");
}

#[test]
fn the_clock_is_moved_by_whoever_has_the_power() {
    let desk = Desk::new(&two_people());
    let signed = desk.sign("erin", &["clock", "--to", "2999-01-01T00:00:00Z"]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    assert!(signed.stderr.contains("2999-01-01T00:00:00.000Z at the latest"), "{signed:?}");
    assert!(signed.stderr.contains("expires    2999-01-01T00:00:00.000Z"), "{signed:?}");
    assert_outcome(&desk.answer(&signed.stdout), "accepted");
}

#[test]
fn a_purchase_is_made_again_while_another_payment_for_it_is_open() {
    let desk = Desk::new(&two_people());
    let run_index = desk.open_run("report-17");
    let pay = Desk::pay(run_index, "quote", 200_000);
    assert_outcome(&desk.answer(&line(&pay)), "allow");
    let again = pay.key("quote-again");
    assert_eq!(desk.answer(&line(&again))["outcome"], "deny");
    fs::write(desk.path("pay.json"), line(&again)).unwrap();
    let path = desk.path("pay.json");
    let words = ["override", path.to_str().unwrap()];
    let shown = desk.sign("bob", &words);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for part in ["for the same purchase is open: both can settle", "0.20 usdc", "takes      2 of finance"] {
        assert!(shown.stderr.contains(part), "{part} in {}", shown.stderr);
    }
    assert!(!shown.stderr.contains("BUT NOW"), "{shown:?}");
    // Alice and bob, one after the other, into one file.
    for person in ["alice-plain", "bob"] {
        let ran = desk.sign_into("again.json", person, &words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_outcome(&desk.answer_file("again.json"), "allow");
    // What was bought cannot be asked for with a payment of another kind.
    fs::write(desk.path("pay.json"), r#"{"type":"heartbeat"}"#).unwrap();
    let ran = desk.sign("bob", &words);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
}

#[test]
fn what_a_failed_transaction_is_owed_is_given_up() {
    let desk = Desk::new(&two_people());
    let run_index = desk.open_run("report-17");
    let now = desk.pending()["time"].as_u64().unwrap();
    let begin = json!({"type": "begin", "run": run_index, "id": "bundle", "deadline": now + 600_000,
        "steps": [{"id": "one", "reversible": true}]});
    let transaction = desk.answer(&begin.to_string())["index"].as_u64().unwrap();
    let pay =
        Desk::pay(run_index, "quote", 200_000).reversible(counterfoil_record::Index::new(transaction), "one");
    let payment = desk.answer(&line(&pay))["index"].as_u64().unwrap();
    let settle = json!({"type": "settle", "payment": payment, "amount": "200000"});
    let abort = json!({"type": "abort", "transaction": transaction});
    let number = payment.to_string();
    let words = ["write-off", &number, "--amount", "200000"];
    let early = desk.sign("bob", &words);
    assert_eq!((early.code, early.stdout.as_str()), (Some(1), ""), "{early:?}");
    assert!(early.stderr.contains("no-obligation"), "{early:?}");
    desk.govern(&[settle.to_string(), abort.to_string()]);
    let signed = desk.sign("bob", &words);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    assert!(signed.stderr.contains("give up    0.20 usdc (200000 of eip155:84532/erc20:"), "{signed:?}");
    assert_outcome(&desk.answer(&signed.stdout), "accepted");
}

#[test]
fn what_the_log_does_not_ask_for_is_not_signed() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    let policy_file = desk.path("policy.toml");
    let vkey = keys::person("bob").to_string();
    let cases: [(&str, &[&str], &str); 9] = [
        ("bob", &["approve", "3"], "unknown-payment"),
        ("bob", &["approve", "99999"], "unknown-payment"),
        ("bob", &["approve", "--run", "5", "--phase", "nowhere"], "unknown-phase"),
        ("erin", &["approve", &payment], "own-request"),
        ("mallory", &["approve", &payment], "is in none of the roles that are asked"),
        ("bob", &["approve", &payment, "--role", "nobody"], "in the role nobody"),
        ("bob", &["adopt", "--policy", policy_file.to_str().unwrap()], "nobody governs it"),
        ("bob", &["revoke", "--key-of", &vkey], "nobody governs it"),
        ("bob", &["resume"], "nothing-suspended"),
    ];
    for (person, words, because) in cases {
        let ran = desk.sign_into("out.json", person, words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(because), "{words:?}: {because} in {}", ran.stderr);
        assert!(!desk.path("out.json").exists(), "{words:?}");
    }
    // Said under another name, the key is nobody's.
    let mut words = desk.sign_args("bob", &["approve", &payment, "--yes"]);
    let name = words.iter().position(|word| word == "bob").unwrap();
    words[name] = "alice".into();
    assert_eq!(run(&words).code, Some(1));
    // Once it is answered it is not asked again, and one answer is for good.
    let signed = desk.sign("bob", &["approve", &payment]);
    assert_outcome(&desk.answer(&signed.stdout), "accepted");
    let again = desk.sign("bob", &["approve", &payment]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""), "{again:?}");
    assert!(again.stderr.contains("already-answered"), "{again:?}");
}

#[test]
fn usage_that_makes_no_sense_exits_2() {
    let desk = Desk::new(&two_people());
    for words in [
        &["approve"][..],
        &["approve", "8", "--run", "5", "--phase", "x"],
        &["approve", "--run", "5"],
        &["approve", "minus-one"],
        &["approve", "8", "--expires", "soon"],
        &["clock", "--to", "tomorrow"],
        &["rotate", "--old", "nonsense", "--new", "nonsense"],
        &["write-off", "8", "--amount", "-1"],
        &["nonsense"],
    ] {
        let ran = desk.sign("bob", words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}: {ran:?}");
    }
}

#[test]
fn an_answer_counts_as_long_as_it_says_and_no_longer_than_the_policy_lets_it() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    let pending = desk.pending();
    let until = |gate: &str| {
        let needs = pending["waiting"][0]["needs"].as_array().unwrap();
        needs.iter().find(|need| need["gate"] == gate).unwrap()["until"].as_u64().unwrap()
    };
    let expires = |words: &[&str]| {
        assert_eq!(desk.sign_into("out.json", "bob", words).code, Some(0));
        let shown = desk.on(&["statement", "show", "--json"], "out.json").json();
        fs::remove_file(desk.path("out.json")).unwrap();
        shown[0]["statement"]["expires"].as_u64().unwrap()
    };
    assert!(until("premium") < until("new-payee"));
    assert_eq!(expires(&["approve", &payment]), until("new-payee"), "the longest of what it counts for");
    let stated = expires(&["approve", &payment, "--expires", "90s"]);
    let asked = pending["time"].as_u64().unwrap();
    assert!((asked + 90_000..asked + 150_000).contains(&stated), "{stated} after {asked}");
}

#[test]
fn a_log_that_does_not_verify_is_neither_listed_nor_signed_for() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    let signed = desk.sign_into("bob.json", "bob", &["approve", &payment]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    // Another log's trust contradicts it from the first record on.
    let other = Desk::new(&two_people());
    let pinned =
        |desk: &Desk, trust: &Desk| run(args(&["pending", "--trust"], &[&trust.trust(), &desk.log()]));
    let stranger = pinned(&desk, &other);
    assert_eq!((stranger.code, stranger.stdout.as_str()), (Some(1), ""), "{stranger:?}");
    assert!(stranger.stderr.contains("genesis-differs"), "{stranger:?}");
    let database = rusqlite::Connection::open(desk.log()).unwrap();
    database.execute("UPDATE record SET bytes = zeroblob(9) WHERE idx = 2", []).unwrap();
    drop(database);
    let out = ["approve", payment.as_str()];
    let sign = desk.sign_into("out.json", "bob", &out);
    let check = desk.on(&["statement", "check"], "bob.json");
    let show = desk.on(&["statement", "show"], "bob.json");
    for ran in [pinned(&desk, &desk), sign, check, show] {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.stderr.contains("failed: record 2: record-malformed"), "{ran:?}");
    }
    assert!(!desk.path("out.json").exists());
    let missing = run(args(&["pending"], &[&desk.path("none.sqlite")]));
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
}

#[test]
fn without_trust_it_is_said_that_nothing_is_pinned() {
    let desk = Desk::new(&two_people());
    let ran = run(args(&["pending"], &[&desk.log()]));
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.starts_with("0 wait for an answer in log.test.example/agents"), "{ran:?}");
    assert!(ran.stderr.contains("nothing is pinned"), "{ran:?}");
}

#[test]
fn a_file_is_added_to_only_if_it_holds_the_same_command_and_never_replaced() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    desk.answer(r#"{"type":"suspend"}"#);
    desk.answer(r#"{"type":"suspend","scope":{"agent":"scout"}}"#);
    let into = |person, words: &[&str]| desk.sign_into("out.json", person, words);
    assert_eq!(into("bob", &["resume"]).code, Some(0));
    let before = fs::read(desk.path("out.json")).unwrap();
    let cases: [(&str, &[&str], i32, &str); 4] = [
        ("alice-plain", &["resume", "--agent", "scout"], 2, "is there already, and is not this command"),
        ("alice-plain", &["approve", &payment], 2, "is there already, and is not this command"),
        ("bob", &["resume"], 1, "bob has signed this command already"),
        ("mallory", &["resume"], 1, "in none of the roles"),
    ];
    for (person, words, code, because) in cases {
        let ran = into(person, words);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stderr.contains(because), "{because} in {ran:?}");
        assert_eq!(fs::read(desk.path("out.json")).unwrap(), before, "{words:?}");
    }
    for precious in ["precious", "", "{\"type\":\"heartbeat\"}", "{}\n{}"] {
        fs::write(desk.path("out.json"), precious).unwrap();
        let ran = into("alice-plain", &["resume"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert_eq!(fs::read_to_string(desk.path("out.json")).unwrap(), precious);
    }
    // A statement in the file that does not count is not built upon.
    let mut command: Value = serde_json::from_slice(&before).unwrap();
    let mut bytes = STANDARD.decode(command["statements"][0].as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    command["statements"][0] = STANDARD.encode(bytes).into();
    fs::write(desk.path("out.json"), command.to_string()).unwrap();
    let ran = into("alice-plain", &["resume"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("statement-signature"), "{ran:?}");
    let show = desk.on(&["statement", "show"], "out.json");
    assert!(show.stdout.contains("signature  NOT by a key"), "{show:?}");
}

#[test]
fn altered_statements_are_refused_through_the_command_line_too() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    let signed = desk.sign("bob", &["approve", &payment]).stdout;
    let command: Value = serde_json::from_str(&signed).unwrap();
    let bytes = STANDARD.decode(command["statement"].as_str().unwrap()).unwrap();
    let altered = (0..bytes.len()).step_by(29).chain([bytes.len() - 1]).map(|at| {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        json!({"type": "statement", "statement": STANDARD.encode(altered)}).to_string()
    });
    let lines: Vec<String> = altered.collect();
    for answer in desk.govern(&lines) {
        assert_eq!(answer["outcome"], "refused", "{answer}");
    }
    assert_outcome(&desk.answer(&signed), "accepted");
}

#[test]
fn show_and_check_refuse_what_holds_no_statement() {
    let desk = Desk::new(&two_people());
    for text in [
        "",
        "nonsense",
        "{\"type\":\"heartbeat\"}",
        "{\"type\":\"resume\"}",
        "{\"type\":\"statement\",\"statement\":\"%\"}",
        "{\"type\":\"statement\",\"statement\":\"0oQ=\"}",
    ] {
        fs::write(desk.path("file.json"), text).unwrap();
        let show = run(args(&["statement", "show"], &[&desk.path("file.json")]));
        assert_eq!((show.code, show.stdout.as_str()), (Some(2), ""), "{text}: {show:?}");
    }
    fs::write(desk.path("file.json"), "{\"type\":\"heartbeat\"}").unwrap();
    assert_eq!(desk.on(&["statement", "check"], "file.json").code, Some(2));
    assert_eq!(run(args(&["statement", "show"], &["/dev/zero".as_ref()])).code, Some(2));
}

#[test]
fn without_a_log_a_statement_shows_what_its_own_bytes_say() {
    let desk = Desk::new(&two_people());
    let payment = desk.held().to_string();
    assert_eq!(desk.sign_into("bob.json", "bob", &["approve", &payment]).code, Some(0));
    let show = run(args(&["statement", "show"], &[&desk.path("bob.json")]));
    assert_eq!((show.code, show.stderr.as_str()), (Some(0), ""), "{show:?}");
    for shown in [
        "says       APPROVE",
        "name       bob",
        &format!("against record {payment}"),
        "not checked: that takes the log",
    ] {
        assert!(show.stdout.contains(shown), "{shown} in {}", show.stdout);
    }
    assert!(!show.stdout.contains("usdc"), "what it is for stands in the log: {show:?}");
}
