//! The population of payment requests: every scene of the vectors, held against what the auditor says of it by other
//! ways.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is how a test fails"
)]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};

use counterfoil_audit::{Auditor, Checked, Observer as _, Report, Story};
use counterfoil_decide::State;
use counterfoil_decide::state::Status;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::verdict::{CheckName, CheckResult, Code, Operand, OperandName, Outcome};
use counterfoil_record::{Amount, Index, Input, Record};
use counterfoil_review::payments::{Payments, Population, Query, Row, STATUSES, Sums};
use counterfoil_testkit::scene::{Ask, Scene, accepted, allow, deny, hold};
use counterfoil_testkit::vectors::{Decision, files, read};
use counterfoil_testkit::{policy, rail};

struct Seen {
    steps: Vec<(Checked, State)>,
    population: Population,
    report: Report,
}

/// Every record that follows, with the state after it, and the population.
fn seen(entries: &[Vec<u8>]) -> Seen {
    let mut auditor = Auditor::new(Some(counterfoil_testkit::script::trust()), None);
    let (mut payments, mut steps) = (Payments::default(), Vec::new());
    for entry in entries {
        let Some(checked) = auditor.push(entry) else { break };
        payments.observe(&checked.record, auditor.state());
        steps.push((checked, auditor.state().clone()));
    }
    let population = payments.conclude(auditor.state());
    Seen { steps, population, report: auditor.finish() }
}

fn scenes() -> impl Iterator<Item = (String, Seen)> {
    files("decision").into_iter().map(|file| {
        let vector = read::<Decision>(&file);
        (vector.name.clone(), seen(&vector.run()))
    })
}

impl Seen {
    fn records(&self) -> impl Iterator<Item = &Record> {
        self.steps.iter().map(|(checked, _)| &checked.record)
    }

    fn record(&self, index: Index) -> &Record {
        self.records().find(|record| record.index == index).unwrap()
    }
}

#[test]
fn each_request_gives_one_row_and_nothing_else_does() {
    let mut all = 0;
    for (name, seen) in scenes() {
        let asked = seen.records().filter(|it| matches!(it.input, Input::Pay(_)));
        let asked: Vec<Index> = asked.map(|record| record.index).collect();
        let rows: Vec<Index> = seen.population.rows.iter().map(|row| row.payment).collect();
        assert_eq!(rows, asked, "{name}");
        assert_eq!(seen.population.suppressed, seen.report.summary.suppressed, "{name}");
        all += rows.len();
    }
    assert!(all > 400, "{all}");
}

#[test]
fn each_row_says_what_the_story_of_its_payment_says() {
    let mut statuses = BTreeSet::new();
    for (name, seen) in scenes() {
        for row in &seen.population.rows {
            let mut story = Story::of(seen.record(row.payment)).unwrap();
            for (checked, state) in &seen.steps {
                story.after(checked, state);
            }
            story.conclude();
            let place = format!("{name}: payment {}", row.payment);
            // A request that was itself refused decided nothing; the row names it all the same.
            assert_eq!(story.decided.unwrap_or(row.payment), row.decided, "{place}");
            assert_eq!(story.status.unwrap_or("refused"), row.status, "{place}");
            assert_eq!(story.settled.unwrap_or_else(|| "0".into()), row.settled.to_string(), "{place}");
            assert_eq!(story.returned.unwrap_or_else(|| "0".into()), row.returned.to_string(), "{place}");
            let decided = seen.record(row.decided);
            assert_eq!((row.decided_time, row.outcome), (decided.time, decided.verdict.outcome), "{place}");
            assert_eq!(row.codes, decided.verdict.codes, "{place}");
            statuses.insert(row.status);
        }
    }
    assert_eq!(statuses, BTreeSet::from(STATUSES), "every status occurs, and no other");
}

