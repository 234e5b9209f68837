//! The closed lists of names that a verdict is made of.

use crate::wire_code;

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
        /// What has settled passes the limit of a budget.
        45 => OverLimit = "over-limit",
        /// The same idempotency key named another request before.
        46 => KeyReused = "key-reused",
        /// Phase conditions are not met; the trace says which.
        47 => ConditionsNotMet = "conditions-not-met",
        /// A policy's name for an asset stood for another asset before, or for other decimals.
        48 => AssetIdentityChanged = "asset-identity-changed",
        /// A plan's or mandate's account or asset is not in lower-case CAIP-10 or CAIP-19.
        49 => BadAccount = "bad-account",
        /// Something is larger than its share of a record.
        50 => TooLarge = "too-large",
        /// Fewer people than it takes signed for this.
        51 => QuorumNotReached = "quorum-not-reached",
        /// No party of this log has that key, or not in a way that lets it be changed here.
        52 => UnknownKey = "unknown-key",
        /// The key is revoked.
        53 => KeyRevoked = "key-revoked",
        /// The log signs with this key: it must be rotated first.
        54 => KeyInUse = "key-in-use",
        /// Without this key the governance could not reach its quorum any more.
        55 => QuorumUnreachable = "quorum-unreachable",
        /// Exactly this is suspended already.
        56 => AlreadySuspended = "already-suspended",
        /// Exactly this is not suspended.
        57 => NothingSuspended = "nothing-suspended",
        /// The policy gives nobody the power to do this.
        58 => NoPower = "no-power",
        /// The time is further ahead than the policy's `max_step`.
        59 => ClockJump = "clock-jump",
        /// A sub-run of the run is open.
        60 => SubRunOpen = "sub-run-open",
        /// A sub-run acts for another principal than its parent.
        61 => PrincipalDiffers = "principal-differs",
        /// Runs within runs, more than there may be.
        62 => TooDeep = "too-deep",
        /// Nothing, or not so much, is owed for this payment.
        63 => NoObligation = "no-obligation",
        /// The log has no record of that index yet.
        64 => UnknownRecord = "unknown-record",
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
        /// `bind`: the signed amount is the exposure, for the token that was allowed.
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
        /// `bind`: what may move the money is the scheme's own contract, and the offered facilitator.
        25 => Spender = "spender",
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
        /// The record since which it is so.
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
        /// A run.
        38 => Run = "run",
        /// What came back of what has settled.
        39 => Returned = "returned",
        /// The moment after which it counts for nothing, in milliseconds since the Unix epoch.
        40 => Expires = "expires",
        /// The transfer method.
        41 => Method = "method",
        /// The contract that may move the money.
        42 => Spender = "spender",
        /// A number of bytes.
        43 => Length = "length",
        /// Indices of the suspensions in force.
        44 => Suspensions = "suspensions",
        /// How many people signed.
        45 => People = "people",
        /// The party that settles.
        46 => Facilitator = "facilitator",
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
