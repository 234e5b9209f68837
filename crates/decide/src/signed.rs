//! Signed statements inside an input: who must have signed for it, and whether they did.
//!
//! Such a statement is not collected. It stands in the input that it is for, against a record that the input
//! itself supersedes or uses up, so that it serves once; one for the clock is against the last control record, and serves
//! until its own end, which it never passes. One to erase is against the record whose value it erases and serves until it
//! expires: what is gone is not more gone the second time.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{Genesis, Scope};
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::private::Commitment;
use counterfoil_record::statement::{Answer, SignedStatement, SubjectKind};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Amount, Hash32, Id, Index, Input, Octets, Time};

use crate::policy::{GOVERNANCE, Policy};
use crate::state::{Revoked, State};
use crate::subject::Subject;

/// The most statements in one input.
const STATEMENTS_MOST: usize = 16;

/// Who can sign, in which role.
pub(crate) struct Group<'s> {
    role: &'s str,
    people: Vec<(&'s Id, &'s [NamedKey])>,
}

impl<'s> Group<'s> {
    pub(crate) fn of(role: &'s str, members: &'s BTreeMap<Id, Vec<NamedKey>>) -> Self {
        Self { role, people: members.iter().map(|(person, keys)| (person, keys.as_slice())).collect() }
    }

    /// One party with its keys.
    pub(crate) fn one(role: &'s str, name: &'s Id, keys: &'s [NamedKey]) -> Self {
        Self { role, people: Vec::from([(name, keys)]) }
    }
}

/// Those whose signatures an input takes, and how many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signers<'s> {
    /// The role that they sign in.
    pub role: &'s str,
    /// The people, with their keys.
    pub members: &'s BTreeMap<Id, Vec<NamedKey>>,
    /// How many different people it takes.
    pub needed: u64,
}

impl<'s> Signers<'s> {
    fn with_power(policy: &'s Policy, kind: SubjectKind) -> Result<Self, Code> {
        let power = policy.powers.of(kind).ok_or(Code::NoPower)?;
        let role = policy.roles.get(&power.role).ok_or(Code::NoPower)?;
        Ok(Self { role: power.role.as_str(), members: &role.members, needed: power.approvals })
    }

    fn who_govern(state: &'s State) -> Result<Self, Code> {
        let governance = state.governance.as_ref().ok_or(Code::NoPower)?;
        Ok(Self { role: GOVERNANCE, members: &governance.members, needed: governance.quorum })
    }

    fn group(&self) -> Group<'s> {
        Group::of(self.role, self.members)
    }
}

/// What it takes to check a statement.
pub(crate) struct Witness<'s> {
    pub(crate) genesis: &'s Genesis,
    pub(crate) revoked: &'s BTreeMap<Hash32, Revoked>,
    pub(crate) time: Time,
}

