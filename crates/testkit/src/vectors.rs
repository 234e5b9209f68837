//! The test vectors as files: their form, and a runner.

mod decision;
mod evidence;

pub use decision::{Decision, Expected, Step, found};
pub use evidence::{Evidence, EvidenceExpected, ExpectedFinding, Given};

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
