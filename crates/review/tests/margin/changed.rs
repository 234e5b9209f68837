//! Each change made by a way of its own: requirements altered as JSON, statements signed with people's keys, phases
//! entered by a command.

use std::collections::BTreeSet;

use counterfoil_decide::{State, Step};
use counterfoil_enforce::Signer as _;
use counterfoil_record::input::{self, Enclosed, EnterPhase, Pay, RAIL_MOST};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, FORMAT, SignedStatement, Statement, SubjectKind};
use counterfoil_record::verdict::{CheckName, CheckResult, Operand, OperandName, Outcome};
use counterfoil_record::{Hash32, Id, Index, Input, Octets, Record, Time, Verdict};
use counterfoil_testkit::keys;
use serde_json::Value;

/// Labels of keys that people and agents of the tests' policies have.
const LABELS: [&str; 12] = [
    "alice", "bob", "erin", "signer", "carol", "dana", "alice-2", "bob-2", "next-1", "next-2", "new",
    "second",
];

/// A decision on a payment.
pub(crate) struct Decided {
    pub(crate) before: State,
    pub(crate) record: Record,
    pub(crate) place: String,
}

/// What comes of it; none where it is answered as a request before.
pub(crate) fn verdict(state: &State, input: &Input, time: Time) -> Option<Verdict> {
    match state.step(input, time) {
        Step::Record(decision) => Some(decision.verdict),
        Step::Counted(verdict) => Some(*verdict),
        Step::Repeat(_) => None,
    }
}

fn sealed(mut state: State, input: &Input, time: Time) -> (State, Outcome) {
    let Step::Record(decision) = state.step(input, time) else { return (state, Outcome::Refused) };
    let outcome = decision.verdict.outcome;
    state.seal(decision.pending, Hash32([9; 32]));
    (state, outcome)
}

impl Decided {
    pub(crate) fn outcome(&self) -> Outcome {
        self.record.verdict.outcome
    }

    pub(crate) fn request(&self) -> &Pay {
        match &self.record.input {
            Input::Pay(pay) => pay,
            Input::Claim(claim) => &self.before.payments[&claim.payment].hold.as_ref().unwrap().request,
            _ => panic!("no decision"),
        }
    }

    pub(crate) fn passes(&self, check: CheckName) -> bool {
        let row = self.record.verdict.trace.iter().find(|row| row.check == check);
        row.is_some_and(|row| row.result == CheckResult::Pass)
    }

    /// The amount that was asked for, where there is one.
    pub(crate) fn asked(&self) -> Option<u128> {
        let offer: Value = serde_json::from_slice(self.request().requirements.whole(RAIL_MOST)?).ok()?;
        offer.get("amount").or_else(|| offer.get("maxAmountRequired"))?.as_str()?.parse().ok()
    }

    /// The claim, or the request, at another time, whatever that is after the last record.
    pub(crate) fn at(&self) -> impl Fn(u64) -> Outcome {
        let mut state = self.before.clone();
        if let Some(in_force) = &mut state.policy {
            in_force.policy.limits.max_step = None;
        }
        let input = self.record.input.clone();
        move |millis| verdict(&state, &input, Time::from_millis(millis)).unwrap().outcome
    }

    /// The same for another amount, signed again where it was signed.
    pub(crate) fn asking(&self) -> impl FnMut(u128) -> Outcome {
        let offer: Value =
            serde_json::from_slice(self.request().requirements.whole(RAIL_MOST).unwrap()).unwrap();
        let signed = self.request().request.is_some() && self.passes(CheckName::Agent);
        let overridden = !self.request().overrides.is_empty() && self.passes(CheckName::Purchase);
        let (mut original, time) = (self.request().clone(), self.record.time);
        // What was signed for something else is for something else whatever is asked for.
        let otherwise = |it: &Octets| {
            SignedStatement::decode(it.as_slice()).is_ok().then(|| signed_again(it, &Hash32([8; 32])))
        };
        if !signed && let Some(other) = original.request.as_ref().and_then(otherwise) {
            original.request = Some(other);
        }
        if !overridden {
            original.overrides =
                original.overrides.iter().map(|it| otherwise(it).unwrap_or_else(|| it.clone())).collect();
        }
        let mut state = self.before.clone();
        let input = self.record.input.clone();
        move |amount| {
            let mut offer = offer.clone();
            let field = if offer.get("amount").is_some_and(|it| !it.is_null()) {
                "amount"
            } else {
                "maxAmountRequired"
            };
            offer[field] = Value::from(amount.to_string());
            // What a seller writes beside its terms makes way for the digits.
            if offer.to_string().len() > RAIL_MOST {
                offer.as_object_mut().unwrap().remove("description");
            }
            let mut pay = original.clone();
            pay.requirements = Enclosed::within(RAIL_MOST, offer.to_string().as_bytes());
            if signed {
                let asked = asked_again(&mut state, &input, &pay, time);
                let digest = operand(&asked, CheckName::Agent, OperandName::Digest);
                pay.request = pay.request.map(|it| signed_again(&it, &digest));
            }
            if overridden {
                let without = Pay { overrides: Vec::new(), ..pay.clone() };
                let asked = asked_again(&mut state, &input, &without, time);
                let digest = operand(&asked, CheckName::Purchase, OperandName::Digest);
                pay.overrides = pay.overrides.iter().map(|it| signed_again(it, &digest)).collect();
            }
            asked_again(&mut state, &input, &pay, time).outcome
        }
    }

