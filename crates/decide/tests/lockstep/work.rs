//! Runs, artefacts, phases, transactions, and the log's own affairs.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_record::input::{self, Enclosed, MANDATE_MOST};
use counterfoil_record::private::Commitment;
use counterfoil_record::{Amount, Hash32, Index, Input, Text, Time};
use counterfoil_testkit::{policy, rail};

use crate::inputs::{Kind, Op};
use crate::world::{World, adoption};

impl World {
    /// The input of an operation, where there is something to do it to.
    pub(crate) fn input(&mut self, op: &Op) -> Option<Input> {
        let run = |world: &Self| op.late(0, &world.runs).copied();
        let transaction = |world: &Self| Some(op.late(0, &world.transactions)?.1);
        Some(match op.kind {
            Kind::Wait => return None,
            Kind::OpenRun => Input::OpenRun(self.open_run(op)),
            Kind::CloseRun => Input::CloseRun(input::CloseRun { run: run(self)? }),
            Kind::Attach => Input::Attach(attach(run(self)?, op)),
            Kind::EnterPhase => {
                let phase = (*op
                    .pick(1, &["commit", "execute", "execute", "commit", "explore", "deliver", "nowhere"])
                    .expect("a phase"))
                .parse()
                .unwrap();
                Input::EnterPhase(input::EnterPhase { run: run(self)?, phase })
            }
            Kind::Begin => Input::Begin(self.begin(run(self)?, op)),
            Kind::CompleteStep => {
                let step = op.of(1, &["data", "print", "print", "ship", "nothing"]).parse().unwrap();
                Input::CompleteStep(input::CompleteStep {
                    transaction: transaction(self)?,
                    step,
                    evidence: None,
                })
            }
            Kind::Commit => Input::Commit(input::Commit { transaction: transaction(self)? }),
            Kind::Abort => Input::Abort(input::Abort { transaction: transaction(self)?, reason: None }),
            Kind::Answer => self.answer(op)?,
            Kind::AnswerPhase => self.answer_phase(op)?,
            Kind::Adopt => self.adopt(op),
            Kind::RotateKey => self.rotate_key(op),
            Kind::RevokeKey => self.revoke_key(op),
            Kind::Suspend | Kind::Resume => self.suspension(op),
            Kind::Clock => self.clock(op),
            Kind::Erase => self.erase(op),
            Kind::State => self.state_stated(op),
            Kind::Unreadable => Input::Unreadable(input::Unreadable {
                class: "payment-required".parse().unwrap(),
                offset: 3,
                length: 17,
                digest: Hash32::of(&[b"noise"]),
            }),
            _ => return self.money(op),
        })
    }

    fn open_run(&mut self, op: &Op) -> input::OpenRun {
        self.names += 1;
        let name = if op.rarely(6, 12) { 1 } else { self.names };
        input::OpenRun {
            id: format!("run-{name}").parse().unwrap(),
            agent: op.of(0, &["researcher", "scout", "signer", "researcher", "nobody"]).parse().unwrap(),
            principal: op.of(1, &["carol", "carol", "carol", "alice"]).parse().unwrap(),
            purpose: None,
            parent: if op.n[2] % 3 == 2 { op.late(3, &self.runs).copied() } else { None },
            mandate: (op.n[4] % 5 == 4).then(|| self.mandate(op)),
        }
    }

    fn mandate(&self, op: &Op) -> input::Mandate {
        let (usdc, gold) = (asset(rail::TOKEN), asset(policy::GOLD));
        let most = Amount::new(op.of(7, &[300_000, 700_000, u128::MAX]));
        let evidence = if op.rarely(8, 9) { vec![7; MANDATE_MOST + 1] } else { b"mandate".to_vec() };
        let named = |account: &str| BTreeSet::from([account.parse::<Text>().unwrap()]);
        let seller = format!("{}:{}", rail::CHAIN, rail::SELLER);
        input::Mandate {
            format: "test-mandate".parse().unwrap(),
            evidence: Enclosed::within(MANDATE_MOST, &evidence),
            expires: Time::from_millis(self.now + op.of(10, &[86_400_000_000, 900_000, 86_400_000])),
            limits: match op.n[9] % 4 {
                0 | 1 => BTreeMap::from([(usdc, most), (gold, most)]),
                2 => BTreeMap::from([(usdc, most)]),
                _ => BTreeMap::from([(Text::shown("usdc"), most)]),
            },
            payees: if op.of(11, &[0, 1]) == 1 { named(&seller) } else { BTreeSet::new() },
        }
    }

    fn begin(&mut self, run: Index, op: &Op) -> input::Begin {
        self.names += 1;
        let step = |(id, reversible): &(&str, bool)| input::Step {
            id: id.parse().unwrap(),
            reversible: *reversible,
        };
        let steps: &[&[(&str, bool)]] = &[
            &[("data", true), ("print", false)],
            &[("data", true)],
            &[("data", true), ("ship", false), ("print", false)],
            &[("data", true), ("data", true)],
            &[],
        ];
        let lasts = op.of(2, &[1_500_000, 600_000, 2_000, 0, 10_000_000]);
        input::Begin {
            run,
            id: format!("order-{}", if op.rarely(6, 9) { 1 } else { self.names }).parse().unwrap(),
            steps: op.of(1, steps).iter().map(step).collect(),
            deadline: Time::from_millis(self.now + lasts),
        }
    }

