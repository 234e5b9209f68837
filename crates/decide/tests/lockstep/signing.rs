//! People, agents and governors, and what they sign.

use counterfoil_decide::Step;
use counterfoil_enforce::Signer as _;
use counterfoil_record::input::{self, RevokeKey, RotateKey};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, FORMAT, Statement, SubjectKind};
use counterfoil_record::verdict::{Operand, OperandName};
use counterfoil_record::{Hash32, Id, Index, Input, Octets, Time};
use counterfoil_testkit::keys;

use crate::inputs::Op;
use crate::world::World;

/// Keys that a rotation may bring, some of which are somebody's.
const FRESH: [&str; 6] = ["next-1", "next-2", "next-3", "next-4", "alice", "log"];

/// A name, and the label of the key that goes by it now.
pub(crate) type Party = (&'static str, &'static str);

/// The people of the policies' role.
const PEOPLE: [Party; 3] = [("alice", "alice"), ("bob", "bob"), ("erin", "erin")];

/// A statement signed with the key of `label` under `name`.
fn sign(label: &'static str, name: &str, statement: &Statement, at: u64) -> Octets {
    let named = NamedKey::new(name.parse().unwrap(), *keys::ed25519(label).public_key()).unwrap();
    let unsigned = statement.to_unsigned(&named, Time::from_millis(at));
    let signature = keys::ed25519(label).sign(&unsigned.to_be_signed()).unwrap();
    unsigned.finish(&signature).try_into().unwrap()
}

pub(crate) struct Said<'w> {
    pub(crate) world: &'w World,
    pub(crate) kind: SubjectKind,
    pub(crate) digest: Hash32,
    pub(crate) against: Index,
}

impl Said<'_> {
    fn statement(&self, role: &str, answer: Answer, lasts: u64) -> Statement {
        Statement {
            format: FORMAT,
            answer,
            origin: keys::ORIGIN.parse().unwrap(),
            role: role.parse().unwrap(),
            kind: self.kind,
            digest: self.digest,
            against: self.against,
            expires: Time::from_millis((self.world.now + lasts).saturating_sub(1_000)),
            run: None,
            phase: None,
        }
    }

    pub(crate) fn by(&self, (name, label): Party, role: &str, lasts: u64) -> Octets {
        sign(label, name, &self.statement(role, Answer::Approve, lasts), self.world.now)
    }
}

impl World {
    /// Statements in an input: enough of them mostly, and sometimes too few, too late, by the wrong people, or for
    /// something else.
    pub(crate) fn statements(&self, op: &Op, input: &Input, role: &str, people: &[Party]) -> Vec<Octets> {
        let Some(subject) = self.state.subject_of(input) else { return Vec::new() };
        let (mut digest, mut against) = (subject.digest, subject.against);
        let mut lasts = 3_600_000;
        match op.n[12] % 32 {
            28 => digest = Hash32::of(&[b"something else"]),
            29 => against = against.next(),
            30 => lasts = 0,
            _ => {}
        }
        let said = Said { world: self, kind: subject.kind, digest, against };
        let count = [2, 2, 2, 2, 2, 2, 3, 1, 0][usize::from(op.n[13]) % 9];
        let by = |at: usize| people[at % people.len()];
        (0..count).map(|at| said.by(by(if op.n[12] % 32 == 31 { 0 } else { at }), role, lasts)).collect()
    }

    pub(crate) fn governed(&self, op: &Op, input: &Input) -> Vec<Octets> {
        if self.governors.is_empty() {
            return if op.rarely(3, 8) {
                self.statements(op, input, "governance", &[("gail", "gail")])
            } else {
                Vec::new()
            };
        }
        self.statements(op, input, "governance", &self.governors)
    }

    pub(crate) fn empowered(&self, op: &Op, input: &Input) -> Vec<Octets> {
        self.statements(op, input, "finance", &PEOPLE)
    }

    /// An answer of somebody to a held payment.
    pub(crate) fn answer(&self, op: &Op) -> Option<Input> {
        let held = *op.late(0, &self.held)?;
        let subject = self.state.subject_of_payment(held)?;
        Some(self.answered(op, subject.kind, subject.digest, subject.against, None))
    }

    /// An answer of somebody to the question whether a run may enter `execute`.
    pub(crate) fn answer_phase(&self, op: &Op) -> Option<Input> {
        let run = *op.late(0, &self.runs)?;
        let phase: Id = "execute".parse().unwrap();
        let subject = self.state.subject_of_phase(run, &phase)?;
        Some(self.answered(op, subject.kind, subject.digest, subject.against, Some((run, phase))))
    }

