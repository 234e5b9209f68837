//! `sample`: drawn by the method that docs/selections.md writes down, which is done again here with other code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "common/busy.rs"]
mod busy;
mod common;
#[path = "schemas/schema.rs"]
mod schema;

use counterfoil_record::verdict::Outcome;
use counterfoil_review::payments::STATUSES;
use serde_json::{Value, json};

use busy::{Busy, entries};
use schema::{assert_valid, schema, validator, validator_at};

fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

/// SHA-256 (FIPS 180-4), written from the standard: the program's own has no part in it.
fn sha256(message: &[u8]) -> String {
    let primes: Vec<u64> = (2..312_u64).filter(|n| (2..*n).all(|d| n % d != 0)).take(64).collect();
    // The first 32 bits of the fractional part of a root: floor(root(p * 2^(32k))), by bisection, exactly.
    let fraction = |prime: u64, power: u32| -> u32 {
        let target = u128::from(prime) << (32 * power);
        let (mut low, mut high) = (0_u128, 1_u128 << 40);
        while low + 1 < high {
            let middle = u128::midpoint(low, high);
            if middle.pow(power) <= target { low = middle } else { high = middle }
        }
        u32::try_from(low & 0xffff_ffff).unwrap()
    };
    let mut state: Vec<u32> = primes[..8].iter().map(|prime| fraction(*prime, 2)).collect();
    let constants: Vec<u32> = primes.iter().map(|prime| fraction(*prime, 3)).collect();
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((u64::try_from(message.len()).unwrap() * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut w: Vec<u32> = block.chunks(4).map(|it| u32::from_be_bytes(it.try_into().unwrap())).collect();
        for t in 16..64 {
            let (a, b) = (w[t - 15], w[t - 2]);
            let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            w.push(w[t - 16].wrapping_add(s0).wrapping_add(w[t - 7]).wrapping_add(s1));
        }
        let mut v = state.clone();
        for t in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let ch = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let t1 = [s1, ch, constants[t], w[t]].iter().fold(v[7], |sum, it| sum.wrapping_add(*it));
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(t1);
            v[0] = t1.wrapping_add(s0).wrapping_add(maj);
        }
        state = state.iter().zip(&v).map(|(a, b)| a.wrapping_add(*b)).collect();
    }
    hex::encode(state.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>())
}

#[test]
fn the_hash_of_these_tests_is_sha_256() {
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/// The method over an export: payments with their tickets, the smallest first.
fn drawn(export: &Value, size: usize) -> Vec<(String, Value)> {
    let root = export["manifest"]["log"]["root"].as_str().unwrap();
    let ticket = |row: Value| {
        let text = format!("counterfoil/sample/1 {root} {}", row["payment"]);
        (sha256(text.as_bytes()), row)
    };
    let mut tickets: Vec<(String, Value)> = list(&export["rows"]).into_iter().map(ticket).collect();
    tickets.sort_by(|a, b| a.0.cmp(&b.0));
    tickets.truncate(size);
    tickets
}

#[test]
fn a_sample_is_what_the_method_gives_over_the_export() {
    let busy = Busy::new();
    let whole = busy.export(&[])["manifest"]["population"].clone();
    for options in
        [&[][..], &["--agent", "researcher", "--asset", "usdc"], &["--outcome", "deny"], &["--at", "20"]]
    {
        let export = busy.export(options);
        let count = list(&export["rows"]).len();
        assert!(count >= 3, "{options:?}");
        for size in [1, 2, count - 1, count, count + 5] {
            let size_word = size.to_string();
            let words = [&["sample", "--format", "json", "--size", &size_word], options].concat();
            let sample: Value = serde_json::from_str(&busy.said(&words)).unwrap();
            let rows: Vec<Value> = drawn(&export, size)
                .into_iter()
                .zip(1..)
                .map(|((ticket, row), rank)| {
                    let mut numbered = row;
                    numbered["rank"] = json!(rank);
                    numbered["ticket"] = json!(ticket);
                    numbered
                })
                .collect();
            assert_eq!(sample["rows"], json!(rows), "{options:?}, {size}");
            let mut manifest = export["manifest"].clone();
            manifest["sample"] = json!({
                "method": "counterfoil/sample/1", "seed": export["manifest"]["log"]["root"], "size": size,
                "drawn": size.min(count),
            });
            assert_eq!(sample["manifest"], manifest);
            if options.is_empty() {
                assert_eq!(sample["manifest"]["population"], whole);
            }
        }
    }
}

#[test]
fn a_sample_says_the_same_in_every_form_and_each_time() {
    let busy = Busy::new();
    let words = |format| ["sample", "--size", "4", "--format", format];
    for format in ["text", "json", "csv"] {
        assert_eq!(busy.said(&words(format)), busy.said(&words(format)), "{format}");
    }
    let export = busy.export(&[]);
    let (root, count) = (export["manifest"]["log"]["root"].as_str().unwrap(), list(&export["rows"]).len());
    let expected = drawn(&export, 4);
    let text = busy.said(&words("text"));
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(format!("4 of {count} payment requests, drawn by counterfoil/sample/1").as_str())
    );
    assert_eq!(lines.next(), Some(format!("seed {root}").as_str()));
    for (ticket, row) in &expected {
        let line = lines.next().unwrap();
        let begin = format!("  {}  {:>6}  ", &ticket[..16], row["payment"].as_u64().unwrap());
        assert!(line.starts_with(&begin), "{line}");
    }
    let csv = busy.said(&words("csv"));
    for fact in ["#sample,1", "#method,counterfoil/sample/1", "#size,4", "#drawn,4", &format!("#seed,{root}")]
    {
        assert!(csv.lines().any(|line| line == fact), "{fact}: {csv}");
    }
    let rows: Vec<&str> = csv.lines().filter(|line| !line.starts_with('#')).skip(1).collect();
    assert_eq!(rows.len(), 4);
    for ((row, (ticket, of)), rank) in rows.iter().zip(&expected).zip(1..) {
        assert!(row.starts_with(&format!("{rank},{ticket},{},", of["payment"])), "{row}");
    }
}

