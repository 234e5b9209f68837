//! For tests only: fixed keys, a script that drives a core and holds the auditor against it after every
//! step, forgeries, and the recipes of the test vectors. Nothing here panics on purpose but assertions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::arithmetic_side_effects,
    reason = "this crate is linked by tests and by the vector generator alone, where a panic is a failure"
)]

pub mod bundles;
pub mod busy;
pub mod checks;
pub mod forge;
pub mod keys;
pub mod mutate;
pub mod policy;
pub mod rail;
pub mod recipes;
pub mod reference;
pub mod scene;
pub mod script;
pub mod vectors;
pub mod whole;
