//! `reconcile`: each class and each gap, on evidence that is made for it.
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
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index};
use counterfoil_testkit::policy::{OTHER_SELLER, YEN};
use counterfoil_testkit::rail::{self, Offer, PAYER, Permit2Signing, SELLER, Signing, TOKEN};
use serde_json::{Value, json};

use schema::{assert_valid, validator};
use till::{
    FINALITY, LIFETIME, MAIN, Till, classes, extract, extract_of, gaps, policy, row, settled, transaction,
    transfer, used,
};

/// Past the end of everything that the tests allow.
const END: u64 = MAIN + LIFETIME + FINALITY + 60;

const NONCE: Hash32 = Hash32([0x77; 32]);

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
    assert_valid(&validator("reconcile"), &answer);
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
fn a_transfer_with_the_slot_as_its_nonce_is_settled_as_allowed_and_verified() {
    let (mut till, payment, slot) = bought();
    till.settle(payment, 10_000, None);
    let answer = against(&till, settled(10_000, slot, 9), 0);
    let row = of(&answer, payment);
    assert_eq!(row["class"], "settled-as-allowed");
    assert_eq!(row["detail"], format!("its nonce names record {payment}"));
    let used = format!(
        "chain-extract: block 9, transaction {}, by its nonce; operator-word: settled 10000 (record {})",
        transaction(9),
        payment.value() + 2
    );
    assert_eq!((&row["worth"], &row["evidence"]), (&"chain-extract".into(), &used.into()));
    assert_eq!((&row["moved"], &row["allowed"]), (&"10000".into(), &"10000".into()));
    assert_eq!((&answer["verdict"], &answer["population"]["transfers"]), (&"verified".into(), &1.into()));
}

#[test]
fn a_slot_that_was_signed_and_never_shown_names_its_decision_all_the_same() {
    let mut till = Till::at(MAIN);
    let (payment, slot) = till.bought("quote", 10_000);
    let answer = against(&till, settled(10_000, slot, 9), 0);
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
}

#[test]
fn what_the_payee_says_failed_is_refused_by_the_rail_on_its_word() {
    let (mut till, payment, _) = bought();
    let failed = Command::Fail { payment, payment_response: Some(rail::response(false)), reason: None };
    till.script.submit(failed);
    let answer = against(&till, [], 0);
    let row = of(&answer, payment);
    assert_eq!((&row["class"], &row["worth"]), (&"refused-by-rail".into(), &"payee-answer".into()));
}

#[test]
fn what_only_the_operator_says_failed_is_judged_by_the_chain() {
    let (mut till, payment, _) = bought();
    till.script.submit(Command::Fail { payment, payment_response: None, reason: None });
    assert_eq!(class_of(&against(&till, [], 0), payment), "never-settled");
    till.file("chain.json", extract([], MAIN + 1));
    let answer = till.answer(&["--chain", "chain.json"], 3);
    assert_eq!(class_of(&answer, payment), "still-spendable");
    assert_eq!(of(&answer, payment)["spendable_until"], (MAIN + 60 + FINALITY) * 1000);
    assert_eq!(answer["verdict"], "insufficient");
}

#[test]
fn what_settles_after_it_failed_settled_late() {
    let (mut till, payment, slot) = bought();
    till.script.submit(Command::Fail { payment, payment_response: None, reason: None });
    assert_eq!(class_of(&against(&till, settled(10_000, slot, 9), 0), payment), "settled-late");
}

#[test]
fn without_evidence_of_what_became_of_it_the_outcome_is_unknown() {
    let (till, payment, _) = bought();
    till.file("none.jsonl", "");
    let answer = till.answer(&["--facilitator", "none.jsonl"], 3);
    assert_eq!(
        (gaps(&answer), class_of(&answer, payment)),
        (vec!["no-extract".into()], "outcome-unknown".into())
    );
    assert_eq!(of(&answer, payment)["evidence"], "operator-word: the log alone");
}

