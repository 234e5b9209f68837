//! The core: a log that is open for writing.

use alloc::collections::BTreeSet;
use core::ops::ControlFlow;

use counterfoil_audit::{Auditor, Trust};
use counterfoil_decide::{State, Step, Subject};
use counterfoil_record::input::Erase;
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::private::{Commitment, commitments};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Amount, FORMAT, Hash32, Id, Index, Input, Record, SignedRecord, Time};
use counterfoil_store::{Store, StoreError};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash, note};

use crate::answer::{Answer, Counted, Granted, Question, Recorded, Repeated, granted};
use crate::command::{Command, Governance};
use crate::error::Error;
use crate::permit::Dropped;
use crate::prepare::{CommandError, Prepared, opening, prepare};
use crate::signer::{SignError, Signer};
use crate::surroundings::Surroundings;

/// How far the clock may be behind the last record, in milliseconds, before the core refuses to go on: a
/// clock that is set by a time server moves back by less.
const CLOCK_SLACK: u64 = 1_000;

/// An open log, with the state that it adds up to.
#[derive(Debug)]
pub struct Core<S, K, E> {
    store: S,
    signer: K,
    surroundings: E,
    log: NamedKey,
    state: State,
    tree: CompactRange,
    pub(crate) dropped: Dropped,
    /// Refusals that were only counted since the last record.
    suppressed: u64,
    /// The store failed: what is on the disk is not known.
    halted: bool,
}

/// A payment that is allowed and not final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The payment.
    pub payment: Index,
    /// `open` or `unknown`.
    pub status: &'static str,
    /// What is reserved for it.
    pub exposure: Amount,
    /// Unix seconds until which something signed for it could be claimed.
    pub claimable_until: u64,
}

impl<S: Store, K: Signer, E: Surroundings> Core<S, K, E> {
    /// Makes a log named `origin` in an empty store, and starts.
    ///
    /// # Errors
    /// [`Error::Size`] if the store is not empty; else as [`Error`] says.
    pub fn create(store: S, signer: K, surroundings: E, origin: Id) -> Result<Self, Error> {
        Self::create_governed(store, signer, surroundings, origin, None)
    }

    /// As [`Core::create`], with people who decide about policies and keys.
    ///
    /// # Errors
    /// As [`Core::create`]; [`Error::CannotGovern`] if they cannot, and the store stays empty.
    pub fn create_governed(
        store: S,
        signer: K,
        surroundings: E,
        origin: Id,
        governance: Option<Governance>,
    ) -> Result<Self, Error> {
        if let Some(code) = why_not(&origin, *signer.public_key().bytes(), governance.clone()) {
            return Err(Error::CannotGovern(code));
        }
        let mut core = Self::create_unstarted(store, signer, surroundings, origin, governance)?;
        core.submit(Command::Start {})?;
        Ok(core)
    }

    /// As [`Core::create`], without a `start` record: for replaying a script that has one.
    ///
    /// # Errors
    /// As [`Core::create`].
    pub fn create_unstarted(
        store: S,
        signer: K,
        surroundings: E,
        origin: Id,
        governance: Option<Governance>,
    ) -> Result<Self, Error> {
        if !store.is_empty() {
            return Err(Error::Size(store.len()));
        }
        let log = NamedKey::new(origin.clone(), *signer.public_key())?;
        let (state, tree, dropped) = (State::new(), CompactRange::new(), Dropped::default());
        let mut core =
            Self { store, signer, surroundings, log, state, tree, dropped, suppressed: 0, halted: false };
        core.submit(Command::Genesis { origin, governance })?;
        Ok(core)
    }

    /// Opens a log: replays it through the auditor, erases what it says is erased, and starts.
    ///
    /// # Errors
    /// [`Error::DoesNotVerify`] if a single record does not follow; else as [`Error`] says.
    pub fn open(store: S, signer: K, surroundings: E) -> Result<Self, Error> {
        let mut core = Self::open_unstarted(store, signer, surroundings)?;
        core.submit(Command::Start {})?;
        Ok(core)
    }

