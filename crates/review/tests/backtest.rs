//! A log decided again: under its own policy it comes out as it is, under another as the other says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic is how a test fails"
)]

extern crate alloc;

use alloc::collections::BTreeSet;

use counterfoil_audit::Auditor;
use counterfoil_decide::State;
use counterfoil_decide::policy::{Policy, compile};
use counterfoil_enforce::Command;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index, Input, Record};
use counterfoil_review::backtest::{Backtest, Beside, Change, Claims, Kind, Summary, Tally};
use counterfoil_testkit::policy;
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow, deny, hold};
use counterfoil_testkit::script::Script;
use counterfoil_testkit::vectors::{Decision, files, read};
use counterfoil_tlog::leaf_hash;

/// Every record of a log with its leaf hash, and the state after it.
fn followed(entries: &[Vec<u8>]) -> Vec<(Record, Hash32, State)> {
    let mut auditor = Auditor::new(None, None);
    let mut follow = |entry: &Vec<u8>| {
        let checked = auditor.push(entry)?;
        assert_eq!(checked.leaf.bytes(), leaf_hash(entry).bytes());
        Some((checked.record, checked.leaf, auditor.state().clone()))
    };
    entries.iter().map_while(&mut follow).collect()
}

fn backtest(records: &[(Record, Hash32, State)], policy: Policy) -> (Vec<Change>, Summary, State) {
    let mut claims = Claims::default();
    for (record, leaf, _) in records {
        claims.observe(record, *leaf);
    }
    let mut backtest = Backtest::new(policy, claims);
    let changes = records.iter().filter_map(|(record, leaf, state)| backtest.push(record, *leaf, state));
    let changes = changes.collect();
    let state = backtest.state().clone();
    (changes, backtest.finish(&records.last().expect("a record").2), state)
}

