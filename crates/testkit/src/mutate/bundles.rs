//! Edits of bundles: of the log that they are of, by an operator who lives the lie to the end, and of their own parts.
//!
//! The operator has the whole lying log: places, roots, signatures, the state digests of later heartbeats and the
//! proofs of the bundle are all made to fit what is said. What a bundle shows all the same stands in `docs/format.md`,
//! section 9; [`Shows`] says it once more for one edited record, from that table.

use counterfoil_audit::bundle::{Bundle, Bytes, StoodAt, examine};
use counterfoil_audit::{Report, Trust, Verdict};
use counterfoil_decide::{State, Step};
use counterfoil_enforce::Signer as _;
use counterfoil_record::Verdict as Judgement;
use counterfoil_record::statement::{SignedStatement, SubjectKind};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Index, Input, Record, SignedRecord};

use super::base::{Base, pinned, secret};
use super::draw::Draw;
use super::edit::{Edit, change_value, tell};
use super::lie;
use super::oracle::{Class, Judged, judged, leaf};
use super::repair::{Item, Repair, Touched, repaired, state_in};
use super::tree::{self, CHANGES, Change};
use crate::script::trust;
use crate::{bundles, keys};

/// A log that is alive to its end, with the bundle of each of its payments.
#[derive(Debug)]
pub struct Shelf {
    /// The log.
    pub base: Base,
    /// The bundles, each with the verdict on it under the log's key.
    pub bundles: Vec<(Bundle, Verdict)>,
    pin: Trust,
}

impl Shelf {
    /// The bundles of the payments of `base`, at most so many.
    pub fn new(base: &Base, most: usize) -> Self {
        let state = &base.prefixes.last().unwrap().state;
        let key = state.log_key_at(state.size).unwrap_or(*keys::log().public_key());
        let key = secret(&key).expect("a key of the log");
        let base = Base::new(&base.name, bundles::alive(&base.entries, &key));
        let mut made = Vec::new();
        for payment in bundles::payments(&base.entries) {
            // What was refused before its checks was not decided, and has no bundle.
            let Ok(bundle) = bundles::bundle(&base.entries, &key, &[payment], Some(3)) else { continue };
            let report = examine(&bundle.to_file(), Some(trust()), None, &mut ());
            assert_eq!(report.findings, [], "{} {payment}", base.name);
            made.push((bundle, report.verdict));
        }
        let step = made.len().div_ceil(most).max(1);
        let made = made.into_iter().step_by(step).collect();
        let pin = pinned(&base.entries);
        Self { base, bundles: made, pin }
    }
}

/// What an edited bundle must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// A finding, under the log's key alone.
    Finding,
    /// It is not verified: something that it should show is not there.
    Lack,
    /// Not verified under a pinned checkpoint; what it says otherwise rests on what bundles leave out.
    Pinned,
    /// What the honest one comes to.
    Same,
}

/// An edited bundle.
#[derive(Clone, Debug)]
pub struct Edited {
    /// What was done, for people.
    pub what: String,
    /// The kind of edit, for counts.
    pub kind: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they must come to.
    pub shows: Shows,
}

impl Edited {
    /// The edit of that number under `seed`, of one of the bundles of `shelf`.
    pub fn drawn(shelf: &Shelf, seed: u64, number: u64) -> (usize, Self) {
        let mut draw = Draw::new(seed ^ 0xb0_0d1e, number);
        let at = draw.below(shelf.bundles.len());
        let bundle = &shelf.bundles[at].0;
        let size = u64::try_from(shelf.base.entries.len()).unwrap();
        let edited =
            if draw.below(4) == 0 { own(bundle, size, &mut draw) } else { lie(shelf, bundle, &mut draw) };
        (at, edited)
    }

