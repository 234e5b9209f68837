//! Logs under policies whose limits are a few units and a few hundred milliseconds, so that every amount and every
//! moment can be tried.

use counterfoil_enforce::{Answer, Command, Recorded};
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Index, Input, SignedRecord, Time};
use counterfoil_testkit::policy;
use counterfoil_testkit::rail;
use counterfoil_testkit::scene::{Ask, Scene};
use counterfoil_testkit::script::About;

use crate::chance::Chance;
use crate::changed::Decided;

fn usdc(units: u64) -> String {
    format!("0.{units:06} usdc")
}

/// A policy that people are soon asked under.
fn tight(chance: &mut Chance) -> String {
    let mut money = |from, to| usdc(chance.of(from, to));
    let changes = [
        ("required_above = [\"0.50 usdc\"", format!("required_above = [\"{}\"", money(15, 60))),
        ("limit = \"20.00 usdc\"", format!("limit = \"{}\"", money(40, 150))),
        ("limit = \"25.00 usdc\"", format!("limit = \"{}\"", money(25, 100))),
        ("limit = \"40.00 usdc\"", format!("limit = \"{}\"\nrestore_refunds = true", money(50, 150))),
        ("limit = \"400.00 usdc\"", format!("limit = \"{}\"", money(50, 160))),
        ("exposure_at_least = \"2.00 usdc\"", format!("exposure_at_least = \"{}\"", money(12, 50))),
        ("exposure_at_least = \"0.25 usdc\"", format!("exposure_at_least = \"{}\"", money(3, 35))),
        ("max_exposure = [\"10.00 usdc\"", format!("max_exposure = [\"{}\"", money(30, 70))),
    ];
    let mut source = policy::plain();
    for (from, to) in &changes {
        source = policy::vary(&source, from, to);
    }
    let spans = [
        ("window = { rolling = \"24h\" }", format!("window = {{ rolling = \"{}ms\" }}", chance.of(50, 400))),
        ("window = { rolling = \"60s\" }\ncount = 5", {
            let (window, count) = (chance.of(20, 300), chance.of(2, 5));
            format!("window = {{ rolling = \"{window}ms\" }}\ncount = {count}")
        }),
        ("approvals = 1, from = \"finance\", ttl = \"15m\"", {
            let (people, ttl) = (chance.of(1, 4), chance.of(10, 300));
            format!("approvals = {people}, from = \"finance\", ttl = \"{ttl}ms\"")
        }),
        ("at_least_percent = 80", format!("at_least_percent = {}", chance.of(40, 101))),
    ];
    spans.iter().fold(source, |source, (from, to)| policy::vary(&source, from, to))
}

/// Every decision on a payment in one such log.
pub(crate) fn decisions(name: &str, chance: &mut Chance) -> Vec<Decided> {
    let mut scene = Scene::new("small", "limits of a few units", &tight(chance));
    let runs: Vec<Index> = [("run-1", "researcher"), ("run-2", "scout")]
        .map(|(id, agent)| scene.open_run_of(id, agent, "carol"))
        .into();
    let deadline = Time::from_millis(scene.script.now + chance.of(50, 900));
    let begin = Command::Begin {
        run: runs[0],
        id: "order".parse().unwrap(),
        steps: Vec::from([counterfoil_enforce::command::Step {
            id: "data".parse().unwrap(),
            reversible: true,
        }]),
        deadline,
    };
    let transaction = scene.script.submit(begin).index;
    let (mut decided, mut held, mut allowed) =
        (Vec::new(), Vec::<Recorded>::new(), Vec::<(Index, u64)>::new());
    for at in 0..36_u64 {
        scene.script.wait(chance.of(0, 40));
        let pick = |chance: &mut Chance, len: usize| usize::try_from(chance.below(len as u64)).unwrap();
        let command = match chance.below(12) {
            0..=4 => {
                let run = runs[pick(chance, 2)];
                let ask = Ask::new(run, &format!("key-{at}"), u128::from(chance.of(1, 45)));
                let in_order = run == runs[0] && chance.below(2) == 0;
                let ask = if chance.below(12) == 0 { ask.category("tip") } else { ask };
                if in_order { ask.reversible(transaction, "data").command() } else { ask.command() }
            }
            5..=7 if !held.is_empty() => {
                let about = About::of(&held[pick(chance, held.len())]);
                let person = ["alice", "bob", "erin", "alice"][pick(chance, 4)];
                let say = if chance.below(14) == 0 { Say::Refuse } else { Say::Approve };
                let mut statement = scene.script.statement(say, &about);
                statement.expires = Time::from_millis(scene.script.now + chance.of(5, 400));
                let signer = counterfoil_testkit::keys::person(person);
                let key = counterfoil_testkit::keys::ed25519(person);
                let time = Time::from_millis(scene.script.now);
                let statement = counterfoil_testkit::script::sign(&signer, &key, &statement, time);
                Command::Statement { statement }
            }
            8..=9 if !held.is_empty() => Command::Claim { payment: held[pick(chance, held.len())].index },
            10 if !allowed.is_empty() => {
                let (payment, units) = allowed[pick(chance, allowed.len())];
                let amount = Amount::new(units.into());
                Command::Settle { payment, amount, payment_response: Some(rail::response(true)) }
            }
            11 if !allowed.is_empty() => {
                let (payment, units) = allowed[pick(chance, allowed.len())];
                Command::Compensate { payment, amount: Amount::new((units / 2).into()), evidence: None }
            }
            _ => continue,
        };
        let before = scene.script.core.state().clone();
        let Answer::Recorded(recorded) = scene.script.answer(command) else { continue };
        let entry = scene.script.entries().pop().unwrap();
        let record = SignedRecord::decode(&entry).unwrap().unverified().clone();
        if recorded.outcome == Outcome::Hold && matches!(record.input, Input::Pay(_)) {
            held.push((*recorded).clone());
        }
        if let Some(permit) = &recorded.permit {
            allowed.push((permit.payment, u64::try_from(permit.exposure.units()).unwrap()));
        }
        if !record.verdict.trace.is_empty() && matches!(record.input, Input::Pay(_) | Input::Claim(_)) {
            let place = format!("{name}, record {}", record.index);
            decided.push(Decided { before, record, place });
        }
    }
    decided
}