    /// As [`Core::open`], without a `start` record.
    ///
    /// # Errors
    /// As [`Core::open`].
    pub fn open_unstarted(store: S, signer: K, surroundings: E) -> Result<Self, Error> {
        let first = store.read(0)?.ok_or(Error::Size(0))?;
        let genesis = SignedRecord::decode(&first).ok().and_then(|genesis| first_key(genesis.unverified()));
        let Some(first_key) = genesis else {
            let mut auditor = Auditor::new(None, None);
            auditor.push(&first);
            return Err(Error::DoesNotVerify(auditor.finish().findings));
        };
        let trust = Trust::in_key(first_key.clone());
        let mut auditor = Auditor::new(Some(trust), store.checkpoint()?.as_deref());
        let mut erased = BTreeSet::new();
        store.scan(0, &mut |_, entry| {
            erased.extend(auditor.push(entry).and_then(|checked| erased_by(&checked.record)));
            ControlFlow::Continue(())
        })?;
        let report = auditor.clone().finish();
        if !report.findings.is_empty() {
            return Err(Error::DoesNotVerify(report.findings));
        }
        let (state, tree) = auditor.into_parts();
        let log = NamedKey::new(first_key.name().clone(), *signer.public_key())?;
        let dropped = Dropped::default();
        let mut core =
            Self { store, signer, surroundings, log, state, tree, dropped, suppressed: 0, halted: false };
        core.has_the_key()?;
        // A kill between the record and the erasure leaves the value: it goes now.
        for commitment in erased {
            if core.store.aside(&commitment.0.0)?.is_some() {
                core.store.erase(&commitment.0.0)?;
            }
        }
        Ok(core)
    }

    /// The state that the log adds up to.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The RFC 9162 root of the log as it is.
    pub fn root(&self) -> Hash32 {
        Hash32(*self.tree.root().bytes())
    }

    /// The log's origin and the key that signs it now. Auditors pin the key that it began with.
    pub const fn log(&self) -> &NamedKey {
        &self.log
    }

