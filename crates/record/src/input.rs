//! The inputs of the decision: everything that can happen, as it stands in a record.
//!
//! Requests are decided and can be refused; facts say what happened outside and are accepted;
//! statements are signed acts of people. An input carries what [the decision] reads and commitments
//! ([`crate::private`]) to what it does not.
//!
//! [the decision]: crate#what-a-record-is

use alloc::vec::Vec;

use crate::private::Commitment;
use crate::text::{Fixed, Id, Octets, Text};
use crate::{Amount, Hash32, Index, Time, wire_choice, wire_map};

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
    }
}

wire_map! {
    /// Opens the log.
    pub struct Genesis {
        /// The log's lasting, unique name: the issuer of its records and the origin of its checkpoints.
        1 => origin: Id,
        /// The Ed25519 public key that signs records and checkpoints.
        2 => log_key: Fixed<32>,
        /// The wire format's version.
        3 => format: u64,
        /// The version of the decision's semantics.
        4 => semantics: u64,
    }
}

wire_map! {
    /// Puts a policy in force.
    pub struct AdoptPolicy {
        /// The typed policy in its canonical encoding; its SHA-256 names the policy.
        1 => policy: Octets,
        /// The TOML that it was compiled from.
        2 => source: Octets,
    }
}

wire_map! {
    /// The enforcement core opened the log.
    pub struct Start {
        /// Name and version of the program.
        1 => tool: Text,
        /// The digest of the state that it starts from.
        2 => state: Hash32,
    }
}

wire_map! {
    /// The enforcement core closed the log.
    pub struct Stop {
        /// The digest of the state that it leaves.
        1 => state: Hash32,
    }
}

wire_map! {
    /// An agent begins a piece of work. The record's index is the run's lasting name.
    pub struct OpenRun {
        /// The caller's name for it, unique among open runs.
        1 => id: Id,
        /// The agent, as the policy names it.
        2 => agent: Id,
        /// The person or body on whose behalf it acts.
        3 => principal: Id,
        /// What the work is for.
        4 => purpose: Option<Commitment>,
    }
}

wire_map! {
    /// The work is over.
    pub struct CloseRun {
        /// The run.
        1 => run: Index,
    }
}

wire_map! {
    /// The run commits to an artefact. Attaching under a name again replaces what stood there.
    pub struct Attach {
        /// The run.
        1 => run: Index,
        /// The artefact's name, such as `plan`.
        2 => name: Id,
        /// Its media type.
        3 => media_type: Id,
        /// SHA-256 of its bytes.
        4 => digest: Hash32,
        /// A plan's items.
        5 => items: Vec<PlanItem>,
    }
}

wire_map! {
    /// One line of a plan: at most `ceiling` to `payee`.
    pub struct PlanItem {
        /// The item's name, unique in the plan.
        1 => id: Id,
        /// What kind of spending it is.
        2 => category: Id,
        /// The account to be paid, CAIP-10, lower case.
        3 => payee: Text,
        /// The asset, as the policy names it.
        4 => asset: Id,
        /// The most that payments for this item may add up to.
        5 => ceiling: Amount,
    }
}

wire_map! {
    /// The run moves to another phase.
    pub struct EnterPhase {
        /// The run.
        1 => run: Index,
        /// The phase to enter.
        2 => phase: Id,
    }
}

wire_map! {
    /// Opens a transaction. The record's index is its lasting name.
    pub struct Begin {
        /// The run.
        1 => run: Index,
        /// The caller's name for it, unique in its run.
        2 => id: Id,
        /// Its steps, in order.
        3 => steps: Vec<Step>,
        /// After this moment it counts as aborted.
        4 => deadline: Time,
    }
}

wire_map! {
    /// One step of a transaction.
    pub struct Step {
        /// Its name, unique in the transaction.
        1 => id: Id,
        /// Whether a payment for it can be undone.
        2 => reversible: bool,
    }
}

wire_map! {
    /// One step was delivered.
    pub struct CompleteStep {
        /// The transaction.
        1 => transaction: Index,
        /// The step.
        2 => step: Id,
        /// SHA-256 of what was delivered.
        3 => evidence: Option<Hash32>,
    }
}

wire_map! {
    /// The transaction is complete.
    pub struct Commit {
        /// The transaction.
        1 => transaction: Index,
    }
}

wire_map! {
    /// The transaction failed.
    pub struct Abort {
        /// The transaction.
        1 => transaction: Index,
        /// Why.
        2 => reason: Option<Commitment>,
    }
}

