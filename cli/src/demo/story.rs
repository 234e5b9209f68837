//! What happens in the demonstration, step by step.

use std::fs;
use std::path::Path;

use counterfoil_enforce::command::{Attach, Compensation, OpenRun, Pay, PlanItem, Step};
use counterfoil_enforce::{Command, Granted, Recorded};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Id, Index, Span, Time};
use counterfoil_review::words::safe;

use super::captured::{Purchase, purchase};
use super::director::{Director, person, write_keys};
use super::flat::{Flat, Loss, usdc};
use super::{LEVEL, heading};
use crate::exit::Failure;
use crate::init::write_trust;
use crate::screen::line;

/// What the rest of the demonstration needs to know.
pub(crate) struct Told {
    /// The payment to explain.
    pub(crate) explained: u64,
}

const POLICY: &str = include_str!("policy.toml");
const PAYEE: &str = "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
/// The captured purchases were signed at this Unix second, for 60 seconds.
const CAPTURED_AT: u64 = 1_795_405_889;
/// The session limit of the comparison: 10 USDC.
const FLAT_LIMIT: u128 = 10_000_000;
/// How often the loop tries.
const LOOP: u64 = 60;

const WEATHER: Amount = Amount::new(10_000);
const BOOM: Amount = Amount::new(20_000);
const PRICEY: Amount = Amount::new(5_000_000);

fn id(text: &str) -> Result<Id, Failure> {
    text.parse().map_err(Failure::new)
}

/// Says how an answer came out, and why.
fn say(what: &str, recorded: &Recorded) -> Result<(), Failure> {
    let mut reasons: Vec<String> = recorded
        .failing
        .iter()
        .map(|failing| {
            let rule = failing.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
            let because =
                failing.because.as_ref().map(|because| format!(": {}", safe(because))).unwrap_or_default();
            format!("{}{rule}{because}", failing.check)
        })
        .collect();
    reasons.extend(recorded.codes.iter().map(|code| code.code().to_owned()));
    let why = if reasons.is_empty() { String::new() } else { format!("  [{}]", reasons.join("; ")) };
    line(format_args!("  {:>3}  {what:<58} {}{why}", recorded.index.value(), recorded.outcome))
}

fn flat_says(text: &str) -> Result<(), Failure> {
    line(format_args!("       flat limit: {text}"))
}

/// Plays the story into `dir`.
pub(crate) fn tell(dir: &Path) -> Result<Told, Failure> {
    let alice = person("alice")?.to_string();
    let policy = POLICY.replace("{alice}", &alice).replace("{bob}", &person("bob")?.to_string());
    fs::write(dir.join("policy.toml"), &policy).map_err(Failure::new)?;
    write_keys(dir)?;
    line("Counterfoil demonstration: captured x402 purchases, a local chain, keys that everybody knows.")?;
    line("Beside each step: what a wallet with a flat session limit of 10 USDC would have done.")?;
    let origin = id("counterfoil.example/demo")?;
    let now = Time::from_seconds(CAPTURED_AT).minus(Span::from_millis(5_000));
    let mut scene = Stage {
        director: Director::new(dir, &origin, now)?,
        flat: Flat::new(Amount::new(FLAT_LIMIT)),
        ours: Flat::new(Amount::MAX),
        keys: 0,
    };
    let told = scene.play(&policy)?;
    scene.compare()?;
    let log = scene.director.log();
    let checkpoint = scene.director.stop()?;
    write_trust(&dir.join("trust.toml"), &log, LEVEL, Some(&checkpoint))?;
    Ok(told)
}

struct Stage {
    director: Director,
    flat: Flat,
    /// The same account of what left under Counterfoil.
    ours: Flat,
    keys: u64,
}

impl Stage {
    /// Accounts for a payment that was asked: under the flat limit, and as it was decided here.
    fn account(&mut self, amount: Amount, loss: Loss, outcome: Outcome) {
        self.flat.pay(amount, loss);
        if outcome == Outcome::Allow {
            self.ours.pay(amount, loss);
        }
    }

