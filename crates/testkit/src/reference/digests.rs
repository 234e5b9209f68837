//! The digests of what people sign, and of requests, purchases and obligations.

use counterfoil_record::codec::{Wire as _, Writer};
use counterfoil_record::input::{Pay, Scope};
use counterfoil_record::{Amount, Hash32, Id, Index, Time};

use super::rail::Reading;

/// `SHA-256("counterfoil/subject/" kind "/1" 00 || parts)`.
fn subject(kind: &str, parts: &[&[u8]]) -> Hash32 {
    let tag = format!("counterfoil/subject/{kind}/1\0");
    let mut bytes = tag.into_bytes();
    for part in parts {
        bytes.extend_from_slice(part);
    }
    Hash32::of(&[&bytes])
}

pub(super) fn policy(digest: Hash32) -> Hash32 {
    subject("policy", &[digest.bytes()])
}

pub(super) fn rotation(old: Hash32, new: &[u8; 32]) -> Hash32 {
    subject("key", &[&[0], old.bytes(), new])
}

pub(super) fn revocation(key: Hash32, since: Option<Index>) -> Hash32 {
    let since = since.map(|since| since.value().to_be_bytes().to_vec()).unwrap_or_default();
    subject("key", &[&[1], key.bytes(), &since])
}

pub(super) fn suspension(scope: &Scope) -> Hash32 {
    subject("suspend", &[&scope.to_bytes()])
}

pub(super) fn resumption(scope: &Scope) -> Hash32 {
    subject("resume", &[&scope.to_bytes()])
}

pub(super) fn clock(to: Time) -> Hash32 {
    subject("clock", &[&to.millis().to_be_bytes()])
}

pub(super) fn write_off(payment: Index, amount: Amount) -> Hash32 {
    subject("write-off", &[&payment.value().to_be_bytes(), &amount.units().to_be_bytes()])
}

pub(super) fn erasure(record: Index, commitment: Hash32) -> Hash32 {
    subject("erase", &[&record.value().to_be_bytes(), commitment.bytes()])
}

/// What the agent signs.
pub(super) fn signed_request(request: Hash32, key: &Id) -> Hash32 {
    subject("request", &[request.bytes(), key.as_str().as_bytes()])
}

pub(super) fn override_of(request: Hash32, key: &Id, purchase: Hash32, policy: Hash32) -> Hash32 {
    subject("override", &[request.bytes(), key.as_str().as_bytes(), purchase.bytes(), policy.bytes()])
}

pub(super) fn payment(request: Hash32, policy: Hash32) -> Hash32 {
    subject("payment", &[request.bytes(), policy.bytes()])
}

/// The subject of entering `phase`, on the artefacts that it demands: name, digest, index of the attach.
pub(super) fn phase(policy: Hash32, run: Index, phase: &Id, artefacts: &[(&Id, Hash32, Index)]) -> Hash32 {
    let first = subject("phase", &[policy.bytes(), &run.value().to_be_bytes(), phase.as_str().as_bytes()]);
    artefacts.iter().fold(first, |d, (name, digest, index)| {
        let d = Hash32::of(&[d.bytes(), digest.bytes(), name.as_str().as_bytes()]);
        Hash32::of(&[d.bytes(), &index.value().to_be_bytes()])
    })
}

/// `SHA-256("counterfoil/request/1" 00 || {1 run, 2 part, 3 item, 4 terms, ...})`.
pub(super) fn request(pay: &Pay, reading: &Reading) -> Hash32 {
    let mut fields: Vec<(u64, Vec<u8>)> = vec![(1, pay.run.to_bytes())];
    fields.extend(pay.part.as_ref().map(|part| (2, part.to_bytes())));
    fields.extend(pay.item.as_ref().map(|item| (3, item.to_bytes())));
    fields.push((4, reading.digest().to_bytes()));
    fields.push((5, pay.resource.to_bytes()));
    fields.push((6, pay.wallet.to_bytes()));
    fields.extend(pay.category.as_ref().map(|category| (7, category.to_bytes())));
    fields.extend(pay.compensation.as_ref().map(|compensation| (8, compensation.to_bytes())));
    let mut head = Writer::new();
    head.map(fields.len());
    let mut bytes = head.into_bytes();
    for (key, value) in fields {
        bytes.extend(key.to_bytes());
        bytes.extend(value);
    }
    Hash32::of(&[b"counterfoil/request/1\0", &bytes])
}

/// `SHA-256("counterfoil/purchase/1" 00 || SHA-256 of each)`.
pub(super) fn purchase(principal: &Id, payee: &str, asset: &str, resource: &str, item: &str) -> Hash32 {
    let mut bytes = b"counterfoil/purchase/1\0".to_vec();
    for text in [principal.as_str(), payee, asset, resource, item] {
        bytes.extend_from_slice(Hash32::of(&[text.as_bytes()]).bytes());
    }
    Hash32::of(&[&bytes])
}

pub(super) fn obligation(key: &str) -> Hash32 {
    Hash32::of(&[b"counterfoil/obligation-key/1\0", key.as_bytes()])
}
