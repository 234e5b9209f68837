//! A log whose key was rotated: each record under the key that signs it, and no other.

use counterfoil_audit::Verdict;
use counterfoil_enforce::Command;
use counterfoil_record::{Hash32, Index, Input, Record};
use counterfoil_tlog::{CompactRange, leaf_hash};

use super::{Case, trust};
use crate::scene::{Ask, Scene, accepted, allow, deny};
use crate::vectors::Evidence;
use crate::{forge, keys, policy};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        honest(),
        by_the_old_key(),
        by_the_new_key_too_early(),
        forked(),
        checkpoint_by_the_new_key(),
        checkpoint_by_the_old_key(),
        pinned_under_a_later_key(),
        compromised(),
        suppressed(),
        suppressed_too_often(),
        suppressed_none(),
        counted_and_recorded(),
    ]
}

/// ```text
/// 0 genesis   1 adopt-policy   2 open-run   3 rotate-key   4 pay: allowed   5 pay: denied
/// ```
pub(super) fn rotated() -> Vec<Vec<u8>> {
    let (mut scene, run) = Scene::plain("rotated", "A log whose key was rotated.");
    let named = |label: &str| keys::named(keys::ORIGIN, label);
    let rotate = Command::RotateKey { old: keys::log_named(), new: named("log-2"), statements: Vec::new() };
    scene.record(rotate, accepted());
    scene.reopen_with("log-2");
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(run, "b", 100_000).offer("/payTo", policy::STRANGER), deny(&["payee"]));
    scene.script.entries()
}

/// The records signed anew, each with the key of its label.
fn resigned(records: &[Record], labels: &[&str]) -> Vec<Vec<u8>> {
    let mut tree = CompactRange::new();
    let mut entries = Vec::new();
    for (record, label) in records.iter().zip(labels) {
        let record = Record { prior: Hash32(*tree.root().bytes()), ..record.clone() };
        let entry = forge::sign(&record, &keys::ed25519(label));
        tree.append(leaf_hash(&entry));
        entries.push(entry);
    }
    entries
}

fn honest() -> Evidence {
    let shows = "A log whose key was rotated verifies under the key that it began with.";
    Case::new("key-rotated", shows, rotated()).verifies()
}

fn by_the_old_key() -> Evidence {
    let labels = ["log", "log", "log", "log", "log-2", "log"];
    let entries = resigned(&forge::records(&rotated()), &labels);
    let shows = "After the rotation the old key signs nothing any more.";
    Case::new("record-by-a-rotated-key", shows, entries).fails("record-of-another-key", 5)
}

fn by_the_new_key_too_early() -> Evidence {
    let labels = ["log", "log", "log-2", "log", "log-2", "log-2"];
    let entries = resigned(&forge::records(&rotated()), &labels);
    let shows = "Before the rotation the new key signs nothing yet.";
    Case::new("record-by-a-key-to-come", shows, entries).fails("record-of-another-key", 2)
}

fn forked() -> Evidence {
    let mut records = forge::records(&rotated());
    let Input::RotateKey(rotate) = &mut records[3].input else { panic!("no rotation") };
    rotate.new = keys::named(keys::ORIGIN, "log-3");
    let entries = resigned(&records, &["log", "log", "log", "log", "log-2", "log-2"]);
    let shows = "The log goes on under another key than the rotation names.";
    Case::new("rotation-forked", shows, entries).fails("record-of-another-key", 4)
}

fn checkpoint_by_the_new_key() -> Evidence {
    let shows = "A checkpoint after the rotation is signed by the new key.";
    Case::new("own-checkpoint-of-the-new-key", shows, rotated())
        .checkpoint(forge::checkpoint(&rotated(), &keys::ed25519("log-2")))
        .verifies()
}

fn checkpoint_by_the_old_key() -> Evidence {
    let shows = "A checkpoint after the rotation that the old key signed is no checkpoint of the log.";
    Case::new("own-checkpoint-of-a-rotated-key", shows, rotated())
        .checkpoint(forge::checkpoint(&rotated(), &keys::log()))
        .expect(Verdict::Failed, &[("checkpoint-invalid", None)])
}

fn pinned_under_a_later_key() -> Evidence {
    let note = forge::checkpoint(&rotated(), &keys::ed25519("log-2"));
    let later = format!("later = [\"{}\"]\n", keys::named(keys::ORIGIN, "log-2"));
    let trust = trust("pinned-checkpoint", Some(&note));
    let shows = "A checkpoint that a later key signed can be pinned beside that key.";
    Case::new("pinned-checkpoint-of-a-later-key", shows, rotated()).trust(Some(later + &trust)).verifies()
}

fn compromised() -> Evidence {
    let mut scene = Scene::new("compromised", "", &policy::plain());
    let revoke = |since: Option<Index>| Command::RevokeKey {
        key: keys::person("alice"),
        since,
        statements: Vec::new(),
    };
    scene.record(revoke(Some(Index::new(1))), accepted());
    let shows =
        "A key that is said to be compromised leaves a sound log sound; the report names what it signed.";
    Case::new("key-compromised", shows, scene.script.entries()).not_checked("compromised-keys").verifies()
}

/// Three refusals are recorded, two only counted; the payment after them says so.
fn flooded() -> Vec<Vec<u8>> {
    let three = ("refusals_per_minute = 60", "refusals_per_minute = 3");
    let (mut scene, run) = Scene::plain_with("flooded", "", &[three]);
    let loops = Ask::new(run, "loop", 100_000).offer("/payTo", policy::STRANGER);
    for _ in 0..3 {
        scene.pay(&loops, deny(&["payee"]));
    }
    for count in 1..=2 {
        scene.step(loops.command(), deny(&["payee"]).counted(count));
    }
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.script.entries()
}

fn suppressed() -> Evidence {
    let shows = "Refusals beyond the policy's rate may be counted only; the next record says how many.";
    Case::new("refusals-counted", shows, flooded()).not_checked("suppressed").verifies()
}

fn suppressed_too_often() -> Evidence {
    let mut records = forge::records(&flooded());
    records[5].suppressed = Some(4);
    let shows = "Refusals are said to have been counted only before the rate was reached.";
    Case::new("refusals-counted-too-early", shows, forge::resign(&records)).fails("suppressed-wrong", 5)
}

fn suppressed_none() -> Evidence {
    let mut records = forge::records(&flooded());
    records[6].suppressed = Some(0);
    let shows = "A record says that no refusal was only counted: that is said by saying nothing.";
    Case::new("refusals-counted-none", shows, forge::resign(&records)).fails("suppressed-wrong", 6)
}

fn counted_and_recorded() -> Evidence {
    let mut records = forge::records(&flooded());
    let again = Record { index: Index::new(6), ..records[5].clone() };
    records[6] = again;
    let shows = "A refusal beyond the rate is recorded: what need not be recorded may not fill the log.";
    Case::new("refusal-beyond-the-rate-recorded", shows, forge::resign(&records)).fails("record-not-owed", 6)
}
