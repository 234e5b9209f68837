//! What people read before they sign: a policy in words, its differences and effects, and what waits for an
//! answer; what people select from a log who audit it ([`payments`]), and what they read of the whole: how far its
//! [`budgets`] were used, which [`people`] answered what, its [`timeline`]. Everything here is derived from the values
//! that are signed or in force, never from a description.
//!
//! It decides nothing: where it needs a verdict it asks [`counterfoil_decide`].
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod backtest;
pub mod budgets;
mod daily;
mod diff;
mod graph;
pub mod lines;
pub mod margin;
pub mod needs;
pub mod payments;
pub mod pending;
pub mod people;
mod quote;
pub mod rules;
mod show;
pub mod statement;
pub mod timeline;
mod trace;
mod warnings;
pub mod words;

pub use daily::{Daily, daily};
pub use diff::{Diff, Difference, Obstacle};
pub use graph::graph;
pub use quote::{Quote, quote};
pub use show::Shown;
pub use warnings::{Ceiling, Warning, WarningCode, warnings};
