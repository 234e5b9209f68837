//! Writes the test vectors: `make-vectors testvectors`. The same program writes the same bytes. Files of
//! vectors that are no longer made are removed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    reason = "a recipe that does not come out as it says is a failure, and stops the program"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use counterfoil_testkit::recipes;
use counterfoil_testkit::vectors::{Named, to_text};
use serde::Serialize;

fn main() {
    let folder = env::args().nth(1).expect("the folder to write to");
    let folder = Path::new(&folder);
    write(&folder.join("decision"), &recipes::decision::all());
    write(&folder.join("evidence"), &recipes::evidence::all());
}

fn write<T: Serialize + Named>(folder: &Path, vectors: &[T]) {
    fs::create_dir_all(folder).unwrap();
    let files: BTreeMap<String, String> =
        vectors.iter().map(|vector| (format!("{}.json", vector.name()), to_text(vector))).collect();
    assert_eq!(files.len(), vectors.len(), "two vectors of one name");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_json = path.extension().is_some_and(|end| end == "json");
        if is_json && !files.contains_key(name) {
            fs::remove_file(&path).unwrap();
        }
    }
    for (name, text) in &files {
        fs::write(folder.join(name), text).unwrap();
    }
    println!("{}: {} vectors", folder.display(), files.len());
}
