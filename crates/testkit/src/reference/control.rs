//! The log itself: genesis, policy, keys, suspension, clock, erasure (section 3).

use std::collections::BTreeSet;

use counterfoil_decide::policy::{Policy, compile};
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{
    AdoptPolicy, Clock, Erase, Genesis, Governance, Resume, RevokeKey, RotateKey, Suspend,
};
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_record::statement::SubjectKind;
use counterfoil_record::verdict::Code;
use counterfoil_record::{Hash32, Index, Time, Verdict};

use super::digests;
use super::row::{accepted, answer, ensure, refused, too_large};
use super::statements::{self, Subject};
use super::world::{Log, World};

const POLICY_MOST: usize = 20 * 1024;

pub(super) fn genesis(input: &Genesis) -> Verdict {
    answer(may_open(input), None)
}

fn may_open(input: &Genesis) -> Result<(), Code> {
    ensure(input.format == 1 && input.semantics == 1, Code::UnknownVersion)?;
    let log_key = PublicKey::from_bytes(input.log_key.0).map_err(|_| Code::UnknownVersion)?;
    let Some(Governance { members, quorum }) = &input.governance else { return Ok(()) };
    let people = u64::try_from(members.len()).unwrap();
    let is_sound = (1..=32).contains(&members.len())
        && members.values().all(|keys| (1..=8).contains(&keys.len()))
        && (1..=people).contains(quorum);
    ensure(is_sound, Code::QuorumUnreachable)?;
    let mut seen = BTreeSet::from([log_key]);
    ensure(members.values().flatten().all(|key| seen.insert(*key.key())), Code::KeyShared)
}

/// The keys of the members of the governance.
fn governors(log: &Log) -> impl Iterator<Item = &NamedKey> {
    log.governance.iter().flat_map(|governance| governance.members.values().flatten())
}

pub(super) fn adopt_policy(world: &World<'_>, input: &AdoptPolicy, now: Time) -> Verdict {
    let (encoding, source) = (input.policy.as_slice(), input.source.as_slice());
    if encoding.len() > POLICY_MOST || source.len() > POLICY_MOST {
        return too_large(None);
    }
    match may_adopt(world, input, now) {
        Ok(()) => accepted(world.in_force.as_ref().map(|in_force| in_force.index)),
        Err(code) => refused(code, None),
    }
}

fn may_adopt(world: &World<'_>, input: &AdoptPolicy, now: Time) -> Result<(), Code> {
    let log = world.opened();
    let source = core::str::from_utf8(input.source.as_slice());
    let policy: Policy =
        source.ok().and_then(|source| compile(source).ok()).ok_or(Code::PolicyDoesNotCompile)?;
    ensure(policy.to_bytes() == input.policy.as_slice(), Code::PolicyDoesNotCompile)?;
    let is_shared =
        |key: &NamedKey| log.keys.contains(key.key()) || governors(log).any(|other| other.key() == key.key());
    ensure(!policy.keys().any(is_shared), Code::KeyShared)?;
    let is_revoked = |key: &NamedKey| log.revoked.contains(&key.key().thumbprint());
    ensure(!policy.keys().any(is_revoked), Code::KeyRevoked)?;
    let keep = policy.assets.iter().all(|(name, pin)| {
        let before = world.asset_names.get(name);
        before.is_none_or(|(id, decimals)| *id == pin.id && *decimals == pin.decimals)
    });
    ensure(keep, Code::AssetIdentityChanged)?;
    if let Some(before) = world.policy() {
        ensure(policy.version > before.version, Code::PolicyVersionNotRising)?;
        for budget in &policy.budgets {
            let same = before.budgets.iter().find(|other| other.id == budget.id).is_none_or(|other| {
                let asset = |money: &Option<counterfoil_decide::policy::Money>| {
                    money.as_ref().map(|money| money.asset.clone())
                };
                other.per == budget.per
                    && other.window == budget.window
                    && asset(&other.limit) == asset(&budget.limit)
            });
            ensure(same, Code::BudgetIdentityChanged)?;
        }
    }
    let digest = digests::policy(policy.digest());
    statements::governed(world, &input.statements, SubjectKind::Policy, digest, now)
}

pub(super) fn state_is(stated: Hash32, digest: Hash32) -> Verdict {
    answer(ensure(stated == digest, Code::StateDiffers), None)
}

pub(super) fn rotate_key(world: &World<'_>, input: &RotateKey, now: Time) -> Verdict {
    answer(may_rotate(world, input, now), None)
}

fn may_rotate(world: &World<'_>, input: &RotateKey, now: Time) -> Result<(), Code> {
    let log = world.opened();
    let present = log.keys.last().unwrap().thumbprint();
    let name = if present == input.old {
        Some(&log.origin)
    } else {
        governors(log).find(|key| key.key().thumbprint() == input.old).map(NamedKey::name)
    };
    ensure(name == Some(input.new.name()), Code::UnknownKey)?;
    let new = input.new.key();
    let is_taken = log.keys.contains(new)
        || governors(log).any(|key| key.key() == new)
        || world.policy().is_some_and(|policy| policy.keys().any(|key| key.key() == new))
        || log.revoked.contains(&new.thumbprint());
    ensure(!is_taken, Code::KeyShared)?;
    let digest = digests::rotation(input.old, new.bytes());
    statements::governed(world, &input.statements, SubjectKind::Key, digest, now)
}