    /// The outcome had the run entered `phase` before, under a policy that lets it.
    pub(crate) fn in_phase(&self, phase: &Id) -> Outcome {
        let (mut state, run, time) = (self.before.clone(), self.request().run, self.record.time);
        let original = state.policy.clone();
        let policy = &mut state.policy.as_mut().unwrap().policy;
        let present = policy.initial_phase.clone();
        policy.phases.get_mut(&present).unwrap().to.insert(phase.clone());
        let rule = policy.phases.get_mut(phase).unwrap();
        (rule.approvals, rule.artefacts) = (None, BTreeSet::new());
        state.runs.get_mut(&run).unwrap().phase = present;
        let enter = Input::EnterPhase(EnterPhase { run, phase: phase.clone() });
        let (mut state, entered) = sealed(state, &enter, time);
        assert_eq!(entered, Outcome::Accepted, "{}: {phase}", self.place);
        state.policy = original;
        let rule = state.policy.as_ref().unwrap().policy.phases[phase].digest();
        state.runs.get_mut(&run).unwrap().phase_rule = rule;
        verdict(&state, &self.record.input, time).unwrap().outcome
    }

    /// The state in which the payment is held, and its claim.
    pub(crate) fn held(&self) -> (State, Index) {
        match &self.record.input {
            Input::Claim(claim) => (self.before.clone(), claim.payment),
            pay => {
                let (state, outcome) = sealed(self.before.clone(), pay, self.record.time);
                assert_eq!(outcome, Outcome::Hold, "{}", self.place);
                (state, self.before.size)
            }
        }
    }

    /// The claim with the approvals of these people in these roles as well; none where one of them is not taken.
    pub(crate) fn approved(&self, more: &[(Id, Id)]) -> Option<Outcome> {
        let (mut state, payment) = self.held();
        let time = self.record.time;
        for (role, person) in more {
            let subject = state.subject_of_payment(payment).unwrap();
            let statement = Statement {
                format: FORMAT,
                answer: Answer::Approve,
                origin: keys::ORIGIN.parse().unwrap(),
                role: role.clone(),
                kind: SubjectKind::Payment,
                digest: subject.digest,
                against: payment,
                expires: Time::from_millis(time.millis() + 1),
                run: None,
                phase: None,
            };
            let named = state.policy.as_ref()?.policy.roles[role].members[person]
                .iter()
                .find(|key| !state.revoked.contains_key(&key.key().thumbprint()))?;
            let statement = sign(label(&named.key().thumbprint())?, named, &statement);
            let (next, outcome) = sealed(state, &Input::Statement(input::Statement { statement }), time);
            if outcome != Outcome::Accepted {
                return None;
            }
            state = next;
        }
        let claim = Input::Claim(input::Claim { payment });
        Some(verdict(&state, &claim, time).unwrap().outcome)
    }

    /// The claim without these answers.
    pub(crate) fn without(&self, answers: &[Index]) -> Outcome {
        let mut state = self.before.clone();
        let Input::Claim(claim) = &self.record.input else { panic!("no claim") };
        let hold = state.payments.get_mut(&claim.payment).unwrap().hold.as_mut().unwrap();
        hold.answers.retain(|answer| !answers.contains(&answer.index));
        verdict(&state, &self.record.input, self.record.time).unwrap().outcome
    }
}

/// What comes of `pay`, or of the claim of it.
fn asked_again(state: &mut State, input: &Input, pay: &Pay, time: Time) -> Verdict {
    let Input::Claim(claim) = input else {
        return verdict(state, &Input::Pay(pay.clone()), time).unwrap();
    };
    let payment = state.payments.get_mut(&claim.payment).unwrap();
    payment.hold.as_mut().unwrap().request = pay.clone();
    if !state.runs.contains_key(&pay.run) {
        return verdict(state, input, time).unwrap();
    }
    // The key was used for the request that is held.
    let digest = operand(&verdict(state, input, time).unwrap(), CheckName::Idempotency, OperandName::Request);
    if let Some(keyed) = state.keys.get_mut(&pay.run).and_then(|keys| keys.get_mut(&pay.key)) {
        keyed.request = digest;
    }
    verdict(state, input, time).unwrap()
}

fn operand(verdict: &Verdict, check: CheckName, name: OperandName) -> Hash32 {
    let row = verdict.trace.iter().find(|row| row.check == check).unwrap();
    match row.operands.get(&name) {
        Some(Operand::Hash(digest)) => *digest,
        other => panic!("{check}: {other:?}"),
    }
}

/// The label of a key that tests know.
fn label(thumbprint: &Hash32) -> Option<&'static str> {
    LABELS.into_iter().find(|label| keys::ed25519(label).public_key().thumbprint() == *thumbprint)
}

/// The same statement, about something else, by whoever signed it.
fn signed_again(statement: &Octets, digest: &Hash32) -> Octets {
    let signed = SignedStatement::decode(statement.as_slice()).unwrap();
    let label = label(&signed.kid()).unwrap_or_else(|| panic!("the key of {}", signed.issuer()));
    let name = signed.issuer().as_str().parse().unwrap();
    let named = NamedKey::new(name, *keys::ed25519(label).public_key()).unwrap();
    sign(label, &named, &Statement { digest: *digest, ..signed.unverified().clone() })
}

fn sign(label: &str, named: &NamedKey, statement: &Statement) -> Octets {
    let unsigned = statement.to_unsigned(named, Time::from_millis(1));
    let signature = keys::ed25519(label).sign(&unsigned.to_be_signed()).unwrap();
    unsigned.finish(&signature).try_into().unwrap()
}