/// The policies that were put in force, whatever their version.
fn adopted(records: &[(Record, Hash32, State)]) -> Vec<Policy> {
    let accepted = records.iter().filter(|(record, ..)| record.verdict.outcome == Outcome::Accepted);
    let policies = accepted.filter_map(|(record, ..)| match &record.input {
        Input::AdoptPolicy(adopt) => Some(Policy::from_bytes(adopt.policy.as_slice()).unwrap()),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    policies.filter(|it| seen.insert(Policy { version: 0, ..it.clone() }.to_bytes())).collect()
}

#[test]
fn under_its_own_policy_every_scene_comes_out_as_it_is_to_the_last_byte_of_the_state() {
    let mut same = 0;
    for file in files("decision") {
        let vector = read::<Decision>(&file);
        let records = followed(&vector.run());
        if let [policy] = adopted(&records).as_slice() {
            // Whatever it is called and numbered, it says the same.
            for version in [policy.version, policy.version + 7] {
                let (changes, summary, state) = backtest(&records, Policy { version, ..policy.clone() });
                assert_eq!(changes, [], "{}", vector.name);
                assert_eq!(state, records.last().unwrap().2, "{}", vector.name);
                assert!(summary.assets.values().all(|it| it.before == it.after), "{}", vector.name);
                assert!(summary.contradicted.is_empty() && summary.reserved.is_empty(), "{}", vector.name);
            }
            same += 1;
        }
    }
    assert!(same > 250, "{same} scenes with one policy");
}

#[test]
fn every_scene_comes_to_an_end_under_policies_that_know_nothing_of_it() {
    let strange = policy::vary(&policy::full(), "[agents.scout]\n", "")
        .replace("[\"researcher\", \"scout\", \"signer\"]", "[\"researcher\", \"signer\"]")
        .replace("[\"scout\"]", "[\"researcher\"]");
    let others =
        [policy::plain(), strange, policy::plain_with(&[("max_step = \"72h\"", "max_step = \"1s\"")])];
    for file in files("decision") {
        let records = followed(&read::<Decision>(&file).run());
        // A log that could not be opened has no records that follow.
        for other in others.iter().filter(|_| !records.is_empty()) {
            let (changes, summary, state) = backtest(&records, compile(other).unwrap());
            assert_eq!(state.size.value(), u64::try_from(records.len()).unwrap());
            let kinds: u64 = Kind::ALL.iter().map(|kind| summary.count(*kind)).sum();
            assert_eq!(kinds, u64::try_from(changes.len()).unwrap());
            // What is allowed in each count is what the three ways of counting agree on.
            let sides: [fn(&Beside) -> Tally; 2] = [|it| it.before, |it| it.after];
            for side in sides {
                let all: u64 = summary.assets.values().map(|it| side(it).count).sum();
                assert_eq!(summary.agents.values().map(|it| side(it).count).sum::<u64>(), all);
                assert_eq!(summary.payees.values().map(|it| side(it).count).sum::<u64>(), all);
            }
        }
    }
}

fn told(changes: &[Change]) -> Vec<(&'static str, u64, &'static str, &'static str, Option<u64>)> {
    let told = changes.iter().map(|it| {
        (it.kind.code(), it.index.value(), it.before.outcome, it.after.outcome, it.follows.map(Index::value))
    });
    told.collect()
}

fn records(script: &Script) -> Vec<(Record, Hash32, State)> {
    followed(&script.entries())
}

#[test]
fn what_is_newly_denied_leaves_room_for_what_comes_after() {
    let limit = ("limit = \"20.00 usdc\"", "limit = \"1.50 usdc\"");
    let free = ("required_above = [\"0.50 usdc\"", "required_above = [\"9.00 usdc\"");
    let gate = ("exposure_at_least = \"0.25 usdc\"", "exposure_at_least = \"9.00 usdc\"");
    let (mut scene, run) = Scene::plain_with("room", "", &[limit, free, gate]);
    let first = scene.pay(&Ask::new(run, "a", 1_000_000), allow()).index.value();
    let second = scene.pay(&Ask::new(run, "b", 600_000), deny(&["budget:run-total"])).index.value();
    // No payment above 0.90: then there is room for the second.
    let most = ("max_exposure = [\"10.00 usdc\"", "max_exposure = [\"0.90 usdc\"");
    let other = compile(&policy::plain_with(&[limit, free, gate, most])).unwrap();
    let (changes, summary, _) = backtest(&records(&scene.script), other);
    assert_eq!(
        told(&changes),
        [("decision", first, "allow", "deny", None), ("decision", second, "deny", "allow", None)]
    );
    assert_eq!(changes[0].after.fail, ["obligation"]);
    assert_eq!(changes[1].before.fail, ["budget:run-total"]);
    let (_, asset) = summary.assets.iter().next().unwrap();
    assert_eq!((asset.before.count, asset.before.amount.units()), (1, 1_000_000));
    assert_eq!((asset.after.count, asset.after.amount.units()), (1, 600_000));
    let (_, reserved) = summary.reserved.iter().next().unwrap();
    assert_eq!((reserved.count, reserved.amount.units()), (1, 600_000), "nothing in the log ends it");
}

#[test]
fn what_was_signed_for_a_claim_still_fits_where_nothing_is_held_any_more() {
    let (mut scene, run) = Scene::plain("slot", "");
    let held = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    scene.approve("alice", &held);
    let allowed = scene.claim(held.index, allow());
    let signed = scene.signing(&allowed).header();
    let bound = scene.record(Command::Bind { payment: held.index, payment_signature: signed }, accepted());
    let open =
        policy::plain_with(&[("exposure_at_least = \"0.25 usdc\"", "exposure_at_least = \"0.35 usdc\"")]);
    let (changes, summary, state) = backtest(&records(&scene.script), compile(&open).unwrap());
    let held = held.index.value();
    assert_eq!(
        told(&changes),
        [
            ("decision", held, "hold", "allow", None),
            ("consequence", held + 1, "accepted", "refused", Some(held)),
            ("consequence", held + 2, "allow", "refused", Some(held)),
        ]
    );
    let payment = &state.payments[&Index::new(held)];
    assert_eq!(payment.bound.as_ref().map(|it| it.index), Some(bound.index));
    assert!(summary.assets.values().all(|it| it.before == it.after && it.before.count == 1));
}

#[test]
fn money_of_a_payment_that_would_have_been_denied_is_named_with_its_amount() {
    let (mut scene, run) = Scene::plain("moved", "");
    let allowed = scene.pay(&Ask::new(run, "a", 10_000), allow());
    let settled = scene.script.submit(Command::Settle {
        payment: allowed.index,
        amount: Amount::new(10_000),
        payment_response: None,
    });
    let other = format!("eip155:84532:{}\", \"", counterfoil_testkit::rail::SELLER);
    let strict = compile(&policy::vary(&policy::plain(), &other, "")).unwrap();
    let (changes, summary, _) = backtest(&records(&scene.script), strict);
    let (pay, settle) = (allowed.index.value(), settled.index.value());
    assert_eq!(
        told(&changes),
        [
            ("decision", pay, "allow", "deny", None),
            ("contradiction", settle, "accepted", "accepted", Some(pay)),
        ]
    );
    assert_eq!(changes[0].after.fail, ["payee"]);
    let money = changes[1].money.as_ref().unwrap();
    assert_eq!(money.amount.units(), 10_000);
    let (asset, moved) = summary.contradicted.iter().next().unwrap();
    assert_eq!((asset, moved.settled.count, moved.settled.amount.units()), (&money.asset, 1, 10_000));
}

#[test]
fn under_a_policy_without_the_agent_everything_follows_from_the_run_that_is_not_opened() {
    let mut scene = Scene::new("agent", "", &policy::plain());
    let run = scene.open_run_of("r", "scout", "carol");
    let allowed = scene.pay(&Ask::new(run, "a", 10_000), allow());
    let without = policy::vary(&policy::plain(), "[agents.scout]\n", "")
        .replace("[\"researcher\", \"scout\", \"signer\"]", "[\"researcher\", \"signer\"]")
        .replace("[\"scout\"]", "[\"researcher\"]");
    let (changes, ..) = backtest(&records(&scene.script), compile(&without).unwrap());
    let run = run.value();
    assert_eq!(
        told(&changes),
        [
            ("decision", run, "accepted", "refused", None),
            ("consequence", allowed.index.value(), "allow", "deny", Some(run)),
        ]
    );
    assert_eq!(changes[0].after.codes, ["unknown-agent"]);
}

fn refund(payment: Index, units: u128) -> Command {
    Command::Refund { payment, amount: Amount::new(units), evidence: None, reason: None }
}

#[test]
fn a_payment_that_is_forgotten_under_the_new_policy_was_allowed_all_the_same() {
    let (mut scene, run) = Scene::plain("late", "");
    let allowed = scene.pay(&Ask::new(run, "a", 10_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 10_000, accepted());
    let later = scene.elapsed() + 3_600_000;
    scene.at(later);
    scene.pay(&Ask::new(run, "b", 10_000), allow());
    let late = scene.record(refund(allowed.index, 10_000), accepted());
    let forgets = policy::vary(&policy::plain(), "match_horizon = \"90d\"", "match_horizon = \"1s\"");
    let (changes, summary, _) = backtest(&records(&scene.script), compile(&forgets).unwrap());
    assert_eq!(told(&changes), [("reasons", late.index.value(), "accepted", "accepted", None)]);
    assert_eq!(changes[0].after.codes, ["unmatched"]);
    assert!(summary.contradicted.is_empty(), "{summary:?}");
}

#[test]
fn of_what_comes_back_the_excess_is_not_counted() {
    let (mut scene, run) = Scene::plain("excess", "");
    let allowed = scene.pay(&Ask::new(run, "a", 10_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 10_000, accepted());
    scene.record(refund(allowed.index, 4_000), accepted());
    scene.record(refund(allowed.index, 10_000), accepted_with(&["excess"]));
    scene.record(refund(allowed.index, 10_000), accepted_with(&["excess"]));
    let other = format!("eip155:84532:{}\", \"", counterfoil_testkit::rail::SELLER);
    let strict = compile(&policy::vary(&policy::plain(), &other, "")).unwrap();
    let (changes, summary, _) = backtest(&records(&scene.script), strict);
    assert_eq!(changes.iter().filter(|it| it.kind == Kind::Contradiction).count(), 4);
    let (_, moved) = summary.contradicted.iter().next().unwrap();
    assert_eq!((moved.settled.count, moved.settled.amount.units()), (1, 10_000));
    assert_eq!((moved.returned.count, moved.returned.amount.units()), (2, 10_000));
}
