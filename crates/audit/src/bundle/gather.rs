//! Making a bundle: two walks over a log that was audited, then the choice of what is needed.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::state::{Contribution, Payment};
use counterfoil_decide::{State, Step};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{CheckName, Code, OperandName, Outcome};
use counterfoil_record::{Hash32, Index, Input, Record, SignedRecord, Verdict};
use counterfoil_tlog::note::Note;
use counterfoil_tlog::{Checkpoint, MemoryTree, leaf_hash, prove_consistency, prove_inclusions};

use super::needs::{Needs, chain};
use super::replay::{Replay, about, decides};
use super::{Bundle, Bytes, Earlier, PAYMENTS_MOST, RECORDS_MOST, Shown, StoodAt};
use crate::note::CheckpointError;
use crate::story::Story;

/// The most records that are tried whether they can be left out.
const TRIED_MOST: usize = 512;

/// Why no bundle can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// The log changed, or was not audited before.
    #[error("record {0} does not follow")]
    DoesNotFollow(Index),
    /// The log's own checkpoint cannot be read.
    #[error("the log's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Nothing was decided about the payment: its request was refused before its checks.
    #[error("payment {0} was not decided")]
    NotDecided(Index),
    /// The record of a payment comes after the log's checkpoint.
    #[error("payment {payment} was decided after the log's checkpoint of {size} records")]
    AfterCheckpoint {
        /// The payment.
        payment: Index,
        /// The checkpoint's size.
        size: u64,
    },
    /// It would take more records than a bundle may.
    #[error("it takes {0} records, more than a bundle may have")]
    TooLarge(usize),
    /// More payments than one bundle explains.
    #[error("{PAYMENTS_MOST} payments are the most that one bundle explains")]
    TooManyPayments,
    /// The tree does not give a proof.
    #[error("the log has fewer records than its checkpoint says")]
    Tree,
    /// The store does not give a record again.
    #[error("record {0}: {1}")]
    Read(Index, String),
}

/// Makes a bundle: [`Gather::push`] every entry under the checkpoint, in order; [`Gather::turn`]; push them again;
/// then [`Gather::finish`].
#[derive(Debug)]
pub struct Gather {
    stories: Vec<Story>,
    explained: BTreeSet<Index>,
    checkpoint: String,
    size: u64,
    state: State,
    tree: MemoryTree,
    second: bool,
    needs: Vec<Needs>,
    control: Vec<Index>,
    /// Up to where the control records are needed to know the log's key.
    rotated: Index,
    /// What each record is about, where it is about a payment.
    said: Vec<Option<Index>>,
    /// The records that were, at their time, the last about an explained payment.
    last: BTreeMap<Index, BTreeSet<Index>>,
    /// Payments that something which an explained one's wallet signed was bound to before.
    bound_before: BTreeSet<Index>,
    /// The last record that states a digest of a state with each payment.
    digests: BTreeMap<Index, Index>,
    chosen: BTreeSet<Index>,
    /// Other payments that are needed.
    payments: BTreeSet<Index>,
    /// Records that may turn out not to be needed.
    tried: BTreeSet<Index>,
    standings: Vec<StoodAt>,
}

impl Gather {
    /// For the payments of `stories`, which an audit of the log has told, under the log's own `checkpoint`, a signed note.
    ///
    /// # Errors
    /// [`GatherError::Checkpoint`], [`GatherError::TooManyPayments`], [`GatherError::NotDecided`], [`GatherError::AfterCheckpoint`].
    pub fn new(stories: Vec<Story>, checkpoint: String) -> Result<Self, GatherError> {
        let note = Note::parse(checkpoint.as_bytes()).map_err(CheckpointError::from)?;
        let size = Checkpoint::parse(note.text()).map_err(CheckpointError::from)?.size;
        if stories.len() > PAYMENTS_MOST {
            return Err(GatherError::TooManyPayments);
        }
        for story in &stories {
            let decided = story.decided.ok_or(GatherError::NotDecided(story.payment))?;
            if decided.value() >= size {
                return Err(GatherError::AfterCheckpoint { payment: story.payment, size });
            }
        }
        Ok(Self {
            explained: stories.iter().map(|story| story.payment).collect(),
            stories,
            checkpoint,
            size,
            state: State::new(),
            tree: MemoryTree::new(),
            second: false,
            needs: Vec::new(),
            control: Vec::new(),
            rotated: Index::GENESIS,
            said: Vec::new(),
            last: BTreeMap::new(),
            bound_before: BTreeSet::new(),
            digests: BTreeMap::new(),
            chosen: BTreeSet::new(),
            payments: BTreeSet::new(),
            tried: BTreeSet::new(),
            standings: Vec::new(),
        })
    }

