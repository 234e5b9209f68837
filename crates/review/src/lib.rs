//! What people read before they sign: a policy in words, its differences and effects, and what waits for an
//! answer. Everything here is derived from the values that are signed or in force, never from a description.
//!
//! It decides nothing: where it needs a verdict it asks [`counterfoil_decide`].
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod backtest;
pub mod words;
