//! What a command would come to: the decision, without the record.

use counterfoil_decide::{State, Step};
use counterfoil_record::{Input, Time, Verdict};

use crate::command::Command;
use crate::prepare::{CommandError, prepare};
use crate::surroundings::{Surroundings, SurroundingsError};

/// A command as it would be decided.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The input that would stand in the record, but for the salts of private text.
    pub input: Input,
    /// What would come of it.
    pub step: Step,
}

impl Rehearsed {
    /// The verdict; `None` for a request that was answered before.
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.step {
            Step::Record(decision) => Some(&decision.verdict),
            Step::Counted(verdict) => Some(verdict),
            Step::Repeat(_) => None,
        }
    }
}

/// What `command` would come to in `state` at `time`. Nothing is recorded, and no randomness is taken.
/// [`State::asked`] says of the input and its verdict what has to be signed for it.
///
/// # Errors
/// As [`CommandError`] says.
pub fn rehearse(command: Command, state: &State, time: Time) -> Result<Rehearsed, CommandError> {
    let input = prepare(command, state, [0; 32], &mut Nowhere(time))?.input;
    let step = state.step(&input, time);
    Ok(Rehearsed { input, step })
}

/// Surroundings that hide nothing: what is committed to with these salts is not recorded.
struct Nowhere(Time);

impl Surroundings for Nowhere {
    fn now(&mut self) -> Result<Time, SurroundingsError> {
        Ok(self.0)
    }

    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError> {
        Ok([0; 16])
    }
}
