//! What is only counted, what made no sense, and what is forgotten.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::Command;
use counterfoil_record::Index;

use crate::policy::STRANGER;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, deny, refused};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        flood(),
        apart(),
        not_what_is_about_nothing(),
        unreadable(),
        facts_are_recorded(),
        over_limit(),
        forgotten(),
        claimable_is_not_forgotten(),
        flapping_clock(),
        owed_is_not_forgotten(),
        may_come_to_be_owed(),
    ]
}

const DAY: u64 = 86_400_000;
const THREE: (&str, &str) = ("refusals_per_minute = 60", "refusals_per_minute = 3");

fn stranger(run: Index) -> Ask {
    Ask::new(run, "loop", 100_000).offer("/payTo", STRANGER)
}

fn flood() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "flood-is-only-counted",
        "Beyond the rate refusals are answered and counted; the next record says how many, and the next minute \
         records again.",
        &[THREE],
    );
    for _ in 0..3 {
        scene.pay(&stranger(run), deny(&["payee"]));
    }
    for count in 1..=4 {
        scene.step(stranger(run).command(), deny(&["payee"]).counted(count));
    }
    let next = scene.pay(&Ask::new(run, "a", 100_000), allow());
    let state = scene.script.core.state();
    assert_eq!(state.size, next.index.next());
    scene.step(stranger(run).command(), deny(&["payee"]).counted(1));
    scene.at(60_000).pay(&stranger(run), deny(&["payee"]));
    scene.finish()
}

fn apart() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "flood-of-one-run-hides-no-other",
        "Each run has a count of its own: one that loops does not keep another's refusals from the record.",
        &[THREE],
    );
    let other = scene.open_run_of("run-2", "scout", "dave");
    for _ in 0..3 {
        scene.pay(&stranger(run), deny(&["payee"]));
    }
    scene.step(stranger(run).command(), deny(&["payee"]).counted(1));
    scene.pay(&stranger(other), deny(&["payee"]));
    scene.enter(other, "explore", refused(&["conditions-not-met"]).failing(&["edge"]));
    scene.finish()
}

fn not_what_is_about_nothing() -> Decision {
    let (mut scene, _) = Scene::plain_with(
        "flood-about-no-open-run",
        "Refusals that name no open run have one count together.",
        &[THREE],
    );
    for run in [70, 71, 72] {
        scene.record(Command::CloseRun { run: Index::new(run) }, refused(&["unknown-run"]));
    }
    let close = Command::CloseRun { run: Index::new(73) };
    scene.step(close, refused(&["unknown-run"]).counted(1));
    scene.step(Command::Claim { payment: Index::new(70) }, refused(&["unknown-payment"]).counted(2));
    scene.finish()
}

fn unreadable() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "unreadable-bytes",
        "What came in and made no sense is recorded by length and digest, as often as refusals are.",
        &[THREE],
    );
    let noise = |class: &str| Command::Unreadable {
        class: class.parse().unwrap(),
        offset: 4,
        bytes: STANDARD.encode(b"{\"x4"),
    };
    for _ in 0..3 {
        scene.record(noise("payment-required"), accepted());
    }
    scene.step(noise("payment-required"), accepted().counted(1));
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn facts_are_recorded() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "flood-hides-no-fact",
        "A refusal that changes something, and every fact, is recorded whatever the rate.",
        &[THREE],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 100_000), allow());
    for at in [70, 71, 72] {
        scene.record(Command::CloseRun { run: Index::new(at) }, refused(&["unknown-run"]));
    }
    let mut longer = scene.signing(&allowed);
    longer.authorization.valid_before += 60;
    scene.bind(allowed.index, &longer, refused(&["bind-mismatch"]).failing(&["lifetime"]));
    scene.unknown(Index::new(99), accepted_with(&["unmatched"]));
    scene.finish()
}

fn over_limit() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-takes-a-budget-over-its-limit",
        "A fact that takes a budget over its limit is counted, and says so.",
        &[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    scene.settle(allowed.index, 300_001, accepted_with(&["excess", "over-limit"]));
    scene.pay(&Ask::new(run, "b", 1), deny(&["budget:run-total"]));
    scene.finish()
}

const HORIZON: (&str, &str) = ("match_horizon = \"90d\"", "match_horizon = \"2d\"");

