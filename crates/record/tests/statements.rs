//! Statements: the round trip, who signed, what is refused, and that none can stand for a record.
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

use common::{id, inputs, log_key, other_key, person, public, record_of, signed_statement, statements};
use coset::{CoseSign1, TaggedCborSerializable as _, iana};
use counterfoil_record::codec::{Class, Wire, Writer};
use counterfoil_record::cose::{Algorithm, Claims, Header, MESSAGE_MOST, Message, Unsigned};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{self, Answer, PROFILE, Said, SignedStatement, Statement};
use counterfoil_record::verdict::{Outcome, Verdict};
use counterfoil_record::{SignedRecord, Time, VerifyError};
use ed25519_dalek::Signer as _;

#[test]
fn every_statement_is_read_back_as_it_was_written_and_verifies() {
    let (named, _) = person();
    for (name, statement) in statements() {
        let bytes = signed_statement(&statement);
        let arrived = SignedStatement::decode(&bytes).unwrap();
        assert_eq!(arrived.unverified(), &statement, "{name}");
        assert_eq!(Statement::from_bytes(&statement.to_bytes()), Ok(statement), "{name}");
        assert_eq!(arrived.kid(), named.key().thumbprint(), "{name}");
        assert_eq!(arrived.issuer(), named.name(), "{name}");
        assert!(arrived.names(&named), "{name}");
        assert!(arrived.is_signed_by(named.key()), "{name}");
        assert!(!arrived.is_signed_by(&public(&other_key())), "{name}");
    }
}

#[test]
fn another_reader_of_cose_sees_the_same_bytes_to_sign() {
    let (named, key) = person();
    for (name, statement) in statements() {
        let bytes = signed_statement(&statement);
        let unsigned = statement.to_unsigned(&named, Time::from_millis(1_767_225_601_999));
        let sign1 = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(sign1.tbs_data(b""), unsigned.to_be_signed(), "{name}");
        assert_eq!(sign1.payload, Some(statement.to_bytes()), "{name}");
        assert_eq!(sign1.protected.header.alg, Some(iana::Algorithm::Ed25519.into()), "{name}");
        let verified = sign1.verify_signature(b"", |signature, message| {
            let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
            key.verifying_key().verify_strict(message, &signature)
        });
        assert!(verified.is_ok(), "{name}");
        assert_eq!(sign1.to_tagged_vec().unwrap(), bytes, "{name}");
    }
}