    /// Takes the next entry of the walk; what is not under the checkpoint is left out.
    ///
    /// # Errors
    /// [`GatherError::DoesNotFollow`].
    pub fn push(&mut self, entry: &[u8]) -> Result<(), GatherError> {
        let index = self.state.size;
        if index.value() >= self.size {
            return Ok(());
        }
        let refused = GatherError::DoesNotFollow(index);
        let record = SignedRecord::decode(entry).map_err(|_| refused.clone())?.unverified().clone();
        let leaf = leaf_hash(entry);
        if self.second {
            self.before_again(&record);
        } else {
            self.tree.append(leaf);
            self.before(&record);
        }
        let Step::Record(decision) = self.state.step(&record.input, record.time) else { return Err(refused) };
        let payment = about(&record);
        let moved = payment.and_then(|payment| self.state.payments.get(&payment)).map(Payment::contribution);
        self.state.seal(decision.pending, Hash32(*leaf.bytes()));
        if self.second {
            self.after_again(&record, moved.unwrap_or_default());
        } else {
            self.after(&record);
        }
        Ok(())
    }

    /// Ends the first walk.
    pub fn turn(&mut self) {
        self.second = true;
        self.state = State::new();
        let chapters = self.stories.iter().flat_map(|story| &story.chapters);
        self.bound_before = chapters.filter_map(|chapter| bound_before(&chapter.verdict)).collect();
        self.payments.extend(self.bound_before.difference(&self.explained));
        for needs in &self.needs {
            for named in &needs.named {
                let at =
                    usize::try_from(named.value()).ok().and_then(|at| self.said.get(at).copied().flatten());
                self.payments.extend(at.filter(|payment| *payment != needs.payment));
            }
        }
    }

    fn before(&mut self, record: &Record) {
        if decides(record, &self.explained) {
            self.needs.extend(Needs::of(record, &self.state));
        }
        let states = matches!(record.input, Input::Start(_) | Input::Stop(_) | Input::Heartbeat(_));
        if states && record.verdict.outcome == Outcome::Accepted {
            for story in &self.stories {
                if self.state.payments.contains_key(&story.payment) {
                    self.digests.insert(story.payment, record.index);
                }
            }
        }
    }

    fn after(&mut self, record: &Record) {
        self.said.push(about(record));
        for story in &self.stories {
            let payment = self.state.payments.get(&story.payment);
            if payment.is_some_and(|payment| payment.last == record.index) {
                self.last.entry(story.payment).or_default().insert(record.index);
            }
        }
        if self.state.last_control == Some(record.index) {
            self.control.push(record.index);
            if matches!(record.input, Input::RotateKey(_)) {
                self.rotated = record.index;
            }
        }
    }

    fn before_again(&mut self, record: &Record) {
        for (payment, at) in &self.digests {
            let last = self.state.payments.get(payment).map(|payment| payment.last);
            let stood = if *at == record.index { self.state.stood(*payment) } else { None };
            // One that was followed by another record says nothing of the end.
            let ended = self.last.get(payment).and_then(|last| last.last().copied()) == last;
            if let Some(stood) = stood.filter(|_| ended) {
                self.standings.push(StoodAt { record: *at, stood });
                self.chosen.insert(*at);
            }
        }
    }

    fn after_again(&mut self, record: &Record, from: Contribution) {
        let Some(index) = about(record) else { return };
        let Some(payment) = self.state.payments.get(&index) else { return };
        let (to, run, terms) = (payment.contribution(), payment.run, payment.terms.clone());
        let others = self.needs.iter_mut().filter(|needs| needs.payment != index);
        let mut before = others.filter(|needs| record.index < needs.decided).peekable();
        let is_bound = self.bound_before.contains(&index);
        let is_named = before.peek().is_some() && self.payments.contains(&index);
        match terms {
            Some(terms) if terms.permit == record.index => {
                let (counts, shows_payee) =
                    before.fold((is_named || is_bound, false), |(counts, shows), needs| {
                        (counts | needs.counts(&terms), shows | needs.is_first_payee(&terms))
                    });
                if counts || shows_payee {
                    self.payments.insert(index);
                    let request = self.choose_request(index, run, record.index);
                    // Whether the payee was paid before may not matter.
                    self.tried.extend(request.into_iter().filter(|_| !counts));
                }
            }
            Some(_) if is_bound && matches!(record.input, Input::Bind(_)) => {
                self.chosen.insert(record.index);
            }
            Some(terms) if is_named => {
                let needed =
                    before.any(|needs| needs.named.contains(&record.index) || needs.sees(&terms, from, to));
                if needed {
                    self.chosen.insert(record.index);
                } else if from.reserved != to.reserved {
                    self.chosen.insert(record.index);
                    self.tried.insert(record.index);
                }
            }
            None if is_named => {
                self.choose_request(index, run, record.index);
            }
            // What comes of other payments after the decisions matters to nothing but the end of a transaction.
            Some(terms)
                if self.payments.contains(&index)
                    && from.reserved != to.reserved
                    && self.needs.iter().any(|needs| needs.is_beside(&terms)) =>
            {
                self.chosen.insert(record.index);
                self.tried.insert(record.index);
            }
            _ => {}
        }
    }

