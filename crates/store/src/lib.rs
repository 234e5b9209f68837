//! The disk: durable ordered append, recovery, read-only views.
//!
//! A store keeps a sequence of opaque records, numbered from 0 without a gap. It knows nothing of what a
//! record means, neither hashes nor verifies it, and never changes or removes one. Beside the sequence it
//! keeps two things: *asides*, values that a record only commits to and that can therefore be erased, and
//! the newest signed checkpoint.
//!
//! [`Records`] is the reading half, [`Store`] adds the writing half. [`SqliteStore`] is the store on a
//! disk, [`SqliteReader`] reads the same file beside it, [`MemoryStore`] lasts as long as the process.
//!
//! # What a store promises
//!
//! - What was appended is durable: it outlives the process, the kernel and the power supply.
//! - What was appended is whole: after a crash a record is there with all its asides, or not at all.
//! - A store that has failed once to write refuses everything afterwards ([`StoreError::Poisoned`]): it
//!   cannot know what reached the disk. Opening it again finds out.
//! - There is one writer at a time; the one that was overtaken is refused ([`StoreError::Fenced`]).
//!
//! # What a store does not promise
//!
//! That a file which someone else had in his hands is what was appended. A reader reports damage of form
//! (a gap, a wrong type, an oversized record); that a record is the right one is for an auditor to say.
//!
//! # Example
//!
//! ```
//! use core::ops::ControlFlow;
//! use counterfoil_store::{Aside, MemoryStore, Records, Store};
//!
//! let mut store = MemoryStore::default();
//! store.append(0, b"a record", &[Aside { commitment: [7; 32], bytes: b"a name".to_vec() }])?;
//! store.append(1, b"the next", &[])?;
//!
//! let mut total = 0;
//! store.scan(0, &mut |_index, record| {
//!     total += record.len();
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!((store.len(), total), (2, 16));
//! # Ok::<(), counterfoil_store::StoreError>(())
//! ```

extern crate alloc;

#[cfg(test)]
mod contract;
mod error;
mod memory;
mod sqlite;
mod store;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use sqlite::{SqliteReader, SqliteStore};
pub use store::{Aside, MAX_BYTES, Records, Store};