#[test]
fn the_rows_add_up_to_what_the_audit_counts() {
    for (name, seen) in scenes() {
        let sums = Sums::of(&seen.population.rows);
        for (asset, total) in &seen.report.summary.totals {
            let found = &sums.assets[&Some(asset.parse().unwrap())];
            // The audit's own totals stop at the largest amount.
            let most = |sum: &counterfoil_review::payments::Sum| sum.amount().unwrap_or(Amount::MAX);
            assert_eq!(most(&found.settled), total.settled, "{name}");
            assert_eq!(most(&found.returned), total.returned, "{name}");
            assert_eq!(most(&found.reserved), total.reserved, "{name}");
        }
        let open = seen.report.summary.open.iter();
        let mut owed: BTreeMap<u64, Amount> = BTreeMap::new();
        let mut reserved: BTreeMap<u64, Amount> = BTreeMap::new();
        for item in open {
            let list = if item.what == "obligation" { &mut owed } else { &mut reserved };
            list.insert(item.payment, item.amount);
        }
        reserved.retain(|_, amount| !amount.is_zero());
        let having = |amount: fn(&Row) -> Amount| -> BTreeMap<u64, Amount> {
            let rows = seen.population.rows.iter().map(|row| (row.payment.value(), amount(row)));
            rows.filter(|(_, amount)| !amount.is_zero()).collect()
        };
        assert_eq!(having(|row| row.owed), owed, "{name}");
        assert_eq!(having(|row| row.reserved), reserved, "{name}");
    }
}

