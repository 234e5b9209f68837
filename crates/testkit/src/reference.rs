//! The decision once more, written from `docs/decision.md` alone: an oracle for the real one.
//!
//! It keeps nothing but the list of records. Each [`Reference::step`] walks that list from the genesis on,
//! lays out what there is (runs, payments, who has which key), and recomputes every total as a sum over
//! payments. It is slow on purpose: there is no index, ledger or running sum that could go wrong in the
//! same way as the real one's.
//!
//! ```text
//! records ──▶ replay ──▶ World: plain maps, nothing forgotten, only marked
//!                          │
//! input, time ─────────────┴──▶ control | work | pay | answers | settlement ──▶ Answer
//! ```
//!
//! The one thing that it cannot compute is the digest of the real one's state; `step` is told it.
#![allow(clippy::std_instead_of_alloc, reason = "this crate has the whole standard library")]

mod answers;
mod budgets;
mod calendar;
mod checks;
mod control;
mod digests;
mod facts;
mod gates;
mod lifecycle;
mod pay;
mod phases;
mod rail;
mod replay;
mod row;
mod settlement;
mod signing;
mod statements;
mod terms;
mod work;
mod world;

use counterfoil_decide::policy::Policy;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Index, Input, Time, Verdict};

use rail::Reading;
use row::refused;
use world::World;

/// What the reference answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A record is written with this verdict.
    Record(Verdict),
    /// The verdict is given, and only counted.
    Counted(Verdict),
    /// The request was answered before, and nothing is recorded.
    Repeat {
        /// The first record.
        payment: Index,
        /// What became of its payment.
        status: &'static str,
        /// The record that is its permit, if the permit may be handed out again.
        permit: Option<Index>,
    },
}

/// One record, with what can be read from it without knowing any other.
#[derive(Clone, Debug)]
struct Entry {
    input: Input,
    time: Time,
    verdict: Verdict,
    leaf: Hash32,
    suppressed: Option<u64>,
    policy: Option<Policy>,
    reading: Option<Reading>,
}

/// The reference: the records so far.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    entries: Vec<Entry>,
}

impl Reference {
    /// A reference without records.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `input` at `time` is answered with. `digest` is the digest of the real state, which `start`,
    /// `stop` and `heartbeat` are compared with.
    pub fn step(&self, input: &Input, time: Time, digest: Hash32) -> Answer {
        let world = World::replay(&self.entries);
        if let Some(code) = out_of_place(&world, input, time) {
            return flooded(&world, input, time, refused(code, None));
        }
        if let Input::Pay(pay) = input
            && let Some(repeat) = pay::repeat(&world, pay)
        {
            return repeat;
        }
        let verdict = decide(&world, input, time, digest);
        flooded(&world, input, time, verdict)
    }

    /// Takes over a record: what was put in and answered, its leaf hash, and how many refusals it says
    /// were only counted before it.
    pub fn push(
        &mut self,
        input: Input,
        time: Time,
        verdict: Verdict,
        leaf: Hash32,
        suppressed: Option<u64>,
    ) {
        let policy = match &input {
            Input::AdoptPolicy(adopt) if verdict.outcome == Outcome::Accepted => {
                Some(Policy::from_bytes(adopt.policy.as_slice()).expect("an adopted policy decodes"))
            }
            _ => None,
        };
        let reading = match &input {
            Input::Pay(pay) => Some(Reading::of(&pay.requirements)),
            _ => None,
        };
        self.entries.push(Entry { input, time, verdict, leaf, suppressed, policy, reading });
    }

    /// True if the next record may say that refusals were only counted before it.
    pub fn may_suppress(&self) -> bool {
        let world = World::replay(&self.entries);
        let limit = world.refusals_per_minute();
        limit.is_some_and(|limit| world.floods.values().any(|(_, count)| *count >= limit))
    }

    /// How many refusals the records say were only counted.
    pub fn suppressed(&self) -> u64 {
        self.entries.iter().filter_map(|entry| entry.suppressed).sum()
    }
}

/// What is refused for coming before the genesis, for being a second one, or for its time (section 1).
fn out_of_place(world: &World<'_>, input: &Input, time: Time) -> Option<Code> {
    match (&world.log, input) {
        (None, Input::Genesis(_)) => return None,
        (None, _) => return Some(Code::NotOpened),
        (Some(_), _) => {}
    }
    if time < world.time {
        return Some(Code::TimeWentBack);
    }
    let furthest = world.policy().and_then(|policy| policy.limits.max_step);
    let jumps = furthest.is_some_and(|step| {
        u128::from(time.millis()) > u128::from(world.time.millis()) + u128::from(step.millis())
    });
    match input {
        Input::Clock(_) => None,
        _ if jumps => Some(Code::ClockJump),
        Input::Genesis(_) => Some(Code::AlreadyOpened),
        _ => None,
    }
}

/// The answer, recorded or only counted.
fn flooded(world: &World<'_>, input: &Input, time: Time, verdict: Verdict) -> Answer {
    let Some(limit) = world.refusals_per_minute() else { return Answer::Record(verdict) };
    if !world.is_noise(input, &verdict) {
        return Answer::Record(verdict);
    }
    match world.floods.get(&world.flood_of(input)) {
        Some((minute, count))
            if *minute == world::minute(world.moment_of(input, &verdict, time)) && *count >= limit =>
        {
            Answer::Counted(verdict)
        }
        _ => Answer::Record(verdict),
    }
}

fn decide(world: &World<'_>, input: &Input, time: Time, digest: Hash32) -> Verdict {
    match input {
        Input::Genesis(it) => control::genesis(it),
        Input::AdoptPolicy(it) => control::adopt_policy(world, it, time),
        Input::Start(it) => control::state_is(it.state, digest),
        Input::Stop(it) => control::state_is(it.state, digest),
        Input::Heartbeat(it) => control::state_is(it.state, digest),
        Input::RotateKey(it) => control::rotate_key(world, it, time),
        Input::RevokeKey(it) => control::revoke_key(world, it, time),
        Input::Suspend(it) => control::suspend(world, it, time),
        Input::Resume(it) => control::resume(world, it, time),
        Input::Clock(it) => control::clock(world, it, time),
        Input::Unreadable(_) => row::accepted(None),
        Input::OpenRun(it) => work::open_run(world, it),
        Input::CloseRun(it) => work::close_run(world, it.run, time),
        Input::Attach(it) => work::attach(world, it),
        Input::EnterPhase(it) => phases::enter_phase(world, it, time),
        Input::Begin(it) => work::begin(world, it, time),
        Input::CompleteStep(it) => work::complete_step(world, it, time),
        Input::Commit(it) => work::commit(world, it.transaction, time),
        Input::Abort(it) => work::abort(world, it.transaction),
        Input::Pay(it) => pay::pay(world, it, time),
        Input::Claim(it) => pay::claim(world, it.payment, time),
        Input::Statement(it) => answers::statement(world, it, time),
        Input::Bind(it) => signing::bind(world, it),
        Input::Settle(it) => settlement::settle(world, it, time),
        Input::Fail(it) => settlement::fail(world, it),
        Input::Unknown(it) => settlement::unknown(world, it.payment),
        Input::Refund(it) => settlement::give_back(world, it.payment, it.amount.units()),
        Input::Compensate(it) => settlement::give_back(world, it.payment, it.amount.units()),
        Input::Expire(it) => settlement::expire(world, it.payment, time),
        Input::WriteOff(it) => settlement::write_off(world, it, time),
        Input::Erase(it) => control::erase(world, it, time),
    }
}
