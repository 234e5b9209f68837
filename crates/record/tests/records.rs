//! Records of every input and verdict: the round trip, another reader of COSE, and what `verify` refuses.
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

use std::collections::BTreeSet;

use common::{inputs, log_key, origin, other_key, public, record_of, records, signed};
use coset::{CborSerializable as _, CoseSign1, TaggedCborSerializable as _, iana};
use counterfoil_record::codec::{Class, Wire};
use counterfoil_record::cose::{Algorithm, Claims, Header, MESSAGE_MOST, Unsigned};
use counterfoil_record::verdict::{CheckResult, Outcome, Verdict};
use counterfoil_record::{Index, Input, PROFILE, Record, SignedRecord, Time, VerifyError, WriteError};
use ed25519_dalek::Signer as _;

#[test]
fn the_records_hold_every_kind_of_input_and_every_outcome() {
    let kinds: BTreeSet<u8> = records().iter().map(|(_, record)| common::number(&record.input)).collect();
    assert_eq!(kinds, (0..inputs::KINDS).collect());
    let outcomes: BTreeSet<Outcome> = records().iter().map(|(_, record)| record.verdict.outcome).collect();
    assert_eq!(outcomes, Outcome::ALL.iter().copied().collect());
}

#[test]
fn every_record_is_read_back_as_it_was_written_and_verifies() {
    for (name, record) in records() {
        let bytes = signed(&record, &log_key());
        let arrived = SignedRecord::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(arrived.unverified(), &record, "{name}");
        assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record.clone()), "{name}");
        let verified = arrived.verify(&origin(), &public(&log_key())).unwrap();
        assert_eq!(verified.record(), &record, "{name}");
        assert_eq!(verified.into_record(), record, "{name}");
    }
}

#[test]
fn every_record_has_its_own_bytes() {
    let distinct: BTreeSet<_> = records().iter().map(|(_, record)| record.to_bytes()).collect();
    assert_eq!(distinct.len(), records().len());
}

#[test]
fn another_reader_of_cose_sees_the_same_header_and_the_same_bytes_to_sign() {
    for (name, record) in records() {
        let bytes = signed(&record, &log_key());
        let unsigned = record.to_unsigned(&origin(), &public(&log_key())).unwrap();
        let sign1 = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(sign1.tbs_data(b""), unsigned.to_be_signed(), "{name}");
        assert_eq!(sign1.payload, Some(record.to_bytes()), "{name}");
        assert!(sign1.unprotected.is_empty(), "{name}");
        let header = &sign1.protected.header;
        assert_eq!(header.alg, Some(iana::Algorithm::Ed25519.into()), "{name}");
        assert_eq!(header.key_id, public(&log_key()).thumbprint().bytes(), "{name}");
        assert_eq!(header.content_type, Some(coset::ContentType::Text(PROFILE.content_type.into())));
        let verified = sign1.verify_signature(b"", |signature, message| {
            let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
            log_key().verifying_key().verify_strict(message, &signature)
        });
        assert!(verified.is_ok(), "{name}");
        assert_eq!(sign1.to_tagged_vec().unwrap(), bytes, "{name}");
    }
}

#[test]
fn the_header_says_who_what_and_when() {
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let arrived = SignedRecord::decode(&signed(&record, &log_key())).unwrap();
    let claims = Claims { issuer: origin(), subject: common::id("payment/300"), issued_at: 1_767_225_600 };
    let kid = public(&log_key()).thumbprint();
    assert_eq!(arrived.header(), &Header { algorithm: Algorithm::Ed25519, kid, claims });
    let header = coset::Header::from_slice(
        CoseSign1::from_tagged_slice(&signed(&record, &log_key()))
            .unwrap()
            .protected
            .original_data
            .as_ref()
            .unwrap(),
    )
    .unwrap();
    let labels: Vec<_> = header.rest.iter().map(|(label, _)| label.clone()).collect();
    assert_eq!(labels, [coset::Label::Int(15), coset::Label::Int(16)]);
    assert_eq!(header.rest[1].1.as_text(), Some(PROFILE.typ));
}

