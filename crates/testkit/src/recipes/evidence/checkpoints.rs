//! Checkpoints that contradict the log, or are none of it.

use counterfoil_audit::Verdict;

use super::{Case, short};
use crate::scene::{Ask, Scene, allow};
use crate::vectors::Evidence;
use crate::{forge, keys};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        rewritten(),
        rolled_back(),
        another_root(),
        another_key(),
        not_a_note(),
        of_another_log(),
        tampered_and_pinned(),
        forked(),
        recreated(),
    ]
}

/// Another honest log of the same key, of ten records.
fn other() -> Vec<Vec<u8>> {
    let (mut scene, run) = Scene::plain("other", "Another log.");
    for key in ["a", "b", "c", "d", "e"] {
        scene.pay(&Ask::new(run, key, 100), allow());
    }
    for _ in 0..2 {
        scene.record(counterfoil_enforce::Command::Stop {}, crate::scene::accepted());
    }
    let entries = scene.script.entries();
    assert_eq!(entries.len(), short().len());
    entries
}

fn rewritten() -> Evidence {
    let shows = "A log written anew under the same key and size contradicts a pinned checkpoint.";
    Case::new("rewritten-at-the-same-size", shows, other())
        .pinned(&short())
        .checkpoint(forge::checkpoint(&other(), &keys::log()))
        .expect(Verdict::Contradiction, &[("root-differs-from-pinned", None)])
}

fn rolled_back() -> Evidence {
    let mut entries = short();
    entries.truncate(6);
    let own = forge::checkpoint(&entries, &keys::log());
    let shows = "A log rolled back to an older checkpoint of its own contradicts a pinned one.";
    Case::new("rolled-back", shows, entries)
        .pinned(&short())
        .checkpoint(own)
        .expect(Verdict::Contradiction, &[("shorter-than-pinned", None)])
}

fn another_root() -> Evidence {
    let shows = "A log's own checkpoint has another root than its records.";
    Case::new("own-checkpoint-of-another-root", shows, short())
        .checkpoint(forge::checkpoint(&other(), &keys::log()))
        .expect(Verdict::Failed, &[("checkpoint-root", None)])
}

fn another_key() -> Evidence {
    let shows = "A log's own checkpoint is signed by another key under the log's name.";
    Case::new("own-checkpoint-of-another-key", shows, short())
        .checkpoint(forge::checkpoint(&short(), &keys::ed25519("mallory")))
        .expect(Verdict::Failed, &[("checkpoint-invalid", None)])
}

fn not_a_note() -> Evidence {
    let shows = "A log's own checkpoint is no signed note.";
    Case::new("own-checkpoint-is-no-note", shows, short())
        .checkpoint("all is well\n".into())
        .expect(Verdict::Failed, &[("checkpoint-invalid", None)])
}

fn of_another_log() -> Evidence {
    let note = forge::checkpoint(&short(), &keys::log()).replacen(
        "log.test.example/agents",
        "log.test.example/others",
        1,
    );
    let shows = "A log's own checkpoint was changed to name another log.";
    Case::new("own-checkpoint-of-another-log", shows, short())
        .checkpoint(note)
        .expect(Verdict::Failed, &[("checkpoint-invalid", None)])
}

fn tampered_and_pinned() -> Evidence {
    let mut entries = short();
    *entries[5].last_mut().unwrap() ^= 1;
    let shows = "Tampering under a pinned checkpoint is a failure, beside the contradiction.";
    Case::new("tampered-against-a-pin", shows, entries)
        .pinned(&short())
        .expect(Verdict::Failed, &[("record-signature", Some(5)), ("root-differs-from-pinned", None)])
}

fn forked() -> Evidence {
    let (mut scene, run) = Scene::plain("short", "The same beginning, written on by another.");
    for key in ["v", "w", "x", "y", "z"] {
        scene.pay(&Ask::new(run, key, 100), allow());
    }
    for _ in 0..2 {
        scene.record(counterfoil_enforce::Command::Stop {}, crate::scene::accepted());
    }
    let fork = scene.script.entries();
    let same = fork.iter().zip(short()).take_while(|(one, other)| **one == *other).count();
    assert_eq!((same, fork.len()), (3, short().len()));
    let shows = "Two writers went on from one beginning; the one that was not pinned contradicts the pin.";
    Case::new("fork-after-two-writers", shows, fork)
        .pinned(&short())
        .expect(Verdict::Contradiction, &[("root-differs-from-pinned", None)])
}

fn recreated() -> Evidence {
    let (mut scene, run) = Scene::plain("anew", "Opened anew.");
    scene.pay(&Ask::new(run, "a", 100), allow());
    let shows =
        "A log opened anew under the same name and key, and shorter, contradicts a pinned checkpoint.";
    Case::new("recreated-under-the-same-name-and-key", shows, scene.script.entries())
        .pinned(&short())
        .expect(Verdict::Contradiction, &[("shorter-than-pinned", None)])
}