    fn play(&mut self, policy: &str) -> Result<Told, Failure> {
        heading("A policy is adopted; an agent begins work for dana")?;
        self.director.record(Command::Start {})?;
        say("adopt policy demo-research-agents 1", &self.director.record(Command::adopt_policy(policy))?)?;
        let run = self.open_run("report-17")?;
        self.explore(run)?;
        self.plan(run)?;
        let (transaction, weather) = self.weather(run)?;
        let pricey = self.pricey(run)?;
        self.boom(run, transaction, weather)?;
        self.slot(run)?;
        self.run_in_a_loop()?;
        Ok(Told { explained: pricey.value() })
    }

    fn open_run(&mut self, name: &str) -> Result<Index, Failure> {
        let mut open = OpenRun::new(id(name)?, id("researcher")?, id("dana")?);
        open.purpose = Some("market report".into());
        let recorded = self.director.record(Command::OpenRun(open))?;
        say(&format!("open run {name}"), &recorded)?;
        Ok(recorded.index)
    }

    /// A request to pay for what was captured.
    fn ask(&mut self, run: Index, captured: &Purchase, item: &str) -> Result<Pay, Failure> {
        self.keys = self.keys.saturating_add(1);
        let key = id(&format!("try-{}", self.keys))?;
        let pay = Pay::new(run, key, &captured.required, &captured.url, id("hot")?);
        Ok(pay.category(id("data")?).item(id(item)?))
    }

    fn pay(&mut self, what: &str, pay: Pay) -> Result<Recorded, Failure> {
        let recorded = self.director.record(Command::Pay(Box::new(pay)))?;
        say(what, &recorded)?;
        Ok(recorded)
    }

    fn bind(&mut self, what: &str, payment: Index, signature: Option<&String>) -> Result<(), Failure> {
        let payment_signature = signature.cloned().ok_or_else(|| Failure::new("nothing was signed"))?;
        say(what, &self.director.record(Command::Bind { payment, payment_signature })?)
    }

    fn settle(&mut self, payment: Index, amount: Amount, response: Option<&String>) -> Result<(), Failure> {
        let command = Command::Settle { payment, amount, payment_response: response.cloned() };
        say("settled, as the seller's captured PAYMENT-RESPONSE says", &self.director.record(command)?)
    }

    fn explore(&mut self, run: Index) -> Result<(), Failure> {
        heading("Phases: the agent tries to buy while it is still exploring")?;
        let captured = purchase("01-paid-exact")?;
        let ask = self.ask(run, &captured, "weather")?;
        let outcome = self.pay("pay 0.01 for /weather", ask)?.outcome;
        self.account(WEATHER, Loss::Wasted, outcome);
        flat_says("pays 0.01 before there is a plan")
    }

    fn attach_plan(&mut self, run: Index, items: &[(&str, u128)]) -> Result<(), Failure> {
        let mut plan = Vec::new();
        for (name, ceiling) in items {
            plan.push(PlanItem {
                id: id(name)?,
                category: id("data")?,
                payee: PAYEE.parse().map_err(Failure::new)?,
                asset: id("usdc")?,
                ceiling: Amount::new(*ceiling),
            });
        }
        let text = serde_json::to_vec(&plan).map_err(Failure::new)?;
        let attach = Attach {
            run,
            name: id("plan")?,
            media_type: id("application/json")?,
            digest: Hash32::of(&[&text]),
            items: plan,
        };
        say("attach the plan", &self.director.record(Command::Attach(attach))?)
    }

    fn enter(&mut self, run: Index, phase: &str) -> Result<Recorded, Failure> {
        let recorded = self.director.record(Command::EnterPhase { run, phase: id(phase)? })?;
        say(&format!("enter phase {phase}"), &recorded)?;
        Ok(recorded)
    }

