//! The test vectors: those of decisions here, those of evidence in a crate of their own.

mod decision;

pub use counterfoil_vectors::{
    Evidence, EvidenceExpected, ExpectedFinding, FORMAT, Given, Named, files, read, to_text,
};
pub use decision::{Decision, Expected, Step, found};
