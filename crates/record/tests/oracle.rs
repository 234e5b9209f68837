//! `ciborium` as an independent reader and writer of CBOR: the same values, the same bytes.
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

use ciborium::Value;
use common::{hash, origin, records, signed, statements};
use counterfoil_record::codec::{Reader, Wire, Writer};
use counterfoil_record::input::{Enclosed, Settle};
use counterfoil_record::verdict::{Code, Outcome, Verdict};
use counterfoil_record::{Amount, FORMAT, Index, Input, Record, Time};
use proptest::prelude::*;

fn write_other(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn read_other(bytes: &[u8]) -> Value {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).unwrap();
    assert!(rest.is_empty());
    value
}

/// Writes a value with our writer.
fn write_ours(value: &Value, w: &mut Writer) {
    match value {
        Value::Integer(number) => match u64::try_from(i128::from(*number)) {
            Ok(number) => w.uint(number),
            Err(_) => w.negative(u64::try_from(-1 - i128::from(*number)).unwrap()),
        },
        Value::Bytes(bytes) => w.bytes(bytes),
        Value::Text(text) => w.text(text),
        Value::Array(items) => {
            w.array(items.len());
            for item in items {
                write_ours(item, w);
            }
        }
        Value::Map(pairs) => {
            w.map(pairs.len());
            for (key, value) in pairs {
                write_ours(key, w);
                write_ours(value, w);
            }
        }
        Value::Tag(number, inner) => {
            w.tag(*number);
            write_ours(inner, w);
        }
        Value::Bool(value) => w.bool(*value),
        Value::Null => w.null(),
        other => panic!("{other:?} does not occur"),
    }
}

/// Reads one item of the type that `like` has with our reader.
fn read_ours(r: &mut Reader<'_>, like: &Value) -> Value {
    match like {
        Value::Integer(number) if i128::from(*number) < 0 => {
            Value::Integer((-1 - i128::from(r.negative().unwrap())).try_into().unwrap())
        }
        Value::Integer(_) => Value::from(r.uint().unwrap()),
        Value::Bytes(_) => Value::Bytes(r.bytes(usize::MAX).unwrap().to_vec()),
        Value::Text(_) => Value::Text(r.text(usize::MAX).unwrap().to_owned()),
        Value::Array(items) => {
            r.array_of(items.len()).unwrap();
            Value::Array(items.iter().map(|item| read_ours(r, item)).collect())
        }
        Value::Tag(number, inner) => {
            r.tag(*number).unwrap();
            Value::Tag(*number, Box::new(read_ours(r, inner)))
        }
        Value::Bool(_) => Value::Bool(r.bool().unwrap()),
        _ => {
            assert!(r.null());
            Value::Null
        }
    }
}

fn leaf() -> impl Strategy<Value = Value> {
    let near =
        prop::sample::select(vec![0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff, 1 << 32, u64::MAX]);
    prop_oneof![
        any::<u64>().prop_map(Value::from),
        near.prop_map(Value::from),
        (i64::MIN..0).prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        any::<String>().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ]
}

/// Any value without maps, with tags.
fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 64, 30, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..30).prop_map(Value::Array),
            (18_u64..1 << 40, inner).prop_map(|(number, inner)| Value::Tag(number, Box::new(inner))),
        ]
    })
}

/// A map of small rising keys around such values.
fn map() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(any::<u64>(), tree(), 0..30)
        .prop_map(|map| Value::Map(map.into_iter().map(|(key, value)| (key.into(), value)).collect()))
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let codes = prop::collection::vec(prop::sample::select(Code::ALL.to_vec()), 0..6);
    let outcome = prop::sample::select(Outcome::ALL.to_vec());
    (outcome, codes, any::<Option<u64>>()).prop_map(|(outcome, codes, previous)| Verdict {
        codes,
        previous: previous.map(Index::new),
        ..Verdict::plain(outcome)
    })
}

fn settle() -> impl Strategy<Value = Settle> {
    let evidence = prop::option::of(prop::collection::vec(any::<u8>(), 0..70));
    let amount = prop_oneof![any::<u128>(), any::<u64>().prop_map(u128::from), Just(1 << 64)];
    // Some are more than their share.
    (any::<u64>(), amount, evidence).prop_map(|(payment, amount, evidence)| Settle {
        payment: Index::new(payment),
        amount: Amount::new(amount),
        evidence: evidence.map(|bytes| Enclosed::within(40, &bytes)),
    })
}

fn record() -> impl Strategy<Value = Record> {
    let (prev_control, suppressed) = (any::<Option<u64>>(), any::<Option<u64>>());
    (any::<u64>(), any::<u8>(), prev_control, any::<u64>(), settle(), verdict(), suppressed).prop_map(
        |(index, prior, prev_control, time, settle, verdict, suppressed)| Record {
            format: FORMAT,
            index: Index::new(index),
            prior: hash(prior),
            prev_control: prev_control.map(Index::new),
            time: Time::from_millis(time),
            input: Input::Settle(settle),
            verdict,
            suppressed,
        },
    )
}

