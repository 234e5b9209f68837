//! `schemas/state.cddl` says what the policy and the state are on the wire: held against the states that the
//! decision vectors come to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cddl::validator::Validator as _;
use cddl::validator::cbor::{self, CBORValidator};
use cddl::validator::cbor_value::decode_cbor;
use cddl::{cddl_from_str, validate_cbor_from_slice};
use counterfoil_decide::State;
use counterfoil_decide::policy::compile;
use counterfoil_enforce::{Command, Core, FileKey, Scripted};
use counterfoil_record::Time;
use counterfoil_record::codec::{Class, Error, Reader, Wire, Writer};
use counterfoil_store::MemoryStore;
use counterfoil_testkit::{policy, vectors};
use serde_json::Value;

/// Both schemas, with the rule to hold against first. The validator does not anchor regular expressions.
fn schema(rule: &str) -> String {
    let (wire, state) =
        (include_str!("../../../schemas/counterfoil.cddl"), include_str!("../../../schemas/state.cddl"));
    let id = "[A-Za-z0-9._:/@+-]{1,128}";
    let wire = wire.replace(&format!("\"{id}\""), &format!("\"^{id}$\""));
    format!("root = {rule}\n{state}\n{wire}")
}

#[test]
fn a_policy_is_what_the_schema_says() {
    for source in [policy::full(), policy::plain()] {
        let policy = compile(&source).unwrap();
        validate_cbor_from_slice(&schema("policy"), &policy.to_bytes(), None).unwrap();
    }
    let only_a_name = [0xa1, 0x01, 0x61, 0x61];
    assert!(
        validate_cbor_from_slice(&schema("policy"), &only_a_name, None).is_err(),
        "the schema has no teeth"
    );
}

/// The state that the commands of a decision vector come to.
fn state_of(vector: &Value) -> State {
    let key = |seed: &Value| {
        let seed = hex::decode(seed.as_str().unwrap()).unwrap();
        FileKey::from_seed(&seed.try_into().unwrap()).unwrap()
    };
    let mut core: Option<Core<MemoryStore, _, Scripted>> = None;
    for step in vector["steps"].as_array().unwrap() {
        let salts = step["salts"].as_array().into_iter().flatten();
        let salts = salts.map(|salt| hex::decode(salt.as_str().unwrap()).unwrap().try_into().unwrap());
        let time = Some(Time::from_millis(step["time"].as_u64().unwrap()));
        let surroundings = Scripted { time, salts: salts.collect() };
        if let Some(seed) = step.get("log_key_seed") {
            let store = core.take().unwrap().into_store();
            core = Core::open_unstarted(store, key(seed), Scripted::default()).ok();
        }
        match (core.as_mut(), serde_json::from_value(step["command"].clone()).unwrap()) {
            (None, Command::Genesis { origin, governance }) => {
                let (store, key) = (MemoryStore::default(), key(&vector["log_key_seed"]));
                core = Core::create_unstarted(store, key, surroundings, origin, governance).ok();
            }
            (None, _) => panic!("the first command opens no log"),
            (Some(core), command) => {
                *core.surroundings_mut() = surroundings;
                core.submit(command).unwrap();
            }
        }
    }
    core.unwrap().state().clone()
}

/// The states that the decision vectors come to, by file.
fn states() -> BTreeMap<PathBuf, State> {
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file, state_of(&serde_json::from_str(&text).unwrap()))
    };
    vectors::files("decision").into_iter().map(read).collect()
}

/// Holds every one of those encodings against the schema of the state. The schema is read once for all of them.
fn validate(all: &[Vec<u8>]) -> Result<(), String> {
    let mut w = Writer::new();
    w.array(all.len());
    let bytes = [w.into_bytes(), all.concat()].concat();
    validate_cbor_from_slice(&schema("[+ state]"), &bytes, None).map_err(|error| error.to_string())
}

#[test]
fn every_state_is_what_the_schema_says() {
    let states = states();
    assert!(!states.is_empty());
    let encoded: Vec<Vec<u8>> = states.values().chain([&State::new()]).map(Wire::to_bytes).collect();
    // Holding one against the schema is slow: every fourth.
    let some: Vec<Vec<u8>> = encoded.iter().step_by(4).cloned().collect();
    for (bytes, (file, state)) in encoded.iter().zip(states) {
        assert_eq!(State::from_bytes(bytes), Ok(state), "{}", file.display());
    }
    assert_eq!(validate(&some), Ok(()));
    let without_a_size = [0xa1, 0x03, 0x00].to_vec();
    let [first, .., last] = &encoded[..] else { panic!("no states") };
    assert!(validate(&[first.clone(), without_a_size, last.clone()]).is_err(), "the schema has no teeth");
}

/// One item of CBOR, as far as the state has such items.
#[derive(Clone, Debug)]
enum Item {
    Scalar(Vec<u8>),
    Array(Vec<Item>),
    Map(BTreeMap<u64, Item>),
}

/// No map has a key from here on.
const KEYS: u64 = 32;

