//! Payments, what wallets sign, and what is said to have happened.

use counterfoil_rails::Address;
use counterfoil_rails::caip::Asset;
use counterfoil_rails::eip3009::{Authorization, Domain, slot};
use counterfoil_rails::permit2::{self, Permit2Transfer};
use counterfoil_rails::x402::Signed;
use counterfoil_record::input::{self, Enclosed, RAIL_MOST};
use counterfoil_record::private::Commitment;
use counterfoil_record::{Amount, Fixed, Hash32, Index, Input, Text};
use counterfoil_testkit::{keys, policy, rail};
use serde_json::{Value, json};

use crate::inputs::{Kind, Op};
use crate::world::World;

const AMOUNTS: [u128; 8] = [100_000, 50_000, 1, 200_000, 300_000, 450_000, 499_999, 700_000];
/// 2^128-1, and what is left of it.
const HUGE: [u128; 4] = [1_000, u128::MAX, u128::MAX - 1_000, u128::MAX / 2];
const URLS: [&str; 7] = ["tick", "a", "b", "c", "tick", "a", "../v2"];
const FACILITATOR: &str = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

impl World {
    /// An input about money.
    pub(crate) fn money(&mut self, op: &Op) -> Option<Input> {
        let payment = |world: &Self| op.late(0, &world.allowed).copied();
        Some(match op.kind {
            Kind::Pay => Input::Pay(self.pay(op)?),
            Kind::PayAgain => Input::Pay(self.pay_again(op)?),
            Kind::Claim => Input::Claim(input::Claim { payment: *op.late(0, &self.held)? }),
            Kind::Bind => self.bind(op)?,
            Kind::Settle => self.settle(op)?,
            Kind::Fail => {
                let payment = payment(self)?;
                Input::Fail(input::Fail { payment, evidence: Self::evidence(op, false, None), reason: None })
            }
            Kind::Unknown => Input::Unknown(input::Unknown { payment: payment(self)?, reason: None }),
            Kind::Expire => {
                // Mostly when it can be, which moves the clock.
                let payment = payment(self)?;
                if let Some(terms) = self.state.payments.get(&payment).and_then(|it| it.terms.as_ref())
                    && !op.n[1].is_multiple_of(3)
                {
                    let dead = terms.claimable_until * 1_000 + terms.finality.millis();
                    self.now = self.now.max(dead + op.of(2, &[1, 0, 1_000]));
                }
                Input::Expire(input::Expire { payment })
            }
            Kind::Compensate => Input::Compensate(input::Compensate {
                payment: self.any_payment(op)?,
                amount: Amount::new(op.of(1, &[1, 50_000, 100_000, u128::MAX])),
                evidence: None,
            }),
            Kind::Refund => Input::Refund(input::Refund {
                payment: self.any_payment(op)?,
                amount: Amount::new(op.of(1, &[1, 50_000, 100_000, u128::MAX])),
                evidence: Self::evidence(op, true, None),
                reason: None,
            }),
            Kind::WriteOff => self.write_off(op)?,
            _ => return None,
        })
    }

    /// An allowed payment, a held one, or none at all.
    fn any_payment(&self, op: &Op) -> Option<Index> {
        match op.n[5] % 20 {
            8 => op.late(0, &self.held).copied(),
            9 => Some(Index::new(u64::from(op.n[0]))),
            _ => op.late(0, &self.allowed).copied(),
        }
    }

    fn pay(&self, op: &Op) -> Option<input::Pay> {
        let run = *op.late(0, &self.runs)?;
        let url = format!("https://data.example/v1/{}", *op.pick(1, &URLS).expect("a URL"));
        // In a transaction of the run, if it has one, or of another.
        let own: Vec<Index> =
            self.transactions.iter().filter(|(of, _)| *of == run).map(|(_, it)| *it).collect();
        let of_run = own.last().copied().filter(|_| op.n[2] % 2 == 1);
        let other = op.pick(2, &self.transactions).map(|(_, it)| *it).filter(|_| op.rarely(2, 30));
        let part = of_run.or(other).map(|transaction| input::Part {
            transaction,
            step: op.of(6, &["data", "print", "print", "ship", "nothing"]).parse().unwrap(),
        });
        let way = || input::Compensation { way: Some("seller-refund".parse().unwrap()) };
        let compensation = part.as_ref().and_then(|part| match op.n[7] % 16 {
            7 => None,
            6 => Some(way()),
            _ if part.step.as_str() == "data" => Some(way()),
            _ => Some(input::Compensation { way: None }),
        });
        let offered = op.rarely(8, 30).then(|| Text::shown("https://data.example/v1/other"));
        let mut pay = input::Pay {
            run,
            part,
            item: (!op.n[2].is_multiple_of(3))
                .then(|| op.of(5, &["quotes", "quotes", "maps", "none"]).parse().unwrap()),
            key: format!("key-{}", op.n[11] % 120).parse().unwrap(),
            requirements: requirements(op),
            required: Commitment(Hash32([1; 32])),
            offered,
            resource: Text::shown(url),
            query: None,
            wallet: op.of(12, &["hot", "hot", "hot", "hot", "cold", "warm"]).parse().unwrap(),
            category: op
                .of(13, &[Some("data"), Some("data"), Some("data"), Some("compute"), Some("tip"), None])
                .map(|it| it.parse().unwrap()),
            purpose: None,
            compensation,
            request: None,
            overrides: Vec::new(),
        };
        pay.request = self.agent_request(op, &pay);
        if op.n[15] % 2 == 1 {
            pay.overrides = self.overrides(op, &pay);
        }
        Some(pay)
    }

