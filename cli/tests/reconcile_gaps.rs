//! `reconcile`: each gap in the evidence, and how extracts and tables are put together.
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
#[path = "common/till.rs"]
mod till;

use counterfoil_enforce::Command;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Index};
use counterfoil_testkit::rail::{PAYER, SELLER, TOKEN};
use serde_json::{Value, json};

use till::{
    FINALITY, LIFETIME, MAIN, Till, classes, extract, extract_of, gaps, policy, row, settled, transaction,
    transfer,
};

/// Past the end of everything that the tests allow.
const END: u64 = MAIN + LIFETIME + FINALITY + 60;

/// One payment of 0.01 that the wallet signed with its slot, and that slot.
fn bought() -> (Till, Index, Hash32) {
    let mut till = Till::at(MAIN);
    let (payment, slot) = till.bought("quote", 10_000);
    assert_eq!(till.sign(payment, 10_000, slot).outcome, Outcome::Accepted);
    (till, payment, slot)
}

/// The answer to an extract of these logs, which must be without gaps.
fn against(till: &Till, logs: impl IntoIterator<Item = Value>, code: i32) -> Value {
    till.file("chain.json", extract(logs, END));
    let answer = till.answer(&["--chain", "chain.json"], code);
    assert_eq!(gaps(&answer), Vec::<String>::new());
    answer
}

/// The row of that payment.
fn of(answer: &Value, payment: Index) -> Value {
    row(answer, &format!("payment {payment}"))
}

fn class_of(answer: &Value, payment: Index) -> String {
    of(answer, payment)["class"].as_str().unwrap().to_owned()
}

#[test]
fn gaps_are_named_and_leave_it_insufficient() {
    let (till, payment, slot) = bought();
    let logs = || settled(10_000, slot, 50);
    let split = |first: u64, second: u64| {
        till.file("a.json", extract_of([], 0, first, MAIN));
        till.file("b.json", extract_of(logs(), second, 100, END));
        till.answer(&["--chain", "b.json", "--chain", "a.json"], if second <= first + 1 { 0 } else { 3 })
    };
    assert_eq!(gaps(&split(39, 40)), Vec::<String>::new());
    let answer = split(30, 40);
    assert_eq!(gaps(&answer), ["blocks-missing"]);
    assert_eq!(answer["gaps"][0]["detail"], "blocks 31 to 39");
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    assert_eq!(split(38, 40)["gaps"][0]["detail"], "blocks 39 to 39");

    till.file("late.json", extract_of(logs(), 40, 100, END));
    assert_eq!(gaps(&till.answer(&["--chain", "late.json"], 3)), ["begins-late"]);
    let began = (MAIN - 100_000, counterfoil_testkit::script::START / 1000);
    for (time, code, expected) in
        [(began.0, 0, vec![]), (began.1, 0, vec![]), (began.1 + 1, 3, vec!["begins-late"])]
    {
        let mut late = extract_of(logs(), 40, 100, END);
        late["from_time"] = format!("{time:#x}").into();
        till.file("late.json", late);
        assert_eq!(gaps(&till.answer(&["--chain", "late.json"], code)), expected, "{time}");
    }
    let mut alone = settled(10_000, slot, 9).to_vec();
    alone.pop();
    till.file("alone.json", extract(alone, END));
    let answer = till.answer(&["--chain", "alone.json"], 3);
    assert_eq!(gaps(&answer), ["transfer-missing"]);
}

#[test]
fn overlapping_extracts_count_each_transfer_once_and_must_agree() {
    let (till, payment, slot) = bought();
    let logs = || settled(10_000, slot, 50);
    till.file("a.json", extract_of(logs(), 0, 60, MAIN + 1));
    till.file("b.json", extract_of(logs(), 40, 100, END));
    let answer = till.answer(&["--chain", "a.json", "--chain", "b.json", "--chain", "b.json"], 0);
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    let population = &answer["population"];
    assert_eq!((&population["transfers"], &population["repeated"]), (&1.into(), &4.into()));
    // One of them lacks what both are of.
    till.file("b.json", extract_of([], 40, 100, END));
    assert_eq!(gaps(&till.answer(&["--chain", "a.json", "--chain", "b.json"], 3)), ["extracts-disagree"]);
    // They say different things of one transaction.
    till.file("b.json", extract_of(settled(10_001, slot, 50), 40, 100, END));
    assert_eq!(gaps(&till.answer(&["--chain", "a.json", "--chain", "b.json"], 3)), ["extracts-disagree"]);
    // The time of a block is the same in each, and does not go back from block to block.
    let timed = |times: [u64; 2]| {
        let mut logs = settled(10_000, slot, 50);
        for (log, at) in logs.iter_mut().zip(times) {
            log["blockTimestamp"] = format!("{at:#x}").into();
        }
        logs
    };
    till.file("a.json", extract(timed([MAIN + 20; 2]), END));
    till.file("b.json", extract(timed([MAIN + 21; 2]), END));
    assert_eq!(gaps(&till.answer(&["--chain", "a.json", "--chain", "b.json"], 3)), ["extracts-disagree"]);
}