/// A text operand of one check of a record.
fn operand(record: &Record, check: CheckName, name: OperandName) -> Option<String> {
    let row = record.verdict.trace.iter().find(|row| row.check == check)?;
    match row.operands.get(&name)? {
        Operand::Text(text) => Some(text.to_string()),
        Operand::Number(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_stands_in_the_trace_stands_in_the_row() {
    let mut compared = [0; 9];
    for (name, seen) in scenes() {
        for row in &seen.population.rows {
            let decided = seen.record(row.decided);
            let shown = [
                (CheckName::RunOpen, OperandName::Name, row.run_id.as_ref().map(ToString::to_string)),
                (CheckName::RunOpen, OperandName::Principal, row.principal.as_ref().map(ToString::to_string)),
                (CheckName::Agent, OperandName::Name, row.agent.as_ref().map(ToString::to_string)),
                (CheckName::Wallet, OperandName::Account, row.account.as_ref().map(ToString::to_string)),
                (CheckName::Payee, OperandName::Value, row.payee.as_ref().map(ToString::to_string)),
                (CheckName::Asset, OperandName::Value, row.asset.as_ref().map(ToString::to_string)),
                (CheckName::Asset, OperandName::Name, row.asset_name.as_ref().map(ToString::to_string)),
                (CheckName::Obligation, OperandName::Exposure, row.exposure.map(|it| it.to_string())),
                (CheckName::Resource, OperandName::Value, Some(row.resource.to_string())),
            ];
            for (count, (check, operand_name, value)) in compared.iter_mut().zip(shown) {
                if let Some(stated) = operand(decided, check, operand_name) {
                    assert_eq!(value, Some(stated), "{name}: {} {check}", row.payment);
                    *count += 1;
                }
            }
            let checks = |which: &[CheckResult]| -> Vec<String> {
                let found = decided.verdict.trace.iter().filter(|check| which.contains(&check.result));
                let named = found.map(|check| {
                    let rule = check.rule.as_ref().map(|rule| format!(":{rule}")).unwrap_or_default();
                    format!("{}{rule}", check.check)
                });
                named.collect()
            };
            assert_eq!(row.failing, checks(&[CheckResult::Fail, CheckResult::Cannot]), "{name}");
            assert_eq!(row.needing, checks(&[CheckResult::Needs]), "{name}");
        }
    }
    assert!(compared.iter().all(|count| *count > 300), "{compared:?}");
}

/// Whether the record names the payment, by its own fields alone.
fn names(record: &Record, payment: Index) -> bool {
    if let Input::Statement(input) = &record.input
        && let Ok(signed) = SignedStatement::decode(input.statement.as_slice())
    {
        let said = signed.unverified();
        return said.kind == SubjectKind::Payment && said.against == payment;
    }
    record.index == payment || record.input.payment() == Some(payment)
}

#[test]
fn the_last_record_and_the_codes_are_those_of_the_records_that_name_the_payment() {
    let (mut odd, mut voids) = (BTreeSet::new(), 0);
    for (name, seen) in scenes() {
        for row in &seen.population.rows {
            let of = |record: &&Record| names(record, row.payment);
            let last = seen.records().filter(of).last().unwrap().index;
            // What voids a payment does not name it.
            let is_void =
                |state: &State| state.payments.get(&row.payment).is_some_and(|it| it.status == Status::Void);
            let voided = seen.steps.iter().find(|(_, state)| is_void(state));
            let voided = voided.map(|(checked, _)| checked.record.index);
            assert_eq!(row.last, voided.map_or(last, |by| by.max(last)), "{name}: payment {}", row.payment);
            voids += usize::from(voided == Some(row.last));
            let decides =
                |it: &&Record| matches!(it.input, Input::Claim(_)) && it.verdict.outcome != Outcome::Refused;
            let others = seen.records().filter(of).filter(|it| it.index != row.payment && !decides(it));
            let codes: BTreeSet<Code> = others.flat_map(|record| record.verdict.codes.clone()).collect();
            assert_eq!(row.other_codes, codes, "{name}: payment {}", row.payment);
            odd.extend(codes);
        }
    }
    assert!(odd.contains(&Code::Unmatched) && odd.contains(&Code::Late), "{odd:?}");
    assert!(voids > 0, "{voids}");
}

#[test]
fn a_request_in_a_closed_run_and_one_that_is_refused_for_its_time_still_say_who_asked_whom_for_how_much() {
    let (mut scene, run) = Scene::plain("payments", "two requests that are not decided by their content");
    let close = serde_json::from_value(serde_json::json!({"type": "close-run", "run": run})).unwrap();
    scene.record(close, accepted());
    scene.pay(&Ask::new(run, "late", 20_000), deny(&["run-open"]));
    scene.script.wait(73 * 3_600_000);
    let refused = scene.script.submit(Ask::new(run, "jump", 30_000).command());
    assert_eq!((refused.outcome, refused.codes.as_slice()), (Outcome::Refused, &[Code::ClockJump][..]));
    let rows = seen(&scene.script.entries()).population.rows;
    let [late, jump] = rows.as_slice() else { panic!("{rows:?}") };
    for (row, exposure, outcome) in [(late, 20_000, Outcome::Deny), (jump, 30_000, Outcome::Refused)] {
        assert_eq!((row.status, row.run, row.outcome), (outcome.code(), run, outcome));
        assert_eq!(row.agent.as_ref().unwrap().as_str(), "researcher");
        assert_eq!(row.principal.as_ref().unwrap().as_str(), "carol");
        assert_eq!(row.payee.as_ref().unwrap().as_str(), format!("{}:{}", rail::CHAIN, rail::SELLER));
        assert_eq!(row.asset.as_ref().unwrap().as_str(), format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN));
        assert_eq!(row.exposure, Some(Amount::new(exposure)));
    }
    assert_eq!(late.failing, ["run-open"]);
    assert_eq!((jump.codes.as_slice(), jump.asset_name.as_ref()), (&[Code::ClockJump][..], None));
}

#[test]
fn settlements_that_are_stated_past_the_largest_amount_add_up_exactly() {
    let (mut scene, run) = Scene::plain("payments", "two settlements of all there can be");
    let allowed: Vec<_> = ["a", "b"].map(|key| scene.pay(&Ask::new(run, key, 10_000), allow())).into();
    for permit in &allowed {
        scene.bind_exactly(permit);
    }
    for permit in &allowed {
        let settle = serde_json::json!({"type": "settle", "payment": permit.index, "amount": Amount::MAX});
        let settled = scene.script.json(settle);
        assert!(settled.codes.contains(&Code::Excess), "{:?}", settled.codes);
    }
    let seen = seen(&scene.script.entries());
    let sums = Sums::of(&seen.population.rows);
    let [sums] = sums.assets.values().collect::<Vec<_>>()[..] else { panic!("{sums:?}") };
    // 2 * (2^128 - 1), which the audit's own total does not reach.
    assert_eq!(sums.settled.to_string(), "680564733841876926926749214863536422910");
    assert_eq!((sums.exposure.to_string(), sums.reserved.to_string()), ("20000".into(), "0".into()));
    assert_eq!(sums.outcomes, BTreeMap::from([("allow", 2)]));
}

#[test]
fn what_voids_a_held_payment_is_the_last_record_about_it() {
    let close = |run: Index| serde_json::json!({"type": "close-run", "run": run});
    let adopt = |_: Index| serde_json::json!({"type": "adopt-policy", "source": policy::version(&policy::plain(), 2)});
    let ways: [&dyn Fn(Index) -> serde_json::Value; 2] = [&close, &adopt];
    for way in ways {
        let (mut scene, run) = Scene::plain("payments", "a held payment that is voided");
        let held = scene.pay(&Ask::new(run, "quote", 300_000), hold(&["gate:new-payee"]));
        let by = scene.script.json(way(run));
        assert_eq!(by.outcome, Outcome::Accepted);
        let rows = seen(&scene.script.entries()).population.rows;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.status, row.outcome, row.decided), ("void", Outcome::Hold, held.index));
        assert_eq!((row.last, row.needing.as_slice()), (by.index, &["gate:new-payee".to_owned()][..]));
    }
}