/// The pairs that are there, under their keys.
fn map_of(pairs: impl IntoIterator<Item = (u64, Option<Value>)>) -> Value {
    let present = pairs.into_iter().filter_map(|(key, value)| Some((key.into(), value?)));
    Value::Map(present.collect())
}

fn amount(amount: Amount) -> Value {
    if let Ok(small) = u64::try_from(amount.units()) {
        return small.into();
    }
    let be = amount.units().to_be_bytes();
    let significant = be.into_iter().skip_while(|byte| *byte == 0).collect();
    Value::Tag(2, Box::new(Value::Bytes(significant)))
}

/// A record of [`record`], made by hand from the schema.
fn expected(record: &Record) -> Value {
    let Input::Settle(settle) = &record.input else { panic!("no settlement") };
    let evidence = settle.evidence.as_ref().map(|evidence| match evidence {
        Enclosed::Whole(whole) => {
            Value::Array(vec![0.into(), map_of([(1, Some(Value::Bytes(whole.bytes.as_slice().to_vec())))])])
        }
        Enclosed::Oversized(of) => {
            let digest = Value::Bytes(of.digest.bytes().to_vec());
            Value::Array(vec![1.into(), map_of([(1, Some(of.length.into())), (2, Some(digest))])])
        }
    });
    let body =
        map_of([(1, Some(settle.payment.value().into())), (2, Some(amount(settle.amount))), (3, evidence)]);
    let codes: Vec<_> = record.verdict.codes.iter().map(|code| Value::from(code.number())).collect();
    let verdict = map_of([
        (1, Some(record.verdict.outcome.number().into())),
        (2, (!codes.is_empty()).then_some(Value::Array(codes))),
        (4, record.verdict.previous.map(|index| index.value().into())),
    ]);
    map_of([
        (1, Some(1.into())),
        (2, Some(record.index.value().into())),
        (3, Some(Value::Bytes(record.prior.bytes().to_vec()))),
        (4, record.prev_control.map(|index| index.value().into())),
        (5, Some(record.time.millis().into())),
        (6, Some(Value::Array(vec![16.into(), body]))),
        (7, Some(verdict)),
        (8, record.suppressed.map(Value::from)),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn both_write_the_same_bytes_for_the_same_value(value in prop_oneof![tree(), map()]) {
        let mut w = Writer::new();
        write_ours(&value, &mut w);
        let bytes = w.into_bytes();
        prop_assert_eq!(hex::encode(write_other(&value)), hex::encode(&bytes));
        prop_assert_eq!(read_other(&bytes), value);
    }

    #[test]
    fn our_reader_reads_what_the_other_writes(value in tree()) {
        let bytes = write_other(&value);
        let mut r = Reader::new(&bytes);
        prop_assert_eq!(read_ours(&mut r, &value), value);
        prop_assert_eq!(r.finish(), Ok(()));
    }

    #[test]
    fn amounts_are_the_integers_and_bignums_of_the_other(units in any::<u128>(), shift in 0_u32..128) {
        let number = units >> shift;
        let bytes = Amount::new(number).to_bytes();
        prop_assert_eq!(read_other(&bytes), amount(Amount::new(number)));
        let read: u128 = ciborium::from_reader(&bytes[..]).unwrap();
        prop_assert_eq!(read, number);
        let mut other = Vec::new();
        ciborium::into_writer(&number, &mut other).unwrap();
        prop_assert_eq!(Amount::from_bytes(&other), Ok(Amount::new(number)));
    }

    #[test]
    fn a_record_has_the_structure_of_the_schema(record in record()) {
        let bytes = record.to_bytes();
        prop_assert_eq!(read_other(&bytes), expected(&record));
        prop_assert_eq!(hex::encode(write_other(&expected(&record))), hex::encode(&bytes));
        prop_assert_eq!(Record::from_bytes(&bytes), Ok(record));
    }
}

#[test]
fn every_record_and_statement_is_written_back_by_the_other_to_the_same_bytes() {
    for (name, record) in records() {
        let message = signed(&record, &common::log_key());
        for bytes in [record.to_bytes(), message] {
            assert_eq!(write_other(&read_other(&bytes)), bytes, "{name}");
        }
    }
    for (name, statement) in statements() {
        for bytes in [statement.to_bytes(), common::signed_statement(&statement)] {
            assert_eq!(write_other(&read_other(&bytes)), bytes, "{name}");
        }
    }
    assert_eq!(read_other(&origin().to_bytes()).as_text(), Some(origin().as_str()));
}
