//! The auditor: one entry after the other, each against everything before it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use counterfoil_decide::State;
use counterfoil_record::{Hash32, Index, Record, SignedRecord, Text, Time, Verified};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash};

use crate::finding::{Finding, FindingCode};
use crate::identity::{Identity, Wrong};
use crate::note::{CheckpointError, OwnNote};
use crate::observer::Observer;
use crate::remake::{self, known_version};
use crate::report::{Report, Scope, TOOL, Verdict};
use crate::snapshot::{ResumeError, Snapshot};
use crate::summary::Tally;
use crate::trust::{Level, Trust};
use crate::unchecked::Unchecked;

/// A record that followed from everything before it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The record.
    pub record: Record,
    /// Its leaf hash.
    pub leaf: Hash32,
}

/// A checkpoint that the tree is held against when it has that size.
#[derive(Clone, Debug)]
struct Target {
    checkpoint: Checkpoint,
    differs: FindingCode,
    shorter: FindingCode,
    /// Whether the tree had that root, once it had that size.
    met: Option<bool>,
}

/// An audit under way.
#[derive(Clone, Debug)]
pub struct Auditor {
    trust: Option<Trust>,
    own_checkpoint: Option<String>,
    /// The log's own checkpoint, whose signature is checked at the end: then its keys are known.
    own: Option<OwnNote>,
    identity: Identity,
    targets: Vec<Target>,
    tree: CompactRange,
    state: State,
    tally: Tally,
    findings: Vec<Finding>,
    first_time: Option<Time>,
    followed: u64,
    /// How many records an earlier audit had followed.
    resumed: Option<u64>,
    interrupted: bool,
}

impl Auditor {
    /// An audit of a log whose newest own checkpoint is `checkpoint`. Without trust nothing can come out
    /// as verified: the log then vouches for itself.
    pub fn new(trust: Option<Trust>, checkpoint: Option<&str>) -> Self {
        let pinned = trust.as_ref().and_then(|trust| trust.checkpoint.clone());
        let targets = pinned.map(|checkpoint| Target {
            checkpoint,
            differs: FindingCode::RootDiffersFromPinned,
            shorter: FindingCode::ShorterThanPinned,
            met: None,
        });
        let mut auditor = Self {
            identity: Identity::of(trust.as_ref()),
            trust,
            own_checkpoint: checkpoint.map(String::from),
            own: None,
            targets: targets.into_iter().collect(),
            tree: CompactRange::new(),
            state: State::new(),
            tally: Tally::default(),
            findings: Vec::new(),
            first_time: None,
            followed: 0,
            resumed: None,
            interrupted: false,
        };
        auditor.add_own_checkpoint();
        // A checkpoint of no records holds before the first.
        auditor.meet_targets();
        auditor
    }

    /// Goes on from the snapshot in `bytes`, if that is what the trust names, for a log that has `records` records.
    /// The next entry to push is the first after it, whose index is [`Auditor::tree`]'s size.
    ///
    /// # Errors
    /// As [`ResumeError`] says.
    pub fn resume(
        trust: Trust,
        checkpoint: Option<&str>,
        bytes: &[u8],
        records: u64,
    ) -> Result<Self, ResumeError> {
        let snapshot = Snapshot::from_file(bytes, trust.audited.ok_or(ResumeError::NotTrusted)?)?;
        let (tree, size) = (snapshot.tree()?, snapshot.size);
        if let Some(pinned) =
            trust.checkpoint.as_ref().map(|pinned| pinned.size).filter(|pinned| *pinned < size)
        {
            return Err(ResumeError::PinnedBefore { pinned, size });
        }
        let mut auditor = Self::new(Some(trust), checkpoint);
        // One that the log took before cannot be held against its tree any more; the saved audit did that.
        auditor.targets.retain(|target| target.checkpoint.size >= size);
        auditor.tree = tree;
        auditor.state = snapshot.state;
        auditor.tally = snapshot.tally;
        auditor.first_time = snapshot.first_time;
        auditor.followed = size;
        auditor.resumed = Some(size);
        auditor.meet_targets();
        if records < size {
            let detail = format!("the saved audit is of {size} records, the log has {records}");
            auditor.find(FindingCode::ShorterThanPinned, None, detail);
        }
        Ok(auditor)
    }

    /// The audit so far, to go on from; `None` where something was found, or nothing was followed.
    pub fn snapshot(&self) -> Option<Snapshot> {
        let sound = self.findings.is_empty() && self.followed == self.tree.size() && self.followed > 0;
        sound.then(|| Snapshot::of(&self.tree, &self.state, &self.tally, self.first_time))
    }

    /// The size of the log's own checkpoint, once it is known which log it is.
    pub fn own_size(&self) -> Option<u64> {
        self.own.as_ref().map(|note| note.checkpoint.size)
    }