#[test]
fn two_signatures_for_one_payment_that_both_settle_paid_twice() {
    let (mut till, payment, slot) = bought();
    let second = till.sign(payment, 10_000, NONCE);
    assert_eq!((second.outcome, second.codes.len()), (Outcome::Refused, 1));
    let logs = [settled(10_000, slot, 8), settled(10_000, NONCE, 9)].concat();
    let row = of(&against(&till, logs, 1), payment);
    assert_eq!((&row["class"], &row["moved"]), (&"paid-twice".into(), &"20000".into()));
    assert_eq!(row["transactions"].as_array().unwrap().len(), 2);
    // While only one has settled, the other still can.
    till.file("chain.json", extract(settled(10_000, slot, 8), MAIN + 2));
    let answer = till.answer(&["--chain", "chain.json"], 3);
    assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    assert_eq!(of(&answer, payment)["spendable_until"], (MAIN + 60 + FINALITY) * 1000);
}

#[test]
fn what_may_be_bought_again_is_not_paid_twice() {
    let mut till = Till::at(MAIN);
    let mut logs = Vec::new();
    for block in [8, 9] {
        let (payment, slot) = till.bought("tick", 10_000);
        till.sign(payment, 10_000, slot);
        logs.extend(settled(10_000, slot, block));
    }
    let answer = against(&till, logs, 0);
    assert!(classes(&answer).iter().all(|(class, _)| class == "settled-as-allowed"), "{answer}");
}

#[test]
fn the_same_purchase_after_the_first_was_known_to_settle_is_another() {
    let (mut till, first, slot) = bought();
    till.settle(first, 10_000, None);
    let (second, again) = till.bought("quote", 10_000);
    let logs = [settled(10_000, slot, 8), settled(10_000, again, 9)].concat();
    let answer = against(&till, logs, 0);
    assert_eq!(class_of(&answer, second), "settled-as-allowed");
}

#[test]
fn another_amount_payee_or_asset_under_the_signed_nonce_is_told_apart() {
    let (till, payment, slot) = bought();
    for (logs, class, moved) in [
        (used(TOKEN, SELLER, 9_999, slot, 9), "other-amount", "9999"),
        (used(TOKEN, OTHER_SELLER, 10_000, slot, 9), "other-payee", "10000"),
        (used(YEN, SELLER, 10_000, slot, 9), "other-asset", "10000"),
    ] {
        let row = of(&against(&till, logs, 1), payment);
        assert_eq!((&row["class"], &row["moved"]), (&class.into(), &moved.into()));
    }
}

#[test]
fn a_signature_that_differs_and_moves_money_is_met_by_its_transfer() {
    let mut till = Till::at(MAIN);
    let (payment, slot) = till.bought("quote", 10_000);
    let mut signing = Signing::new(70_000, till.now() + 60, slot);
    signing.authorization.to = OTHER_SELLER.parse().unwrap();
    assert_eq!(till.bind(payment, signing.header()).outcome, Outcome::Refused);
    let row = of(&against(&till, used(TOKEN, OTHER_SELLER, 70_000, slot, 9), 1), payment);
    assert_eq!((&row["class"], &row["moved"]), (&"other-payee".into(), &"70000".into()));
    let detail = row["detail"].as_str().unwrap();
    assert!(detail.ends_with("signatures that are not what was allowed: 1"), "{detail}");
}

#[test]
fn a_plain_transfer_of_the_wallet_moved_without_a_decision() {
    let (till, payment, _) = bought();
    let answer = against(&till, [transfer(TOKEN, PAYER, SELLER, 10_000, 9)], 1);
    assert_eq!(
        classes(&answer),
        [
            ("moved-without-decision".into(), "transfer 0000".into()),
            ("never-settled".into(), format!("payment {payment}"))
        ],
        "an authorization has a nonce; a transfer without one is not its settlement"
    );
    assert_eq!(answer["rows"][0]["subject"]["transaction"], transaction(9).trim_start_matches("0x"));
}

#[test]
fn transfers_to_the_wallet_of_others_and_of_undeclared_tokens_do_not_count() {
    let (till, _, _) = bought();
    let fake = "0x00000000000000000000000000000000000000ff";
    let logs = [
        transfer(TOKEN, SELLER, PAYER, 10_000, 7),
        transfer(TOKEN, SELLER, OTHER_SELLER, 10_000, 8),
        transfer(fake, PAYER, SELLER, u128::MAX, 9),
    ];
    let answer = against(&till, logs, 0);
    let population = &answer["population"];
    assert_eq!((&population["transfers"], &population["undeclared"]), (&0.into(), &1.into()));
}

