//! Entries that are one byte or one field away from a record, signed by the log's own key.

use ciborium::Value;
use counterfoil_audit::Verdict;
use counterfoil_enforce::{Command, Signer as _};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::cose::{Algorithm, Claims, Header, Unsigned};
use counterfoil_record::statement::{Answer as Say, PROFILE as STATEMENT};
use counterfoil_record::text::OCTETS_MOST;
use counterfoil_record::{Fixed, Input, PROFILE, Time};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest as _, Sha512};

use super::encodings::{bytes, header, payload, raw, raw_header};
use super::{Case, short};
use crate::scene::{Ask, Scene, accepted, hold, refused};
use crate::script::{About, sign};
use crate::vectors::Evidence;
use crate::{forge, keys};

const MALFORMED: &str = "record-malformed";

pub(super) fn all() -> Vec<Evidence> {
    let mut all = around();
    all.extend(headers());
    all.extend(payloads());
    all.extend([octets(), time_claimed(), odd_point(), torsion(), odd_key(), statements()]);
    all
}

/// What stands around header and payload, and is not signed.
fn around() -> Vec<Evidence> {
    let at = |name, shows, place: usize, byte: u8| {
        let mut entries = short();
        entries[5][place] = byte;
        Case::new(name, shows, entries).fails(MALFORMED, 5)
    };
    vec![
        at("record-under-another-tag", "A record stands under the tag of another structure.", 0, 0xd1),
        at("record-of-five-parts", "A record says that it has five parts, and has four.", 1, 0x85),
        header("header-key-id-unprotected", "A key id stands where no signature covers it.", |_, open| {
            let id = keys::log_named().key().thumbprint();
            open.push((Value::from(4), Value::Bytes(id.bytes().to_vec())));
        }),
    ]
}

fn headers() -> Vec<Evidence> {
    let set = |name, shows, at: usize, value: Value| header(name, shows, move |map, _| map[at].1 = value);
    vec![
        set(
            "header-algorithm-unknown",
            "A header names an algorithm that is not Ed25519.",
            0,
            Value::from(-7),
        ),
        set(
            "header-content-type-of-a-statement",
            "A header says that the payload of a record is that of a statement.",
            1,
            Value::from(STATEMENT.content_type),
        ),
        set(
            "header-type-of-a-statement",
            "A header says that a record is a statement.",
            4,
            Value::from(STATEMENT.typ),
        ),
        raw_header("header-of-six-parameters", "A header says that it has six, and has five.", |it| {
            it[0] += 1;
        }),
        raw_header("header-trailing-byte", "A byte stands after the end of a header.", |it| it.push(0)),
    ]
}

fn payloads() -> Vec<Evidence> {
    let number = |name, shows, value: &'static [u8]| {
        payload(name, shows, move |map| *operand(map) = Value::Tag(2, Value::Bytes(value.to_vec()).into()))
    };
    vec![
        number(
            "payload-amount-in-a-bignum",
            "An amount that an integer can hold is a bignum.",
            &[4, 147, 224],
        ),
        number(
            "payload-amount-with-a-zero",
            "A bignum begins with a zero.",
            &[0, 0, 0, 0, 0, 0, 0, 4, 147, 224],
        ),
        number(
            "payload-amount-beyond-all",
            "An amount has 17 bytes; the last 16 are the right ones.",
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 147, 224],
        ),
        payload("payload-list-empty", "A list of nothing is written out.", |map| {
            let Value::Map(verdict) = field(map, 7) else { panic!("no verdict") };
            verdict.insert(1, (Value::from(2), Value::Array(Vec::new())));
        }),
        payload("payload-name-empty", "A rule of the policy has no name.", |map| {
            *first_rule(map) = Value::from("");
        }),
        payload("payload-name-with-a-space", "A rule's name has a character that no name has.", |map| {
            *first_rule(map) = Value::from("a b");
        }),
        raw("payload-key-without-a-value", "A map ends in a key that has no value.", |it| {
            it[0] += 1;
            it.extend([0x18, 0xff]);
        }),
        within("payload-row-of-five-parts", "A row says that it has five parts, and has four.", |row| {
            row[0] += 1;
        }),
        within(
            "payload-operand-without-a-value",
            "A row's operands end in a key that has no value.",
            |row| {
                let Value::Array(parts) = ciborium::from_reader(&row[..]).unwrap() else { panic!("no row") };
                let operands = bytes(&parts[3]).len();
                let head = row.len() - operands;
                row[head] += 1;
                row.extend([0x18, 0xff]);
            },
        ),
    ]
}

