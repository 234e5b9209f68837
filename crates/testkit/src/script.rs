//! A core in memory with a scripted clock, and the auditor as oracle after every step.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::{Auditor, Trust};
use counterfoil_enforce::command::Governance;
use counterfoil_enforce::{Answer, Command, Core, FileKey, Recorded, Scripted, Signer as _};
use counterfoil_record::key::NamedKey;
use counterfoil_record::private::{Commitment, commitments};
use counterfoil_record::statement::{Answer as Say, FORMAT, Statement, SubjectKind};
use counterfoil_record::{Hash32, Index, SignedRecord, Time};
use counterfoil_store::{MemoryStore, Records as _};
pub use counterfoil_vectors::audit;
use serde_json::Value;

use crate::keys;

/// A core under script.
pub struct Script {
    /// The core.
    pub core: Core<MemoryStore, FileKey, Scripted>,
    /// The time now, milliseconds since the Unix epoch.
    pub now: u64,
    salts: u8,
    used: Vec<[u8; 16]>,
    auditor: Auditor,
}

/// Where scripts begin: 2026-11-23T00:00:00Z.
pub const START: u64 = 1_795_392_000_000;

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}

impl Script {
    /// A log with its genesis, and nothing else.
    pub fn new() -> Self {
        Self::governed(None)
    }

    /// The same, governed by people.
    pub fn governed(governance: Option<Governance>) -> Self {
        let surroundings = Scripted { time: Some(Time::from_millis(START)), salts: [].into() };
        let origin = keys::ORIGIN.parse().unwrap();
        let core =
            Core::create_unstarted(MemoryStore::default(), keys::log(), surroundings, origin, governance)
                .unwrap();
        let auditor = Auditor::new(Some(trust()), None);
        let mut script = Self { core, now: START, salts: 0, used: Vec::new(), auditor };
        script.oracle();
        script
    }

    /// A log whose policy is in force.
    pub fn with_policy(policy: &str) -> Self {
        let mut script = Self::new();
        let recorded = script.submit(Command::adopt_policy(policy));
        assert!(recorded.codes.is_empty(), "{:?}", recorded.codes);
        script
    }

    /// Opens the log again with another key of its own.
    pub fn reopen_with(&mut self, key: FileKey) {
        let store = self.core.store().clone();
        self.core = Core::open_unstarted(store, key, Scripted::default()).unwrap();
    }

    /// Lets time pass.
    pub fn wait(&mut self, millis: u64) {
        self.now += millis;
    }

    /// Submits, one millisecond after the last, and holds the auditor against the log.
    pub fn answer(&mut self, command: Command) -> Answer {
        self.now += 1;
        let surroundings = self.core.surroundings_mut();
        surroundings.time = Some(Time::from_millis(self.now));
        while surroundings.salts.len() < 4 {
            self.salts = self.salts.wrapping_add(1);
            surroundings.salts.push_back([self.salts; 16]);
        }
        let offered: Vec<_> = surroundings.salts.iter().copied().collect();
        let answer = self.core.submit(command).unwrap();
        let left = self.core.surroundings_mut().salts.len();
        self.used = offered[..offered.len() - left].to_vec();
        self.oracle();
        answer
    }

    /// The salts that the last command used.
    pub fn used_salts(&self) -> &[[u8; 16]] {
        &self.used
    }

    /// Submits what gives a record.
    pub fn submit(&mut self, command: Command) -> Recorded {
        match self.answer(command) {
            Answer::Recorded(recorded) => *recorded,
            other => panic!("{other:?}"),
        }
    }

    /// Submits a command in its JSON form.
    pub fn json(&mut self, command: Value) -> Recorded {
        self.submit(serde_json::from_value(command).unwrap())
    }

