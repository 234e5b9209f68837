//! Records deleted, inserted, repeated, reordered, and cut off.

use counterfoil_audit::Verdict;
use counterfoil_record::{Input, input};

use super::{Case, short, trust};
use crate::vectors::Evidence;
use crate::{forge, keys};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        empty(),
        empty_against_a_pin(),
        deleted(),
        inserted(),
        duplicated(),
        reordered(),
        no_genesis(),
        cut_without_a_pin(),
        cut_against_a_pin(),
        cut_against_its_own_checkpoint(),
    ]
}

fn empty() -> Evidence {
    let case = Case::new("empty-log", "There is nothing to verify in an empty log.", Vec::new());
    case.expect(Verdict::Failed, &[("empty-log", None)])
}

fn empty_against_a_pin() -> Evidence {
    let case = Case::new("empty-log-against-a-pin", "The whole log is gone.", Vec::new()).pinned(&short());
    case.expect(Verdict::Failed, &[("empty-log", None), ("shorter-than-pinned", None)])
}

fn deleted() -> Evidence {
    let mut entries = short();
    entries.remove(4);
    Case::new("record-deleted", "A record is taken out of the middle.", entries).fails("index-wrong", 4)
}

fn inserted() -> Evidence {
    let mut entries = short();
    let state = forge::followed(&entries[..5]).state().digest();
    let record = forge::next(&entries[..5], Input::Stop(input::Stop { state }));
    entries.insert(5, forge::sign(&record, &keys::log()));
    let shows = "A record that follows is put into the middle; the one after it does not fit any more.";
    Case::new("record-inserted", shows, entries).fails("index-wrong", 6)
}

fn duplicated() -> Evidence {
    let mut entries = short();
    entries.insert(5, entries[4].clone());
    Case::new("record-duplicated", "A record stands there twice.", entries).fails("index-wrong", 5)
}

fn reordered() -> Evidence {
    let mut entries = short();
    entries.swap(7, 8);
    Case::new("records-reordered", "Two records are swapped.", entries).fails("index-wrong", 7)
}

fn no_genesis() -> Evidence {
    let mut entries = short();
    entries.remove(0);
    Case::new("first-record-is-no-genesis", "A log begins with its genesis.", entries).fails("no-genesis", 0)
}

fn cut_without_a_pin() -> Evidence {
    let mut entries = short();
    entries.truncate(8);
    let shows = "A log cut at its end looks the same without a pinned checkpoint; the report says what was not checked.";
    Case::new("tail-cut-without-a-pin", shows, entries).trust(Some(trust("log-key", None))).verifies()
}

fn cut_against_a_pin() -> Evidence {
    let mut entries = short();
    entries.truncate(8);
    let case =
        Case::new("tail-cut-against-a-pin", "A log cut below a pinned checkpoint contradicts it.", entries);
    case.pinned(&short()).expect(Verdict::Contradiction, &[("shorter-than-pinned", None)])
}

fn cut_against_its_own_checkpoint() -> Evidence {
    let mut entries = short();
    entries.truncate(8);
    let shows = "A log is shorter than its own checkpoint says.";
    Case::new("tail-cut-against-its-own-checkpoint", shows, entries)
        .checkpoint(forge::checkpoint(&short(), &keys::log()))
        .expect(Verdict::Failed, &[("checkpoint-beyond-log", None)])
}
