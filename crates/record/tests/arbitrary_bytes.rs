//! Whatever the bytes are: no panic, and what is accepted is exactly what would have been written.
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

use common::{
    inputs, log_key, origin, person, public, record_of, records, signed, signed_statement, statements,
};
use counterfoil_record::codec::Wire;
use counterfoil_record::cose::{Message, Unsigned};
use counterfoil_record::input::{Enclosed, Governance, Mandate, Scope, Signed};
use counterfoil_record::key::NamedKey;
use counterfoil_record::private::Private;
use counterfoil_record::statement::{self, Said, SignedStatement, Statement};
use counterfoil_record::verdict::{Check, Operand, Outcome, Verdict};
use counterfoil_record::{Amount, Id, Input, PROFILE, Record, SignedRecord, Text};
use proptest::prelude::*;

/// Decodes; what is accepted is written back to the same bytes.
fn one_encoding<T: Wire>(bytes: &[u8]) -> bool {
    let decoded = T::from_bytes(bytes);
    if let Ok(value) = &decoded {
        assert_eq!(hex::encode(value.to_bytes()), hex::encode(bytes));
    }
    decoded.is_ok()
}

/// The same for a whole message of either profile.
fn one_message(bytes: &[u8]) {
    let signature = bytes.last_chunk::<64>();
    let again = |message: &Message, profile, payload| {
        Unsigned::new(profile, message.header(), payload).finish(signature.unwrap())
    };
    if let Ok(record) = SignedRecord::decode(bytes) {
        let message = Message::decode(bytes, PROFILE).unwrap();
        assert_eq!(again(&message, PROFILE, record.unverified().to_bytes()), bytes);
    }
    if let Ok(said) = Said::from_to_be_signed(bytes) {
        let unsigned = Unsigned::new(statement::PROFILE, &said.header, said.statement.to_bytes());
        assert_eq!(unsigned.to_be_signed(), bytes);
    }
    if let Ok(statement) = SignedStatement::decode(bytes) {
        let message = Message::decode(bytes, statement::PROFILE).unwrap();
        assert_eq!(again(&message, statement::PROFILE, statement.unverified().to_bytes()), bytes);
    }
}

fn as_everything(bytes: &[u8]) {
    one_message(bytes);
    one_encoding::<Record>(bytes);
    one_encoding::<Input>(bytes);
    one_encoding::<Enclosed>(bytes);
    one_encoding::<Signed>(bytes);
    one_encoding::<Governance>(bytes);
    one_encoding::<Mandate>(bytes);
    one_encoding::<Scope>(bytes);
    one_encoding::<Verdict>(bytes);
    one_encoding::<Check>(bytes);
    one_encoding::<Operand>(bytes);
    one_encoding::<Statement>(bytes);
    one_encoding::<Private>(bytes);
    one_encoding::<NamedKey>(bytes);
    one_encoding::<Amount>(bytes);
    one_encoding::<Text>(bytes);
    one_encoding::<Id>(bytes);
}

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Copy(prop::sample::Index, prop::sample::Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    use prop::sample::Index;
    let heads =
        prop::sample::select(vec![0x00, 0x18, 0x40, 0x60, 0x80, 0x82, 0xa0, 0xa1, 0xc2, 0xf5, 0xf6, 0xff]);
    prop_oneof![
        (any::<Index>(), prop_oneof![any::<u8>(), heads]).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..4))
            .prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (any::<Index>(), 1_usize..4).prop_map(|(at, len)| Edit::Remove(at, len)),
        (any::<Index>(), any::<Index>(), 1_usize..9).prop_map(|(from, to, len)| Edit::Copy(from, to, len)),
    ]
}

fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    if bytes.is_empty() {
        return;
    }
    let len = bytes.len();
    match edit {
        Edit::Set(at, byte) => bytes[at.index(len)] = *byte,
        Edit::Insert(at, more) => {
            let at = at.index(len);
            bytes.splice(at..at, more.iter().copied());
        }
        Edit::Remove(at, count) => {
            let at = at.index(len);
            bytes.drain(at..len.min(at + count));
        }
        Edit::Copy(from, to, count) => {
            let (from, to) = (from.index(len), to.index(len));
            let copied = bytes[from..len.min(from + count)].to_vec();
            bytes.splice(to..to, copied);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_are_decoded_to_something_that_is_written_otherwise(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        as_everything(&bytes);
    }

    #[test]
    fn each_input_is_decoded_strictly(kind in 0..inputs::KINDS, body in prop::collection::vec(any::<u8>(), 0..60)) {
        let bytes = [&[0x82], &u64::from(kind).to_bytes()[..], &body].concat();
        one_encoding::<Input>(&bytes);
    }

    #[test]
    fn edited_records_are_refused_or_written_back(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec(edit(), 1..4),
        whole in any::<bool>(),
    ) {
        let all = records();
        let (_, record) = which.get(&all);
        let mut bytes = if whole { signed(record, &log_key()) } else { record.to_bytes() };
        for edit in &edits { apply(&mut bytes, edit); }
        one_message(&bytes);
        one_encoding::<Record>(&bytes);
    }

    #[test]
    fn edited_inputs_and_verdicts_are_refused_or_written_back(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec(edit(), 1..3),
    ) {
        let all = records();
        let (_, record) = which.get(&all);
        let mut bytes = record.input.to_bytes();
        for edit in &edits { apply(&mut bytes, edit); }
        one_encoding::<Input>(&bytes);
        let mut bytes = record.verdict.to_bytes();
        for edit in &edits { apply(&mut bytes, edit); }
        one_encoding::<Verdict>(&bytes);
    }
}

/// Every change of one bit, and of all bits, of one byte.
fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).flat_map(move |position| {
        [1, 2, 4, 8, 16, 32, 64, 128, 255].into_iter().map(move |mask| {
            let mut flipped = bytes.to_vec();
            flipped[position] ^= mask;
            flipped
        })
    })
}

#[test]
fn a_flipped_byte_of_a_record_is_refused_or_spoils_its_signature() {
    let key = public(&log_key());
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let (mut refused, mut decoded) = (0, 0);
    for bytes in flips(&signed(&record, &log_key())) {
        one_message(&bytes);
        let Ok(arrived) = SignedRecord::decode(&bytes) else {
            refused += 1;
            continue;
        };
        decoded += 1;
        assert!(!Message::decode(&bytes, PROFILE).unwrap().is_signed_by(&key), "{}", hex::encode(&bytes));
        assert!(arrived.verify(&origin(), &key).is_err(), "{}", hex::encode(&bytes));
    }
    assert!(refused > 1000 && decoded > 1000, "{refused} refused, {decoded} decoded");
}

#[test]
fn a_flipped_byte_of_a_statement_is_refused_or_spoils_its_signature() {
    let (named, _) = person();
    for (name, statement) in statements() {
        for bytes in flips(&signed_statement(&statement)) {
            one_message(&bytes);
            if let Ok(arrived) = SignedStatement::decode(&bytes) {
                assert!(!arrived.is_signed_by(named.key()), "{name}: {}", hex::encode(&bytes));
            }
        }
    }
}

#[test]
fn every_beginning_of_a_record_is_refused() {
    let record = record_of(inputs::full_pay(), Verdict::plain(Outcome::Allow));
    let (message, payload) = (signed(&record, &log_key()), record.to_bytes());
    for end in 0..message.len() {
        assert!(SignedRecord::decode(&message[..end]).is_err(), "{end}");
    }
    for end in 0..payload.len() {
        assert!(!one_encoding::<Record>(&payload[..end]), "{end}");
    }
}
