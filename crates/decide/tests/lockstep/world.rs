//! A log under random use, without signatures on its records and without a disk.

use std::collections::BTreeMap;

use counterfoil_decide::{State, Step};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{self, Governance};
use counterfoil_record::verdict::{Code, OperandName, Outcome};
use counterfoil_record::{FORMAT, Fixed, Hash32, Index, Input, Time};
use counterfoil_testkit::keys;
use counterfoil_testkit::reference::{Answer, Reference};
use counterfoil_testkit::script::START;

use crate::inputs::{Kind, NUMBERS, Op};
use crate::policies;
use crate::signing::Party;

/// Who governs at first.
const GOVERNORS: [Party; 3] = [("gail", "gail"), ("gus", "gus"), ("gwen", "gwen")];

/// How far the clock moves; the last two are jumps under most policies.
const WAITS: [u64; 10] =
    [0, 1_000, 30_000, 59_999, 600_000, 840_001, 3_600_000, 86_400_000, 300_000_000, 2_700_000_000];

/// A log under random use.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) reference: Reference,
    /// The state before the last record, with the input and the outcome.
    pub(crate) last: Option<(State, Input, Outcome)>,
    pub(crate) steps: u64,
    pub(crate) now: u64,
    pub(crate) runs: Vec<Index>,
    pub(crate) transactions: Vec<(Index, Index)>,
    pub(crate) held: Vec<Index>,
    pub(crate) allowed: Vec<Index>,
    pub(crate) pays: Vec<input::Pay>,
    /// Those of them that were allowed.
    pub(crate) allowed_pays: Vec<input::Pay>,
    pub(crate) version: u64,
    pub(crate) names: u64,
    /// Who governs now, and the label of the key that signs the log now.
    pub(crate) governors: Vec<Party>,
    pub(crate) log_key: &'static str,
    /// How often each thing came out.
    pub(crate) seen: Seen,
    suppressed: u64,
}

/// How often each thing came out: an input with its outcome and codes, a check with its result.
pub(crate) type Seen = BTreeMap<String, u64>;

impl World {
    /// A log with a policy and a run. `start` says which, and whether it is governed.
    pub(crate) fn new(start: u16) -> Self {
        let governed = start >= 32;
        let mut world = Self {
            state: State::new(),
            reference: Reference::new(),
            last: None,
            steps: 0,
            now: START,
            runs: Vec::new(),
            transactions: Vec::new(),
            held: Vec::new(),
            allowed: Vec::new(),
            pays: Vec::new(),
            allowed_pays: Vec::new(),
            version: 0,
            names: 0,
            governors: if governed { GOVERNORS.to_vec() } else { Vec::new() },
            log_key: "log",
            seen: Seen::new(),
            suppressed: 0,
        };
        let members = |(name, _): &Party| (name.parse().unwrap(), vec![keys::person(name)]);
        let genesis = input::Genesis {
            origin: keys::ORIGIN.parse().unwrap(),
            log_key: Fixed(*keys::log_named().key().bytes()),
            format: FORMAT,
            semantics: counterfoil_decide::SEMANTICS,
            governance: governed
                .then(|| Governance { members: world.governors.iter().map(members).collect(), quorum: 2 }),
        };
        world.submit(Input::Genesis(genesis)).unwrap();
        let adopt = Op {
            kind: Kind::Adopt,
            n: {
                let mut n = [0; NUMBERS];
                n[0] = start % 32;
                n
            },
        };
        world.take(&adopt).unwrap();
        world.take(&Op { kind: Kind::OpenRun, n: [0; NUMBERS] }).unwrap();
        world
    }

    /// Does it, where there is something to do it to.
    pub(crate) fn take(&mut self, op: &Op) -> Result<(), String> {
        self.last = None;
        if op.kind == Kind::Wait {
            let by = *op.pick(0, &WAITS[..if op.rarely(1, 5) { WAITS.len() } else { 6 }]).expect("a time");
            self.now += by;
            return Ok(());
        }
        if op.kind == Kind::Prepare {
            return self.prepare(op);
        }
        self.now += 1;
        let Some(input) = self.input(op) else { return Ok(()) };
        // Now and then time goes back.
        let honest = self.now;
        if op.rarely(5, 40) {
            self.now = self.now.saturating_sub(5_000);
        }
        let outcome = self.submit(input);
        self.now = honest;
        outcome
    }

    /// Plan, phases and approval of a run, one after the other.
    fn prepare(&mut self, op: &Op) -> Result<(), String> {
        let to = |kind: Kind, second: u16| {
            let mut op = Op { kind, n: [0; NUMBERS] };
            (op.n[0], op.n[1]) = (second, second);
            op
        };
        self.take(&Op { kind: Kind::OpenRun, n: op.n })?;
        let Some(run) = self.runs.last().copied() else { return Ok(()) };
        let runs = core::mem::replace(&mut self.runs, vec![run]);
        let mut done = self.take(&to(Kind::Attach, 0));
        for op in [
            to(Kind::EnterPhase, 0),
            to(Kind::EnterPhase, 1),
            to(Kind::AnswerPhase, 0),
            to(Kind::EnterPhase, 1),
        ] {
            done = done.and_then(|()| self.take(&op));
        }
        self.runs = runs;
        done
    }

