//! The auditor: one entry after the other, each against everything before it.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use counterfoil_decide::{SEMANTICS, State, Step};
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{
    FORMAT, Hash32, Id, Index, Input, Record, SignedRecord, Text, Verified, VerifyError,
};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash};

use crate::finding::{Finding, FindingCode, NotChecked, NotCheckedCode};
use crate::note::{CheckpointError, OwnNote};
use crate::report::{Report, Scope, Verdict};
use crate::summary::Summary;
use crate::trust::{Level, Trust};

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
    /// The origin and first key that records must be of: from the trust, else from the genesis.
    log: Option<(Id, NamedKey)>,
    targets: Vec<Target>,
    tree: CompactRange,
    state: State,
    summary: Summary,
    findings: Vec<Finding>,
    first_time: Option<u64>,
    followed: u64,
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
            log: trust.as_ref().map(|trust| (trust.origin.clone(), trust.log.clone())),
            trust,
            own_checkpoint: checkpoint.map(String::from),
            own: None,
            targets: targets.into_iter().collect(),
            tree: CompactRange::new(),
            state: State::new(),
            summary: Summary::default(),
            findings: Vec::new(),
            first_time: None,
            followed: 0,
        };
        auditor.add_own_checkpoint();
        // A checkpoint of no records holds before the first.
        auditor.meet_targets();
        auditor
    }

    /// The log's own checkpoint can be read once its origin is known.
    fn add_own_checkpoint(&mut self) {
        let Some((origin, _)) = &self.log else { return };
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
        let index = self.tree.size();
        let broken = self.is_broken();
        let leaf = leaf_hash(entry);
        let checked = if broken { None } else { self.check(index, entry, Hash32(*leaf.bytes())) };
        self.tree.append(leaf);
        self.meet_targets();
        if checked.is_some() {
            self.followed = self.tree.size();
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
        if let Some(Err(error)) = self.own.as_ref().map(|note| self.check_own(note)) {
            self.targets.retain(|target| target.differs != FindingCode::CheckpointRoot);
            self.find(FindingCode::CheckpointInvalid, None, error.to_string());
        }
        for target in self.targets.clone() {
            let size = target.checkpoint.size;
            match target.met {
                Some(true) => {}
                Some(false) => self.find(target.differs, None, format!("at {size} records")),
                None => {
                    let held = self.tree.size();
                    let detail = format!("the checkpoint is of {size} records, the log has {held}");
                    self.find(target.shorter, None, detail);
                }
            }
        }
    }

    fn check_own(&self, note: &OwnNote) -> Result<(), CheckpointError> {
        let (origin, first) = self.log.as_ref().ok_or(CheckpointError::NoKey)?;
        let at = self.state.log_key_at(Index::new(note.checkpoint.size));
        let later = at.and_then(|key| NamedKey::new(origin.clone(), key).ok());
        note.check(later.as_ref().unwrap_or(first))
    }

    fn check(&mut self, index: u64, entry: &[u8], leaf: Hash32) -> Option<Checked> {
        match self.follow(index, entry, leaf) {
            Ok(checked) => Some(checked),
            Err((code, detail)) => {
                self.find(code, Some(index), detail);
                None
            }
        }
    }

    fn follow(&mut self, index: u64, entry: &[u8], leaf: Hash32) -> Result<Checked, (FindingCode, String)> {
        let signed =
            SignedRecord::decode(entry).map_err(|e| (FindingCode::RecordMalformed, e.to_string()))?;
        if index == 0 {
            self.read_genesis(signed.unverified())?;
        }
        let Some((origin, first)) = &self.log else { return Err((FindingCode::NoGenesis, String::new())) };
        let key = self.state.log_key_at(Index::new(index)).unwrap_or(*first.key());
        let verified = signed.verify(origin, &key).map_err(|error| (code_of(error), error.to_string()))?;
        self.place(index, verified.record())?;
        self.decide(verified, leaf)
    }

    /// The genesis says which key and origin it is about. With trust, that must be the trusted ones;
    /// without, it is all there is.
    fn read_genesis(&mut self, record: &Record) -> Result<(), (FindingCode, String)> {
        let Input::Genesis(genesis) = &record.input else {
            return Err((FindingCode::NoGenesis, "the first record opens no log".into()));
        };
        let key = PublicKey::from_bytes(genesis.log_key.0)
            .ok()
            .and_then(|key| NamedKey::new(genesis.origin.clone(), key).ok())
            .ok_or_else(|| (FindingCode::NoGenesis, "the log's key may not sign".into()))?;
        match &self.log {
            Some((origin, trusted)) if *origin != genesis.origin || *trusted != key => {
                Err((FindingCode::GenesisDiffers, format!("the genesis names {key}")))
            }
            Some(_) => Ok(()),
            None => {
                self.log = Some((genesis.origin.clone(), key));
                self.add_own_checkpoint();
                Ok(())
            }
        }
    }

    fn place(&self, index: u64, record: &Record) -> Result<(), (FindingCode, String)> {
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
        match record.suppressed {
            None => Ok(()),
            Some(1..) if self.state.may_have_suppressed() => Ok(()),
            Some(count) => Err((FindingCode::SuppressedWrong, format!("it says {count}"))),
        }
    }

    /// Makes the decision again, and compares.
    fn decide(&mut self, verified: Verified, leaf: Hash32) -> Result<Checked, (FindingCode, String)> {
        let record = verified.into_record();
        if let Input::Genesis(genesis) = &record.input {
            if genesis.semantics != SEMANTICS {
                return Err((FindingCode::UnknownSemantics, format!("semantics {}", genesis.semantics)));
            }
            if genesis.format != FORMAT {
                return Err((FindingCode::UnknownFormat, format!("format {}", genesis.format)));
            }
        }
        let decision = match self.state.step(&record.input, record.time) {
            Step::Record(decision) => decision,
            Step::Counted(_) => {
                return Err((FindingCode::RecordNotOwed, "it had only to be counted".into()));
            }
            Step::Repeat(repeat) => {
                return Err((FindingCode::RecordNotOwed, format!("record {} answered it", repeat.payment)));
            }
        };
        let (stated, owed) = (&record.verdict, &decision.verdict);
        if stated != owed {
            let same_but_trace = counterfoil_record::Verdict { trace: Vec::new(), ..stated.clone() }
                == counterfoil_record::Verdict { trace: Vec::new(), ..owed.clone() };
            return Err(if same_but_trace {
                let at = stated.trace.iter().zip(&owed.trace).find(|(stated, owed)| stated != owed);
                let check = at.map_or("a check", |(_, owed)| owed.check.code());
                (FindingCode::TraceDoesNotFollow, format!("{check} differs from what the decision gives"))
            } else {
                let detail = format!("it says {}, the decision gives {}", stated.outcome, owed.outcome);
                (FindingCode::DecisionDoesNotFollow, detail)
            });
        }
        // INVARIANT: what follows a genesis that was refused would follow from nothing.
        if record.index == Index::GENESIS && stated.outcome != Outcome::Accepted {
            return Err((FindingCode::NoGenesis, "the genesis was refused".into()));
        }
        self.first_time.get_or_insert(record.time.millis());
        self.summary.count(&record);
        let about = record.input.payment().unwrap_or(record.index);
        let before = self.state.payments.get(&about).cloned();
        self.state.seal(decision.pending, leaf);
        self.summary.moved(before.as_ref(), self.state.payments.get(&about));
        self.summary.adopted(record.index.value(), &self.state);
        Ok(Checked { record, leaf })
    }

    /// The report on what was pushed.
    pub fn finish(mut self) -> Report {
        if self.tree.size() == 0 && self.findings.is_empty() {
            self.find(FindingCode::EmptyLog, None, "there is nothing to verify".into());
        }
        self.judge_targets();
        let in_force = self.state.policy.as_ref().map(|policy| policy.digest);
        if let Some(expected) = self.trust.as_ref().and_then(|trust| trust.policy)
            && in_force != Some(expected)
        {
            let detail = in_force
                .map_or_else(|| "no policy is in force".into(), |digest| format!("{digest} is in force"));
            self.find(FindingCode::PolicyNotExpected, None, detail);
        }
        self.summary.conclude(&self.state);
        let assurance = self.trust.as_ref().map(|trust| match &trust.checkpoint {
            // A checkpoint of no records pins none.
            Some(pinned) if pinned.size > 0 => Level::PinnedCheckpoint,
            _ => Level::LogKey,
        });
        let required = self.trust.as_ref().map(|trust| trust.require);
        let verdict = self.verdict(assurance, required);
        Report {
            verdict,
            exit_code: verdict.exit_code(),
            assurance,
            required,
            not_checked: self.not_checked(),
            scope: Scope {
                origin: self.log.as_ref().map(|(origin, _)| origin.to_string()),
                log_key: self.log.as_ref().map(|(_, key)| key.to_string()),
                records: self.tree.size(),
                pinned: self.trust.as_ref().and_then(|trust| Some(trust.checkpoint.as_ref()?.size)),
                followed: self.followed,
                root: self.tree.root().to_string(),
                first_time: self.first_time,
                last_time: self.first_time.map(|_| self.state.time.millis()),
                tool: concat!("counterfoil-audit ", env!("CARGO_PKG_VERSION")),
            },
            summary: self.summary,
            findings: self.findings,
        }
    }

    fn verdict(&self, assurance: Option<Level>, required: Option<Level>) -> Verdict {
        let any = |which: fn(FindingCode) -> bool| self.findings.iter().any(|finding| which(finding.code));
        if any(|code| !code.is_contradiction() && !code.is_undecided()) {
            Verdict::Failed
        } else if any(FindingCode::is_contradiction) {
            Verdict::Contradiction
        } else if any(FindingCode::is_undecided) {
            Verdict::Undecided
        } else if assurance.is_none() || assurance < required {
            Verdict::Insufficient
        } else {
            Verdict::Verified
        }
    }

    fn not_checked(&self) -> Vec<NotChecked> {
        let mut list = Vec::new();
        let mut add = |code, detail: String| list.push(NotChecked { code, detail });
        let size = self.tree.size();
        match &self.trust {
            None => add(NotCheckedCode::NoTrust, "the log's key is the log's own word".into()),
            Some(trust) => match &trust.checkpoint {
                None => {
                    let detail = "a log that its operator rewrote or cut looks the same";
                    add(NotCheckedCode::NoPinnedCheckpoint, detail.into());
                }
                Some(pinned) if pinned.size < size => {
                    let detail = format!(
                        "records {} to {} rest on the operator's key alone",
                        pinned.size,
                        size.saturating_sub(1)
                    );
                    add(NotCheckedCode::AfterPinned, detail);
                }
                Some(_) => {}
            },
        }
        if self.own_checkpoint.is_none() {
            add(NotCheckedCode::NoCheckpoint, "the log carries no checkpoint of its own".into());
        }
        if self.is_broken() {
            let detail =
                format!("records {} to {} were not decided again", self.followed, size.saturating_sub(1));
            add(NotCheckedCode::AfterBreak, detail);
        }
        if self.state.governance.is_none() {
            add(NotCheckedCode::Governance, "policies and keys are changed by the operator alone".into());
        }
        add(
            NotCheckedCode::AgentsAsserted,
            "which agent without keys asked, and for which principal, is the operator's word".into(),
        );
        if !self.summary.mandates.is_empty() {
            let forms: Vec<&str> = self.summary.mandates.iter().map(String::as_str).collect();
            let detail = format!("what mandates say, and who signed them: {}", forms.join(", "));
            add(NotCheckedCode::Mandates, detail);
        }
        for (key, since) in self.state.revoked.iter().filter_map(|(key, it)| Some((key, it.since?))) {
            add(NotCheckedCode::CompromisedKeys, format!("what {key} signed in records from {since} on"));
        }
        if self.summary.suppressed > 0 {
            let detail = format!("{} refusals were only counted", self.summary.suppressed);
            add(NotCheckedCode::Suppressed, detail);
        }
        if !self.summary.erased.is_empty() {
            let count = self.summary.erased.len();
            let detail = format!("the private values of {count} commitments were erased by signed order");
            add(NotCheckedCode::Erased, detail);
        }
        add(
            NotCheckedCode::PrivateText,
            "purposes, reasons, queries and envelopes were not held against their commitments".into(),
        );
        add(
            NotCheckedCode::Reconciliation,
            "no chain or facilitator extract was compared with the log".into(),
        );
        list
    }
}

const fn code_of(error: VerifyError) -> FindingCode {
    match error {
        VerifyError::Origin => FindingCode::RecordOfAnotherLog,
        VerifyError::Kid | VerifyError::Algorithm => FindingCode::RecordOfAnotherKey,
        VerifyError::Claims => FindingCode::RecordClaims,
        VerifyError::Format => FindingCode::UnknownFormat,
        VerifyError::Signature => FindingCode::RecordSignature,
    }
}