    fn answered(
        &self,
        op: &Op,
        kind: SubjectKind,
        digest: Hash32,
        against: Index,
        entry: Option<(Index, Id)>,
    ) -> Input {
        let label = *op
            .pick(1, &["alice", "bob", "alice", "bob", "alice", "bob", "erin", "carol", "signer"])
            .expect("somebody");
        let answer = if op.rarely(2, 10) { Answer::Refuse } else { Answer::Approve };
        let lasts = op.of(3, &[3_600_000, 3_600_000, 60_000, 1_000, 0]);
        let said = Said { world: self, kind, digest, against };
        let mut statement = said.statement("finance", answer, lasts);
        (statement.run, statement.phase) = entry.unzip();
        match op.n[7] % 48 {
            28 => statement.against = against.next(),
            29 => statement.digest = Hash32::of(&[b"another"]),
            30 => statement.role = "audit".parse().unwrap(),
            31 => statement.kind = SubjectKind::Policy,
            _ => {}
        }
        let mut bytes = sign(label, label, &statement, self.now).as_slice().to_vec();
        if op.rarely(6, 24) {
            *bytes.last_mut().unwrap() ^= 1;
        }
        Input::Statement(input::Statement { statement: bytes.try_into().unwrap() })
    }

    pub(crate) fn rotate_key(&self, op: &Op) -> Input {
        let new = op.of(0, &FRESH);
        let (old, name) = if self.governors.is_empty() || op.n[1].is_multiple_of(2) {
            (self.log_key, keys::ORIGIN)
        } else {
            // The new key of a governor goes by the name of the old.
            let at = usize::from(op.n[2]) % self.governors.len();
            let (name, label) = self.governors[at];
            (label, name)
        };
        let mut rotate = RotateKey {
            old: keys::ed25519(old).public_key().thumbprint(),
            new: NamedKey::new(name.parse().unwrap(), *keys::ed25519(new).public_key()).unwrap(),
            statements: Vec::new(),
        };
        rotate.statements = self.governed(op, &Input::RotateKey(rotate.clone()));
        Input::RotateKey(rotate)
    }

    /// Takes over which key is whose now.
    pub(crate) fn rotated(&mut self, rotate: &RotateKey) {
        let thumbprint = |label: &str| keys::ed25519(label).public_key().thumbprint();
        let new = FRESH.iter().find(|label| keys::ed25519(label).public_key() == rotate.new.key());
        let new = *new.expect("a fresh key");
        if thumbprint(self.log_key) == rotate.old {
            self.log_key = new;
            return;
        }
        for (_, label) in &mut self.governors {
            if thumbprint(label) == rotate.old {
                *label = new;
            }
        }
    }

    pub(crate) fn revoke_key(&self, op: &Op) -> Input {
        let label = *op
            .pick(0, &["alice", "bob", "erin", "signer", "gail", "gus", "log", "stranger"])
            .expect("somebody");
        let size = self.state.size.value();
        let since = op.of(1, &[None, None, Some(size), Some(size / 2), Some(0), Some(size + 1)]);
        let mut revoke = RevokeKey {
            key: keys::ed25519(label).public_key().thumbprint(),
            since: since.map(Index::new),
            statements: Vec::new(),
        };
        revoke.statements = self.governed(op, &Input::RevokeKey(revoke.clone()));
        Input::RevokeKey(revoke)
    }

    /// An agent's request, signed.
    pub(crate) fn agent_request(&self, op: &Op, pay: &input::Pay) -> Option<Octets> {
        let without = input::Pay { request: None, ..pay.clone() };
        let Step::Record(decision) = self.state.step(&Input::Pay(without), Time::from_millis(self.now))
        else {
            return None;
        };
        let row = decision.verdict.trace.iter().find(|row| row.check.code() == "agent")?;
        let digest = match row.operands.get(&OperandName::Digest) {
            Some(Operand::Hash(digest)) => *digest,
            // An agent without keys that signs all the same.
            _ if op.rarely(9, 24) => Hash32::of(&[b"nothing"]),
            _ => return None,
        };
        let said = Said { world: self, kind: SubjectKind::Request, digest, against: pay.run };
        let label =
            op.of(5, &[("signer", "signer"), ("signer", "signer"), ("signer", "signer"), ("alice", "alice")]);
        (!op.rarely(9, 12)).then(|| said.by(label, "agent", if op.rarely(10, 7) { 1_000 } else { 600_000 }))
    }

    /// Signed overrides of people, for a purchase of which a payment is open.
    pub(crate) fn overrides(&self, op: &Op, pay: &input::Pay) -> Vec<Octets> {
        let step = self.state.step(&Input::Pay(pay.clone()), Time::from_millis(self.now));
        let Step::Record(decision) = step else { return Vec::new() };
        let row = decision.verdict.trace.iter().find(|row| row.check.code() == "purchase");
        let operand = |name| row.and_then(|row| row.operands.get(&name));
        let (Some(Operand::Hash(digest)), Some(Operand::Number(open))) =
            (operand(OperandName::Digest), operand(OperandName::Index))
        else {
            return Vec::new();
        };
        let against = Index::new(u64::try_from(open.units()).unwrap());
        let said = Said { world: self, kind: SubjectKind::Override, digest: *digest, against };
        let count = op.of(15, &[2, 2, 1, 0]);
        PEOPLE.iter().take(count).map(|person| said.by(*person, "finance", 600_000)).collect()
    }
}
