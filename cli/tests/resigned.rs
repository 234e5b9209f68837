//! An operator who lies: a verdict or a number is changed, and everything signed again with the log's own
//! key, tree and checkpoint too. Nothing is pinned but the key. The decision gives the lie away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails, and a test may read a clock"
)]

mod common;

use std::fs;

use counterfoil_audit::{Auditor, FindingCode, Level, Trust, Verdict};
use counterfoil_enforce::{FileKey, SignError, Signer as _};
use counterfoil_record::verdict::{Operand, Outcome};
use counterfoil_record::{Amount, Hash32, Record, SignedRecord};
use counterfoil_store::{SqliteStore, Store as _};
use counterfoil_tlog::note::{self, Signer};
use counterfoil_tlog::{Checkpoint, CompactRange, leaf_hash};

use common::{Demo, args, findings, folder, read, run};

/// The log's operator, with the log's key.
struct Operator {
    key: FileKey,
    trust: Trust,
}

impl Signer for &Operator {
    type Error = SignError;

    fn name(&self) -> &str {
        self.trust.log.name().as_str()
    }

    fn key_id(&self) -> [u8; 4] {
        self.trust.log.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.key.sign(message).map(Vec::from)
    }
}

impl Operator {
    fn of(demo: &Demo) -> Self {
        let trust = Trust { require: Level::LogKey, checkpoint: None, ..demo.trust() };
        Self { key: demo.key(), trust }
    }

    /// Signs every record from `from` on again, each over the root of those before it; gives the entries
    /// from there, and a checkpoint of the whole.
    fn resign(&self, records: &[Record], from: usize, before: &CompactRange) -> (Vec<Vec<u8>>, String) {
        let mut tree = before.clone();
        let mut entries = Vec::new();
        for record in &records[from..] {
            let record = Record { prior: Hash32(*tree.root().bytes()), ..record.clone() };
            let unsigned = record.to_unsigned(&self.trust.origin, self.key.public_key()).unwrap();
            let entry = unsigned.finish(&self.key.sign(&unsigned.to_be_signed()).unwrap());
            tree.append(leaf_hash(&entry));
            entries.push(entry);
        }
        let checkpoint = Checkpoint {
            origin: self.trust.origin.to_string(),
            size: tree.size(),
            root: tree.root(),
            extensions: Vec::new(),
        };
        let note = note::sign(&checkpoint.to_text(), &self).map_err(|error| format!("{error:?}"));
        (entries, note.unwrap())
    }
}

const fn another(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Allow => Outcome::Deny,
        Outcome::Hold | Outcome::Deny | Outcome::CannotDecide => Outcome::Allow,
        Outcome::Accepted => Outcome::Refused,
        Outcome::Refused => Outcome::Accepted,
    }
}

/// The same record with each operand of its trace in turn changed by as little as possible.
fn with_another_operand(record: &Record) -> Vec<Record> {
    let mut lies = Vec::new();
    for (row, check) in record.verdict.trace.iter().enumerate() {
        for (name, value) in &check.operands {
            let lie = match value {
                Operand::Number(it) => Operand::Number(Amount::new(it.units() ^ 1)),
                Operand::Text(it) => Operand::Text(format!("{it}0").parse().unwrap()),
                Operand::Hash(it) => Operand::Hash(Hash32::of(&[it.bytes()])),
                Operand::Flag(it) => Operand::Flag(!it),
                Operand::Indices(it) => Operand::Indices(it.iter().map(|index| index.next()).collect()),
            };
            if *value != lie {
                let mut record = record.clone();
                record.verdict.trace[row].operands.insert(*name, lie);
                lies.push(record);
            }
        }
    }
    lies
}

