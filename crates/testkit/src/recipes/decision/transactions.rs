//! Transactions: a payment's place among ordered steps.

use counterfoil_enforce::Command;
use counterfoil_record::Index;

use crate::scene::{Ask, Scene, accepted, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        required(),
        unknown(),
        of_another_run(),
        unknown_step(),
        complete_step(),
        aborted(),
        deadline(),
        irreversible_last(),
        irreversible_denied(),
        undeclared(),
        contradicts(),
        begin_limits(),
        close_run(),
    ]
}

fn required() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-required",
        "Above the policy's amount a payment must be part of a transaction; exactly at it, it need not.",
    );
    scene.pay(&Ask::new(run, "known", 100_000), allow());
    scene.pay(&Ask::new(run, "a", 500_000), allow());
    scene.pay(&Ask::new(run, "b", 500_001), deny(&["transaction"]).because("required"));
    let transaction = scene.begin(run, &[("data", true)]);
    scene.pay(&Ask::new(run, "b", 500_001).reversible(transaction, "data"), allow());
    scene.finish()
}

fn unknown() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-unknown", "A payment names a transaction that was opened.");
    let ask = Ask::new(run, "a", 100_000).reversible(Index::new(1), "data");
    scene.pay(&ask, deny(&["transaction"]).because("unknown-transaction"));
    scene.complete(Index::new(1), "data", refused(&["unknown-transaction"]));
    scene.finish()
}

fn of_another_run() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-of-another-run", "A transaction is its own run's alone.");
    let transaction = scene.begin(run, &[("data", true)]);
    let other = scene.open_run_of("run-2", "researcher", "carol");
    let ask = Ask::new(other, "a", 100_000).reversible(transaction, "data");
    scene.pay(&ask, deny(&["transaction"]).because("unknown-transaction"));
    scene.finish()
}

fn unknown_step() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-step-unknown", "A payment names a step that was declared.");
    let transaction = scene.begin(run, &[("data", true)]);
    let ask = Ask::new(run, "a", 100_000).reversible(transaction, "dinner");
    scene.pay(&ask, deny(&["transaction"]).because("unknown-step"));
    scene.complete(transaction, "dinner", refused(&["unknown-step"]));
    scene.finish()
}

fn complete_step() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-step-complete", "A step that is complete is not paid again.");
    let transaction = scene.begin(run, &[("data", true), ("more", true)]);
    scene.complete(transaction, "data", accepted());
    let ask = Ask::new(run, "a", 100_000).reversible(transaction, "data");
    scene.pay(&ask, deny(&["transaction"]).because("step-complete"));
    scene.complete(transaction, "data", refused(&["out-of-order"]));
    scene.finish()
}

fn aborted() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-aborted", "After an abort nothing of the transaction is paid.");
    let transaction = scene.begin(run, &[("data", true)]);
    scene.record(Command::Abort { transaction, reason: Some("the seller is gone".into()) }, accepted());
    let ask = Ask::new(run, "a", 100_000).reversible(transaction, "data");
    scene.pay(&ask, deny(&["transaction"]).because("not-open"));
    scene.record(Command::Abort { transaction, reason: None }, refused(&["out-of-order"]));
    scene.finish()
}

fn deadline() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-deadline",
        "A transaction is open at exactly its deadline; one millisecond later it counts as aborted.",
    );
    let deadline = scene.later(600_000);
    let end = scene.elapsed() + 600_000;
    let steps = [("data", true), ("more", true)];
    let transaction = scene.begin_due(run, "order", &steps, deadline, accepted()).index;
    scene.at(end).pay(&Ask::new(run, "a", 100_000).reversible(transaction, "data"), allow());
    let late = Ask::new(run, "b", 100_000).reversible(transaction, "more");
    scene.at(end + 1).pay(&late, deny(&["transaction"]).because("not-open"));
    scene.complete(transaction, "data", refused(&["deadline-passed"]));
    scene.record(Command::Commit { transaction }, refused(&["deadline-passed"]));
    scene.finish()
}

