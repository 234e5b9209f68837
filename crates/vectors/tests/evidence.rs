//! Every evidence vector comes out as it says.
#![allow(clippy::panic, clippy::std_instead_of_alloc, reason = "a panic is a failed test")]

use std::panic::catch_unwind;

use counterfoil_vectors::{Evidence, Named as _, files, read};

#[test]
fn every_evidence_vector_comes_out_as_it_says() {
    let files = files("evidence");
    assert!(files.len() >= 160, "{} vectors", files.len());
    let mut failed = 0;
    for file in files {
        let vector = read::<Evidence>(&file);
        // One vector that panics does not hide what the others come to. `remove-checks` reads the lines.
        let differs = catch_unwind(|| vector.differs()).unwrap_or_else(|_| Some("a panic".into()));
        if let Some(how) = differs {
            println!("differs: {}\n{how}", vector.name());
            failed += 1;
        }
    }
    assert_eq!(failed, 0, "vectors that come out differently");
}