/// Record 5's payload with the last row of its trace changed.
fn within(name: &'static str, shows: &'static str, change: impl FnOnce(&mut Vec<u8>)) -> Evidence {
    raw(name, shows, |payload| {
        let Value::Map(mut map) = ciborium::from_reader(&payload[..]).unwrap() else { panic!("no map") };
        let row = bytes(trace(&mut map).last().unwrap());
        let at = payload.windows(row.len()).rposition(|window| window == row).unwrap();
        let mut changed = row.clone();
        change(&mut changed);
        payload.splice(at..at + row.len(), changed);
    })
}

fn field(map: &mut [(Value, Value)], key: u64) -> &mut Value {
    map.iter_mut().find(|(found, _)| *found == Value::from(key)).map(|(_, value)| value).unwrap()
}

fn trace(map: &mut [(Value, Value)]) -> &mut Vec<Value> {
    let Value::Map(verdict) = field(map, 7) else { panic!("no verdict") };
    let Value::Array(trace) = field(verdict, 3) else { panic!("no trace") };
    trace
}

/// An operand of the trace that is the 300,000 units which are paid.
fn operand(map: &mut [(Value, Value)]) -> &mut Value {
    let rows = trace(map).iter_mut();
    let operands = rows.filter_map(|row| row.as_array_mut()?.get_mut(3)?.as_map_mut()).flatten();
    operands.map(|(_, value)| value).find(|value| **value == Value::from(300_000)).unwrap()
}

fn first_rule(map: &mut [(Value, Value)]) -> &mut Value {
    let mut rules = trace(map).iter_mut().filter_map(|row| row.as_array_mut()?.get_mut(2));
    rules.find(|rule| rule.is_text()).unwrap()
}

pub(super) fn header_of(record: &counterfoil_record::Record) -> Header {
    Header {
        algorithm: Algorithm::Ed25519,
        kid: keys::log_named().key().thumbprint(),
        claims: Claims {
            issuer: keys::log_named().name().clone(),
            subject: record.input.subject(record.index),
            issued_at: record.time.seconds(),
        },
    }
}

/// The source of the policy is one byte longer than the bytes of others may be.
fn octets() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(1);
    let Input::AdoptPolicy(adopt) = &record.input else { panic!("no policy") };
    let source = adopt.source.as_slice();
    let honest = record.to_bytes();
    let at = honest.windows(source.len()).position(|window| window == source).unwrap();
    // The head of a byte string of 256 to 65,535 bytes is 0x59 and two bytes.
    let mut payload = honest[..at - 3].to_vec();
    payload.push(0x59);
    payload.extend(u16::try_from(OCTETS_MOST + 1).unwrap().to_be_bytes());
    payload.resize(payload.len() + OCTETS_MOST + 1, b'#');
    payload.extend(&honest[at + source.len()..]);
    let unsigned = Unsigned::new(PROFILE, &header_of(&record), payload);
    entries[1] = unsigned.finish(&keys::log().sign(&unsigned.to_be_signed()).unwrap());
    let shows = "Bytes of others are more than their share of a record.";
    Case::new("payload-octets-too-long", shows, entries).fails(MALFORMED, 1)
}

fn time_claimed() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    let mut header = header_of(&record);
    header.claims.issued_at += 1;
    let unsigned = Unsigned::new(PROFILE, &header, record.to_bytes());
    entries[5] = unsigned.finish(&keys::log().sign(&unsigned.to_be_signed()).unwrap());
    let shows = "A header says another time than its payload.";
    Case::new("record-time-claimed-otherwise", shows, entries).fails("record-claims", 5)
}

