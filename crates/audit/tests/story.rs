//! The story of a payment tells what decided it, whatever is submitted about it afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use counterfoil_audit::{Auditor, Story};
use counterfoil_enforce::Command;
use counterfoil_enforce::command::OpenRun;
use counterfoil_record::verdict::Outcome;
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::script::{Script, trust};
use counterfoil_testkit::{forge, policy};

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
        story.observe(&checked, auditor.state());
    }
    story.conclude();
    assert_eq!(story.decided, Some(paid.index));
    assert_eq!(story.policy.as_deref(), Some(policy::plain().as_str()));
    assert_eq!(story.status, Some("open"));
}
