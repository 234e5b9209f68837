//! What was decided, and on what: outcome, codes, and the trace of checks with their operands.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::codec::{Class, Error, Reader, Wire, Writer};
use crate::text::{Id, Text};
use crate::{Amount, Hash32, Index, wire_code, wire_map};

wire_code! {
    /// The answer to an input.
    pub enum Outcome {
        /// The payment may be made; the record is the permit.
        0 => Allow = "allow",
        /// The payment waits for approvals.
        1 => Hold = "hold",
        /// The payment may not be made.
        2 => Deny = "deny",
        /// Something needed is missing, oversized or overflows; nothing may be paid.
        3 => CannotDecide = "cannot-decide",
        /// The input took effect, or the fact was counted.
        4 => Accepted = "accepted",
        /// The input had no effect but this record.
        5 => Refused = "refused",
    }
}

wire_code! {
    /// Why an input was refused, or what is odd about a fact that was accepted.
    pub enum Code {
        /// The genesis record has been written.
        0 => AlreadyOpened = "already-opened",
        /// There is no genesis record.
        1 => NotOpened = "not-opened",
        /// A format or semantics version that this program does not have.
        2 => UnknownVersion = "unknown-version",
        /// The time is before the previous record's.
        3 => TimeWentBack = "time-went-back",
        /// The policy's bytes do not follow from its source.
        4 => PolicyDoesNotCompile = "policy-does-not-compile",
        /// The policy's version does not rise.
        5 => PolicyVersionNotRising = "policy-version-not-rising",
        /// A budget's `per`, window or asset changes under its id.
        6 => BudgetIdentityChanged = "budget-identity-changed",
        /// One public key stands for two parties.
        7 => KeyShared = "key-shared",
        /// The stated state digest is not the state's.
        8 => StateDiffers = "state-differs",
        /// No policy is in force.
        9 => NoPolicy = "no-policy",
        /// The policy names no such agent.
        10 => UnknownAgent = "unknown-agent",
        /// The id is taken.
        11 => IdTaken = "id-taken",
        /// No open run of that index.
        12 => UnknownRun = "unknown-run",
        /// A transaction of the run is open.
        13 => TransactionOpen = "transaction-open",
        /// The policy names no such phase.
        14 => UnknownPhase = "unknown-phase",
        /// A limit on the number or size of things.
        15 => TooMany = "too-many",
        /// No open transaction of that index.
        16 => UnknownTransaction = "unknown-transaction",
        /// The deadline is past, or later than the policy allows.
        17 => BadDeadline = "bad-deadline",
        /// The transaction has no such step, or it is complete.
        18 => UnknownStep = "unknown-step",
        /// A step of the transaction is not complete.
        19 => StepIncomplete = "step-incomplete",
        /// A payment of the transaction is open or unknown.
        20 => PaymentOpen = "payment-open",
        /// The transaction's deadline has passed.
        21 => DeadlinePassed = "deadline-passed",
        /// No payment of that index waits for this.
        22 => UnknownPayment = "unknown-payment",
        /// The statement's bytes are not a statement.
        23 => StatementMalformed = "statement-malformed",
        /// The statement is about another log.
        24 => StatementForAnotherLog = "statement-for-another-log",
        /// The signer's key is not in the role.
        25 => SignerNotInRole = "signer-not-in-role",
        /// The statement's signature does not verify.
        26 => StatementSignature = "statement-signature",
        /// The statement has expired, or the time to answer has.
        27 => StatementExpired = "statement-expired",
        /// The statement is about something that does not wait for it, or not in this form.
        28 => StatementSubject = "statement-subject",
        /// The person has answered this before.
        29 => AlreadyAnswered = "already-answered",
        /// Nobody approves their own request.
        30 => OwnRequest = "own-request",
        /// The payment is bound already.
        31 => AlreadyBound = "already-bound",
        /// The obligation can still be claimed.
        32 => StillClaimable = "still-claimable",
        /// A fact about a payment that this log does not know.
        33 => Unmatched = "unmatched",
        /// A settlement after the reservation had ended.
        34 => Late = "late",
        /// A settlement of a payment in a transaction that was aborted or is over its deadline.
        35 => AfterAbort = "after-abort",
        /// The stated amount is not what was signed.
        36 => AmountDiffers = "amount-differs",
        /// More than was allowed, or more compensated than settled.
        37 => Excess = "excess",
        /// A second fact that contradicts, or repeats, the first.
        38 => Contradicts = "contradicts",
        /// The payment was never bound to a signed payload.
        39 => Unbound = "unbound",
        /// The rail's answer names another payer, network or result than the fact.
        40 => EvidenceDiffers = "evidence-differs",
        /// The failure's evidence does not end the reservation under the policy.
        41 => ReservationHolds = "reservation-holds",
        /// What was signed is not what was allowed.
        42 => BindMismatch = "bind-mismatch",
        /// The signed nonce is not the slot; the policy allows it.
        43 => SlotNotUsed = "slot-not-used",
        /// The previous record of this kind says otherwise: not in this order.
        44 => OutOfOrder = "out-of-order",
        /// A total would pass 2^128-1.
        45 => Overflow = "overflow",
        /// The same idempotency key named another request before.
        46 => KeyReused = "key-reused",
        /// Phase conditions are not met; the trace says which.
        47 => ConditionsNotMet = "conditions-not-met",
    }
}

