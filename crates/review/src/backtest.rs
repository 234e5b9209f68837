//! What a log would say had another policy been in force: every decision of the past again, under new rules.
//!
//! The inputs of the log are decided in their order and at their times, from a state of their own: what is newly
//! denied counts in no budget any more, what is newly allowed does. Each adoption of a policy is taken for one of the
//! new policy under the old one's name and digest, so that what people signed answers the same questions; an
//! allowance has the slot that its payment had, so that what wallets signed fits it still.
//!
//! It is the past that is decided again, and not what people and agents would have done instead:
//!
//! - who was not asked did not answer: what is newly held stays so, though somebody might have approved it;
//! - what is newly allowed has no facts: nobody signed, nothing settled, and its exposure stays reserved to the end;
//! - a fact about a payment that is not allowed any more is counted nowhere, and named as a contradiction.
//!
//! ```text
//! let mut claims = Claims::default();                     // first pass, over audited records
//! claims.observe(&record, leaf);
//! let mut backtest = Backtest::new(policy, claims);       // second pass
//! let changed: Option<Change> = backtest.push(&record, leaf, &state_after_the_record);
//! let summary = backtest.finish(&state_after_the_last);
//! ```
//!
//! Memory grows with what the two states keep and with the number of payments that people were asked about, not with
//! the log.

mod allowed;
mod altered;
mod change;
mod summary;

pub use change::{Came, Change, Kind, Money};
pub use summary::{Beside, Moved, Shift, Summary, Tally};

use alloc::collections::BTreeMap;

use counterfoil_decide::policy::Policy;
use counterfoil_decide::state::Terms;
use counterfoil_decide::{State, Step};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Amount, Hash32, Index, Input, Record, Verdict};

use allowed::Allowed;
use altered::Altered;
use change::{asked, name};

/// The records whose leaf a slot follows from, where that is not the one that asked to pay: claims that were allowed.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    leaves: BTreeMap<Index, Hash32>,
}

impl Claims {
    /// Takes over the next record of the log.
    pub fn observe(&mut self, record: &Record, leaf: Hash32) {
        if let (Input::Claim(claim), Outcome::Allow) = (&record.input, record.verdict.outcome) {
            self.leaves.insert(claim.payment, leaf);
        }
    }
}

/// A log decided again under another policy.
#[derive(Clone, Debug)]
pub struct Backtest {
    policy: Policy,
    claims: Claims,
    state: State,
    altered: Altered,
    allowed: Allowed,
    summary: Summary,
}

impl Backtest {
    /// Before the first record.
    pub fn new(policy: Policy, claims: Claims) -> Self {
        let (altered, allowed) = (Altered::default(), Allowed::default());
        Self { policy, claims, state: State::new(), altered, allowed, summary: Summary::default() }
    }

    /// Decides the next record again. `leaf` is its leaf hash, `original` the state of the log after it. Gives what
    /// comes out otherwise.
    pub fn push(&mut self, record: &Record, leaf: Hash32, original: &State) -> Option<Change> {
        let came = self.decide(record, leaf);
        self.summary.records = self.summary.records.saturating_add(1);
        let was = Came::of(&record.verdict);
        let (allowed, would) = (record.verdict.outcome == Outcome::Allow, came.verdict());
        if allowed {
            self.count(record, &record.verdict, original, |beside| &mut beside.before);
        }
        if let Some(verdict) = would.filter(|verdict| verdict.outcome == Outcome::Allow) {
            self.count(record, verdict, original, |beside| &mut beside.after);
            self.allowed.note(record.input.payment().unwrap_or(record.index), original);
        }
        if is_decision(&record.input) {
            self.summary.decisions = self.summary.decisions.saturating_add(1);
        }
        let is = came.came();
        let contradiction = self.contradicts(record, original);
        let differs = !was.is_like(&is);
        let follows = self.altered.cause(record, original, &self.state);
        let repeat_of = is.repeat_of;
        let cause = differs.then_some(follows.unwrap_or(record.index));
        self.altered.note(record, cause, repeat_of, original, &self.state);
        if !differs && !contradiction {
            return None;
        }
        let kind = if contradiction {
            Kind::Contradiction
        } else if follows.is_some() {
            Kind::Consequence
        } else if was.outcome == is.outcome {
            Kind::Reasons
        } else {
            Kind::Decision
        };
        let change = self.change(record, kind, (was, is), would, follows, original);
        self.summary.note(&change);
        Some(change)
    }