    /// A payment is there from the request on, with its runs.
    fn choose_request(&mut self, payment: Index, run: Index, record: Index) -> BTreeSet<Index> {
        let mut request = BTreeSet::from([payment, record]);
        request.extend(chain(&self.state, run));
        self.chosen.extend(&request);
        request
    }

    /// The bundle. `read` gives the bytes of a record again; `since` is the size of a checkpoint that readers have
    /// pinned.
    ///
    /// # Errors
    /// [`GatherError::TooLarge`], [`GatherError::Tree`], [`GatherError::Read`].
    pub fn finish(
        mut self,
        since: Option<u64>,
        read: &mut dyn FnMut(Index) -> Result<Vec<u8>, String>,
    ) -> Result<Bundle, GatherError> {
        self.chosen.insert(Index::GENESIS);
        for needs in &self.needs {
            self.chosen.extend(needs.runs.iter().copied());
        }
        for chapter in self.stories.iter().flat_map(|story| &story.chapters) {
            // A refusal changes nothing, but for one of what the wallet signed; nor does a fact about what is forgotten.
            let idle = chapter.verdict.outcome == Outcome::Refused
                || chapter.verdict.codes.contains(&Code::Unmatched);
            let shows = !idle || self.last.values().any(|last| last.contains(&chapter.index));
            let is_request = self.explained.contains(&chapter.index);
            if chapter.index.value() < self.size && (shows || is_request) && !is_control(&chapter.input) {
                self.chosen.insert(chapter.index);
                let is_about_it =
                    chapter.statement.as_ref().is_some_and(|it| it.kind == SubjectKind::Payment);
                if !is_about_it && chapter.input.payment().is_none() && !is_request {
                    self.tried.insert(chapter.index);
                }
            }
        }
        let last = self.chosen.last().copied().unwrap_or(Index::GENESIS).max(self.rotated);
        self.chosen.extend(self.control.iter().copied().filter(|index| *index <= last));
        if self.chosen.len() > RECORDS_MOST {
            return Err(GatherError::TooLarge(self.chosen.len()));
        }
        let mut records = Vec::new();
        for index in &self.chosen {
            let entry = read(*index).map_err(|error| GatherError::Read(*index, error))?;
            let signed = SignedRecord::decode(&entry).map_err(|_| GatherError::DoesNotFollow(*index))?;
            let leaf = Hash32(*leaf_hash(&entry).bytes());
            records.push(Candidate { record: signed.unverified().clone(), leaf, entry });
        }
        self.leave_out(&mut records);
        let indices: Vec<u64> = records.iter().map(|it| it.record.index.value()).collect();
        let hashes = prove_inclusions(&self.tree, &indices, self.size).map_err(|_| GatherError::Tree)?;
        let hash32 = |hash: &counterfoil_tlog::Hash| Hash32(*hash.bytes());
        let earlier = since.filter(|since| (1..self.size).contains(since)).and_then(|since| {
            let hashes = prove_consistency(&self.tree, since, self.size).ok()?;
            Some(Earlier { size: since, hashes: hashes.iter().map(hash32).collect() })
        });
        self.standings.sort_by_key(|it| it.stood.index);
        Ok(Bundle {
            payments: self.explained.into_iter().collect(),
            checkpoint: Bytes(self.checkpoint.into_bytes()),
            records: records
                .into_iter()
                .map(|it| Shown { index: it.record.index, entry: Bytes(it.entry) })
                .collect(),
            hashes: hashes.iter().map(hash32).collect(),
            earlier,
            standings: self.standings,
        })
    }

    /// Leaves out what nothing else depends on: whether such a record is there cannot be told.
    fn leave_out(&self, records: &mut Vec<Candidate>) {
        for index in self.tried.iter().rev().take(TRIED_MOST).copied() {
            let rest: Vec<&Candidate> = records.iter().filter(|it| it.record.index != index).collect();
            if self.follows(&rest) {
                records.retain(|it| it.record.index != index);
            }
        }
    }

    fn follows(&self, records: &[&Candidate]) -> bool {
        let mut replay = Replay::default();
        for it in records {
            let part = Replay::part(&it.record, &self.explained);
            if replay.align(&it.record, part).is_err()
                || it.record.prev_control != replay.state.last_control
                || replay.take(&it.record, it.leaf, part).is_err()
            {
                return false;
            }
        }
        self.standings.iter().all(|at| replay.stands_as(&at.stood).is_ok())
    }
}

#[derive(Debug)]
struct Candidate {
    record: Record,
    leaf: Hash32,
    entry: Vec<u8>,
}

const fn is_control(input: &Input) -> bool {
    matches!(
        input,
        Input::Genesis(_)
            | Input::AdoptPolicy(_)
            | Input::RotateKey(_)
            | Input::RevokeKey(_)
            | Input::Suspend(_)
            | Input::Resume(_)
    )
}

/// The payment that what a wallet signed was bound to before.
fn bound_before(verdict: &Verdict) -> Option<Index> {
    let row = verdict.row(CheckName::Obligation)?;
    row.text(OperandName::Obligation).and_then(|_| row.index(OperandName::Index))
}