wire_map! {
    /// Asks to pay. What the payment obliges to is derived from `requirements`, never supplied.
    pub struct Pay {
        /// The run.
        1 => run: Index,
        /// The transaction and step it is part of.
        2 => part: Option<Part>,
        /// The plan item it is for.
        3 => item: Option<Id>,
        /// The idempotency key, unique in the run.
        4 => key: Id,
        /// The exact bytes of the chosen `accepts` element.
        5 => requirements: Octets,
        /// The whole `PaymentRequired` that it was taken from.
        6 => required: Commitment,
        /// Origin and path that the seller's answer names.
        7 => offered: Text,
        /// Origin and path that were asked.
        8 => resource: Text,
        /// The query of the URL that was asked.
        9 => query: Option<Commitment>,
        /// The wallet that would sign, as the policy names it.
        10 => wallet: Id,
        /// What kind of spending it is.
        11 => category: Option<Id>,
        /// What it is for.
        12 => purpose: Option<Commitment>,
        /// How it would be undone.
        13 => compensation: Option<Compensation>,
    }
}

wire_map! {
    /// A place in a transaction.
    pub struct Part {
        /// The transaction.
        1 => transaction: Index,
        /// The step.
        2 => step: Id,
    }
}

wire_map! {
    /// How a payment would be undone.
    pub struct Compensation {
        /// The way, such as `seller-refund`; absent: it cannot be undone.
        1 => way: Option<Id>,
    }
}

wire_map! {
    /// Asks again for a held payment.
    pub struct Claim {
        /// The record that held it.
        1 => payment: Index,
    }
}

wire_map! {
    /// A signed approval or refusal.
    pub struct Statement {
        /// The `COSE_Sign1` of [`crate::statement`].
        1 => statement: Octets,
    }
}

wire_map! {
    /// Shows what the wallet signed.
    pub struct Bind {
        /// The payment: the record that allowed or first held it.
        1 => payment: Index,
        /// The EIP-3009 authorization.
        2 => authorization: Authorization,
        /// Its signature, `r || s || v`.
        3 => signature: Fixed<65>,
        /// The whole payment payload that it was taken from.
        4 => payload: Commitment,
    }
}

wire_map! {
    /// An EIP-3009 `TransferWithAuthorization`, as signed.
    pub struct Authorization {
        /// Whose money moves.
        1 => from: Fixed<20>,
        /// Who receives it.
        2 => to: Fixed<20>,
        /// How much, in the smallest unit.
        3 => value: Amount,
        /// Unix seconds after which it is valid.
        4 => valid_after: u64,
        /// Unix seconds before which it is valid.
        5 => valid_before: u64,
        /// The payer's nonce: the slot, where Counterfoil chose it.
        6 => nonce: Hash32,
    }
}

wire_map! {
    /// A payment settled.
    pub struct Settle {
        /// The payment.
        1 => payment: Index,
        /// How much moved, as stated.
        2 => amount: Amount,
        /// The rail's answer, byte for byte.
        3 => evidence: Option<Octets>,
    }
}

wire_map! {
    /// A payment failed.
    pub struct Fail {
        /// The payment.
        1 => payment: Index,
        /// The rail's answer, byte for byte.
        2 => evidence: Option<Octets>,
        /// Why, in somebody's words.
        3 => reason: Option<Commitment>,
    }
}

wire_map! {
    /// The outcome of a payment is not known.
    pub struct Unknown {
        /// The payment.
        1 => payment: Index,
        /// Why, in somebody's words.
        2 => reason: Option<Commitment>,
    }
}

wire_map! {
    /// Asks to end a reservation.
    pub struct Expire {
        /// The payment.
        1 => payment: Index,
    }
}

wire_map! {
    /// A settled payment was undone.
    pub struct Compensate {
        /// The payment.
        1 => payment: Index,
        /// How much came back.
        2 => amount: Amount,
        /// What shows it, byte for byte.
        3 => evidence: Option<Octets>,
    }
}

impl Input {
    /// What the record is about, for the `sub` claim: `log`, `policy`, or a kind and the index that
    /// names the thing. `own` is the index of the record itself.
    pub fn subject(&self, own: Index) -> Id {
        let (kind, index) = match self {
            Self::Genesis(_) | Self::Start(_) | Self::Stop(_) => return Id::word("log"),
            Self::AdoptPolicy(_) => return Id::word("policy"),
            Self::Statement(_) => return Id::word("statement"),
            Self::OpenRun(_) => ("run", own),
            Self::CloseRun(CloseRun { run })
            | Self::Attach(Attach { run, .. })
            | Self::EnterPhase(EnterPhase { run, .. }) => ("run", *run),
            Self::Begin(_) => ("transaction", own),
            Self::CompleteStep(CompleteStep { transaction, .. })
            | Self::Commit(Commit { transaction })
            | Self::Abort(Abort { transaction, .. }) => ("transaction", *transaction),
            Self::Pay(_)
            | Self::Claim(_)
            | Self::Bind(_)
            | Self::Settle(_)
            | Self::Fail(_)
            | Self::Unknown(_)
            | Self::Expire(_)
            | Self::Compensate(_) => ("payment", self.payment().unwrap_or(own)),
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
            | Self::Compensate(Compensate { payment, .. }) => Some(*payment),
            _ => None,
        }
    }

    /// True for an input that changes policy, keys or suspension when it is accepted.
    pub const fn is_control(&self) -> bool {
        matches!(self, Self::Genesis(_) | Self::AdoptPolicy(_))
    }
}
