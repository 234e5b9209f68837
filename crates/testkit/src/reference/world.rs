//! What there is after a list of records: plain maps of everything that was ever opened.
//!
//! Nothing is taken out: a run that is closed and a payment that is forgotten are marked as such, because
//! totals go on counting them.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_decide::policy::Policy;
use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::input::{Begin, Governance, OpenRun, Pay, PlanItem, Scope};
use counterfoil_record::key::PublicKey;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Id, Index, Input, Span, Text, Time, Verdict};

#[derive(Clone, Debug, Default)]
pub(super) struct World<'a> {
    /// The number of records, and so the index of the one in the making.
    pub size: u64,
    /// The time of the last record that moved it.
    pub time: Time,
    /// The time that each record states.
    pub times: Vec<Time>,
    /// Since the genesis.
    pub log: Option<Log>,
    pub in_force: Option<InForce<'a>>,
    /// What each policy's names of assets ever stood for.
    pub asset_names: BTreeMap<Id, (Text, u64)>,
    pub suspended: BTreeMap<Scope, Index>,
    pub runs: BTreeMap<Index, Run<'a>>,
    pub transactions: BTreeMap<Index, Transaction<'a>>,
    /// Those that were ever held or allowed.
    pub payments: BTreeMap<Index, Payment<'a>>,
    /// Minute and count of the noise of each open run, and of everything else.
    pub floods: BTreeMap<Option<Index>, (u64, u64)>,
}

#[derive(Clone, Debug)]
pub(super) struct Log {
    pub origin: Id,
    pub governance: Option<Governance>,
    /// The keys that signed records, the present one last.
    pub keys: Vec<PublicKey>,
    pub revoked: BTreeSet<Hash32>,
    /// The last control record.
    pub control: Index,
}

/// The policy in force.
#[derive(Clone, Debug)]
pub(super) struct InForce<'a> {
    pub policy: &'a Policy,
    pub digest: Hash32,
    pub index: Index,
    /// For each budget the record since which it counts.
    pub since: BTreeMap<Id, Index>,
}

#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    pub index: Index,
    pub opened: &'a OpenRun,
    pub is_open: bool,
    pub phase: Id,
    /// The record that entered the phase.
    pub since: Index,
    /// The digest of the phase's rule when it was entered.
    pub rule: Hash32,
    pub artefacts: BTreeMap<Id, Artefact<'a>>,
    /// The artefact that the last plan-bound phase took over.
    pub plan: Option<Artefact<'a>>,
    /// Answers about its phases.
    pub answers: Vec<Answered>,
    /// What used each idempotency key: the request's digest and the payment.
    pub keys: BTreeMap<Id, (Hash32, Index)>,
    pub last: Index,
}

#[derive(Clone, Debug)]
pub(super) struct Artefact<'a> {
    pub index: Index,
    pub digest: Hash32,
    pub items: &'a [PlanItem],
}

/// An answer that was collected.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub index: Index,
    pub person: Id,
    pub role: Id,
    pub approves: bool,
    pub expires: Time,
    /// The thumbprint of the key that signed it.
    pub key: Hash32,
    pub subject: Hash32,
}

#[derive(Clone, Debug)]
pub(super) struct Transaction<'a> {
    pub begun: &'a Begin,
    pub complete: BTreeSet<Id>,
    pub committed: bool,
    pub aborted: bool,
    pub last: Index,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Held,
    Open,
    Unknown,
    Settled,
    Failed,
    Expired,
    Denied,
    Void,
}

impl Status {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Void => "void",
        }
    }

    /// Open or unknown: its exposure is reserved.
    pub(super) const fn reserves(self) -> bool {
        matches!(self, Self::Open | Self::Unknown)
    }

    pub(super) const fn is_final(self) -> bool {
        !matches!(self, Self::Held | Self::Open | Self::Unknown)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Payment<'a> {
    pub index: Index,
    pub pay: &'a Pay,
    /// The time of the `pay`.
    pub asked: Time,
    /// The digest of the request.
    pub request: Hash32,
    pub status: Status,
    /// Answers to the hold.
    pub answers: Vec<Answered>,
    pub allowed: Option<Allowed>,
    pub bound: Option<Bound>,
    pub settled: u128,
    pub compensated: u128,
    pub refunded: u128,
    pub written_off: u128,
    pub last: Index,
    /// The time of its last record, of the record that ended it, or of the last look that kept it.
    pub kept_from: Time,
    pub forgotten: bool,
    /// The last record that changed what it adds to budgets.
    pub moved: Index,
}

/// What an `allow` fixed.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    pub index: Index,
    pub leaf: Hash32,
    pub time: Time,
    pub wallet: Account,
    pub payee: Account,
    pub asset: Asset,
    pub domain_name: String,
    pub domain_version: String,
    pub scheme: &'static str,
    pub method: &'static str,
    pub spender: Option<Address>,
    pub facilitator: Option<Address>,
    pub exposure: u128,
    /// Unix seconds.
    pub until: u64,
    /// Unix seconds.
    pub claimable_until: u64,
    pub finality: Span,
    pub slot_required: bool,
    pub payee_releases: bool,
    /// The attach of the plan, and the item.
    pub plan: Option<(Index, Id)>,
    pub purchase: Hash32,
}

#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub digest: Hash32,
    pub key: Hash32,
}

impl Payment<'_> {
    /// What it adds to budgets, plans and mandates: reserved, settled, returned.
    pub(super) fn adds(&self) -> (u128, u128, u128) {
        let exposure = self.allowed.as_ref().map_or(0, |allowed| allowed.exposure);
        let reserved = if self.status.reserves() { exposure } else { 0 };
        (reserved, self.settled, self.compensated + self.refunded)
    }

    /// What of it has settled and did not come back, and was not given up.
    pub(super) fn owed(&self) -> u128 {
        self.settled - self.compensated - self.refunded - self.written_off
    }
}

