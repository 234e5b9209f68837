//! What a reconciliation says: a verdict, the population, the gaps, and one row for everything that counts.

use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_audit::Verdict;
use counterfoil_rails::caip::{Account, Asset, ChainId};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Id, Index, Text, Time};
use serde::Serialize;

use crate::codes::{Class, GapCode, Worth};

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Subject {
    /// A payment request of the log.
    Payment {
        /// The record that asked.
        index: Index,
    },
    /// A transfer that no request explains.
    Transfer {
        /// The transaction.
        transaction: Hash32,
        /// The place of its event in the block.
        #[serde(skip_serializing_if = "Option::is_none")]
        log_index: Option<u64>,
    },
    /// An exchange with a facilitator.
    Exchange {
        /// The file of exchanges, from 1.
        file: u64,
        /// Where it stands in it.
        place: String,
    },
}

/// One payment request, movement or exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it came to.
    pub class: Class,
    /// What it is about.
    pub subject: Subject,
    /// The run.
    pub run: Option<Index>,
    /// The agent.
    pub agent: Option<Id>,
    /// Origin and path that were asked.
    pub resource: Option<Text>,
    /// The record that decided it last.
    pub decided: Option<Index>,
    /// What that decided.
    pub outcome: Option<Outcome>,
    /// The account that pays.
    pub wallet: Option<Account>,
    /// The account that was paid, or was to be.
    pub payee: Option<Account>,
    /// The asset that moved, or was to.
    pub asset: Option<Asset>,
    /// What was allowed, in the asset's smallest unit.
    pub allowed: Option<Amount>,
    /// What moved, in the asset's smallest unit; where no transfer is at hand, what somebody says moved, which is worth
    /// what `worth` says.
    pub moved: Option<Amount>,
    /// The transactions in which it moved, or is said to have.
    pub transactions: Vec<Hash32>,
    /// The moment until which something that was signed, or could be, can still settle or turn out to have, milliseconds
    /// since the Unix epoch; `None` where the evidence shows that nothing can.
    pub spendable_until: Option<Time>,
    /// More about it, for people; free of control characters.
    pub detail: String,
    /// The best evidence that was used.
    pub worth: Worth,
    /// All of it, for people; free of control characters.
    pub evidence: String,
}

impl Row {
    /// What is at stake: what moved, else what was to.
    pub fn amount(&self) -> Amount {
        self.moved.or(self.allowed).unwrap_or_default()
    }
}

/// The rows of one class and asset that rest on the same evidence, added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The asset; `None` where nothing says which.
    pub asset: Option<Asset>,
    /// The class.
    pub class: Class,
    /// What it rests on.
    pub worth: Worth,
    /// How many rows.
    pub count: u64,
    /// What moved in them, else what was to move, in the asset's smallest unit; it stops at 2^128-1.
    pub amount: Amount,
}

/// A place that the evidence does not reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Why.
    pub code: GapCode,
    /// The chain, where it is about one.
    pub chain: Option<ChainId>,
    /// More about it, for people; free of control characters.
    pub detail: String,
}

/// What the extracts of one chain are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The chain.
    pub chain: ChainId,
    /// How many extracts there are.
    pub extracts: u64,
    /// The first block of any of them.
    pub from_block: Option<u64>,
    /// The last block of any of them.
    pub to_block: Option<u64>,
    /// The time of the last block, Unix seconds.
    pub head_time: Option<u64>,
}

/// What was to be compared, and what was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// The wallets of every policy that was in force.
    pub wallets: Vec<Account>,
    /// The assets of every policy that was in force.
    pub assets: Vec<Asset>,
    /// The time of the log's first record.
    pub from: Option<Time>,
    /// The moment that the evidence must reach: nothing that was allowed can settle any more, and the log has ended.
    pub until: Option<Time>,
    /// The chains.
    pub chains: Vec<Covered>,
    /// The transfers that count: of those assets, out of those wallets.
    pub transfers: u64,
    /// Such transfers before the log's first record, by the time of their blocks.
    pub earlier: u64,
    /// Transfers out of those wallets of assets that no policy declares: anybody can make a token that says so.
    pub undeclared: u64,
    /// Logs and rows that stand in the evidence more than once, each counted once.
    pub repeated: u64,
    /// Logs that a reorganisation removed.
    pub removed: u64,
    /// Exchanges with facilitators about those wallets.
    pub exchanges: u64,
    /// Exchanges about other payers, and other calls.
    pub other_exchanges: u64,
}

/// A log, held against evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// `failed` with a discrepancy, else `insufficient` with a gap or where the log's own audit is, else `verified`.
    pub verdict: Verdict,
    /// The process exit code that says the same.
    pub exit_code: u8,
    /// What was to be compared.
    pub population: Scope,
    /// Where the evidence does not reach.
    pub gaps: Vec<Gap>,
    /// The rows, added up.
    pub totals: Vec<Total>,
    /// The rows, discrepancies first.
    pub rows: Vec<Row>,
}
