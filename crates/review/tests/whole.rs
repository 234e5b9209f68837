//! What is read of a log as a whole: budgets, people and runs, over every scene of the vectors, held against what the
//! records themselves say.
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

use counterfoil_audit::Auditor;
use counterfoil_decide::State;
use counterfoil_enforce::Command;
use counterfoil_record::statement::Answer;
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Amount, Id, Index, Input, Record};
use counterfoil_review::budgets::{Budgets, Used, share};
use counterfoil_review::people::{self, People};
use counterfoil_review::timeline::{Mark, Timeline};
use counterfoil_testkit::policy;
use counterfoil_testkit::recipes::logs;
use counterfoil_testkit::scene::{Ask, Scene, allow, deny, hold};
use counterfoil_testkit::script::About;
use counterfoil_testkit::vectors::{Decision, files, read};

#[derive(Default)]
struct Read {
    records: Vec<Record>,
    end: State,
    budgets: Budgets,
    people: People,
    timeline: Timeline,
}

fn read_all(entries: &[Vec<u8>]) -> Read {
    let mut auditor = Auditor::new(Some(counterfoil_testkit::script::trust()), None);
    let mut all = Read::default();
    for entry in entries {
        let before = auditor.state().clone();
        let Some(checked) = auditor.push(entry) else { break };
        let record = checked.record;
        all.budgets.observe(&record, auditor.state());
        all.people.extend(people::said(&record, &before));
        all.timeline.observe(&record, auditor.state(), record.index.to_string());
        all.records.push(record);
    }
    all.end = auditor.state().clone();
    all
}

fn scenes() -> impl Iterator<Item = (String, Read)> {
    files("decision").into_iter().map(|file| {
        let vector = read::<Decision>(&file);
        (vector.name.clone(), read_all(&vector.run()))
    })
}

#[test]
fn a_budget_was_used_as_far_as_the_traces_of_what_was_allowed_say() {
    let mut groups = 0;
    for (name, all) in scenes() {
        let (mut payments, mut stopped) = (BTreeMap::<Id, u64>::new(), BTreeMap::<Id, u64>::new());
        let mut highest = BTreeMap::<Id, f64>::new();
        for record in &all.records {
            let mut against = BTreeSet::new();
            for row in record.verdict.trace.iter().filter(|row| row.check == CheckName::Budget) {
                let rule = row.rule.clone().unwrap();
                let of =
                    |operand| row.number(operand).map_or(0.0, |it| it.to_string().parse::<f64>().unwrap());
                match row.result {
                    CheckResult::Pass if record.verdict.outcome == Outcome::Allow => {
                        *payments.entry(rule.clone()).or_default() += 1;
                        let count =
                            |operand| row.count(operand).map(|it| it.to_string().parse::<f64>().unwrap());
                        let part = if let Some(most) = count(OperandName::Maximum) {
                            (count(OperandName::Count).unwrap() + 1.0) / most
                        } else {
                            let sum = of(OperandName::Settled) + of(OperandName::Reserved);
                            let used = sum + of(OperandName::Exposure) - of(OperandName::Returned);
                            used.max(0.0) / of(OperandName::Limit)
                        };
                        let known = highest.entry(rule).or_default();
                        *known = known.max(part);
                    }
                    CheckResult::Fail | CheckResult::Cannot => drop(against.insert(rule)),
                    _ => {}
                }
            }
            for rule in against {
                *stopped.entry(rule).or_default() += 1;
            }
        }
        let (mut allowed, mut against) = (BTreeMap::<Id, u64>::new(), BTreeMap::<Id, u64>::new());
        for budget in all.budgets.iter() {
            let id = &budget.budget.id;
            let of_groups: u64 = budget.groups().iter().map(|group| group.payments).sum();
            *allowed.entry(id.clone()).or_default() += of_groups;
            *against.entry(id.clone()).or_default() += budget.stopped;
            groups += budget.groups().len();
        }
        allowed.retain(|_, count| *count > 0);
        against.retain(|_, count| *count > 0);
        assert_eq!((allowed, against), (payments, stopped), "{name}");
        for (id, expected) in highest {
            let shares = all.budgets.iter().filter(|it| it.budget.id == id).flat_map(|it| it.groups());
            let found = shares.map(|group| group.used.share()).max().unwrap();
            let expected = expected.min(1.0) * 1000.0;
            assert!((expected - f64::from(found)).abs() <= 1.0, "{name}: {id}: {found} for {expected}");
        }
    }
    assert!(groups > 500, "{groups}");
}

