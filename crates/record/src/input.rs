//! The inputs of the decision: everything that can happen, as it stands in a record.
//!
//! Requests are decided and can be refused; facts say what happened outside and are accepted;
//! statements are signed acts of people. An input carries what [the decision] reads and commitments
//! ([`crate::private`]) to what it does not.
//!
//! [the decision]: crate#what-a-record-is

mod enclosed;
mod log;
mod payment;
mod work;

pub use enclosed::{Enclosed, MANDATE_MOST, Oversized, RAIL_MOST, Whole};
pub use log::{
    AdoptPolicy, Clock, Erase, Genesis, Governance, Heartbeat, Resume, RevokeKey, RotateKey, Scope, Start,
    Statement, Stop, Suspend, Unreadable,
};
pub use payment::{
    Authorization, Bind, Claim, Compensate, Compensation, Expire, Fail, Part, Pay, Permit2Transfer, Refund,
    Settle, Signed, Unknown, WriteOff,
};
pub use work::{
    Abort, Attach, Begin, CloseRun, Commit, CompleteStep, EnterPhase, Mandate, OpenRun, PlanItem, Step,
};

use crate::text::Id;
use crate::{Index, wire_choice};

wire_choice! {
    /// One input. CDDL: `input = [kind, body]`, see `schemas/counterfoil.cddl`.
    pub enum Input {
        /// Opens the log; index 0, once.
        0 => Genesis(Genesis),
        /// Puts a policy in force from the next record on.
        1 => AdoptPolicy(AdoptPolicy),
        /// The enforcement core opened the log.
        2 => Start(Start),
        /// The enforcement core closed the log.
        3 => Stop(Stop),
        /// An agent begins a piece of work for a principal.
        4 => OpenRun(OpenRun),
        /// The work is over; no request applies to the run any more.
        5 => CloseRun(CloseRun),
        /// The run commits to an artefact, such as a plan.
        6 => Attach(Attach),
        /// The run moves along the policy's phase graph.
        7 => EnterPhase(EnterPhase),
        /// Opens a transaction: ordered steps with a deadline.
        8 => Begin(Begin),
        /// One step of a transaction was delivered.
        9 => CompleteStep(CompleteStep),
        /// The transaction is complete.
        10 => Commit(Commit),
        /// The transaction failed; what it settled becomes an obligation.
        11 => Abort(Abort),
        /// Asks to pay.
        12 => Pay(Pay),
        /// Asks again for a held payment, with the approvals collected.
        13 => Claim(Claim),
        /// A signed approval or refusal; collected only.
        14 => Statement(Statement),
        /// Shows what the wallet signed for an allowed payment.
        15 => Bind(Bind),
        /// A payment settled.
        16 => Settle(Settle),
        /// A payment failed.
        17 => Fail(Fail),
        /// The outcome of a payment is not known.
        18 => Unknown(Unknown),
        /// Asks to end the reservation of a payment that can no longer be claimed.
        19 => Expire(Expire),
        /// A settled payment was undone, in whole or in part.
        20 => Compensate(Compensate),
        /// A key goes, another comes.
        21 => RotateKey(RotateKey),
        /// A key is not used any more.
        22 => RevokeKey(RevokeKey),
        /// Stops payments.
        23 => Suspend(Suspend),
        /// Lets them go on.
        24 => Resume(Resume),
        /// The enforcement core is alive.
        25 => Heartbeat(Heartbeat),
        /// Moves the clock by a large step.
        26 => Clock(Clock),
        /// The payee gave money back.
        27 => Refund(Refund),
        /// Gives up what a failed transaction is owed.
        28 => WriteOff(WriteOff),
        /// Bytes came in that made no sense.
        29 => Unreadable(Unreadable),
        /// Erases a private value that a record committed to.
        30 => Erase(Erase),
    }
}

impl Input {
    /// What the record is about, for the `sub` claim: `log`, `policy`, `key`, `suspension`, `statement`, or a
    /// kind and the index that names the thing. `own` is the index of the record itself.
    pub fn subject(&self, own: Index) -> Id {
        let (kind, index) = match self {
            Self::Genesis(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::Heartbeat(_)
            | Self::Clock(_)
            | Self::Unreadable(_) => return Id::word("log"),
            Self::AdoptPolicy(_) => return Id::word("policy"),
            Self::RotateKey(_) | Self::RevokeKey(_) => return Id::word("key"),
            Self::Suspend(_) | Self::Resume(_) => return Id::word("suspension"),
            Self::Statement(_) => return Id::word("statement"),
            Self::Erase(Erase { record, .. }) => ("record", *record),
            Self::OpenRun(_) => ("run", own),
            Self::CloseRun(CloseRun { run })
            | Self::Attach(Attach { run, .. })
            | Self::EnterPhase(EnterPhase { run, .. }) => ("run", *run),
            Self::Begin(_) => ("transaction", own),
            Self::CompleteStep(_) | Self::Commit(_) | Self::Abort(_) => {
                ("transaction", self.transaction().unwrap_or(own))
            }
            Self::Pay(_)
            | Self::Claim(_)
            | Self::Bind(_)
            | Self::Settle(_)
            | Self::Fail(_)
            | Self::Unknown(_)
            | Self::Expire(_)
            | Self::Compensate(_)
            | Self::Refund(_)
            | Self::WriteOff(_) => ("payment", self.payment().unwrap_or(own)),
        };
        Id::numbered(kind, index.value())
    }

    /// The payment that an earlier record opened and this input is about.
    pub const fn payment(&self) -> Option<Index> {
        match self {
            Self::Claim(Claim { payment })
            | Self::Bind(Bind { payment, .. })
            | Self::Settle(Settle { payment, .. })
            | Self::Fail(Fail { payment, .. })
            | Self::Unknown(Unknown { payment, .. })
            | Self::Expire(Expire { payment })
            | Self::Compensate(Compensate { payment, .. })
            | Self::Refund(Refund { payment, .. })
            | Self::WriteOff(WriteOff { payment, .. }) => Some(*payment),
            _ => None,
        }
    }

    /// The transaction that an earlier record opened and this input is about.
    pub const fn transaction(&self) -> Option<Index> {
        match self {
            Self::CompleteStep(CompleteStep { transaction, .. })
            | Self::Commit(Commit { transaction })
            | Self::Abort(Abort { transaction, .. }) => Some(*transaction),
            _ => None,
        }
    }

    /// The run that this input names.
    pub const fn run(&self) -> Option<Index> {
        match self {
            Self::CloseRun(CloseRun { run })
            | Self::Attach(Attach { run, .. })
            | Self::EnterPhase(EnterPhase { run, .. })
            | Self::Begin(Begin { run, .. })
            | Self::Pay(Pay { run, .. }) => Some(*run),
            _ => None,
        }
    }
}
