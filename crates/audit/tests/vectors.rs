//! Every evidence vector comes out as it says.

use counterfoil_testkit::vectors::{Evidence, files, read};

#[test]
fn every_evidence_vector_comes_out_as_it_says() {
    let files = files("evidence");
    assert!(files.len() >= 160, "{} vectors", files.len());
    for file in files {
        read::<Evidence>(&file).run();
    }
}
