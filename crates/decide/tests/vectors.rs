//! Every decision vector comes out as it says.

use counterfoil_testkit::vectors::{Decision, files, read};

#[test]
fn every_decision_vector_comes_out_as_it_says() {
    let files = files("decision");
    assert!(files.len() >= 150, "{} vectors", files.len());
    for file in files {
        read::<Decision>(&file).run();
    }
}
