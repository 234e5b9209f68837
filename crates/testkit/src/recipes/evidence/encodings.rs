//! Entries that are signed by the log's own key and are not the one encoding of a record.

use ciborium::Value;
use counterfoil_audit::Verdict;
use counterfoil_enforce::Signer as _;
use counterfoil_record::input::Genesis;
use counterfoil_record::statement::FORMAT as STATEMENT_FORMAT;
use counterfoil_record::{Fixed, Input};

use super::{Case, logs, short};
use crate::script::Script;
use crate::vectors::Evidence;
use crate::{forge, keys};

const MALFORMED: &str = "record-malformed";

pub(super) fn all() -> Vec<Evidence> {
    let mut all = vec![
        payload("payload-key-twice", "A map has one key twice.", |map| map.insert(4, map[4].clone())),
        payload("payload-keys-unsorted", "A map's keys do not rise.", |map| map.swap(4, 5)),
        payload("payload-key-unknown", "A record has a field that no version knows.", |map| {
            map.push((Value::from(9), Value::from(0)));
        }),
        payload("payload-number-as-float", "A number is a float.", |map| map[1].1 = Value::Float(5.0)),
        payload("payload-number-negative", "A time is before all times.", |map| map[4].1 = Value::from(-1)),
        raw("payload-nested-deep", "A field is lists within lists, 60,000 deep.", |bytes| {
            bytes.splice(2..3, [0x81; 60_000].into_iter().chain([0]));
        }),
        payload("payload-bidi-in-a-name", "A text turns the direction in which it is read.", |map| {
            text(map, "\u{202e}");
        }),
        payload("payload-ansi-in-a-name", "A text would move a terminal's cursor.", |map| {
            text(map, "\u{1b}[2J");
        }),
        raw("payload-length-not-shortest", "A number is longer than it has to be.", |bytes| {
            // 1 => 1, the first pair.
            bytes.splice(2..3, [0x18, 0x01]);
        }),
        raw("payload-length-indefinite", "A map has no length.", |bytes| {
            bytes[0] = 0xbf;
            bytes.push(0xff);
        }),
        raw("payload-length-that-is-not-there", "A list says that it has 2^62 elements.", |bytes| {
            bytes.splice(2..3, [0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0]);
        }),
        raw("payload-text-not-utf-8", "A text is not UTF-8.", |bytes| {
            let at = bytes.windows(5).position(|window| window == b"carol").unwrap();
            bytes[at] = 0xff;
        }),
        raw("payload-trailing-byte", "A byte stands after the end of a payload.", |bytes| bytes.push(0)),
        header("header-algorithm-missing", "A header names no algorithm.", |map, _| drop(map.remove(0))),
        header(
            "header-algorithm-unprotected",
            "The algorithm stands where no signature covers it.",
            |map, open| {
                open.push(map.remove(0));
            },
        ),
        header(
            "header-critical-unknown",
            "A header demands that something unknown is understood.",
            |map, _| {
                map.insert(1, (Value::from(2), Value::Array(vec![Value::from(99)])));
            },
        ),
        header("header-parameter-twice", "A header has one parameter twice.", |map, _| {
            map.insert(1, map[0].clone());
        }),
        header("header-key-of-its-own", "A header brings the key that should verify it.", |map, _| {
            map.push((Value::from(-1), Value::Bytes(keys::ed25519("mallory").public_key().bytes().to_vec())));
        }),
    ];
    all.extend([statement(), malleable(), small_order(), older_format()]);
    all
}

/// The short log with record 5 signed again after its parts were changed.
fn changed(
    name: &'static str,
    shows: &'static str,
    change: impl FnOnce(&mut Vec<u8>, &mut Vec<(Value, Value)>, &mut Vec<u8>),
) -> Evidence {
    let mut entries = short();
    let Value::Tag(18, content) = ciborium::from_reader(&entries[5][..]).unwrap() else {
        panic!("no message")
    };
    let Value::Array(parts) = *content else { panic!("no message") };
    let [Value::Bytes(protected), Value::Map(open), Value::Bytes(payload), _] = parts.as_slice() else {
        panic!("no message")
    };
    let (mut protected, mut open, mut payload) = (protected.clone(), open.clone(), payload.clone());
    change(&mut protected, &mut open, &mut payload);
    let [protected, payload] = [protected, payload].map(Value::Bytes);
    let empty = Value::Bytes(Vec::new());
    let signed = vec![Value::Text("Signature1".into()), protected.clone(), empty, payload.clone()];
    let signature = keys::log().sign(&bytes(&Value::Array(signed))).unwrap();
    let signature = Value::Bytes(signature.to_vec());
    entries[5] =
        bytes(&Value::Tag(18, Value::Array(vec![protected, Value::Map(open), payload, signature]).into()));
    Case::new(name, shows, entries).fails(MALFORMED, 5)
}