#[test]
fn a_log_that_a_reorganisation_removed_does_not_count() {
    let (till, payment, slot) = bought();
    let mut logs = settled(10_000, slot, 9);
    for log in &mut logs {
        log["removed"] = true.into();
    }
    let answer = against(&till, logs, 0);
    assert_eq!(class_of(&answer, payment), "never-settled");
    assert_eq!(answer["population"]["removed"], 2);
}

#[test]
fn a_list_of_logs_alone_takes_its_range_from_the_arguments() {
    let (till, payment, slot) = bought();
    till.file("logs.json", json!(settled(10_000, slot, 9)));
    let answer = till.answer(&["--chain", "logs.json"], 3);
    assert_eq!(gaps(&answer), ["range-unknown"]);
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    let head = END.to_string();
    let stated =
        ["--chain", "logs.json", "--chain-id", "eip155:84532", "--from-block", "0x0", "--to-block", "20"];
    let answer = till.answer(&[&stated[..], &["--head-time", &head]].concat(), 0);
    assert_eq!(gaps(&answer), Vec::<String>::new());
    let ran = till.reconcile(&stated);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "a range without its end");
}

#[test]
fn a_table_is_somebodys_word_and_is_held_against_the_chain() {
    let (till, payment, slot) = bought();
    let header = "network,asset,from,to,amount,nonce,transaction,block,time";
    let line = |amount: u128, nonce: &str, number: u64| {
        let time = MAIN + 5;
        let transaction = transaction(number);
        format!("eip155:84532,{TOKEN},{PAYER},{SELLER},{amount},{nonce},{transaction},{number},{time}")
    };
    let ours = line(10_000, &format!("0x{slot}"), 9);
    till.file("table.csv", format!("{header}\n{ours}\n{ours}\n"));
    let answer = till.answer(&["--csv", "table.csv"], 3);
    let row = of(&answer, payment);
    assert_eq!((&row["class"], &row["worth"]), (&"settled-as-allowed".into(), &"operator-word".into()));
    assert_eq!((gaps(&answer), &answer["population"]["repeated"]), (vec!["no-extract".into()], &1.into()));
    // Without a nonce, by the terms.
    till.file("table.csv", format!("{header}\n{}\n", line(10_000, "", 9)));
    assert_eq!(class_of(&till.answer(&["--csv", "table.csv"], 3), payment), "settled-as-allowed");
    // The chain has it, too.
    till.file("chain.json", extract(settled(10_000, slot, 9), END));
    let row = of(&till.answer(&["--csv", "table.csv", "--chain", "chain.json"], 0), payment);
    assert!(row["evidence"].as_str().unwrap().contains("also in a table"), "{row}");
    // The chain has another for the same signature.
    till.file("table.csv", format!("{header}\n{}\n", line(10_000, &format!("0x{slot}"), 10)));
    let answer = till.answer(&["--csv", "table.csv", "--chain", "chain.json"], 1);
    assert_eq!(
        classes(&answer),
        [
            ("claimed-without-artefact".into(), "transfer 0000".into()),
            ("settled-as-allowed".into(), format!("payment {payment}"))
        ]
    );
    // The chain does not have it.
    till.file("table.csv", format!("{header}\n{}\n", line(777, "", 10)));
    let answer = till.answer(&["--csv", "table.csv", "--chain", "chain.json"], 1);
    assert_eq!(classes(&answer)[0].0, "claimed-without-artefact");
}

