//! Keys, records and statements that the integration tests share.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod inputs;
pub(crate) mod verdicts;

use counterfoil_record::codec::{Reader, Wire};
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::statement::{Answer, Statement, SubjectKind};
use counterfoil_record::text::{Fixed, Octets};
use counterfoil_record::{FORMAT, Hash32, Id, Index, Input, Record, Text, Time, Verdict};
use ed25519_dalek::{Signer as _, SigningKey};

pub(crate) fn id(text: &str) -> Id {
    text.parse().unwrap()
}

pub(crate) fn text(text: &str) -> Text {
    text.parse().unwrap()
}

pub(crate) fn hash(byte: u8) -> Hash32 {
    Hash32([byte; 32])
}

pub(crate) fn fixed<const N: usize>(byte: u8) -> Fixed<N> {
    Fixed([byte; N])
}

pub(crate) fn octets(bytes: &[u8]) -> Octets {
    Octets::try_from(bytes.to_vec()).unwrap()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The log that the records are of.
pub(crate) fn origin() -> Id {
    id("log.example/one")
}

/// The log's key.
pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A key that is not the log's.
pub(crate) fn other_key() -> SigningKey {
    SigningKey::from_bytes(&[8; 32])
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_bytes(key.verifying_key().to_bytes()).unwrap()
}

pub(crate) fn record_of(input: Input, verdict: Verdict) -> Record {
    Record {
        format: FORMAT,
        index: Index::new(300),
        prior: hash(0xab),
        prev_control: Some(Index::new(1)),
        time: Time::from_millis(1_767_225_600_123),
        input,
        verdict,
        suppressed: None,
    }
}

/// Every input, and every verdict, in a record that is named for what is special about it.
pub(crate) fn records() -> Vec<(String, Record)> {
    let plain = || Verdict::plain(counterfoil_record::verdict::Outcome::Accepted);
    let by_input = inputs::all().into_iter().map(|(name, input)| (name.into(), record_of(input, plain())));
    let by_verdict = verdicts::all()
        .into_iter()
        .map(|(name, verdict)| (name.into(), record_of(inputs::full_pay(), verdict)));
    let mut all: Vec<_> = by_input.chain(by_verdict).collect();
    let mut genesis = record_of(inputs::genesis(), plain());
    genesis.index = Index::GENESIS;
    genesis.prev_control = None;
    all.push(("the genesis record, without previous control".into(), genesis));
    for count in [1, u64::MAX] {
        let counted = Record { suppressed: Some(count), ..record_of(inputs::full_pay(), plain()) };
        all.push((format!("{count} refusals only counted before"), counted));
    }
    all
}

/// The bytes of `record`, signed by `key`.
pub(crate) fn signed(record: &Record, key: &SigningKey) -> Vec<u8> {
    let unsigned = record.to_unsigned(&origin(), &public(key)).unwrap();
    unsigned.finish(&key.sign(&unsigned.to_be_signed()).to_bytes())
}

/// The public half of `key`, under that name.
pub(crate) fn named(name: &str, key: &SigningKey) -> NamedKey {
    NamedKey::new(id(name), public(key)).unwrap()
}

/// A person and their key.
pub(crate) fn person() -> (NamedKey, SigningKey) {
    let key = SigningKey::from_bytes(&[9; 32]);
    (named("alice@example.com", &key), key)
}

/// A statement of each answer and kind.
pub(crate) fn statements() -> Vec<(&'static str, Statement)> {
    let approval = Statement {
        format: counterfoil_record::statement::FORMAT,
        answer: Answer::Approve,
        origin: origin(),
        role: id("controller"),
        kind: SubjectKind::Payment,
        digest: hash(0x11),
        against: Index::new(7),
        expires: Time::from_millis(1_767_229_200_000),
        run: None,
        phase: None,
    };
    let phase = Statement {
        kind: SubjectKind::Phase,
        run: Some(Index::new(3)),
        phase: Some(id("pay")),
        ..approval.clone()
    };
    let refusal = Statement { answer: Answer::Refuse, ..approval.clone() };
    let others =
        SubjectKind::ALL.iter().filter(|kind| !matches!(kind, SubjectKind::Payment | SubjectKind::Phase));
    let others: Vec<_> =
        others.map(|kind| (kind.code(), Statement { kind: *kind, ..approval.clone() })).collect();
    let mut all =
        vec![("approves a payment", approval), ("refuses a payment", refusal), ("approves a phase", phase)];
    all.extend(others);
    all
}

/// The bytes of `statement`, signed by [`person`].
pub(crate) fn signed_statement(statement: &Statement) -> Vec<u8> {
    let (named, key) = person();
    let unsigned = statement.to_unsigned(&named, Time::from_millis(1_767_225_601_999));
    unsigned.finish(&key.sign(&unsigned.to_be_signed()).to_bytes())
}

/// The number of an input: the first item of its array.
pub(crate) fn number(input: &Input) -> u8 {
    let bytes = input.to_bytes();
    let mut r = Reader::new(&bytes);
    r.array().unwrap();
    r.uint().unwrap().try_into().unwrap()
}

/// A published vector file, or `None` where `COUNTERFOIL_VECTORS` does not name the folder of them.
pub(crate) fn vectors(file: &str) -> Option<serde_json::Value> {
    let Ok(folder) = std::env::var("COUNTERFOIL_VECTORS") else {
        println!("skipped: COUNTERFOIL_VECTORS is not set, {file} is not read");
        return None;
    };
    let path = std::path::Path::new(&folder).join(file);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_slice(&bytes).unwrap())
}
