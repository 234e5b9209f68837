//! Runs under what their principals limited.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::command::{Command, Mandate, OpenRun};
use counterfoil_record::{Amount, Index, Time};

use super::{Expect, Scene};
use crate::rail;
use crate::script::START;

/// A mandate over `units` of USDC, for a day.
pub fn mandate(units: u128) -> Mandate {
    Mandate {
        format: "test-mandate".parse().unwrap(),
        evidence: STANDARD.encode(b"spend so much for me"),
        expires: Time::from_millis(START + 86_400_000),
        limits: [(format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN).parse().unwrap(), Amount::new(units))]
            .into(),
        payees: [].into(),
    }
}

impl Scene {
    /// Opens a run of `researcher` for `carol`, under a mandate and within another run, if there is one.
    pub fn open_within(
        &mut self,
        id: &str,
        parent: Option<Index>,
        mandate: Option<Mandate>,
        expect: Expect,
    ) -> Index {
        let [id, agent, principal] = [id, "researcher", "carol"].map(|name| name.parse().unwrap());
        let run = OpenRun { mandate, parent, ..OpenRun::new(id, agent, principal) };
        self.record(Command::OpenRun(run), expect).index
    }
}