#[test]
fn what_would_be_signed_is_read_as_what_was_signed() {
    let (named, _) = person();
    for (name, statement) in statements() {
        let unsigned = statement.to_unsigned(&named, Time::from_millis(1_767_225_601_999));
        let bytes = unsigned.to_be_signed();
        let arrived = SignedStatement::decode(&signed_statement(&statement)).unwrap();
        assert_eq!(Said::from_to_be_signed(&bytes), Ok(arrived.said()), "{name}");
        for end in 0..bytes.len() {
            assert!(Said::from_to_be_signed(&bytes[..end]).is_err(), "{name}, cut at {end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        let refused = Said::from_to_be_signed(&longer);
        assert_eq!(refused, Err(Class::TrailingBytes.at(bytes.len())), "{name}");
    }
    // What is to be signed for a record, and a statement that is signed already, are neither.
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let of_record = record.to_unsigned(&common::origin(), &public(&log_key())).unwrap().to_be_signed();
    assert_eq!(Said::from_to_be_signed(&of_record), Err(Class::OutOfRange.at(4)));
    let signed = signed_statement(&statements()[0].1);
    assert_eq!(Said::from_to_be_signed(&signed), Err(Class::WrongType.at(0)));
    // No message could hold the second, and nothing of it is read.
    assert_eq!(Said::from_to_be_signed(&vec![0; MESSAGE_MOST]), Err(Class::WrongType.at(0)));
    let refused = Said::from_to_be_signed(&vec![0; MESSAGE_MOST + 1]);
    assert_eq!(refused, Err(Class::OutOfRange.at(MESSAGE_MOST)));
}

#[test]
fn the_header_says_who_what_and_when() {
    let (named, _) = person();
    let subjects = ["payment", "payment", "phase", "policy", "key", "suspend", "resume", "clock", "override"];
    let subjects = [&subjects[..], &["write-off", "request", "erase"]].concat();
    assert_eq!(statements().len(), subjects.len());
    for ((_, statement), subject) in statements().into_iter().zip(subjects) {
        let message = Message::decode(&signed_statement(&statement), PROFILE).unwrap();
        let claims = Claims {
            issuer: named.name().clone(),
            subject: id(&format!("{subject}/7")),
            issued_at: 1_767_225_601,
        };
        let kid = named.key().thumbprint();
        assert_eq!(message.header(), &Header { algorithm: Algorithm::Ed25519, kid, claims });
    }
}

#[test]
fn a_header_names_a_key_by_name_and_thumbprint() {
    let (named, _) = person();
    let arrived = SignedStatement::decode(&signed_statement(&statements()[0].1)).unwrap();
    let another_name = NamedKey::new(id("bob@example.com"), *named.key()).unwrap();
    let another_key = NamedKey::new(named.name().clone(), public(&other_key())).unwrap();
    assert!(!arrived.names(&another_name));
    assert!(!arrived.names(&another_key));
}

#[test]
fn a_statement_under_the_older_name_of_the_algorithm_is_read_and_verified_as_it_arrived() {
    let (named, key) = person();
    let statement = &statements()[0].1;
    let right = Message::decode(&signed_statement(statement), PROFILE).unwrap().header().clone();
    let header = Header { algorithm: Algorithm::EdDsa, ..right };
    let unsigned = Unsigned::new(PROFILE, &header, statement.to_bytes());
    let bytes = unsigned.finish(&key.sign(&unsigned.to_be_signed()).to_bytes());
    let arrived = SignedStatement::decode(&bytes).unwrap();
    assert_eq!(arrived.unverified(), statement);
    assert!(arrived.is_signed_by(named.key()));
    let sign1 = CoseSign1::from_tagged_slice(&bytes).unwrap();
    assert_eq!(sign1.protected.header.alg, Some(iana::Algorithm::EdDSA.into()));
}

#[test]
fn a_signature_of_one_statement_does_not_fit_another() {
    let (named, _) = person();
    let (approval, refusal) = (statements()[0].1.clone(), statements()[1].1.clone());
    assert_eq!((approval.answer, refusal.answer), (Answer::Approve, Answer::Refuse));
    let at = Time::from_millis(1_767_225_601_999);
    let of_refusal = signed_statement(&refusal);
    let signature = of_refusal.last_chunk::<64>().unwrap();
    let swapped = approval.to_unsigned(&named, at).finish(signature);
    assert!(!SignedStatement::decode(&swapped).unwrap().is_signed_by(named.key()));
}

#[test]
fn a_statement_is_no_record_and_a_record_is_no_statement() {
    let statement = signed_statement(&statements()[0].1);
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let record = common::signed(&record, &log_key());
    // The content type stands behind the head of the header, the algorithm and its own key.
    assert_eq!(SignedRecord::decode(&statement), Err(Class::OutOfRange.at(4)));
    assert_eq!(SignedStatement::decode(&record), Err(Class::OutOfRange.at(4)));
}

#[test]
fn a_signature_over_a_statement_cannot_stand_for_one_over_a_record() {
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let key = public(&log_key());
    let as_record = record.to_unsigned(&common::origin(), &key).unwrap();
    let right = as_record.finish(&log_key().sign(&as_record.to_be_signed()).to_bytes());
    let header = SignedRecord::decode(&right).unwrap().header().clone();
    // The same header claims and the same payload, but signed as a statement.
    let as_statement = Unsigned::new(PROFILE, &header, record.to_bytes());
    assert_ne!(as_statement.to_be_signed(), as_record.to_be_signed());
    let signature = log_key().sign(&as_statement.to_be_signed()).to_bytes();
    let forged = SignedRecord::decode(&as_record.finish(&signature)).unwrap();
    assert_eq!(forged.verify(&common::origin(), &key), Err(VerifyError::Signature));
}

/// A statement message of that payload, under a signature of zeros.
fn with_payload(payload: Vec<u8>) -> Vec<u8> {
    let right = Message::decode(&signed_statement(&statements()[0].1), PROFILE).unwrap();
    Unsigned::new(PROFILE, right.header(), payload).finish(&[0; 64])
}

/// The payload with the pair of `key` replaced; every key and the head are one byte.
fn replaced(key: u8, by: &[u8]) -> Vec<u8> {
    let statement = statements()[0].1.clone();
    let text = |text: &str| {
        let mut w = Writer::new();
        w.text(text);
        w.into_bytes()
    };
    let mut values = [
        statement.format.to_bytes(),
        statement.answer.to_bytes(),
        text(statement.origin.as_str()),
        text(statement.role.as_str()),
        statement.kind.to_bytes(),
        statement.digest.to_bytes(),
        statement.against.to_bytes(),
        statement.expires.to_bytes(),
    ];
    values[usize::from(key) - 1] = by.to_vec();
    let mut payload = vec![0xa8];
    for (number, value) in (1..).zip(values) {
        payload.push(number);
        payload.extend(value);
    }
    payload
}

#[test]
fn refuses_a_payload_with_one_wrong_value() {
    assert_eq!(replaced(1, &[1]), statements()[0].1.to_bytes());
    let cases: [(u8, &[u8], Class, usize); 12] = [
        (1, &[0], Class::OutOfRange, 2),
        (1, &[2], Class::OutOfRange, 2),
        (1, &[0x18, 0x01], Class::LongInteger, 2),
        (1, &[0x61, b'1'], Class::WrongType, 2),
        (2, &[2], Class::OutOfRange, 4),
        (2, &[0xf5], Class::WrongType, 4),
        (3, &[0x60], Class::OutOfRange, 6),
        (3, &[0x61, b' '], Class::ForbiddenCharacter, 6),
        (3, &[0x41, b'o'], Class::WrongType, 6),
        (4, &[0x61, 0xff], Class::NotUtf8, 23),
        (5, &[11], Class::OutOfRange, 35),
        (6, &[0x41, 0], Class::OutOfRange, 37),
    ];
    for (key, value, class, offset) in cases {
        let refused = SignedStatement::decode(&with_payload(replaced(key, value)));
        assert_eq!(refused, Err(class.at(offset)), "{key}: {value:02x?}");
    }
}

#[test]
fn refuses_a_payload_of_another_shape() {
    let right = statements()[0].1.to_bytes();
    let cases: [(Vec<u8>, Class, usize); 6] = [
        (Vec::new(), Class::Truncated, 0),
        ([&right[..], &[0]].concat(), Class::TrailingBytes, right.len()),
        ([&[0xa7], &right[3..]].concat(), Class::MissingKey, 0),
        ([&[0xa9], &right[1..], &[0x0b, 0]].concat(), Class::UnknownKey, right.len()),
        ([&[0xa9], &right[1..], &[0x08, 0]].concat(), Class::DuplicateKey, right.len()),
        ([&[0xa9], &right[1..], &[0x09, 0xf6]].concat(), Class::WrongType, right.len() + 1),
    ];
    for (payload, class, offset) in cases {
        assert_eq!(SignedStatement::decode(&with_payload(payload)), Err(class.at(offset)));
    }
    assert_eq!(statement::FORMAT, 1);
}
