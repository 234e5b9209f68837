//! `reconcile` on purchases that were captured from stock software, with what their chain and facilitator said.
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
#[path = "schemas/schema.rs"]
mod schema;
#[path = "common/till.rs"]
mod till;

use counterfoil_enforce::Command;
use counterfoil_record::Index;
use counterfoil_record::verdict::Outcome;
use serde_json::{Value, json};

use schema::{assert_valid, validator};
use till::{FINALITY, HARD, LIFETIME, MAIN, Purchase, Till, captured, classes, gaps, purchase, row};

const RUN: &str = "exchanges-v2.json";
const HARD_RUN: &str = "hard-cases-exchanges.json";

/// The main run: 01, 05 and 08 settle, 03 is lost, 07 fails.
struct Main {
    till: Till,
    paid: [Index; 3],
    lost: Index,
    poor: Index,
}

fn main_run() -> Main {
    let mut till = Till::at(MAIN);
    let mut pay = |case: &str, amount: u128| {
        let captured = purchase(RUN, case, 0);
        let payment = till.allowed(&captured, "hot");
        assert_eq!(till.bind(payment, captured.signature).outcome, Outcome::Accepted, "{case}");
        till.settle(payment, amount, captured.response);
        payment
    };
    let paid = [pay("01", 10_000), pay("05", 5_000_000), pay("08", 30_000)];
    let captured = purchase(RUN, "03", 0);
    let lost = till.allowed(&captured, "hot");
    till.bind(lost, captured.signature);
    till.script.submit(Command::Unknown { payment: lost, reason: Some("500".into()) });
    let captured = purchase(RUN, "07", 0);
    let poor = till.allowed(&captured, "poor");
    assert_eq!(till.bind(poor, captured.signature).outcome, Outcome::Accepted);
    Main { till, paid, lost, poor }
}

/// The extract of that name as if nothing more had happened until `head`.
fn until(name: &str, head: u64) -> Value {
    let mut extract = captured(name);
    extract["to_block"] = "0x64".into();
    extract["head_time"] = format!("{head:#x}").into();
    extract
}

fn named(class: &str, payment: Index) -> (String, String) {
    (class.into(), format!("payment {payment}"))
}

#[test]
fn the_captured_run_is_told_as_it_was() {
    let Main { till, paid, lost, poor } = main_run();
    till.file("chain.json", captured("chain.json"));
    till.file("exchanges.json", captured(RUN));
    let answer = till.answer(&["--chain", "chain.json", "--facilitator", "exchanges.json"], 1);
    assert_valid(&validator("reconcile"), &answer);
    let stray = ("moved-without-decision".to_owned(), "transfer 7c2c".to_owned());
    let refused = |place: &str| ("replay-refused".to_owned(), format!("exchange {place}"));
    let settled = paid.map(|payment| named("settled-as-allowed", payment));
    let mut expected = vec![
        stray,
        named("still-spendable", lost),
        refused("[23]"),
        refused("[5]"),
        named("refused-by-rail", poor),
    ];
    expected.extend(settled);
    assert_eq!(classes(&answer), expected);
    assert_eq!(answer["verdict"], "failed");
    assert_eq!(gaps(&answer), ["ends-early"], "the capture ends before what was signed does");
    assert_eq!(row(&answer, "transfer 7c2c")["moved"], "777000");
    let lost = row(&answer, &format!("payment {lost}"));
    assert_eq!(lost["spendable_until"], (MAIN + 60 + FINALITY) * 1000);
    assert_eq!((&lost["moved"], &lost["worth"]), (&Value::Null, &"chain-extract".into()));
    let poor = row(&answer, &format!("payment {poor}"));
    assert_eq!(poor["worth"], "facilitator-answer");
    assert!(poor["evidence"].as_str().unwrap().contains("invalid_exact_evm_insufficient_balance"), "{poor}");
    let again = row(&answer, "exchange [5]");
    assert_eq!(again["detail"], format!("the signature for payment {}, presented again", paid[0]));
    assert_eq!(row(&answer, "exchange [23]")["detail"], "the signature is not by the account that it names");
    for (payment, amount, block) in [(paid[0], "10000", 2), (paid[1], "5000000", 3), (paid[2], "30000", 4)] {
        let paid = row(&answer, &format!("payment {payment}"));
        assert_eq!((&paid["moved"], &paid["worth"]), (&amount.into(), &"chain-extract".into()));
        let evidence = paid["evidence"].as_str().unwrap();
        assert!(evidence.starts_with(&format!("chain-extract: block {block}, transaction 0x")), "{evidence}");
        assert_eq!(paid["detail"], "its nonce is the wallet's own, and names no record");
    }
    let total = answer["totals"].as_array().unwrap().iter().find(|it| it["class"] == "settled-as-allowed");
    let asset = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    let sum = json!({
        "asset": asset, "class": "settled-as-allowed", "worth": "chain-extract", "count": 3, "amount": "5040000"
    });
    assert_eq!(total, Some(&sum));
}