fn forgotten() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "fact-after-the-horizon",
        "A payment that ended is matchable for the horizon; a later fact about it is unmatched, and what it spent \
         stays spent.",
        &[HORIZON, ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    let settled = scene.settle(allowed.index, 200_000, accepted());
    let end = settled.time.millis() - crate::script::START + 2 * DAY;
    // At exactly the horizon it is known; that fact keeps it for as long again.
    scene.at(end).settle(allowed.index, 200_000, accepted_with(&["contradicts"]));
    scene.at(2 * end).record(Command::Heartbeat {}, accepted());
    let later = scene.elapsed() + DAY;
    scene.at(later).record(Command::Heartbeat {}, accepted());
    scene.settle(allowed.index, 200_000, accepted_with(&["unmatched"]));
    scene.pay(&Ask::new(run, "b", 100_001), deny(&["budget:run-total"]));
    scene.pay(&Ask::new(run, "b", 100_000), allow());
    scene.finish()
}

fn owed_is_not_forgotten() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "obligation-outlives-the-horizon",
        "What a failed transaction is owed is not forgotten, however long it takes.",
        &[HORIZON],
    );
    let transaction = scene.begin(run, &[("a", true)]);
    let paid = scene.pay(&Ask::new(run, "a", 100_000).reversible(transaction, "a"), allow());
    scene.bind_exactly(&paid);
    scene.settle(paid.index, 100_000, accepted());
    scene.record(Command::Abort { transaction, reason: None }, accepted());
    for days in [2, 4, 6, 8] {
        scene.at(days * DAY + 1_000).record(Command::Heartbeat {}, accepted());
    }
    scene.compensate(paid.index, 100_000, accepted());
    for days in [10, 11, 13] {
        scene.at(days * DAY + 2_000).record(Command::Heartbeat {}, accepted());
    }
    scene.compensate(paid.index, 1, accepted_with(&["unmatched"]));
    scene.finish()
}

fn may_come_to_be_owed() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "settled-payment-of-an-uncommitted-transaction-is-kept",
        "A payment whose transaction may still fail, or has by its deadline, is kept past the horizon.",
        &[HORIZON],
    );
    let transaction = scene.begin(run, &[("a", true)]);
    let paid = scene.pay(&Ask::new(run, "a", 100_000).reversible(transaction, "a"), allow());
    scene.bind_exactly(&paid);
    scene.settle(paid.index, 100_000, accepted());
    for days in [2, 4, 6] {
        scene.at(days * DAY + 1_000).record(Command::Heartbeat {}, accepted());
    }
    let state = scene.script.core.state();
    assert_eq!(state.obligations_at(state.time).len(), 1);
    scene.compensate(paid.index, 100_000, accepted());
    scene.finish()
}

fn claimable_is_not_forgotten() -> Decision {
    let (mut scene, run) = Scene::plain_with(
        "payment-that-can-still-settle-is-not-forgotten",
        "However short the horizon, a payment is known as long as what was signed for it can settle.",
        &[
            ("match_horizon = \"90d\"", "match_horizon = \"1s\""),
            ("releases = \"chain\"", "releases = \"payee\""),
            ("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\""),
        ],
    );
    let allowed = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&allowed);
    scene.fail(allowed.index, accepted());
    // The permit holds for ten minutes, and finality takes two.
    scene.at(720_000).record(Command::Heartbeat {}, accepted());
    scene.settle(allowed.index, 200_000, accepted_with(&["late"]));
    scene.pay(&Ask::new(run, "b", 100_001), deny(&["budget:run-total"]));
    scene.at(730_000).record(Command::Heartbeat {}, accepted());
    scene.settle(allowed.index, 200_000, accepted_with(&["unmatched"]));
    scene.finish()
}

fn flapping_clock() -> Decision {
    let (mut scene, _) = Scene::plain_with(
        "flood-under-a-clock-that-flaps",
        "A time that is refused begins no new minute, so that a clock that flaps cannot fill the log.",
        &[THREE],
    );
    let close = || Command::CloseRun { run: Index::new(70) };
    for far in [100 * DAY, 200 * DAY, 300 * DAY] {
        scene.back_at(far).record(close(), refused(&["clock-jump"]));
    }
    scene.back_at(400 * DAY).step(close(), refused(&["clock-jump"]).counted(1));
    scene.back_at(1_000).step(close(), refused(&["unknown-run"]).counted(2));
    scene.finish()
}