    /// What is wrong with what the auditor says, if anything is.
    pub fn hold(&self, shelf: &Shelf, honest: Verdict) -> Option<String> {
        let look = |trust: Trust| examine(&self.bytes, Some(trust), None, &mut ());
        let (key, pin) = (look(trust()), look(shelf.pin.clone()));
        let first = |report: &Report| report.findings.first().map(|it| (it.code.code(), it.index));
        let found = !key.findings.is_empty() && key.verdict != Verdict::Verified;
        let right = match self.shows {
            Shows::Finding => found && !pin.findings.is_empty() && pin.verdict != Verdict::Verified,
            Shows::Lack => key.verdict != Verdict::Verified && pin.verdict != Verdict::Verified,
            Shows::Pinned => pin.verdict != Verdict::Verified,
            Shows::Same => key.findings.is_empty() && key.verdict == honest && pin.findings.is_empty(),
        };
        let said = || {
            let (of_key, of_pin) = (first(&key), first(&pin));
            format!(
                "{}: {:?}, but key: {} {of_key:?}, pin: {} {of_pin:?}",
                self.what,
                self.shows,
                key.verdict.word(),
                pin.verdict.word()
            )
        };
        (!right).then(said)
    }
}

/// An edit of the parts of a bundle of a log of `size` records.
fn own(bundle: &Bundle, size: u64, draw: &mut Draw) -> Edited {
    let honest = bundle.to_file();
    let (line, rest) = honest.split_at(21);
    let mut value = tree::read(rest).unwrap();
    let ways = tree::ways(&value);
    let part = draw.below(8);
    let within: Vec<_> = ways.iter().filter(|way| way.first() == Some(&tree::Way::At(part))).collect();
    let way =
        if within.is_empty() { &ways[draw.below(ways.len())] } else { within[draw.below(within.len())] };
    let change = Change { which: draw.below(CHANGES), with: draw.number() };
    tree::edit(&mut value, way, &mut |value| change.to(value));
    let bytes = [line, &tree::write(&value)].concat();
    let part = match way.first() {
        Some(tree::Way::At(0)) => "payments",
        Some(tree::Way::At(1)) => "checkpoint",
        Some(tree::Way::At(2)) => "records",
        Some(tree::Way::At(3)) => "hashes",
        Some(tree::Way::At(4)) if bundle.earlier.is_some() => "earlier",
        Some(_) => "standings",
        None => "whole",
    };
    let shows = match Bundle::from_file(&bytes) {
        _ if bytes == honest => Shows::Same,
        // The proof is only looked at for a pinned checkpoint of that size; the tests pin the bundle's own.
        Ok(other) if (Bundle { earlier: bundle.earlier.clone(), ..other.clone() }) == *bundle => {
            let pins = other.earlier.is_some_and(|earlier| earlier.size == size);
            if pins { Shows::Pinned } else { Shows::Same }
        }
        // Another payment that is shown may be followed as well, but for its end.
        Ok(_) if matches!(part, "standings" | "whole" | "payments") => Shows::Lack,
        _ => Shows::Finding,
    };
    Edited { what: format!("{part} {way:?} {change:?}"), kind: format!("its own {part}"), bytes, shows }
}

/// An edit of a shown record, with the rest of the log and the bundle made to fit it.
fn lie(shelf: &Shelf, bundle: &Bundle, draw: &mut Draw) -> Edited {
    let base = &shelf.base;
    let at = index(bundle.records[draw.below(bundle.records.len())].index);
    if draw.below(2) == 0 {
        let (kind, with) = (draw.below(lie::LIES), draw.number());
        let mut item = Item { bytes: base.entries[at].clone(), touched: Touched::No };
        tell(&mut item, |record| lie::tell(record, kind, with));
        let (bytes, shows) = told(shelf, bundle, at, item, true);
        let what = format!("record {at}, {}, with {with}", lie::NAMES[kind]);
        return Edited { what, kind: lie::NAMES[kind].into(), bytes, shows };
    }
    let node = Edit::node(base, at, draw);
    let change = Change { which: draw.below(CHANGES), with: draw.number() };
    let signed = draw.below(10) > 0;
    let mut item = Item { bytes: base.entries[at].clone(), touched: Touched::No };
    change_value(&mut item, node, &mut |value, _| change.to(value));
    let part = Edit::Value { record: at, node, change }.part(base).unwrap_or("record");
    let (bytes, shows) = told(shelf, bundle, at, item, signed);
    let what = format!("record {at}, {part}, node {node}, {change:?}, signed {signed}");
    Edited { what, kind: format!("{part} of a record"), bytes, shows }
}

