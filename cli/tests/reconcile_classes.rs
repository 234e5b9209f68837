//! `reconcile`: each class, on evidence that is made for it.
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
    FINALITY, LIFETIME, MAIN, Till, classes, extract, gaps, policy, row, settled, transaction, transfer, used,
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
fn sums_that_pass_all_bounds_stop_at_the_largest_amount() {
    let (till, _, _) = bought();
    let logs = [transfer(TOKEN, PAYER, SELLER, u128::MAX, 8), transfer(TOKEN, PAYER, SELLER, 5, 9)];
    let answer = against(&till, logs, 1);
    let most = Amount::MAX.to_string();
    let total =
        answer["totals"].as_array().unwrap().iter().find(|it| it["class"] == "moved-without-decision");
    assert_eq!((&total.unwrap()["amount"], &total.unwrap()["count"]), (&most.into(), &2.into()));
}

#[test]
fn a_plain_transfer_that_an_answer_names_is_not_the_settlement_of_a_signature() {
    let (mut till, payment, _) = bought();
    till.settle(payment, 10_000, Some(rail::response(true)));
    let mut plain = transfer(TOKEN, PAYER, SELLER, 10_000, 9);
    plain["transactionHash"] = format!("0x{}", "ab".repeat(32)).into();
    let answer = against(&till, [plain], 1);
    let told: Vec<String> = classes(&answer).into_iter().map(|(class, _)| class).collect();
    assert_eq!(told, ["moved-without-decision", "claimed-without-artefact"]);
    assert_eq!(class_of(&answer, payment), "claimed-without-artefact");
}

#[test]
fn upto_that_took_nothing_is_settled_without_a_transfer() {
    let mut till = Till::at(MAIN);
    let url = "https://data.example/v1/meter";
    let recorded = till.ask(&Offer::upto(url, 10_000).header(), url, "hot");
    till.settle(recorded.index, 0, Some(rail::response_for(0)));
    let row = of(&against(&till, [], 0), recorded.index);
    assert_eq!((&row["class"], &row["worth"]), (&"settled-as-allowed".into(), &"payee-answer".into()));
    assert_eq!((&row["moved"], &row["transactions"]), (&Value::Null, &json!([])));
}

#[test]
fn more_than_was_allowed_by_the_logs_own_word_is_another_amount() {
    let (mut till, payment, _) = bought();
    till.settle(payment, 10_500, None);
    till.file("none.jsonl", "");
    let row = of(&till.answer(&["--facilitator", "none.jsonl"], 1), payment);
    assert_eq!((&row["class"], &row["moved"]), (&"other-amount".into(), &"10500".into()));
    assert_eq!(row["worth"], "operator-word");
}

#[test]
fn an_extract_that_ends_before_a_request_says_nothing_of_it() {
    let mut till = Till::at(MAIN);
    let (payment, _) = till.bought("quote", 10_000);
    let url = "https://elsewhere.example/";
    let denied = till.ask(&Offer::new(url, 10_000).header(), url, "hot").index;
    till.settle(denied, 10_000, None);
    till.file("chain.json", extract([], MAIN - 1));
    let answer = till.answer(&["--chain", "chain.json"], 1);
    assert_eq!(class_of(&answer, payment), "outcome-unknown");
    let row = of(&answer, denied);
    assert_eq!((&row["class"], &row["worth"]), (&"denied-but-moved".into(), &"operator-word".into()));
    // One that reaches further knows better.
    assert_eq!(class_of(&against(&till, [], 1), denied), "claimed-without-artefact");
}