    /// What it all comes to. `original` is the state of the log at its end.
    pub fn finish(mut self, original: &State) -> Summary {
        let open = |state: &State, payment| {
            let payment = state.payments.get(&payment);
            payment.is_some_and(|payment| payment.status.is_open())
        };
        for (index, payment) in self.state.payments.iter().filter(|(_, payment)| payment.status.is_open()) {
            let Some(terms) = payment.terms.as_ref().filter(|_| !open(original, *index)) else { continue };
            self.summary.reserved.entry(terms.asset.clone()).or_default().add(terms.exposure);
        }
        self.summary
    }

    /// The state that the records so far would have come to.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Decides the record again, and takes over what comes of it.
    fn decide(&mut self, record: &Record, leaf: Hash32) -> Again {
        // A clock that went ahead under the new rules does not go back.
        let time = record.time.max(self.state.time);
        let input = match &record.input {
            Input::AdoptPolicy(adopt) => {
                let adopted = Policy::from_bytes(adopt.policy.as_slice()).ok();
                let accepted = record.verdict.outcome == Outcome::Accepted;
                let pending = match adopted.filter(|_| accepted) {
                    Some(adopted) => self.state.suppose_adopted(&self.policy, &adopted, time),
                    None => self.state.suppose_idle(&record.input, &record.verdict, time),
                };
                self.state.seal(pending, leaf);
                return Again::Same(record.verdict.clone());
            }
            input => self.restated(input, record.verdict.outcome == Outcome::Accepted),
        };
        match self.state.step(&input, time) {
            Step::Record(decision) => {
                let leaf = self.leaf_for(record, &decision.verdict, leaf);
                self.state.seal(decision.pending, leaf);
                Again::Recorded(decision.verdict)
            }
            Step::Counted(verdict) => {
                let pending = self.state.suppose_idle(&input, &verdict, time);
                self.state.seal(pending, leaf);
                Again::Counted(*verdict)
            }
            Step::Repeat(repeat) => {
                let pending = self.state.suppose_idle(&input, &Verdict::plain(Outcome::Accepted), time);
                self.state.seal(pending, leaf);
                Again::Repeated(repeat.payment)
            }
        }
    }

    /// What stated the state that it was in would have stated the one that it is in now.
    fn restated(&self, input: &Input, accepted: bool) -> Input {
        let mut input = input.clone();
        match &mut input {
            Input::Start(start) if accepted => start.state = self.state.digest(),
            Input::Stop(stop) if accepted => stop.state = self.state.digest(),
            Input::Heartbeat(heartbeat) if accepted => heartbeat.state = self.state.digest(),
            _ => {}
        }
        input
    }

    /// The leaf of the record that allowed the payment in the log, wherever it is allowed now.
    fn leaf_for(&mut self, record: &Record, verdict: &Verdict, leaf: Hash32) -> Hash32 {
        let payment = record.input.payment().unwrap_or(record.index);
        match verdict.outcome {
            Outcome::Allow => self.claims.leaves.remove(&payment).unwrap_or(leaf),
            Outcome::Hold if record.verdict.outcome == Outcome::Allow => {
                self.claims.leaves.insert(payment, leaf);
                leaf
            }
            _ => leaf,
        }
    }

    /// Counts what `verdict` allows on one side.
    fn count(
        &mut self,
        record: &Record,
        verdict: &Verdict,
        original: &State,
        side: fn(&mut Beside) -> &mut Tally,
    ) {
        let Some(permit) = verdict.permit() else { return };
        let agent = change::agent(record, original).or_else(|| change::agent(record, &self.state));
        self.summary.allow(agent, permit.payee, permit.asset, permit.exposure, side);
    }

