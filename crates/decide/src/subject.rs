//! What a statement answers or says: a digest over everything that it depends on.

use counterfoil_record::input::Pay;
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::{CheckName, CheckResult, OperandName, Outcome};
use counterfoil_record::{Hash32, Id, Index, Input, Time, Verdict};

use crate::state::{InForce, Run, State};

/// What a person is asked: the fields of a statement that say what it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing is answered.
    pub kind: SubjectKind,
    /// The digest of exactly what is answered.
    pub digest: Hash32,
    /// The record that is answered.
    pub against: Index,
}

/// The subject of a held payment:
/// `SHA-256("counterfoil/subject/payment/1" || 0x00 || request digest || policy digest)`.
pub(crate) fn of_payment(request: &Hash32, policy: &InForce) -> Hash32 {
    Hash32::of(&[b"counterfoil/subject/payment/1\0", request.bytes(), policy.digest.bytes()])
}

/// The subject of entering `phase`: policy digest, run, phase, and each artefact that the phase demands.
/// It is answered against the latest record that it depends on, so that no answer serves twice.
/// The time is that record's: since then it can be asked. `None` where the policy has no such phase or an
/// artefact is missing.
pub(crate) fn of_phase(index: Index, run: &Run, phase: &Id, policy: &InForce) -> Option<(Subject, Time)> {
    let rule = policy.policy.phases.get(phase)?;
    let mut digest = Hash32::of(&[
        b"counterfoil/subject/phase/1\0",
        policy.digest.bytes(),
        &index.value().to_be_bytes(),
        phase.as_str().as_bytes(),
    ]);
    let mut against = run.phase_since;
    for name in &rule.artefacts {
        let artefact = run.artefacts.get(name)?;
        digest = Hash32::of(&[digest.bytes(), artefact.digest.bytes(), name.as_str().as_bytes()]);
        digest = Hash32::of(&[digest.bytes(), &artefact.since.index.value().to_be_bytes()]);
        against = against.max(artefact.since);
    }
    Some((Subject { kind: SubjectKind::Phase, digest, against: against.index }, against.time))
}

impl Subject {
    /// What has to be signed for a `pay` that `verdict` denies: the agent's request, or that the purchase may be
    /// made while another payment for it is open.
    pub fn lacking(pay: &Pay, verdict: &Verdict) -> Option<Self> {
        if verdict.outcome != Outcome::Deny {
            return None;
        }
        let of = |check, kind| {
            let row = verdict.row(check)?;
            let digest = row.hash(OperandName::Digest)?;
            let against = row.index(OperandName::Index).unwrap_or(pay.run);
            (row.result == CheckResult::Fail).then_some(Self { kind, digest, against })
        };
        of(CheckName::Agent, SubjectKind::Request).or(of(CheckName::Purchase, SubjectKind::Override))
    }
}

impl State {
    /// What statements for `input` have to say, if it comes to `verdict`: those that stand in it, or for a claim and
    /// the entry of a phase those that are collected for it. `None` where nobody is asked.
    pub fn asked(&self, input: &Input, verdict: &Verdict) -> Option<Subject> {
        match input {
            Input::Pay(pay) => Subject::lacking(pay, verdict),
            Input::Claim(claim) => self.subject_of_payment(claim.payment),
            Input::EnterPhase(enter) => self.subject_of_phase(enter.run, &enter.phase),
            input => self.subject_of(input),
        }
    }

    /// What approvers of the held `payment` are asked; `None` where it is not held.
    pub fn subject_of_payment(&self, payment: Index) -> Option<Subject> {
        let hold = self.payments.get(&payment)?.hold.as_ref()?;
        Some(Subject { kind: SubjectKind::Payment, digest: hold.subject, against: payment })
    }

    /// What approvers of `run` entering `phase` are asked; `None` where the phase is unknown or one of its
    /// artefacts is missing.
    pub fn subject_of_phase(&self, run: Index, phase: &Id) -> Option<Subject> {
        Some(of_phase(run, self.runs.get(&run)?, phase, self.policy.as_ref()?)?.0)
    }
}
