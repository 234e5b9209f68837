//! The verdict on a bundle.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str;

use counterfoil_record::verdict::{CheckName, CheckResult, Outcome};
use counterfoil_record::{Hash32, Id, Index, Input, Record, SignedRecord, Text, Time};
use counterfoil_tlog::{
    Checkpoint, ConsistencyError, Hash, leaf_hash, verify_consistency, verify_inclusions,
};

use super::replay::{Part, Replay, about, decides};
use super::{Bundle, BundleError, needs};
use crate::auditor::Checked;
use crate::finding::{Finding, FindingCode, NotChecked, NotCheckedCode};
use crate::identity::{Identity, Wrong};
use crate::note::{CheckpointError, OwnNote};
use crate::observer::Observer;
use crate::remake::{self, known_version};
use crate::report::{Report, Scope, Shown, TOOL, Verdict};
use crate::summary::Tally;
use crate::trust::{Level, Trust};
use crate::unchecked::Unchecked;

/// Audits the bundle in `bytes`. Nothing in it adds to the trust; without trust the verdict is at best `insufficient`.
/// `now` is held against a `max_age` in the trust; without it that is not fulfilled. `observer` sees the records; the
/// states that it is shown are those of the shown records alone.
///
/// Work and memory grow with the length of `bytes`, which is at most [`BUNDLE_MOST`](super::BUNDLE_MOST).
pub fn examine(bytes: &[u8], trust: Option<Trust>, now: Option<Time>, observer: &mut dyn Observer) -> Report {
    let mut examination = Examination {
        identity: Identity::of(trust.as_ref()),
        trust,
        checkpoint: None,
        replay: Replay::default(),
        tally: Tally::default(),
        findings: Vec::new(),
        unshown: Vec::new(),
        seen: Seen::default(),
        connected: false,
        now,
        shown: Shown { payments: Vec::new(), records: 0, complete_to: None, complete_to_time: None },
    };
    match Bundle::from_file(bytes) {
        Ok(bundle) => examination.run(&bundle, observer),
        Err(BundleError::UnknownVersion) => {
            examination.find(FindingCode::UnknownBundle, None, BundleError::UnknownVersion.to_string());
        }
        Err(error) => examination.find(FindingCode::BundleMalformed, None, error.to_string()),
    }
    examination.finish()
}

/// What is wrong, with the record that it is about.
type WrongAt = (FindingCode, Option<u64>, String);

/// What the records said so far.
#[derive(Debug, Default)]
struct Seen {
    followed: u64,
    first_time: Option<u64>,
    last_time: Option<u64>,
    /// The digest that each `start`, `stop` and `heartbeat` states, and its time.
    digests: BTreeMap<Index, (Hash32, u64)>,
    /// The last record about each payment that is explained, and its time.
    last: BTreeMap<Index, (Index, u64)>,
    /// The requests.
    asked: BTreeSet<Index>,
    /// The records about other payments that were taken on their word.
    on_word: Vec<u64>,
    /// The policies that explained payments were decided under.
    policies: BTreeSet<Hash32>,
    /// The explained payments that are not shown to be the first to their payee, though that was asked, each with the
    /// last decision that rests on it.
    first_payments: BTreeMap<Index, Index>,
}

struct Examination {
    trust: Option<Trust>,
    identity: Identity,
    checkpoint: Option<OwnNote>,
    replay: Replay,
    tally: Tally,
    findings: Vec<Finding>,
    /// What is not shown, and makes the verdict `insufficient`.
    unshown: Vec<NotChecked>,
    seen: Seen,
    /// Whether the pinned checkpoint is shown to be of the same tree.
    connected: bool,
    now: Option<Time>,
    shown: Shown,
}

impl Examination {
    fn find(&mut self, code: FindingCode, index: Option<u64>, detail: String) {
        let detail = Text::shown(detail).as_str().into();
        self.findings.push(Finding { code, index, detail });
    }

