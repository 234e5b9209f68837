//! `schemas/state.cddl` says what the policy and the state are on the wire: held against the states that the
//! decision vectors come to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use cddl::validate_cbor_from_slice;
use counterfoil_decide::State;
use counterfoil_decide::policy::compile;
use counterfoil_enforce::{Command, Core, FileKey, Scripted};
use counterfoil_record::Time;
use counterfoil_record::codec::Wire as _;
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

#[test]
fn every_state_is_what_the_schema_says() {
    let schema = schema("state");
    validate_cbor_from_slice(&schema, &State::new().to_bytes(), None).unwrap();
    let files = vectors::files("decision");
    assert!(!files.is_empty());
    for file in files {
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let state = state_of(&vector);
        let bytes = state.to_bytes();
        assert_eq!(State::from_bytes(&bytes), Ok(state));
        validate_cbor_from_slice(&schema, &bytes, None)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