/// Record 5 under a signature of the log's key whose R is written as `point`, which stands for the `nonce`-fold of the base
/// point but for a point of small order: S = nonce + challenge * key (RFC 8032, section 5.1.6).
fn under_point(point: [u8; 32], nonce: Scalar) -> Vec<Vec<u8>> {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    let unsigned = record.to_unsigned(keys::log_named().name(), keys::log().public_key()).unwrap();
    let secret: [u8; 64] = Sha512::digest(keys::seed("log")).into();
    let half: [u8; 32] = *secret.first_chunk().unwrap();
    let scalar = Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(half));
    let hash = Sha512::new().chain_update(point).chain_update(keys::log().public_key().bytes());
    let challenge: [u8; 64] = hash.chain_update(unsigned.to_be_signed()).finalize().into();
    let s = nonce + Scalar::from_bytes_mod_order_wide(&challenge) * scalar;
    entries[5] = unsigned.finish(&[point, s.to_bytes()].concat().try_into().unwrap());
    entries
}

/// A signature whose point R is the neutral one, written with y = p + 1: the equation holds, and there is a second way to
/// write the same.
fn odd_point() -> Evidence {
    let mut point = [0xff; 32];
    (point[0], point[31]) = (0xee, 0x7f);
    let shows = "A signature's point stands in an encoding that is not the one of it.";
    Case::new("signature-point-not-canonical", shows, under_point(point, Scalar::ZERO))
        .fails("record-signature", 5)
}

/// A signature that only the log's key can make, with a point of order 8 in its R: the equation holds times 8, and does not
/// hold by itself.
fn torsion() -> Evidence {
    let nonce = Scalar::from(12_345_678_901_u64);
    let point = EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[1];
    let shows = "A signature is good by the equation times the cofactor, and only so: whoever asks for more does not agree with others on which logs are sound.";
    let mut entries = under_point(point.compress().to_bytes(), nonce);
    entries.truncate(6);
    Case::new("signature-with-a-point-of-order-eight", shows, entries).verifies()
}

/// Under no trust, a log that opens with a key in an encoding that is not the one of its point: y = p + 3.
fn odd_key() -> Evidence {
    let mut record = forge::records(&short()).remove(0);
    let Input::Genesis(genesis) = &mut record.input else { panic!("no genesis") };
    let mut key = [0xff; 32];
    (key[0], key[31]) = (0xf0, 0x7f);
    genesis.log_key = Fixed(key);
    let entry = forge::sign(&record, &keys::log());
    Case::new(
        "genesis-of-a-key-not-canonical",
        "A key that can be written in two ways opens no log.",
        vec![entry],
    )
    .trust(None)
    .expect(Verdict::Failed, &[("no-genesis", Some(0))])
}

/// An honest log in which people's statements are refused, each for one thing.
fn statements() -> Evidence {
    let (mut scene, run) = Scene::plain("statements", "");
    let held = scene.pay(&Ask::new(run, "held", 300_000), hold(&["gate:new-payee"]));
    let said = scene.script.statement(Say::Approve, &About::of(&held));
    let now = Time::from_millis(scene.script.now);
    let (alice, key) = (keys::person("alice"), keys::ed25519("alice"));
    let mut hand_in = |statement: String, expect| {
        scene.record(Command::Statement { statement }, expect);
    };
    let later = counterfoil_record::statement::Statement { format: 2, ..said.clone() };
    hand_in(sign(&alice, &key, &later, now), refused(&["statement-malformed"]));
    let header = |issuer: &counterfoil_record::Id, kid, subject: &str| Header {
        algorithm: Algorithm::Ed25519,
        kid,
        claims: Claims {
            issuer: issuer.clone(),
            subject: subject.parse().unwrap(),
            issued_at: now.seconds(),
        },
    };
    let signed = |header: &Header| {
        let unsigned = Unsigned::new(STATEMENT, header, said.to_bytes());
        let signature = key.sign(&unsigned.to_be_signed()).unwrap();
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, unsigned.finish(&signature))
    };
    let thumbprint = alice.key().thumbprint();
    let subject = format!("payment/{}", held.index);
    hand_in(signed(&header(alice.name(), thumbprint, "payment/9")), refused(&["statement-malformed"]));
    let bob = keys::person("bob");
    hand_in(signed(&header(bob.name(), thumbprint, &subject)), refused(&["signer-not-in-role"]));
    hand_in(
        signed(&header(alice.name(), bob.key().thumbprint(), &subject)),
        refused(&["signer-not-in-role"]),
    );
    hand_in(signed(&header(alice.name(), thumbprint, &subject)), accepted());
    let shows = "Statements of another format, for another subject, and of a signer who is not named rightly are refused.";
    Case::new("honest-log-of-refused-statements", shows, scene.script.entries()).verifies()
}
