//! Random operations, turned into commands about things that exist.

use counterfoil_decide::{State, Step};
use counterfoil_enforce::command::{OpenRun, Step as TransactionStep};
use counterfoil_enforce::{Answer, Command, Core, Recorded, Scripted};
use counterfoil_record::private::Commitment;
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index, Input, Time, input};
use counterfoil_store::{MemoryStore, Records as _};
use counterfoil_testkit::rail::{self, Signing};
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::script::{About, START, Script};
use counterfoil_testkit::{forge, keys, policy};
use counterfoil_tlog::leaf_hash;

/// Something to do. Numbers choose among what there is.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    OpenRun { agent: usize, principal: usize },
    Pay { run: usize, url: usize, amount: usize, key: usize },
    PayPart { transaction: usize, key: usize, step: usize, amount: usize },
    Claim { held: usize },
    Answer { held: usize, person: usize, refuse: bool },
    Bind { allowed: usize, how: usize },
    Settle { allowed: usize, how: usize },
    Fail { allowed: usize },
    Unknown { allowed: usize },
    Expire { allowed: usize },
    Compensate { allowed: usize, how: usize },
    Begin { run: usize },
    Complete { transaction: usize, step: usize },
    Commit { transaction: usize },
    Abort { transaction: usize },
    CloseRun { run: usize },
    Adopt { which: usize },
    Erase { text: usize, people: usize },
    Restart,
    Wait { which: usize },
}

/// A log under random use.
pub(crate) struct World {
    pub(crate) script: Script,
    /// The last answer, and the state before it.
    pub(crate) last: Option<(Recorded, State)>,
    steps: Vec<(Time, Vec<[u8; 16]>, Command)>,
    runs: Vec<Index>,
    transactions: Vec<(Index, Index)>,
    held: Vec<Recorded>,
    allowed: Vec<Recorded>,
    /// The private texts beside the log, each with its record.
    texts: Vec<(Index, Commitment)>,
    version: u64,
    names: u64,
}

const AMOUNTS: [u128; 7] = [1, 50_000, 100_000, 150_000, 200_000, 300_000, 450_000];
const WAITS: [u64; 6] = [0, 1_000, 59_999, 600_000, 840_000, 86_400_000];

/// The plain policy with limits that are soon reached.
fn tight(which: usize) -> String {
    let base = [
        ("limit = \"20.00 usdc\"", "limit = \"0.50 usdc\""),
        ("limit = \"25.00 usdc\"", "limit = \"0.60 usdc\""),
        ("limit = \"40.00 usdc\"", "limit = \"0.90 usdc\""),
    ];
    let more = match which {
        0 => ("releases = \"chain\"", "releases = \"payee\""),
        1 => ("slot = \"required\"", "slot = \"preferred\""),
        2 => ("id = \"run-total\"", "id = \"run-sum\""),
        3 => ("finality = \"2m\"", "finality = \"1s\""),
        4 => ("repeatable = [\"https://data.example/v1/tick\"]", "repeatable = []"),
        _ => ("count = 5", "count = 50"),
    };
    let erase = ("[limits]\n", "erase = { approvals = 2, from = \"finance\" }\n[limits]\n");
    policy::plain_with(&[&base[..], &[more, erase]].concat())
}

