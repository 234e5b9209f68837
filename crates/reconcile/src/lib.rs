//! Decisions in a log, held against money that moved: a log's payments and evidence in, a [`Reconciliation`] out.
//!
//! An audit shows that every decision follows. It does not show that money moved as decided, nor that no money
//! moved beside the decisions. That takes evidence from outside of the log: what a chain says, what a facilitator
//! answered. This crate reads such evidence, joins it with the payments that a [`Book`] kept during an audit, and
//! puts each payment, each movement and each exchange in one [`Class`].
//!
//! ```text
//! audit ──▶ Book::observe: requests, signatures, facts, population      ─┐
//! files ──▶ evidence::{chain, facilitator, table}: transfers, exchanges ─┴─▶ reconcile ──▶ Reconciliation
//! ```
//!
//! The population is declared before anything is matched: the wallets and assets of every policy that was in force,
//! from the log's first record to the moment when nothing that it allowed can settle any more. Every transfer of
//! such an asset out of such a wallet counts, and must be explained. Where the evidence does not reach, a [`Gap`]
//! says so, and the verdict is at best `insufficient`.
//!
//! A transfer is joined to a payment by the nonce that the wallet signed: the obligation key of
//! [`counterfoil_rails::obligation`]. Permit2 has no event with its nonce, so its transfers are joined by the
//! transaction that an answer names, or by the terms.
//!
//! Evidence is input from strangers: every reader is bounded by the bytes that it is handed, and refuses what it
//! does not understand by place and reason.
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

mod book;
mod codes;
pub mod evidence;
mod matching;
mod report;

pub use book::{Book, Fact, FactKind, Permitted, Population, Request, Shown};
pub use codes::{Class, GapCode, Worth};
pub use matching::reconcile;
pub use report::{Covered, Gap, Reconciliation, Row, Scope, Subject, Total};
