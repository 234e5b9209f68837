//! The corpora of the fuzz targets on everything that comes in from outside, replayed, with a bound on what each input
//! may allocate. `UPDATE_CORPORA=1` writes the seeds anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "../../../fuzz/src/entries.rs"]
mod entries;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_testkit::{bundles, forge, keys, recipes};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// What one test measures must be its own.
static ALONE: Mutex<()> = Mutex::new(());

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 9] = [
    ("record", entries::record),
    ("statement", entries::statement),
    ("log", entries::log),
    ("bundle", entries::bundle),
    ("note", entries::note),
    ("x402", entries::x402),
    ("extract", entries::extract),
    ("trust", |bytes| entries::trust(&text(bytes))),
    ("govern", |bytes| entries::govern(&text(bytes))),
];

/// An input may take so many times its length, and so much whatever its length, in bytes.
const TIMES: usize = 64;
const BESIDE: usize = 4 * 1024 * 1024;

#[test]
fn no_input_of_the_corpora_breaks_or_costs_more_than_its_share() {
    let _alone = ALONE.lock().unwrap();
    if env::var_os("UPDATE_CORPORA").is_some() {
        write_seeds();
    }
    // What is made once is made before anything is measured.
    entries::govern("{}");
    for (target, run) in TARGETS {
        let mut replayed = 0;
        for entry in fs::read_dir(corpus(target)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let before = ALLOCATED.current_usage();
            ALLOCATED.reset_peak_usage();
            run(&bytes);
            let taken = ALLOCATED.peak_usage().saturating_sub(before);
            let most = bytes.len() * TIMES + BESIDE;
            assert!(taken <= most, "{}: {taken} bytes, {most} are its share", path.display());
            replayed += 1;
        }
        assert!(replayed >= 3, "{target}: {replayed}");
    }
}

/// Bombs: what says that it is long or deep, and is neither.
#[test]
fn what_only_claims_to_be_large_costs_nothing() {
    let _alone = ALONE.lock().unwrap();
    let deep = |byte: u8| vec![byte; 200_000];
    let claims: [&[u8]; 6] = [
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x00\x00\x7f\xff\xff\xff\xff\xff",
        b"\xd2\x84\x5a\xff\xff\xff\xff",
        b"counterfoil-bundle/1\n\xa3\x01\x9b\x00\x00\x00\xff\xff\xff\xff\xff",
        b"counterfoil-bundle/1\n\xa3\x01\x81\x00\x02\x5b\x00\x00\x00\xff\xff\xff\xff\xff",
    ];
    let nested = [deep(0x81), deep(0xa1), deep(0xd2), deep(b'['), deep(b'{')];
    entries::govern("{}");
    for bytes in claims.iter().map(|claim| claim.to_vec()).chain(nested) {
        for (target, run) in TARGETS {
            let before = ALLOCATED.current_usage();
            ALLOCATED.reset_peak_usage();
            run(&bytes);
            let taken = ALLOCATED.peak_usage().saturating_sub(before);
            assert!(taken <= bytes.len() * TIMES + BESIDE, "{target}: {taken} bytes for {}", bytes.len());
        }
    }
}

fn write_seeds() {
    let seed = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(corpus(target)).unwrap();
        fs::write(corpus(target).join(name), bytes).unwrap();
    };
    let log = recipes::logs::short().script.entries();
    let alive = bundles::alive(&log, &keys::log());
    let records = forge::records(&log);
    let mut kinds = std::collections::BTreeSet::new();
    for vector in recipes::decision::all() {
        for (entry, record) in vector.run().iter().zip(forge::records(&vector.run())) {
            let kind = serde_json::to_value(&record.input).unwrap()["type"].as_str().unwrap().to_owned();
            if kinds.insert(kind.clone()) {
                seed("record", &kind, entry);
            }
        }
        for step in &vector.steps {
            let command = serde_json::to_value(&step.command).unwrap();
            let kind = command["type"].as_str().unwrap().to_owned();
            if kinds.insert(format!("command {kind}")) {
                seed("govern", &kind, command.to_string().as_bytes());
            }
        }
    }
    let framed = |entries: &[Vec<u8>]| -> Vec<u8> {
        let frame =
            |entry: &Vec<u8>| [&u16::try_from(entry.len()).unwrap().to_be_bytes(), entry.as_slice()].concat();
        entries.iter().flat_map(frame).collect()
    };
    seed("log", "sound", &framed(&log));
    seed("log", "cut", &framed(&log[..3]));
    seed("log", "reordered", &framed(&[log[0].clone(), log[2].clone(), log[1].clone()]));
    for payment in bundles::payments(&log) {
        let bundle = bundles::bundle(&alive, &keys::log(), &[payment], Some(2)).unwrap();
        seed("bundle", &format!("payment-{payment}"), &bundle.to_file());
    }
    seed("bundle", "empty", b"counterfoil-bundle/1\n");
    seed("bundle", "later", b"counterfoil-bundle/2\n");
    let note = forge::checkpoint(&log, &keys::log());
    seed("note", "checkpoint", note.as_bytes());
    seed("note", "unsigned", note.split_once("\n\n").unwrap().0.as_bytes());
    seed("note", "words", b"A note.\n\n\xe2\x80\x94 somebody AAAA\n");
    for evidence in recipes::evidence::all().iter().filter_map(|it| it.trust.clone()).take(40).step_by(13) {
        let name = format!("trust-{}", evidence.len());
        seed("trust", &name, evidence.as_bytes());
    }
    seed("trust", "unknown-key", b"origin = \"a\"\nlogs = 1\n");
    let statements = records.iter().filter_map(|record| match &record.input {
        counterfoil_record::Input::Statement(it) => Some(it.statement.as_slice().to_vec()),
        _ => None,
    });
    for (statement, number) in statements.zip(0..) {
        seed("statement", &format!("statement-{number}"), &statement);
        seed("statement", &format!("cut-{number}"), &statement[..statement.len() / 2]);
        seed("statement", &format!("longer-{number}"), &[statement.as_slice(), &[0]].concat());
    }
    for (name, header) in [
        ("required", counterfoil_testkit::rail::Offer::new("https://data.example/v1/a", 10).header()),
        ("upto", counterfoil_testkit::rail::Offer::upto("https://data.example/v1/a", 10).header()),
        ("v1", counterfoil_testkit::rail::Offer::v1("https://data.example/v1/a", 10).header()),
        ("response", counterfoil_testkit::rail::response(true)),
    ] {
        seed("x402", name, &STANDARD.decode(header).unwrap());
    }
    let testvectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testvectors/x402");
    for name in ["chain.json", "hard-cases-chain.json"] {
        seed("extract", name, &fs::read(testvectors.join(name)).unwrap());
    }
    let table = "network,asset,from,to,amount,nonce,transaction,block,time\n";
    seed("extract", "table.csv", table.as_bytes());
}