#[test]
fn what_was_denied_and_did_not_move_is_only_told() {
    let mut till = Till::at(MAIN);
    let url = "https://elsewhere.example/";
    let denied = till.ask(&Offer::new(url, 10_000).header(), url, "hot");
    assert_eq!(denied.outcome, Outcome::Deny);
    let row = of(&against(&till, [], 0), denied.index);
    assert_eq!((&row["class"], &row["worth"]), (&"denied-nothing-moved".into(), &"chain-extract".into()));
    assert_eq!((&row["allowed"], &row["detail"]), (&Value::Null, &"the decision is deny".into()));
}

#[test]
fn a_denied_payment_that_was_signed_can_settle_until_the_signature_ends() {
    let mut till = Till::at(MAIN);
    let url = "https://elsewhere.example/";
    let denied = till.ask(&Offer::new(url, 10_000).header(), url, "hot").index;
    assert_eq!(till.sign(denied, 10_000, NONCE).outcome, Outcome::Refused);
    till.file("chain.json", extract([], MAIN + 2));
    let answer = till.answer(&["--chain", "chain.json"], 3);
    assert_eq!(of(&answer, denied)["spendable_until"], (MAIN + 60 + FINALITY) * 1000);
    let row = of(&against(&till, settled(10_000, NONCE, 9), 1), denied);
    assert_eq!((&row["class"], &row["moved"]), (&"denied-but-moved".into(), &"10000".into()));
}

#[test]
fn a_settlement_that_a_complete_extract_lacks_is_a_claim_without_an_artefact() {
    for response in [None, Some(rail::response(true))] {
        let (mut till, payment, _) = bought();
        till.settle(payment, 10_000, response);
        let row = of(&against(&till, [], 1), payment);
        assert_eq!((&row["class"], &row["moved"]), (&"claimed-without-artefact".into(), &Value::Null));
        assert_eq!(row["worth"], "chain-extract");
        // As long as it can still come, it is not contradicted.
        till.file("chain.json", extract([], MAIN + 1));
        let answer = till.answer(&["--chain", "chain.json"], 3);
        assert_eq!(class_of(&answer, payment), "settled-as-allowed");
    }
}

#[test]
fn permit2_has_no_nonce_on_chain_and_is_joined_by_transaction_or_terms() {
    let mut till = Till::at(MAIN);
    let mut ask = |name: &str, amount: u128| {
        let url = format!("https://data.example/v1/{name}");
        let recorded = till.ask(&Offer::permit2(&url, amount).header(), &url, "hot");
        let slot = recorded.permit.expect("allowed").slot;
        let signing = Permit2Signing::exact(amount, till.now() + 60, slot);
        assert_eq!(till.bind(recorded.index, signing.header()).outcome, Outcome::Accepted);
        recorded.index
    };
    let (by_terms, by_transaction) = (ask("one", 10_000), ask("two", 20_000));
    till.settle(by_transaction, 20_000, Some(rail::response(true)));
    let named = json!(format!("0x{}", "ab".repeat(32)));
    let mut second = transfer(TOKEN, PAYER, SELLER, 20_000, 9);
    second["transactionHash"] = named;
    let answer = against(&till, [transfer(TOKEN, PAYER, SELLER, 10_000, 8), second], 0);
    for (payment, how) in
        [(by_terms, "by its terms"), (by_transaction, "by the transaction that an answer names")]
    {
        let row = of(&answer, payment);
        assert_eq!(row["class"], "settled-as-allowed");
        assert!(row["evidence"].as_str().unwrap().contains(how), "{row}");
    }
}