#[test]
fn a_changed_verdict_or_operand_does_not_follow_though_everything_is_signed_again() {
    let demo = Demo::new();
    let operator = Operator::of(&demo);
    let (entries, _) = read(&demo.log());
    let records: Vec<Record> =
        entries.iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().clone()).collect();
    let (mut lies, mut with_trace) = (0, 0);
    // The auditor has followed everything before the lie; from there on the log is another one.
    let mut followed = Auditor::new(Some(operator.trust.clone()), None);
    for (index, record) in records.iter().enumerate() {
        let mut told: Vec<(Record, FindingCode)> = Vec::new();
        let mut verdict = record.clone();
        verdict.verdict.outcome = another(record.verdict.outcome);
        told.push((verdict, FindingCode::DecisionDoesNotFollow));
        let operands = with_another_operand(record);
        with_trace += usize::from(!operands.is_empty());
        told.extend(operands.into_iter().map(|lie| (lie, FindingCode::TraceDoesNotFollow)));
        for (number, (lie, expected)) in told.into_iter().enumerate() {
            let mut forged = records.clone();
            forged[index] = lie;
            // The whole rest is signed again for the first lies; what comes after a lie is the same for all.
            let end = if number < 2 { forged.len() } else { index + 1 };
            let (again, _) = operator.resign(&forged[..end], index, followed.tree());
            let mut auditor = followed.clone();
            for entry in &again {
                assert!(auditor.push(entry).is_none(), "record {index}");
            }
            let report = auditor.finish();
            assert_eq!(report.verdict, Verdict::Failed);
            let found: Vec<_> = report.findings.iter().map(|it| (it.code, it.index)).collect();
            assert_eq!(found, [(expected, u64::try_from(index).ok())], "lie {number}: {:?}", report.findings);
            lies += 1;
        }
        assert!(followed.push(&entries[index]).is_some());
    }
    assert_eq!(with_trace, records.iter().filter(|record| !record.verdict.trace.is_empty()).count());
    assert!(with_trace > 50 && lies > 1_000, "{with_trace} {lies}");
}

#[test]
fn the_command_says_so_too() {
    let demo = Demo::new();
    let operator = Operator::of(&demo);
    let (entries, _) = read(&demo.log());
    let records: Vec<Record> =
        entries.iter().map(|entry| SignedRecord::decode(entry).unwrap().unverified().clone()).collect();
    let dir = folder();
    let trust = dir.path().join("trust.toml");
    fs::write(
        &trust,
        format!(
            "origin = \"{}\"\nlog = \"{}\"\nrequire = \"log-key\"\n",
            operator.trust.origin, operator.trust.log
        ),
    )
    .unwrap();
    let verify = |name: String, records: &[Record]| {
        let log = dir.path().join(name);
        let (entries, checkpoint) = operator.resign(records, 0, &CompactRange::new());
        let mut store = SqliteStore::create(&log).unwrap();
        for (index, entry) in (0..).zip(&entries) {
            store.append(index, entry, &[]).unwrap();
        }
        store.put_checkpoint(&checkpoint).unwrap();
        store.close().unwrap();
        run(args(&["verify", "--json", "--trust"], &[&trust, &log]))
    };
    let honest = verify("honest.sqlite".into(), &records);
    assert_eq!(
        (honest.code, findings(&honest.json())),
        (Some(0), vec![]),
        "signing again changes nothing by itself"
    );
    for index in [4_u64, 11, 12, 14, 17, 23, 36, 105] {
        let at = usize::try_from(index).unwrap();
        let mut verdict = records.clone();
        verdict[at].verdict.outcome = another(verdict[at].verdict.outcome);
        let ran = verify(format!("verdict-{index}.sqlite"), &verdict);
        assert_eq!(ran.code, Some(1));
        assert_eq!(findings(&ran.json()), [("decision-does-not-follow".into(), Some(index))]);

        let mut trace = records.clone();
        trace[at] = with_another_operand(&records[at]).swap_remove(0);
        let ran = verify(format!("trace-{index}.sqlite"), &trace);
        assert_eq!(ran.code, Some(1));
        assert_eq!(findings(&ran.json()), [("trace-does-not-follow".into(), Some(index))]);
    }
}
