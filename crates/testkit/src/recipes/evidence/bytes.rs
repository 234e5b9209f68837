//! Bytes changed by somebody who does not have the log's key.

use super::{Case, short};
use crate::forge;
use crate::vectors::Evidence;

pub(super) fn all() -> Vec<Evidence> {
    vec![
        signature(),
        payload(),
        key_id(),
        algorithm(),
        issuer(),
        trailing(),
        cut(),
        text(),
        signature_of_another_record(),
    ]
}

/// The short log with record 5 changed.
fn changed(name: &'static str, shows: &'static str, change: impl Fn(&mut Vec<u8>)) -> Case {
    let mut entries = short();
    change(&mut entries[5]);
    Case::new(name, shows, entries)
}

fn flip(entry: &mut [u8], what: &[u8]) {
    let at = entry.windows(what.len()).position(|window| window == what).expect("the bytes stand there");
    entry[at] ^= 1;
}

fn signature() -> Evidence {
    let shows = "One bit of a signature is changed.";
    changed("bit-of-a-signature", shows, |entry| *entry.last_mut().unwrap() ^= 1)
        .not_checked("after-break")
        .fails("record-signature", 5)
}

fn payload() -> Evidence {
    let prior = forge::records(&short())[5].prior;
    let shows = "One bit of a payload is changed.";
    changed("bit-of-a-payload", shows, |entry| flip(entry, prior.bytes())).fails("record-signature", 5)
}

fn key_id() -> Evidence {
    let thumbprint = crate::keys::log_named().key().thumbprint();
    let shows = "One bit of the key id in a header is changed; the id is never where the key comes from.";
    changed("bit-of-a-key-id", shows, |entry| flip(entry, thumbprint.bytes()))
        .fails("record-of-another-key", 5)
}

fn algorithm() -> Evidence {
    let shows = "A header names another signature algorithm.";
    changed("another-algorithm", shows, |entry| {
        // Key 1 (alg), then -19; -8 in its place.
        let at = entry.windows(2).position(|window| window == [0x01, 0x32]).unwrap();
        entry[at + 1] = 0x27;
    })
    .fails("record-of-another-key", 5)
}

fn issuer() -> Evidence {
    let shows = "A header names another log.";
    changed("another-issuer", shows, |entry| flip(entry, b"log.test.example"))
        .fails("record-of-another-log", 5)
}

fn trailing() -> Evidence {
    let shows = "A byte stands after the end of a record.";
    changed("trailing-byte", shows, |entry| entry.push(0)).fails("record-malformed", 5)
}

fn cut() -> Evidence {
    let shows = "A record lacks its last byte.";
    changed("record-cut-short", shows, |entry| {
        entry.pop();
    })
    .fails("record-malformed", 5)
}

fn text() -> Evidence {
    let mut entries = short();
    entries[5] = b"{\"outcome\":\"allow\"}".to_vec();
    Case::new("record-is-no-record", "An entry is something else.", entries).fails("record-malformed", 5)
}

fn signature_of_another_record() -> Evidence {
    let mut entries = short();
    let of_four: Vec<u8> = entries[4][entries[4].len() - 64..].to_vec();
    let start = entries[5].len() - 64;
    entries[5][start..].copy_from_slice(&of_four);
    let shows = "A record carries the signature of another.";
    Case::new("signature-of-another-record", shows, entries).fails("record-signature", 5)
}
