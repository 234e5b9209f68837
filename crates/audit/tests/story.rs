//! The story of every payment of every decision vector, beside one that is read backwards from the whole log: what a
//! payment rests on, which record decided it, and what became of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeSet;

use counterfoil_audit::{Auditor, Chapter, Observer as _, Story};
use counterfoil_decide::state::Status;
use counterfoil_enforce::Command;
use counterfoil_enforce::command::OpenRun;
use counterfoil_rails::eip3009::slot;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Hash32, Index, Input, Record};
use counterfoil_testkit::scene::{Ask, Scene, accepted, accepted_with, allow, hold};
use counterfoil_testkit::script::{Script, trust};
use counterfoil_testkit::whole::Whole;
use counterfoil_testkit::{bundles, forge, policy, recipes};
use counterfoil_tlog::leaf_hash;

/// What is asked of a log about one payment.
struct Asked<'a> {
    log: &'a Whole,
    payment: Index,
    run: Index,
    transaction: Option<Index>,
}

impl Asked<'_> {
    /// The decisions on it among the first records: its request, and claims of it while it was held.
    fn decisions(&self, records: usize) -> Vec<&Record> {
        let decides = |record: &&Record| {
            let of_it = match &record.input {
                Input::Pay(_) => record.index == self.payment,
                Input::Claim(claim) => claim.payment == self.payment,
                _ => false,
            };
            of_it && record.verdict.outcome != Outcome::Refused
        };
        self.log.records.iter().take(records).filter(decides).collect()
    }

    /// The policy in force after that many records.
    fn policy(&self, records: usize) -> Option<String> {
        let adopted = self.log.records.iter().take(records).rev().find_map(|record| match &record.input {
            Input::AdoptPolicy(adopt) if record.verdict.outcome == Outcome::Accepted => Some(adopt),
            _ => None,
        });
        adopted.map(|adopt| String::from_utf8(adopt.source.as_slice().to_vec()).unwrap())
    }

    /// Whether the payment was still to be decided, by the policy or by people, before the record.
    fn waits(&self, before: usize) -> bool {
        let held = self.log.stood(self.payment, before).is_some_and(|it| it.status == Status::Held);
        self.decisions(before).is_empty() || held
    }

    fn rests_on(&self, at: usize, record: &Record, chapters: &BTreeSet<Index>) -> bool {
        let runs = || {
            let (_, asked) = self.log.at(self.payment);
            asked.verdict.trace.iter().filter_map(|row| row.index(OperandName::Run)).collect::<Vec<_>>()
        };
        match &record.input {
            Input::Genesis(_) => true,
            Input::Erase(erase) => chapters.contains(&erase.record),
            Input::OpenRun(_) => record.index == self.run || runs().contains(&record.index),
            Input::Begin(_) => Some(record.index) == self.transaction,
            Input::Pay(_) => record.index == self.payment,
            Input::CompleteStep(it) => Some(it.transaction) == self.transaction,
            Input::Commit(it) => Some(it.transaction) == self.transaction,
            Input::Abort(it) => Some(it.transaction) == self.transaction,
            Input::AdoptPolicy(_)
            | Input::RotateKey(_)
            | Input::RevokeKey(_)
            | Input::Suspend(_)
            | Input::Resume(_) => self.waits(at),
            Input::Attach(it) => it.run == self.run && self.waits(at),
            Input::EnterPhase(it) => it.run == self.run && self.waits(at),
            Input::CloseRun(it) => it.run == self.run && self.waits(at),
            Input::Statement(it) => {
                let Ok(signed) = SignedStatement::decode(it.statement.as_slice()) else { return false };
                let said = signed.unverified();
                let of_phase = said.kind == SubjectKind::Phase && said.run == Some(self.run);
                (said.kind == SubjectKind::Payment && said.against == self.payment)
                    || (of_phase && self.waits(at))
            }
            input => input.payment() == Some(self.payment),
        }
    }

    /// Whether the payload that was bound carried the slot; nothing where none was bound.
    fn slot_used(&self) -> Option<bool> {
        let bound = self.log.records.iter().find(|record| {
            matches!(&record.input, Input::Bind(bind) if bind.payment == self.payment)
                && record.verdict.outcome == Outcome::Accepted
        })?;
        bound.verdict.row(CheckName::Slot).map(|row| row.result == CheckResult::Pass)
    }

    fn assert_told(&self, name: &str, story: &Story) {
        let mut chapters = BTreeSet::new();
        for (at, record) in self.log.records.iter().enumerate() {
            if self.rests_on(at, record, &chapters) {
                chapters.insert(record.index);
            }
        }
        let told: Vec<Index> = story.chapters.iter().map(|chapter| chapter.index).collect();
        assert_eq!(told, chapters.iter().copied().collect::<Vec<_>>(), "{name}");
        for chapter in &story.chapters {
            self.assert_chapter(name, chapter);
        }

        let all = self.log.records.len();
        let decisions = self.decisions(all);
        let decided = decisions.last().map(|record| record.index);
        assert_eq!(story.decided, decided, "{name}");
        let policy = decided.and_then(|at| self.policy(usize::try_from(at.value()).unwrap()));
        assert_eq!(story.policy, policy, "{name}");
        let allowed = decisions.iter().rev().find(|record| record.verdict.outcome == Outcome::Allow);
        let expected = allowed.map(|record| {
            let (entry, _) = self.log.at(record.index);
            slot(&Hash32(*leaf_hash(entry).bytes()))
        });
        assert_eq!(story.slot, expected, "{name}");
        let stood = self.log.stood(self.payment, all);
        let outcome = decisions.last().map(|record| record.verdict.outcome.code());
        assert_eq!(story.status, stood.map(|it| it.status.code()).or(outcome), "{name}");
        assert_eq!(story.settled, stood.map(|it| it.settled.to_string()), "{name}");
        assert_eq!(story.returned, stood.map(|it| it.contribution().returned.to_string()), "{name}");
        assert_eq!(story.slot_used, self.slot_used(), "{name}");
        assert_eq!((story.payment, story.run, story.transaction), (self.payment, self.run, self.transaction));
    }

    fn assert_chapter(&self, name: &str, chapter: &Chapter) {
        let (_, record) = self.log.at(chapter.index);
        assert_eq!((chapter.time, &chapter.input), (record.time, &record.input), "{name}");
        assert_eq!(chapter.verdict, record.verdict, "{name}");
        assert_eq!(chapter.subject, record.input.subject(record.index).as_str(), "{name}");
        let signed = match &record.input {
            Input::Statement(input) => SignedStatement::decode(input.statement.as_slice()).ok(),
            _ => None,
        };
        assert_eq!(chapter.statement.as_ref(), signed.as_ref().map(SignedStatement::unverified), "{name}");
        assert_eq!(chapter.signer.as_deref(), signed.as_ref().map(|it| it.issuer().as_str()), "{name}");
    }
}