impl<'s> Witness<'s> {
    /// Whoever of `group` signed `statement`, if it says `saying`.
    pub(crate) fn check<'g>(
        &self,
        statement: &Octets,
        saying: &Subject,
        group: &Group<'g>,
    ) -> Result<&'g Id, Code> {
        let signed = self.read(statement)?;
        self.signer(&signed, saying, group)
    }

    /// A statement about this log, whatever it says.
    fn read(&self, statement: &Octets) -> Result<SignedStatement, Code> {
        let signed = SignedStatement::decode(statement.as_slice()).map_err(|_| Code::StatementMalformed)?;
        if signed.unverified().origin == self.genesis.origin {
            Ok(signed)
        } else {
            Err(Code::StatementForAnotherLog)
        }
    }

    fn signer<'g>(
        &self,
        signed: &SignedStatement,
        saying: &Subject,
        group: &Group<'g>,
    ) -> Result<&'g Id, Code> {
        let statement = signed.unverified();
        let says = statement.answer == Answer::Approve
            && statement.kind == saying.kind
            && statement.digest == saying.digest
            && statement.against == saying.against
            && statement.run.is_none()
            && statement.phase.is_none();
        if !says {
            return Err(Code::StatementSubject);
        }
        let keys = group.people.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (*person, key)));
        let found = keys.into_iter().find(|(_, key)| signed.names(key));
        let in_role = statement.role.as_str() == group.role;
        let (person, key) = found.filter(|_| in_role).ok_or(Code::SignerNotInRole)?;
        if self.revoked.contains_key(&signed.kid()) {
            Err(Code::KeyRevoked)
        } else if !signed.is_signed_by(key.key()) {
            Err(Code::StatementSignature)
        } else if self.time > statement.expires {
            Err(Code::StatementExpired)
        } else {
            Ok(person)
        }
    }

    /// How many different people of `group` say `saying`; each statement must be theirs.
    pub(crate) fn people(
        &self,
        statements: &[Octets],
        saying: &Subject,
        group: &Group<'_>,
    ) -> Result<u64, Code> {
        if statements.len() > STATEMENTS_MOST {
            return Err(Code::TooMany);
        }
        let people: Result<BTreeSet<&Id>, Code> =
            statements.iter().map(|statement| self.check(statement, saying, group)).collect();
        Ok(u64::try_from(people?.len()).unwrap_or(u64::MAX))
    }

    fn reach(
        &self,
        statements: &[Octets],
        saying: &Subject,
        group: &Group<'_>,
        needed: u64,
    ) -> Result<u64, Code> {
        let people = self.people(statements, saying, group)?;
        if people >= needed { Ok(people) } else { Err(Code::QuorumNotReached) }
    }

    /// Whether enough people with `power` say `saying`, and how many.
    pub(crate) fn reach_power(
        &self,
        statements: &[Octets],
        saying: &Subject,
        policy: &'s Policy,
    ) -> Result<u64, Code> {
        let signers = Signers::with_power(policy, saying.kind)?;
        self.reach(statements, saying, &signers.group(), signers.needed)
    }

    /// Whether the governance says `saying`. Where there is none, the operator alone decides, and nobody can sign.
    pub(crate) fn reach_governance(
        &self,
        statements: &[Octets],
        saying: &Subject,
        state: &'s State,
    ) -> Result<(), Code> {
        match Signers::who_govern(state) {
            Ok(signers) => self.reach(statements, saying, &signers.group(), signers.needed).map(|_| ()),
            Err(_) if statements.is_empty() => Ok(()),
            Err(code) => Err(code),
        }
    }

    /// Whether each of the statements is by somebody in the role that it names.
    pub(crate) fn each_in_its_role(
        &self,
        statements: &[Octets],
        saying: &Subject,
        state: &State,
    ) -> Result<(), Code> {
        if statements.len() > STATEMENTS_MOST {
            return Err(Code::TooMany);
        }
        for statement in statements {
            let signed = self.read(statement)?;
            let role = &signed.unverified().role;
            let group = if role.as_str() == GOVERNANCE {
                state.governance.as_ref().map(|governance| Group::of(GOVERNANCE, &governance.members))
            } else {
                let rule = state.policy.as_ref().and_then(|in_force| in_force.policy.roles.get(role));
                rule.map(|rule| Group::of(role.as_str(), &rule.members))
            };
            // What is said is looked at before who says it.
            let group = group.unwrap_or(Group { role: role.as_str(), people: Vec::new() });
            self.signer(&signed, saying, &group)?;
        }
        Ok(())
    }
}

impl State {
    /// The record that the next statement about policies, keys and suspension is against.
    fn control(&self) -> Index {
        self.last_control.unwrap_or(Index::GENESIS)
    }

    fn about_control(&self, kind: SubjectKind, parts: &[&[u8]]) -> Subject {
        Subject { kind, digest: digest(kind, parts), against: self.control() }
    }

    /// What the governance says to put a policy in force.
    pub(crate) fn policy_saying(&self, policy: &Hash32) -> Subject {
        self.about_control(SubjectKind::Policy, &[policy.bytes()])
    }

    /// What it says to put `new` in the place of the key `old`.
    pub(crate) fn rotation_saying(&self, old: &Hash32, new: &PublicKey) -> Subject {
        self.about_control(SubjectKind::Key, &[&[0], old.bytes(), new.bytes()])
    }

    /// What it says to revoke `key`.
    pub(crate) fn revocation_saying(&self, key: &Hash32, since: Option<Index>) -> Subject {
        let since = since.map(|since| since.value().to_be_bytes());
        let since = since.as_ref().map_or(&[][..], |since| since);
        self.about_control(SubjectKind::Key, &[&[1], key.bytes(), since])
    }

