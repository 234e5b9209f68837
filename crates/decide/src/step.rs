//! One input, one verdict: each kind of input to the function that decides it.

mod bind;
mod facts;
mod log;
mod pay;
mod runs;
mod statement;
mod transactions;

use alloc::boxed::Box;

use counterfoil_record::verdict::Code;
use counterfoil_record::{Input, Time};

use crate::draft::{Draft, Step};
use crate::state::State;

impl State {
    /// Decides `input` at `time`. Changes nothing: see [`State::seal`].
    pub fn step(&self, input: &Input, time: Time) -> Step {
        let draft = Draft::new(self, time);
        let decision = match (&self.genesis, input) {
            (None, Input::Genesis(genesis)) => log::genesis(draft, genesis),
            (None, _) => draft.refuse(Code::NotOpened),
            (Some(_), _) if time < self.time => draft.refuse(Code::TimeWentBack),
            (Some(_), Input::Genesis(_)) => draft.refuse(Code::AlreadyOpened),
            (Some(genesis), Input::AdoptPolicy(adopt)) => log::adopt_policy(draft, genesis, adopt),
            (Some(_), Input::Start(start)) => log::at_state(draft, start.state),
            (Some(_), Input::Stop(stop)) => log::at_state(draft, stop.state),
            (Some(_), Input::OpenRun(open)) => runs::open(draft, open),
            (Some(_), Input::CloseRun(close)) => runs::close(draft, close),
            (Some(_), Input::Attach(attach)) => runs::attach(draft, attach),
            (Some(_), Input::EnterPhase(enter)) => runs::enter_phase(draft, enter),
            (Some(_), Input::Begin(begin)) => transactions::begin(draft, begin),
            (Some(_), Input::CompleteStep(step)) => transactions::complete_step(draft, step),
            (Some(_), Input::Commit(commit)) => transactions::commit(draft, commit),
            (Some(_), Input::Abort(abort)) => transactions::abort(draft, abort),
            (Some(_), Input::Pay(pay)) => return pay::pay(draft, pay),
            (Some(_), Input::Claim(claim)) => pay::claim(draft, claim),
            (Some(genesis), Input::Statement(statement)) => statement::collect(draft, genesis, statement),
            (Some(_), Input::Bind(bind)) => bind::bind(draft, bind),
            (Some(_), Input::Settle(settle)) => facts::settle(draft, settle),
            (Some(_), Input::Fail(fail)) => facts::fail(draft, fail),
            (Some(_), Input::Unknown(unknown)) => facts::unknown(draft, unknown),
            (Some(_), Input::Expire(expire)) => facts::expire(draft, expire),
            (Some(_), Input::Compensate(compensate)) => facts::compensate(draft, compensate),
        };
        Step::Record(Box::new(decision))
    }
}