impl Transaction<'_> {
    /// Open by record, and not past its deadline at `now`.
    pub(super) fn is_open(&self, now: Time) -> bool {
        !self.committed && !self.aborted && now <= self.begun.deadline
    }

    pub(super) fn is_aborted(&self, now: Time) -> bool {
        self.aborted || (!self.committed && now > self.begun.deadline)
    }
}

impl<'a> World<'a> {
    pub(super) const fn own(&self) -> Index {
        Index::new(self.size)
    }

    pub(super) fn policy(&self) -> Option<&'a Policy> {
        self.in_force.as_ref().map(|in_force| in_force.policy)
    }

    /// The log. Nothing is decided before the genesis but the genesis itself.
    pub(super) fn opened(&self) -> &Log {
        self.log.as_ref().expect("after the genesis")
    }

    pub(super) fn time_of(&self, index: Index) -> Time {
        self.times[usize::try_from(index.value()).unwrap()]
    }

    pub(super) fn open_run(&self, index: Index) -> Option<&Run<'a>> {
        self.runs.get(&index).filter(|run| run.is_open)
    }

    /// The run, its parent, and so on.
    pub(super) fn chain(&self, run: Index) -> Vec<&Run<'a>> {
        let mut chain = Vec::new();
        let mut next = Some(run);
        while let Some(index) = next {
            let run = &self.runs[&index];
            chain.push(run);
            next = run.opened.parent;
        }
        chain
    }

    /// A payment that was held or allowed and is not forgotten.
    pub(super) fn payment(&self, index: Index) -> Option<&Payment<'a>> {
        self.payments.get(&index).filter(|payment| !payment.forgotten)
    }

    /// A payment that was allowed and is not forgotten.
    pub(super) fn allowed(&self, index: Index) -> Option<(&Payment<'a>, &Allowed)> {
        let payment = self.payment(index)?;
        Some((payment, payment.allowed.as_ref()?))
    }

    /// Every payment that was ever allowed, forgotten or not.
    pub(super) fn ever_allowed(&self) -> impl Iterator<Item = (&Payment<'a>, &Allowed)> {
        self.payments.values().filter_map(|payment| Some((payment, payment.allowed.as_ref()?)))
    }

    /// The payments that joined a transaction, forgotten or not.
    pub(super) fn payments_of(&self, transaction: Index) -> impl Iterator<Item = &Payment<'a>> {
        self.ever_allowed().map(|(payment, _)| payment).filter(move |payment| {
            payment.pay.part.as_ref().is_some_and(|part| part.transaction == transaction)
        })
    }

    /// A transaction, unless its run is closed and none of its payments is known any more.
    pub(super) fn transaction(&self, index: Index) -> Option<&Transaction<'a>> {
        let transaction = self.transactions.get(&index)?;
        let is_known = self.open_run(transaction.begun.run).is_some()
            || self.payments_of(index).any(|payment| !payment.forgotten);
        is_known.then_some(transaction)
    }

    /// The suspensions that cover a payment in `run` on these terms; what is missing is covered by none.
    pub(super) fn suspensions(
        &self,
        run: Option<Index>,
        payee: Option<&str>,
        asset: Option<&str>,
    ) -> Vec<Index> {
        let chain = run.map(|run| self.chain(run)).unwrap_or_default();
        let covers = |scope: &Scope| {
            let agent = scope.agent.as_ref().is_none_or(|it| chain.iter().any(|run| run.opened.agent == *it));
            let run = scope.run.is_none_or(|it| chain.iter().any(|run| run.index == it));
            let payee = scope.payee.as_ref().is_none_or(|it| payee == Some(it.as_str()));
            let asset = scope.asset.as_ref().is_none_or(|it| asset == Some(it.as_str()));
            agent && run && payee && asset
        };
        let covering = self.suspended.iter().filter(|(scope, _)| covers(scope));
        let mut indices: Vec<Index> = covering.map(|(_, index)| *index).collect();
        indices.sort();
        indices
    }

    pub(super) fn refusals_per_minute(&self) -> Option<u64> {
        self.policy()?.limits.refusals_per_minute
    }

    /// Where noise of this input is counted.
    pub(super) fn flood_of(&self, input: &Input) -> Option<Index> {
        input.run().filter(|run| self.open_run(*run).is_some())
    }

    /// The state's time after a record: a time that was refused, or that of a refused clock, is not it.
    pub(super) fn moment_of(&self, input: &Input, verdict: &Verdict, time: Time) -> Time {
        let for_its_time =
            [Code::TimeWentBack, Code::ClockJump].iter().any(|code| verdict.codes.contains(code));
        let stays = for_its_time || matches!(input, Input::Clock(_));
        if verdict.outcome == Outcome::Refused && stays { self.time } else { time }
    }

    /// True if the verdict changes nothing but the last record of a run.
    pub(super) fn is_noise(&self, input: &Input, verdict: &Verdict) -> bool {
        let turned_down = matches!(verdict.outcome, Outcome::Deny | Outcome::Refused | Outcome::CannotDecide);
        match input {
            Input::Unreadable(_) => true,
            // A claim that was decided is the last record of the payment too, and a denial ends the hold.
            Input::Claim(_) => verdict.outcome == Outcome::Refused,
            Input::Bind(bind) if turned_down => super::signing::extended(self, bind, verdict).is_none(),
            _ => turned_down,
        }
    }
}

/// Whole minutes since 1970.
pub(super) const fn minute(time: Time) -> u64 {
    time.millis() / 60_000
}
