//! The verdict on a log: evidence and trust in, a report out. This is the crate for an outsider to review.
//!
//! It has no opinion about where bytes came from, and nothing in the evidence can add to the trust. An
//! [`Auditor`] is handed the entries of a log in order. It decodes each strictly, verifies its signature,
//! holds its place and its `prior` root against the tree of all entries before it, and **makes its decision
//! again** with the same `step` that made it; verdict and trace must come out byte for byte. Budgets, phases
//! and approvals are derived on the way, never read from the operator.
//!
//! ```text
//! entries ──▶ Auditor::push ──▶ Checked: a record that follows     ──▶ Observer: Story (explain), and others
//!                  │
//! trust  ──────────┼────────▶ Auditor::finish ──▶ Report: verdict, findings, not checked, scope
//!                  │
//! bundle ──────────┴────────▶ bundle::examine ──▶ the same, of some records that explain some payments
//! ```
//!
//! Entries are not kept. Memory grows with the state: with what is open, and with what the policy's `match_horizon`
//! keeps, not with the log.
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

mod auditor;
pub mod bundle;
mod codes;
mod finding;
mod identity;
mod note;
mod observer;
mod remake;
mod report;
mod snapshot;
mod story;
mod summary;
mod trust;
mod unchecked;

pub use auditor::{Auditor, Checked};
pub use finding::{Finding, FindingCode, NotChecked, NotCheckedCode};
pub use note::{CheckpointError, LogVerifier, open_checkpoint};
pub use observer::Observer;
pub use report::{Report, Scope, Verdict};
pub use snapshot::{ResumeError, Snapshot};
pub use story::{Chapter, Story};
pub use summary::{Adopted, AssetTotal, OpenItem, Summary, Tally};
pub use trust::{Level, Trust, TrustError};
