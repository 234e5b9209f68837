//! What a state would become had things been otherwise: for questions about the past, such as what a log would say
//! under another policy.
//!
//! Nothing here decides, and [`State::step`] never comes to what is made here. A state that was once changed by it is
//! the state of no log: an auditor refuses whatever follows from it.

use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Id, Index, Input, Time, Verdict};

use super::pay;
use super::policy::budgets_since;
use super::runs;
use crate::draft::{Draft, Step};
use crate::policy::Policy;
use crate::state::{Change, InForce, Pending, Run, Since, State};

impl State {
    /// What it would change if the record to come put `policy` in force at `time` under the name, version and digest
    /// of the policy `adopted`. What people signed names that digest, so that it answers the same questions as it did.
    /// Nothing keeps `policy` from coming after what the state says: who signed for it, keys, versions and the
    /// identity of budgets and assets are not looked at.
    pub fn suppose_adopted(&self, policy: &Policy, adopted: &Policy, time: Time) -> Pending {
        let mut draft = Draft::new(self, time);
        let policy = Policy { name: adopted.name.clone(), version: adopted.version, ..policy.clone() };
        let budgets_since = budgets_since(self, &policy, draft.index);
        let (digest, index) = (adopted.digest(), draft.index);
        draft.controls();
        draft.change(Change::Policy(InForce { policy, digest, index, budgets_since }.into()));
        draft.accept().pending
    }

    /// What it would change if the record to come, of `input` at `time`, came out as `verdict` and had no effect: the
    /// number of records, the time, and how much was refused in this minute.
    pub fn suppose_idle(&self, input: &Input, verdict: &Verdict, time: Time) -> Pending {
        let untimely = verdict.codes.iter().any(|code| matches!(code, Code::TimeWentBack | Code::ClockJump));
        let time = if untimely { self.time } else { time };
        match self.record_or_count(input, Draft::new(self, time).decide(verdict.outcome)) {
            Step::Record(decision) => decision.pending,
            Step::Counted(_) | Step::Repeat(_) => Draft::new(self, time).accept().pending,
        }
    }

    /// What it would change if the record to come, a `pay` or a `claim` at `time`, came out as `outcome` whatever its
    /// checks say. `None` for any other input, and where what it takes to allow it is missing.
    pub fn suppose_decided(&self, input: &Input, outcome: Outcome, time: Time) -> Option<Pending> {
        let draft = Draft::new(self, time);
        Some(pay::supposed(draft, self.genesis.as_ref()?, input, outcome)?.pending)
    }

    /// The open run `run` as it would be had the record to come, at `time`, let it enter `phase`, whatever that takes:
    /// edge, artefacts and approvals are not looked at. `None` where the run is not open or the policy lacks the phase.
    pub fn suppose_entered(&self, run: Index, phase: &Id, time: Time) -> Option<Run> {
        let rule = self.policy.as_ref()?.policy.phases.get(phase)?;
        Some(runs::entered(self.runs.get(&run)?, phase, rule, Since { index: self.size, time }))
    }
}
