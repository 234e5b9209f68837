//! A log under steady use: runs that stay open, payments that are allowed, settle, and are forgotten.

use counterfoil_decide::policy::compile;
use counterfoil_decide::{SEMANTICS, State, Step};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{self, Enclosed, RAIL_MOST};
use counterfoil_record::private::Commitment;
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, FORMAT, Fixed, Hash32, Index, Input, Text};
use counterfoil_record::Time;
use counterfoil_testkit::{keys, policy, rail};
use serde_json::json;

pub struct World {
    pub state: State,
    pub now: u64,
    runs: Vec<Index>,
    made: u64,
}

/// A policy with `rules` budgets and gates, half of each, none of which is ever reached.
fn policy(rules: usize) -> String {
    let plain = policy::plain();
    let start = plain.find("[[budgets]]").unwrap();
    let end = plain.find("[payees]").unwrap();
    let per = ["\"run\"", "\"agent\"", "\"principal\"", "\"payee\"", "\"agent\", \"payee\""];
    let mut middle = String::new();
    for at in 0..rules / 2 {
        let window = if at % 2 == 1 { "window = { rolling = \"24h\" }\n" } else { "" };
        let per = per[at % per.len()];
        middle += &format!("[[budgets]]\nid = \"budget-{at}\"\nper = [{per}]\n{window}limit = \"1000000000.00 usdc\"\n");
    }
    for at in 0..rules - rules / 2 {
        let when = match at % 4 {
            0 => format!("{{ exposure_at_least = \"{}.00 usdc\" }}", 2 + at),
            1 => "{ first_payment_to_payee = true, exposure_at_least = \"0.25 usdc\" }".into(),
            2 => "{ budget = \"budget-1\", at_least_percent = 80 }".into(),
            _ => "{ category = \"tip\" }".into(),
        };
        let need = "need = { approvals = 1, from = \"finance\", ttl = \"1h\" }";
        middle += &format!("[[gates]]\nid = \"gate-{at}\"\nwhen = {when}\n{need}\n");
    }
    let all = format!("{}{middle}{}", &plain[..start], &plain[end..]);
    all.replace("match_horizon = \"90d\"", "match_horizon = \"24h\"").replace("refusals_per_minute = 60\n", "")
}

/// One element of `accepts`.
pub fn requirements(amount: u128, _: u64) -> Vec<u8> {
    json!({
        "scheme": "exact", "network": rail::CHAIN, "amount": amount.to_string(), "asset": rail::TOKEN,
        "payTo": rail::SELLER, "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"}
    })
    .to_string()
    .into_bytes()
}

impl World {
    pub fn new(rules: usize, runs: usize, payments: u64) -> Self {
        let mut world = Self { state: State::new(), now: 1_795_392_000_000, runs: Vec::new(), made: 0 };
        world.accept(Input::Genesis(input::Genesis {
            origin: keys::ORIGIN.parse().unwrap(),
            log_key: Fixed(*keys::log_named().key().bytes()),
            format: FORMAT,
            semantics: SEMANTICS,
            governance: None,
        }));
        let source = policy(rules);
        let compiled = compile(&source).unwrap();
        assert_eq!(compiled.budgets.len() + compiled.gates.len(), rules);
        world.accept(Input::AdoptPolicy(input::AdoptPolicy {
            policy: compiled.to_bytes().try_into().unwrap(),
            source: source.into_bytes().try_into().unwrap(),
            statements: Vec::new(),
        }));
        for at in 0..runs {
            let run = world.accept(Input::OpenRun(input::OpenRun {
                id: format!("run-{at}").parse().unwrap(),
                agent: "researcher".parse().unwrap(),
                principal: format!("principal-{}", at % 50).parse().unwrap(),
                purpose: None,
                parent: None,
                mandate: None,
            }));
            world.runs.push(run);
        }
        for _ in 0..payments {
            world.pay_and_settle();
        }
        world
    }

    fn seal(&mut self, input: Input) -> (Index, Outcome) {
        self.now += 1;
        let index = self.state.size;
        let Step::Record(decision) = self.state.step(&input, Time::from_millis(self.now)) else { panic!("{input:?}") };
        let outcome = decision.verdict.outcome;
        self.state.seal(decision.pending, Hash32::of(&[&index.value().to_be_bytes()]));
        (index, outcome)
    }

    fn accept(&mut self, input: Input) -> Index {
        let (index, outcome) = self.seal(input);
        assert_eq!(outcome, Outcome::Accepted);
        index
    }

    /// A payment that no rule stands against.
    pub fn ask(&self, at: usize) -> Input {
        let url = format!("https://data.example/v1/{}/{}", self.made, at);
        Input::Pay(input::Pay {
            run: self.runs[at % self.runs.len()],
            part: None,
            item: None,
            key: format!("key-{}-{at}", self.made).parse().unwrap(),
            requirements: Enclosed::within(RAIL_MOST, &requirements(100, 0)),
            required: Commitment(Hash32([1; 32])),
            offered: None,
            resource: Text::shown(url),
            query: None,
            wallet: "hot".parse().unwrap(),
            category: Some("data".parse().unwrap()),
            purpose: None,
            compensation: None,
            request: None,
            overrides: Vec::new(),
        })
    }

    fn pay_and_settle(&mut self) {
        let ask = self.ask(usize::try_from(self.made).unwrap());
        self.made += 1;
        let (payment, outcome) = self.seal(ask);
        assert_eq!(outcome, Outcome::Allow);
        self.accept(Input::Settle(input::Settle { payment, amount: Amount::new(100), evidence: None }));
    }

    /// Pays and settles until the log has so many records. Runs are closed and opened again, so that what they hold
    /// does not grow; a day has ten thousand payments.
    pub fn grow_to(&mut self, records: u64) {
        while self.state.size.value() < records {
            self.pay_and_settle();
            self.now += 8_637;
            if self.made.is_multiple_of(20) {
                let at = usize::try_from(self.made / 20).unwrap() % self.runs.len();
                let run = self.runs[at];
                self.accept(Input::CloseRun(input::CloseRun { run }));
                self.runs[at] = self.accept(Input::OpenRun(input::OpenRun {
                    id: format!("run-{}-{at}", self.made).parse().unwrap(),
                    agent: "researcher".parse().unwrap(),
                    principal: format!("principal-{}", at % 50).parse().unwrap(),
                    purpose: None,
                    parent: None,
                    mandate: None,
                }));
            }
        }
    }
}
