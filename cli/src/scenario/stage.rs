//! A scenario under way: the core, the clock, and what earlier steps were answered.

use alloc::collections::BTreeMap;
use core::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::{Auditor, Trust};
use counterfoil_decide::policy::Policy;
use counterfoil_enforce::{Answer, Command, Core, FileKey, Granted, Question, Scripted, Signer as _};
use counterfoil_record::statement::{Answer as Say, FORMAT, Statement, SubjectKind};
use counterfoil_record::{Hash32, Index, Span, Time};
use counterfoil_store::{MemoryStore, Records as _};
use serde::Deserialize;
use toml::{Table, Value};

use super::command::{Reading, time};
use super::expect::Expected;
use super::file::{Scenario, Step, take_text};
use super::keys::{self, AGENT, Keys};
use super::{Check, Mismatch};
use crate::exit::Failure;
use crate::{policy, rail};

/// When a scenario begins that does not say: Monday 2026-01-05T09:00:00Z.
const START: Time = Time::from_millis(1_767_603_600_000);
/// How much later a step is that does not say.
const TICK: Span = Span::from_millis(1_000);
/// How long what people sign counts, if the step does not say.
const ANSWERS: Span = Span::from_millis(3_600_000);
/// The log's name.
const ORIGIN: &str = "scenario.counterfoil.example/log";

/// What a step was answered, as far as later ones refer to it.
struct Answered {
    index: Index,
    question: Option<Question>,
    permit: Option<Granted>,
}

pub(super) struct Stage<'s> {
    scenario: &'s Scenario,
    core: Core<MemoryStore, FileKey, Scripted>,
    keys: Keys,
    now: Time,
    salts: u64,
    named: BTreeMap<&'s str, Answered>,
}

/// What a seller offers, as a step writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferOf {
    amount: String,
    payee: Option<String>,
    #[serde(default = "exact")]
    scheme: String,
    #[serde(default = "a_minute")]
    seconds: u64,
    facilitator: Option<String>,
    url: Option<String>,
}

fn exact() -> String {
    "exact".into()
}

const fn a_minute() -> u64 {
    60
}

/// Signatures that a command carries, as a step writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedBy {
    question: String,
    by: Vec<String>,
    role: Option<String>,
}

impl<'s> Stage<'s> {
    /// A log with the scenario's policy in force.
    pub(super) fn open(scenario: &'s Scenario) -> Result<Self, Failure> {
        let now = match &scenario.start {
            Some(start) => time(start, Time::default()).map_err(|it| it.within(scenario.path.display()))?,
            None => START,
        };
        let (surroundings, origin) = (Scripted { time: Some(now), salts: [].into() }, ORIGIN.parse());
        let origin = origin.map_err(Failure::new)?;
        let core = Core::create(MemoryStore::default(), keys::log()?, surroundings, origin);
        let core = core.map_err(Failure::new)?;
        let named = BTreeMap::new();
        let mut stage = Self { scenario, core, keys: Keys::default(), now, salts: 0, named };
        let source = stage.policy(&scenario.policy)?;
        stage.submit(Command::adopt_policy(&source))?;
        match &stage.core.state().policy {
            Some(_) => Ok(stage),
            None => Err(Failure::at(scenario.policy.display(), "cannot be put in force")),
        }
    }

    /// The text of a policy with test keys.
    fn policy(&mut self, file: &std::path::Path) -> Result<String, Failure> {
        let (source, _) = policy::read(file).map_err(Failure::undecided)?;
        self.keys.replace(&source).map_err(|error| error.within(file.display()))
    }

    fn submit(&mut self, command: Command) -> Result<Answer, Failure> {
        let salts = (0..4).map(|_| {
            self.salts = self.salts.saturating_add(1);
            let hash = Hash32::of(&[b"counterfoil scenario salt: ", &self.salts.to_be_bytes()]);
            hash.bytes().first_chunk::<16>().copied().unwrap_or_default()
        });
        let salts = salts.collect();
        *self.core.surroundings_mut() = Scripted { time: Some(self.now), salts };
        self.core.submit(command).map_err(Failure::new)
    }

    /// Plays a step, as often as it says. Adds what was expected of it each time.
    pub(super) fn play(&mut self, step: &'s Step, checks: &mut Vec<Check>) -> Result<(), Failure> {
        for turn in 1..=step.times {
            self.now = match &step.at {
                Some(at) => time(at, self.now).map_err(|error| error.within("`at`"))?,
                None => self.now.plus(TICK),
            };
            let turn = (step.times > 1).then_some(turn);
            let command = self.command(step, turn)?;
            let answer = self.submit(command)?;
            if let (Some(name), Answer::Recorded(it)) = (&step.name, &answer) {
                let (question, permit) = (it.question.clone(), it.permit.clone());
                self.named.insert(name, Answered { index: it.index, question, permit });
            }
            let Some(expected) = &step.expect else { continue };
            let found = Expected::found(&answer);
            let mismatch = (!expected.is_met_by(&found))
                .then(|| Mismatch { expected: expected.to_string(), found: found.to_string() });
            let turn = turn.map(|turn| format!(", time {turn}")).unwrap_or_default();
            checks.push(Check { step: format!("{}{turn}", step.label), line: step.line, mismatch });
        }
        Ok(())
    }