impl Wire for Item {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Scalar(bytes) => {
                let mut r = Reader::new(bytes);
                match r.peek().unwrap() >> 5 {
                    0 | 6 => w.amount(r.amount().unwrap()),
                    2 => w.bytes(r.bytes(usize::MAX).unwrap()),
                    3 => w.text(r.text(usize::MAX).unwrap()),
                    _ => w.bool(r.bool().unwrap()),
                }
            }
            Self::Array(items) => {
                w.array(items.len());
                for item in items {
                    item.encode(w);
                }
            }
            Self::Map(pairs) => {
                w.map(pairs.len());
                for (key, item) in pairs {
                    w.uint(*key);
                    item.encode(w);
                }
            }
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let mut w = Writer::new();
        match r.peek().unwrap_or_default() >> 5 {
            0 | 6 => w.amount(r.amount()?),
            2 => w.bytes(r.bytes(usize::MAX)?),
            3 => w.text(r.text(usize::MAX)?),
            4 => {
                let len = r.array()?;
                return (0..len).map(|_| Self::decode(r)).collect::<Result<_, _>>().map(Self::Array);
            }
            5 => {
                let (mut fields, mut pairs) = (r.map()?, BTreeMap::new());
                for key in 0..KEYS {
                    pairs.extend(fields.field::<Option<Self>>(key)?.map(|item| (key, item)));
                }
                fields.finish()?;
                return Ok(Self::Map(pairs));
            }
            _ => w.bool(r.bool()?),
        }
        Ok(Self::Scalar(w.into_bytes()))
    }
}

/// A way into an item: keys of maps, and places in arrays.
type Way = Vec<u64>;

impl Item {
    /// The ways to every map, each with the keys on it: where it goes through an array the place is left out.
    fn maps(&self) -> Vec<(Way, Way)> {
        let below = |step: u64, key: Option<u64>, item: &Self| {
            let ways = item.maps().into_iter();
            ways.map(|(way, keys)| ([&[step][..], &way].concat(), key.into_iter().chain(keys).collect()))
                .collect::<Vec<_>>()
        };
        match self {
            Self::Scalar(_) => Vec::new(),
            Self::Array(items) => (0..).zip(items).flat_map(|(at, item)| below(at, None, item)).collect(),
            Self::Map(pairs) => {
                let inner = pairs.iter().flat_map(|(key, item)| below(*key, Some(*key), item));
                [(Way::new(), Way::new())].into_iter().chain(inner).collect()
            }
        }
    }

    fn map_at(&mut self, way: &[u64]) -> &mut BTreeMap<u64, Item> {
        let found = way.iter().fold(self, |item, step| match item {
            Self::Array(items) => &mut items[usize::try_from(*step).unwrap()],
            Self::Map(pairs) => pairs.get_mut(step).unwrap(),
            Self::Scalar(_) => panic!("no way through a scalar"),
        });
        let Self::Map(pairs) = found else { panic!("no map") };
        pairs
    }
}

/// The smallest state that has each key of each map, with the way to that map.
fn smallest<'s>(states: impl Iterator<Item = &'s State>) -> BTreeMap<(Way, u64), (Vec<u8>, Way)> {
    let mut found: BTreeMap<(Way, u64), (Vec<u8>, Way)> = BTreeMap::new();
    for state in states {
        let bytes = state.to_bytes();
        let mut item = Item::from_bytes(&bytes).unwrap();
        assert_eq!(item.to_bytes(), bytes);
        for (way, keys) in item.maps() {
            for key in item.map_at(&way).keys() {
                let place = (keys.clone(), *key);
                if found.get(&place).is_none_or(|(other, _)| bytes.len() < other.len()) {
                    found.insert(place, (bytes.clone(), way.clone()));
                }
            }
        }
    }
    found
}

#[test]
fn the_schema_and_the_decoder_agree_on_the_keys_of_every_map_of_the_state() {
    let places = smallest(states().values());
    // The state, an open run, a payment and what was allowed, each with every key that it can have.
    for (keys, most) in [(&[][..], 21), (&[6], 16), (&[9], 12), (&[9, 5], 23), (&[5, 1], 18)] {
        let seen = places.keys().filter(|(on, _)| on == keys).map(|(_, key)| *key);
        assert_eq!(seen.collect::<Vec<_>>(), (1..=most).collect::<Vec<_>>(), "{keys:?}");
    }
    let (schema, mut valid, mut wrong, mut maps) = (schema("state"), Vec::new(), Vec::new(), BTreeSet::new());
    for ((keys, key), (bytes, way)) in &places {
        let mut fewer = Item::from_bytes(bytes).unwrap();
        fewer.map_at(way).remove(key);
        let mut changed = vec![fewer];
        if maps.insert(keys) {
            let mut more = Item::from_bytes(bytes).unwrap();
            more.map_at(way).insert(KEYS - 1, Item::Scalar(vec![0]));
            changed.push(more);
        }
        for bytes in changed.iter().map(Wire::to_bytes) {
            match State::from_bytes(&bytes).map_err(|error| error.class) {
                Err(Class::MissingKey | Class::UnknownKey) => wrong.push((keys, key, bytes)),
                // That keys rise the schema cannot say.
                Ok(_) | Err(Class::DuplicateKey | Class::UnsortedKeys) => valid.push(bytes),
                Err(other) => panic!("{keys:?} {key}: {other:?}"),
            }
        }
    }
    // Reading the schema takes longer than holding anything against it.
    let read = cddl_from_str(&schema, true).unwrap();
    for (keys, key, bytes) in wrong {
        let value = decode_cbor(&bytes).unwrap();
        let refused = CBORValidator::new(&read, value, None).validate();
        assert!(matches!(refused, Err(cbor::Error::Validation(_))), "{keys:?} {key}");
    }
    assert_eq!(validate(&valid), Ok(()));
}