    /// The surroundings, to be scripted.
    pub const fn surroundings_mut(&mut self) -> &mut E {
        &mut self.surroundings
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Payments that are allowed and not final, oldest first: after a crash, what to ask the rail about.
    pub fn outstanding(&self) -> Vec<Outstanding> {
        let open = self.state.payments.iter().filter(|(_, payment)| payment.status.is_open());
        let known = open.filter_map(|(index, payment)| {
            let terms = payment.terms.as_ref()?;
            Some(Outstanding {
                payment: *index,
                status: payment.status.code(),
                exposure: terms.exposure,
                claimable_until: terms.claimable_until,
            })
        });
        known.collect()
    }

    /// Decides `command`, and answers once the record is durable.
    ///
    /// # Errors
    /// As [`Error`] says; after an error of the store nothing is taken any more.
    pub fn submit(&mut self, command: Command) -> Result<Answer, Error> {
        while let Some(payment) = self.dropped.first() {
            let reason = Some("the permit was dropped".into());
            let answer = self.decide(Command::Unknown { payment, reason })?;
            // Where the clock stands in the way it is said later.
            if answer.recorded().is_none_or(|recorded| recorded.outcome != Outcome::Accepted) {
                break;
            }
            self.dropped.forget_first();
        }
        self.decide(command)
    }

    /// Nothing is signed with a key that the log does not have any more.
    fn has_the_key(&self) -> Result<(), Error> {
        let present = self.state.log_key_at(self.state.size);
        if present.is_none_or(|key| key == *self.log.key()) { Ok(()) } else { Err(Error::AnotherKey) }
    }

    fn now(&mut self) -> Result<Time, Error> {
        let now = self.surroundings.now()?;
        let behind = self.state.time.millis().saturating_sub(now.millis());
        if behind > CLOCK_SLACK { Err(Error::ClockBehind { behind }) } else { Ok(now.max(self.state.time)) }
    }

    fn decide(&mut self, command: Command) -> Result<Answer, Error> {
        if self.halted {
            return Err(StoreError::Poisoned.into());
        }
        self.has_the_key()?;
        let time = self.now()?;
        let stops = matches!(command, Command::Stop {});
        let log_key = *self.log.key().bytes();
        let Prepared { input, asides } = prepare(command, &self.state, log_key, &mut self.surroundings)?;
        if let Input::Erase(erase) = &input {
            self.carries(erase)?;
        }
        let decision = match self.state.step(&input, time) {
            Step::Record(decision) => *decision,
            Step::Counted(verdict) => {
                self.suppressed = self.suppressed.saturating_add(1);
                return Ok(Answer::Counted(Box::new(Counted::new(self.suppressed, &verdict))));
            }
            Step::Repeat(repeat) => {
                let payment = self.state.payments.get(&repeat.payment);
                let terms = repeat.permit.and_then(|_| payment?.terms.as_ref());
                let permit = terms.and_then(|terms| Granted::again(repeat.payment, terms));
                return Ok(Answer::Repeated(Repeated::new(repeat, permit)));
            }
        };
        let record = Record {
            format: FORMAT,
            index: self.state.size,
            prior: self.root(),
            prev_control: self.state.last_control,
            time,
            input,
            verdict: decision.verdict,
            suppressed: Some(self.suppressed).filter(|count| *count > 0),
        };
        let lacking = self.state.subject_of(&record.input);
        let unsigned = record.to_unsigned(self.log.name(), self.log.key())?;
        let entry = unsigned.finish(&self.signer.sign(&unsigned.to_be_signed())?);
        // INVARIANT: nothing is answered, and the state does not move, before the record is durable.
        // After an error it may be durable all the same, so that no other record may be signed in its place.
        self.halted = true;
        self.store.append(record.index.value(), &entry, &asides)?;
        if let Some(commitment) = erased_by(&record) {
            self.store.erase(&commitment.0.0)?;
        }
        self.halted = false;
        self.suppressed = 0;
        let leaf = leaf_hash(&entry);
        self.tree.append(leaf);
        self.state.seal(decision.pending, Hash32(*leaf.bytes()));
        if stops {
            self.checkpoint()?;
        }
        Ok(Answer::Recorded(Box::new(self.answer(&record, &Hash32(*leaf.bytes()), lacking))))
    }

    /// The state does not know what records commit to. One that is yet to come is left to the decision to refuse.
    fn carries(&self, erase: &Erase) -> Result<(), Error> {
        let Erase { record, commitment, .. } = erase;
        let Some(entry) = self.store.read(record.value())? else { return Ok(()) };
        let decoded = SignedRecord::decode(&entry).ok();
        let carried = decoded.map(|it| commitments(&it.unverified().input)).unwrap_or_default();
        if carried.iter().any(|(_, carried)| carried == commitment) {
            Ok(())
        } else {
            Err(CommandError::NotCommitted { record: *record, commitment: commitment.0 }.into())
        }
    }

    /// `lacking` is what statements in the input had to say.
    fn answer(&self, record: &Record, leaf: &Hash32, lacking: Option<Subject>) -> Recorded {
        let payment = match &record.input {
            Input::Claim(claim) => claim.payment,
            _ => record.index,
        };
        let question = match &record.input {
            Input::Pay(_) | Input::Claim(_) => {
                let held = self.state.subject_of_payment(payment).map(|it| Question::new(it, None));
                held.or_else(|| Question::unsigned(record, None))
            }
            Input::EnterPhase(enter) if record.verdict.codes.contains(&Code::ConditionsNotMet) => {
                let subject = self.state.subject_of_phase(enter.run, &enter.phase);
                subject.map(|it| Question::new(it, Some((enter.run, enter.phase.clone()))))
            }
            _ => Question::unsigned(record, lacking),
        };
        Recorded::new(record, granted(record, payment, leaf), question)
    }

    /// Signs a checkpoint of the log as it is, and keeps it with the log.
    ///
    /// # Errors
    /// [`Error::Sign`] and [`Error::Store`].
    pub fn checkpoint(&mut self) -> Result<String, Error> {
        if self.halted {
            return Err(StoreError::Poisoned.into());
        }
        self.has_the_key()?;
        let checkpoint = Checkpoint {
            origin: self.log.name().to_string(),
            size: self.tree.size(),
            root: self.tree.root(),
            extensions: Vec::new(),
        };
        let note = note::sign(&checkpoint.to_text(), &NoteSigner { log: &self.log, signer: &self.signer });
        let note = note.map_err(|error| match error {
            note::SignError::Signer(error) => error,
            other => SignError(other.to_string()),
        })?;
        self.halted = true;
        self.store.put_checkpoint(&note)?;
        self.halted = false;
        Ok(note)
    }

    /// Stops: records it, signs a checkpoint, and gives the store back. Payments that are still open stay so.
    ///
    /// # Errors
    /// As [`Core::submit`].
    pub fn close(mut self) -> Result<S, Error> {
        self.submit(Command::Stop {})?;
        Ok(self.store)
    }

    /// Gives the store back without a `stop` record.
    pub fn into_store(self) -> S {
        self.store
    }
}

/// Why a genesis record would be refused.
fn why_not(origin: &Id, log_key: [u8; 32], governance: Option<Governance>) -> Option<Code> {
    let genesis = Input::Genesis(opening(origin.clone(), log_key, governance));
    match State::new().step(&genesis, Time::default()) {
        Step::Record(decision) => decision.verdict.codes.first().copied(),
        _ => None,
    }
}

/// The commitment whose value a record has erased.
fn erased_by(record: &Record) -> Option<Commitment> {
    match &record.input {
        Input::Erase(erase) if record.verdict.outcome == Outcome::Accepted => Some(erase.commitment),
        _ => None,
    }
}

/// The key that a log says it began with.
fn first_key(genesis: &Record) -> Option<NamedKey> {
    let Input::Genesis(genesis) = &genesis.input else { return None };
    NamedKey::new(genesis.origin.clone(), PublicKey::from_bytes(genesis.log_key.0).ok()?).ok()
}

/// The log's key as a signer of notes.
struct NoteSigner<'c, K> {
    log: &'c NamedKey,
    signer: &'c K,
}

impl<K: Signer> note::Signer for NoteSigner<'_, K> {
    type Error = SignError;

    fn name(&self) -> &str {
        self.log.name().as_str()
    }

    fn key_id(&self) -> [u8; 4] {
        self.log.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.signer.sign(message).map(Vec::from)
    }
}
