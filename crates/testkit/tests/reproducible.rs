//! The vector files are what the recipes make, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a failed test")]

use std::fs;

use counterfoil_testkit::recipes;
use counterfoil_testkit::vectors::{Named, files, to_text};
use serde::Serialize;

fn same<T: Serialize + Named>(kind: &str, vectors: &[T]) {
    let mut made: Vec<_> = vectors.iter().map(|vector| (vector.name().to_owned(), to_text(vector))).collect();
    made.sort();
    let files = files(kind);
    let name = |file: &std::path::PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
    let names: Vec<_> = made.iter().map(|(name, _)| name.clone()).collect();
    let mut found: Vec<_> = files.iter().map(name).collect();
    found.sort();
    assert_eq!(found, names);
    for file in files {
        let (_, text) = made.iter().find(|(made, _)| *made == name(&file)).unwrap();
        assert!(
            fs::read_to_string(&file).unwrap() == *text,
            "{} is not what its recipe makes",
            file.display()
        );
    }
}

#[test]
fn the_vector_files_are_what_the_recipes_make() {
    same("decision", &recipes::decision::all());
    same("evidence", &recipes::evidence::all());
}
