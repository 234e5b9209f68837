//! The thin core that a payment service links, before the money.
//!
//! A [`Core`] owns a log. What is submitted to it is decided, signed and durable before the answer is
//! given: if the log cannot be written, nothing is allowed. On opening, the core replays its own log through
//! the auditor and refuses to go on where a single record does not follow.
//!
//! A payment that is not allowed is an [`Err`], so that the line that would have paid is not reached. A
//! [`Permit`] that is dropped without being settled or given up is recorded as `unknown`, never forgotten.
//!
//! ```
//! use counterfoil_enforce::{Core, FileKey, Granted, Pay, System, command::OpenRun};
//! use counterfoil_store::MemoryStore;
//! # use counterfoil_testkit::{policy, rail};
//! # let policy = &policy::plain();
//! # let url = "https://data.example/v1/quote";
//! # let header = &rail::Offer::new(url, 10_000).header();
//! # let sign = |it: &Granted| rail::Signing::new(it.exposure.units(), it.until, it.slot).header();
//! # let send = |_: &str| rail::response(true);
//! let key = FileKey::generate()?;
//! let mut core = Core::create(MemoryStore::default(), key, System, "payments.example".parse()?)?;
//! core.adopt_policy(policy)?;
//! let run = core.open_run(OpenRun::new("report-17".parse()?, "researcher".parse()?, "carol".parse()?))?;
//! // The seller answered 402 with this header; what it would oblige us to is read from its own bytes.
//! let ask = Pay::new(run, "try-1".parse()?, header, url, "hot".parse()?);
//! let permit = core.pay(ask.category("data".parse()?))?; // a denial returns here; nothing was signed
//! let signed = sign(permit.granted()); // the wallet signs, with the slot as its nonce
//! core.bind(&permit, &signed)?; // refused unless exactly what was allowed was signed
//! let response = send(&signed); // the seller answers with a PAYMENT-RESPONSE header
//! core.settle(permit, None, Some(&response))?;
//! core.close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

extern crate alloc;

mod answer;
pub mod command;
mod core;
mod error;
mod pay;
mod permit;
mod prepare;
mod rehearse;
mod signer;
mod surroundings;

pub use answer::{Answer, Counted, Failing, Granted, Question, Recorded, Repeated};
pub use command::{Command, Pay};
pub use core::{Core, Outstanding};
pub use error::Error;
pub use permit::{NotAllowed, Permit};
pub use prepare::{CommandError, TOOL};
pub use rehearse::{Rehearsed, rehearse};
pub use signer::{FileKey, KeyFileError, SignError, Signer};
pub use surroundings::{Scripted, Surroundings, SurroundingsError, System};