/// The bundle of the log in which record `at` is `item`, and what it must come to.
pub fn told(shelf: &Shelf, bundle: &Bundle, at: usize, item: Item, signed: bool) -> (Vec<u8>, Shows) {
    let base = &shelf.base;
    let mut items: Vec<Item> =
        base.entries.iter().map(|bytes| Item { bytes: bytes.clone(), touched: Touched::No }).collect();
    items[at] = item;
    let entries = if signed { repaired(base, items, Repair::Signature) } else { bytes_of(items) };
    if entries[at] == base.entries[at] {
        return (bundle.to_file(), Shows::Same);
    }
    let (entries, standings) = lived(base, bundle, entries, at);
    let shows = owed(base, bundle, &entries, at);
    let mut told = bundle.clone();
    for shown in &mut told.records {
        shown.entry = Bytes(entries[index(shown.index)].clone());
    }
    let key = base.prefixes.last().unwrap().state.log_key_at(Index::new(u64::MAX));
    let key = key.as_ref().and_then(secret).unwrap_or_else(keys::log);
    told.checkpoint = Bytes(crate::forge::checkpoint(&entries, &key).into_bytes());
    told.standings = standings;
    // With no record taken out, only the proof is made anew.
    let told = bundles::without(&told, &entries, Index::new(u64::MAX));
    (told.to_file(), shows)
}

fn bytes_of(items: Vec<Item>) -> Vec<Vec<u8>> {
    items.into_iter().map(|item| item.bytes).collect()
}

fn index(index: Index) -> usize {
    usize::try_from(index.value()).unwrap()
}

/// The lying log, in which everything after record `at` follows from what the records say came of them, and where its
/// payments stand then.
fn lived(base: &Base, bundle: &Bundle, entries: Vec<Vec<u8>>, at: usize) -> (Vec<Vec<u8>>, Vec<StoodAt>) {
    let mut state = base.prefixes[at].state.clone();
    let mut standings: Vec<StoodAt> =
        bundle.standings.iter().filter(|it| index(it.record) < at).cloned().collect();
    let mut items = Vec::new();
    for (place, bytes) in entries.into_iter().enumerate() {
        let mut item = Item { bytes, touched: Touched::No };
        if place < at {
            items.push(item);
            continue;
        }
        let record = SignedRecord::decode(&item.bytes).ok().map(|it| it.unverified().clone());
        let Some(mut record) = record.filter(|record| index(record.index) == place) else {
            item.touched = Touched::Envelope;
            items.push(item);
            continue;
        };
        let stands = bundle.standings.iter().filter(|it| index(it.record) == place);
        let stands =
            stands.filter_map(|it| Some(StoodAt { stood: state.stood(it.stood.index)?, ..it.clone() }));
        standings.extend(stands);
        if place == at {
            item.touched = Touched::Envelope;
        } else if record.verdict.outcome == Outcome::Accepted {
            state_in(&mut record.input, &state);
            item = Item { bytes: crate::forge::sign(&record, &keys::log()), touched: Touched::No };
        }
        seal_as_said(&mut state, &record, &item.bytes);
        items.push(item);
    }
    standings.sort_by_key(|it| it.stood.index);
    // The signature of the lie is kept as it is: it may be part of the lie.
    let kept = items[at].bytes.clone();
    let mut entries = repaired(base, items, Repair::Places);
    entries[at] = kept;
    (entries, standings)
}

/// Moves the state as the record says that it was moved.
fn seal_as_said(state: &mut State, record: &Record, entry: &[u8]) {
    let said = record.verdict.outcome;
    let decision = match state.step(&record.input, record.time) {
        Step::Record(decision) if decision.verdict.outcome == said => Some(decision.pending),
        _ => state.suppose_decided(&record.input, said, record.time),
    };
    let pending = decision.unwrap_or_else(|| state.suppose_idle(&record.input, &record.verdict, record.time));
    state.seal(pending, leaf(entry));
}

