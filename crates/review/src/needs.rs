//! What a held payment or the entry of a phase needs of people: how many of whom, who has answered, who still may,
//! and until when. All of it is read from the trace of a decision that was made again, or asked of the state.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use counterfoil_decide::{State, Subject};
use counterfoil_record::statement::{Answer, FORMAT, Statement};
use counterfoil_record::verdict::{Check, CheckName, CheckResult, OperandName};
use counterfoil_record::{Id, Index, Input, Time, Verdict};
use serde::Serialize;

use crate::trace::list;
use crate::words;

/// One need of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The gate; absent for the entry of a phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Id>,
    /// How it stands: `needs`, `pass`, or `fail` where it cannot be filled any more.
    pub result: CheckResult,
    /// The role that answers.
    pub role: String,
    /// How many different people it takes.
    pub needed: u64,
    /// The approvals that count now.
    pub counted: Vec<Counted>,
    /// Who can still approve: people of the role with a key, but those who stand behind the request and those who
    /// have answered.
    pub may_answer: Vec<Id>,
    /// No approval counts after this moment.
    pub until: Time,
}

/// An approval that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The statement's record.
    pub record: Index,
    /// Who gave it.
    pub person: Id,
}

impl Need {
    /// In one line.
    pub fn words(&self) -> String {
        let counted = self.counted.iter().map(|it| format!("{} (record {})", it.person, it.record));
        let counted = list(counted);
        let place = self.gate.as_ref().map(|gate| format!("{gate}: ")).unwrap_or_default();
        let stands = match self.result {
            CheckResult::Pass => "filled",
            CheckResult::Needs => "open",
            _ => "cannot be filled any more",
        };
        format!(
            "{place}{} of {}, {stands}; counted {counted}; may still approve: {}; until {}",
            self.needed,
            self.role,
            list(&self.may_answer),
            words::time(self.until.millis())
        )
    }
}

/// The needs of people in `verdict`, which is what `about`, a claim or the entry of a phase, comes to at `time`.
pub fn needs(state: &State, about: &Input, verdict: &Verdict, time: Time) -> Vec<Need> {
    let Some(asked) = state.asked(about, verdict) else { return Vec::new() };
    let rows = verdict.trace.iter().filter(|row| matches!(row.check, CheckName::Gate | CheckName::Approvals));
    rows.filter_map(|row| need(state, about, &asked, row, time)).collect()
}

fn need(state: &State, about: &Input, asked: &Subject, row: &Check, time: Time) -> Option<Need> {
    let needed = row.count(OperandName::Needed)?;
    let role = row.text(OperandName::Name)?.as_str();
    let policy = &state.policy.as_ref()?.policy;
    let (until, answers): (Time, Vec<(Index, &Id)>) = match about {
        Input::Claim(claim) => {
            let hold = state.payments.get(&claim.payment)?.hold.as_ref()?;
            let gate = policy.gates.iter().find(|gate| Some(&gate.id) == row.rule.as_ref())?;
            let answers = hold.answers.iter().map(|answer| (answer.index, &answer.person));
            (hold.since.plus(gate.need.as_ref()?.ttl), answers.collect())
        }
        Input::EnterPhase(enter) => {
            let run = state.runs.get(&enter.run)?;
            let since = run.artefacts.values().map(|artefact| artefact.since).chain([run.phase_since]);
            let since = since.into_iter().find(|since| since.index == asked.against)?;
            let need = policy.phases.get(&enter.phase)?.approvals.as_ref()?;
            let answers = run.answers.iter().map(|it| (it.answered.index, &it.answered.person));
            (since.time.plus(need.ttl), answers.collect())
        }
        _ => return None,
    };
    let counted = row.indices(OperandName::Counted).iter().filter_map(|record| {
        let (_, person) = answers.iter().find(|(index, _)| index == record)?;
        Some(Counted { record: *record, person: (*person).clone() })
    });
    Some(Need {
        gate: row.rule.clone(),
        result: row.result,
        role: role.to_string(),
        needed,
        counted: counted.collect(),
        may_answer: may_answer(state, about, asked, role, time),
        until,
    })
}

/// The people of the role whose approval would be taken now.
pub(crate) fn may_answer(state: &State, about: &Input, asked: &Subject, role: &str, time: Time) -> Vec<Id> {
    let (Some(genesis), Some(policy)) = (&state.genesis, &state.policy) else { return Vec::new() };
    let Some((role, rule)) = policy.policy.roles.iter().find(|(name, _)| name.as_str() == role) else {
        return Vec::new();
    };
    let (run, phase) = match about {
        Input::EnterPhase(enter) => (Some(enter.run), Some(enter.phase.clone())),
        _ => (None, None),
    };
    let statement = Statement {
        format: FORMAT,
        answer: Answer::Approve,
        origin: genesis.origin.clone(),
        role: role.clone(),
        kind: asked.kind,
        digest: asked.digest,
        against: asked.against,
        expires: Time::from_millis(u64::MAX),
        run,
        phase,
    };
    let people = rule.members.iter().filter(|(person, keys)| {
        let has_a_key = keys.iter().any(|key| !state.revoked.contains_key(&key.key().thumbprint()));
        has_a_key && state.would_take(&statement, person, time).is_ok()
    });
    people.map(|(person, _)| person.clone()).collect()
}
