//! From the list of records to the [`World`]: what each record changed, by its input and its verdict.
//!
//! A record is believed: whether it should have been accepted is not asked again. What an accepted one
//! does follows from the text, never from the verdict's operands.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_record::input::{Attach, EnterPhase, Governance, RevokeKey, RotateKey, Statement};
use counterfoil_record::key::PublicKey;
use counterfoil_record::statement::{Answer as Says, SignedStatement, SubjectKind};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Index, Input, Time};

use super::world::{Answered, Artefact, InForce, Log, Run, Transaction, World, minute};
use super::{Entry, statements};

impl<'a> World<'a> {
    pub(super) fn replay(entries: &'a [Entry]) -> Self {
        let mut world = Self::default();
        for entry in entries {
            world.take(entry);
        }
        world
    }

    fn take(&mut self, entry: &'a Entry) {
        let own = self.own();
        self.count_noise(entry);
        let codes = &entry.verdict.codes;
        let for_its_time = codes.contains(&Code::TimeWentBack) || codes.contains(&Code::ClockJump);
        self.times.push(entry.time);
        match entry.verdict.outcome {
            Outcome::Accepted => self.accept(entry, own),
            Outcome::Refused => {
                if let Input::Bind(bind) = &entry.input {
                    self.extend(bind, entry, own);
                }
            }
            outcome => match &entry.input {
                Input::Pay(pay) => self.pay(pay, entry, own),
                Input::Claim(claim) => self.claim(claim.payment, outcome, entry, own),
                _ => {}
            },
        }
        let stays = for_its_time || matches!(entry.input, Input::Clock(_));
        if !(entry.verdict.outcome == Outcome::Refused && stays) {
            self.time = entry.time;
        }
        self.size += 1;
        self.forget();
    }

    fn count_noise(&mut self, entry: &Entry) {
        if self.refusals_per_minute().is_none() || !self.is_noise(&entry.input, &entry.verdict) {
            return;
        }
        let minute = minute(self.moment_of(&entry.input, &entry.verdict, entry.time));
        let kept = self.floods.entry(self.flood_of(&entry.input)).or_insert((minute, 0));
        if kept.0 != minute {
            *kept = (minute, 0);
        }
        kept.1 += 1;
    }

    fn accept(&mut self, entry: &'a Entry, own: Index) {
        match &entry.input {
            Input::Genesis(it) => {
                let key = PublicKey::from_bytes(it.log_key.0).unwrap();
                self.log = Some(Log {
                    origin: it.origin.clone(),
                    governance: it.governance.clone(),
                    keys: vec![key],
                    revoked: BTreeSet::new(),
                    control: own,
                });
            }
            Input::AdoptPolicy(_) => self.adopt(entry, own),
            Input::RotateKey(it) => self.rotate(it, own),
            Input::RevokeKey(it) => self.revoke(it, own),
            Input::Suspend(it) => {
                self.suspended.insert(it.scope.clone(), own);
                self.log.as_mut().unwrap().control = own;
            }
            Input::Resume(it) => {
                self.suspended.remove(&it.scope);
                self.log.as_mut().unwrap().control = own;
            }
            Input::OpenRun(it) => {
                let policy = self.policy().unwrap();
                let phase = policy.initial_phase.clone();
                let run = Run {
                    index: own,
                    opened: it,
                    is_open: true,
                    since: own,
                    rule: policy.phases[&phase].digest(),
                    phase,
                    artefacts: BTreeMap::new(),
                    plan: None,
                    answers: Vec::new(),
                    keys: BTreeMap::new(),
                    last: own,
                };
                self.runs.insert(own, run);
            }
            Input::CloseRun(it) => {
                let run = self.runs.get_mut(&it.run).unwrap();
                (run.is_open, run.last) = (false, own);
                self.floods.remove(&Some(it.run));
                self.void(entry.time, |payment| payment.pay.run == it.run);
            }
            Input::Attach(it) => self.attach(it, own),
            Input::EnterPhase(it) => self.enter(it, own),
            Input::Begin(it) => {
                let transaction = Transaction {
                    begun: it,
                    complete: BTreeSet::new(),
                    committed: false,
                    aborted: false,
                    last: own,
                };
                self.transactions.insert(own, transaction);
                self.runs.get_mut(&it.run).unwrap().last = own;
            }
            Input::CompleteStep(it) => {
                self.in_transaction(it.transaction, own).complete.insert(it.step.clone());
            }
            Input::Commit(it) => self.in_transaction(it.transaction, own).committed = true,
            Input::Abort(it) => self.in_transaction(it.transaction, own).aborted = true,
            Input::Statement(it) => self.collect(it, entry.time, own),
            _ => self.settle(entry, own),
        }
    }

