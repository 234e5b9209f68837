//! The schemas, and documents held against them.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn schema(name: &str) -> Value {
    let text = fs::read_to_string(root().join(format!("schemas/{name}.schema.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn validator(name: &str) -> Validator {
    validator_of(&schema(name))
}

/// The validator of one of the definitions of a schema.
pub(crate) fn validator_at(name: &str, definition: &str) -> Validator {
    let mut schema = schema(name);
    let definitions = schema["$defs"].take();
    validator_of(&json!({"$ref": format!("#/$defs/{definition}"), "$defs": definitions}))
}

fn validator_of(schema: &Value) -> Validator {
    let parts = ["command", "report", "answer", "export"].map(self::schema);
    let registry = parts.iter().fold(Registry::new(), |registry, part| {
        registry.add(part["$id"].as_str().unwrap(), part.clone()).unwrap()
    });
    let registry = registry.prepare().unwrap();
    jsonschema::options().with_registry(&registry).build(schema).unwrap()
}

pub(crate) fn assert_valid(validator: &Validator, document: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(document).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{document}");
}
