//! One defect a row in the parts of a message around the payload: each is refused for what it is, before
//! any signature is looked at.
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
use common::{inputs, log_key, record_of, signed};
use counterfoil_record::codec::{Class, Error, Writer};
use counterfoil_record::cose::{MESSAGE_MOST, Message, Profile};
use counterfoil_record::verdict::{Outcome, Verdict};
use counterfoil_record::{PROFILE, SignedRecord};

fn valid() -> Vec<u8> {
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    signed(&record, &log_key())
}

/// The pairs of the protected header, encoded: alg, content type, kid, claims, typ.
fn pairs() -> Vec<Vec<u8>> {
    let Value::Tag(18, inner) = ciborium::from_reader(&valid()[..]).unwrap() else { panic!("no tag") };
    let header = inner.into_array().unwrap()[0].as_bytes().unwrap().clone();
    let Value::Map(pairs) = ciborium::from_reader(&header[..]).unwrap() else { panic!("no map") };
    let encode = |(key, value): &(Value, Value)| {
        let mut pair = Vec::new();
        ciborium::into_writer(key, &mut pair).unwrap();
        ciborium::into_writer(value, &mut pair).unwrap();
        pair
    };
    pairs.iter().map(encode).collect()
}

fn payload() -> Vec<u8> {
    Message::decode(&valid(), PROFILE).unwrap().payload().to_vec()
}