wire_code! {
    /// How a check came out.
    pub enum CheckResult {
        /// It holds.
        0 => Pass = "pass",
        /// It does not hold; the payment is denied.
        1 => Fail = "fail",
        /// It would hold with approvals.
        2 => Needs = "needs",
        /// It could not be decided.
        3 => Cannot = "cannot",
        /// It has no subject here.
        4 => NotApplicable = "not-applicable",
    }
}

wire_code! {
    /// A check of the trace. `pay` and `claim` evaluate the first eighteen kinds in this order.
    pub enum CheckName {
        /// A policy is in force.
        0 => PolicyInForce = "policy-in-force",
        /// Nothing in scope is suspended.
        1 => NotSuspended = "not-suspended",
        /// The run is open.
        2 => RunOpen = "run-open",
        /// The policy names the agent.
        3 => Agent = "agent",
        /// The wallet serves the agent.
        4 => Wallet = "wallet",
        /// The mandate's limits hold.
        5 => Mandate = "mandate",
        /// The run's phase may pay for this category.
        6 => Phase = "phase",
        /// The plan lists this, within its ceiling.
        7 => Plan = "plan",
        /// The payment's place in a transaction is in order.
        8 => Transaction = "transaction",
        /// The policy allows the payee.
        9 => Payee = "payee",
        /// The policy allows the resource, and the seller named the one that was asked.
        10 => Resource = "resource",
        /// The asset is pinned by the policy, and the seller's domain agrees.
        11 => Asset = "asset",
        /// Scheme, exposure and lifetime are within the policy.
        12 => Obligation = "obligation",
        /// An amount budget counts this asset.
        13 => BudgetCoverage = "budget-coverage",
        /// A budget has room.
        14 => Budget = "budget",
        /// A gate is open.
        15 => Gate = "gate",
        /// No open payment for the same purchase.
        16 => Purchase = "purchase",
        /// The idempotency key is new.
        17 => Idempotency = "idempotency",
        /// `bind`: the signature recovers the wallet.
        18 => Signature = "signature",
        /// `bind`: the signed amount is the exposure.
        19 => SignedAmount = "signed-amount",
        /// `bind`: the signed payload ends with the permit.
        20 => Lifetime = "lifetime",
        /// `bind`: the nonce is the slot.
        21 => Slot = "slot",
        /// `enter-phase`: the policy's graph has this edge.
        22 => Edge = "edge",
        /// `enter-phase`: the artefact is attached.
        23 => Artefact = "artefact",
        /// `enter-phase`: the approvals are there.
        24 => Approvals = "approvals",
    }
}

wire_code! {
    /// The name of one operand of a check.
    pub enum OperandName {
        /// A name: policy, run, agent, wallet, phase, step, item, scheme.
        0 => Name = "name",
        /// A version.
        1 => Version = "version",
        /// A digest.
        2 => Digest = "digest",
        /// The index of the record that is meant.
        3 => Index = "index",
        /// The principal.
        4 => Principal = "principal",
        /// Whether the agent signed its request.
        5 => Signed = "signed",
        /// An account.
        6 => Account = "account",
        /// Since when, in milliseconds since the Unix epoch.
        7 => Since = "since",
        /// Whether the phase may pay.
        8 => MayPay = "may-pay",
        /// The category asked.
        9 => Category = "category",
        /// The most that is allowed.
        10 => Maximum = "maximum",
        /// What is used already.
        11 => Used = "used",
        /// The transaction.
        12 => Transaction = "transaction",
        /// The place of a step in its order.
        13 => Order = "order",
        /// The deadline, in milliseconds since the Unix epoch.
        14 => Deadline = "deadline",
        /// Whether the step can be undone.
        15 => Reversible = "reversible",
        /// The declared way to undo.
        16 => Compensation = "compensation",
        /// The value that was checked.
        17 => Value = "value",
        /// The value that it was compared with.
        18 => Against = "against",
        /// The most that the payment can move.
        19 => Exposure = "exposure",
        /// A lifetime in seconds.
        20 => Lifetime = "lifetime",
        /// Unix seconds until which the permit holds.
        21 => PermitUntil = "permit-until",
        /// A number of things.
        22 => Count = "count",
        /// A budget's limit.
        23 => Limit = "limit",
        /// What has settled.
        24 => Settled = "settled",
        /// What is reserved.
        25 => Reserved = "reserved",
        /// What is left with this payment.
        26 => Left = "left",
        /// A window in milliseconds.
        27 => Window = "window",
        /// The previous record that moved the same group.
        28 => Previous = "previous",
        /// A gate's threshold.
        29 => Threshold = "threshold",
        /// Approvals needed.
        30 => Needed = "needed",
        /// Indices of the statements counted.
        31 => Counted = "counted",
        /// Index of a refusal.
        32 => Refused = "refused",
        /// A digest of the request.
        33 => Request = "request",
        /// A purchase key's digest.
        34 => Purchase = "purchase",
        /// The EIP-712 digest.
        35 => Eip712 = "eip712",
        /// The obligation key.
        36 => Obligation = "obligation",
        /// What the failure is, where a check can fail in several ways.
        37 => Because = "because",
    }
}