/// Holds the story of every payment of a log against the whole of it; gives how many there are.
fn assert_stories(name: &str, entries: Vec<Vec<u8>>) -> usize {
    let Some(log) = Whole::of(entries) else { return 0 };
    let mut stories = bundles::stories(&log.entries, &bundles::payments(&log.entries));
    for story in &mut stories {
        story.conclude();
        let (_, asked) = log.at(story.payment);
        let Input::Pay(pay) = &asked.input else { panic!("{name}: not a payment") };
        let transaction = pay.part.as_ref().map(|part| part.transaction);
        let asked = Asked { log: &log, payment: story.payment, run: pay.run, transaction };
        asked.assert_told(&format!("{name}, payment {}", story.payment), story);
    }
    stories.len()
}

#[test]
fn the_story_of_every_payment_is_the_one_that_the_whole_log_tells() {
    let vectors = recipes::decision::all();
    let told = vectors.iter().map(|vector| assert_stories(&vector.name, vector.run()));
    let told = told.sum::<usize>();
    assert!(told > 400, "{told}");
}

#[test]
fn what_other_runs_do_while_a_payment_waits_is_not_in_its_story_nor_what_its_own_does_later() {
    let policy = policy::vary(&policy::full(), "exposure_at_least = \"2.00", "exposure_at_least = \"0.20");
    let mut scene = Scene::new("two-runs", "", &policy);
    let runs = [scene.open_run(), scene.open_run_of("run-2", "researcher", "dave")];
    for run in runs {
        scene.attach_plan(run, 600_000);
        scene.execute(run);
    }
    let needs = ["gate:premium", "gate:new-payee"];
    let held = runs.map(|run| scene.pay(&Ask::new(run, "held", 300_000).quotes(), hold(&needs)));
    for (run, held) in runs.into_iter().zip(&held) {
        scene.attach_plan(run, 700_000);
        scene.execute(run);
        scene.approve("bob", held);
        scene.claim(held.index, allow());
        scene.attach_plan(run, 800_000);
        scene.execute(run);
    }
    for (run, held) in runs.into_iter().zip(held) {
        scene.settle(held.index, 300_000, accepted_with(&["unbound"]));
        scene.record(Command::CloseRun { run }, accepted());
    }
    assert_eq!(assert_stories("two-runs", scene.script.entries()), 2);
}

#[test]
fn only_a_request_for_a_payment_begins_a_story() {
    let vector = recipes::decision::all().into_iter().find(|vector| vector.run().len() > 5).unwrap();
    for record in forge::records(&vector.run()) {
        let is_request = matches!(record.input, Input::Pay(_));
        assert_eq!(Story::of(&record).map(|story| story.payment), is_request.then_some(record.index));
    }
}

#[test]
fn a_refused_claim_and_a_later_policy_do_not_change_why_it_was_allowed() {
    let mut script = Script::with_policy(&policy::plain());
    let run = OpenRun::new("r".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    let run = script.submit(Command::OpenRun(run)).index;
    let paid = script.submit(Ask::new(run, "a", 100_000).command());
    assert_eq!(paid.outcome, Outcome::Allow);
    script.submit(Command::adopt_policy(&policy::version(&policy::plain(), 2)));
    let claimed = script.submit(Command::Claim { payment: paid.index });
    assert_eq!(claimed.outcome, Outcome::Refused);

    let entries = script.entries();
    let records = forge::records(&entries);
    let asked = records.iter().find(|record| record.index == paid.index).unwrap();
    let mut story = Story::of(asked).unwrap();
    let mut auditor = Auditor::new(Some(trust()), None);
    for entry in &entries {
        let checked = auditor.push(entry).unwrap();
        story.after(&checked, auditor.state());
    }
    story.conclude();
    assert_eq!(story.decided, Some(paid.index));
    assert_eq!(story.policy.as_deref(), Some(policy::plain().as_str()));
    assert_eq!(story.status, Some("open"));
}