#[test]
fn once_its_end_has_passed_what_was_lost_can_no_longer_settle() {
    let Main { till, lost, poor, .. } = main_run();
    till.file("exchanges.json", captured(RUN));
    let end = MAIN + 60 + FINALITY;
    // The permit lives longer than the signature that was shown.
    let last = MAIN + LIFETIME + FINALITY;
    for (head, class, gap, spendable) in [
        (end, "still-spendable", vec!["ends-early"], json!(end * 1000)),
        (end + 1, "never-settled", vec!["ends-early"], Value::Null),
        (last, "never-settled", vec!["ends-early"], Value::Null),
        (last + 1, "never-settled", vec![], Value::Null),
    ] {
        till.file("chain.json", until("chain.json", head));
        let answer = till.answer(&["--chain", "chain.json", "--facilitator", "exchanges.json"], 1);
        assert_eq!(gaps(&answer), gap);
        let row = |payment| row(&answer, &format!("payment {payment}"));
        assert_eq!(
            (&row(lost)["class"], &row(lost)["spendable_until"]),
            (&class.into(), &spendable),
            "{head}"
        );
        assert_eq!(row(poor)["class"], "refused-by-rail");
    }
}

/// The second run: 12 and 13, and the first try of 14.
fn hard_run() -> (Till, [Index; 3], Purchase) {
    let mut till = Till::at(HARD);
    let captured = purchase(HARD_RUN, "12", 0);
    let chosen = till.allowed(&captured, "hot");
    till.bind(chosen, captured.signature);
    till.settle(chosen, 10_000, captured.response);
    let captured = purchase(HARD_RUN, "13", 0);
    let late = till.allowed(&captured, "hot");
    till.bind(late, captured.signature);
    till.script.submit(Command::Fail { payment: late, payment_response: None, reason: Some("500".into()) });
    let captured = purchase(HARD_RUN, "14", 0);
    let first = till.allowed(&captured, "hot");
    assert_eq!(till.bind(first, captured.signature).outcome, Outcome::Accepted);
    till.script.submit(Command::Unknown { payment: first, reason: Some("502".into()) });
    (till, [chosen, late, first], purchase(HARD_RUN, "14", 1))
}

#[test]
fn a_lost_answer_and_a_retry_that_people_allowed_paid_twice() {
    let (mut till, [chosen, late, first], again) = hard_run();
    let second = till.overridden(&again);
    assert_eq!(till.bind(second, again.signature).outcome, Outcome::Accepted);
    till.file("chain.json", until("hard-cases-chain.json", HARD + LIFETIME + FINALITY + 2));
    till.file("exchanges.json", captured(HARD_RUN));
    let answer = till.answer(&["--chain", "chain.json", "--facilitator", "exchanges.json"], 1);
    assert_valid(&validator("reconcile"), &answer);
    assert_eq!(gaps(&answer), Vec::<String>::new());
    let denied = Index::new(second.value() - 1);
    assert_eq!(
        classes(&answer),
        [
            named("paid-twice", second),
            named("settled-late", late),
            named("settled-late", first),
            named("denied-nothing-moved", denied),
            named("settled-as-allowed", chosen),
        ]
    );
    let twice = row(&answer, &format!("payment {second}"));
    let detail = twice["detail"].as_str().unwrap();
    assert!(detail.starts_with(&format!("payment {first} settled for the same purchase")), "{detail}");
    assert_eq!(twice["moved"], "50000");
    assert_eq!(
        row(&answer, &format!("payment {chosen}"))["detail"],
        "its nonce is the wallet's own, and names no record"
    );
}

#[test]
fn a_retry_that_was_denied_and_signed_all_the_same_is_denied_but_moved() {
    let (mut till, [_, _, first], again) = hard_run();
    let denied = till.ask(&again.required, &again.url, "hot");
    assert_eq!(denied.outcome, Outcome::Deny);
    assert_eq!(till.bind(denied.index, again.signature).outcome, Outcome::Refused);
    till.file("chain.json", until("hard-cases-chain.json", HARD + LIFETIME + FINALITY + 2));
    let answer = till.answer(&["--chain", "chain.json"], 1);
    let moved = row(&answer, &format!("payment {}", denied.index));
    assert_eq!((&moved["class"], &moved["moved"]), (&"denied-but-moved".into(), &"50000".into()));
    assert_eq!((&moved["allowed"], &moved["outcome"]), (&Value::Null, &"deny".into()));
    assert_eq!(row(&answer, &format!("payment {first}"))["class"], "settled-late");
    let discrepancies = classes(&answer).iter().filter(|(class, _)| class.starts_with("moved")).count();
    assert_eq!(discrepancies, 0, "every transfer is explained");
}

#[test]
fn the_two_captured_chains_contradict_each_other() {
    let (till, ..) = hard_run();
    till.file("one.json", captured("chain.json"));
    till.file("two.json", captured("hard-cases-chain.json"));
    let answer = till.answer(&["--chain", "one.json", "--chain", "two.json"], 1);
    assert_eq!(gaps(&answer), ["extracts-disagree", "ends-early"]);
}

#[test]
fn without_a_chain_extract_the_facilitators_word_is_the_best_there_is() {
    let (till, [chosen, late, first], _) = hard_run();
    till.file("exchanges.json", captured(HARD_RUN));
    let answer = till.answer(&["--facilitator", "exchanges.json"], 1);
    assert_eq!(gaps(&answer), ["no-extract"]);
    for (payment, class) in [(chosen, "settled-as-allowed"), (late, "settled-late"), (first, "settled-late")]
    {
        let row = row(&answer, &format!("payment {payment}"));
        assert_eq!((&row["class"], &row["worth"]), (&class.into(), &"facilitator-answer".into()));
    }
    // The second try of 14 settled, says the facilitator, and the log knows nothing of it.
    assert_eq!(classes(&answer)[0], ("moved-without-decision".into(), "exchange [15]".into()));
}