    /// What people say to suspend or resume.
    pub(crate) fn suspension_saying(&self, kind: SubjectKind, scope: &Scope) -> Subject {
        self.about_control(kind, &[&scope.to_bytes()])
    }

    /// What people say to move the clock.
    pub(crate) fn clock_saying(&self, to: Time) -> Subject {
        self.about_control(SubjectKind::Clock, &[&to.millis().to_be_bytes()])
    }

    /// Those who sign statements of `kind` that stand in the input that they are for.
    ///
    /// # Errors
    /// [`Code::NoPower`] where nobody does, [`Code::NoPolicy`] where there is no policy that could say so. A
    /// suspension may be signed by anybody who has a role.
    pub fn signers_of(&self, kind: SubjectKind) -> Result<Signers<'_>, Code> {
        match kind {
            SubjectKind::Policy | SubjectKind::Key => Signers::who_govern(self),
            _ => Signers::with_power(&self.policy.as_ref().ok_or(Code::NoPolicy)?.policy, kind),
        }
    }

    /// What the statements in `input` must say; `None` for an input that carries none. What an agent signs, and
    /// what people sign for a purchase, stands in the trace of the `pay` that lacks it.
    pub fn subject_of(&self, input: &Input) -> Option<Subject> {
        match input {
            Input::AdoptPolicy(adopt) => Some(self.policy_saying(&Hash32::of(&[adopt.policy.as_slice()]))),
            Input::RotateKey(rotate) => Some(self.rotation_saying(&rotate.old, rotate.new.key())),
            Input::RevokeKey(revoke) => Some(self.revocation_saying(&revoke.key, revoke.since)),
            Input::Suspend(suspend) => Some(self.suspension_saying(SubjectKind::Suspend, &suspend.scope)),
            Input::Resume(resume) => Some(self.suspension_saying(SubjectKind::Resume, &resume.scope)),
            Input::Clock(clock) => Some(self.clock_saying(clock.to)),
            Input::WriteOff(write_off) => {
                let last = self.payments.get(&write_off.payment)?.last;
                Some(write_off_saying(write_off.payment, write_off.amount, last))
            }
            Input::Erase(erase) => Some(erasure_saying(erase.record, erase.commitment)),
            _ => None,
        }
    }
}

/// What people say to give up `amount` of what is owed for `payment`, whose last record is `last`.
pub(crate) fn write_off_saying(payment: Index, amount: Amount, last: Index) -> Subject {
    let kind = SubjectKind::WriteOff;
    let (payment, amount) = (payment.value().to_be_bytes(), amount.units().to_be_bytes());
    Subject { kind, digest: digest(kind, &[&payment, &amount]), against: last }
}

/// What people say to have the value erased that `record` commits to with `commitment`.
pub(crate) fn erasure_saying(record: Index, commitment: Commitment) -> Subject {
    let kind = SubjectKind::Erase;
    let digest = digest(kind, &[&record.value().to_be_bytes(), commitment.0.bytes()]);
    Subject { kind, digest, against: record }
}

/// What an agent says to ask for a payment.
pub(crate) fn request_saying(request: &Hash32, key: &Id, run: Index) -> Subject {
    let kind = SubjectKind::Request;
    Subject { kind, digest: digest(kind, &[request.bytes(), key.as_str().as_bytes()]), against: run }
}

/// What people say to allow a purchase while the payment `open` is.
pub(crate) fn override_saying(
    request: &Hash32,
    key: &Id,
    purchase: &Hash32,
    policy: &Hash32,
    open: Index,
) -> Subject {
    let kind = SubjectKind::Override;
    let parts: [&[u8]; 4] = [request.bytes(), key.as_str().as_bytes(), purchase.bytes(), policy.bytes()];
    Subject { kind, digest: digest(kind, &parts), against: open }
}

/// `SHA-256("counterfoil/subject/" || kind || "/1" 00 || parts)`.
fn digest(kind: SubjectKind, parts: &[&[u8]]) -> Hash32 {
    let tag: [&[u8]; 3] = [b"counterfoil/subject/", kind.code().as_bytes(), b"/1\0"];
    Hash32::of(&[&tag, parts].concat())
}