#[test]
fn each_group_of_a_budget_has_its_own_highest() {
    let mut scene = Scene::new("two-agents", "two agents", &policy::plain());
    let one = scene.open_run_of("one", "researcher", "carol");
    let other = scene.open_run_of("other", "scout", "dana");
    let first = scene.pay(&Ask::new(one, "a", 100_000), allow());
    let second = scene.pay(&Ask::new(one, "b", 200_000), allow());
    let third = scene.pay(&Ask::new(other, "a", 250_000), allow());
    let denied = scene.script.submit(Ask::new(one, "c", 999_999_000_000).command());
    assert_eq!(denied.outcome, Outcome::Deny);
    let all = read_all(&scene.script.entries());
    let day = all.budgets.iter().find(|it| it.budget.id.as_str() == "agent-day").unwrap();
    let limit = day.budget.limit.as_ref().unwrap().amount;
    let groups: Vec<(&str, u64, Index, Used)> = day
        .groups()
        .into_iter()
        .map(|it| (it.values[0].as_str(), it.payments, it.highest, it.used))
        .collect();
    let used = |units| Used::Money { used: Amount::new(units), limit };
    assert_eq!(
        groups,
        [("researcher", 2, second.index, used(300_000)), ("scout", 1, third.index, used(250_000))]
    );
    assert_eq!((day.stopped, first.index < second.index), (1, true));
    assert!(day.says.iter().any(|words| words == "it is kept for each agent"));
}

#[test]
fn a_share_is_rounded_down_and_never_more_than_all() {
    for (part, whole, expected) in [
        (0, 1, 0),
        (1, 3, 333),
        (999_999, 1_000_000, 999),
        (1, 1, 1000),
        (5, 1, 1000),
        (0, 0, 1000),
        (u128::MAX / 2, u128::MAX, 500),
        (u128::MAX, u128::MAX, 1000),
        (u128::MAX, 1, 1000),
    ] {
        assert_eq!(share(part, whole), expected, "{part} of {whole}");
    }
}

#[test]
fn everybody_stands_with_what_they_answered() {
    let mut scene = Scene::new("answers", "two answers, and one that comes too late", &policy::plain());
    let run = scene.open_run_of("one", "researcher", "carol");
    let held = scene.pay(&Ask::new(run, "a", 400_000), hold(&["gate:new-payee"]));
    scene.say("bob", Answer::Refuse, &held, counterfoil_testkit::scene::accepted());
    scene.claim(held.index, deny(&["gate:new-payee"]));
    let late = scene.script.core.state().size;
    let statement = scene.script.say("alice", Answer::Approve, &About::of(&held));
    assert_eq!(scene.script.submit(Command::Statement { statement }).outcome, Outcome::Refused);
    let all = read_all(&scene.script.entries());
    let said: Vec<(&str, Answer, Index, bool)> = all
        .people
        .iter()
        .flat_map(|(name, said)| said.iter().map(|it| (name.as_str(), it.answer, it.record, it.is_taken)))
        .collect();
    assert_eq!(
        said,
        [
            ("alice", Answer::Approve, late, false),
            ("bob", Answer::Refuse, Index::new(late.value() - 2), true)
        ]
    );
}

#[test]
fn every_record_has_one_place_in_time_or_is_about_a_payment_or_an_answer() {
    let mut runs = 0;
    for (name, all) in scenes() {
        let mut told = BTreeSet::new();
        for event in all.timeline.runs().flat_map(|run| &run.events).chain(all.timeline.beside()) {
            assert_eq!(event.said, event.record.to_string());
            assert!(told.insert(event.record), "{name}: {} twice", event.record);
        }
        for record in &all.records {
            let elsewhere = matches!(record.input, Input::Heartbeat(_) | Input::Statement(_))
                || record.input.payment().is_some();
            assert_eq!(told.contains(&record.index), !elsewhere, "{name}: {}", record.index);
        }
        for run in all.timeline.runs() {
            runs += 1;
            let phase = run.events.iter().rev().find_map(|event| match &event.mark {
                Some(Mark::Phase(phase)) => Some(phase),
                _ => None,
            });
            // What is closed the state has forgotten.
            let open = all.end.runs.get(&run.run);
            assert_eq!(open.is_none(), run.closed.is_some(), "{name}: run {}", run.run);
            assert!(open.is_none_or(|open| Some(&open.phase) == phase), "{name}: run {}", run.run);
            let order: Vec<Index> = run.events.iter().map(|event| event.record).collect();
            assert!(order.is_sorted() && order[0] == run.run, "{name}: {order:?}");
        }
    }
    assert!(runs > 300, "{runs}");
}