    /// Into `execute`, with a plan and the approval of `approver`.
    fn commit_to(&mut self, run: Index, items: &[(&str, u128)], approver: &str) -> Result<(), Failure> {
        self.enter(run, "commit")?;
        self.attach_plan(run, items)?;
        let waits = self.enter(run, "execute")?;
        let question = waits.question.ok_or_else(|| Failure::new("nobody was asked about the phase"))?;
        say(
            &format!("{approver} approves this plan for this phase"),
            &self.director.approve(approver, &question)?,
        )?;
        self.enter(run, "execute").map(|_| ())
    }

    fn plan(&mut self, run: Index) -> Result<(), Failure> {
        heading("A plan is attached and approved, the paying phase entered")?;
        self.commit_to(run, &[("weather", 50_000), ("pricey", 5_000_000), ("boom", 40_000)], "alice")?;
        flat_says("knows no plan")
    }

    fn weather(&mut self, run: Index) -> Result<(Index, Index), Failure> {
        heading("Transactions: two steps that belong together; the first is paid")?;
        let steps =
            vec![Step { id: id("weather")?, reversible: true }, Step { id: id("boom")?, reversible: true }];
        let deadline = self.director.now().plus(Span::from_millis(600_000));
        let begun = self.director.record(Command::Begin { run, id: id("bundle")?, steps, deadline })?;
        say("begin transaction bundle: weather, boom", &begun)?;
        self.director.wait(4);
        let captured = purchase("01-paid-exact")?;
        let undo = Compensation::By(id("seller-refund")?);
        let ask = self.ask(run, &captured, "weather")?.part(begun.index, id("weather")?, undo);
        let weather = self.pay("pay 0.01 for /weather", ask)?.index;
        self.bind(
            "the wallet's captured signature is what was allowed",
            weather,
            captured.signature.as_ref(),
        )?;
        self.settle(weather, WEATHER, captured.response.as_ref())?;
        self.flat.pay(WEATHER, Loss::None);
        flat_says("pays 0.01")?;
        Ok((begun.index, weather))
    }

    fn pricey(&mut self, run: Index) -> Result<Index, Failure> {
        heading("Gates: one premium call waits for two people")?;
        let captured = purchase("05-raised-cap-paid-5usd")?;
        let ask = self.ask(run, &captured, "pricey")?;
        let held = self.pay("pay 5.00 for /pricey", ask)?;
        let question =
            held.question.clone().ok_or_else(|| Failure::new("nobody was asked about the payment"))?;
        for name in ["alice", "bob"] {
            say(&format!("{name} approves exactly this payment"), &self.director.approve(name, &question)?)?;
        }
        let payment = held.index;
        say("claim it with the approvals", &self.director.record(Command::Claim { payment })?)?;
        self.bind(
            "the wallet's captured signature is what was allowed",
            payment,
            captured.signature.as_ref(),
        )?;
        self.settle(payment, PRICEY, captured.response.as_ref())?;
        self.flat.pay(PRICEY, Loss::Unapproved);
        flat_says("pays 5.00; nobody was asked")?;
        Ok(payment)
    }

    fn boom(&mut self, run: Index, transaction: Index, weather: Index) -> Result<(), Failure> {
        heading("A lost answer: the seller fails with 500 after the signature was sent")?;
        let captured = purchase("03-verified-handler-500-never-settled")?;
        let undo = || id("seller-refund").map(Compensation::By);
        let ask = self.ask(run, &captured, "boom")?.part(transaction, id("boom")?, undo()?);
        let boom = self.pay("pay 0.02 for /boom", ask)?.index;
        self.bind("the wallet's captured signature is what was allowed", boom, captured.signature.as_ref())?;
        let reason = Some("the seller answered 500: upstream down".into());
        say(
            "the outcome is unknown, the money stays reserved",
            &self.director.record(Command::Unknown { payment: boom, reason })?,
        )?;
        let again = self.ask(run, &captured, "boom")?.part(transaction, id("boom")?, undo()?);
        let outcome = self.pay("the agent tries again with a fresh key", again)?.outcome;
        self.account(BOOM, Loss::None, Outcome::Allow);
        self.account(BOOM, Loss::PaidTwice, outcome);
        flat_says("signs and pays 0.02 a second time; the first can still settle")?;

        heading("The failing step aborts its transaction; what it had paid becomes an obligation")?;
        let reason = Some("step boom failed".into());
        say("abort transaction bundle", &self.director.record(Command::Abort { transaction, reason })?)?;
        line("       /weather, 0.01, is to be compensated")?;
        let back = self.director.record(Command::Compensate {
            payment: weather,
            amount: WEATHER,
            evidence: None,
        })?;
        say("the seller pays 0.01 back (constructed for this demo)", &back)?;
        self.flat.turns_out(WEATHER, Loss::Stranded);
        flat_says("0.01 for a workflow that failed stays with the seller, unseen")?;
        self.director.wait(245);
        say(
            "/boom can no longer be claimed: its reservation ends",
            &self.director.record(Command::Expire { payment: boom })?,
        )
    }

