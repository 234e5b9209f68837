//! Payments with fates drawn at random: each gets the class that its fate calls for, however the evidence is cut.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    missing_docs,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeMap;

use counterfoil_audit::{Auditor, Verdict};
use counterfoil_enforce::Command;
use counterfoil_enforce::command::{OpenRun, Pay};
use counterfoil_reconcile::evidence::{Evidence, chain};
use counterfoil_reconcile::{Book, Class, GapCode, Reconciliation, Subject, reconcile};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Index};
use counterfoil_testkit::policy::{OTHER_SELLER, YEN, plain_with};
use counterfoil_testkit::rail::{Offer, PAYER, SELLER, Signing, TOKEN};
use counterfoil_testkit::script::{START, Script, trust};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Past the end of everything that is allowed: the permit's life and the finality.
const END: u64 = START / 1000 + 600 + 120 + 60;
const BLOCKS: u64 = 1_000;

/// What becomes of a payment.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Settles,
    SettlesUnknown,
    Never,
    OtherAmount,
    OtherPayee,
    OtherAsset,
    Claimed,
    Twice,
    Denied,
    DeniedMoved,
}

const FATES: [Fate; 10] = [
    Fate::Settles,
    Fate::SettlesUnknown,
    Fate::Never,
    Fate::OtherAmount,
    Fate::OtherPayee,
    Fate::OtherAsset,
    Fate::Claimed,
    Fate::Twice,
    Fate::Denied,
    Fate::DeniedMoved,
];

impl Fate {
    const fn class(self) -> Class {
        match self {
            Self::Settles => Class::SettledAsAllowed,
            Self::SettlesUnknown => Class::SettledLate,
            Self::Never => Class::NeverSettled,
            Self::OtherAmount => Class::OtherAmount,
            Self::OtherPayee => Class::OtherPayee,
            Self::OtherAsset => Class::OtherAsset,
            Self::Claimed => Class::ClaimedWithoutArtefact,
            Self::Twice => Class::PaidTwice,
            Self::Denied => Class::DeniedNothingMoved,
            Self::DeniedMoved => Class::DeniedButMoved,
        }
    }

    const fn is_denied(self) -> bool {
        matches!(self, Self::Denied | Self::DeniedMoved)
    }
}

/// A world in the making: the log, and the logs of its chain.
struct World {
    script: Script,
    run: Index,
    logs: Vec<(u64, Value)>,
    classes: BTreeMap<Index, Class>,
}

