//! People at a terminal: what waits is listed, shown as it is signed, signed by two of them, and then allowed.
#![cfg(unix)]
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

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use rexpect::session::{PtySession, spawn_command};
use serde_json::json;

use common::{args, folder, run};
use desk::{Desk, PASSPHRASE, two_people};

/// The command on a terminal of its own.
fn terminal(args: impl IntoIterator<Item = OsString>) -> PtySession {
    let mut command = common::command();
    command.args(args);
    spawn_command(command, Some(60_000)).unwrap()
}

/// What is still printed, and the exit code.
fn end(mut session: PtySession) -> (String, i32) {
    let rest = session.exp_eof().unwrap();
    // The type of the status is of a crate that is not depended on; it shows as `Exited(Pid(1), 0)`.
    let status = format!("{:?}", session.process().wait().unwrap());
    let code =
        status.strip_prefix("Exited(").and_then(|it| it.strip_suffix(')')?.rsplit(", ").next()?.parse().ok());
    (rest, code.unwrap_or_else(|| panic!("{status}")))
}

/// `statement sign` on a terminal, into a file.
fn signing(desk: &Desk, person: &str, file: &str, words: &[&str]) -> PtySession {
    let mut args = desk.sign_args(person, words);
    args.extend(["-o".into(), desk.path(file).into()]);
    terminal(args)
}

#[test]
fn a_held_payment_is_listed_read_signed_by_two_people_and_allowed() {
    let desk = Desk::new(&two_people());
    let payment = desk.held();
    let number = payment.to_string();

    let pending = desk.pending();
    assert_eq!(pending["waiting"].as_array().unwrap().len(), 1, "{pending}");
    let waiting = &pending["waiting"][0];
    assert_eq!((&waiting["kind"], &waiting["record"]), (&json!("payment"), &json!(payment)));
    let premium = waiting["needs"].as_array().unwrap().iter().find(|need| need["gate"] == "premium").unwrap();
    assert_eq!((&premium["needed"], &premium["counted"]), (&json!(2), &json!([])));
    assert_eq!(premium["may_answer"], json!(["alice", "bob"]), "erin owns the agent");

    // Alice, whose key is encrypted.
    let mut alice = signing(&desk, "alice", "alice.json", &["approve", &number]);
    alice.exp_string("passphrase of ").unwrap();
    alice.send_line(PASSPHRASE).unwrap();
    let screen = alice.exp_string("sign this?").unwrap();
    for shown in [
        "says       APPROVE",
        "3.00 usdc (3000000 of eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e)",
        "payee      eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
        "resource   https://data.example/v1/quote",
        "report-17, in phase execute",
        "researcher, owned by erin",
        "principal  carol",
        "premium: 2 of finance, open; counted nobody; may still approve: alice, bob",
        "run-total: limit 20.00 usdc; 20.00 usdc left now, 17.00 usdc after",
        "counts for premium, new-payee",
        "role       finance",
        "expires    ",
    ] {
        assert!(screen.contains(shown), "{shown} in {screen}");
    }
    alice.send_line("yes").unwrap();
    let (said, code) = end(alice);
    assert_eq!(code, 0, "{said}");
    assert_eq!(desk.on(&["statement", "check"], "alice.json").code, Some(0));
    let answer = desk.answer_file("alice.json");
    assert_eq!((&answer["outcome"], answer.get("codes")), (&json!("accepted"), None));
    assert_eq!(desk.on(&["statement", "check"], "alice.json").code, Some(1), "it serves once");

    let premium = desk.pending()["waiting"][0]["needs"][0].clone();
    assert_eq!(
        (&premium["counted"][0]["person"], &premium["may_answer"]),
        (&json!("alice"), &json!(["bob"]))
    );
    let claim = format!(r#"{{"type":"claim","payment":{payment}}}"#);
    assert_eq!(desk.answer(&claim)["outcome"], "hold", "one is not enough");

    let mut bob = signing(&desk, "bob", "bob.json", &["approve", &number]);
    let screen = bob.exp_string("sign this?").unwrap();
    assert!(screen.contains("counted alice (record "), "{screen}");
    bob.send_line("yes").unwrap();
    assert_eq!(end(bob).1, 0);
    assert_eq!(desk.answer_file("bob.json")["outcome"], "accepted");
    let pending = desk.pending();
    assert_eq!((&pending["waiting"], &pending["decided"][0]["claimed_now"]), (&json!([]), &json!("allow")));
    assert_eq!(desk.answer(&claim)["outcome"], "allow");
    let verify = run(args(&["verify", "--trust"], &[&desk.trust(), &desk.log()]));
    assert_eq!(verify.code, Some(0), "{verify:?}");
}

#[test]
fn any_other_answer_than_yes_signs_nothing() {
    let desk = Desk::new(&two_people());
    let number = desk.held().to_string();
    for answer in ["no", "", "y", "YES", "yes please", " yes"] {
        let mut bob = signing(&desk, "bob", "bob.json", &["approve", &number]);
        bob.exp_string("sign this?").unwrap();
        bob.send_line(answer).unwrap();
        let (said, code) = end(bob);
        assert_eq!(code, 1, "{answer:?}: {said}");
        assert!(said.contains("nothing was signed"), "{answer:?}: {said}");
        assert!(!desk.path("bob.json").exists(), "{answer:?}");
    }
}

#[test]
fn a_wrong_passphrase_signs_nothing() {
    let desk = Desk::new(&two_people());
    let number = desk.held().to_string();
    for passphrase in ["wrong", ""] {
        let mut alice = signing(&desk, "alice", "alice.json", &["approve", &number]);
        alice.exp_string("passphrase of ").unwrap();
        alice.send_line(passphrase).unwrap();
        let (said, code) = end(alice);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("alice.pem: the passphrase does not decrypt the key"), "{said}");
        assert!(!desk.path("alice.json").exists());
    }
}