    /// Steps both, compares, and goes on from what they agree on.
    fn submit(&mut self, input: Input) -> Result<(), String> {
        let time = Time::from_millis(self.now);
        let real = self.state.step(&input, time);
        let digest = match &input {
            Input::Start(_) | Input::Stop(_) | Input::Heartbeat(_) => self.state.digest(),
            _ => Hash32([0; 32]),
        };
        let expected = self.reference.step(&input, time, digest);
        self.steps += 1;
        let found = match &real {
            Step::Record(decision) => Answer::Record(decision.verdict.clone()),
            Step::Counted(verdict) => Answer::Counted((**verdict).clone()),
            Step::Repeat(repeat) => Answer::Repeat {
                payment: repeat.payment,
                status: repeat.status.code(),
                permit: repeat.permit,
            },
        };
        if found != expected {
            return Err(difference(&input, &found, &expected));
        }
        self.see(&input, &found);
        let was_jump = match &found {
            Answer::Record(verdict) | Answer::Counted(verdict) => verdict.codes.contains(&Code::ClockJump),
            Answer::Repeat { .. } => false,
        };
        match real {
            Step::Record(decision) => {
                let before = self.state.clone();
                let leaf = Hash32::of(&[&self.state.size.value().to_be_bytes(), &input.to_bytes()]);
                let suppressed = Some(self.suppressed).filter(|count| *count > 0);
                if suppressed.is_some() != self.reference.may_suppress() && suppressed.is_some() {
                    return Err("the reference would not have counted only".into());
                }
                if self.state.may_have_suppressed() != self.reference.may_suppress() {
                    return Err(format!("may have suppressed: {}", self.state.may_have_suppressed()));
                }
                self.suppressed = 0;
                let verdict = decision.verdict.clone();
                self.state.seal(decision.pending, leaf);
                self.remember(&input, verdict.outcome, before.size);
                self.reference.push(input.clone(), time, verdict.clone(), leaf, suppressed);
                self.last = Some((before, input, verdict.outcome));
            }
            Step::Counted(_) => self.suppressed += 1,
            Step::Repeat(_) => {}
        }
        // Mostly the clock is set right where it was refused.
        if self.now > self.state.time.millis() && !self.steps.is_multiple_of(4) && was_jump {
            self.now = self.state.time.millis();
        }
        self.now = self.now.max(self.state.time.millis());
        Ok(())
    }

    fn see(&mut self, input: &Input, answer: &Answer) {
        let (how, verdict) = match answer {
            Answer::Record(verdict) => ("", verdict),
            Answer::Counted(verdict) => ("counted ", verdict),
            Answer::Repeat { status, permit, .. } => {
                *self.seen.entry(format!("repeat: {status}, {}", permit.is_some())).or_default() += 1;
                return;
            }
        };
        let name = format!("{input:?}");
        let name = name.split('(').next().unwrap();
        let codes: Vec<&str> = verdict.codes.iter().map(|code| code.code()).collect();
        let what = format!("{how}{name}: {} {}", verdict.outcome, codes.join(" "));
        *self.seen.entry(what).or_default() += 1;
        for check in &verdict.trace {
            let because = match check.operands.get(&OperandName::Because) {
                Some(because) => format!("{because:?}"),
                None if check.operands.contains_key(&OperandName::People) => "overridden".into(),
                None => String::new(),
            };
            let what = format!("check {}: {} {because}", check.check, check.result);
            *self.seen.entry(what).or_default() += 1;
        }
    }

    fn remember(&mut self, input: &Input, outcome: Outcome, index: Index) {
        match (input, outcome) {
            (Input::OpenRun(_), Outcome::Accepted) => self.runs.push(index),
            (Input::Begin(begin), Outcome::Accepted) => self.transactions.push((begin.run, index)),
            (Input::Pay(pay), _) => {
                self.pays.push(pay.clone());
                match outcome {
                    Outcome::Hold => self.held.push(index),
                    Outcome::Allow => {
                        self.allowed.push(index);
                        self.allowed_pays.push(pay.clone());
                    }
                    _ => {}
                }
            }
            (Input::Claim(claim), Outcome::Allow) => self.allowed.push(claim.payment),
            (Input::RotateKey(rotate), Outcome::Accepted) => self.rotated(rotate),
            _ => {}
        }
    }
}

fn difference(input: &Input, found: &Answer, expected: &Answer) -> String {
    let rows = |answer: &Answer| match answer {
        Answer::Record(verdict) | Answer::Counted(verdict) => verdict.trace.clone(),
        Answer::Repeat { .. } => Vec::new(),
    };
    let (ours, theirs) = (rows(found), rows(expected));
    let row = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
    match row {
        Some((ours, theirs)) => format!("{input:?}\n decides {ours:?}\n reference {theirs:?}"),
        None => format!("{input:?}\n decides {found:?}\n reference {expected:?}"),
    }
}

/// The policy of an operation, compiled.
pub(crate) fn adoption(which: usize, version: u64) -> (Vec<u8>, String) {
    let source = policies::tight(which, version);
    (counterfoil_decide::policy::compile(&source).unwrap().to_bytes(), source)
}