    fn run(&mut self, bundle: &Bundle, observer: &mut dyn Observer) {
        self.shown.payments = bundle.payments.iter().map(|index| index.value()).collect();
        self.shown.records = u64::try_from(bundle.records.len()).unwrap_or(u64::MAX);
        if bundle.payments.is_empty() {
            self.find(FindingCode::BundleMalformed, None, "it explains no payment".into());
            return;
        }
        let records = match self.records(bundle) {
            Ok(records) => records,
            Err((code, index, detail)) => return self.find(code, index, detail),
        };
        let explained: BTreeSet<Index> = bundle.payments.iter().copied().collect();
        for (signed, leaf, prior) in records {
            let index = signed.unverified().index.value();
            if let Err((code, detail)) = self.follow(signed, (leaf, prior), &explained, observer) {
                self.find(code, Some(index), detail);
                return;
            }
        }
        self.judge_checkpoint(bundle);
        self.judge_payments(bundle, &explained);
    }

    /// Every record, decoded, with its leaf hash and the root over the records before it, once all are shown to stand in
    /// the checkpoint's tree.
    fn records(&mut self, bundle: &Bundle) -> Result<Vec<(SignedRecord, Hash32, Hash32)>, WrongAt> {
        let mut records = Vec::new();
        let mut leaves = Vec::new();
        for shown in &bundle.records {
            let leaf = leaf_hash(&shown.entry.0);
            leaves.push((shown.index.value(), leaf));
            let signed = SignedRecord::decode(&shown.entry.0).map_err(|error| {
                (FindingCode::RecordMalformed, Some(shown.index.value()), error.to_string())
            })?;
            if signed.unverified().index != shown.index {
                let detail = format!("it says {}", signed.unverified().index);
                return Err((FindingCode::IndexWrong, Some(shown.index.value()), detail));
            }
            records.push((signed, Hash32(*leaf.bytes())));
        }
        let Some((first, _)) =
            records.first().filter(|(first, _)| first.unverified().index == Index::GENESIS)
        else {
            return Err((FindingCode::BundleRecordMissing, Some(0), "the genesis".into()));
        };
        self.identity.read_genesis(first.unverified()).map_err(|(code, detail)| (code, Some(0), detail))?;
        let checkpoint = self
            .read_checkpoint(bundle)
            .map_err(|error| (FindingCode::CheckpointInvalid, None, error.to_string()))?;
        let hashes: Vec<Hash> = bundle.hashes.iter().map(|hash| Hash::new(*hash.bytes())).collect();
        let before = verify_inclusions(&leaves, checkpoint.size, &hashes, &checkpoint.root)
            .map_err(|error| (FindingCode::BundleRoot, None, error.to_string()))?;
        let records = records.into_iter().zip(before);
        Ok(records.map(|((signed, leaf), before)| (signed, leaf, Hash32(*before.bytes()))).collect())
    }

    fn read_checkpoint(&mut self, bundle: &Bundle) -> Result<Checkpoint, CheckpointError> {
        let origin = self.identity.origin().ok_or(CheckpointError::NoKey)?;
        let note = str::from_utf8(&bundle.checkpoint.0).unwrap_or_default();
        let note = OwnNote::parse(note, origin)?;
        let checkpoint = note.checkpoint.clone();
        self.checkpoint = Some(note);
        Ok(checkpoint)
    }

