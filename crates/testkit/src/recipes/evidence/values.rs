//! Values that a record could have in a second encoding: keys as text, sets and maps that are lists on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::Value;
use counterfoil_audit::Verdict;
use counterfoil_enforce::Signer as _;
use counterfoil_enforce::command::Mandate;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::cose::Unsigned;
use counterfoil_record::{Amount, Input, PROFILE, Record};

use super::Case;
use super::encodings::bytes;
use super::envelopes::header_of;
use super::rotation::rotated;
use crate::policy::{OTHER_SELLER, YEN};
use crate::scene::{Scene, accepted, mandate};
use crate::vectors::Evidence;
use crate::{forge, keys, policy, rail};

const MALFORMED: &str = "record-malformed";

pub(super) fn all() -> Vec<Evidence> {
    let mandated = |name, shows, change: &dyn Fn(&mut Vec<Value>)| {
        let entries = with_a_mandate();
        let entry = edited(&entries, 2, |mandate| {
            let Value::Map(fields) = mandate else { panic!("no mandate") };
            let mut lists = fields.iter_mut().filter_map(|(_, value)| match value {
                Value::Array(items) if items.len() == 2 && !items[0].is_integer() => Some(items),
                _ => None,
            });
            change(lists.next_back().unwrap());
        });
        with(name, shows, entries, 2, entry).fails(MALFORMED, 2)
    };
    vec![
        Case::new(
            "honest-log-with-a-mandate",
            "A log with a mandate verifies, and the report says that nobody read who signed it.",
            with_a_mandate(),
        )
        .not_checked("mandates")
        .verifies(),
        mandated("payload-set-not-rising", "The payees of a mandate do not rise.", &|payees| {
            payees.swap(0, 1);
        }),
        mandated("payload-set-with-one-twice", "A mandate names a payee twice.", &|payees| {
            payees.push(payees[1].clone());
        }),
        rotated_to("payload-key-of-another-hash", "A key stands under a hash that is not its own.", &|key| {
            let mut parts = key.splitn(3, '+');
            let (name, key) = (parts.next().unwrap(), parts.nth(1).unwrap());
            format!("{name}+00000000+{key}")
        }),
        rotated_to("payload-key-of-another-type", "A key is marked as one of another kind.", &|key| {
            let mut parts = key.splitn(3, '+');
            let (name, hash) = (parts.next().unwrap(), parts.next().unwrap());
            let mut typed = STANDARD.decode(parts.next().unwrap()).unwrap();
            typed[0] = 2;
            format!("{name}+{hash}+{}", STANDARD.encode(typed))
        }),
        name_with_a_plus(),
    ]
}

/// ```text
/// 0 genesis   1 adopt-policy   2 open-run, under a mandate of two limits and two payees
/// ```
fn with_a_mandate() -> Vec<Vec<u8>> {
    let mut scene = Scene::new("", "", &policy::plain());
    let usdc = format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN);
    let yen = format!("{}/erc20:{YEN}", rail::CHAIN);
    let payees = [rail::SELLER, OTHER_SELLER].map(|it| format!("{}:{it}", rail::CHAIN).parse().unwrap());
    let mandate = Mandate {
        limits: [usdc, yen].map(|asset| (asset.parse().unwrap(), Amount::new(5_000_000))).into(),
        payees: payees.into(),
        ..mandate(0)
    };
    scene.open_within("run-1", None, Some(mandate), accepted());
    scene.script.entries()
}

/// Record `at`, signed again after the mandate in its payload was changed.
fn edited(entries: &[Vec<u8>], at: usize, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    fn mandate(value: &mut Value) -> Option<&mut Value> {
        let is_it = |value: &Value| {
            value.as_map().is_some_and(|map| map.iter().any(|(_, it)| it.as_text() == Some("test-mandate")))
        };
        if is_it(value) {
            return Some(value);
        }
        match value {
            Value::Array(items) => items.iter_mut().find_map(mandate),
            Value::Map(pairs) => pairs.iter_mut().find_map(|(_, value)| mandate(value)),
            _ => None,
        }
    }
    let record = forge::records(entries).remove(at);
    let mut payload: Value = ciborium::from_reader(&record.to_bytes()[..]).unwrap();
    change(mandate(&mut payload).unwrap());
    signed(&record, bytes(&payload))
}

/// The payload, signed under the header that the record has.
fn signed(record: &Record, payload: Vec<u8>) -> Vec<u8> {
    let unsigned = Unsigned::new(PROFILE, &header_of(record), payload);
    unsigned.finish(&keys::log().sign(&unsigned.to_be_signed()).unwrap())
}

fn with(
    name: &'static str,
    shows: &'static str,
    mut entries: Vec<Vec<u8>>,
    at: usize,
    entry: Vec<u8>,
) -> Case {
    entries[at] = entry;
    entries.truncate(at + 1);
    Case::new(name, shows, entries)
}

/// The rotation of a log's key, to a key in another text of the same length.
fn rotated_to(name: &'static str, shows: &'static str, text: &dyn Fn(&str) -> String) -> Evidence {
    let entries = rotated();
    let record = forge::records(&entries).remove(3);
    let Input::RotateKey(rotate) = &record.input else { panic!("no rotation") };
    let honest = rotate.new.to_string();
    let changed = text(&honest);
    assert_eq!(changed.len(), honest.len());
    let mut payload = record.to_bytes();
    let at = payload.windows(honest.len()).position(|window| window == honest.as_bytes()).unwrap();
    payload[at..at + honest.len()].copy_from_slice(changed.as_bytes());
    with(name, shows, entries, 3, signed(&record, payload)).fails(MALFORMED, 3)
}

/// Under no trust, a log whose name could not stand in the text of its key.
fn name_with_a_plus() -> Evidence {
    let name = "log.test.example/a+b".parse().unwrap();
    let mut record = forge::records(&super::short()).remove(0);
    let Input::Genesis(genesis) = &mut record.input else { panic!("no genesis") };
    genesis.origin = name;
    let entry = forge::sign_as(&record, &"log.test.example/a+b".parse().unwrap(), &keys::log());
    Case::new("genesis-of-a-name-that-no-key-has", "A log bears a name that no key can have.", vec![entry])
        .trust(None)
        .expect(Verdict::Failed, &[("no-genesis", Some(0))])
}