    /// True if the record says that money moved, or may have, for a payment that would not have been allowed.
    fn contradicts(&self, record: &Record, original: &State) -> bool {
        let moves = matches!(
            record.input,
            Input::Settle(_) | Input::Unknown(_) | Input::Refund(_) | Input::Compensate(_)
        );
        let payment = record.input.payment().filter(|_| moves);
        payment.is_some_and(|payment| {
            terms(original, payment).is_some()
                && !self.allowed.contains(payment)
                && !self.altered.is_repeat(payment)
        })
    }

    fn change(
        &mut self,
        record: &Record,
        kind: Kind,
        (before, after): (Came, Came),
        would: Option<&Verdict>,
        follows: Option<Index>,
        original: &State,
    ) -> Change {
        let payment = record.input.payment();
        let allowed = payment.and_then(|payment| terms(original, payment).or(terms(&self.state, payment)));
        let money = match (&record.input, allowed) {
            (Input::Pay(_) | Input::Claim(_), _) => {
                asked(&record.verdict).or_else(|| asked(would?)).or_else(|| allowed.map(Money::of))
            }
            (input, Some(terms)) => {
                Some(Money { amount: stated(input).unwrap_or(terms.exposure), ..Money::of(terms) })
            }
            (_, None) => None,
        };
        let counted = match (kind, &record.input, payment) {
            (Kind::Contradiction, Input::Refund(_) | Input::Compensate(_), Some(payment)) => {
                Some(self.allowed.newly_returned(payment, original)).filter(|amount| !amount.is_zero())
            }
            (Kind::Contradiction, ..) if !before.codes.contains(&Code::Contradicts.code()) => {
                money.as_ref().map(|money| money.amount)
            }
            _ => None,
        };
        Change {
            kind,
            index: record.index,
            time: record.time,
            input: name(&record.input),
            subject: record.input.subject(record.index),
            agent: change::agent(record, original).or_else(|| change::agent(record, &self.state)),
            money,
            counted,
            before,
            after,
            follows,
        }
    }
}

/// What was allowed, as long as it is kept.
fn terms(state: &State, payment: Index) -> Option<&Terms> {
    state.payments.get(&payment)?.terms.as_ref()
}

/// The amount that a fact states.
const fn stated(input: &Input) -> Option<Amount> {
    match input {
        Input::Settle(it) => Some(it.amount),
        Input::Refund(it) => Some(it.amount),
        Input::Compensate(it) => Some(it.amount),
        Input::WriteOff(it) => Some(it.amount),
        _ => None,
    }
}

/// True for what is decided; facts, and what the core says of itself, are not.
const fn is_decision(input: &Input) -> bool {
    !matches!(
        input,
        Input::Genesis(_)
            | Input::AdoptPolicy(_)
            | Input::Start(_)
            | Input::Stop(_)
            | Input::Heartbeat(_)
            | Input::Unreadable(_)
            | Input::Settle(_)
            | Input::Fail(_)
            | Input::Unknown(_)
            | Input::Refund(_)
            | Input::Compensate(_)
    )
}

/// How a record came out again.
enum Again {
    /// As it was, because nothing else is asked.
    Same(Verdict),
    Recorded(Verdict),
    /// It would only have been counted.
    Counted(Verdict),
    /// It would have been answered as that payment was.
    Repeated(Index),
}

impl Again {
    const fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Same(verdict) | Self::Recorded(verdict) | Self::Counted(verdict) => Some(verdict),
            Self::Repeated(_) => None,
        }
    }

    fn came(&self) -> Came {
        match self {
            Self::Same(verdict) | Self::Recorded(verdict) => Came::of(verdict),
            Self::Counted(verdict) => Came { counted: true, ..Came::of(verdict) },
            Self::Repeated(payment) => Came::repeat(*payment),
        }
    }
}
