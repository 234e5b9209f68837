//! A scene: a script with what should come of each step, told by hand. It becomes a decision vector.

mod ask;
mod expect;
mod mandated;

pub use ask::Ask;
pub use expect::{Expect, accepted, accepted_with, allow, cannot, deny, hold, refused, repeat};
pub use mandated::mandate;

use counterfoil_enforce::command::{Attach, Governance, OpenRun, PlanItem, Step as TransactionStep};
use counterfoil_enforce::{Answer, Command, Core, Recorded, Scripted};
use counterfoil_record::statement::Answer as Say;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index, Time};
use counterfoil_store::{MemoryStore, Records as _};

use crate::rail::{Permit2Signing, Signing};
use crate::script::{About, START, Script, with_statements};
use crate::vectors::{Decision, FORMAT, Step, found};
use crate::{forge, keys, policy, rail};

/// A scene under way.
pub struct Scene {
    /// The log, and the auditor who follows it.
    pub script: Script,
    name: &'static str,
    shows: &'static str,
    steps: Vec<Step>,
    /// The label of the log's key with which it was opened again.
    reopened_with: Option<&'static str>,
}

impl Scene {
    /// A log without a policy.
    pub fn bare(name: &'static str, shows: &'static str) -> Self {
        Self::governed(name, shows, None)
    }

    /// A log without a policy, governed by people.
    pub fn governed(name: &'static str, shows: &'static str, governance: Option<Governance>) -> Self {
        let script = Script::governed(governance.clone());
        let genesis = Command::Genesis { origin: keys::ORIGIN.parse().unwrap(), governance };
        let first = Step {
            time: START,
            salts: Vec::new(),
            log_key_seed: None,
            command: genesis,
            expect: accepted().expected,
        };
        Self { script, name, shows, steps: vec![first], reopened_with: None }
    }

    /// A log that gina, hugo and ines govern, two of whom put the policy in force.
    pub fn governed_with(name: &'static str, shows: &'static str, policy: &str) -> Self {
        let mut scene = Self::governed(name, shows, Some(keys::three_governors()));
        scene.by(Command::adopt_policy(policy), "governance", &["gina", "hugo"], accepted());
        scene
    }

    /// The vector of a log that these people cannot govern: its genesis is refused, and there is no log.
    pub fn unopened(
        name: &'static str,
        shows: &'static str,
        governance: Governance,
        codes: &[&str],
    ) -> Decision {
        let origin: counterfoil_record::Id = keys::ORIGIN.parse().unwrap();
        let time = START;
        let surroundings = Scripted { time: Some(Time::from_millis(time)), salts: [].into() };
        let governance = Some(governance);
        let core = Core::create_unstarted(
            MemoryStore::default(),
            keys::log(),
            surroundings,
            origin.clone(),
            governance.clone(),
        )
        .unwrap();
        let entries = [core.store().read(0).unwrap().expect("the genesis")];
        let verdict = &forge::records(&entries)[0].verdict;
        let found: Vec<_> = verdict.codes.iter().map(|code| code.code()).collect();
        assert_eq!((verdict.outcome, found.as_slice()), (Outcome::Refused, codes), "{name}");
        let command = Command::Genesis { origin, governance };
        let expect = refused(codes).expected;
        let first = Step { time, salts: Vec::new(), log_key_seed: None, command, expect };
        Decision {
            format: FORMAT,
            kind: "decision".into(),
            name: name.into(),
            shows: shows.into(),
            log_key_seed: hex::encode(keys::seed("log")),
            steps: vec![first],
            root: core.root().to_string(),
        }
    }

    /// A log with a policy.
    pub fn new(name: &'static str, shows: &'static str, policy: &str) -> Self {
        let mut scene = Self::bare(name, shows);
        scene.adopt(policy, accepted());
        scene
    }

    /// A log with the plain policy, and a run.
    pub fn plain(name: &'static str, shows: &'static str) -> (Self, Index) {
        Self::plain_with(name, shows, &[])
    }

    /// A log with the plain policy with passages replaced, and a run.
    pub fn plain_with(name: &'static str, shows: &'static str, changes: &[(&str, &str)]) -> (Self, Index) {
        let mut scene = Self::new(name, shows, &policy::plain_with(changes));
        let run = scene.open_run();
        (scene, run)
    }

    /// Submits a command, one millisecond after the last.
    pub fn step(&mut self, command: Command, expect: Expect) -> Answer {
        let answer = self.script.answer(command.clone());
        let place = format!("{}, step {}", self.name, self.steps.len());
        assert_eq!(found(&answer), expect.expected, "{place}: {answer:?}");
        if let (Some(because), Answer::Recorded(recorded)) = (expect.because, &answer) {
            let found = recorded.failing.first().and_then(|failing| failing.because.as_ref());
            assert_eq!(found.map(counterfoil_record::Text::as_str), Some(because), "{place}");
        }
        let salts = self.script.used_salts().iter().map(hex::encode).collect();
        let log_key_seed = self.reopened_with.take().map(|label| hex::encode(keys::seed(label)));
        self.steps.push(Step {
            time: self.script.now,
            salts,
            log_key_seed,
            command,
            expect: expect.expected,
        });
        answer
    }