    /// Every entry of the log.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        (0..self.core.store().len()).map(|index| self.core.store().read(index).unwrap().unwrap()).collect()
    }

    /// The commitments that the record carries.
    pub fn commitments(&self, record: Index) -> Vec<Commitment> {
        let entry = self.core.store().read(record.value()).unwrap().expect("a record");
        let signed = SignedRecord::decode(&entry).unwrap();
        commitments(&signed.unverified().input).into_iter().map(|(_, commitment)| commitment).collect()
    }

    /// The auditor must follow, and come to the same state.
    fn oracle(&mut self) {
        let store = self.core.store();
        while self.auditor.tree().size() < store.len() {
            let entry = store.read(self.auditor.tree().size()).unwrap().unwrap();
            assert!(self.auditor.push(&entry).is_some(), "{:?}", self.auditor.findings());
        }
        assert_eq!(self.auditor.state(), self.core.state());
        assert_eq!(*self.auditor.tree().root().bytes(), self.core.root().0);
    }

    /// A signed statement of `person`, in the `finance` role, base64.
    pub fn say(&self, person: &str, say: Say, subject: &About) -> String {
        let signer = keys::person(person);
        sign(&signer, &keys::ed25519(person), &self.statement(say, subject), Time::from_millis(self.now))
    }

    /// A signed approval of `person` in `role`, base64.
    pub fn approval(&self, role: &str, person: &str, about: &About) -> String {
        self.approval_with(role, &keys::person(person), person, about, |_| {})
    }

    /// The same under the name and key id of `signer`, with the key whose label is `key`, and with something
    /// changed in what it says.
    pub fn approval_with(
        &self,
        role: &str,
        signer: &NamedKey,
        key: &str,
        about: &About,
        change: impl FnOnce(&mut Statement),
    ) -> String {
        let mut statement = self.statement(Say::Approve, about);
        statement.role = role.parse().unwrap();
        change(&mut statement);
        sign(signer, &keys::ed25519(key), &statement, Time::from_millis(self.now))
    }

    /// What such a statement would say; it expires in an hour.
    pub fn statement(&self, answer: Say, about: &About) -> Statement {
        Statement {
            format: FORMAT,
            answer,
            origin: keys::ORIGIN.parse().unwrap(),
            role: "finance".parse().unwrap(),
            kind: about.kind,
            digest: about.digest,
            against: about.against,
            expires: Time::from_millis(self.now + 3_600_000),
            run: about.run,
            phase: about.phase.clone(),
        }
    }

    /// Hands in an approval of the held payment by `person`.
    pub fn approve(&mut self, person: &str, held: &Recorded) -> Recorded {
        let statement = self.say(person, Say::Approve, &About::of(held));
        self.submit(Command::Statement { statement })
    }
}

/// What a statement is about.
#[derive(Clone, Debug)]
pub struct About {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its digest.
    pub digest: Hash32,
    /// The record that is answered.
    pub against: Index,
    /// The run that would enter a phase.
    pub run: Option<Index>,
    /// The phase.
    pub phase: Option<counterfoil_record::Id>,
}

impl About {
    /// What the answer asks.
    pub fn of(recorded: &Recorded) -> Self {
        let question = recorded.question.clone().expect("a question");
        Self {
            kind: question.kind,
            digest: question.digest,
            against: question.against,
            run: question.run,
            phase: question.phase,
        }
    }
}

/// `command` with these signed statements in it.
pub fn with_statements(mut command: Command, signed: &[String]) -> Command {
    match command.statements_mut() {
        Some(statements) => *statements = signed.to_vec(),
        None => panic!("no statements stand in {command:?}"),
    }
    command
}

/// `statement`, signed by `key` under `signer`'s name at `at`, base64.
pub fn sign(signer: &NamedKey, key: &FileKey, statement: &Statement, at: Time) -> String {
    let unsigned = statement.to_unsigned(signer, at);
    let signature = key.sign(&unsigned.to_be_signed()).unwrap();
    STANDARD.encode(unsigned.finish(&signature))
}

/// Trust that pins the log's key alone.
pub fn trust() -> Trust {
    Trust::in_key(keys::log_named())
}