fn pick<T>(from: &[T], number: usize) -> Option<&T> {
    from.get(number.checked_rem(from.len())?)
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            script: Script::new(),
            last: None,
            steps: Vec::new(),
            runs: Vec::new(),
            transactions: Vec::new(),
            held: Vec::new(),
            allowed: Vec::new(),
            texts: Vec::new(),
            version: 0,
            names: 0,
        };
        world.take(&Op::Adopt { which: 5 });
        world.take(&Op::OpenRun { agent: 0, principal: 0 });
        world
    }

    /// Does it, where there is something to do it to.
    pub(crate) fn take(&mut self, op: &Op) {
        if let Op::Wait { which } = op {
            self.script.wait(WAITS[*which]);
            return;
        }
        let Some(command) = self.command(op) else { return };
        let before = self.script.core.state().clone();
        let answer = self.script.answer(command.clone());
        let time = Time::from_millis(self.script.now);
        self.steps.push((time, self.script.used_salts().to_vec(), command));
        self.last = None;
        let Answer::Recorded(recorded) = answer else {
            assert_eq!(before, *self.script.core.state(), "a repeat changes nothing");
            return;
        };
        self.remember(op, &recorded);
        self.last = Some((*recorded, before));
    }

    fn remember(&mut self, op: &Op, recorded: &Recorded) {
        let texts = self.script.commitments(recorded.index);
        self.texts.extend(texts.into_iter().map(|commitment| (recorded.index, commitment)));
        match (op, recorded.outcome) {
            (Op::Erase { text, .. }, Outcome::Accepted) => {
                let (_, commitment) = pick(&self.texts, *text).unwrap();
                assert_eq!(self.script.core.store().aside(&commitment.0.0).unwrap(), None);
            }
            (Op::OpenRun { .. }, Outcome::Accepted) => self.runs.push(recorded.index),
            (Op::Begin { run }, Outcome::Accepted) => {
                let run = *pick(&self.runs, *run).unwrap();
                self.transactions.push((run, recorded.index));
            }
            (_, Outcome::Hold) => self.held.push(recorded.clone()),
            (_, Outcome::Allow) => self.allowed.push(recorded.clone()),
            _ => {}
        }
    }

    fn command(&mut self, op: &Op) -> Option<Command> {
        let payment = |allowed: usize| Some(pick(&self.allowed, allowed)?.permit.as_ref()?.payment);
        Some(match op {
            Op::Wait { .. } => return None,
            Op::OpenRun { agent, principal } => {
                self.names += 1;
                let id = format!("run-{}", self.names).parse().unwrap();
                let agent = ["researcher", "scout"][*agent].parse().unwrap();
                Command::OpenRun(OpenRun::new(id, agent, ["carol", "alice"][*principal].parse().unwrap()))
            }
            Op::Pay { run, url, amount, key } => {
                let url = ["tick", "tick", "a", "b", "c", "d"][*url];
                let ask = Ask::new(*pick(&self.runs, *run)?, &format!("key-{key}"), AMOUNTS[*amount]);
                ask.url(&format!("https://data.example/v1/{url}")).command()
            }
            Op::PayPart { transaction, key, step, amount } => {
                let (run, transaction) = *pick(&self.transactions, *transaction)?;
                let ask = Ask::new(run, &format!("part-{key}"), AMOUNTS[*amount]);
                match step {
                    0 => ask.reversible(transaction, "data").command(),
                    _ => ask.irreversible(transaction, "print").command(),
                }
            }
            Op::Claim { held } => {
                Command::Claim { payment: pick(&self.held, *held)?.question.as_ref()?.against }
            }
            Op::Answer { held, person, refuse } => {
                let about = About::of(pick(&self.held, *held)?);
                let say = if *refuse { Say::Refuse } else { Say::Approve };
                let person = ["alice", "bob", "erin", "mallory"][*person];
                Command::Statement { statement: self.script.say(person, say, &about) }
            }
            Op::Bind { allowed, how } => {
                let allowed = pick(&self.allowed, *allowed)?;
                let permit = allowed.permit.as_ref()?;
                let mut signing = Signing::new(permit.exposure.units(), permit.until, permit.slot);
                match how {
                    0 => signing.authorization.nonce = Hash32([7; 32]),
                    1 => signing.authorization.valid_before += 100,
                    2 => signing.authorization.valid_before -= 500,
                    _ => {}
                }
                Command::Bind { payment: permit.payment, payment_signature: signing.header() }
            }
            Op::Settle { allowed, how } => {
                let exposure = pick(&self.allowed, *allowed)?.permit.as_ref()?.exposure.units();
                let amount = Amount::new([exposure, exposure, 1, exposure + 100_000][*how]);
                let payment_response = Some(rail::response(*how != 1));
                Command::Settle { payment: payment(*allowed)?, amount, payment_response }
            }
            Op::Fail { allowed } => {
                let payment_response = Some(rail::response(false));
                Command::Fail { payment: payment(*allowed)?, payment_response, reason: None }
            }
            Op::Unknown { allowed } => {
                Command::Unknown { payment: payment(*allowed)?, reason: Some("?".into()) }
            }
            Op::Expire { allowed } => Command::Expire { payment: payment(*allowed)? },
            Op::Compensate { allowed, how } => {
                let amount = Amount::new([1, 100_000, u128::MAX][*how]);
                Command::Compensate { payment: payment(*allowed)?, amount, evidence: None }
            }
            Op::Begin { run } => {
                self.names += 1;
                let step = |id: &str, reversible| TransactionStep { id: id.parse().unwrap(), reversible };
                Command::Begin {
                    run: *pick(&self.runs, *run)?,
                    id: format!("order-{}", self.names).parse().unwrap(),
                    steps: vec![step("data", true), step("print", false)],
                    deadline: Time::from_millis(self.script.now + 900_000),
                }
            }
            Op::Complete { transaction, step } => {
                let step = ["data", "print"][*step].parse().unwrap();
                Command::CompleteStep {
                    transaction: pick(&self.transactions, *transaction)?.1,
                    step,
                    evidence: None,
                }
            }
            Op::Commit { transaction } => {
                Command::Commit { transaction: pick(&self.transactions, *transaction)?.1 }
            }
            Op::Abort { transaction } => {
                Command::Abort { transaction: pick(&self.transactions, *transaction)?.1, reason: None }
            }
            Op::CloseRun { run } => Command::CloseRun { run: *pick(&self.runs, *run)? },
            Op::Adopt { which } => {
                self.version += 1;
                Command::adopt_policy(&policy::version(&tight(*which), self.version))
            }
            Op::Erase { text, people } => self.erase(*pick(&self.texts, *text)?, *people),
            Op::Restart => Command::Start {},
        })
    }

    fn erase(&self, (record, commitment): (Index, Commitment), people: usize) -> Command {
        let erase = input::Erase { record, commitment, statements: Vec::new(), reason: None };
        let asked = self.script.core.state().subject_of(&Input::Erase(erase)).unwrap();
        let about =
            About { kind: asked.kind, digest: asked.digest, against: asked.against, run: None, phase: None };
        let people = ["alice", "bob", "erin"].iter().take(people);
        let statements = people.map(|person| self.script.approval("finance", person, &about)).collect();
        Command::Erase { record, commitment: commitment.0, statements, reason: None }
    }

    /// The same commands at the same times with the same salts give the same bytes, and the same inputs the
    /// same verdicts.
    pub(crate) fn assert_replays(&self) {
        let surroundings = Scripted { time: Some(Time::from_millis(START)), salts: [].into() };
        let origin = keys::ORIGIN.parse().unwrap();
        let core = Core::create_unstarted(MemoryStore::default(), keys::log(), surroundings, origin, None);
        let mut core = core.unwrap();
        for (time, salts, command) in &self.steps {
            *core.surroundings_mut() = Scripted { time: Some(*time), salts: salts.iter().copied().collect() };
            core.submit(command.clone()).unwrap();
        }
        let entries = self.script.entries();
        let again: Vec<_> =
            (0..core.store().len()).map(|at| core.store().read(at).unwrap().unwrap()).collect();
        assert_eq!(entries, again);

        let mut state = State::new();
        for (entry, record) in entries.iter().zip(forge::records(&entries)) {
            let Step::Record(decision) = state.step(&record.input, record.time) else { panic!("a repeat") };
            assert_eq!(decision.verdict, record.verdict);
            state.seal(decision.pending, Hash32(*leaf_hash(entry).bytes()));
        }
        assert_eq!(state, *self.script.core.state());
    }
}