/// What the bundle must come to, when record `at` of the log is a lie.
fn owed(base: &Base, bundle: &Bundle, entries: &[Vec<u8>], at: usize) -> Shows {
    let Judged { class, owed, .. } = judged(base, entries);
    let Class::Broken(Some(first)) = class else { return Shows::Pinned };
    if first != at {
        return Shows::Pinned;
    }
    let honest = &base.records[at];
    let Ok(signed) = SignedRecord::decode(&entries[at]) else { return Shows::Finding };
    let record = signed.unverified();
    let course = super::oracle::Course::of(&base.entries[..at], &base.records[..at]);
    let own_key = course.key.as_ref().and_then(secret).unwrap_or_else(keys::log);
    let placed = record.index == honest.index && record.prev_control == honest.prev_control;
    let is_genesis = at == 0 && (record.input != honest.input || record.prior != honest.prior);
    if crate::forge::sign(record, &own_key) != entries[at]
        || !placed
        || is_genesis
        || record.suppressed.is_some_and(|count| count == 0 || !counts_refusals(&base.records[..at]))
        || record.format != honest.format
    {
        return Shows::Finding;
    }
    let Some(owed) = owed else { return Shows::Pinned };
    if holds(bundle, base, at, &record.verdict, &owed) { Shows::Finding } else { Shows::Pinned }
}

/// Whether the policy in force after these records lets refusals be counted only, by its text.
fn counts_refusals(records: &[Record]) -> bool {
    let adopted = records.iter().rev().filter(|record| record.verdict.outcome == Outcome::Accepted);
    let sources = adopted.filter_map(|record| match &record.input {
        Input::AdoptPolicy(adopt) => Some(String::from_utf8_lossy(adopt.source.as_slice())),
        _ => None,
    });
    sources.take(1).any(|source| source.contains("refusals_per_minute"))
}

/// Whether a bundle holds what record `at` says against what is owed, by the table of `docs/format.md`, section 9.
fn holds(bundle: &Bundle, base: &Base, at: usize, said: &Judgement, owed: &Judgement) -> bool {
    let about = |record: &Record| match &record.input {
        Input::Pay(_) => Some(record.index),
        input => input.payment(),
    };
    let honest = &base.records[at];
    let payment = about(honest);
    let explained = payment.is_some_and(|payment| bundle.payments.contains(&payment));
    let without = |verdict: &Judgement, left: &[Code]| {
        let codes: Vec<Code> = verdict.codes.iter().filter(|code| !left.contains(code)).copied().collect();
        Judgement { codes, ..verdict.clone() }
    };
    // Which record of a run or of a transaction was the one before is believed: it may be left out.
    let answers_phase = match &honest.input {
        Input::Statement(it) => SignedStatement::decode(it.statement.as_slice())
            .is_ok_and(|signed| signed.unverified().kind == SubjectKind::Phase),
        _ => false,
    };
    let chained = honest.input.run().is_some()
        || answers_phase
        || matches!(honest.input, Input::OpenRun(_))
        || matches!(honest.input, Input::CompleteStep(_) | Input::Commit(_) | Input::Abort(_));
    if chained && (Judgement { previous: owed.previous, ..said.clone() }) == *owed {
        return false;
    }
    match &honest.input {
        Input::Pay(_) | Input::Claim(_) if explained => true,
        Input::Start(_) | Input::Stop(_) | Input::Heartbeat(_) | Input::Pay(_) | Input::Claim(_) => false,
        _ if payment.is_none() => true,
        _ if explained => without(said, &[Code::OverLimit]) != without(owed, &[Code::OverLimit]),
        _ => {
            let left = [Code::Unbound, Code::AfterAbort, Code::OverLimit];
            said.outcome != owed.outcome || without(said, &left).codes != without(owed, &left).codes
        }
    }
}