    fn rules(&self) -> Result<&Policy, Failure> {
        let in_force = self.core.state().policy.as_ref().map(|in_force| &in_force.policy);
        in_force.ok_or_else(|| Failure::new("no policy is in force"))
    }

    fn answered(&self, reference: &str) -> Result<&Answered, Failure> {
        let name = reference.strip_prefix('$').unwrap_or(reference);
        self.named.get(name).ok_or_else(|| {
            Failure::new(format_args!("`${name}` is no step before this one that was answered with a record"))
        })
    }

    /// The command of a step; `turn` is there where it is one of several.
    fn command(&mut self, step: &Step, turn: Option<u64>) -> Result<Command, Failure> {
        let mut fields = step.fields.clone();
        for (key, say) in [("approve", Say::Approve), ("refuse", Say::Refuse)] {
            if let Some(asked) = take_text(&mut fields, key)? {
                return self.statement(say, &asked, fields);
            }
        }
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let of = |key: &str| Failure::at(format_args!("`{key}`"), format_args!("means nothing in `{kind}`"));
        if let Some(offer) = fields.remove("offer") {
            if kind != "pay" {
                return Err(of("offer"));
            }
            self.offer(offer, &mut fields)?;
        }
        if kind == "pay" {
            let key = fields.entry("key").or_insert_with(|| format!("step-{}", step.number).into());
            if let (Value::String(key), Some(turn)) = (key, turn) {
                *key = format!("{key}-{turn}");
            }
        }
        match take_text(&mut fields, "bind")?.as_deref() {
            None => {}
            Some("exactly") if kind == "bind" => {
                let header = self.signature(self.permit(&fields)?)?;
                fields.insert("payment_signature".into(), header.into());
            }
            Some(_) if kind == "bind" => return Err(Failure::at("`bind`", "can only be \"exactly\"")),
            Some(_) => return Err(of("bind")),
        }
        if let Some(response) = take_text(&mut fields, "response")? {
            let success = match (response.as_str(), kind.as_str()) {
                ("settled", "settle") => true,
                ("failed", "fail") => false,
                _ => {
                    return Err(Failure::at(
                        "`response`",
                        "is \"settled\" in `settle`, \"failed\" in `fail`",
                    ));
                }
            };
            let header = rail::response(self.permit(&fields)?, success)?;
            fields.insert("payment_response".into(), header.into());
        }
        if kind == "adopt-policy"
            && let Some(file) = take_text(&mut fields, "policy")?
        {
            let folder = self.scenario.path.parent().unwrap_or(std::path::Path::new(""));
            let source = self.policy(&folder.join(file))?;
            fields.insert("source".into(), source.into());
        }
        if kind == "attach" {
            attached(&mut fields)?;
        }
        if let Some(signed) = fields.remove("signed") {
            self.sign_into(signed, &mut fields)?;
        }
        let index = |name: &str| self.answered(name).map(|it| it.index.value());
        Reading { policy: self.rules()?, now: self.now, index: &index }.command(fields)
    }

    /// The header of an offer, in its place.
    fn offer(&self, offer: Value, fields: &mut Table) -> Result<(), Failure> {
        let offer: OfferOf =
            offer.try_into().map_err(|error: toml::de::Error| Failure::at("`offer`", error.message()))?;
        let policy = self.rules()?;
        let money = policy.amount(&offer.amount).map_err(|error| Failure::at("`offer`", error))?;
        let pin = policy.assets.get(&money.asset);
        let pin = pin.ok_or_else(|| Failure::at("`offer`", "its asset is not declared"))?;
        let amount = money.amount;
        let mut payees = policy.payees.iter();
        let payee = match (&offer.payee, payees.next(), payees.next()) {
            (Some(payee), ..) => payee.as_str(),
            (None, Some(only), None) => only.as_str(),
            _ => {
                return Err(Failure::at("`offer`", "needs a `payee`: the policy does not allow exactly one"));
            }
        };
        let asked = fields.get("url").and_then(Value::as_str);
        let url = offer.url.as_deref().or(asked).unwrap_or_default();
        let header = rail::Offer {
            url,
            scheme: &offer.scheme,
            asset: &pin.id,
            domain: (pin.domain_name.as_str(), pin.domain_version.as_str()),
            amount,
            payee,
            seconds: offer.seconds,
            facilitator: offer.facilitator.as_deref(),
        };
        let header = header.header().map_err(|error| error.within("`offer`"))?;
        fields.insert("payment_required".into(), header.into());
        Ok(())
    }

    /// The permit of the payment that these fields name: of the step that asked, or of a claim for it.
    fn permit(&self, fields: &Table) -> Result<&Granted, Failure> {
        let reference = fields.get("payment").and_then(Value::as_str).unwrap_or_default();
        let payment = self.answered(reference)?.index;
        let mut permits = self.named.values().filter_map(|it| it.permit.as_ref());
        permits.find(|permit| permit.payment == payment).ok_or_else(|| {
            Failure::at(reference, "nothing was permitted for it; a claim that permits needs a `name`")
        })
    }

