//! The closed lists of what a reconciliation can say.

use counterfoil_audit::codes;

codes! {
    /// What became of a payment, or what a movement or an exchange is. The discrepancies come first.
    Class {
        /// Money of a wallet moved, and no payment of the log explains it.
        MovedWithoutDecision = "moved-without-decision",
        /// The payment was not allowed, and its money moved all the same.
        DeniedButMoved = "denied-but-moved",
        /// One purchase was paid a second time.
        PaidTwice = "paid-twice",
        /// It settled with another amount than was allowed.
        OtherAmount = "other-amount",
        /// It settled to another payee than was allowed.
        OtherPayee = "other-payee",
        /// It settled in another asset than was allowed.
        OtherAsset = "other-asset",
        /// Somebody says that it settled, and a chain extract that reaches far enough has no such transfer.
        ClaimedWithoutArtefact = "claimed-without-artefact",
        /// It settled as allowed, after it had been taken to have failed.
        SettledLate = "settled-late",
        /// Allowed, not settled, and what was signed can still settle.
        StillSpendable = "still-spendable",
        /// What became of it is not known from this evidence.
        OutcomeUnknown = "outcome-unknown",
        /// A signature was presented again, or altered, and the rail refused it.
        ReplayRefused = "replay-refused",
        /// Allowed, and refused by the rail.
        RefusedByRail = "refused-by-rail",
        /// Allowed, never settled, and nothing that was signed for it can settle any more.
        NeverSettled = "never-settled",
        /// Not allowed, and nothing moved.
        DeniedNothingMoved = "denied-nothing-moved",
        /// Allowed, and settled as allowed.
        SettledAsAllowed = "settled-as-allowed",
    }
}

impl Class {
    /// True for what fails a reconciliation.
    pub const fn is_discrepancy(self) -> bool {
        matches!(
            self,
            Self::MovedWithoutDecision
                | Self::DeniedButMoved
                | Self::PaidTwice
                | Self::OtherAmount
                | Self::OtherPayee
                | Self::OtherAsset
                | Self::ClaimedWithoutArtefact
        )
    }
}

codes! {
    /// What evidence is worth, by whose word it is; weakest first.
    Worth {
        /// The operator's own: the log, or a table that anybody could have written.
        Operator = "operator-word",
        /// The payee's answer, as the log holds it.
        Payee = "payee-answer",
        /// The facilitator's answer.
        Facilitator = "facilitator-answer",
        /// What a chain says, in an extract.
        Chain = "chain-extract",
    }
}

codes! {
    /// Why the evidence does not reach over the whole population.
    GapCode {
        /// No policy with a wallet was ever in force.
        NoPopulation = "no-population",
        /// There is no extract of a chain that a policy's wallet is on.
        NoExtract = "no-extract",
        /// A list of logs came without its chain, its range or the time of its end.
        RangeUnknown = "range-unknown",
        /// It is not shown that the extracts begin before the log's first record.
        BeginsLate = "begins-late",
        /// The extracts end before the log does, or before nothing that was allowed can settle any more.
        EndsEarly = "ends-early",
        /// Blocks are missing between two extracts.
        BlocksMissing = "blocks-missing",
        /// Two extracts say different things of the same block or transaction.
        ExtractsDisagree = "extracts-disagree",
        /// An authorization was used, and its transfer is not in the extract.
        TransferMissing = "transfer-missing",
        /// An exchange with a facilitator is of a scheme or network that is not understood.
        ExchangeNotRead = "exchange-not-read",
    }
}
