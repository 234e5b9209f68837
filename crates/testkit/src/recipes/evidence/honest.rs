//! Honest logs, under more and less trust.

use counterfoil_audit::Verdict;
use counterfoil_decide::policy::compile;
use counterfoil_enforce::Command;
use counterfoil_enforce::command::OpenRun;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::{Hash32, Input, Text, input};

use super::{Case, logs, short, trust};
use crate::scene::{Scene, accepted};
use crate::vectors::Evidence;
use crate::{forge, keys, policy};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        Case::new("honest-log-under-its-key", "An honest log verifies under its pinned key.", short())
            .not_checked("no-pinned-checkpoint")
            .not_checked("no-checkpoint")
            .not_checked("governance")
            .not_checked("agents-asserted")
            .not_checked("private-text")
            .not_checked("reconciliation")
            .verifies(),
        Case::new(
            "honest-log-of-everything",
            "A log with nearly every kind of record verifies.",
            logs::demo().script.entries(),
        )
        .verifies(),
        Case::new(
            "honest-log-under-its-checkpoint",
            "An honest log verifies under a pinned checkpoint.",
            short(),
        )
        .pinned(&short())
        .checkpoint(forge::checkpoint(&short(), &keys::log()))
        .verifies(),
        Case::new(
            "honest-log-grown-past-its-pin",
            "A log that has grown since it was pinned verifies.",
            short(),
        )
        .pinned(&short()[..6])
        .not_checked("after-pinned")
        .verifies(),
        no_trust(),
        expected_policy(),
        refused_start(),
        refused_policy(),
        changed_policy(),
        erased(),
        no_policy(),
        of_an_age(),
        pin_of_no_records(),
    ]
}

fn no_trust() -> Evidence {
    let case =
        Case::new("no-trust", "Without trust the log vouches for itself: that is not verified.", short());
    case.trust(None).not_checked("no-trust").expect(Verdict::Insufficient, &[])
}

fn expected_policy() -> Evidence {
    let digest = compile(&policy::plain()).unwrap().digest();
    let trust = format!("{}policy = \"{digest}\"\n", trust("log-key", None));
    let shows = "The policy in force at the end is the one that the trust expects.";
    Case::new("expected-policy", shows, short()).trust(Some(trust)).verifies()
}

/// The short log with one record more that the core would not have asked for.
fn with(input: Input, outcome: &str, code: &str) -> Vec<Vec<u8>> {
    let mut entries = short();
    let record = forge::next(&entries, input);
    assert_eq!(record.verdict.outcome.code(), outcome);
    assert_eq!(record.verdict.codes.iter().map(|code| code.code()).collect::<Vec<_>>(), [code]);
    entries.push(forge::sign(&record, &keys::log()));
    entries
}

fn refused_start() -> Evidence {
    let start =
        input::Start { tool: Text::shown("restored-from-backup"), state: Hash32::of(&[b"an old snapshot"]) };
    let entries = with(Input::Start(start), "refused", "state-differs");
    let shows = "A start from another state is refused, and the refusal is an honest record.";
    Case::new("start-from-another-state-refused", shows, entries).verifies()
}

fn refused_policy() -> Evidence {
    let adopt = input::AdoptPolicy {
        policy: compile(&policy::version(&policy::plain(), 2)).unwrap().to_bytes().try_into().unwrap(),
        source: b"name = 1".to_vec().try_into().unwrap(),
        statements: Vec::new(),
    };
    let entries = with(Input::AdoptPolicy(adopt), "refused", "policy-does-not-compile");
    let shows = "A policy whose source does not compile is refused, and the refusal is an honest record.";
    Case::new("policy-that-does-not-compile-refused", shows, entries).verifies()
}

fn changed_policy() -> Evidence {
    let mut scene = logs::short();
    scene.adopt(&policy::version(&policy::plain(), 2), accepted());
    let digest = compile(&policy::plain()).unwrap().digest();
    let trust = format!("{}policy = \"{digest}\"\n", trust("log-key", None));
    let shows = "Another policy than the expected one is in force at the end.";
    Case::new("policy-not-expected", shows, scene.script.entries())
        .trust(Some(trust))
        .expect(Verdict::Failed, &[("policy-not-expected", None)])
}

fn erased() -> Evidence {
    let power = "clock = { approvals = 1, from = \"finance\" }\n";
    let both = format!("{power}erase = {{ approvals = 1, from = \"finance\" }}\n");
    let mut scene = Scene::new("", "", &policy::plain_with(&[(power, &both)]));
    let mut run =
        OpenRun::new("run-1".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    run.purpose = Some("a flat for Carol Doe".into());
    let record = scene.record(Command::OpenRun(run), accepted()).index;
    let commitment = scene.script.commitments(record)[0].0;
    let erase = Command::Erase { record, commitment, statements: Vec::new(), reason: None };
    scene.by(erase, "finance", &["alice"], accepted());
    let shows = "A log verifies after a private text was erased, and the report says that one is gone.";
    Case::new("honest-log-with-an-erasure", shows, scene.script.entries()).not_checked("erased").verifies()
}

/// The trust names a policy, and the log has none in force.
fn no_policy() -> Evidence {
    let scene = Scene::bare("bare", "");
    let digest = compile(&policy::plain()).unwrap().digest();
    let trust = format!("{}policy = \"{digest}\"\n", trust("log-key", None));
    let shows = "No policy is in force at the end, and the trust expects one.";
    Case::new("policy-expected-where-none-is", shows, scene.script.entries())
        .trust(Some(trust))
        .expect(Verdict::Failed, &[("policy-not-expected", None)])
}

fn of_an_age() -> Evidence {
    let trust = format!("{}max_age = \"1s\"\n", trust("log-key", None));
    let shows = "How old a log may be is not fulfilled where there is no time to hold it against.";
    Case::new("max-age-at-no-time", shows, short())
        .trust(Some(trust))
        .not_checked("stale")
        .expect(Verdict::Insufficient, &[])
}

fn pin_of_no_records() -> Evidence {
    let shows = "A checkpoint of no records holds before the first, and pins nothing.";
    Case::new("pinned-checkpoint-of-no-records", shows, short())
        .pinned(&[])
        .expect(Verdict::Insufficient, &[])
}