/// The value of an operand.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Operand {
    /// A number: money, a count, an index, a time.
    Number(Amount),
    /// Text.
    Text(Text),
    /// A 32-byte value.
    Hash(Hash32),
    /// Yes or no.
    Flag(bool),
    /// Record indices.
    Indices(Vec<Index>),
}

impl Wire for Operand {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Number(value) => value.encode(w),
            Self::Text(value) => value.encode(w),
            Self::Hash(value) => value.encode(w),
            Self::Flag(value) => value.encode(w),
            Self::Indices(value) => value.encode(w),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        match r.peek().map(|initial| initial >> 5) {
            Some(0 | 6) => r.amount().map(Self::Number),
            Some(2) => Wire::decode(r).map(Self::Hash),
            Some(3) => Wire::decode(r).map(Self::Text),
            Some(4) => Wire::decode(r).map(Self::Indices),
            Some(7) => r.bool().map(Self::Flag),
            Some(_) => Err(Class::WrongType.at(r.offset())),
            None => Err(Class::Truncated.at(r.offset())),
        }
    }
}

/// One check: which, how it came out, under which rule of the policy, on which operands.
/// On the wire an array `[check, result, rule / null, operands]`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Which check.
    pub check: CheckName,
    /// How it came out.
    pub result: CheckResult,
    /// The policy rule's id, where there can be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Id>,
    /// What it was decided on.
    pub operands: BTreeMap<OperandName, Operand>,
}

impl Wire for Check {
    fn encode(&self, w: &mut Writer) {
        w.array(4);
        self.check.encode(w);
        self.result.encode(w);
        self.rule.encode(w);
        w.map(self.operands.len());
        for (name, value) in &self.operands {
            name.encode(w);
            value.encode(w);
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_of(4)?;
        let check = Wire::decode(r)?;
        let result = Wire::decode(r)?;
        let rule = if r.null() { None } else { Some(Id::decode(r)?) };
        let mut fields = r.map()?;
        let mut operands = BTreeMap::new();
        for name in OperandName::ALL {
            if let Some(value) = fields.field::<Option<Operand>>(name.number())? {
                operands.insert(*name, value);
            }
        }
        fields.finish()?;
        Ok(Self { check, result, rule, operands })
    }
}

wire_code! {
    /// Whose word the evidence of a fact is, weakest first.
    pub enum Grade {
        /// The operator's own: no evidence, or evidence that says something else.
        0 => Operator = "operator",
        /// The payee's or its facilitator's answer.
        1 => Payee = "payee",
    }
}

wire_map! {
    /// What an `allow` record permits: whoever signs for the wallet verifies the record and compares
    /// these with what it is asked to sign.
    pub struct Permit {
        /// The paying account, CAIP-10.
        1 => wallet: Text,
        /// The account to be paid, CAIP-10.
        2 => payee: Text,
        /// The asset, CAIP-19.
        3 => asset: Text,
        /// The most that the signed payload may let leave.
        4 => exposure: Amount,
        /// Unix seconds; the signed payload ends then or before.
        5 => until: u64,
    }
}

wire_map! {
    /// What was decided.
    pub struct Verdict {
        /// The answer.
        1 => outcome: Outcome,
        /// Reasons and discrepancies, in the order of their finding.
        2 => codes: Vec<Code>,
        /// The checks, where the input has some.
        3 => trace: Vec<Check>,
        /// What is permitted; present exactly where a payment is allowed.
        4 => permit: Option<Permit>,
        /// The previous record of the same run, transaction or payment.
        5 => previous: Option<Index>,
        /// What the evidence of a fact is worth.
        6 => grade: Option<Grade>,
    }
}

impl Verdict {
    /// An outcome without codes or trace.
    pub const fn plain(outcome: Outcome) -> Self {
        Self { outcome, codes: Vec::new(), trace: Vec::new(), permit: None, previous: None, grade: None }
    }

    /// The checks that came out as `result`.
    pub fn checks(&self, result: CheckResult) -> impl Iterator<Item = &Check> {
        self.trace.iter().filter(move |check| check.result == result)
    }
}
