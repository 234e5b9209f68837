//! `schemas/counterfoil.cddl` against real records and statements, and against deliberately wrong ones.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test program may panic, and has std"
)]

mod common;

use core::cell::RefCell;
use std::collections::HashMap;

use cddl::ast::CDDL;
use cddl::validator::Validator as _;
use cddl::validator::cbor::CBORValidator;
use ciborium::Value;
use common::{inputs, octets, records, signed, signed_statement, statements};
use counterfoil_record::Input;
use counterfoil_record::codec::Wire;
use counterfoil_record::private::{Private, PrivateKind};
use counterfoil_record::text::Fixed;

const SCHEMA: &str = include_str!("../../../schemas/counterfoil.cddl");

thread_local! {
    /// The schemas that were read, by their first rule: reading one takes longer than holding anything against it.
    static READ: RefCell<HashMap<String, &'static CDDL<'static>>> = RefCell::default();
}

/// The schema that begins with that rule.
fn schema_of(rule: &str) -> &'static CDDL<'static> {
    if let Some(schema) = READ.with_borrow(|read| read.get(rule).copied()) {
        return schema;
    }
    // A `.regexp` covers the whole text (RFC 8610 section 3.8.3), but the validator searches in it.
    let schema = SCHEMA.replace("[A-Za-z0-9._:/@+-]{1,128}", "^[A-Za-z0-9._:/@+-]{1,128}$");
    assert_ne!(schema, SCHEMA);
    let text: &'static str = Box::leak(format!("held-against = {rule}\n\n{schema}").into_boxed_str());
    let schema: &'static CDDL<'static> = Box::leak(Box::new(cddl::cddl_from_str(text, true).unwrap()));
    READ.with_borrow_mut(|read| read.insert(rule.into(), schema));
    schema
}

/// Validates against one rule: the first rule of a schema is the one that data is held against.
fn validate(rule: &str, bytes: &[u8]) -> Result<(), String> {
    let value = cddl::validator::cbor_value::decode_cbor(bytes).unwrap_or_else(|error| panic!("{error}"));
    match CBORValidator::new(schema_of(rule), value, None).validate() {
        Ok(()) => Ok(()),
        Err(error @ cddl::validator::cbor::Error::Validation(_)) => Err(error.to_string()),
        Err(error) => panic!("the schema or the CBOR does not parse: {error}"),
    }
}

fn assert_valid(rule: &str, name: &str, bytes: &[u8]) {
    if let Err(error) = validate(rule, bytes) {
        panic!("{name} is no {rule}: {error}");
    }
}

fn value(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap()
}

/// Protected header and payload of a message.
fn parts(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let Value::Tag(18, inner) = value(message) else { panic!("no tag") };
    let items = inner.into_array().unwrap();
    (items[0].as_bytes().unwrap().clone(), items[2].as_bytes().unwrap().clone())
}

#[test]
fn every_record_is_valid_whole_and_in_its_parts() {
    for (name, record) in records() {
        let message = signed(&record, &common::log_key());
        let (header, payload) = parts(&message);
        assert_valid("message", &name, &message);
        assert_valid("signed-record", &name, &message);
        assert_valid("record", &name, &payload);
        assert_valid("header", &name, &header);
        assert_valid("record-header", &name, &header);
        assert!(validate("statement-header", &header).is_err(), "{name}");
        assert!(validate("signed-statement", &message).is_err(), "{name}");
    }
}

#[test]
fn every_statement_is_valid_whole_and_in_its_parts() {
    for (name, statement) in statements() {
        let message = signed_statement(&statement);
        let (header, payload) = parts(&message);
        assert_valid("message", name, &message);
        assert_valid("signed-statement", name, &message);
        assert_valid("statement", name, &payload);
        assert_valid("header", name, &header);
        assert_valid("statement-header", name, &header);
        assert!(validate("record-header", &header).is_err(), "{name}");
        assert!(validate("signed-record", &message).is_err(), "{name}");
    }
}

