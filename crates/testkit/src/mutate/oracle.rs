//! What an edit came to, told without the auditor: by comparing bytes, by a tree hashed in the plainest way, and by the
//! reference of the decision. The one thing taken from the decision itself is the digest of the state, which nothing
//! else can compute.

use counterfoil_decide::Step;
use counterfoil_record::key::PublicKey;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{FORMAT, Fixed, Hash32, Index, Input, Record, SignedRecord, Time, Verdict};

use super::base::{Base, secret};
use crate::keys;
use crate::reference::Answer;

/// What an edit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something does not follow: the first is at this place; nothing at all is there where it is none.
    Broken(Option<usize>),
    /// Another history, consistent in itself, that the base is not the beginning of.
    Another,
    /// The base and more, all of which follows.
    Grown,
    /// The same bytes.
    Same,
}

impl Class {
    /// The number of the class in the counts: 1, 2 or 3.
    pub const fn number(self) -> usize {
        match self {
            Self::Broken(_) => 1,
            Self::Another => 2,
            Self::Grown | Self::Same => 3,
        }
    }
}

/// How many entries of `base` the edited log begins with.
pub fn common(base: &Base, entries: &[Vec<u8>]) -> usize {
    base.entries.iter().zip(entries).take_while(|(one, other)| one == other).count()
}

/// The RFC 9162 root over `leaves`, by its definition.
pub fn root(leaves: &[Hash32]) -> Hash32 {
    match leaves {
        [] => Hash32::of(&[]),
        [leaf] => *leaf,
        _ => {
            let mut half = 1;
            while half * 2 < leaves.len() {
                half *= 2;
            }
            Hash32::of(&[&[1], root(&leaves[..half]).bytes(), root(&leaves[half..]).bytes()])
        }
    }
}

/// The same over entries.
pub fn root_of(entries: &[Vec<u8>]) -> Hash32 {
    root(&entries.iter().map(|entry| leaf(entry.as_slice())).collect::<Vec<_>>())
}

/// The leaf hash of an entry.
pub fn leaf(entry: &[u8]) -> Hash32 {
    Hash32::of(&[&[0], entry])
}

/// What stands in a log besides its decisions, kept as its records come.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The leaf hashes.
    pub leaves: Vec<Hash32>,
    /// The last record that was accepted and is of a control kind.
    pub control: Option<usize>,
    /// The key that signs next.
    pub key: Option<PublicKey>,
    /// The latest time that was not refused.
    pub time: Option<Time>,
}

impl Course {
    /// After these records.
    pub fn of(entries: &[Vec<u8>], records: &[Record]) -> Self {
        let mut course = Self::default();
        for (entry, record) in entries.iter().zip(records) {
            course.push(entry, record);
        }
        course
    }

    /// Takes a record.
    pub fn push(&mut self, entry: &[u8], record: &Record) {
        let accepted = record.verdict.outcome == Outcome::Accepted;
        let control = matches!(
            record.input,
            Input::Genesis(_)
                | Input::AdoptPolicy(_)
                | Input::RotateKey(_)
                | Input::RevokeKey(_)
                | Input::Suspend(_)
                | Input::Resume(_)
        );
        let untimely = |code: &Code| matches!(code, Code::TimeWentBack | Code::ClockJump);
        let clock = matches!(record.input, Input::Clock(_)) && !accepted;
        if !clock && !record.verdict.codes.iter().any(untimely) {
            self.time = Some(record.time);
        }
        if accepted && control {
            self.control = Some(self.leaves.len());
        }
        match &record.input {
            Input::Genesis(genesis) if self.leaves.is_empty() => self.key = key_of(&genesis.log_key),
            Input::RotateKey(rotate)
                if accepted && self.key.is_some_and(|key| key.thumbprint() == rotate.old) =>
            {
                self.key = Some(*rotate.new.key());
            }
            _ => {}
        }
        self.leaves.push(leaf(entry));
    }
}

fn key_of(bytes: &Fixed<32>) -> Option<PublicKey> {
    PublicKey::from_bytes(bytes.0).ok()
}

/// What a log came to, and what the first decision that does not follow should have been.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it came to.
    pub class: Class,
    /// What is owed where the record is in its place and its verdict does not follow.
    pub owed: Option<Verdict>,
}

/// What `entries`, made from `base`, come to.
pub fn judge(base: &Base, entries: &[Vec<u8>]) -> Class {
    judged(base, entries).class
}

/// The same, with what is owed.
pub fn judged(base: &Base, entries: &[Vec<u8>]) -> Judged {
    let mut owed = None;
    let class = follow(base, entries, &mut owed);
    Judged { class, owed }
}

fn follow(base: &Base, entries: &[Vec<u8>], due: &mut Option<Verdict>) -> Class {
    let common = common(base, entries);
    if entries.is_empty() {
        return Class::Broken(None);
    }
    if common == base.entries.len() && common == entries.len() {
        return Class::Same;
    }
    let mut course = Course::of(&base.entries[..common], &base.records[..common]);
    let mut reference = base.prefixes[common].reference.clone();
    let mut state = base.prefixes[common].state.clone();
    for (at, entry) in entries.iter().enumerate().skip(common) {
        let broken = Class::Broken(Some(at));
        let Some(record) = in_place(&course, at, entry) else { return broken };
        if course.time.is_some_and(|time| record.time < time) {
            return broken;
        }
        if record.suppressed.is_some_and(|count| count == 0 || !reference.may_suppress()) {
            return broken;
        }
        let owed = reference.step(&record.input, record.time, state.digest());
        if owed != Answer::Record(record.verdict.clone()) {
            if let Answer::Record(owed) = owed {
                *due = Some(owed);
            }
            return broken;
        }
        if at == 0 && record.verdict.outcome != Outcome::Accepted {
            return broken;
        }
        let leaf = leaf(entry);
        if let Step::Record(decision) = state.step(&record.input, record.time) {
            state.seal(decision.pending, leaf);
        }
        course.push(entry, &record);
        reference.push(record.input, record.time, record.verdict, leaf, record.suppressed);
    }
    if common == base.entries.len() { Class::Grown } else { Class::Another }
}

/// The record in `entry`, if it is what the log's key of that place signs of it, for that place. Ed25519 gives one
/// signature for the same bytes, and a record has one encoding: so its entry can be written anew and compared.
fn in_place(course: &Course, at: usize, entry: &[u8]) -> Option<Record> {
    let record = SignedRecord::decode(entry).ok()?.unverified().clone();
    let named = keys::log_named();
    let key = if at == 0 {
        let Input::Genesis(genesis) = &record.input else { return None };
        let known = genesis.format == FORMAT && genesis.semantics == counterfoil_decide::SEMANTICS;
        let ours = genesis.origin == *named.name() && genesis.log_key.0 == *named.key().bytes();
        (known && ours).then(|| *named.key())?
    } else {
        course.key?
    };
    let place = u64::try_from(at).unwrap();
    let control = course.control.map(|at| u64::try_from(at).unwrap());
    let follows = record.format == FORMAT
        && record.index.value() == place
        && record.prior == root(&course.leaves)
        && record.prev_control.map(Index::value) == control;
    (follows && crate::forge::sign(&record, &secret(&key)?) == entry).then_some(record)
}
