//! What an attacker who holds the log's keys makes good after an edit.

use ciborium::Value;
use counterfoil_decide::{State, Step};
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_record::{FORMAT, Hash32, Index, Input, Record, SignedRecord};

use super::base::{Base, secret};
use super::oracle::{Course, common, root};
use super::tree;
use crate::keys;

/// How far an edit is made good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Not at all: whoever edits has no key.
    Nothing,
    /// What was edited is signed again.
    Signature,
    /// Every record gets its place, the root before it and the last control record, and is signed; what was edited keeps
    /// what was edited.
    Places,
    /// Everything from the edit on is decided anew, as an honest core would have.
    Decisions,
}

impl Repair {
    /// Every level, the least first.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Signature, Self::Places, Self::Decisions];

    /// What counts name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "as it is",
            Self::Signature => "signed",
            Self::Places => "signed in its place",
            Self::Decisions => "decided anew",
        }
    }
}

/// What was done to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// Nothing, or it was moved.
    No,
    /// Something in its payload.
    Payload,
    /// Something in its header, or around both.
    Envelope,
}

/// An entry under edit.
#[derive(Clone, Debug)]
pub struct Item {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What was done to them.
    pub touched: Touched,
}

/// The entries that come of `items` under `repair`.
pub fn repaired(base: &Base, items: Vec<Item>, repair: Repair) -> Vec<Vec<u8>> {
    let bytes: Vec<Vec<u8>> = items.iter().map(|item| item.bytes.clone()).collect();
    let same = common(base, &bytes);
    if repair == Repair::Nothing || same == base.entries.len() && same == bytes.len() {
        return bytes;
    }
    if repair == Repair::Decisions {
        return decided(base, same, &bytes[same..]);
    }
    let mut course = Course::of(&base.entries[..same], &base.records[..same]);
    let mut entries = base.entries[..same].to_vec();
    for (at, item) in items.into_iter().enumerate().skip(same) {
        let key = course.key.as_ref().and_then(secret).unwrap_or_else(keys::log);
        let record = SignedRecord::decode(&item.bytes).ok().map(|it| it.unverified().clone());
        let entry = match record {
            Some(record) if repair == Repair::Places && item.touched == Touched::No => {
                let placed = Record {
                    index: Index::new(u64::try_from(at).unwrap()),
                    prior: root(&course.leaves),
                    prev_control: course.control.map(|at| Index::new(u64::try_from(at).unwrap())),
                    ..record
                };
                sign(&placed, &key).unwrap_or(item.bytes)
            }
            Some(record) if item.touched == Touched::Payload => sign(&record, &key).unwrap_or(item.bytes),
            _ if item.touched == Touched::No => item.bytes,
            _ => sign_as_it_is(&item.bytes, &key).unwrap_or(item.bytes),
        };
        if let Ok(signed) = SignedRecord::decode(&entry) {
            course.push(&entry, signed.unverified());
        } else {
            course.leaves.push(super::oracle::leaf(&entry));
        }
        entries.push(entry);
    }
    entries
}

/// The record signed with the header that it should have; `None` if it is too long for one.
fn sign(record: &Record, key: &FileKey) -> Option<Vec<u8>> {
    let unsigned = record.to_unsigned(keys::log_named().name(), key.public_key()).ok()?;
    Some(unsigned.finish(&key.sign(&unsigned.to_be_signed()).unwrap()))
}

/// The message signed over the header and payload that stand in it, whatever they are.
fn sign_as_it_is(entry: &[u8], key: &FileKey) -> Option<Vec<u8>> {
    let Value::Tag(tag, content) = ciborium::from_reader(entry).ok()? else { return None };
    let Value::Array(mut parts) = *content else { return None };
    let [protected @ Value::Bytes(_), _, payload @ Value::Bytes(_), signature] = parts.as_mut_slice() else {
        return None;
    };
    let empty = Value::Bytes(Vec::new());
    let signed = vec![Value::Text("Signature1".into()), protected.clone(), empty, payload.clone()];
    *signature = Value::Bytes(key.sign(&tree::write(&Value::Array(signed))).unwrap().to_vec());
    Some(tree::write(&Value::Tag(tag, Box::new(Value::Array(parts)))))
}

/// The first `same` records of `base`, and then what an honest core records for what is in `rest`.
fn decided(base: &Base, same: usize, rest: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut entries = base.entries[..same].to_vec();
    let mut course = Course::of(&entries, &base.records[..same]);
    let mut state = base.prefixes[same].state.clone();
    let mut counted = 0_u64;
    for entry in rest {
        let Ok(signed) = SignedRecord::decode(entry) else { continue };
        let Record { mut input, time, .. } = signed.unverified().clone();
        let time = time.max(state.time);
        state_in(&mut input, &state);
        let decision = match state.step(&input, time) {
            Step::Record(decision) => decision,
            Step::Counted(_) => {
                counted += 1;
                continue;
            }
            Step::Repeat(_) => continue,
        };
        let record = Record {
            format: FORMAT,
            index: state.size,
            prior: root(&course.leaves),
            prev_control: state.last_control,
            time,
            input,
            verdict: decision.verdict,
            suppressed: (counted > 0).then_some(counted),
        };
        let key = course.key.as_ref().and_then(secret).unwrap_or_else(keys::log);
        let Some(entry) = sign(&record, &key) else { continue };
        state.seal(decision.pending, super::oracle::leaf(&entry));
        course.push(&entry, &record);
        entries.push(entry);
        counted = 0;
    }
    entries
}

/// What states the digest of the state states that of `state`.
pub fn state_in(input: &mut Input, state: &State) {
    let stated: &mut Hash32 = match input {
        Input::Start(it) => &mut it.state,
        Input::Stop(it) => &mut it.state,
        Input::Heartbeat(it) => &mut it.state,
        _ => return,
    };
    *stated = state.digest();
}
