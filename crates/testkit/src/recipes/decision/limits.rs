//! Limits on how many things one thing holds: the most is taken, one more is refused.

use counterfoil_enforce::Command;
use counterfoil_enforce::command::{Attach, PlanItem, Step};
use counterfoil_record::{Amount, Hash32, Index};

use crate::scene::{Scene, accepted, refused};
use crate::vectors::Decision;
use crate::{policy, rail};

pub(super) fn all() -> Vec<Decision> {
    vec![steps(), items(), artefacts()]
}

const TOO_MANY: &[&str] = &["too-many"];

fn steps() -> Decision {
    let (mut scene, run) = Scene::plain("limit-of-steps", "A transaction has at most 64 steps.");
    let begin = |scene: &Scene, id: &str, count: usize| Command::Begin {
        run,
        id: id.parse().unwrap(),
        steps: (0..count).map(|n| Step { id: format!("s{n}").parse().unwrap(), reversible: true }).collect(),
        deadline: scene.later(600_000),
    };
    let (most, more) = (begin(&scene, "most", 64), begin(&scene, "more", 65));
    scene.record(more, refused(TOO_MANY));
    scene.record(most, accepted());
    scene.finish()
}

fn attach(run: Index, name: &str, items: usize) -> Command {
    let item = |n: usize| PlanItem {
        id: format!("i{n}").parse().unwrap(),
        category: "data".parse().unwrap(),
        payee: format!("{}:{}", rail::CHAIN, rail::SELLER).parse().unwrap(),
        asset: "usdc".parse().unwrap(),
        ceiling: Amount::new(1),
    };
    Command::Attach(Attach {
        run,
        name: name.parse().unwrap(),
        media_type: "text/plain".parse().unwrap(),
        digest: Hash32::of(&[name.as_bytes()]),
        items: (0..items).map(item).collect(),
    })
}

fn items() -> Decision {
    let mut scene = Scene::new("limit-of-plan-items", "A plan has at most 256 items.", &policy::full());
    let run = scene.open_run();
    scene.record(attach(run, "plan", 257), refused(TOO_MANY));
    scene.record(attach(run, "plan", 256), accepted());
    scene.finish()
}

fn artefacts() -> Decision {
    let shows = "A run holds at most 64 artefacts; one that is there may still be replaced.";
    let mut scene = Scene::new("limit-of-artefacts", shows, &policy::full());
    let run = scene.open_run();
    for n in 0..64 {
        scene.record(attach(run, &format!("a{n}"), 0), accepted());
    }
    scene.record(attach(run, "a64", 0), refused(TOO_MANY));
    scene.record(attach(run, "a0", 0), accepted());
    scene.finish()
}
