//! Windows by the calendar, at a fixed offset from UTC.

use counterfoil_enforce::Command;
use counterfoil_record::Index;

use crate::policy;
use crate::scene::{Ask, Scene, accepted, accepted_with, allow, deny};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![month(), week(), day(), hour(), late_fact(), policy_change()]
}

/// Scripts begin on Monday 2026-11-23 at midnight UTC.
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// The plain policy with 0.30 in each window of this kind.
fn every(name: &'static str, shows: &'static str, period: &str, offset: &str) -> (Scene, Index) {
    let window = format!("every = \"{period}\", utc_offset = \"{offset}\"");
    Scene::plain_with(
        name,
        shows,
        &[
            ("every = \"month\", utc_offset = \"+01:00\"", &window),
            ("limit = \"400.00 usdc\"", "limit = \"0.30 usdc\""),
        ],
    )
}

/// Up to `millis` after the beginning, in steps that the clock may make.
fn walk(scene: &mut Scene, millis: u64) {
    while scene.elapsed() + 2 * DAY < millis {
        let next = scene.elapsed() + 2 * DAY;
        scene.at(next).record(Command::Heartbeat {}, accepted());
    }
}

/// 0.30 before `end`, nothing in the last millisecond, and 0.30 again from `end` on.
fn boundary(mut scene: Scene, run: Index, end: u64) -> Decision {
    scene.pay(&Ask::new(run, "a", 200_000), allow());
    walk(&mut scene, end - 2);
    scene.at(end - 2).pay(&Ask::new(run, "b", 100_000), allow());
    scene.at(end - 1).pay(&Ask::new(run, "c", 1), deny(&["budget:month"]));
    scene.at(end).pay(&Ask::new(run, "c", 200_000), allow());
    scene.pay(&Ask::new(run, "d", 100_001), deny(&["budget:month"]));
    scene.pay(&Ask::new(run, "d", 100_000), allow());
    scene.finish()
}

fn month() -> Decision {
    let shows = "A month begins at midnight of the clock at the given offset, an hour before UTC's.";
    let (scene, run) = every("budget-calendar-month", shows, "month", "+01:00");
    boundary(scene, run, 8 * DAY - HOUR)
}

fn week() -> Decision {
    let shows = "A week begins on Monday; half past five west of UTC it begins later.";
    let (scene, run) = every("budget-calendar-week", shows, "week", "-05:30");
    // The script begins on Sunday there.
    boundary(scene, run, 5 * HOUR + HOUR / 2)
}

fn day() -> Decision {
    let (scene, run) = every("budget-calendar-day", "A day ends at midnight.", "day", "+14:00");
    boundary(scene, run, 10 * HOUR)
}

fn hour() -> Decision {
    let shows = "An hour ends at the full hour of a clock that is 45 minutes off.";
    let (scene, run) = every("budget-calendar-hour", shows, "hour", "+05:45");
    boundary(scene, run, HOUR / 4)
}

fn late_fact() -> Decision {
    let shows = "A payment counts in the window of its allow, whenever it settles.";
    let (mut scene, run) = every("budget-calendar-late-fact", shows, "hour", "+00:00");
    let first = scene.pay(&Ask::new(run, "a", 200_000), allow());
    scene.bind_exactly(&first);
    scene.at(HOUR).pay(&Ask::new(run, "b", 200_000), allow());
    scene.settle(first.index, 900_000, accepted_with(&["excess"]));
    scene.pay(&Ask::new(run, "c", 100_001), deny(&["budget:month"]));
    scene.pay(&Ask::new(run, "c", 100_000), allow());
    scene.finish()
}

fn policy_change() -> Decision {
    let shows = "A new limit under the same id goes on from what the window has counted.";
    let (mut scene, run) = every("budget-calendar-goes-on-under-a-new-policy", shows, "day", "+00:00");
    scene.pay(&Ask::new(run, "a", 200_000), allow());
    let window = "every = \"day\", utc_offset = \"+00:00\"";
    let raised = policy::plain_with(&[
        ("every = \"month\", utc_offset = \"+01:00\"", window),
        ("limit = \"400.00 usdc\"", "limit = \"0.40 usdc\""),
    ]);
    scene.adopt(&policy::version(&raised, 2), accepted());
    scene.pay(&Ask::new(run, "b", 200_001), deny(&["budget:month"]));
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.finish()
}
