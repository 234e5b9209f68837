//! What the core takes from outside: the time, and random salts.

use alloc::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use counterfoil_record::Time;

/// The time and the randomness that a core works with.
pub trait Surroundings {
    /// The time now.
    ///
    /// # Errors
    /// [`SurroundingsError::Clock`] where there is none.
    fn now(&mut self) -> Result<Time, SurroundingsError>;

    /// 16 random bytes that nobody can guess.
    ///
    /// # Errors
    /// [`SurroundingsError::Random`] where there are none.
    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError>;
}

/// Why the surroundings do not give what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurroundingsError {
    /// The clock is before 1970, or no time was scripted.
    #[error("there is no usable time")]
    Clock,
    /// The operating system gives no randomness, or no salt was scripted.
    #[error("there is no usable randomness")]
    Random,
}

/// The system's clock and random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Surroundings for System {
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which the clock is read")]
    fn now(&mut self) -> Result<Time, SurroundingsError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SurroundingsError::Clock)?;
        u64::try_from(since.as_millis()).map(Time::from_millis).map_err(|_| SurroundingsError::Clock)
    }

    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| SurroundingsError::Random)?;
        Ok(salt)
    }
}

/// Times and salts that are given in advance, for tests and replays.
#[derive(Clone, Debug, Default)]
pub struct Scripted {
    /// The time now.
    pub time: Option<Time>,
    /// The salts to come.
    pub salts: VecDeque<[u8; 16]>,
}

impl Surroundings for Scripted {
    fn now(&mut self) -> Result<Time, SurroundingsError> {
        self.time.ok_or(SurroundingsError::Clock)
    }

    fn salt(&mut self) -> Result<[u8; 16], SurroundingsError> {
        self.salts.pop_front().ok_or(SurroundingsError::Random)
    }
}