    /// The note with the log's own checkpoint that this audit was given.
    pub fn own_note(&self) -> Option<&str> {
        self.own_checkpoint.as_deref()
    }

    /// The audit ends before the log does: whoever asked for it wants no more.
    pub const fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// The log's own checkpoint can be read once its origin is known.
    fn add_own_checkpoint(&mut self) {
        let Some(origin) = self.identity.origin() else { return };
        let Some(note) = self.own_checkpoint.as_ref() else { return };
        match OwnNote::parse(note, origin) {
            Ok(note) => {
                self.targets.push(Target {
                    checkpoint: note.checkpoint.clone(),
                    differs: FindingCode::CheckpointRoot,
                    shorter: FindingCode::CheckpointBeyondLog,
                    met: None,
                });
                self.own = Some(note);
            }
            Err(error) => self.find(FindingCode::CheckpointInvalid, None, error.to_string()),
        }
        self.meet_targets();
    }

    /// The state that the records so far add up to.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The tree over the entries so far.
    pub const fn tree(&self) -> &CompactRange {
        &self.tree
    }

    /// State and tree, for one who goes on writing the log.
    pub fn into_parts(self) -> (State, CompactRange) {
        (self.state, self.tree)
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn find(&mut self, code: FindingCode, index: Option<u64>, detail: String) {
        let detail = Text::shown(detail).as_str().into();
        self.findings.push(Finding { code, index, detail });
    }

    /// True once a record did not follow: what comes after cannot be decided again.
    fn is_broken(&self) -> bool {
        self.followed < self.tree.size()
    }

    /// The store has entry `found` where `expected` should come next.
    pub fn missing(&mut self, expected: u64, found: u64) {
        let detail = format!("the entry after it is number {found}");
        self.find(FindingCode::EntryMissing, Some(expected), detail);
    }

    /// The store could not give the entry that comes next, because of `error`.
    pub fn unreadable(&mut self, error: String) {
        self.find(FindingCode::EntryUnreadable, Some(self.tree.size()), error);
    }

    /// The store could not give the log's own checkpoint, because of `error`.
    pub fn checkpoint_unreadable(&mut self, error: String) {
        self.find(FindingCode::CheckpointInvalid, None, error);
    }

    /// Takes the next entry. Gives its record if that follows from everything before it.
    pub fn push(&mut self, entry: &[u8]) -> Option<Checked> {
        self.push_observed(entry, &mut ())
    }

    /// The same, seen by `observer`.
    pub fn push_observed(&mut self, entry: &[u8], observer: &mut dyn Observer) -> Option<Checked> {
        let index = self.tree.size();
        let broken = self.is_broken();
        let leaf = leaf_hash(entry);
        let checked = if broken { None } else { self.check(index, entry, Hash32(*leaf.bytes()), observer) };
        self.tree.append(leaf);
        self.meet_targets();
        if let Some(checked) = &checked {
            self.followed = self.tree.size();
            observer.after(checked, &self.state);
        }
        checked
    }

    fn meet_targets(&mut self) {
        let (size, root) = (self.tree.size(), self.tree.root());
        for target in self.targets.iter_mut().filter(|it| it.met.is_none() && it.checkpoint.size == size) {
            target.met = Some(target.checkpoint.root == root);
        }
    }

    /// What the checkpoints say of the log. One that the log's key of that moment did not sign says nothing.
    fn judge_targets(&mut self) {
        // The key of a checkpoint that an interrupted audit did not come to may follow from records that it did not read.
        let size = self.tree.size();
        let unread = |note: &OwnNote| self.interrupted && note.checkpoint.size > size;
        self.own.take_if(|note| unread(note));
        if let Some(Err(error)) = self.own.as_ref().map(|note| self.check_own(note)) {
            self.targets.retain(|target| target.differs != FindingCode::CheckpointRoot);
            self.find(FindingCode::CheckpointInvalid, None, error.to_string());
        }
        for target in self.targets.clone() {
            let size = target.checkpoint.size;
            match target.met {
                Some(true) => {}
                Some(false) => self.find(target.differs, None, format!("at {size} records")),
                // What lies after the end of an interrupted audit was not seen.
                None if self.interrupted => {}
                None => {
                    let held = self.tree.size();
                    let detail = format!("the checkpoint is of {size} records, the log has {held}");
                    self.find(target.shorter, None, detail);
                }
            }
        }
    }

    fn check_own(&self, note: &OwnNote) -> Result<(), CheckpointError> {
        let key = self.identity.key_at(&self.state, note.checkpoint.size);
        note.check(&key.ok_or(CheckpointError::NoKey)?)
    }

    fn check(
        &mut self,
        index: u64,
        entry: &[u8],
        leaf: Hash32,
        observer: &mut dyn Observer,
    ) -> Option<Checked> {
        match self.follow(index, entry, leaf, observer) {
            Ok(checked) => Some(checked),
            Err((code, detail)) => {
                self.find(code, Some(index), detail);
                None
            }
        }
    }

    fn follow(
        &mut self,
        index: u64,
        entry: &[u8],
        leaf: Hash32,
        observer: &mut dyn Observer,
    ) -> Result<Checked, Wrong> {
        let signed =
            SignedRecord::decode(entry).map_err(|e| (FindingCode::RecordMalformed, e.to_string()))?;
        if index == 0 && self.identity.read_genesis(signed.unverified())? {
            self.add_own_checkpoint();
        }
        let verified = self.identity.verify(signed, &self.state, index)?;
        self.place(index, verified.record())?;
        observer.before(verified.record(), &self.state);
        self.decide(verified, leaf)
    }

    fn place(&self, index: u64, record: &Record) -> Result<(), Wrong> {
        if record.index != Index::new(index) {
            return Err((FindingCode::IndexWrong, format!("it says {}", record.index)));
        }
        let root = Hash32(*self.tree.root().bytes());
        if record.prior != root {
            return Err((
                FindingCode::PriorWrong,
                format!("it says {}, the records before it give {root}", record.prior),
            ));
        }
        if record.prev_control != self.state.last_control {
            return Err((FindingCode::PrevControlWrong, String::new()));
        }
        if record.time < self.state.time {
            return Err((FindingCode::TimeWentBack, String::new()));
        }
        remake::suppressed(record, self.state.may_have_suppressed())
    }

    /// Makes the decision again, and compares.
    fn decide(&mut self, verified: Verified, leaf: Hash32) -> Result<Checked, Wrong> {
        let record = verified.into_record();
        known_version(&record)?;
        let decision = remake::again(&self.state, &record)?;
        self.first_time.get_or_insert(record.time);
        self.tally.count(&record);
        let about = record.input.payment().unwrap_or(record.index);
        let before = self.state.payments.get(&about).cloned();
        self.state.seal(decision.pending, leaf);
        self.tally.moved(before.as_ref(), self.state.payments.get(&about));
        self.tally.adopted(record.index, &self.state);
        Ok(Checked { record, leaf })
    }

    /// The report on what was pushed. Without a time a `max_age` in the trust is not checked, and not fulfilled.
    pub fn finish(self) -> Report {
        self.report(None)
    }

    /// The report on what was pushed, at the time `now`.
    pub fn finish_at(self, now: Time) -> Report {
        self.report(Some(now))
    }

    fn report(mut self, now: Option<Time>) -> Report {
        if self.tree.size() == 0 && self.findings.is_empty() {
            self.find(FindingCode::EmptyLog, None, "there is nothing to verify".into());
        }
        self.judge_targets();
        let in_force = self.state.policy.as_ref().map(|policy| policy.digest);
        if let Some(expected) = self.trust.as_ref().and_then(|trust| trust.policy)
            && !self.interrupted
            && in_force != Some(expected)
        {
            let detail = in_force
                .map_or_else(|| "no policy is in force".into(), |digest| format!("{digest} is in force"));
            self.find(FindingCode::PolicyNotExpected, None, detail);
        }
        let summary = self.tally.summary(&self.state);
        let assurance = self.trust.as_ref().map(|trust| match &trust.checkpoint {
            // A checkpoint of no records pins none.
            Some(pinned) if pinned.size > 0 => Level::PinnedCheckpoint,
            _ => Level::LogKey,
        });
        let required = self.trust.as_ref().map(|trust| trust.require);
        let not_checked = Unchecked {
            trust: self.trust.as_ref(),
            size: self.tree.size(),
            followed: self.followed,
            has_checkpoint: self.own_checkpoint.is_some(),
            state: &self.state,
            tally: &self.tally,
            last_time: self.first_time.map(|_| self.state.time),
            now,
            resumed: self.resumed,
            interrupted: self.interrupted,
        }
        .list();
        let verdict = Verdict::of(&self.findings, &not_checked, assurance, required);
        Report {
            verdict,
            exit_code: verdict.exit_code(),
            assurance,
            required,
            not_checked,
            scope: Scope {
                origin: self.identity.origin().map(ToString::to_string),
                log_key: self.identity.first_key().map(ToString::to_string),
                records: self.tree.size(),
                pinned: self.trust.as_ref().and_then(|trust| Some(trust.checkpoint.as_ref()?.size)),
                followed: self.followed,
                root: self.tree.root().to_string(),
                first_time: self.first_time.map(Time::millis),
                last_time: self.first_time.map(|_| self.state.time.millis()),
                tool: TOOL,
                bundle: None,
            },
            summary,
            findings: self.findings,
        }
    }
}