#[test]
fn an_empty_query_takes_every_row() {
    for (name, seen) in scenes() {
        assert!(seen.population.rows.iter().all(|row| Query::default().takes(row)), "{name}");
        assert_eq!(Query::default().strangers(&seen.population.rows), Vec::<String>::new());
    }
}

#[test]
fn a_bound_in_a_unit_is_compared_exactly_and_only_with_its_own_asset() {
    let (mut scene, run) = Scene::plain("payments", "three assets with 0, 6 and 18 decimals");
    scene.pay(&Ask::yen(run, "yen", 900), allow());
    scene.pay(&Ask::new(run, "usdc", 200_000), allow());
    scene.pay(&Ask::gold(run, "gold", 1_500_000_000_000_000_000), allow());
    let rows = seen(&scene.script.entries()).population.rows;
    let takes = |least: Option<&str>, most: Option<&str>| -> Vec<&str> {
        let bound = |text: &str| text.parse().unwrap();
        let query = Query { least: least.map(bound), most: most.map(bound), ..Query::default() };
        rows.iter()
            .filter(|row| query.takes(row))
            .map(|row| row.asset_name.as_ref().unwrap().as_str())
            .collect()
    };
    let none: &[&str] = &[];
    for (least, expected) in [
        ("0.2 usdc", &["usdc"][..]),
        ("0.2000000000000 usdc", &["usdc"]),
        ("0.2000000000001 usdc", none),
        ("900 yen", &["yen"]),
        ("900.00000000000000000000000000000000001 yen", none),
        ("901 yen", none),
        ("1.5 gold", &["gold"]),
        ("1.500000000000000001 gold", none),
        ("340282366920938463463374607431768211455 gold", none),
        ("1", &["yen", "usdc", "gold"]),
        ("200000", &["usdc", "gold"]),
        ("0 doge", none),
    ] {
        assert_eq!(takes(Some(least), None), expected, "{least}");
    }
    for (most, expected) in [
        ("0.2 usdc", &["usdc"][..]),
        ("0.1999999 usdc", none),
        ("900.1 yen", &["yen"]),
        ("340282366920938463463374607431768211455 yen", &["yen"]),
        ("340282366920938463463374607431768211455 gold", &["gold"]),
        ("900", &["yen"]),
    ] {
        assert_eq!(takes(None, Some(most)), expected, "{most}");
    }
    assert_eq!(takes(Some("0.1 usdc"), Some("0.3 usdc")), ["usdc"]);
    assert_eq!(takes(Some("0.1 usdc"), Some("1000 yen")), none);
}
