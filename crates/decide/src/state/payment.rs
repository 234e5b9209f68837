//! A payment, from the record that allowed or held it to the last fact about it.

use alloc::vec::Vec;

use counterfoil_record::input::{Part, Pay};
use counterfoil_record::{Amount, Hash32, Id, Index, Span, Text, Time, wire_code, wire_map};

use super::{Contribution, GroupKey};
use crate::policy::Releases;

wire_code! {
    /// Where a payment stands.
    pub enum Status {
        /// It waits for approvals; nothing is reserved.
        0 => Held = "held",
        /// It is allowed; its exposure is reserved.
        1 => Open = "open",
        /// It is allowed, and what became of it is not known; its exposure stays reserved.
        2 => Unknown = "unknown",
        /// It settled.
        3 => Settled = "settled",
        /// It failed, on evidence that the policy accepts.
        4 => Failed = "failed",
        /// It can no longer be claimed.
        5 => Expired = "expired",
        /// It was held, then denied.
        6 => Denied = "denied",
        /// It was held, then voided by a new policy or the end of its run.
        7 => Void = "void",
    }
}

impl Status {
    /// True while the payment's exposure is reserved.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Unknown)
    }

    /// True once it has come to its end, though a late fact may still speak of it.
    pub const fn is_final(self) -> bool {
        !self.is_open() && !matches!(self, Self::Held)
    }
}

wire_map! {
    /// A payment.
    pub struct Payment {
        /// The run.
        1 => run: Index,
        /// Where it stands.
        2 => status: Status,
        /// The digest of the request.
        3 => request: Hash32,
        /// What waits, while it is held.
        4 => hold: Option<Hold>,
        /// What was allowed, once it is.
        5 => terms: Option<Terms>,
        /// What the wallet signed.
        6 => bound: Option<Bound>,
        /// How much has settled.
        7 => settled: Amount,
        /// How much of that came back as compensation.
        8 => compensated: Amount,
        /// The last record about it.
        9 => last: Index,
        /// How much of what has settled the payee gave back.
        10 => refunded: Amount,
        /// How much of what was owed for it is given up.
        11 => written_off: Amount,
        /// The time from which it is kept, once it is final: not before it cannot settle any more.
        12 => kept_from: Option<Time>,
    }
}

impl Payment {
    /// What this payment adds to each of its budget groups, and to its plan item and mandates.
    pub fn contribution(&self) -> Contribution {
        let exposure = self.terms.as_ref().map(|terms| terms.exposure).unwrap_or_default();
        let reserved = if self.status.is_open() { exposure } else { Amount::ZERO };
        // INVARIANT: compensated + refunded + written off <= settled.
        let returned = self.compensated.checked_add(self.refunded).unwrap_or(Amount::MAX);
        Contribution { reserved, settled: self.settled, returned }
    }

    /// What has settled and is neither returned nor written off: what is owed if its transaction fails.
    pub fn owed(&self) -> Amount {
        self.settled
            .saturating_sub(self.compensated)
            .saturating_sub(self.refunded)
            .saturating_sub(self.written_off)
    }
}

wire_map! {
    /// A payment that waits for approvals.
    pub struct Hold {
        /// When it was held.
        1 => since: Time,
        /// The request, to be decided again.
        2 => request: Pay,
        /// The digest that statements about it must carry.
        3 => subject: Hash32,
        /// The answers so far.
        4 => answers: Vec<Answered>,
    }
}

wire_map! {
    /// One person's answer.
    pub struct Answered {
        /// The statement's record.
        1 => index: Index,
        /// The person.
        2 => person: Id,
        /// The role in which they answered.
        3 => role: Id,
        /// Yes, or no.
        4 => approved: bool,
        /// After this moment it counts for nothing.
        5 => expires: Time,
        /// The thumbprint of the key that signed it.
        6 => key: Hash32,
    }
}

wire_map! {
    /// What was allowed, under the policy of that moment. Later policies do not change it.
    pub struct Terms {
        /// The record that allowed it: the permit.
        1 => permit: Index,
        /// The leaf hash of that record; the slot follows from it.
        2 => leaf: Option<Hash32>,
        /// When it was allowed.
        3 => at: Time,
        /// The paying account, CAIP-10.
        4 => wallet: Text,
        /// The account to be paid, CAIP-10.
        5 => payee: Text,
        /// The asset, CAIP-19.
        6 => asset: Text,
        /// The EIP-712 domain's name, as the policy pinned it.
        7 => domain_name: Text,
        /// The EIP-712 domain's version, as the policy pinned it.
        8 => domain_version: Text,
        /// The most that may leave.
        9 => exposure: Amount,
        /// Unix seconds: what is signed ends then or before.
        10 => until: u64,
        /// Unix seconds: until then something that was signed could be claimed.
        11 => claimable_until: u64,
        /// How long after that it could still turn out to have settled.
        12 => finality: Span,
        /// Whether the signed nonce must be the slot.
        13 => slot_required: bool,
        /// The weakest evidence of failure that ends the reservation.
        14 => releases: Releases,
        /// Its place in a transaction.
        15 => part: Option<Part>,
        /// The plan and item it is for.
        16 => item: Option<ItemOf>,
        /// Its purchase key.
        17 => purchase: Hash32,
        /// The budget groups that it counts in.
        18 => groups: Vec<GroupKey>,
        /// The runs with a mandate that it is under.
        19 => mandates: Vec<Index>,
        /// How the signature turns into transfers.
        20 => scheme: Text,
        /// How the asset is transferred.
        21 => method: Text,
        /// The contract that may move the money, for Permit2.
        22 => spender: Option<Text>,
        /// Who settles, where the offer names somebody.
        23 => facilitator: Option<Text>,
    }
}

impl Terms {
    /// The moment after which what was signed, or could still be under the permit, cannot settle any more.
    pub const fn dead_from(&self) -> Time {
        Time::from_seconds(self.claimable_until).plus(self.finality)
    }
}

wire_map! {
    /// An item of a plan.
    pub struct ItemOf {
        /// The record that attached the plan.
        1 => plan: Index,
        /// The item.
        2 => item: Id,
    }
}

wire_map! {
    /// What the wallet signed.
    pub struct Bound {
        /// The record that bound it.
        1 => index: Index,
        /// The EIP-712 digest that was signed.
        2 => digest: Hash32,
        /// Whether its nonce is the slot.
        3 => slot: bool,
        /// The digest that names the obligation.
        4 => obligation: Hash32,
    }
}