#[test]
fn the_subject_names_the_thing_that_the_record_is_about() {
    let subjects: BTreeSet<(u8, String)> = records()
        .iter()
        .map(|(_, record)| (common::number(&record.input), record.input.subject(record.index).to_string()))
        .collect();
    let expected = [
        (0, "log"),
        (1, "policy"),
        (2, "log"),
        (3, "log"),
        (4, "run/300"),
        (5, "run/18446744073709551615"),
        (6, "run/23"),
        (7, "run/18446744073709551615"),
        (8, "transaction/300"),
        (9, "transaction/4294967296"),
        (10, "transaction/4294967296"),
        (11, "transaction/4294967296"),
        (12, "payment/300"),
        (13, "payment/65536"),
        (14, "statement"),
        (15, "payment/65535"),
        (16, "payment/65536"),
        (17, "payment/65536"),
        (18, "payment/65536"),
        (19, "payment/65536"),
        (20, "payment/65536"),
        (21, "key"),
        (22, "key"),
        (23, "suspension"),
        (24, "suspension"),
        (25, "log"),
        (26, "log"),
        (27, "payment/65536"),
        (28, "payment/65536"),
        (29, "log"),
        (30, "record/7"),
    ];
    assert_eq!(subjects, expected.map(|(kind, subject)| (kind, subject.to_owned())).into());
}

#[test]
fn an_input_names_the_run_or_the_payment_that_it_is_about() {
    let named = |of: fn(&Input) -> Option<Index>| {
        let naming = inputs::all().into_iter().filter(|(_, input)| of(input).is_some());
        naming.map(|(_, input)| common::number(&input)).collect::<BTreeSet<_>>()
    };
    assert_eq!(named(Input::run), [5, 6, 7, 8, 12].into());
    assert_eq!(named(Input::payment), [13, 15, 16, 17, 18, 19, 20, 27, 28].into());
}

fn pay() -> Record {
    record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow))
}

fn header_of(record: &Record) -> Header {
    SignedRecord::decode(&signed(record, &log_key())).unwrap().header().clone()
}

/// The verdict on `record` under a header of the caller's making, rightly signed by the log's key.
fn verify_under(header: &Header, record: &Record) -> Result<(), VerifyError> {
    let unsigned = Unsigned::new(PROFILE, header, record.to_bytes());
    let bytes = unsigned.finish(&log_key().sign(&unsigned.to_be_signed()).to_bytes());
    SignedRecord::decode(&bytes).unwrap().verify(&origin(), &public(&log_key())).map(|_| ())
}

#[test]
fn refuses_a_header_that_is_not_the_logs_or_not_the_payloads() {
    let record = pay();
    let right = header_of(&record);
    assert_eq!(verify_under(&right, &record), Ok(()));
    let claims = |claims: Claims| Header { claims, ..right.clone() };
    let of = right.claims.clone();
    let cases = [
        (Header { algorithm: Algorithm::EdDsa, ..right.clone() }, VerifyError::Algorithm),
        (Header { kid: public(&other_key()).thumbprint(), ..right.clone() }, VerifyError::Kid),
        (claims(Claims { issuer: common::id("log.example/two"), ..of.clone() }), VerifyError::Origin),
        (claims(Claims { subject: common::id("payment/301"), ..of.clone() }), VerifyError::Claims),
        (claims(Claims { issued_at: of.issued_at + 1, ..of.clone() }), VerifyError::Claims),
        (claims(Claims { issued_at: 1_767_225_600_123, ..of }), VerifyError::Claims),
    ];
    for (header, error) in cases {
        assert_eq!(verify_under(&header, &record), Err(error), "{header:?}");
    }
}

#[test]
fn refuses_another_format_version() {
    let record = Record { format: 2, ..pay() };
    assert_eq!(verify_under(&header_of(&record), &record), Err(VerifyError::Format));
    let record = Record { format: 0, ..pay() };
    assert_eq!(verify_under(&header_of(&record), &record), Err(VerifyError::Format));
}

#[test]
fn refuses_another_key_and_another_log() {
    let bytes = signed(&pay(), &log_key());
    let arrived = SignedRecord::decode(&bytes).unwrap();
    assert_eq!(arrived.clone().verify(&origin(), &public(&other_key())), Err(VerifyError::Kid));
    let other = common::id("log.example/two");
    assert_eq!(arrived.verify(&other, &public(&log_key())), Err(VerifyError::Origin));
    let forged = signed(&pay(), &other_key());
    let forged = SignedRecord::decode(&forged).unwrap();
    assert_eq!(forged.verify(&origin(), &public(&log_key())).unwrap_err(), VerifyError::Kid);
}

