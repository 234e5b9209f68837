//! `govern` is killed at many moments: whatever it had answered is in the log, and the log goes on.
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

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use counterfoil_enforce::Command;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Index, Input, SignedRecord};
use counterfoil_testkit::rail::response;
use counterfoil_testkit::scene::Ask;
use serde_json::Value;

use common::{Own, command, open_run, read, readable, run_with};

/// What was answered: the record's index, and its outcome.
#[derive(Default)]
struct Answered(BTreeMap<u64, String>);

impl Answered {
    fn take(&mut self, answer: &Value) {
        let index = answer["index"].as_u64().unwrap_or_else(|| panic!("{answer}"));
        let outcome = answer["outcome"].as_str().unwrap().to_owned();
        assert!(self.0.insert(index, outcome).is_none(), "two answers name record {index}");
    }

    /// Each is in the log as it was answered.
    fn hold(&self, own: &Own) -> Vec<SignedRecord> {
        let records: Vec<SignedRecord> =
            read(&own.log()).0.iter().map(|entry| SignedRecord::decode(entry).unwrap()).collect();
        for (index, outcome) in &self.0 {
            let record = records.get(usize::try_from(*index).unwrap()).map(SignedRecord::unverified);
            let record = record.unwrap_or_else(|| panic!("record {index} was answered and is gone"));
            assert_eq!(record.verdict.outcome.code(), outcome, "record {index}");
        }
        records
    }
}

fn line(command: &Command) -> String {
    serde_json::to_string(command).unwrap()
}

/// Feeds `lines`, reads `wanted` answers, waits, kills; what was answered by then counts too.
fn until_killed(
    own: &Own,
    lines: &[String],
    wanted: usize,
    wait: Duration,
    answered: &mut Answered,
) -> usize {
    let mut child = command()
        .args(own.govern())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || {
        // It is killed while it reads.
        let _ = stdin.write_all(input.as_bytes());
        stdin
    });
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut count = 0;
    while count < wanted
        && let Some(answer) = answers.next()
    {
        answered.take(&serde_json::from_str(&answer.unwrap()).unwrap());
        count += 1;
    }
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    // A last line without its end was not answered.
    for answer in answers.map_while(Result::ok) {
        if let Ok(answer) = serde_json::from_str(&answer) {
            answered.take(&answer);
            count += 1;
        }
    }
    drop(writer.join().unwrap());
    count
}

#[test]
fn whatever_was_answered_before_a_kill_is_in_the_log_and_the_log_goes_on() {
    let own = Own::new();
    let mut answered = Answered::default();
    let first = run_with(own.govern(), open_run("buyer").as_bytes());
    assert_eq!(first.code, Some(0), "{first:?}");
    answered.take(&first.lines()[0]);
    let run = Index::new(first.lines()[0]["index"].as_u64().unwrap());

    let mut counts = Vec::new();
    for round in 0_u32..16 {
        // What an earlier round was allowed is settled; then comes a series of purchases, some not allowed.
        let open = own_open(&own);
        let mut lines: Vec<String> = open
            .iter()
            .take(3)
            .map(|payment| {
                line(&Command::Settle {
                    payment: *payment,
                    amount: Amount::new(10_000),
                    payment_response: Some(response(true)),
                })
            })
            .collect();
        lines.extend((0..24).map(|number| {
            let ask = Ask::new(run, &format!("r{round}-{number}"), 10_000).purpose("a crash");
            line(&if number % 6 == 5 { ask.category("tip") } else { ask }.command())
        }));
        let wanted = usize::try_from(round % 4).unwrap() * 6;
        let wait = Duration::from_micros(u64::from(round) * 1_700);
        counts.push(until_killed(&own, &lines, wanted, wait, &mut answered));

        if readable(&own.log()) {
            answered.hold(&own);
        } else {
            assert_eq!(own.verify().code, Some(2));
        }
        let restarted = run_with(own.govern(), open_run(&format!("after-{round}")).as_bytes());
        assert_eq!(restarted.code, Some(0), "{restarted:?}");
        let outstanding = own_open(&own).len();
        assert_eq!(
            restarted.stderr.lines().count(),
            outstanding,
            "what is outstanding is said: {restarted:?}"
        );
        answered.take(&restarted.lines()[0]);
        answered.hold(&own);
        let verified = own.verify();
        assert_eq!(verified.code, Some(0), "{verified:?}");
    }
    assert!(counts.iter().sum::<usize>() > 60, "{counts:?}");
    let outcomes: Vec<&str> = answered.0.values().map(String::as_str).collect();
    for outcome in [Outcome::Allow, Outcome::Deny, Outcome::Accepted] {
        assert!(outcomes.contains(&outcome.code()), "{counts:?}");
    }
}

/// The payments of the log that were allowed and have not settled.
fn own_open(own: &Own) -> Vec<Index> {
    let mut open = Vec::new();
    for entry in read(&own.log()).0 {
        let signed = SignedRecord::decode(&entry).unwrap();
        let record = signed.unverified();
        match &record.input {
            Input::Pay(_) if record.verdict.outcome == Outcome::Allow => open.push(record.index),
            Input::Settle(settle) => open.retain(|payment| *payment != settle.payment),
            _ => {}
        }
    }
    open
}
