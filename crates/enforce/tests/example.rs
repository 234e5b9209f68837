//! The example of the documentation, with a policy of its own, a real offer, and a wallet that signs.
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

use counterfoil_audit::{Auditor, Observer as _, Story, Trust, Verdict};
use counterfoil_enforce::command::OpenRun;
use counterfoil_enforce::{Core, FileKey, NotAllowed, Pay, System};
use counterfoil_record::verdict::{CheckName, Code, Grade, Outcome};
use counterfoil_record::{Amount, Index, Input, SignedRecord};
use counterfoil_store::{MemoryStore, Records as _};
use counterfoil_testkit::rail::{CHAIN, Offer, PAYER, SELLER, TOKEN, response};

const URL: &str = "https://data.example/v1/quote";

fn policy() -> String {
    format!(
        r#"name = "quotes"
version = 1
initial_phase = "buy"
[assets.usdc]
id = "{CHAIN}/erc20:{TOKEN}"
decimals = 6
domain = {{ name = "USDC", version = "2" }}
[agents.researcher]
[wallets.hot]
account = "{CHAIN}:{PAYER}"
agents = ["researcher"]
[phases.buy]
to = []
pay = true
categories = ["data"]
[transactions]
required_above = "1.00 usdc"
max_deadline = "30m"
irreversible = "last"
compensation = "declare"
[[budgets]]
id = "run-total"
per = ["run"]
limit = "0.05 usdc"
[payees]
allow = ["{CHAIN}:{SELLER}"]
[resources]
allow = ["https://data.example/v1/*"]
[obligations]
schemes = ["exact"]
max_exposure = "0.10 usdc"
max_lifetime = "2m"
finality = "2m"
slot = "required"
"#
    )
}

#[test]
fn a_payment_is_decided_signed_with_its_slot_settled_and_audited() {
    let origin = "payments.example";
    let key = FileKey::generate().unwrap();
    let mut core = Core::create(MemoryStore::default(), key, System, origin.parse().unwrap()).unwrap();
    core.adopt_policy(&policy()).unwrap();
    let researcher =
        OpenRun::new("report-17".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
    let run = core.open_run(researcher).unwrap();

    let header = Offer::new(URL, 10_000).header();
    let ask = Pay::new(run, "try-1".parse().unwrap(), &header, URL, "hot".parse().unwrap());
    let permit = core.pay(ask.category("data".parse().unwrap())).unwrap();
    assert_eq!(permit.granted().exposure, Amount::new(10_000));
    assert_eq!(permit.granted().payee.as_str(), format!("{CHAIN}:{SELLER}"));
    let payment = permit.payment();
    core.bind(&permit, &common::signed(&permit)).unwrap();
    let settled = core.settle(permit, None, Some(&response(true))).unwrap();

    let trust = Trust::in_key(core.log().clone());
    let store = core.close().unwrap();
    let entry = store.read(payment.value()).unwrap().unwrap();
    let mut story = Story::of(SignedRecord::decode(&entry).unwrap().unverified()).unwrap();
    let mut auditor = Auditor::new(Some(trust), store.checkpoint().unwrap().as_deref());
    let mut records = Vec::new();
    for entry in common::entries(&store) {
        let checked = auditor.push(&entry).unwrap();
        story.after(&checked, auditor.state());
        records.push(checked.record);
    }
    story.conclude();
    assert_eq!(
        (story.slot_used, story.status, story.settled.as_deref()),
        (Some(true), Some("settled"), Some("10000"))
    );
    let fact = &records[usize::try_from(settled.value()).unwrap()];
    assert_eq!((fact.verdict.outcome, fact.verdict.grade), (Outcome::Accepted, Some(Grade::Payee)));
    assert_eq!(fact.verdict.codes, []);
    assert!(matches!(records.last().map(|record| &record.input), Some(Input::Stop(_))));
    let report = auditor.finish();
    assert_eq!((report.verdict, report.findings), (Verdict::Verified, vec![]));
}

#[test]
fn what_is_signed_otherwise_than_it_was_allowed_is_refused_before_it_is_sent() {
    let mut core = common::core();
    let run = common::open_run(&mut core, "run-1");
    let ask = counterfoil_testkit::scene::Ask::new(run, "quote", 10_000);
    let permit = core.pay(common::pay(&ask)).unwrap();
    let (until, slot) = (permit.granted().until, permit.granted().slot);
    let more = counterfoil_testkit::rail::Signing::new(10_001, until, slot).header();
    match core.bind(&permit, &more) {
        Err(counterfoil_enforce::Error::Refused(recorded)) => {
            assert_eq!(recorded.codes, [Code::BindMismatch]);
            assert_eq!(
                recorded.failing.iter().map(|it| it.check).collect::<Vec<_>>(),
                [CheckName::SignedAmount]
            );
        }
        other => panic!("{other:?}"),
    }
    core.bind(&permit, &common::signed(&permit)).unwrap();
    core.settle(permit, None, None).unwrap();
}

#[test]
fn nothing_after_a_denial_is_reached() {
    let mut core = common::core();
    let run = common::open_run(&mut core, "run-1");
    let mut reached = false;
    let mut buy = |run: Index| -> Result<(), NotAllowed> {
        let permit = core
            .pay(common::pay(&counterfoil_testkit::scene::Ask::new(run, "quote", 10_000).category("tip")))?;
        reached = true;
        core.settle(permit, None, None)?;
        Ok(())
    };
    assert!(matches!(buy(run), Err(NotAllowed::Denied(_))));
    assert!(!reached);
}