    /// What the test wallet signs: exactly what is granted.
    fn signature(&self, granted: &Granted) -> Result<String, Failure> {
        if granted.method.as_str() != "eip3009" {
            return Err(Failure::at("`bind`", "the test wallet signs EIP-3009 alone"));
        }
        let pin = self.rules()?.asset(granted.asset.as_str()).map(|(_, pin)| pin);
        let pin =
            pin.ok_or_else(|| Failure::at("`bind`", "the policy does not declare the asset any more"))?;
        let domain = (pin.domain_name.as_str(), pin.domain_version.as_str());
        rail::sign(granted, self.keys.wallet(&granted.wallet)?, domain, granted.until)
    }

    /// What `name` signs about a question.
    fn says(
        &self,
        say: Say,
        question: &Question,
        name: &str,
        role: Option<&str>,
        expires: Time,
    ) -> Result<String, Failure> {
        let role = if question.kind == SubjectKind::Request { Some(AGENT) } else { role };
        let (role, named, key) = self.keys.signer(name, role)?;
        let statement = Statement {
            format: FORMAT,
            answer: say,
            origin: self.core.log().name().clone(),
            role: role.clone(),
            kind: question.kind,
            digest: question.digest,
            against: question.against,
            expires,
            run: question.run,
            phase: question.phase.clone(),
        };
        let unsigned = statement.to_unsigned(named, self.now);
        let signature = key.sign(&unsigned.to_be_signed()).map_err(Failure::new)?;
        Ok(STANDARD.encode(unsigned.finish(&signature)))
    }

    fn question(&self, reference: &str) -> Result<&Question, Failure> {
        let question = self.answered(reference)?.question.as_ref();
        question.ok_or_else(|| Failure::at(reference, "nobody was asked anything there"))
    }

    /// An answer that is handed in by itself.
    fn statement(&self, say: Say, asked: &str, mut fields: Table) -> Result<Command, Failure> {
        let by = take_text(&mut fields, "by")?.ok_or_else(|| Failure::new("missing field `by`"))?;
        let role = take_text(&mut fields, "role")?;
        let expires = fields.remove("expires").map(|expires| time(&expires, self.now)).transpose()?;
        if let Some(key) = fields.keys().next() {
            return Err(Failure::new(format_args!(
                "unknown field `{key}`, expected `by`, `role` or `expires`"
            )));
        }
        let expires = expires.unwrap_or_else(|| self.now.plus(ANSWERS));
        let statement = self.says(say, self.question(asked)?, &by, role.as_deref(), expires)?;
        Ok(Command::Statement { statement })
    }

    /// Signatures that stand in the command that they are for.
    fn sign_into(&self, signed: Value, fields: &mut Table) -> Result<(), Failure> {
        let signed: SignedBy =
            signed.try_into().map_err(|error: toml::de::Error| Failure::at("`signed`", error.message()))?;
        let question = self.question(&signed.question)?;
        let expires = self.now.plus(ANSWERS);
        let say = |name: &String| self.says(Say::Approve, question, name, signed.role.as_deref(), expires);
        let statements = signed.by.iter().map(say).collect::<Result<Vec<_>, _>>()?;
        let mut list = statements.into_iter().map(Value::String);
        match question.kind {
            SubjectKind::Request => fields.extend(list.next().map(|request| ("request".into(), request))),
            SubjectKind::Override => fields.extend([("overrides".into(), Value::Array(list.collect()))]),
            _ => fields.extend([("statements".into(), Value::Array(list.collect()))]),
        }
        Ok(())
    }

    /// What the auditor says of the log that came of it.
    pub(super) fn audit(self, line: usize) -> Result<Check, Failure> {
        let log = self.core.log().clone();
        let trust = Trust::in_key(log);
        let store = self.core.close().map_err(Failure::new)?;
        let checkpoint = store.checkpoint().map_err(Failure::new)?;
        let mut auditor = Auditor::new(Some(trust), checkpoint.as_deref());
        let scanned = store.scan(0, &mut |_, entry| {
            auditor.push(entry);
            ControlFlow::Continue(())
        });
        scanned.map_err(Failure::new)?;
        let report = auditor.finish();
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.code.code()).collect();
        let mismatch = (!found.is_empty())
            .then(|| Mismatch { expected: "a log that verifies".into(), found: found.join(", ") });
        Ok(Check { step: "the audit at the end".into(), line, mismatch })
    }
}

/// A step's `name` is its own, so that an artefact's is `artefact`; of what it is, nothing but its items is read.
fn attached(fields: &mut Table) -> Result<(), Failure> {
    let artefact = take_text(fields, "artefact")?.ok_or_else(|| Failure::new("missing field `artefact`"))?;
    let said = serde_json::to_string(&fields.get("items")).map_err(Failure::new)?;
    let digest = Hash32::of(&[artefact.as_bytes(), b"\n", said.as_bytes()]).to_string();
    fields.insert("name".into(), artefact.into());
    fields.entry("digest").or_insert(digest.into());
    fields.entry("media_type").or_insert("application/json".into());
    Ok(())
}