    fn slot(&mut self, run: Index) -> Result<(), Failure> {
        heading("Money points at its record: signed afresh, with the slot as the nonce")?;
        let payment = self.signed_afresh(run, "weather", true)?.ok_or_else(|| Failure::new("not allowed"))?;
        line(format_args!("       nonce 0x{} names record {}", payment.slot, payment.payment))?;
        self.flat.pay(WEATHER, Loss::None);
        flat_says("pays 0.01 with a random nonce that names nothing")
    }

    /// Buys /weather once more; `None` where it is not allowed.
    fn signed_afresh(&mut self, run: Index, item: &str, told: bool) -> Result<Option<Granted>, Failure> {
        let captured = purchase("01-paid-exact")?;
        let ask = self.ask(run, &captured, item)?;
        let recorded = self.director.record(Command::Pay(Box::new(ask)))?;
        if told || recorded.outcome != Outcome::Allow {
            say("pay 0.01 for /weather", &recorded)?;
        }
        let Some(granted) = recorded.permit else { return Ok(None) };
        let payment_signature = self.director.sign(&granted)?;
        let payment = granted.payment;
        let bound = self.director.record(Command::Bind { payment, payment_signature })?;
        let settle = Command::Settle { payment, amount: granted.exposure, payment_response: None };
        let settled = self.director.record(settle)?;
        if told {
            say("signed with the development key: what was allowed", &bound)?;
            say("settled (constructed for this demo)", &settled)?;
        }
        Ok(Some(granted))
    }

    fn run_in_a_loop(&mut self) -> Result<(), Failure> {
        heading("Budgets: another run of the same agent buys in a loop")?;
        let run = self.open_run("crawler-3")?;
        self.commit_to(run, &[("ticks", 1_000_000)], "bob")?;
        let (first, mut paid) = (self.director.next(), 0_u64);
        while paid < LOOP && self.signed_afresh(run, "ticks", false)?.is_some() {
            paid = paid.saturating_add(1);
            self.account(WEATHER, Loss::Wasted, Outcome::Allow);
        }
        line(format_args!(
            "       {paid} of {LOOP} tries from record {first} on were allowed; the budget ended it"
        ))?;
        let more = (paid..LOOP).filter(|_| self.flat.pay(WEATHER, Loss::Wasted)).count();
        flat_says(&format!("pays the other {more} as well"))
    }

    fn compare(&self) -> Result<(), Failure> {
        heading("In money")?;
        line(format_args!("  {:<44} {:>12}  {:>12}", "", "flat limit", "Counterfoil"))?;
        for (what, loss) in [
            ("wasted: before a plan, or in a loop", Loss::Wasted),
            ("stranded: paid for a workflow that failed", Loss::Stranded),
            ("unapproved: premium without being asked", Loss::Unapproved),
            ("paid twice: after a lost answer", Loss::PaidTwice),
        ] {
            let ours = match loss {
                Loss::Stranded => self.director.open_obligations(),
                loss => self.ours.lost(loss),
            };
            line(format_args!("  {what:<44} {:>12}  {:>12}", usdc(self.flat.lost(loss)), usdc(ours)))?;
        }
        Ok(())
    }
}