pub(super) fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn edit(of: &mut Vec<u8>, change: impl FnOnce(&mut Vec<(Value, Value)>)) {
    let Value::Map(mut map) = ciborium::from_reader(&of[..]).unwrap() else { panic!("no map") };
    change(&mut map);
    *of = bytes(&Value::Map(map));
}

pub(super) fn payload(
    name: &'static str,
    shows: &'static str,
    change: impl FnOnce(&mut Vec<(Value, Value)>),
) -> Evidence {
    changed(name, shows, |_, _, payload| edit(payload, change))
}

pub(super) fn raw(name: &'static str, shows: &'static str, change: impl FnOnce(&mut Vec<u8>)) -> Evidence {
    changed(name, shows, |_, _, payload| change(payload))
}

pub(super) fn header(
    name: &'static str,
    shows: &'static str,
    change: impl FnOnce(&mut Vec<(Value, Value)>, &mut Vec<(Value, Value)>),
) -> Evidence {
    changed(name, shows, |protected, open, _| edit(protected, |map| change(map, open)))
}

pub(super) fn raw_header(
    name: &'static str,
    shows: &'static str,
    change: impl FnOnce(&mut Vec<u8>),
) -> Evidence {
    changed(name, shows, |protected, _, _| change(protected))
}

/// Puts `more` at the end of the first text in the operands of the trace.
fn text(map: &mut [(Value, Value)], more: &str) {
    fn first(value: &mut Value) -> Option<&mut String> {
        match value {
            Value::Text(text) => Some(text),
            Value::Array(items) => items.iter_mut().find_map(first),
            Value::Map(pairs) => pairs.iter_mut().find_map(|(_, item)| first(item)),
            _ => None,
        }
    }
    let verdict = map.iter_mut().find(|(key, _)| *key == Value::from(7)).map(|(_, verdict)| verdict);
    first(verdict.unwrap()).unwrap().push_str(more);
}

/// A statement that the log's key signs stands in the place of a record.
fn statement() -> Evidence {
    let scene = logs::short();
    let script: &Script = &scene.script;
    let about = crate::script::About {
        kind: counterfoil_record::statement::SubjectKind::Payment,
        digest: counterfoil_record::Hash32::of(&[b"a payment"]),
        against: counterfoil_record::Index::new(3),
        run: None,
        phase: None,
    };
    let said = script.statement(counterfoil_record::statement::Answer::Approve, &about);
    assert_eq!(said.format, STATEMENT_FORMAT);
    let text = crate::script::sign(
        &keys::log_named(),
        &keys::log(),
        &said,
        counterfoil_record::Time::from_millis(script.now),
    );
    let mut entries = short();
    entries[5] = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
    let shows = "What the log's key signed as a statement does not stand as a record.";
    Case::new("statement-as-a-record", shows, entries).fails(MALFORMED, 5)
}

/// The order of the group, little-endian (RFC 8032, section 5.1).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn malleable() -> Evidence {
    let mut entries = short();
    let at = entries[5].len() - 32;
    let mut carry = 0;
    for (byte, add) in entries[5][at..].iter_mut().zip(hex::decode(ORDER).unwrap()) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    assert_eq!(carry, 0);
    let shows = "A signature's S stands with the order of the group added: a second signature that anybody could make.";
    Case::new("signature-with-the-order-added", shows, entries).fails("record-signature", 5)
}

/// Under no trust, a log that opens with the neutral point as its key, under which anything verifies loosely.
fn small_order() -> Evidence {
    let mut record = forge::records(&short()).remove(0);
    let Input::Genesis(Genesis { log_key, .. }) = &mut record.input else { panic!("no genesis") };
    let mut neutral = [0; 32];
    neutral[0] = 1;
    *log_key = Fixed(neutral);
    let entry = forge::sign(&record, &keys::log());
    let shows = "A key of small order, under which anybody signs anything, opens no log.";
    Case::new("genesis-of-a-small-order-key", shows, vec![entry])
        .trust(None)
        .expect(Verdict::Failed, &[("no-genesis", Some(0))])
}

fn older_format() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    entries[5] = forge::sign(&counterfoil_record::Record { format: 0, ..record }, &keys::log());
    let shows = "A record of a format before the first, whose checks nobody defined, is not decided.";
    Case::new("record-of-an-older-format", shows, entries)
        .expect(Verdict::Undecided, &[("unknown-format", Some(5))])
}
