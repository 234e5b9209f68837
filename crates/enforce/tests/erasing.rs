//! Private text is erased once people have signed for it, and is gone also where the process ends in between.
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

use counterfoil_audit::NotCheckedCode;
use counterfoil_enforce::command::OpenRun;
use counterfoil_enforce::{Answer, Command, CommandError, Core, Error, FileKey, Question, Recorded};
use counterfoil_record::private::commitments;
use counterfoil_record::statement::{Answer as Says, FORMAT, Statement};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Index, Time};
use counterfoil_store::{Aside, MemoryStore, Records as _, Store as _};
use counterfoil_testkit::script::{START, sign, with_statements};
use counterfoil_testkit::{keys, policy};

use common::{Ticking, audit, core_in, entries, records};

type Log = Core<MemoryStore, FileKey, Ticking>;

/// A log under a policy by which one person of finance may have text erased, and a run with a purpose.
fn log() -> (Log, Index) {
    let power = "erase = { approvals = 1, from = \"finance\" }\n[limits]\n";
    let mut core = core_in(MemoryStore::default(), &policy::plain_with(&[("[limits]\n", power)]));
    let mut run =
        OpenRun::new("run-1".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    run.purpose = Some("a flat for Carol Doe".into());
    let run = core.open_run(run).unwrap();
    (core, run)
}

fn commitment(core: &Log, record: Index) -> Hash32 {
    let record = &records(core.store())[usize::try_from(record.value()).unwrap()];
    commitments(&record.input)[0].1.0
}

fn erase(record: Index, commitment: Hash32) -> Command {
    Command::Erase { record, commitment, statements: Vec::new(), reason: None }
}

fn recorded(core: &mut Log, command: Command) -> Recorded {
    match core.submit(command).unwrap() {
        Answer::Recorded(recorded) => *recorded,
        other => panic!("{other:?}"),
    }
}

/// Alice's answer to the question.
fn signed(question: &Question) -> String {
    let statement = Statement {
        format: FORMAT,
        answer: Says::Approve,
        origin: keys::ORIGIN.parse().unwrap(),
        role: "finance".parse().unwrap(),
        kind: question.kind,
        digest: question.digest,
        against: question.against,
        expires: Time::from_millis(START + 3_600_000),
        run: None,
        phase: None,
    };
    sign(&keys::person("alice"), &keys::ed25519("alice"), &statement, Time::from_millis(START))
}

/// The command, signed by alice as the core asks.
fn by_alice(core: &mut Log, command: &Command) -> Command {
    let asked = recorded(core, command.clone());
    assert_eq!((asked.outcome, asked.codes.as_slice()), (Outcome::Refused, &[Code::QuorumNotReached][..]));
    with_statements(command.clone(), &[signed(&asked.question.expect("a question"))])
}

#[test]
fn what_people_sign_for_is_erased_and_the_log_verifies() {
    let (mut core, run) = log();
    let commitment = commitment(&core, run);
    let command = erase(run, commitment);
    let command = by_alice(&mut core, &command);
    assert!(core.store().aside(&commitment.0).unwrap().is_some(), "a refusal erases nothing");
    for _ in 0..2 {
        assert_eq!(recorded(&mut core, command.clone()).outcome, Outcome::Accepted);
        assert_eq!(core.store().aside(&commitment.0).unwrap(), None);
    }
    let report = audit(core.store());
    assert_eq!(report.findings, []);
    let erased = report.not_checked.iter().find(|it| it.code == NotCheckedCode::Erased).unwrap();
    assert_eq!(erased.detail, "the private values of 1 commitments were erased by signed order");
}

#[test]
fn a_record_that_does_not_carry_the_commitment_is_no_command_and_leaves_no_record() {
    let (mut core, run) = log();
    let (right, before) = (commitment(&core, run), core.store().len());
    for (record, commitment) in [(run, Hash32([7; 32])), (Index::GENESIS, right)] {
        match core.submit(erase(record, commitment)) {
            Err(Error::Command(CommandError::NotCommitted { record: named, commitment: of })) => {
                assert_eq!((named, of), (record, commitment));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(core.store().len(), before);
    // That there is no such record is a decision.
    let refused = recorded(&mut core, erase(Index::new(99), right));
    assert_eq!(refused.codes, [Code::UnknownRecord]);
}

#[test]
fn what_a_kill_left_is_erased_by_the_next_opening() {
    let (mut core, run) = log();
    let commitment = commitment(&core, run);
    let other = recorded(&mut core, Command::Unknown { payment: run, reason: Some("?".into()) }).index;
    let kept = commitments(&records(core.store())[usize::try_from(other.value()).unwrap()].input)[0].1.0;
    let command = erase(run, commitment);
    let command = by_alice(&mut core, &command);
    let text = core.store().aside(&commitment.0).unwrap().unwrap();
    let reason = core.store().aside(&kept.0).unwrap().unwrap();
    recorded(&mut core, command);
    // As far as the record, and no further: the value stands beside it.
    let (entries, mut store) = (entries(core.store()), MemoryStore::default());
    let asides = [(commitment, text), (kept, reason)].map(|(it, bytes)| Aside { commitment: it.0, bytes });
    for (index, entry) in (0..).zip(&entries) {
        store.append(index, entry, if index == 0 { &asides } else { &[] }).unwrap();
    }
    let later = Ticking { now: START + 60_000, salts: 1_000 };
    let core = Core::open(store, keys::log(), later).unwrap();
    assert_eq!(core.store().aside(&commitment.0).unwrap(), None);
    assert!(core.store().aside(&kept.0).unwrap().is_some());
}