    /// Opens the log again with another key of its own, before the next step.
    pub fn reopen_with(&mut self, label: &'static str) {
        self.script.reopen_with(keys::ed25519(label));
        self.reopened_with = Some(label);
    }

    /// Submits a command that gives a record.
    pub fn record(&mut self, command: Command, expect: Expect) -> Recorded {
        match self.step(command, expect) {
            Answer::Recorded(recorded) => *recorded,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    /// The next command comes exactly `millis` after the beginning.
    pub fn at(&mut self, millis: u64) -> &mut Self {
        let next = START + millis - 1;
        assert!(next + 1 >= self.script.now, "{}: time goes back", self.name);
        self.script.now = next;
        self
    }

    /// The same, and that may be before the last command.
    pub const fn back_at(&mut self, millis: u64) -> &mut Self {
        self.script.now = START + millis - 1;
        self
    }

    /// Submits a command without the signatures that it takes, and gives what they would have to say.
    pub fn question(&mut self, command: &Command) -> About {
        About::of(&self.record(command.clone(), refused(&["quorum-not-reached"])))
    }

    /// What these people sign for it, in `role`.
    pub fn signed(&self, role: &str, people: &[&str], about: &About) -> Vec<String> {
        people.iter().map(|person| self.script.approval(role, person, about)).collect()
    }

    /// Submits a command with these statements in it.
    pub fn with(&mut self, command: &Command, statements: &[String], expect: Expect) -> Recorded {
        self.record(with_statements(command.clone(), statements), expect)
    }

    /// Submits a command without signatures, and again with those of these people.
    pub fn by(&mut self, command: Command, role: &str, people: &[&str], expect: Expect) -> Recorded {
        let about = self.question(&command);
        let statements = self.signed(role, people, &about);
        self.record(with_statements(command, &statements), expect)
    }

    /// Milliseconds since the beginning.
    pub fn elapsed(&self) -> u64 {
        self.script.now - START
    }

    /// The moment `millis` after the last command.
    pub fn later(&self, millis: u64) -> Time {
        Time::from_millis(self.script.now + millis)
    }

    /// Puts a policy in force.
    pub fn adopt(&mut self, policy: &str, expect: Expect) -> Recorded {
        self.record(Command::adopt_policy(policy), expect)
    }

    /// Opens a run of `researcher` for `carol`.
    pub fn open_run(&mut self) -> Index {
        self.open_run_of("run-1", "researcher", "carol")
    }

    /// Opens a run.
    pub fn open_run_of(&mut self, id: &str, agent: &str, principal: &str) -> Index {
        let run = OpenRun::new(id.parse().unwrap(), agent.parse().unwrap(), principal.parse().unwrap());
        self.record(Command::OpenRun(run), accepted()).index
    }

    /// Asks to pay, and gets a record.
    pub fn pay(&mut self, ask: &Ask, expect: Expect) -> Recorded {
        self.record(ask.command(), expect)
    }

    /// Claims a held payment.
    pub fn claim(&mut self, payment: Index, expect: Expect) -> Recorded {
        self.record(Command::Claim { payment }, expect)
    }

    /// Hands in what `person` says about the question in `asked`.
    pub fn say(&mut self, person: &str, say: Say, asked: &Recorded, expect: Expect) -> Recorded {
        let statement = self.script.say(person, say, &About::of(asked));
        self.record(Command::Statement { statement }, expect)
    }

    /// Hands in an approval that is taken.
    pub fn approve(&mut self, person: &str, asked: &Recorded) -> Recorded {
        self.say(person, Say::Approve, asked, accepted())
    }

    /// What the wallet signs under the permit in `allowed`, to the letter.
    pub fn signing(&self, allowed: &Recorded) -> Signing {
        let permit = allowed.permit.as_ref().expect("a permit");
        Signing::new(permit.exposure.units(), permit.until, permit.slot)
    }

    /// What the wallet signs for Permit2 under the permit in `allowed`, to the letter.
    pub fn signing_permit2(&self, allowed: &Recorded) -> Permit2Signing {
        let permit = allowed.permit.as_ref().expect("a permit");
        let of = if permit.scheme.as_str() == "upto" { Permit2Signing::upto } else { Permit2Signing::exact };
        of(permit.exposure.units(), permit.until, permit.slot)
    }

    /// Shows what the wallet signed, as it stands in the header.
    pub fn bind_header(&mut self, payment: Index, header: String, expect: Expect) -> Recorded {
        self.record(Command::Bind { payment, payment_signature: header }, expect)
    }

    /// Shows what the wallet signed.
    pub fn bind(&mut self, payment: Index, signing: &Signing, expect: Expect) -> Recorded {
        self.record(Command::Bind { payment, payment_signature: signing.header() }, expect)
    }

    /// Binds exactly what was allowed.
    pub fn bind_exactly(&mut self, allowed: &Recorded) {
        let permit = allowed.permit.as_ref().expect("a permit");
        let header = match permit.method.as_str() {
            "permit2" => self.signing_permit2(allowed).header(),
            _ => self.signing(allowed).header(),
        };
        self.bind_header(permit.payment, header, accepted());
    }

    /// The payment settled, as the payee answers.
    pub fn settle(&mut self, payment: Index, units: u128, expect: Expect) -> Recorded {
        let payment_response = Some(rail::response(true));
        self.record(Command::Settle { payment, amount: Amount::new(units), payment_response }, expect)
    }

    /// The payment settled, with that answer of the payee, or none.
    pub fn settle_with(
        &mut self,
        payment: Index,
        units: u128,
        response: Option<String>,
        expect: Expect,
    ) -> Recorded {
        let settle = Command::Settle { payment, amount: Amount::new(units), payment_response: response };
        self.record(settle, expect)
    }

    /// The payment failed, as the payee answers.
    pub fn fail(&mut self, payment: Index, expect: Expect) -> Recorded {
        let payment_response = Some(rail::response(false));
        self.record(Command::Fail { payment, payment_response, reason: None }, expect)
    }

    /// Nobody knows what became of the payment.
    pub fn unknown(&mut self, payment: Index, expect: Expect) -> Recorded {
        self.record(Command::Unknown { payment, reason: None }, expect)
    }

    /// Asks to end the reservation.
    pub fn expire(&mut self, payment: Index, expect: Expect) -> Recorded {
        self.record(Command::Expire { payment }, expect)
    }

    /// The payment was undone.
    pub fn compensate(&mut self, payment: Index, units: u128, expect: Expect) -> Recorded {
        self.record(Command::Compensate { payment, amount: Amount::new(units), evidence: None }, expect)
    }

    /// Attaches a plan with one item, `quotes`: at most `ceiling` smallest units of USDC to the seller.
    pub fn attach_plan(&mut self, run: Index, ceiling: u128) -> Recorded {
        let item = PlanItem {
            id: "quotes".parse().unwrap(),
            category: "data".parse().unwrap(),
            payee: format!("{}:{}", rail::CHAIN, rail::SELLER).parse().unwrap(),
            asset: "usdc".parse().unwrap(),
            ceiling: Amount::new(ceiling),
        };
        self.attach_items(run, vec![item])
    }

    /// Attaches a plan.
    pub fn attach_items(&mut self, run: Index, items: Vec<PlanItem>) -> Recorded {
        let attach = Attach {
            run,
            name: "plan".parse().unwrap(),
            media_type: "text/markdown".parse().unwrap(),
            digest: Hash32::of(&[b"the plan"]),
            items,
        };
        self.record(Command::Attach(attach), accepted())
    }

    /// Asks to enter a phase.
    pub fn enter(&mut self, run: Index, phase: &str, expect: Expect) -> Recorded {
        self.record(Command::EnterPhase { run, phase: phase.parse().unwrap() }, expect)
    }

    /// Through `commit` into `execute` with the plan attached and alice's approval.
    pub fn execute(&mut self, run: Index) {
        self.enter(run, "commit", accepted());
        let asked = self.enter(run, "execute", refused(&["conditions-not-met"]).needing(&["approvals"]));
        self.approve("alice", &asked);
        self.enter(run, "execute", accepted());
    }

    /// Opens a transaction of the named steps, in order, each reversible or not, due in ten minutes.
    pub fn begin(&mut self, run: Index, steps: &[(&str, bool)]) -> Index {
        let deadline = self.later(600_000);
        self.begin_due(run, "order", steps, deadline, accepted()).index
    }

    /// Opens a transaction with a deadline.
    pub fn begin_due(
        &mut self,
        run: Index,
        id: &str,
        steps: &[(&str, bool)],
        deadline: Time,
        expect: Expect,
    ) -> Recorded {
        let steps = steps
            .iter()
            .map(|(id, reversible)| TransactionStep { id: id.parse().unwrap(), reversible: *reversible });
        let begin = Command::Begin { run, id: id.parse().unwrap(), steps: steps.collect(), deadline };
        self.record(begin, expect)
    }

    /// One step was delivered.
    pub fn complete(&mut self, transaction: Index, step: &str, expect: Expect) -> Recorded {
        self.record(
            Command::CompleteStep { transaction, step: step.parse().unwrap(), evidence: None },
            expect,
        )
    }

    /// The vector.
    pub fn finish(self) -> Decision {
        Decision {
            format: FORMAT,
            kind: "decision".into(),
            name: self.name.into(),
            shows: self.shows.into(),
            log_key_seed: hex::encode(keys::seed("log")),
            steps: self.steps,
            root: self.script.core.root().to_string(),
        }
    }
}