    fn follow(
        &mut self,
        signed: SignedRecord,
        (leaf, prior): (Hash32, Hash32),
        explained: &BTreeSet<Index>,
        observer: &mut dyn Observer,
    ) -> Result<(), Wrong> {
        let index = signed.unverified().index.value();
        let record = self.identity.verify(signed, &self.replay.state, index)?.into_record();
        known_version(&record)?;
        self.place(&record, prior)?;
        let part = Replay::part(&record, explained);
        self.replay.align(&record, part)?;
        observer.before(&record, &self.replay.state);
        let payment = about(&record).unwrap_or(record.index);
        let decides = decides(&record, explained);
        if decides && self.may_be_first_payment(&record) {
            self.seen.first_payments.insert(payment, record.index);
        }
        let before = self.replay.state.payments.get(&payment).cloned();
        self.replay.take(&record, leaf, part)?;
        self.note(&record, part);
        if decides {
            self.seen.policies.extend(self.replay.state.policy.as_ref().map(|in_force| in_force.digest));
        }
        if explained.contains(&payment) {
            self.tally.count(&record);
            self.tally.moved(before.as_ref(), self.replay.state.payments.get(&payment));
        }
        self.tally.adopted(record.index, &self.replay.state);
        observer.after(&Checked { record, leaf }, &self.replay.state);
        Ok(())
    }

    fn place(&self, record: &Record, prior: Hash32) -> Result<(), Wrong> {
        let state = &self.replay.state;
        if record.prior != prior {
            let detail = format!("it says {}, the records before it give {prior}", record.prior);
            return Err((FindingCode::PriorWrong, detail));
        }
        if record.prev_control != state.last_control {
            let detail = record.prev_control.map_or_else(String::new, |it| format!("it names record {it}"));
            return Err((FindingCode::PrevControlWrong, detail));
        }
        if self.seen.last_time.is_some_and(|last| record.time.millis() < last) {
            return Err((FindingCode::TimeWentBack, String::new()));
        }
        // How many were refused, records say that are left out; whether refusals can be only counted, the policy does.
        let limits = state.policy.as_ref().map(|in_force| &in_force.policy.limits);
        let are_counted = limits.is_some_and(|limits| limits.refusals_per_minute.is_some());
        remake::suppressed(record, are_counted)
    }

    /// Keeps what is asked of the records later.
    fn note(&mut self, record: &Record, part: Part) {
        let (seen, time) = (&mut self.seen, record.time.millis());
        if matches!(part, Part::Remade | Part::Fact) {
            seen.followed = seen.followed.saturating_add(1);
        }
        seen.first_time.get_or_insert(time);
        // What was refused for its time did not move the clock: the record after it may be earlier.
        if part != Part::Untimely {
            seen.last_time = Some(time);
        }
        if let Some(digest) = stated(&record.input)
            && record.verdict.outcome == Outcome::Accepted
        {
            seen.digests.insert(record.index, (digest, time));
        }
        if let Some(payment) = about(record) {
            seen.last.insert(payment, (record.index, time));
        }
        if matches!(record.input, Input::Pay(_)) {
            seen.asked.insert(record.index);
        }
        if part == Part::Word {
            seen.on_word.push(record.index.value());
        }
    }

    /// True if the decision asked whether its payee was paid before, and no shown record shows that it was: nor can any
    /// show that it was not.
    fn may_be_first_payment(&self, record: &Record) -> bool {
        let state = &self.replay.state;
        let gates =
            state.policy.as_ref().map(|in_force| in_force.policy.gates.as_slice()).unwrap_or_default();
        let applied = |id: &Id| {
            let row = record.verdict.trace.iter().find(|row| row.rule.as_ref() == Some(id));
            row.is_some_and(|row| row.check == CheckName::Gate && row.result != CheckResult::NotApplicable)
        };
        let asked = gates.iter().any(|gate| gate.when.first_payment_to_payee && applied(&gate.id));
        let known = needs::payee(&record.verdict).is_none_or(|payee| state.payees.contains(payee));
        asked && !known
    }