pub(super) fn revoke_key(world: &World<'_>, input: &RevokeKey, now: Time) -> Verdict {
    answer(may_revoke(world, input, now), None)
}

fn may_revoke(world: &World<'_>, input: &RevokeKey, now: Time) -> Result<(), Code> {
    let log = world.opened();
    let is_it = |key: &PublicKey| key.thumbprint() == input.key;
    let is_known = log.keys.iter().any(is_it)
        || governors(log).any(|key| is_it(key.key()))
        || world.policy().is_some_and(|policy| policy.keys().any(|key| is_it(key.key())));
    ensure(is_known, Code::UnknownKey)?;
    ensure(!log.revoked.contains(&input.key), Code::KeyRevoked)?;
    ensure(!is_it(log.keys.last().unwrap()), Code::KeyInUse)?;
    ensure(input.since.is_none_or(|since| since <= world.own()), Code::UnknownKey)?;
    if let Some(governance) = &log.governance {
        let is_left = |key: &NamedKey| !is_it(key.key()) && !log.revoked.contains(&key.key().thumbprint());
        let left = governance.members.values().filter(|keys| keys.iter().any(is_left)).count();
        ensure(u64::try_from(left).unwrap() >= governance.quorum, Code::QuorumUnreachable)?;
    }
    let digest = digests::revocation(input.key, input.since);
    statements::governed(world, &input.statements, SubjectKind::Key, digest, now)
}

pub(super) fn suspend(world: &World<'_>, input: &Suspend, now: Time) -> Verdict {
    answer(may_suspend(world, input, now), None)
}

fn may_suspend(world: &World<'_>, input: &Suspend, now: Time) -> Result<(), Code> {
    let (payee, asset) = (input.scope.payee.as_ref(), input.scope.asset.as_ref());
    let is_account = |name: &str| name.parse::<Account>().is_ok_and(|it| it.to_string() == name);
    let is_asset = |name: &str| name.parse::<Asset>().is_ok_and(|it| it.to_string() == name);
    ensure(payee.is_none_or(|it| is_account(it.as_str())), Code::BadAccount)?;
    ensure(asset.is_none_or(|it| is_asset(it.as_str())), Code::BadAccount)?;
    ensure(!world.suspended.contains_key(&input.scope), Code::AlreadySuspended)?;
    if input.statements.is_empty() {
        return Ok(());
    }
    let digest = digests::suspension(&input.scope);
    let subject = Subject { kind: SubjectKind::Suspend, digest, against: world.opened().control };
    statements::reach(world, &input.statements, &statements::anybody(world), 1, &subject, now).map(drop)
}

pub(super) fn resume(world: &World<'_>, input: &Resume, now: Time) -> Verdict {
    match may_resume(world, input, now) {
        Ok(suspended) => accepted(Some(suspended)),
        Err(code) => refused(code, None),
    }
}

fn may_resume(world: &World<'_>, input: &Resume, now: Time) -> Result<Index, Code> {
    let suspended = world.suspended.get(&input.scope).ok_or(Code::NothingSuspended)?;
    let digest = digests::resumption(&input.scope);
    let subject = Subject { kind: SubjectKind::Resume, digest, against: world.opened().control };
    statements::empowered(world, &input.statements, |policy| policy.powers.resume.as_ref(), &subject, now)?;
    Ok(*suspended)
}

pub(super) fn clock(world: &World<'_>, input: &Clock, now: Time) -> Verdict {
    let against = world.opened().control;
    let subject = Subject { kind: SubjectKind::Clock, digest: digests::clock(input.to), against };
    let result =
        statements::empowered(world, &input.statements, |policy| policy.powers.clock.as_ref(), &subject, now)
            .and_then(|_| ensure(now <= input.to, Code::ClockJump));
    answer(result, None)
}

pub(super) fn erase(world: &World<'_>, input: &Erase, now: Time) -> Verdict {
    answer(may_erase(world, input, now), None)
}

fn may_erase(world: &World<'_>, input: &Erase, now: Time) -> Result<(), Code> {
    let policy = world.policy().ok_or(Code::NoPolicy)?;
    ensure(policy.powers.erase.is_some(), Code::NoPower)?;
    ensure(input.record < world.own(), Code::UnknownRecord)?;
    let digest = digests::erasure(input.record, input.commitment.0);
    let subject = Subject { kind: SubjectKind::Erase, digest, against: input.record };
    statements::empowered(world, &input.statements, |policy| policy.powers.erase.as_ref(), &subject, now)
        .map(drop)
}