#[test]
fn a_held_payment_that_is_allowed_later_is_named_by_the_slot_of_its_claim() {
    let changed = policy().replace("exposure_at_least = \"9.00 usdc\"", "exposure_at_least = \"0.01 usdc\"");
    let mut till = Till::under(&changed, MAIN);
    let url = "https://data.example/v1/report";
    let held = till.ask(&Offer::new(url, 10_000).header(), url, "hot");
    assert_eq!(held.outcome, Outcome::Hold);
    assert_eq!(class_of(&against(&till, [], 0), held.index), "denied-nothing-moved");
    till.script.approve("alice", &held);
    let claimed = till.script.submit(Command::Claim { payment: held.index });
    assert_eq!(claimed.outcome, Outcome::Allow, "{claimed:?}");
    let row = of(&against(&till, settled(10_000, claimed.permit.unwrap().slot, 9), 0), held.index);
    assert_eq!(
        (&row["class"], &row["decided"]),
        (&"settled-as-allowed".into(), &claimed.index.value().into())
    );
    assert_eq!(row["detail"], format!("its nonce names record {}", claimed.index));
}

#[test]
fn what_the_wallet_took_back_on_chain_is_dead_at_once() {
    let (till, payment, slot) = bought();
    till.file("chain.json", extract([till::cancelled(slot, 8)], MAIN + 2));
    let answer = till.answer(&["--chain", "chain.json"], 3);
    let row = of(&answer, payment);
    assert_eq!((&row["class"], &row["spendable_until"]), (&"never-settled".into(), &Value::Null));
    assert_eq!(row["detail"], "signatures that the wallet took back on chain: 1");
    till.file("chain.json", extract([till::cancelled(NONCE, 8)], MAIN + 2));
    let answer = till.answer(&["--chain", "chain.json"], 3);
    assert_eq!(class_of(&answer, payment), "still-spendable", "another nonce");
}

#[test]
fn what_was_given_up_and_settled_late_makes_one_retry_a_second_payment_and_no_more() {
    let (mut till, lost, slot) = bought();
    till.script.wait((LIFETIME + FINALITY + 1) * 1000);
    assert_eq!(till.script.submit(Command::Expire { payment: lost }).outcome, Outcome::Accepted);
    let mut logs = settled(10_000, slot, 8).to_vec();
    let mut retried = Vec::new();
    for block in [9, 10] {
        let (payment, slot) = till.bought("quote", 10_000);
        till.settle(payment, 10_000, None);
        logs.extend(settled(10_000, slot, block));
        retried.push(payment);
    }
    till.file("chain.json", extract(logs, END + LIFETIME + FINALITY + 60));
    let answer = till.answer(&["--chain", "chain.json"], 1);
    let class = |payment| class_of(&answer, payment);
    let told = [class(lost), class(retried[0]), class(retried[1])];
    assert_eq!(told, ["settled-late", "paid-twice", "settled-as-allowed"]);
    let detail = of(&answer, retried[0])["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with(&format!("payment {lost} settled for the same purchase")), "{detail}");
}

#[test]
fn a_signature_belongs_to_the_payment_that_it_was_accepted_for() {
    let mut till = Till::at(MAIN);
    let url = "https://elsewhere.example/";
    let denied = till.ask(&Offer::new(url, 10_000).header(), url, "hot").index;
    assert_eq!(till.sign(denied, 10_000, NONCE).outcome, Outcome::Refused);
    let (payment, _) = till.bought("quote", 10_000);
    assert_eq!(till.sign(payment, 10_000, NONCE).outcome, Outcome::Accepted);
    let answer = against(&till, settled(10_000, NONCE, 9), 0);
    let told = [class_of(&answer, payment), class_of(&answer, denied)];
    assert_eq!(told, ["settled-as-allowed", "denied-nothing-moved"]);
    // Once it is used it is used, whose ever it was.
    for (logs, until) in
        [(vec![], json!((MAIN + 60 + FINALITY) * 1000)), (settled(10_000, NONCE, 9).into(), Value::Null)]
    {
        till.file("chain.json", extract(logs, MAIN + 2));
        assert_eq!(of(&till.answer(&["--chain", "chain.json"], 3), denied)["spendable_until"], until);
    }
}
