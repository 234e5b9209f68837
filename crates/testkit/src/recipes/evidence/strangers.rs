//! Records and logs of somebody else, and of a later version.

use counterfoil_audit::Verdict;
use counterfoil_enforce::Signer as _;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::cose::{Algorithm, Claims, Header, Unsigned};
use counterfoil_record::input::Governance;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Fixed, Input, PROFILE, Record};

use super::{Case, short};
use crate::vectors::Evidence;
use crate::{forge, keys};

pub(super) fn all() -> Vec<Evidence> {
    vec![
        another_origin(),
        another_key(),
        unknown_semantics(),
        unknown_format_of_the_log(),
        unknown_format(),
        record_of_another_key(),
        signed_by_another_key(),
        record_of_another_log(),
        claims(),
        unknown_format_against_a_pin(),
        refused_genesis(),
    ]
}

/// The genesis record, changed.
fn genesis(change: impl Fn(&mut counterfoil_record::input::Genesis)) -> Record {
    let mut record = forge::records(&short()).remove(0);
    let Input::Genesis(genesis) = &mut record.input else { panic!("no genesis") };
    change(genesis);
    record
}

fn another_origin() -> Evidence {
    let others = "log.test.example/others";
    let record = genesis(|it| it.origin = others.parse().unwrap());
    let entry = forge::sign_as(&record, &others.parse().unwrap(), &keys::log());
    let shows = "A log of another name is not the trusted one, even under the same key.";
    Case::new("genesis-of-another-origin", shows, vec![entry]).fails("genesis-differs", 0)
}

fn another_key() -> Evidence {
    let mallory = keys::ed25519("mallory");
    let record = genesis(|it| it.log_key = Fixed(*mallory.public_key().bytes()));
    let entry = forge::sign(&record, &mallory);
    let shows = "A log opened anew under the same name with another key is not the trusted one.";
    Case::new("genesis-of-another-key", shows, vec![entry]).fails("genesis-differs", 0)
}

fn unknown_semantics() -> Evidence {
    let entry = forge::sign(&genesis(|it| it.semantics = 99), &keys::log());
    let shows = "A log of a semantics version that is not known is not decided.";
    Case::new("genesis-of-unknown-semantics", shows, vec![entry])
        .expect(Verdict::Undecided, &[("unknown-semantics", Some(0))])
}

fn unknown_format_of_the_log() -> Evidence {
    let entry = forge::sign(&genesis(|it| it.format = 99), &keys::log());
    let shows = "A log whose genesis states a format version that is not known is not decided.";
    Case::new("genesis-of-unknown-format", shows, vec![entry])
        .expect(Verdict::Undecided, &[("unknown-format", Some(0))])
}

fn unknown_format() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    entries[5] = forge::sign(&Record { format: 99, ..record }, &keys::log());
    let shows = "A record of a format version that is not known is not decided.";
    Case::new("record-of-unknown-format", shows, entries)
        .expect(Verdict::Undecided, &[("unknown-format", Some(5))])
}

fn record_of_another_key() -> Evidence {
    let mut entries = short();
    entries[5] = forge::sign(&forge::records(&entries)[5], &keys::ed25519("mallory"));
    let shows = "A record is signed, and marked, by another key.";
    Case::new("record-of-another-key", shows, entries).fails("record-of-another-key", 5)
}

fn signed_by_another_key() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    let unsigned = record.to_unsigned(keys::log_named().name(), keys::log().public_key()).unwrap();
    let signature = keys::ed25519("mallory").sign(&unsigned.to_be_signed()).unwrap();
    entries[5] = unsigned.finish(&signature);
    let shows = "A record names the log's key and is signed by another.";
    Case::new("record-signed-by-another-key", shows, entries).fails("record-signature", 5)
}

fn record_of_another_log() -> Evidence {
    let mut entries = short();
    let others = "log.test.example/others".parse().unwrap();
    entries[5] = forge::sign_as(&forge::records(&entries)[5], &others, &keys::log());
    let shows = "A record that the same key signed for another log does not stand in this one.";
    Case::new("record-of-another-log", shows, entries).fails("record-of-another-log", 5)
}

fn claims() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    let header = Header {
        algorithm: Algorithm::Ed25519,
        kid: keys::log_named().key().thumbprint(),
        claims: Claims {
            issuer: keys::log_named().name().clone(),
            subject: "payment/8".parse().unwrap(),
            issued_at: record.time.seconds(),
        },
    };
    let unsigned = Unsigned::new(PROFILE, &header, record.to_bytes());
    let signature = keys::log().sign(&unsigned.to_be_signed()).unwrap();
    entries[5] = unsigned.finish(&signature);
    let shows = "A header says that the record is about another payment than its payload.";
    Case::new("record-header-contradicts-its-payload", shows, entries).fails("record-claims", 5)
}

fn unknown_format_against_a_pin() -> Evidence {
    let mut entries = short();
    let record = forge::records(&entries).remove(5);
    entries[5] = forge::sign(&Record { format: 99, ..record }, &keys::log());
    let shows = "What nobody can decide contradicts a pinned checkpoint all the same.";
    Case::new("record-of-unknown-format-against-a-pin", shows, entries)
        .pinned(&short())
        .expect(Verdict::Contradiction, &[("unknown-format", Some(5)), ("root-differs-from-pinned", None)])
}

/// A genesis that nobody can govern is refused, and says so.
fn refused_genesis() -> Evidence {
    let mut honest = genesis(|_| {});
    let Input::Genesis(input) = &mut honest.input else { panic!("no genesis") };
    input.governance = Some(Governance { members: [].into(), quorum: 1 });
    let record = forge::next(&[], honest.input);
    assert_eq!(record.verdict.outcome, Outcome::Refused);
    let entry = forge::sign(&record, &keys::log());
    let shows = "A genesis that was refused opens no log.";
    Case::new("genesis-refused", shows, vec![entry]).fails("no-genesis", 0)
}