    fn adopt(&mut self, op: &Op) -> Input {
        let version = if op.rarely(1, 6) { self.version } else { self.version + 1 };
        self.version = self.version.max(version);
        let (policy, source) = adoption(usize::from(op.n[0]), version);
        let mut adopt = input::AdoptPolicy {
            policy: policy.try_into().unwrap(),
            source: source.into_bytes().try_into().unwrap(),
            statements: Vec::new(),
        };
        adopt.statements = self.governed(op, &Input::AdoptPolicy(adopt.clone()));
        Input::AdoptPolicy(adopt)
    }

    fn suspension(&self, op: &Op) -> Input {
        let scopes = [
            input::Scope { agent: None, run: op.pick(1, &self.runs).copied(), payee: None, asset: None },
            input::Scope { agent: Some("researcher".parse().unwrap()), run: None, payee: None, asset: None },
            input::Scope { agent: None, run: None, payee: Some(account(rail::SELLER)), asset: None },
            input::Scope {
                agent: Some("scout".parse().unwrap()),
                run: None,
                payee: None,
                asset: Some(asset(rail::TOKEN)),
            },
            input::Scope { agent: None, run: None, payee: None, asset: None },
        ];
        let scope = scopes[usize::from(op.n[0]) % scopes.len()].clone();
        if op.kind == Kind::Suspend {
            let mut suspend = input::Suspend { scope, reason: None, statements: Vec::new() };
            if op.n[2] % 3 == 2 {
                suspend.statements = self.empowered(op, &Input::Suspend(suspend.clone()));
            }
            return Input::Suspend(suspend);
        }
        let scope =
            op.pick(2, &self.state.suspended.keys().cloned().collect::<Vec<_>>()).cloned().unwrap_or(scope);
        let mut resume = input::Resume { scope, reason: None, statements: Vec::new() };
        resume.statements = self.empowered(op, &Input::Resume(resume.clone()));
        Input::Resume(resume)
    }

    fn clock(&mut self, op: &Op) -> Input {
        self.now += op.of(0, &[0, 400_000_000, 2_700_000_000]);
        let to = Time::from_millis(self.now + op.of(1, &[0, 10_000, 0]) - op.of(2, &[0, 0, 0, 1]));
        let mut clock = input::Clock { to, statements: Vec::new() };
        clock.statements = self.empowered(op, &Input::Clock(clock.clone()));
        Input::Clock(clock)
    }

    /// Mostly of a record that there is; which commitments it carries is nothing to the decision.
    fn erase(&self, op: &Op) -> Input {
        let (size, behind) = (self.state.size.value(), u64::from(op.n[1] % 8));
        let record = Index::new(op.of(0, &[size.saturating_sub(behind + 1), size, size + 1, u64::MAX]));
        let commitment = Commitment(Hash32::of(&[b"a private text", &op.n[2].to_be_bytes()]));
        let mut erase = input::Erase { record, commitment, statements: Vec::new(), reason: None };
        erase.statements = self.empowered(op, &Input::Erase(erase.clone()));
        Input::Erase(erase)
    }

    fn state_stated(&self, op: &Op) -> Input {
        let state = if op.rarely(6, 4) { Hash32([1; 32]) } else { self.state.digest() };
        match op.n[1] % 3 {
            0 => Input::Heartbeat(input::Heartbeat { state }),
            1 => Input::Start(input::Start { tool: Text::shown("lockstep"), state }),
            _ => Input::Stop(input::Stop { state }),
        }
    }
}

fn attach(run: Index, op: &Op) -> input::Attach {
    let item = |id: &str, payee: Text, ceiling: u128| input::PlanItem {
        id: id.parse().unwrap(),
        category: "data".parse().unwrap(),
        payee,
        asset: "usdc".parse().unwrap(),
        ceiling: Amount::new(ceiling),
    };
    let (seller, other) = (account(rail::SELLER), account(policy::OTHER_SELLER));
    let items = match op.n[2] % 12 {
        0..9 => vec![item("quotes", seller, 400_000), item("maps", other, 200_000)],
        9 => vec![item("quotes", seller, u128::MAX)],
        10 => vec![item("quotes", seller.clone(), 1), item("quotes", seller, 2)],
        _ => vec![item("quotes", Text::shown("somebody"), 1)],
    };
    input::Attach {
        run,
        name: op.of(1, &["plan", "plan", "notes"]).parse().unwrap(),
        media_type: "text/markdown".parse().unwrap(),
        digest: Hash32::of(&[b"plan", &op.n[3].to_be_bytes()]),
        items,
    }
}

/// CAIP-19.
pub(crate) fn asset(contract: &str) -> Text {
    format!("{}/erc20:{contract}", rail::CHAIN).parse().unwrap()
}

/// CAIP-10.
pub(crate) fn account(address: &str) -> Text {
    format!("{}:{address}", rail::CHAIN).parse().unwrap()
}