    /// A request that was made before, with the same or another key.
    fn pay_again(&self, op: &Op) -> Option<input::Pay> {
        let allowed = op.late(0, &self.allowed_pays).filter(|_| !op.n[3].is_multiple_of(3));
        let mut pay = allowed.or_else(|| op.pick(0, &self.pays))?.clone();
        if !op.n[1].is_multiple_of(3) {
            pay.key = format!("again-{}", op.n[2] % 20).parse().unwrap();
            pay.request = self.agent_request(op, &input::Pay { overrides: Vec::new(), ..pay.clone() });
            pay.overrides = self.overrides(op, &pay);
        }
        Some(pay)
    }

    fn bind(&self, op: &Op) -> Option<Input> {
        let payment = *op.late(0, &self.allowed)?;
        let terms = self.state.payments.get(&payment)?.terms.as_ref()?;
        let asset: Asset = terms.asset.as_str().parse().unwrap();
        let from: Address = rail::PAYER.parse().unwrap();
        let (_, payee) = terms.payee.as_str().rsplit_once(':').unwrap();
        let exposure = terms.exposure.units();
        let to: Address =
            if op.n[1] % 40 == 13 { policy::STRANGER.parse().unwrap() } else { payee.parse().unwrap() };
        let value = Amount::new(if op.n[1] % 40 == 14 { exposure.saturating_sub(1) } else { exposure });
        let end = match op.n[2] % 24 {
            6 => terms.until + 1_000,
            7 => terms.until - 300,
            _ => terms.until,
        };
        let nonce = if op.n[3] % 16 == 7 { Hash32([7; 32]) } else { slot(&terms.leaf?) };
        let permit2 = (terms.method.as_str() == "permit2") != (op.n[4] % 32 == 15);
        let upto = terms.scheme.as_str() == "upto";
        let signed = if permit2 {
            let spender = match (upto, op.n[5] % 36 == 11) {
                (true, false) | (false, true) => permit2::UPTO_PROXY,
                _ => permit2::EXACT_PROXY,
            };
            let facilitator = if op.n[5] % 36 == 10 { policy::STRANGER } else { FACILITATOR };
            Signed::Permit2(Permit2Transfer {
                from,
                token: if op.n[1] % 40 == 15 { policy::YEN.parse().unwrap() } else { asset.contract },
                amount: value,
                spender,
                nonce,
                deadline: end,
                to,
                facilitator: upto.then(|| facilitator.parse().unwrap()),
                valid_after: 0,
            })
        } else {
            Signed::Eip3009(Authorization { from, to, value, valid_after: 0, valid_before: end, nonce })
        };
        let domain = Domain {
            name: terms.domain_name.as_str().into(),
            version: terms.domain_version.as_str().into(),
            chain: asset.chain,
            contract: asset.contract,
        };
        let mut signature = *keys::wallet().sign(&signed.digest(&domain)).bytes();
        if op.rarely(6, 32) {
            signature[3] ^= 1;
        }
        Some(Input::Bind(input::Bind {
            payment,
            signed: stated(&signed),
            signature: Fixed(signature),
            payload: Commitment(Hash32([2; 32])),
        }))
    }

    fn settle(&self, op: &Op) -> Option<Input> {
        let payment = self.any_payment(op)?;
        let terms = self.state.payments.get(&payment).and_then(|it| it.terms.as_ref());
        let exposure = terms.map_or(1, |terms| terms.exposure.units());
        let more = exposure.saturating_add(300_000);
        let amounts = [exposure, exposure, exposure, exposure / 2, more, 0, u128::MAX];
        let amount = Amount::new(op.of(1, &amounts));
        let evidence = Self::evidence(op, true, Some(amount));
        Some(Input::Settle(input::Settle { payment, amount, evidence }))
    }