    /// The checkpoint is signed by the log's key of that size, and connected with the pinned one.
    fn judge_checkpoint(&mut self, bundle: &Bundle) {
        let Some(note) = &self.checkpoint else { return };
        let key = self.identity.key_at(&self.replay.state, note.checkpoint.size);
        let signed = key.ok_or(CheckpointError::NoKey).and_then(|key| note.check(&key));
        let checkpoint = note.checkpoint.clone();
        if let Err(error) = signed {
            return self.find(FindingCode::CheckpointInvalid, None, error.to_string());
        }
        let Some(pinned) = self.trust.as_ref().and_then(|trust| trust.checkpoint.clone()) else { return };
        if pinned.size == 0 {
            return;
        }
        let earlier = bundle.earlier.as_ref().filter(|earlier| earlier.size == pinned.size);
        let proof = match earlier {
            Some(earlier) => earlier.hashes.iter().map(|hash| Hash::new(*hash.bytes())).collect(),
            None if pinned.size == checkpoint.size => Vec::new(),
            None => return,
        };
        let found = verify_consistency(pinned.size, &pinned.root, checkpoint.size, &checkpoint.root, &proof);
        match found {
            Ok(()) => self.connected = true,
            Err(ConsistencyError::RootsDiffer) => {
                self.find(FindingCode::RootDiffersFromPinned, None, format!("at {} records", pinned.size));
            }
            Err(error) => self.find(FindingCode::BundleConsistency, None, error.to_string()),
        }
    }

    /// Each payment is there, and none of the records about it is left out.
    fn judge_payments(&mut self, bundle: &Bundle, explained: &BTreeSet<Index>) {
        let mut complete_to: Option<(Index, u64)> = None;
        let mut all = true;
        for payment in explained {
            let last = self.seen.last.get(payment).map(|(last, _)| *last);
            let Some(last) = last.filter(|_| self.seen.asked.contains(payment)) else {
                let detail = String::from("the payment that the bundle explains");
                self.find(FindingCode::BundleRecordMissing, Some(payment.value()), detail);
                all = false;
                continue;
            };
            // A fact about what was never allowed changes no state, and no state shows that there was none.
            let stands = self.replay.state.payments.get(payment);
            let allowed = stands.is_some_and(|payment| payment.terms.is_some());
            let at = bundle.standings.iter().find(|it| it.stood.index == *payment);
            let at = at.filter(|at| at.record > last);
            if at.is_none() || !allowed {
                let detail = format!("whether anything about payment {payment} came after record {last}");
                self.unshown.push(NotChecked { code: NotCheckedCode::LaterRecords, detail });
                all = false;
            }
            let Some(at) = at else { continue };
            let stated = self.seen.digests.get(&at.record).copied();
            let Some((digest, time)) = stated else {
                let detail = String::from("the record that says where a payment stands");
                self.find(FindingCode::BundleRecordMissing, Some(at.record.value()), detail);
                return;
            };
            let stands = match at.stood.digest() {
                Some(found) if found == digest => self.replay.stands_as(&at.stood),
                _ => Err("the state that the bundle gives has another digest".into()),
            };
            if let Err(detail) = stands {
                self.find(FindingCode::BundleStanding, Some(payment.value()), detail);
            }
            let so_far = complete_to.get_or_insert((at.record, time));
            *so_far = (*so_far).min((at.record, time));
        }
        let stranger = bundle.standings.iter().find(|it| !explained.contains(&it.stood.index));
        if let Some(stranger) = stranger {
            let detail =
                format!("it says where payment {} stands, and does not explain it", stranger.stood.index);
            self.find(FindingCode::BundleMalformed, None, detail);
        }
        if all && let Some((record, time)) = complete_to {
            self.shown.complete_to = Some(record.value());
            self.shown.complete_to_time = Some(time);
        }
    }