#[test]
fn refuses_a_signature_by_another_key_under_the_right_header() {
    let unsigned = pay().to_unsigned(&origin(), &public(&log_key())).unwrap();
    let bytes = unsigned.finish(&other_key().sign(&unsigned.to_be_signed()).to_bytes());
    let arrived = SignedRecord::decode(&bytes).unwrap();
    assert_eq!(arrived.verify(&origin(), &public(&log_key())), Err(VerifyError::Signature));
}

#[test]
fn refuses_the_payload_of_another_record_of_the_same_subject_and_second() {
    let settled = |amount| {
        let amount = counterfoil_record::Amount::new(amount);
        let settle = counterfoil_record::input::Settle { payment: Index::new(7), amount, evidence: None };
        record_of(Input::Settle(settle), Verdict::plain(Outcome::Accepted))
    };
    let key = public(&log_key());
    let unsigned = |amount| settled(amount).to_unsigned(&origin(), &key).unwrap();
    let signature = log_key().sign(&unsigned(1).to_be_signed()).to_bytes();
    let swapped = SignedRecord::decode(&unsigned(2).finish(&signature)).unwrap();
    assert_eq!(swapped.unverified(), &settled(2));
    assert_eq!(swapped.verify(&origin(), &key), Err(VerifyError::Signature));
}

#[test]
fn a_record_of_another_place_time_or_history_has_another_signature() {
    let record = pay();
    let signature =
        |record: &Record| signed(record, &log_key())[signed(record, &log_key()).len() - 64..].to_vec();
    for other in [
        Record { index: Index::new(301), ..record.clone() },
        Record { prior: common::hash(0xac), ..record.clone() },
        Record { prev_control: None, ..record.clone() },
        Record { time: Time::from_millis(1_767_225_600_124), ..record.clone() },
        Record { verdict: Verdict::plain(Outcome::Deny), ..record.clone() },
        Record { suppressed: Some(1), ..record.clone() },
    ] {
        assert_ne!(signature(&other), signature(&record));
    }
}

/// A record whose message has as many bytes as `evidence` and a constant make.
fn large(policy: usize, source: usize) -> Record {
    let adopt = inputs::adopt_policy(&vec![0x61; policy], &vec![0x61; source]);
    record_of(Input::AdoptPolicy(adopt), Verdict::plain(Outcome::Accepted))
}

#[test]
fn a_record_is_at_most_what_an_entry_of_the_log_can_hold() {
    let rest = signed(&large(40_000, 20_000), &log_key()).len() - 60_000;
    let fits = large(40_000, MESSAGE_MOST - rest - 40_000);
    let bytes = signed(&fits, &log_key());
    assert_eq!(bytes.len(), MESSAGE_MOST);
    assert_eq!(SignedRecord::decode(&bytes).unwrap().unverified(), &fits);

    let too_long = large(40_000, MESSAGE_MOST - rest - 40_000 + 1);
    let refused = too_long.to_unsigned(&origin(), &public(&log_key())).map(|_| ());
    assert_eq!(refused, Err(WriteError::TooLong { len: MESSAGE_MOST + 1 }));
    let unsigned = Unsigned::new(PROFILE, &header_of(&large(1, 1)), too_long.to_bytes());
    let bytes = unsigned.finish(&[0; 64]);
    assert_eq!(bytes.len(), MESSAGE_MOST + 1);
    assert_eq!(SignedRecord::decode(&bytes), Err(Class::OutOfRange.at(MESSAGE_MOST)));
}

#[test]
fn checks_are_found_by_their_result() {
    let (_, verdict) = common::verdicts::all().into_iter().find(|(name, _)| *name == "every check").unwrap();
    let found: usize = CheckResult::ALL.iter().map(|result| verdict.checks(*result).count()).sum();
    assert_eq!((found, verdict.checks(CheckResult::Fail).count()), (26, 5));
    assert!(verdict.checks(CheckResult::Fail).all(|check| check.result == CheckResult::Fail));
}

#[test]
fn records_are_shown_as_json_with_names_in_place_of_numbers() {
    let json = serde_json::to_value(pay()).unwrap();
    assert_eq!(json["input"]["type"], "pay");
    assert_eq!(json["verdict"]["outcome"], "allow");
    assert_eq!(json["prior"], "ab".repeat(32));
    let (_, verdict) =
        common::verdicts::all().into_iter().find(|(name, _)| *name == "every operand").unwrap();
    let json = serde_json::to_value(verdict).unwrap();
    assert_eq!(json["trace"][0]["check"], "budget");
    assert_eq!(json["trace"][0]["operands"]["because"], "51".repeat(32));
}