#[test]
fn upto_may_take_less_and_not_more() {
    let mut till = Till::at(MAIN);
    let url = "https://data.example/v1/meter";
    let recorded = till.ask(&Offer::upto(url, 10_000).header(), url, "hot");
    let slot = recorded.permit.expect("allowed").slot;
    let signing = Permit2Signing::upto(10_000, till.now() + 60, slot);
    assert_eq!(till.bind(recorded.index, signing.header()).outcome, Outcome::Accepted);
    let answer = against(&till, [transfer(TOKEN, PAYER, SELLER, 4_000, 8)], 0);
    let row = of(&answer, recorded.index);
    assert_eq!((&row["class"], &row["moved"]), (&"settled-as-allowed".into(), &"4000".into()));
    let answer = against(&till, [transfer(TOKEN, PAYER, SELLER, 10_001, 8)], 1);
    assert_eq!(classes(&answer)[0].0, "moved-without-decision");
}

#[test]
fn an_answer_cannot_lend_a_signed_payment_the_transfer_of_another_nonce() {
    let (mut till, payment, _) = bought();
    till.settle(payment, 10_000, Some(rail::response(true)));
    let mut logs = settled(10_000, NONCE, 9);
    for log in &mut logs {
        log["transactionHash"] = format!("0x{}", "ab".repeat(32)).into();
    }
    let answer = against(&till, logs, 1);
    assert_eq!(
        classes(&answer),
        [
            ("moved-without-decision".into(), "transfer abab".into()),
            ("claimed-without-artefact".into(), format!("payment {payment}"))
        ]
    );
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
    // The chain does not have it.
    till.file("table.csv", format!("{header}\n{}\n", line(777, "", 10)));
    let answer = till.answer(&["--csv", "table.csv", "--chain", "chain.json"], 1);
    assert_eq!(classes(&answer)[0].0, "claimed-without-artefact");
}

#[test]
fn what_a_facilitator_settled_and_the_complete_extract_lacks_is_a_claim() {
    let (till, payment, slot) = bought();
    let signing = Signing::new(10_000, MAIN + 60, slot);
    let decoded =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signing.header()).unwrap();
    let payload: Value = serde_json::from_slice(&decoded).unwrap();
    let body =
        json!({"x402Version": 2, "paymentPayload": payload, "paymentRequirements": payload["accepted"]});
    let answer =
        json!({"success": true, "transaction": transaction(9), "network": "eip155:84532", "payer": PAYER});
    let line =
        json!({"request": {"url": "/settle", "body": body}, "response": {"status": 200, "body": answer}});
    till.file("exchanges.jsonl", format!("{line}\n"));
    till.file("chain.json", extract([], END));
    let answer = till.answer(&["--facilitator", "exchanges.jsonl", "--chain", "chain.json"], 1);
    assert_eq!(class_of(&answer, payment), "claimed-without-artefact");
    let answer = till.answer(&["--facilitator", "exchanges.jsonl"], 3);
    let row = of(&answer, payment);
    assert_eq!((&row["class"], &row["worth"]), (&"settled-as-allowed".into(), &"facilitator-answer".into()));
}

#[test]
fn a_log_that_fails_stays_failed_and_one_without_trust_stays_insufficient() {
    let (till, _, slot) = bought();
    till.file("chain.json", extract(settled(10_000, slot, 9), END));
    assert_eq!(till.reconcile(&["--chain", "chain.json"]).code, Some(0));
    let [log, chain] = ["log.sqlite", "chain.json"].map(|name| till.path(name));
    let words = |log: &std::path::Path| common::args(&["reconcile", "--chain"], &[&chain, log]);
    let ran = common::run(words(&log));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let database = rusqlite::Connection::open(&log).unwrap();
    database.execute("UPDATE record SET bytes = zeroblob(9) WHERE idx = 2", []).unwrap();
    drop(database);
    let ran = common::run(words(&log));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("record 2: record-malformed"), "{ran:?}");
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
fn sums_that_pass_all_bounds_stop_at_the_largest_amount() {
    let (till, _, _) = bought();
    let logs = [transfer(TOKEN, PAYER, SELLER, u128::MAX, 8), transfer(TOKEN, PAYER, SELLER, 5, 9)];
    let answer = against(&till, logs, 1);
    let most = Amount::MAX.to_string();
    let total =
        answer["totals"].as_array().unwrap().iter().find(|it| it["class"] == "moved-without-decision");
    assert_eq!((&total.unwrap()["amount"], &total.unwrap()["count"]), (&most.into(), &2.into()));
}
