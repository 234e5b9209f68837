//! What an audit can find, and what it can leave unchecked: closed lists with stable codes.

use alloc::string::String;

use crate::codes;

codes! {
    /// What is wrong.
    FindingCode {
        /// The log has no records.
        EmptyLog = "empty-log",
        /// The store gave an entry out of sequence.
        EntryMissing = "entry-missing",
        /// The store could not give an entry.
        EntryUnreadable = "entry-unreadable",
        /// An entry is not the encoding of a record.
        RecordMalformed = "record-malformed",
        /// A record is of another log.
        RecordOfAnotherLog = "record-of-another-log",
        /// A record names another key than the log's, or another algorithm.
        RecordOfAnotherKey = "record-of-another-key",
        /// A record's signature does not verify.
        RecordSignature = "record-signature",
        /// A record's header contradicts its payload.
        RecordClaims = "record-claims",
        /// A record's format version is not known: nothing is said of what follows.
        UnknownFormat = "unknown-format",
        /// The semantics version is not known: nothing is said of what follows.
        UnknownSemantics = "unknown-semantics",
        /// The first record is not an accepted genesis.
        NoGenesis = "no-genesis",
        /// The genesis names another origin or key than the trust.
        GenesisDiffers = "genesis-differs",
        /// A record's index is not its place.
        IndexWrong = "index-wrong",
        /// A record's `prior` is not the root of the records before it.
        PriorWrong = "prior-wrong",
        /// A record's `prev_control` is not the last control record.
        PrevControlWrong = "prev-control-wrong",
        /// A record's time is before the one before it.
        TimeWentBack = "time-went-back",
        /// The outcome, a code or the chain is not what the decision gives.
        DecisionDoesNotFollow = "decision-does-not-follow",
        /// The outcome is right, but its trace is not what the decision gives.
        TraceDoesNotFollow = "trace-does-not-follow",
        /// The request had been answered before; there should be no record.
        RecordNotOwed = "record-not-owed",
        /// A record says that refusals were only counted, where each of them had to be recorded.
        SuppressedWrong = "suppressed-wrong",
        /// The log's own checkpoint is not a signed checkpoint of this log.
        CheckpointInvalid = "checkpoint-invalid",
        /// The log is shorter than its own checkpoint.
        CheckpointBeyondLog = "checkpoint-beyond-log",
        /// The log's own checkpoint has another root than its records.
        CheckpointRoot = "checkpoint-root",
        /// The log is shorter than the pinned checkpoint.
        ShorterThanPinned = "shorter-than-pinned",
        /// The log has another root at the pinned checkpoint's size.
        RootDiffersFromPinned = "root-differs-from-pinned",
        /// The policy in force is not the one that the trust expects.
        PolicyNotExpected = "policy-not-expected",
        /// A bundle is not of the form that it should have.
        BundleMalformed = "bundle-malformed",
        /// A bundle is of a version that is not known.
        UnknownBundle = "unknown-bundle",
        /// The records of a bundle are not in the tree of its checkpoint.
        BundleRoot = "bundle-root",
        /// The checkpoint of a bundle does not extend, or is not extended by, the pinned one as the bundle says.
        BundleConsistency = "bundle-consistency",
        /// A record that the bundle cannot do without is not in it.
        BundleRecordMissing = "bundle-record-missing",
        /// A payment does not stand as the log said last.
        BundleStanding = "bundle-standing",
    }
}

impl FindingCode {
    /// True where evidence contradicts pinned state, instead of failing in itself.
    pub const fn is_contradiction(self) -> bool {
        matches!(self, Self::ShorterThanPinned | Self::RootDiffersFromPinned)
    }

    /// True where the auditor could not decide, being older than the log.
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::UnknownFormat | Self::UnknownSemantics | Self::UnknownBundle)
    }
}

codes! {
    /// What was not checked.
    NotCheckedCode {
        /// No trust was given: the log vouches for itself.
        NoTrust = "no-trust",
        /// No checkpoint is pinned: a log rewritten or cut by its operator looks the same.
        NoPinnedCheckpoint = "no-pinned-checkpoint",
        /// The log carries no checkpoint of its own.
        NoCheckpoint = "no-checkpoint",
        /// Records after the pinned checkpoint rest on the operator's key alone.
        AfterPinned = "after-pinned",
        /// Records after the first broken one were not decided again.
        AfterBreak = "after-break",
        /// Nobody but the operator governs policies and keys.
        Governance = "governance",
        /// Agents without keys, and all principals, are as the operator asserts them.
        AgentsAsserted = "agents-asserted",
        /// That mandates say what they are said to say, and who signed them.
        Mandates = "mandates",
        /// Records and statements by a key that was compromised when it signed them.
        CompromisedKeys = "compromised-keys",
        /// Refusals that were only counted.
        Suppressed = "suppressed",
        /// Private values that people had erased.
        Erased = "erased",
        /// Private text was not held against its commitments.
        PrivateText = "private-text",
        /// No evidence from outside the log was compared with it.
        Reconciliation = "reconciliation",
        /// Records that are in the log and not in the bundle: what none of them says is the log's signed word.
        RecordsLeftOut = "records-left-out",
        /// Decisions on other payments that a bundle shows: they are taken as they stand.
        OtherPayments = "other-payments",
        /// That a payee was never paid before: no bundle can show it.
        FirstPayment = "first-payment",
        /// What came after the last record about a payment: nothing in the bundle says that there was nothing.
        LaterRecords = "later-records",
        /// The rest of the log: the audit was interrupted.
        Interrupted = "interrupted",
        /// What happened since: the last record is older than the trust lets it be.
        Stale = "stale",
        /// The records that an earlier, saved audit had followed.
        Resumed = "resumed",
    }
}

impl NotCheckedCode {
    /// True where the audit was asked for, and did not do it: the verdict is then at best `insufficient`.
    pub const fn is_partial(self) -> bool {
        matches!(self, Self::FirstPayment | Self::LaterRecords | Self::Interrupted | Self::Stale)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// The record, where it is about one.
    pub index: Option<u64>,
    /// More about it, for people; free of control characters.
    pub detail: String,
}

/// One thing that was not checked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NotChecked {
    /// What.
    pub code: NotCheckedCode,
    /// More about it, for people.
    pub detail: String,
}