#[test]
fn another_root_draws_another_sample() {
    let all = entries();
    let mut first = Vec::new();
    for size in all.len() - 8..=all.len() {
        let sample = Busy::of(&all[..size]).said(&["sample", "--size", "3", "--format", "json"]);
        let sample: Value = serde_json::from_str(&sample).unwrap();
        first.push(sample["rows"][0]["payment"].as_u64().unwrap());
    }
    first.dedup();
    assert!(first.len() > 3, "{first:?}");
}

#[test]
fn the_schemas_name_themselves_and_list_what_the_program_has() {
    for name in ["export", "sample"] {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:counterfoil:schema:{name}"));
    }
    let definitions = &schema("export")["$defs"];
    assert_eq!(definitions["status"]["enum"], json!(STATUSES));
    let asked = Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Accepted);
    assert_eq!(definitions["outcome"]["enum"], json!(asked.map(|it| it.code()).collect::<Vec<_>>()));
}

#[test]
fn exports_and_samples_are_valid_and_what_is_nearly_one_is_not() {
    let (export, sample) = (validator("export"), validator("sample"));
    let all = entries();
    for busy in [Busy::new(), Busy::of(&all[..2]), Busy::of(&all[..0])] {
        for options in [
            &[][..],
            &["--since", "2026-11-23T00:00:00Z", "--until", "2027-01-01T00:00:00Z", "--open", "--run", "2"],
            &["--agent", "@SUM", "--payee", "eip155:1:0xAB", "--outcome", "hold", "--status", "void"],
            &["--asset", "usdc", "--least", "0", "--most", "12.5 usdc"],
        ] {
            let exported = busy.ran(&[&["export"], options].concat());
            assert_valid(&export, &exported.json());
            assert_eq!(exported.json()["manifest"]["log"]["exit_code"], exported.code.unwrap());
            let drawn = busy.ran(&[&["sample", "--size", "2", "--format", "json"], options].concat());
            assert_valid(&sample, &drawn.json());
        }
    }
    let whole = Busy::new().export(&[]);
    for (pointer, value) in [
        ("/manifest/log/root", json!("00")),
        ("/manifest/query", json!({"agent": []})),
        ("/manifest/query", json!({"payer": ["a"]})),
        ("/manifest/totals/0/exposure", json!(5)),
        ("/rows/0/status", json!("gone")),
        ("/rows/0/outcome", json!("accepted")),
        ("/rows/0/payment", json!("4")),
        ("/rows/0/codes", json!(["no-such-code"])),
    ] {
        let mut wrong = whole.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(!export.is_valid(&wrong), "{pointer}");
    }
    let row = validator_at("export", "row");
    let first = whole["rows"][0].clone();
    assert_valid(&row, &first);
    for field in first.as_object().unwrap().keys() {
        let mut less = first.clone();
        less.as_object_mut().unwrap().remove(field);
        assert!(!row.is_valid(&less), "{field}");
    }
}
