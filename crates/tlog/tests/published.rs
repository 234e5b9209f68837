//! The published proof vectors of transparency-dev/merkle.
//!
//! `COUNTERFOIL_VECTORS` names the folder that holds `merkle/testdata`. Without it the tests say
//! that they were skipped; with it, a missing folder or file is a failure.
//!
//! Nothing is repaired on the way in: a number that is not a `u64` and a hash that is not 32 bytes
//! cannot be expressed here and count as refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "test code")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use counterfoil_tlog::{Hash, verify_consistency, verify_inclusion};
use serde_json::Value;

/// Expected to be accepted, but its roots are 12 bytes of text that stand for equal roots.
const ROOTS_ARE_NO_HASHES: &str = "additional/sizes-are-equal-one-and-proof-is-empty.json";

/// The files of one kind of proof, with their contents; `None` when the tests are to be skipped.
fn vectors(kind: &str) -> Option<Vec<(PathBuf, Value)>> {
    let Some(root) = env::var_os("COUNTERFOIL_VECTORS") else {
        eprintln!("skipped: COUNTERFOIL_VECTORS is not set");
        return None;
    };
    let folder = Path::new(&root).join("merkle/testdata").join(kind);
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let read = |file: PathBuf| {
        let value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        (file, value)
    };
    Some(files.into_iter().map(read).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

/// A size or an index; `None` when it does not fit.
fn number(vector: &Value, field: &str) -> Option<u64> {
    let Some(Value::Number(number)) = vector.get(field) else { panic!("{field} is not a number") };
    number.as_u64()
}

/// A hash; `None` when it is not 32 bytes.
fn hash(value: &Value) -> Option<Hash> {
    let text = match value {
        Value::Null => "",
        value => value.as_str().expect("a hash is text or null"),
    };
    let bytes = BASE64_STANDARD.decode(text).unwrap();
    bytes.try_into().ok().map(Hash::new)
}

/// A proof, null for an empty one; `None` when a hash in it is not 32 bytes.
fn proof(vector: &Value) -> Option<Vec<Hash>> {
    match vector.get("proof").unwrap() {
        Value::Null => Some(Vec::new()),
        proof => proof.as_array().unwrap().iter().map(hash).collect(),
    }
}

fn accepts_inclusion(vector: &Value) -> Option<()> {
    let leaf = hash(vector.get("leafHash").unwrap());
    let root = hash(vector.get("root").unwrap());
    let (index, size) = (number(vector, "leafIdx"), number(vector, "treeSize"));
    verify_inclusion(&leaf?, index?, size?, &proof(vector)?, &root?).ok()
}

fn accepts_consistency(vector: &Value) -> Option<()> {
    let old_root = hash(vector.get("root1").unwrap());
    let new_root = hash(vector.get("root2").unwrap());
    let (old, new) = (number(vector, "size1"), number(vector, "size2"));
    verify_consistency(old?, &old_root?, new?, &new_root?, &proof(vector)?).ok()
}

/// Runs all vectors of a kind and gives the numbers of those run and those accepted.
fn run(kind: &str, accepts: fn(&Value) -> Option<()>) -> Option<(usize, usize)> {
    let vectors = vectors(kind)?;
    let mut accepted = 0_usize;
    for (file, vector) in &vectors {
        let refused = accepts(vector).is_none();
        let wanted = vector.get("wantErr").unwrap().as_bool().unwrap();
        if file.ends_with(ROOTS_ARE_NO_HASHES) {
            assert!(refused && !wanted, "{}", file.display());
        } else {
            assert_eq!(refused, wanted, "{}", file.display());
        }
        accepted = accepted.saturating_add(usize::from(!refused));
    }
    Some((vectors.len(), accepted))
}

#[test]
fn published_inclusion_vectors_are_decided_as_published() {
    if let Some(counts) = run("inclusion", accepts_inclusion) {
        assert_eq!(counts, (98, 6));
    }
}

#[test]
fn published_consistency_vectors_are_decided_as_published() {
    if let Some(counts) = run("consistency", accepts_consistency) {
        assert_eq!(counts, (98, 5));
    }
}