    fn adopt(&mut self, entry: &'a Entry, own: Index) {
        let policy = entry.policy.as_ref().unwrap();
        let before = self.in_force.take().map(|before| before.since).unwrap_or_default();
        let since = policy.budgets.iter().map(|budget| {
            let since = before.get(&budget.id).copied().unwrap_or(own);
            (budget.id.clone(), since)
        });
        self.in_force = Some(InForce { policy, digest: policy.digest(), index: own, since: since.collect() });
        for (name, pin) in &policy.assets {
            self.asset_names.insert(name.clone(), (pin.id.clone(), pin.decimals));
        }
        self.void(entry.time, |_| true);
        for run in self.runs.values_mut() {
            run.answers.clear();
        }
        self.log.as_mut().unwrap().control = own;
    }

    fn rotate(&mut self, it: &RotateKey, own: Index) {
        let log = self.log.as_mut().unwrap();
        log.control = own;
        if log.keys.last().unwrap().thumbprint() == it.old {
            log.keys.push(*it.new.key());
            return;
        }
        let Governance { members, .. } = log.governance.as_mut().unwrap();
        for key in members.values_mut().flatten() {
            if key.key().thumbprint() == it.old {
                *key = it.new.clone();
            }
        }
    }

    fn revoke(&mut self, it: &RevokeKey, own: Index) {
        let log = self.log.as_mut().unwrap();
        log.control = own;
        log.revoked.insert(it.key);
        let Some(since) = it.since else { return };
        let stays = |answer: &Answered| answer.key != it.key || answer.index < since;
        self.runs.values_mut().for_each(|run| run.answers.retain(stays));
        self.payments.values_mut().for_each(|payment| payment.answers.retain(stays));
    }

    fn attach(&mut self, it: &'a Attach, own: Index) {
        let run = self.runs.get_mut(&it.run).unwrap();
        let artefact = Artefact { index: own, digest: it.digest, items: &it.items };
        run.artefacts.insert(it.name.clone(), artefact);
        run.last = own;
    }

    fn enter(&mut self, it: &EnterPhase, own: Index) {
        let rule = &self.policy().unwrap().phases[&it.phase];
        let run = self.runs.get_mut(&it.run).unwrap();
        run.phase = it.phase.clone();
        run.since = own;
        run.rule = rule.digest();
        run.answers.clear();
        run.last = own;
        if rule.plan_bound {
            run.plan =
                run.artefacts.iter().find(|(name, _)| name.as_str() == "plan").map(|(_, it)| it.clone());
        }
    }

    fn in_transaction(&mut self, index: Index, own: Index) -> &mut Transaction<'a> {
        let transaction = self.transactions.get_mut(&index).unwrap();
        transaction.last = own;
        transaction
    }

    fn collect(&mut self, it: &Statement, time: Time, own: Index) {
        let signed = SignedStatement::decode(it.statement.as_slice()).unwrap();
        let said = signed.unverified();
        let answer = Answered {
            index: own,
            person: statements::person(self, &signed).unwrap(),
            role: said.role.clone(),
            approves: said.answer == Says::Approve,
            expires: said.expires,
            key: signed.kid(),
            subject: said.digest,
        };
        if said.kind == SubjectKind::Payment {
            let payment = self.payments.get_mut(&said.against).unwrap();
            payment.answers.push(answer);
            (payment.last, payment.kept_from) = (own, time);
        } else {
            let run = self.runs.get_mut(&said.run.unwrap()).unwrap();
            run.answers.push(answer);
            run.last = own;
        }
    }
}
