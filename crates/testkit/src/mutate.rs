//! Edits of logs and of bundles, drawn by a seed, as an attacker makes them who holds the log's own key.
//!
//! ```text
//! seed, number ──▶ Mutation: edits, and how far they are made good
//!                      │
//! base log ────────────┴─▶ entries ──▶ oracle: Class  ──┐
//!                                  └─▶ auditor: report ─┴─▶ as it should be, or a Failure, made small
//! ```
//!
//! What an edit came to is told by [`oracle`], which never asks the auditor:
//!
//! 1. something does not follow: a finding at exactly that record, with no more trust than the log's key;
//! 2. another history, consistent in itself: no finding under the key alone, a contradiction under a pinned checkpoint;
//! 3. nothing that matters (the same bytes, or the log grown): the verdict of the base.

pub mod base;
pub mod bundles;
pub mod campaign;
pub mod draw;
pub mod edit;
pub mod lie;
pub mod oracle;
pub mod repair;
pub mod tree;

pub use base::{Base, bases};
pub use campaign::{Campaign, Counts, Failure};
pub use edit::{Edit, Mutation};
pub use oracle::Class;
pub use repair::Repair;
