//! Signed statements inside an input: whether they reach as many people as it takes (section 2).

use std::collections::BTreeSet;

use counterfoil_decide::policy::{Policy, Power};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, SignedStatement, SubjectKind};
use counterfoil_record::verdict::Code;
use counterfoil_record::{Hash32, Id, Index, Octets, Time};

use super::row::ensure;
use super::world::World;

/// One key of one person in one role.
pub(super) struct Member {
    pub role: Id,
    pub person: Id,
    pub key: NamedKey,
}

/// What a statement has to be about.
pub(super) struct Subject {
    pub kind: SubjectKind,
    pub digest: Hash32,
    pub against: Index,
}

fn members<'k>(role: &Id, people: impl IntoIterator<Item = (&'k Id, &'k Vec<NamedKey>)>) -> Vec<Member> {
    let member =
        |person: &Id, key: &NamedKey| Member { role: role.clone(), person: person.clone(), key: key.clone() };
    let people = people.into_iter();
    people.flat_map(|(person, keys)| keys.iter().map(move |key| member(person, key))).collect()
}

/// The members of the governance, in the role `governance`.
pub(super) fn governance(world: &World<'_>) -> Vec<Member> {
    let role = "governance".parse().unwrap();
    let governance = world.opened().governance.as_ref();
    governance.map(|governance| members(&role, &governance.members)).unwrap_or_default()
}

pub(super) fn role(policy: &Policy, role: &Id) -> Vec<Member> {
    policy.roles.get(role).map(|people| members(role, &people.members)).unwrap_or_default()
}

/// Everybody who is in the governance or in a role of the policy.
pub(super) fn anybody(world: &World<'_>) -> Vec<Member> {
    let roles = world
        .policy()
        .into_iter()
        .flat_map(|policy| policy.roles.iter().flat_map(|(role, people)| members(role, &people.members)));
    governance(world).into_iter().chain(roles).collect()
}

/// The keys of an agent, in the role `agent`.
pub(super) fn agent(policy: &Policy, agent: &Id) -> Vec<Member> {
    let role = "agent".parse().unwrap();
    policy.agents.get(agent).map(|rule| members(&role, [(agent, &rule.keys)])).unwrap_or_default()
}

/// Whose key a statement names: by role, name and thumbprint.
fn signer<'g>(group: &'g [Member], signed: &SignedStatement) -> Option<&'g Member> {
    group.iter().find(|member| member.role == signed.unverified().role && signed.names(&member.key))
}

/// The person of a role of the policy whose key a statement names.
pub(super) fn person(world: &World<'_>, signed: &SignedStatement) -> Option<Id> {
    let group = role(world.policy()?, &signed.unverified().role);
    signer(&group, signed).map(|member| member.person.clone())
}

/// Decodes a statement that is about this log.
pub(super) fn decode(world: &World<'_>, bytes: &Octets) -> Result<SignedStatement, Code> {
    let signed = SignedStatement::decode(bytes.as_slice()).map_err(|_| Code::StatementMalformed)?;
    ensure(signed.unverified().origin == world.opened().origin, Code::StatementForAnotherLog)?;
    Ok(signed)
}

/// Who of the group signed, by a key that is not revoked, and not expired at `now`.
pub(super) fn verify(
    world: &World<'_>,
    signed: &SignedStatement,
    group: &[Member],
    now: Time,
) -> Result<Id, Code> {
    let member = signer(group, signed).ok_or(Code::SignerNotInRole)?;
    let thumbprint = member.key.key().thumbprint();
    ensure(!world.opened().revoked.contains(&thumbprint), Code::KeyRevoked)?;
    ensure(signed.is_signed_by(member.key.key()), Code::StatementSignature)?;
    ensure(now <= signed.unverified().expires, Code::StatementExpired)?;
    Ok(member.person.clone())
}

/// The person of the group who approves exactly this.
pub(super) fn approval(
    world: &World<'_>,
    bytes: &Octets,
    group: &[Member],
    subject: &Subject,
    now: Time,
) -> Result<Id, Code> {
    let signed = decode(world, bytes)?;
    let said = signed.unverified();
    let fits = said.answer == Answer::Approve
        && said.kind == subject.kind
        && said.digest == subject.digest
        && said.against == subject.against
        && said.run.is_none()
        && said.phase.is_none();
    ensure(fits, Code::StatementSubject)?;
    verify(world, &signed, group, now)
}

/// How many different people of the group the statements reach, if they are at least `needed`.
pub(super) fn reach(
    world: &World<'_>,
    statements: &[Octets],
    group: &[Member],
    needed: u64,
    subject: &Subject,
    now: Time,
) -> Result<u64, Code> {
    ensure(statements.len() <= 16, Code::TooMany)?;
    let mut people = BTreeSet::new();
    for bytes in statements {
        people.insert(approval(world, bytes, group, subject, now)?);
    }
    let people = u64::try_from(people.len()).unwrap();
    ensure(people >= needed, Code::QuorumNotReached)?;
    Ok(people)
}

/// With a governance the statements reach its quorum; without one there are none.
pub(super) fn governed(
    world: &World<'_>,
    statements: &[Octets],
    kind: SubjectKind,
    digest: Hash32,
    now: Time,
) -> Result<(), Code> {
    let log = world.opened();
    let Some(governance_of) = &log.governance else {
        return ensure(statements.is_empty(), Code::NoPower);
    };
    let subject = Subject { kind, digest, against: log.control };
    reach(world, statements, &governance(world), governance_of.quorum, &subject, now).map(drop)
}

/// The statements reach a power of the policy.
pub(super) fn empowered(
    world: &World<'_>,
    statements: &[Octets],
    power: impl Fn(&Policy) -> Option<&Power>,
    subject: &Subject,
    now: Time,
) -> Result<u64, Code> {
    let policy = world.policy().ok_or(Code::NoPolicy)?;
    let power = power(policy).ok_or(Code::NoPower)?;
    reach(world, statements, &role(policy, &power.role), power.approvals, subject, now)
}