#[test]
fn a_wallet_that_a_later_policy_drops_still_counts() {
    let (mut till, _, slot) = bought();
    let poor =
        format!("[wallets.poor]\naccount = \"eip155:84532:{}\"\nagents = [\"researcher\"]\n", till::POOR);
    let next = policy().replace("version = 1\n", "version = 2\n").replace(&poor, "");
    assert_eq!(till.script.submit(Command::adopt_policy(&next)).outcome, Outcome::Accepted);
    let logs = [settled(10_000, slot, 8).to_vec(), vec![transfer(TOKEN, till::POOR, SELLER, 5, 9)]].concat();
    let answer = against(&till, logs, 1);
    let stray = row(&answer, "transfer 0000");
    assert_eq!(stray["wallet"], format!("eip155:84532:{}", till::POOR));
    assert_eq!(answer["population"]["wallets"].as_array().unwrap().len(), 2);
}

#[test]
fn a_log_without_a_policy_has_nothing_to_compare_and_is_not_verified() {
    let till = Till::bare();
    till.file("chain.json", extract([], END));
    assert_eq!(gaps(&till.answer(&["--chain", "chain.json"], 3)), ["no-population"]);
}

#[test]
fn what_moved_before_the_log_began_is_only_counted() {
    let (till, payment, slot) = bought();
    let began = counterfoil_testkit::script::START / 1000;
    let at = |time: u64, number: u64| {
        let mut plain = transfer(TOKEN, PAYER, SELLER, 5, number);
        plain["blockTimestamp"] = format!("{time:#x}").into();
        plain
    };
    let with = |time: u64| [settled(10_000, slot, 50).to_vec(), vec![at(time, 3)]].concat();
    let answer = against(&till, with(began - 1), 0);
    let population = &answer["population"];
    assert_eq!((&population["transfers"], &population["earlier"]), (&1.into(), &1.into()));
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    let answer = against(&till, with(began), 1);
    assert_eq!(classes(&answer)[0].0, "moved-without-decision");
}

#[test]
fn a_settlement_of_what_was_never_asked_moved_without_a_decision_by_the_logs_own_word() {
    let (mut till, _, slot) = bought();
    till.settle(Index::new(2), 777, None);
    till.file("none.jsonl", "");
    let told = row(&till.answer(&["--facilitator", "none.jsonl"], 1), "payment 2");
    assert_eq!((&told["class"], &told["moved"]), (&"moved-without-decision".into(), &"777".into()));
    assert_eq!((&told["worth"], &told["wallet"]), (&"operator-word".into(), &Value::Null));
    let told = row(&against(&till, settled(10_000, slot, 9), 1), "payment 2");
    assert_eq!(
        (&told["class"], &told["worth"]),
        (&"claimed-without-artefact".into(), &"chain-extract".into())
    );
}

#[test]
fn a_signature_that_is_not_the_wallets_explains_no_transfer() {
    let mut till = Till::at(MAIN);
    let (payment, _) = till.bought("quote", 10_000);
    let nonce = Hash32([0x66; 32]);
    let forged = counterfoil_testkit::rail::Signing::new(10_000, MAIN + 60, nonce);
    let recorded = till.bind(payment, forged.header_with(&format!("0x{}1c", "11".repeat(64))));
    assert_eq!(recorded.outcome, Outcome::Refused);
    let answer = against(&till, settled(10_000, nonce, 9), 1);
    assert_eq!(classes(&answer)[0].0, "moved-without-decision");
    assert_eq!(class_of(&answer, payment), "never-settled");
}

#[test]
fn several_authorizations_in_one_transaction_are_each_joined_with_their_own_transfer() {
    let mut till = Till::at(MAIN);
    let (first, one) = till.bought("one", 10_000);
    let (second, two) = till.bought("two", 20_000);
    let [used_one, moved_one] = settled(10_000, one, 9);
    let [used_two, moved_two] = settled(20_000, two, 9);
    let plain = transfer(TOKEN, PAYER, SELLER, 5, 9);
    for (order, strays) in [
        (vec![&used_one, &moved_one, &used_two, &moved_two], 0),
        (vec![&used_one, &used_two, &moved_one, &moved_two], 0),
        (vec![&moved_one, &used_one, &moved_two, &used_two], 0),
        (vec![&plain, &used_one, &moved_one, &used_two, &moved_two], 1),
    ] {
        let placed = order.into_iter().enumerate().map(|(place, log)| {
            let mut log = log.clone();
            log["logIndex"] = format!("{place:#x}").into();
            log
        });
        let answer = against(&till, placed, i32::from(strays > 0));
        assert_eq!(class_of(&answer, first), "settled-as-allowed");
        assert_eq!(class_of(&answer, second), "settled-as-allowed");
        let told = classes(&answer).iter().filter(|(class, _)| class == "moved-without-decision").count();
        assert_eq!(told, strays);
    }
}