#[test]
fn every_kind_of_private_value_is_valid() {
    for kind in PrivateKind::ALL {
        let private = Private { kind: *kind, salt: Fixed([1; 16]), value: octets(b"why") };
        assert_valid("private", kind.code(), &private.to_bytes());
    }
}

/// The value at a path of map keys and array positions.
fn at<'v>(value: &'v mut Value, path: &[u64]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match value {
        Value::Map(pairs) => &mut pairs.iter_mut().find(|(key, _)| *key == Value::from(*step)).unwrap().1,
        Value::Array(items) => &mut items[usize::try_from(*step).unwrap()],
        other => panic!("{other:?} has no {step}"),
    })
}

fn to_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn bytes_of(len: usize) -> Value {
    Value::Bytes(vec![1; len])
}

/// Replaces the value at `path`, and says whether the schema still accepts the whole.
fn with(rule: &str, valid: &[u8], path: &[u64], wrong: Value) -> Result<(), String> {
    let mut changed = value(valid);
    *at(&mut changed, path) = wrong;
    validate(rule, &to_bytes(&changed))
}

// Not among the cases: a tagged value in the place of an integer, which the validator does not see.
#[test]
fn refuses_a_record_with_one_wrong_value() {
    let (_, record) = records().into_iter().find(|(name, _)| name == "pay with everything").unwrap();
    let valid = record.to_bytes();
    assert_eq!(validate("record", &valid), Ok(()));
    let long_text = "x".repeat(2049);
    let cases: &[(&str, &[u64], Value)] = &[
        ("another format version", &[1], 2.into()),
        ("a negative index", &[2], Value::from(-1)),
        ("a root of 31 bytes", &[3], bytes_of(31)),
        ("a root as text", &[3], "x".into()),
        ("a previous control record as null", &[4], Value::Null),
        ("a time as a float", &[5], 1.5.into()),
        ("an unknown kind of input", &[6, 0], 30.into()),
        ("another kind of input than its body", &[6, 0], 0.into()),
        ("an id with a space", &[6, 1, 4], "a b".into()),
        ("an empty id", &[6, 1, 4], "".into()),
        ("an id of 129 bytes", &[6, 1, 4], "x".repeat(129).into()),
        ("bytes that are not enclosed", &[6, 1, 5], bytes_of(3)),
        ("an unknown kind of enclosure", &[6, 1, 5, 0], 2.into()),
        ("oversized bytes that are whole", &[6, 1, 5, 0], 1.into()),
        ("octets of more than 40 KiB", &[6, 1, 5, 1, 1], bytes_of(40_961)),
        ("a text of more than 2048 bytes", &[6, 1, 8], long_text.into()),
        ("a commitment of 16 bytes", &[6, 1, 9], bytes_of(16)),
        ("a request as text", &[6, 1, 14], "x".into()),
        ("an empty list of overrides", &[6, 1, 15], Value::Array(Vec::new())),
        ("overrides as null", &[6, 1, 15], Value::Null),
        ("an unknown outcome", &[7, 1], 6.into()),
    ];
    let accepted: Vec<_> =
        cases.iter().filter(|(_, path, wrong)| with("record", &valid, path, wrong.clone()).is_ok()).collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn refuses_an_input_with_one_wrong_value() {
    let no_list = || Value::Array(Vec::new());
    let cases: &[(&str, &[u64], Value)] = &[
        ("genesis with governance", &[1, 5, 1], no_list()),
        ("genesis with governance", &[1, 5, 1, 0, 0], "a b".into()),
        ("genesis with governance", &[1, 5, 1, 0, 1], no_list()),
        ("genesis with governance", &[1, 5, 1, 0, 1, 0], bytes_of(32)),
        ("genesis with governance", &[1, 5, 2], Value::from(-1)),
        ("adopt-policy with statements", &[1, 3], bytes_of(2)),
        ("adopt-policy with statements", &[1, 3, 0], "x".into()),
        ("open-run within another", &[1, 5], Value::Null),
        ("open-run with mandate", &[1, 6, 2], bytes_of(2)),
        ("open-run with mandate", &[1, 6, 4, 0], Value::Array(vec!["usdc".into()])),
        ("open-run with mandate", &[1, 6, 4, 0, 1], "1".into()),
        ("open-run with mandate", &[1, 6, 5], no_list()),
        ("bind of Permit2", &[1, 2, 0], 0.into()),
        ("bind of Permit2", &[1, 2, 0], 2.into()),
        ("bind of the largest integer", &[1, 2, 0], 1.into()),
        ("bind of Permit2 with facilitator", &[1, 2, 1, 8], bytes_of(19)),
        ("bind of Permit2 with facilitator", &[1, 2, 1, 8], Value::Null),
        ("settle with oversized evidence", &[1, 3, 1, 2], bytes_of(31)),
        ("rotate-key", &[1, 1], bytes_of(31)),
        ("rotate-key", &[1, 2], "x".repeat(257).into()),
        ("revoke-key since a record", &[1, 2], Value::from(-1)),
        ("suspend a scope", &[1, 1, 1], "a b".into()),
        ("suspend a scope", &[1, 1], Value::Null),
        ("resume a scope", &[1, 1, 2], "run/23".into()),
        ("resume with reason", &[1, 2], bytes_of(16)),
        ("heartbeat", &[1, 1], bytes_of(33)),
        ("clock", &[1, 1], 1.5.into()),
        ("clock with statements", &[1, 2], no_list()),
        ("erase", &[1, 2], bytes_of(31)),
        ("erase with statements", &[1, 3], no_list()),
        ("refund with evidence", &[1, 3], bytes_of(300)),
        ("write-off", &[1, 2], Value::from(-1)),
        ("unreadable", &[1, 1], "".into()),
        ("unreadable", &[1, 4], bytes_of(31)),
    ];
    let accepted: Vec<_> = cases
        .iter()
        .filter(|(name, path, wrong)| {
            let (_, valid) = inputs::all().into_iter().find(|(it, _)| it == name).expect(name);
            with("input", &valid.to_bytes(), path, wrong.clone()).is_ok()
        })
        .collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

/// The path of every map in a value.
fn maps(value: &Value) -> Vec<Vec<u64>> {
    let below = |step: u64, value| {
        maps(value).into_iter().map(move |path| [&[step][..], &path].concat()).collect::<Vec<_>>()
    };
    match value {
        Value::Map(pairs) => {
            let inner = pairs
                .iter()
                .flat_map(|(key, value)| below(u64::try_from(key.as_integer().unwrap()).unwrap(), value));
            [Vec::new()].into_iter().chain(inner).collect()
        }
        Value::Array(items) => (0..).zip(items).flat_map(|(step, value)| below(step, value)).collect(),
        _ => Vec::new(),
    }
}

/// `valid` with each key of the map at `path` taken away, and with one more.
fn other_keys(valid: &Value, path: &[u64]) -> Vec<Vec<u8>> {
    let Value::Map(pairs) = at(&mut valid.clone(), path).clone() else { panic!("no map") };
    let fewer = (0..pairs.len()).map(|gone| [&pairs[..gone], &pairs[gone + 1..]].concat());
    let more = [&pairs[..], &[(99.into(), 0.into())]].concat();
    let with = |pairs| {
        let mut changed = valid.clone();
        *at(&mut changed, path) = Value::Map(pairs);
        to_bytes(&changed)
    };
    fewer.chain([more]).map(with).collect()
}

#[test]
fn the_schema_and_the_decoder_agree_on_the_keys_of_every_map_of_every_input() {
    let all = inputs::all();
    // The schema is slow to hold against: both cores.
    let half = |first: usize| {
        let mut refused = 0;
        for (name, input) in all.iter().skip(first).step_by(2) {
            let valid = value(&input.to_bytes());
            for path in maps(&valid) {
                for bytes in other_keys(&valid, &path) {
                    let decoded = Input::from_bytes(&bytes);
                    refused += usize::from(decoded.is_err());
                    assert_eq!(validate("input", &bytes).is_ok(), decoded.is_ok(), "{name} {path:?}");
                }
            }
        }
        refused
    };
    let refused = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0) + other.join().unwrap()
    });
    assert!(refused > 300, "{refused}");
}

