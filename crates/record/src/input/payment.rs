//! Payments: asking, what the wallet signed, and the facts about them.

use alloc::vec::Vec;

use super::Enclosed;
use crate::private::Commitment;
use crate::text::{Fixed, Id, Octets, Text};
use crate::{Amount, Hash32, Index, wire_choice, wire_map};

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
        /// The exact bytes of the chosen `accepts` element, at most [`super::RAIL_MOST`].
        5 => requirements: Enclosed,
        /// The whole `PaymentRequired` that it was taken from.
        6 => required: Commitment,
        /// Origin and path that the seller's answer names; absent where they are the ones that were asked.
        7 => offered: Option<Text>,
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
        /// The agent's signed request, where the agent has keys: a statement of kind `request`.
        14 => request: Option<Octets>,
        /// Signed statements of kind `override`, that this purchase may be made while another is open.
        15 => overrides: Vec<Octets>,
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
    /// Shows what the wallet signed.
    pub struct Bind {
        /// The payment: the record that allowed or first held it.
        1 => payment: Index,
        /// What it signed.
        2 => signed: Signed,
        /// Its signature, `r || s || v`.
        3 => signature: Fixed<65>,
        /// The whole payment payload that it was taken from.
        4 => payload: Commitment,
    }
}

wire_choice! {
    /// What a wallet signs, by transfer method.
    pub enum Signed {
        /// An EIP-3009 `TransferWithAuthorization`.
        0 => Eip3009(Authorization),
        /// A Permit2 `PermitWitnessTransferFrom` for an x402 proxy.
        1 => Permit2(Permit2Transfer),
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
    /// A Permit2 `PermitWitnessTransferFrom` with the x402 witness, as signed.
    pub struct Permit2Transfer {
        /// Whose money moves.
        1 => from: Fixed<20>,
        /// The token's contract.
        2 => token: Fixed<20>,
        /// The most that moves, in the smallest unit.
        3 => amount: Amount,
        /// The contract that may move it.
        4 => spender: Fixed<20>,
        /// The payer's nonce, a big-endian `uint256`: the slot, where Counterfoil chose it.
        5 => nonce: Hash32,
        /// Unix seconds until which it is valid.
        6 => deadline: u64,
        /// Who receives it: the witness's `to`.
        7 => to: Fixed<20>,
        /// Who settles it: the witness's `facilitator`; present for `upto` only.
        8 => facilitator: Option<Fixed<20>>,
        /// Unix seconds from which it is valid.
        9 => valid_after: u64,
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
        3 => evidence: Option<Enclosed>,
    }
}

wire_map! {
    /// A payment failed.
    pub struct Fail {
        /// The payment.
        1 => payment: Index,
        /// The rail's answer, byte for byte.
        2 => evidence: Option<Enclosed>,
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
        3 => evidence: Option<Enclosed>,
    }
}

wire_map! {
    /// The payee gave money back, of its own accord or on demand.
    pub struct Refund {
        /// The payment.
        1 => payment: Index,
        /// How much came back.
        2 => amount: Amount,
        /// What shows it, byte for byte.
        3 => evidence: Option<Enclosed>,
        /// Why, in somebody's words.
        4 => reason: Option<Commitment>,
    }
}

wire_map! {
    /// Asks to give up what a failed transaction is owed for one payment.
    pub struct WriteOff {
        /// The payment.
        1 => payment: Index,
        /// How much is given up.
        2 => amount: Amount,
        /// Signed statements of kind `write-off`.
        3 => statements: Vec<Octets>,
        /// Why, in somebody's words.
        4 => reason: Option<Commitment>,
    }
}