#[test]
fn a_new_key_is_encrypted_under_a_passphrase_that_is_typed_twice() {
    let dir = folder();
    let file = dir.path().join("key.pem");
    let new = || terminal(args(&["key", "new", "--encrypt", "--name", "alice"], &[&file]));
    for (first, second, code) in [("one", "two", 2), ("", "", 2), ("a passphrase", "a passphrase", 0)] {
        let mut session = new();
        session.exp_string("passphrase of the new key: ").unwrap();
        session.send_line(first).unwrap();
        if !first.is_empty() {
            session.exp_string("the same again: ").unwrap();
            session.send_line(second).unwrap();
        }
        let (said, found) = end(session);
        assert_eq!((found, file.exists()), (code, code == 0), "{first:?}: {said}");
    }
    let pem = fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{pem}");
    let mut show = terminal(args(&["key", "show", "--name", "alice"], &[&file]));
    show.exp_string("passphrase of ").unwrap();
    show.send_line("a passphrase").unwrap();
    let (said, code) = end(show);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("alice+"), "{said}");
}

#[test]
fn govern_asks_for_the_passphrase_of_the_logs_key() {
    let desk = Desk::new(&two_people());
    let key: PathBuf = desk.path("agents/keys/log.pem");
    let encrypted = counterfoil_enforce::FileKey::read(&key).unwrap().to_encrypted_pem(PASSPHRASE).unwrap();
    fs::write(&key, encrypted.as_bytes()).unwrap();
    let mut session = terminal(args(&["govern", "--key"], &[&key, &desk.log()]));
    session.exp_string("passphrase of ").unwrap();
    session.send_line(PASSPHRASE).unwrap();
    session.send_line(r#"{"type":"heartbeat"}"#).unwrap();
    session.exp_string(r#""outcome":"accepted""#).unwrap();
    session.send_control('d').unwrap();
    assert_eq!(end(session).1, 0);
}

/// Without a terminal, whatever the tests themselves run on.
#[cfg(target_os = "linux")]
fn detached(args: impl IntoIterator<Item = OsString>) -> (Option<i32>, String) {
    let mut command = std::process::Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_counterfoil")).args(args);
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_terminal_nobody_is_asked_and_nothing_is_signed() {
    let desk = Desk::new(&two_people());
    let number = desk.held().to_string();
    let out = |mut args: Vec<OsString>| {
        args.extend(["-o".into(), desk.path("out.json").into()]);
        args
    };
    let (code, said) = detached(out(desk.sign_args("bob", &["approve", &number])));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there is no terminal to ask on; --yes signs without being asked"), "{said}");
    let mut alice = out(desk.sign_args("alice", &["approve", &number]));
    alice.push("--yes".into());
    for args in [
        alice,
        args(&["key", "show", "--name", "alice"], &[&desk.path("alice.pem")]),
        args(&["key", "new", "--encrypt", "--name", "new"], &[&desk.path("new.pem")]),
    ] {
        let (code, said) = detached(args);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("there is no terminal to ask on"), "{said}");
    }
    assert!(!desk.path("out.json").exists() && !desk.path("new.pem").exists());
}