fn irreversible_last() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-irreversible-goes-last",
        "Steps that cannot be undone wait for every one that can, and then keep their order.",
    );
    let transaction = scene.begin(run, &[("print", false), ("post", false), ("data", true)]);
    let last = || deny(&["transaction"]).because("irreversible-goes-last");
    scene.pay(&Ask::new(run, "print", 100_000).irreversible(transaction, "print"), last());
    scene.pay(&Ask::new(run, "data", 100_000).reversible(transaction, "data"), allow());
    scene.pay(&Ask::new(run, "print", 100_000).irreversible(transaction, "print"), last());
    scene.complete(transaction, "data", accepted());
    scene.pay(&Ask::new(run, "post", 100_000).irreversible(transaction, "post"), last());
    scene.pay(&Ask::new(run, "print", 100_000).irreversible(transaction, "print"), allow());
    scene.complete(transaction, "print", accepted());
    scene.pay(&Ask::new(run, "post", 100_000).irreversible(transaction, "post"), allow());
    scene.finish()
}

fn irreversible_denied() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "transaction-irreversible-denied",
        "A policy may deny what cannot be undone altogether.",
        &[("irreversible = \"last\"", "irreversible = \"deny\"")],
    );
    let transaction = scene.begin(run, &[("print", false)]);
    let ask = Ask::new(run, "print", 100_000).irreversible(transaction, "print");
    scene.pay(&ask, deny(&["transaction"]).because("irreversible"));
    scene.finish()
}

fn undeclared() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-compensation-not-declared",
        "Each payment of a transaction says how it is undone, or that it cannot be.",
    );
    let transaction = scene.begin(run, &[("data", true)]);
    let ask = Ask::new(run, "a", 100_000).reversible(transaction, "data").undeclared();
    scene.pay(&ask, deny(&["transaction"]).because("no-compensation-declared"));
    scene.finish()
}

fn contradicts() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-compensation-contradicts-the-step",
        "What a payment says about undoing it agrees with the declared step.",
    );
    let transaction = scene.begin(run, &[("data", true)]);
    let ask = Ask::new(run, "a", 100_000).irreversible(transaction, "data");
    scene.pay(&ask, deny(&["transaction"]).because("compensation-contradicts-step"));
    let other = scene.open_run_of("run-2", "researcher", "carol");
    let transaction = scene.begin(other, &[("print", false)]);
    let ask = Ask::new(other, "a", 100_000).reversible(transaction, "print");
    scene.pay(&ask, deny(&["transaction"]).because("compensation-contradicts-step"));
    scene.finish()
}

fn begin_limits() -> Decision {
    let (mut scene, run) = Scene::plain(
        "transaction-begin-limits",
        "A deadline lies ahead, at most as far as the policy allows; names are not used twice.",
    );
    let steps = [("data", true)];
    // The command comes a millisecond after the last one.
    let furthest = scene.later(1 + 1_800_000 + 1);
    scene.begin_due(run, "a", &steps, furthest, refused(&["bad-deadline"]));
    scene.begin_due(run, "a", &steps, furthest, accepted());
    let now = scene.later(1);
    scene.begin_due(run, "b", &steps, now, refused(&["bad-deadline"]));
    let later = scene.later(600_000);
    scene.begin_due(run, "a", &steps, later, refused(&["id-taken"]));
    scene.begin_due(run, "b", &[("data", true), ("data", false)], later, refused(&["id-taken"]));
    scene.begin_due(run, "b", &[], later, refused(&["too-many"]));
    scene.begin_due(Index::new(1), "b", &steps, later, refused(&["unknown-run"]));
    scene.finish()
}

fn close_run() -> Decision {
    let (mut scene, run) =
        Scene::plain("transaction-open-when-its-run-closes", "A run with an open transaction is not closed.");
    let transaction = scene.begin(run, &[("data", true)]);
    scene.record(Command::CloseRun { run }, refused(&["transaction-open"]));
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    scene.record(Command::CloseRun { run }, accepted());
    scene.record(Command::CloseRun { run }, refused(&["unknown-run"]));
    scene.finish()
}
