//! What one Counterfoil record is: its bytes, its types, its signature. Nothing about logs.
//!
//! # What a record is
//!
//! A record is a `COSE_Sign1` ([`cose`]) whose payload ([`Record`]) holds one [`Input`], the [`Verdict`]
//! on it with everything that it was decided on, the time, and the root of every record before it. Each
//! signature thereby covers the whole history that the decision was made on. Every type has exactly one
//! encoding ([`codec`]); `schemas/counterfoil.cddl` says it in CDDL and `docs/format.md` in words.
//!
//! Text that may be personal stands in a record only as a salted commitment ([`private`]).
#![no_std]

extern crate alloc;

pub mod codec;
pub mod cose;
mod hash;
pub mod input;
pub mod key;
mod num;
pub mod private;
mod record;
pub mod statement;
pub mod text;
pub mod verdict;

pub use hash::{Hash32, NotAHash};
pub use input::Input;
pub use num::{Amount, Index, NotAnAmount, Span, Time};
pub use record::{FORMAT, PROFILE, Record, SignedRecord, Verified, VerifyError, WriteError};
pub use text::{Fixed, Id, Octets, Text};
pub use verdict::Verdict;