    /// A rail's answer, of which some say something else, or nothing.
    fn evidence(op: &Op, success: bool, amount: Option<Amount>) -> Option<Enclosed> {
        let transaction =
            if success && op.n[3] % 16 != 7 { format!("0x{}", "ab".repeat(32)) } else { String::new() };
        let mut body = json!({"success": success, "transaction": transaction, "network": rail::CHAIN, "payer": rail::PAYER});
        match op.n[2] % 16 {
            0 | 1 => return None,
            2 => body["payer"] = Value::from(policy::STRANGER),
            3 => body["network"] = Value::from("eip155:1"),
            4 => body["success"] = Value::from(!success),
            5 => body["padding"] = Value::from("x".repeat(RAIL_MOST)),
            6 => body["amount"] = Value::from("12345"),
            _ => {}
        }
        if let Some(amount) = amount
            && op.n[2] % 16 >= 10
        {
            body["amount"] = Value::from(amount.to_string());
        }
        Some(Enclosed::within(RAIL_MOST, body.to_string().as_bytes()))
    }

    fn write_off(&self, op: &Op) -> Option<Input> {
        // Mostly of a payment that is owed something for.
        let owed = self.state.obligations_at(self.state.time);
        let (payment, open) = match op.pick(0, &owed) {
            Some(obligation) => (obligation.payment, obligation.open.units()),
            None => (self.any_payment(op)?, 1),
        };
        let amount = Amount::new(op.of(1, &[open, open / 2, open.saturating_add(1), 0]));
        let mut write_off = input::WriteOff { payment, amount, statements: Vec::new(), reason: None };
        write_off.statements = self.empowered(op, &Input::WriteOff(write_off.clone()));
        Some(Input::WriteOff(write_off))
    }
}

/// What a seller asks for.
fn requirements(op: &Op) -> Enclosed {
    let (contract, name, version) = op.of(
        3,
        &[
            (rail::TOKEN, "USDC", "2"),
            (rail::TOKEN, "USDC", "2"),
            (rail::TOKEN, "USDC", "2"),
            (policy::GOLD, "Gold", "1"),
            (policy::YEN, "Yen", "1"),
            (policy::STRANGER, "None", "1"),
        ],
    );
    let amount = if contract == policy::GOLD && op.n[4] % 2 == 1 {
        *op.pick(5, &HUGE).expect("an amount")
    } else {
        *op.pick(4, &AMOUNTS).expect("an amount")
    };
    let seller =
        op.of(14, &[rail::SELLER, rail::SELLER, rail::SELLER, policy::OTHER_SELLER, policy::STRANGER]);
    let mut offer = json!({
        "scheme": "exact", "network": rail::CHAIN, "amount": amount.to_string(), "asset": contract,
        "payTo": seller, "maxTimeoutSeconds": op.of(9, &[60, 60, 600, 601]),
        "extra": {"name": name, "version": version}
    });
    match op.n[5] % 100 {
        20..24 => offer["extra"]["assetTransferMethod"] = Value::from("permit2"),
        24..29 => {
            offer["scheme"] = Value::from("upto");
            offer["extra"]["facilitatorAddress"] = Value::from(FACILITATOR);
        }
        29 => offer["scheme"] = Value::from("upto"),
        30 => offer["scheme"] = Value::from("batch-settlement"),
        31 => offer["scheme"] = Value::from("auth-capture"),
        32 => offer["scheme"] = Value::from("barter"),
        33 => offer["extra"]["name"] = Value::from("Fake"),
        34 => offer["padding"] = Value::from("x".repeat(RAIL_MOST)),
        35 => offer["payTo"] = Value::Null,
        36 => offer["amount"] = Value::from("0"),
        37 | 38 => {
            let object = offer.as_object_mut().unwrap();
            let amount = object.remove("amount").unwrap();
            object.insert("maxAmountRequired".into(), amount);
            object.insert("network".into(), Value::from("base-sepolia"));
            object.insert("resource".into(), Value::from("https://data.example/v1/a"));
        }
        39 => offer["network"] = Value::from("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"),
        _ => {}
    }
    Enclosed::within(RAIL_MOST, offer.to_string().as_bytes())
}

/// The record's form of what was signed.
fn stated(signed: &Signed) -> input::Signed {
    let fixed = |address: Address| Fixed(*address.bytes());
    match signed {
        Signed::Eip3009(it) => input::Signed::Eip3009(input::Authorization {
            from: fixed(it.from),
            to: fixed(it.to),
            value: it.value,
            valid_after: it.valid_after,
            valid_before: it.valid_before,
            nonce: it.nonce,
        }),
        Signed::Permit2(it) => input::Signed::Permit2(input::Permit2Transfer {
            from: fixed(it.from),
            token: fixed(it.token),
            amount: it.amount,
            spender: fixed(it.spender),
            nonce: it.nonce,
            deadline: it.deadline,
            to: fixed(it.to),
            facilitator: it.facilitator.map(fixed),
            valid_after: it.valid_after,
        }),
    }
}
