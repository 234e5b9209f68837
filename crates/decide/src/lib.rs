//! The decision: `(verdict, state') = step(state, input, time)`.
//!
//! [`State::step`] is pure, total and deterministic: what it needs that is not in its arguments does not
//! exist. It gives a [`Verdict`](counterfoil_record::Verdict) and what is to become of the state;
//! [`State::seal`] takes that over once the record that says so is signed and durable, because only then
//! did it happen. The enforcement core runs the two forward; the auditor runs the same two over the log
//! and compares.
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

mod approvals;
mod checks;
mod draft;
pub mod policy;
mod signed;
pub mod state;
mod step;
mod subject;

pub use draft::{Decision, Repeat, Step};
pub use signed::Signers;
pub use state::{Pending, State};
pub use subject::Subject;

/// The version of the semantics: `docs/decision.md` is its text. What changes the verdict or the trace of any
/// vector is another number.
pub const SEMANTICS: u64 = 1;
