//! One input, one verdict: each kind of input to the function that decides it.

mod bind;
mod erasure;
mod facts;
mod keys;
mod log;
mod money_back;
mod pay;
mod policy;
mod runs;
mod statement;
mod suppose;
mod suspension;
mod transactions;

use alloc::boxed::Box;

use counterfoil_record::input::Genesis;
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Index, Input, Time};

use crate::draft::{Decision, Draft, Repeat, Step};
use crate::state::{Change, Refusals, State};

impl State {
    /// Decides `input` at `time`. Changes nothing: see [`State::seal`].
    pub fn step(&self, input: &Input, time: Time) -> Step {
        let draft = Draft::new(self, time);
        let decision = match (&self.genesis, input) {
            (None, Input::Genesis(genesis)) => log::genesis(draft, genesis),
            (None, _) => draft.refuse(Code::NotOpened),
            (Some(_), _) if time < self.time => draft.refuse_time(Code::TimeWentBack),
            (Some(_), _) if self.is_jump(input, time) => draft.refuse_time(Code::ClockJump),
            (Some(genesis), _) => match decide(draft, genesis, input) {
                Ok(decision) => decision,
                Err(repeat) => return Step::Repeat(repeat),
            },
        };
        self.record_or_count(input, decision)
    }

    /// True if `time` is further ahead than the policy lets anything but a signed `clock` move it.
    pub fn is_jump(&self, input: &Input, time: Time) -> bool {
        let limits = self.policy.as_ref().map(|in_force| &in_force.policy.limits);
        let furthest = limits.and_then(|limits| limits.max_step).map(|step| self.time.plus(step));
        !matches!(input, Input::Clock(_)) && furthest.is_some_and(|furthest| time > furthest)
    }

    /// A caller that is refused over and over cannot fill the disk: what changes nothing is recorded so many times a
    /// minute, and then only counted.
    fn record_or_count(&self, input: &Input, mut decision: Decision) -> Step {
        // A time that was refused is not the minute's either.
        let time = decision.pending.time;
        let limits = self.policy.as_ref().map(|in_force| &in_force.policy.limits);
        let most = limits.and_then(|limits| limits.refusals_per_minute);
        let refused =
            matches!(decision.verdict.outcome, Outcome::Deny | Outcome::Refused | Outcome::CannotDecide)
                && decision.pending.is_idle();
        match most {
            Some(most) if refused || matches!(input, Input::Unreadable(_)) => {
                let run = input.run().filter(|run| self.runs.contains_key(run));
                if self.refusals_of(run).is_full(time, most) {
                    return Step::Counted(Box::new(decision.verdict));
                }
                decision.pending.changes.push(Change::Refused(run, time));
            }
            _ => {}
        }
        Step::Record(Box::new(decision))
    }

    fn refusals_of(&self, run: Option<Index>) -> &Refusals {
        run.and_then(|run| self.runs.get(&run)).map_or(&self.refusals, |run| &run.refusals)
    }

    /// True if refusals can have been only counted since the last record: some count is full.
    pub fn may_have_suppressed(&self) -> bool {
        let limits = self.policy.as_ref().map(|in_force| &in_force.policy.limits);
        let Some(most) = limits.and_then(|limits| limits.refusals_per_minute) else { return false };
        self.refusals.count >= most || self.runs.values().any(|run| run.refusals.count >= most)
    }
}

/// The decision, or the answer that was given before.
fn decide(draft: Draft<'_>, genesis: &Genesis, input: &Input) -> Result<Decision, Repeat> {
    Ok(match input {
        Input::Genesis(_) => draft.refuse(Code::AlreadyOpened),
        Input::Unreadable(_) => draft.accept(),
        Input::AdoptPolicy(adopt) => policy::adopt(draft, genesis, adopt),
        Input::Start(start) => log::at_state(draft, start.state),
        Input::Stop(stop) => log::at_state(draft, stop.state),
        Input::Heartbeat(heartbeat) => log::at_state(draft, heartbeat.state),
        Input::Clock(clock) => log::clock(draft, genesis, clock),
        Input::RotateKey(rotate) => keys::rotate(draft, genesis, rotate),
        Input::RevokeKey(revoke) => keys::revoke(draft, genesis, revoke),
        Input::Suspend(suspend) => suspension::suspend(draft, genesis, suspend),
        Input::Resume(resume) => suspension::resume(draft, genesis, resume),
        Input::OpenRun(open) => runs::open(draft, open),
        Input::CloseRun(close) => runs::close(draft, close),
        Input::Attach(attach) => runs::attach(draft, attach),
        Input::EnterPhase(enter) => runs::enter_phase(draft, enter),
        Input::Begin(begin) => transactions::begin(draft, begin),
        Input::CompleteStep(step) => transactions::complete_step(draft, step),
        Input::Commit(commit) => transactions::commit(draft, commit),
        Input::Abort(abort) => transactions::abort(draft, abort),
        Input::Pay(pay) => pay::pay(draft, genesis, pay)?,
        Input::Claim(claim) => pay::claim(draft, genesis, claim),
        Input::Statement(statement) => statement::collect(draft, genesis, statement),
        Input::Bind(bind) => bind::bind(draft, bind),
        Input::Settle(settle) => facts::settle(draft, settle),
        Input::Fail(fail) => facts::fail(draft, fail),
        Input::Unknown(unknown) => facts::unknown(draft, unknown),
        Input::Expire(expire) => facts::expire(draft, expire),
        Input::Compensate(compensate) => money_back::compensate(draft, compensate),
        Input::Refund(refund) => money_back::refund(draft, refund),
        Input::WriteOff(write_off) => money_back::write_off(draft, genesis, write_off),
        Input::Erase(erase) => erasure::erase(draft, genesis, erase),
    })
}