    fn not_checked(&self, size: u64) -> Vec<NotChecked> {
        let first = |record: &Index| NotChecked {
            code: NotCheckedCode::FirstPayment,
            detail: format!("that record {record} is the first payment to its payee"),
        };
        let mut list: Vec<NotChecked> = self.seen.first_payments.values().map(first).collect();
        list.extend(self.unshown.iter().cloned());
        let mut add = |code, detail: String| list.push(NotChecked { code, detail });
        let left_out = size.saturating_sub(self.shown.records);
        add(
            NotCheckedCode::RecordsLeftOut,
            format!(
                "{left_out} of {size} records are not shown: that none of them counts in the same budgets, plan items or \
                 mandates, pays for the same purchase, closed a run, moved its phase or plan or a transaction, changed \
                 policy, keys or suspensions unnamed, moved the clock further than the policy lets it, or says more of the payments, and where they stand at the end, is \
                 the log's signed word"
            ),
        );
        if let Some(first) = self.seen.on_word.first() {
            let (count, more) = (self.seen.on_word.len(), self.seen.on_word.len() > 1);
            let detail = format!(
                "{count} record{} about other payments, the first of them {first}, {} taken on the log's word",
                if more { "s" } else { "" },
                if more { "are" } else { "is" }
            );
            add(NotCheckedCode::OtherPayments, detail);
        }
        if !self.connected && self.trust.as_ref().is_some_and(|trust| trust.checkpoint.is_some()) {
            let detail = "the bundle does not show that its checkpoint and the pinned one are of one log";
            add(NotCheckedCode::NoPinnedCheckpoint, detail.into());
        }
        let unchecked = Unchecked {
            trust: self.trust.as_ref(),
            size,
            followed: size,
            has_checkpoint: self.checkpoint.is_some(),
            state: &self.replay.state,
            tally: &self.tally,
            last_time: self.as_of(),
            now: self.now,
            resumed: None,
            interrupted: false,
        };
        list.extend(unchecked.list());
        list
    }

    /// Up to when the bundle speaks of its payments: what a record beside them says is no sign of life.
    fn as_of(&self) -> Option<Time> {
        let last = self.shown.payments.iter().filter_map(|it| self.seen.last.get(&Index::new(*it)));
        let last = last.map(|(_, time)| *time).min();
        self.shown.complete_to_time.or(last).map(Time::from_millis)
    }

    fn finish(mut self) -> Report {
        let size = self.checkpoint.as_ref().map_or(0, |note| note.checkpoint.size);
        let root =
            self.checkpoint.as_ref().map_or_else(counterfoil_tlog::empty_root, |it| it.checkpoint.root);
        // Which policy is in force at the end no bundle shows: it is that of the decisions which is expected.
        if let Some(expected) = self.trust.as_ref().and_then(|trust| trust.policy)
            && self.findings.is_empty()
            && let Some(other) = self.seen.policies.iter().find(|digest| **digest != expected)
        {
            let detail = format!("a payment was decided under {other}");
            self.find(FindingCode::PolicyNotExpected, None, detail);
        }
        let not_checked = self.not_checked(size);
        let assurance =
            self.trust.as_ref().map(|_| if self.connected { Level::PinnedCheckpoint } else { Level::LogKey });
        let required = self.trust.as_ref().map(|trust| trust.require);
        let verdict = Verdict::of(&self.findings, &not_checked, assurance, required);
        let pinned = self.trust.as_ref().and_then(|trust| Some(trust.checkpoint.as_ref()?.size));
        let mut summary = self.tally.summary(&self.replay.state);
        let explained: BTreeSet<u64> = self.shown.payments.iter().copied().collect();
        summary.open.retain(|item| explained.contains(&item.payment));
        Report {
            verdict,
            exit_code: verdict.exit_code(),
            assurance,
            required,
            not_checked,
            scope: Scope {
                origin: self.identity.origin().map(ToString::to_string),
                log_key: self.identity.first_key().map(ToString::to_string),
                records: size,
                pinned: pinned.filter(|_| self.connected),
                followed: self.seen.followed,
                root: root.to_string(),
                first_time: self.seen.first_time,
                last_time: self.seen.last_time,
                tool: TOOL,
                bundle: Some(self.shown),
            },
            summary,
            findings: self.findings,
        }
    }
}

/// The state digest that a record states.
const fn stated(input: &Input) -> Option<Hash32> {
    match input {
        Input::Start(it) => Some(it.state),
        Input::Stop(it) => Some(it.state),
        Input::Heartbeat(it) => Some(it.state),
        _ => None,
    }
}