impl World {
    fn new() -> Self {
        let policy = plain_with(&[
            ("count = 5", "count = 10000"),
            ("slot = \"required\"", "slot = \"preferred\""),
            ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        ]);
        let mut script = Script::with_policy(&policy);
        let open =
            OpenRun::new("r1".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
        let run = script.submit(Command::OpenRun(open)).index;
        Self { script, run, logs: Vec::new(), classes: BTreeMap::new() }
    }

    fn moves(&mut self, token: &str, to: &str, amount: u128, nonce: Option<Hash32>) {
        let number = u64::try_from(self.logs.len()).unwrap() + 1;
        let word = |digits: &str| format!("0x{:0>64}", digits.trim_start_matches("0x"));
        let mut log = |topics: Vec<String>, data: &str, index: u64| {
            let log = json!({
                "address": token, "topics": topics, "data": data, "blockNumber": format!("{number:#x}"),
                "transactionHash": word(&format!("{number:x}")), "logIndex": format!("{index:#x}")
            });
            self.logs.push((number, log));
        };
        if let Some(nonce) = nonce {
            log(vec![format!("0x{}", chain::AUTHORIZATION_USED), word(PAYER), format!("0x{nonce}")], "0x", 0);
        }
        log(vec![format!("0x{}", chain::TRANSFER), word(PAYER), word(to)], &word(&format!("{amount:x}")), 1);
    }

    fn pays(&mut self, number: usize, fate: Fate) {
        let amount = 1_000 + u128::try_from(number).unwrap();
        let host = if fate.is_denied() { "elsewhere" } else { "data" };
        let url = format!("https://{host}.example/v1/p{number}");
        let key = format!("k{number}").parse().unwrap();
        let pay = Pay::new(self.run, key, &Offer::new(&url, amount).header(), &url, "hot".parse().unwrap());
        let asked = self.script.submit(Command::Pay(Box::new(pay.category("data".parse().unwrap()))));
        let expected = if fate.is_denied() { Outcome::Deny } else { Outcome::Allow };
        assert_eq!(asked.outcome, expected, "{asked:?}");
        let payment = asked.index;
        let nonce = asked.permit.map_or_else(|| Hash32::of(&[&number.to_be_bytes()]), |permit| permit.slot);
        let second = Hash32::of(&[b"second", &number.to_be_bytes()]);
        for nonce in [nonce, second] {
            let signing = Signing::new(amount, self.script.now / 1000 + 60, nonce);
            self.script.submit(Command::Bind { payment, payment_signature: signing.header() });
        }
        let settle = Command::Settle {
            payment,
            amount: counterfoil_record::Amount::new(amount),
            payment_response: None,
        };
        match fate {
            Fate::Settles => {
                self.script.submit(settle);
                self.moves(TOKEN, SELLER, amount, Some(nonce));
            }
            Fate::SettlesUnknown => {
                self.script.submit(Command::Unknown { payment, reason: None });
                self.moves(TOKEN, SELLER, amount, Some(nonce));
            }
            Fate::Never | Fate::Denied => {}
            Fate::OtherAmount => self.moves(TOKEN, SELLER, amount + 1, Some(nonce)),
            Fate::OtherPayee => self.moves(TOKEN, OTHER_SELLER, amount, Some(nonce)),
            Fate::OtherAsset => self.moves(YEN, SELLER, amount, Some(nonce)),
            Fate::Claimed => {
                self.script.submit(settle);
            }
            Fate::Twice => {
                self.moves(TOKEN, SELLER, amount, Some(nonce));
                self.moves(TOKEN, SELLER, amount, Some(second));
            }
            Fate::DeniedMoved => self.moves(TOKEN, SELLER, amount, Some(nonce)),
        }
        self.classes.insert(payment, fate.class());
    }

    fn book(&self) -> Book {
        let (mut book, mut auditor) = (Book::default(), Auditor::new(Some(trust()), None));
        for entry in self.script.entries() {
            let checked = auditor.push(&entry).expect("it follows");
            book.observe(&checked, auditor.state());
        }
        book
    }

    /// The extract of those blocks.
    fn extract(&self, from: u64, to: u64) -> chain::Extract {
        let logs: Vec<&Value> =
            self.logs.iter().filter(|(number, _)| (from..=to).contains(number)).map(|(_, log)| log).collect();
        let head = if to == BLOCKS { END } else { START / 1000 };
        let extract = json!({
            "chain": "eip155:84532", "from_block": format!("{from:#x}"), "to_block": format!("{to:#x}"),
            "head_time": format!("{head:#x}"), "logs": logs
        });
        chain::read(extract.to_string().as_bytes()).unwrap()
    }
}

fn told(answer: &Reconciliation) -> (BTreeMap<Index, Class>, usize) {
    let classes = answer.rows.iter().filter_map(|row| match row.subject {
        Subject::Payment { index } => Some((index, row.class)),
        _ => None,
    });
    let strays = answer.rows.iter().filter(|row| matches!(row.subject, Subject::Transfer { .. }));
    (classes.collect(), strays.filter(|row| row.class == Class::MovedWithoutDecision).count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_payment_gets_the_class_of_its_fate_however_the_extract_is_cut(
        fates in proptest::collection::vec(proptest::sample::select(&FATES[..]), 1..10),
        strays in 0_usize..3,
        cuts in proptest::collection::vec((0..BLOCKS, 0_u64..40), 0..4),
        turned in any::<bool>(),
    ) {
        let mut world = World::new();
        for (number, fate) in fates.iter().enumerate() {
            world.pays(number, *fate);
        }
        for number in 0..strays {
            let nonce = (number % 2 == 0).then(|| Hash32([u8::try_from(number).unwrap(); 32]));
            world.moves(TOKEN, SELLER, 5, nonce);
        }
        let book = world.book();
        let whole = Evidence { extracts: vec![world.extract(0, BLOCKS)], ..Evidence::default() };
        let answer = reconcile(&book, &whole, Verdict::Verified);
        prop_assert_eq!(&answer.gaps, &vec![]);
        prop_assert_eq!(told(&answer), (world.classes.clone(), strays));
        let fails = strays > 0 || fates.iter().any(|fate| fate.class().is_discrepancy());
        prop_assert_eq!(answer.verdict, if fails { Verdict::Failed } else { Verdict::Verified });
        prop_assert_eq!(answer.rows.len(), fates.len() + strays);
        let weaker = reconcile(&book, &whole, Verdict::Insufficient);
        prop_assert_eq!(weaker.verdict, if fails { Verdict::Failed } else { Verdict::Insufficient });

        // The same blocks in pieces that overlap, in any order.
        let mut ends: Vec<(u64, u64)> = cuts.clone();
        ends.sort_unstable();
        let mut extracts = Vec::new();
        let mut from = 0;
        for (cut, overlap) in ends {
            extracts.push(world.extract(from, cut.max(from)));
            from = (cut.max(from) + 1).saturating_sub(overlap);
        }
        extracts.push(world.extract(from, BLOCKS));
        if turned {
            extracts.reverse();
        }
        let pieces = reconcile(&book, &Evidence { extracts, ..Evidence::default() }, Verdict::Verified);
        prop_assert_eq!((&pieces.rows, &pieces.gaps), (&answer.rows, &answer.gaps));

        // Without the blocks in between, the hole is named, and no payment is said to be dead.
        let extracts = vec![world.extract(0, 0), world.extract(BLOCKS, BLOCKS)];
        let hole = reconcile(&book, &Evidence { extracts, ..Evidence::default() }, Verdict::Verified);
        prop_assert_eq!(hole.gaps[0].code, GapCode::BlocksMissing);
        prop_assert!(hole.rows.iter().all(|row| row.class != Class::NeverSettled && row.class != Class::ClaimedWithoutArtefact));
        prop_assert!(hole.verdict != Verdict::Verified);
    }
}
