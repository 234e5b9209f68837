//! The core: a log that is open for writing.

use core::ops::ControlFlow;

use counterfoil_audit::{Auditor, Finding, Level, Trust};
use counterfoil_decide::{State, Step};
use counterfoil_record::key::{NamedKey, VkeyError};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Amount, FORMAT, Hash32, Id, Index, Input, Record, SignedRecord, Time, WriteError};
use counterfoil_store::{Store, StoreError};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash, note};

use crate::answer::{Answer, Question, Recorded, granted};
use crate::command::{Command, OpenRun, Pay};
use crate::permit::{Dropped, NotAllowed, Permit};
use crate::prepare::{CommandError, Prepared, prepare};
use crate::signer::{SignError, Signer};
use crate::surroundings::{Surroundings, SurroundingsError};

/// Name and version of this program, as `start` records state it.
pub const TOOL: &str = concat!("counterfoil-enforce ", env!("CARGO_PKG_VERSION"));

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
    dropped: Dropped,
    /// The store failed: what is on the disk is not known.
    halted: bool,
}

/// Why the core did not do what it was asked. Nothing was allowed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command cannot be put as an input.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signer.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The clock.
    #[error(transparent)]
    Surroundings(#[from] SurroundingsError),
    /// The record would be too long.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The origin cannot name a key.
    #[error("the origin: {0}")]
    Origin(#[from] VkeyError),
    /// The log has records where none should be, or none where some should be.
    #[error("the log has {0} records")]
    Size(u64),
    /// The log does not verify; the core does not go on from it.
    #[error("the log does not verify: {}", findings(.0))]
    DoesNotVerify(Vec<Finding>),
    /// The clock is behind the last record.
    #[error("the clock is {behind} ms behind the last record")]
    ClockBehind {
        /// By how much, in milliseconds.
        behind: u64,
    },
    /// The command was refused, and recorded.
    #[error("refused by record {}: {}", .0.index, .0.codes.iter().map(|code| code.code()).collect::<Vec<_>>().join(", "))]
    Refused(Box<Recorded>),
}

fn findings(findings: &[Finding]) -> String {
    let shown = findings.iter().take(3).map(|finding| match finding.index {
        Some(index) => format!("record {index}: {}", finding.code),
        None => finding.code.code().to_owned(),
    });
    shown.collect::<Vec<_>>().join("; ")
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
        let mut core = Self::create_unstarted(store, signer, surroundings, origin)?;
        core.submit(Command::Start {})?;
        Ok(core)
    }

    /// As [`Core::create`], without a `start` record: for replaying a script that has one.
    ///
    /// # Errors
    /// As [`Core::create`].
    pub fn create_unstarted(store: S, signer: K, surroundings: E, origin: Id) -> Result<Self, Error> {
        if !store.is_empty() {
            return Err(Error::Size(store.len()));
        }
        let log = NamedKey::new(origin.clone(), *signer.public_key())?;
        let (state, tree, dropped) = (State::new(), CompactRange::new(), Dropped::default());
        let mut core = Self { store, signer, surroundings, log, state, tree, dropped, halted: false };
        core.submit(Command::Genesis { origin })?;
        Ok(core)
    }

    /// Opens a log: replays it through the auditor, and starts.
    ///
    /// # Errors
    /// [`Error::DoesNotVerify`] if a single record does not follow; else as [`Error`] says.
    pub fn open(store: S, signer: K, surroundings: E) -> Result<Self, Error> {
        let mut core = Self::open_unstarted(store, signer, surroundings)?;
        core.submit(Command::Start {})?;
        Ok(core)
    }

    /// As [`Core::open`], without a `start` record: nothing is written.
    ///
    /// # Errors
    /// As [`Core::open`].
    pub fn open_unstarted(store: S, signer: K, surroundings: E) -> Result<Self, Error> {
        let first = store.read(0)?.ok_or(Error::Size(0))?;
        let genesis = SignedRecord::decode(&first).ok();
        let log = genesis.and_then(|genesis| NamedKey::new(genesis.header().claims.issuer.clone(), *signer.public_key()).ok());
        let Some(log) = log else {
            let mut auditor = Auditor::new(None, None);
            auditor.push(&first);
            return Err(Error::DoesNotVerify(auditor.finish().findings));
        };
        let trust = Trust {
            origin: log.name().clone(),
            log: log.clone(),
            require: Level::LogKey,
            checkpoint: None,
            policy: None,
        };
        let mut auditor = Auditor::new(Some(trust), store.checkpoint()?.as_deref());
        store.scan(0, &mut |_, entry| {
            auditor.push(entry);
            ControlFlow::Continue(())
        })?;
        let report = auditor.clone().finish();
        if !report.findings.is_empty() {
            return Err(Error::DoesNotVerify(report.findings));
        }
        let (state, tree) = auditor.into_parts();
        let dropped = Dropped::default();
        Ok(Self { store, signer, surroundings, log, state, tree, dropped, halted: false })
    }

    /// The state that the log adds up to.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The RFC 9162 root of the log as it is.
    pub fn root(&self) -> Hash32 {
        Hash32(*self.tree.root().bytes())
    }

    /// The log's origin and key, as auditors pin it.
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
            self.decide(Command::Unknown { payment, reason })?;
            self.dropped.forget_first();
        }
        self.decide(command)
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
        let time = self.now()?;
        let stops = matches!(command, Command::Stop {});
        let log_key = *self.log.key().bytes();
        let Prepared { input, asides } = prepare(command, &self.state, log_key, &mut self.surroundings)?;
        let decision = match self.state.step(&input, time) {
            Step::Record(decision) => *decision,
            Step::Repeat(repeat) => return Ok(Answer::Repeated(repeat.into())),
        };
        let record = Record {
            format: FORMAT,
            index: self.state.size,
            prior: self.root(),
            prev_control: self.state.last_control,
            time,
            input,
            verdict: decision.verdict,
        };
        let unsigned = record.to_unsigned(self.log.name(), self.log.key())?;
        let entry = unsigned.finish(&self.signer.sign(&unsigned.to_be_signed())?);
        // INVARIANT: nothing is answered, and the state does not move, before the record is durable.
        // After an error it may be durable all the same, so that no other record may be signed in its place.
        self.halted = true;
        self.store.append(record.index.value(), &entry, &asides)?;
        self.halted = false;
        let leaf = leaf_hash(&entry);
        self.tree.append(leaf);
        self.state.seal(decision.pending, Hash32(*leaf.bytes()));
        if stops {
            self.checkpoint()?;
        }
        Ok(Answer::Recorded(Box::new(self.answer(&record, &Hash32(*leaf.bytes())))))
    }

    fn answer(&self, record: &Record, leaf: &Hash32) -> Recorded {
        let payment = match &record.input {
            Input::Claim(claim) => claim.payment,
            _ => record.index,
        };
        let question = match &record.input {
            Input::Pay(_) | Input::Claim(_) => self.state.subject_of_payment(payment).map(|it| Question::new(it, None)),
            Input::EnterPhase(enter) if record.verdict.codes.contains(&Code::ConditionsNotMet) => {
                let subject = self.state.subject_of_phase(enter.run, &enter.phase);
                subject.map(|it| Question::new(it, Some((enter.run, enter.phase.clone()))))
            }
            _ => None,
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

    /// Submits a command that must be accepted.
    fn accepted(&mut self, command: Command) -> Result<Index, Error> {
        match self.submit(command)? {
            Answer::Recorded(recorded) if recorded.outcome == Outcome::Accepted => Ok(recorded.index),
            Answer::Recorded(recorded) => Err(Error::Refused(recorded)),
            Answer::Repeated(repeated) => Ok(repeated.repeat_of),
        }
    }

    /// Puts a policy in force.
    ///
    /// # Errors
    /// [`Error::Refused`], and as [`Core::submit`].
    pub fn adopt_policy(&mut self, source: &str) -> Result<Index, Error> {
        self.accepted(Command::AdoptPolicy { source: source.into() })
    }

    /// Opens a run; gives its lasting name.
    ///
    /// # Errors
    /// [`Error::Refused`], and as [`Core::submit`].
    pub fn open_run(&mut self, run: OpenRun) -> Result<Index, Error> {
        self.accepted(Command::OpenRun(run))
    }

    /// Asks to pay. Only a payment that is allowed, and whose record is durable, gives a permit.
    ///
    /// # Errors
    /// As [`NotAllowed`] says.
    pub fn pay(&mut self, pay: Pay) -> Result<Permit, NotAllowed> {
        let answer = self.submit(Command::Pay(Box::new(pay)))?;
        self.permit(answer)
    }

    /// Asks again for a held payment.
    ///
    /// # Errors
    /// As [`NotAllowed`] says.
    pub fn claim(&mut self, payment: Index) -> Result<Permit, NotAllowed> {
        let answer = self.submit(Command::Claim { payment })?;
        self.permit(answer)
    }

    fn permit(&self, answer: Answer) -> Result<Permit, NotAllowed> {
        let mut recorded = match answer {
            Answer::Repeated(repeated) => return self.permit_again(repeated),
            Answer::Recorded(recorded) => recorded,
        };
        match (recorded.outcome, recorded.permit.take()) {
            (Outcome::Allow, Some(granted)) => Ok(Permit::new(granted, self.dropped.clone())),
            (Outcome::Hold, _) => {
                let question = recorded.question.clone();
                Err(NotAllowed::Held(recorded, question))
            }
            (Outcome::Deny | Outcome::Refused, _) => Err(NotAllowed::Denied(recorded)),
            _ => Err(NotAllowed::Undecided(recorded)),
        }
    }

    /// The permit of a request that was allowed before, while the payment is open and unbound.
    fn permit_again(&self, repeated: crate::Repeated) -> Result<Permit, NotAllowed> {
        let Some(index) = repeated.permit_record else { return Err(NotAllowed::Repeated(repeated)) };
        let entry = self.store.read(index.value()).map_err(Error::Store)?;
        let granted = entry.and_then(|entry| {
            let record = SignedRecord::decode(&entry).ok()?;
            granted(record.unverified(), repeated.repeat_of, &Hash32(*leaf_hash(&entry).bytes()))
        });
        match granted {
            Some(granted) => Ok(Permit::new(granted, self.dropped.clone())),
            None => Err(NotAllowed::Repeated(repeated)),
        }
    }

    /// Shows what the wallet signed: the `PAYMENT-SIGNATURE` header. Send it only if this is `Ok`.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not what was allowed, and as [`Core::submit`].
    pub fn bind(&mut self, permit: &Permit, payment_signature: &str) -> Result<Index, Error> {
        let payment_signature = payment_signature.into();
        self.accepted(Command::Bind { payment: permit.payment(), payment_signature })
    }

    /// The payment settled, for its exposure or for `amount`, as the `PAYMENT-RESPONSE` header says.
    ///
    /// # Errors
    /// As [`Core::submit`]. The permit is then dropped: the payment's outcome is unknown until
    /// [`Command::Settle`] or [`Command::Fail`] is recorded for it.
    pub fn settle(&mut self, permit: Permit, amount: Option<Amount>, response: Option<&str>) -> Result<Index, Error> {
        let amount = amount.unwrap_or(permit.granted().exposure);
        let (payment, payment_response) = (permit.payment(), response.map(String::from));
        let index = self.accepted(Command::Settle { payment, amount, payment_response })?;
        permit.spend();
        Ok(index)
    }

    /// The payment failed, as the `PAYMENT-RESPONSE` header says.
    ///
    /// # Errors
    /// As [`Core::submit`].
    pub fn fail(&mut self, permit: Permit, reason: &str, response: Option<&str>) -> Result<Index, Error> {
        let (payment, payment_response) = (permit.payment(), response.map(String::from));
        let index = self.accepted(Command::Fail { payment, payment_response, reason: Some(reason.into()) })?;
        permit.spend();
        Ok(index)
    }

    /// The outcome of the payment is not known.
    ///
    /// # Errors
    /// As [`Core::submit`].
    pub fn unknown(&mut self, permit: Permit, reason: &str) -> Result<Index, Error> {
        let payment = permit.payment();
        let index = self.accepted(Command::Unknown { payment, reason: Some(reason.into()) })?;
        permit.spend();
        Ok(index)
    }
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