#[test]
fn refuses_a_verdict_with_one_wrong_value() {
    let (_, verdict) =
        common::verdicts::all().into_iter().find(|(name, _)| *name == "every operand").unwrap();
    let valid = verdict.to_bytes();
    assert_eq!(validate("verdict", &valid), Ok(()));
    let cases: &[(&str, &[u64], Value)] = &[
        ("an empty trace", &[3], Value::Array(Vec::new())),
        ("an unknown check", &[3, 0, 0], 26.into()),
        ("an unknown result", &[3, 0, 1], 5.into()),
        ("a number for a rule", &[3, 0, 2], 1.into()),
        ("a list for the operands", &[3, 0, 3], Value::Array(Vec::new())),
        ("a negative operand", &[3, 0, 3, 0], Value::from(-1)),
        ("an operand of 31 bytes", &[3, 0, 3, 2], bytes_of(31)),
        ("a null operand", &[3, 0, 3, 3], Value::Null),
    ];
    let accepted: Vec<_> = cases
        .iter()
        .filter(|(_, path, wrong)| with("verdict", &valid, path, wrong.clone()).is_ok())
        .collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn refuses_a_missing_and_an_unknown_key_in_every_map() {
    let mut record = common::record_of(
        inputs::full_pay(),
        counterfoil_record::Verdict::plain(counterfoil_record::verdict::Outcome::Allow),
    );
    record.suppressed = Some(1);
    let (header, payload) = parts(&signed(&record, &common::log_key()));
    let statement = statements()[0].1.to_bytes();
    for (rule, valid, unknown) in
        [("record", payload, 9), ("record-header", header, 2), ("statement", statement, 11)]
    {
        let Value::Map(pairs) = value(&valid) else { panic!("no map") };
        for missing in 0..pairs.len() {
            let optional = rule == "record" && [Value::from(4), Value::from(8)].contains(&pairs[missing].0);
            let mut fewer = pairs.clone();
            fewer.remove(missing);
            assert_eq!(validate(rule, &to_bytes(&Value::Map(fewer))).is_ok(), optional, "{rule} {missing}");
        }
        for key in [Value::from(unknown), "x".into()] {
            let mut more = pairs.clone();
            more.push((key, Value::Bool(true)));
            assert!(validate(rule, &to_bytes(&Value::Map(more))).is_err(), "{rule}");
        }
    }
}

#[test]
fn refuses_a_message_with_one_wrong_part() {
    let valid = signed(&records()[0].1, &common::log_key());
    let Value::Tag(18, inner) = value(&valid) else { panic!("no tag") };
    let statement = parts(&signed_statement(&statements()[0].1));
    let cases: [(&str, u64, Value); 5] = [
        ("the header of a statement", 0, Value::Bytes(statement.0)),
        ("an unprotected header", 1, Value::Map(vec![(1.into(), Value::from(-19))])),
        ("the payload of a statement", 2, Value::Bytes(statement.1)),
        ("a detached payload", 2, Value::Null),
        ("a signature of 63 bytes", 3, bytes_of(63)),
    ];
    for (defect, position, wrong) in cases {
        let mut changed = (*inner).clone();
        *at(&mut changed, &[position]) = wrong;
        let bytes = to_bytes(&Value::Tag(18, Box::new(changed)));
        assert!(validate("signed-record", &bytes).is_err(), "{defect}");
    }
    assert!(validate("signed-record", &to_bytes(&inner)).is_err(), "without the tag");
    assert!(validate("signed-record", &to_bytes(&Value::Tag(98, inner))).is_err(), "another tag");
}