/// A message of those raw parts, under a signature of zeros.
fn message(protected: &[u8], unprotected: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.tag(18);
    w.array(4);
    w.bytes(protected);
    let mut bytes = w.into_bytes();
    bytes.extend(unprotected);
    let mut w = Writer::new();
    w.bytes(&payload());
    w.bytes(&[0; 64]);
    bytes.extend(w.into_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Result<(), Error> {
    SignedRecord::decode(bytes).map(|_| ())
}

/// The header map of those pairs.
fn header(pairs: &[Vec<u8>]) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(pairs.len());
    [w.into_bytes(), pairs.concat()].concat()
}

fn with_header(protected: &[u8]) -> Result<(), Error> {
    decode(&message(protected, &[0xa0]))
}

/// The header with `pairs[position]` replaced by those pairs.
fn replaced(position: usize, by: &[&[u8]]) -> Result<(), Error> {
    let mut pairs = pairs();
    pairs.splice(position..=position, by.iter().map(|pair| pair.to_vec()));
    with_header(&header(&pairs))
}

/// Offset of `pairs()[position]` in the header.
fn start(position: usize) -> usize {
    1 + pairs()[..position].concat().len()
}

#[test]
fn the_parts_that_the_defects_are_made_from_are_right() {
    assert_eq!(pairs().len(), 5);
    assert_eq!(with_header(&header(&pairs())), Ok(()));
    assert_eq!(replaced(0, &[&[0x01, 0x32]]), Ok(()));
}

#[test]
fn refuses_a_header_without_one_of_its_parameters() {
    for position in 0..5 {
        assert_eq!(replaced(position, &[]), Err(Class::MissingKey.at(0)), "{position}");
    }
    assert_eq!(with_header(&[0xa0]), Err(Class::MissingKey.at(0)));
}

#[test]
fn refuses_a_parameter_twice_or_out_of_order() {
    for (position, pair) in pairs().iter().enumerate() {
        let after = start(position) + pair.len();
        assert_eq!(replaced(position, &[pair, pair]), Err(Class::DuplicateKey.at(after)), "{position}");
    }
    let mut pairs = pairs();
    pairs.push(vec![0x05, 0x40]);
    assert_eq!(with_header(&header(&pairs)), Err(Class::UnsortedKeys.at(start(4) + pairs[4].len())));
}

#[test]
fn refuses_parameters_that_are_not_in_the_format() {
    let alg: &[u8] = &pairs()[0];
    let typ: &[u8] = &pairs()[4];
    let after_typ = start(4) + typ.len();
    for (position, by, class, offset) in [
        // 2 is `crit`, 5 an initialisation vector, 33 a certificate chain, 394 receipts.
        (0, [alg, &[0x02, 0x81, 0x04][..]], Class::UnknownKey, 3),
        (0, [alg, &[0x02, 0x81, 0x01][..]], Class::UnknownKey, 3),
        (0, [&[0x00, 0x00][..], alg], Class::UnknownKey, 1),
        (4, [typ, &[0x18, 0x21, 0x40][..]], Class::UnknownKey, after_typ),
        (4, [typ, &[0x19, 0x01, 0x8a, 0x40][..]], Class::UnknownKey, after_typ),
        (4, [&[0x05, 0x40][..], typ], Class::UnsortedKeys, start(4)),
        (4, [typ, &[0x20, 0x00][..]], Class::WrongType, after_typ),
        (4, [typ, &[0x61, 0x61, 0x00][..]], Class::WrongType, after_typ),
    ] {
        // 5 falls below 15, the key before it; 15 and 16 are the last two.
        assert_eq!(replaced(position, &by), Err(class.at(offset)), "{by:02x?}");
    }
    let iv: &[u8] = &[0x05, 0x40];
    let kid: &[u8] = &pairs()[2];
    assert_eq!(replaced(2, &[kid, iv]), Err(Class::UnknownKey.at(start(3))));
}

#[test]
fn refuses_parameters_with_wrong_values() {
    let text = |key: u8, text: &str| {
        let mut w = Writer::new();
        w.uint(key.into());
        w.text(text);
        w.into_bytes()
    };
    let short_kid = [&[0x04, 0x58, 31][..], &[0; 31]].concat();
    let cases: [(usize, &[u8], Class); 12] = [
        // ES256, Ed448, a positive number, a name, a bignum.
        (0, &[0x01, 0x26], Class::OutOfRange),
        (0, &[0x01, 0x38, 0x34], Class::OutOfRange),
        (0, &[0x01, 0x12], Class::WrongType),
        (0, &[0x01, 0x65, b'E', b'd', b'D', b'S', b'A'], Class::WrongType),
        (0, &[0x01, 0xc3, 0x41, 0x12], Class::WrongType),
        (1, &text(3, "application/counterfoil-statement+cbor"), Class::OutOfRange),
        (1, &text(3, "application/counterfoil-record+cboR"), Class::OutOfRange),
        (1, &[0x03, 0x18, 0x3c], Class::WrongType),
        (2, &short_kid, Class::OutOfRange),
        (2, &[0x04, 0x61, 0x61], Class::WrongType),
        (3, &[0x0f, 0x40], Class::WrongType),
        (4, &text(16, "counterfoil-statement+cose"), Class::OutOfRange),
    ];
    for (position, pair, class) in cases {
        assert_eq!(replaced(position, &[pair]), Err(class.at(start(position) + 1)), "{pair:02x?}");
    }
}

#[test]
fn refuses_claims_by_their_defect() {
    let iss: &[u8] = &[0x01, 0x61, b'o'];
    let sub: &[u8] = &[0x02, 0x61, b's'];
    let iat: &[u8] = &[0x06, 0x00];
    let at = start(3) + 1;
    let cases: [(&[&[u8]], Class, usize); 8] = [
        (&[&[0xa2], iss, sub], Class::MissingKey, 0),
        (&[&[0xa2], iss, iat], Class::MissingKey, 0),
        (&[&[0xa4], iss, sub, &[0x04, 0x00], iat], Class::UnknownKey, 7),
        (&[&[0xa4], iss, sub, iat, &[0x07, 0x40]], Class::UnknownKey, 9),
        (&[&[0xa4], iss, iss, sub, iat], Class::DuplicateKey, 4),
        (&[&[0xa3], iss, sub, &[0x06, 0x20]], Class::WrongType, 8),
        (&[&[0xa3], iss, sub, &[0x06, 0xf9, 0x3c, 0x00]], Class::Float, 8),
        (&[&[0xa3], &[0x01, 0x61, b' '], sub, iat], Class::ForbiddenCharacter, 2),
    ];
    for (claims, class, offset) in cases {
        let pair = [&[0x0f][..], &claims.concat()].concat();
        assert_eq!(replaced(3, &[&pair]), Err(class.at(at + offset)), "{pair:02x?}");
    }
}

#[test]
fn refuses_a_header_that_is_not_one_deterministic_map() {
    let right = header(&pairs());
    let rest = &right[1..];
    let cases: [(Vec<u8>, Class, usize); 7] = [
        (Vec::new(), Class::Truncated, 0),
        ([&[0xb8, 0x05], rest].concat(), Class::LongInteger, 0),
        ([&[0xbf], rest, &[0xff]].concat(), Class::IndefiniteLength, 0),
        ([&[0x85], rest].concat(), Class::WrongType, 0),
        ([&right[..], &[0x00]].concat(), Class::TrailingBytes, right.len()),
        (right[..right.len() - 1].to_vec(), Class::Truncated, start(4) + 1),
        ([&[0xa6], rest].concat(), Class::Truncated, right.len()),
    ];
    for (protected, class, offset) in cases {
        assert_eq!(with_header(&protected), Err(class.at(offset)), "{protected:02x?}");
    }
}

#[test]
fn refuses_anything_unprotected() {
    let protected = header(&pairs());
    let at = message(&protected, &[0xa0]).len() - payload().len() - 3 - 66 - 1;
    assert_eq!(message(&protected, &[0xa0])[at], 0xa0);
    let cases: [(&[u8], Class, usize); 6] = [
        // An algorithm, receipts, a critical list, a name; not a map; not deterministic.
        (&[0xa1, 0x01, 0x32], Class::UnknownKey, 1),
        (&[0xa1, 0x19, 0x01, 0x8a, 0x80], Class::UnknownKey, 1),
        (&[0xa1, 0x20, 0x00], Class::WrongType, 1),
        (&[0xa1, 0x61, 0x61, 0x00], Class::WrongType, 1),
        (&[0x80], Class::WrongType, 0),
        (&[0xb8, 0x00], Class::LongInteger, 0),
    ];
    for (unprotected, class, offset) in cases {
        assert_eq!(
            decode(&message(&protected, unprotected)),
            Err(class.at(at + offset)),
            "{unprotected:02x?}"
        );
    }
    // The algorithm moved there.
    let moved = message(&header(&pairs()[1..]), &[0xa1, 0x01, 0x32]);
    assert_eq!(decode(&moved).unwrap_err().class, Class::UnknownKey);
}

#[test]
fn refuses_another_shape_of_message() {
    let valid = valid();
    let signature_at = valid.len() - 66;
    let detached =
        [&message(&header(&pairs()), &[0xa0])[..valid.len() - 66 - payload().len() - 3], &[0xf6]].concat();
    let cases: [(Vec<u8>, Class, usize); 11] = [
        (Vec::new(), Class::Truncated, 0),
        (valid[1..].to_vec(), Class::WrongType, 0),
        ([&[0xd8, 0x12], &valid[1..]].concat(), Class::LongInteger, 0),
        ([&[0xd8, 0x62], &valid[1..]].concat(), Class::WrongType, 0),
        ([&[0xd2], &valid[..]].concat(), Class::WrongType, 1),
        ([&[0xd2, 0x83], &valid[2..]].concat(), Class::OutOfRange, 1),
        ([&[0xd2, 0x9f], &valid[2..], &[0xff]].concat(), Class::IndefiniteLength, 1),
        ([&valid[..], &[0x00]].concat(), Class::TrailingBytes, valid.len()),
        (valid[..valid.len() - 1].to_vec(), Class::Truncated, signature_at),
        ([&valid[..signature_at], &[0x58, 63], &[0; 63]].concat(), Class::OutOfRange, signature_at),
        (detached.clone(), Class::WrongType, detached.len() - 1),
    ];
    for (bytes, class, offset) in cases {
        assert_eq!(decode(&bytes), Err(class.at(offset)), "{:02x?}", &bytes[..bytes.len().min(4)]);
    }
}

#[test]
fn refuses_more_bytes_than_an_entry_can_hold_whatever_they_are() {
    assert_eq!(decode(&vec![0; MESSAGE_MOST + 1]), Err(Class::OutOfRange.at(MESSAGE_MOST)));
    assert_eq!(decode(&vec![0; MESSAGE_MOST]), Err(Class::WrongType.at(0)));
}

#[test]
fn refuses_a_message_of_another_profile() {
    let other = Profile { content_type: "application/json", ..PROFILE };
    assert_eq!(Message::decode(&valid(), other), Err(Class::OutOfRange.at(start(1) + 1)));
    let other = Profile { typ: "example+cose", ..PROFILE };
    assert_eq!(Message::decode(&valid(), other), Err(Class::OutOfRange.at(start(4) + 1)));
}