#[test]
fn every_request_to_pay_is_marked_in_the_line_of_its_run() {
    let all = read_all(&logs::busy().script.entries());
    let marks = |of: fn(&Mark) -> bool| {
        all.timeline.runs().flat_map(|run| &run.events).filter(|it| it.mark.as_ref().is_some_and(of)).count()
    };
    let inputs = |of: fn(&Record) -> bool| all.records.iter().filter(|record| of(record)).count();
    let in_no_run =
        all.timeline.beside().iter().filter(|it| matches!(it.mark, Some(Mark::Payment(_)))).count();
    assert_eq!(in_no_run, 1, "one request names a run that never was");
    assert_eq!(
        marks(|mark| matches!(mark, Mark::Payment(_))) + in_no_run,
        inputs(|record| matches!(record.input, Input::Pay(_)))
    );
}

#[test]
fn a_key_under_another_name_speaks_for_the_person_who_has_it() {
    let bob = counterfoil_testkit::keys::person("bob").to_string();
    let plain = policy::plain();
    let at = plain.find("alice = [").unwrap();
    let end = at + plain[at..].find(']').unwrap();
    let named = format!("{}alice = [\"{bob}\"{}", &plain[..at], &plain[end..]);
    let at = named.find("bob = [").unwrap();
    let end = at + named[at..].find(']').unwrap();
    let carol = counterfoil_testkit::keys::person("carol").to_string();
    let named = format!("{}bob = [\"{carol}\"{}", &named[..at], &named[end..]);
    let mut scene = Scene::new("names", "a key that is called after somebody else", &named);
    let run = scene.open_run_of("one", "researcher", "carol");
    let held = scene.pay(&Ask::new(run, "a", 400_000), hold(&["gate:new-payee"]));
    scene.approve("bob", &held);
    let all = read_all(&scene.script.entries());
    let people: Vec<&str> = all.people.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(people, ["alice"]);
}

#[test]
fn an_override_counts_only_where_the_decision_rests_on_it() {
    let mut taken = BTreeMap::<bool, usize>::new();
    for (name, all) in scenes() {
        for said in all.people.iter().flat_map(|(_, said)| said) {
            let record = all.records.iter().find(|record| record.index == said.record).unwrap();
            let Input::Pay(pay) = &record.input else { continue };
            assert!(!pay.overrides.is_empty(), "{name}");
            let row = record.verdict.trace.iter().find(|row| row.check == CheckName::Purchase).unwrap();
            let rests = row.result == CheckResult::Pass && row.operands.contains_key(&OperandName::Index);
            assert_eq!(said.is_taken, rests, "{name}: {}", record.index);
            *taken.entry(said.is_taken).or_default() += 1;
        }
    }
    assert!(taken[&true] > 0 && taken[&false] > 3, "{taken:?}");
}

#[test]
fn a_budget_that_was_dropped_and_comes_back_is_another() {
    let first = policy::plain();
    let renamed = policy::plain_with(&[("id = \"principal-all\"", "id = \"somebody-all\"")]);
    let mut scene = Scene::new("again", "a budget that is dropped and comes back", &first);
    let run = scene.open_run_of("one", "researcher", "carol");
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    for (version, text) in [(2, renamed), (3, first)] {
        let text = text.replacen("version = 1", &format!("version = {version}"), 1);
        let adopted = scene.script.submit(Command::adopt_policy(&text));
        assert_eq!(adopted.outcome, Outcome::Accepted);
    }
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    let all = read_all(&scene.script.entries());
    let used: Vec<Used> = all
        .budgets
        .iter()
        .filter(|it| it.budget.id.as_str() == "principal-all")
        .map(|it| it.groups()[0].used)
        .collect();
    let limit = Amount::new(40_000_000);
    let money = |units| Used::Money { used: Amount::new(units), limit };
    assert_eq!(used, [money(100_000), money(200_000)]);
}
