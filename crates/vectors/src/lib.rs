//! For tests only: test vectors as files, and the evidence vectors with their runner.
//!
//! It links the auditor and nothing else of the workspace, so that what a check of the auditor is for can be tried
//! without building what makes the vectors.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::std_instead_of_alloc,
    reason = "this crate is linked by tests and by the vector generator alone, where a panic is a failure"
)]

mod evidence;

pub use evidence::{Evidence, EvidenceExpected, ExpectedFinding, Given, audit};

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of both forms.
pub const FORMAT: u64 = 1;

/// The vector files of one kind under `testvectors` at the root of the workspace, in the order of their names.
pub fn files(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testvectors").join(kind);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    files
}

/// Reads a vector, and holds its file's name against its own.
pub fn read<T: DeserializeOwned + Named>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap();
    let vector: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(file.file_stem().and_then(|stem| stem.to_str()), Some(vector.name()));
    vector
}

/// A vector has the name of its file.
pub trait Named {
    /// The name, without `.json`.
    fn name(&self) -> &str;
}

/// The text of a vector file.
pub fn to_text(vector: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(vector).unwrap();
    text.push('\n');
    text
}
