//! Bundles of the logs that the tests make.

use counterfoil_audit::bundle::{Bundle, Gather, GatherError, examine};
use counterfoil_audit::{Auditor, Observer as _, Report, Story, Verdict};
use counterfoil_enforce::FileKey;
use counterfoil_record::{Index, Input, input};

use crate::script::trust;
use crate::{forge, keys};

/// `entries` with a heartbeat after them, signed by `key`.
pub fn alive(entries: &[Vec<u8>], key: &FileKey) -> Vec<Vec<u8>> {
    let state = forge::followed(entries).state().digest();
    let record = forge::next(entries, Input::Heartbeat(input::Heartbeat { state }));
    let mut entries = entries.to_vec();
    entries.push(forge::sign(&record, key));
    entries
}

/// Every payment that the log was asked for.
pub fn payments(entries: &[Vec<u8>]) -> Vec<Index> {
    let records = forge::records(entries);
    let asked = records.iter().filter(|record| matches!(record.input, Input::Pay(_)));
    asked.map(|record| record.index).collect()
}

/// The stories of `payments`, as an audit tells them.
pub fn stories(entries: &[Vec<u8>], payments: &[Index]) -> Vec<Story> {
    let records = forge::records(entries);
    let find = |index: &Index| records.iter().find(|record| record.index == *index).and_then(Story::of);
    let mut stories: Vec<Story> = payments.iter().filter_map(find).collect();
    let mut auditor = Auditor::new(Some(trust()), None);
    for entry in entries {
        let checked = auditor.push(entry).unwrap_or_else(|| panic!("{:?}", auditor.findings()));
        for story in &mut stories {
            story.after(&checked, auditor.state());
        }
    }
    stories
}

/// What explains `payments` under a checkpoint of all of `entries`, signed by `key`.
///
/// # Errors
/// As [`GatherError`] says.
pub fn bundle(
    entries: &[Vec<u8>],
    key: &FileKey,
    payments: &[Index],
    since: Option<u64>,
) -> Result<Bundle, GatherError> {
    under(entries, forge::checkpoint(entries, key), payments, since)
}

/// The same, of a log that may have grown past its `checkpoint`.
///
/// # Errors
/// As [`GatherError`] says.
pub fn under(
    entries: &[Vec<u8>],
    checkpoint: String,
    payments: &[Index],
    since: Option<u64>,
) -> Result<Bundle, GatherError> {
    let mut gather = Gather::new(stories(entries, payments), checkpoint)?;
    for entry in entries {
        gather.push(entry)?;
    }
    gather.turn();
    for entry in entries {
        gather.push(entry)?;
    }
    let read = |index: Index| usize::try_from(index.value()).ok().and_then(|at| entries.get(at).cloned());
    gather.finish(since, &mut |index| read(index).ok_or_else(|| "no such record".into()))
}

/// The bundle of `payments` under a heartbeat after `entries`, which has no finding, and is never verified without one of
/// its records; and the report on it.
pub fn followed(entries: &[Vec<u8>], payments: &[Index]) -> (Bundle, Report) {
    let entries = alive(entries, &keys::log());
    let bundle = bundle(&entries, &keys::log(), payments, None).unwrap();
    let report = examine(&bundle.to_file(), Some(trust()), None, &mut ());
    assert_eq!(report.findings, []);
    assert_needs_each("the bundle", &bundle, &entries);
    (bundle, report)
}

/// Without any one of its records the bundle is not verified, nor what it was with all of them.
pub fn assert_needs_each(name: &str, bundle: &Bundle, entries: &[Vec<u8>]) {
    let look = |bundle: &Bundle| examine(&bundle.to_file(), Some(trust()), None, &mut ());
    let whole = look(bundle).verdict;
    for shown in &bundle.records {
        let less = look(&without(bundle, entries, shown.index));
        let is_less = less.verdict != Verdict::Verified && less.verdict != whole;
        assert!(is_less, "{name}, without {}: {:?} {:?}", shown.index, less.verdict, less.findings);
    }
}

/// The same bundle without the record of that index, as somebody makes it who has the whole log.
pub fn without(bundle: &Bundle, entries: &[Vec<u8>], index: Index) -> Bundle {
    let mut less = bundle.clone();
    less.records.retain(|shown| shown.index != index);
    let mut tree = counterfoil_tlog::MemoryTree::new();
    for entry in entries {
        tree.append(counterfoil_tlog::leaf_hash(entry));
    }
    let indices: Vec<u64> = less.records.iter().map(|shown| shown.index.value()).collect();
    let hashes = counterfoil_tlog::prove_inclusions(&tree, &indices, tree.size()).unwrap_or_default();
    less.hashes = hashes.iter().map(|hash| counterfoil_record::Hash32(*hash.bytes())).collect();
    less
}
