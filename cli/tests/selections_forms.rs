//! What `list`, `export` and `sample` say is harmless in every form, and CSV says what JSON says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "common/busy.rs"]
mod busy;
mod common;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use busy::Busy;

fn rows(export: &Value) -> Vec<Value> {
    export["rows"].as_array().unwrap().clone()
}

/// The fields of CSV lines, quotes taken off as a spreadsheet does.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(core::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

#[test]
fn csv_says_what_json_says_and_its_manifest_splits_off_by_its_first_character() {
    let busy = Busy::new();
    for options in [&[][..], &["--agent", "@SUM", "--open"]] {
        let export = busy.export(options);
        let csv = busy.said(&[&["export", "--format", "csv"], options].concat());
        let (stated, table): (Vec<&str>, Vec<&str>) = csv.lines().partition(|line| line.starts_with('#'));
        assert!(csv.lines().take(stated.len()).all(|line| line.starts_with('#')), "they come first");
        let manifest = &export["manifest"];
        let fact = |name: &str| -> Vec<String> {
            cells(stated.iter().find(|line| line.starts_with(&format!("#{name},"))).unwrap())
        };
        for (name, value) in [
            ("origin", &manifest["log"]["origin"]),
            ("records", &manifest["log"]["records"]),
            ("first", &manifest["log"]["first"]),
            ("last", &manifest["log"]["last"]),
            ("followed", &manifest["log"]["followed"]),
            ("root", &manifest["log"]["root"]),
            ("verdict", &manifest["log"]["verdict"]),
            ("exit_code", &manifest["log"]["exit_code"]),
            ("tool", &manifest["tool"]),
            ("population", &manifest["population"]),
            ("suppressed", &manifest["suppressed"]),
            ("count", &manifest["count"]),
        ] {
            assert_eq!(fact(name)[1], value.to_string().trim_matches('"'), "{name}");
        }
        assert_eq!(serde_json::from_str::<Value>(&fact("query")[1]).unwrap(), manifest["query"]);
        let totals: Vec<_> = stated.iter().filter(|line| line.starts_with("#total,")).collect();
        assert_eq!(totals.len(), manifest["totals"].as_array().unwrap().len());
        for (line, total) in totals.iter().zip(manifest["totals"].as_array().unwrap()) {
            let named = cells(&fact("totals").join(","));
            for (name, cell) in named.iter().zip(cells(line)).skip(5) {
                assert_eq!(total[name], json!(cell), "{name}");
            }
        }
        let header = cells(table[0]);
        let fields: BTreeSet<&str> = header.iter().map(String::as_str).collect();
        let list = rows(&export);
        assert_eq!(table.len(), list.len() + 1);
        for (line, row) in table[1..].iter().zip(&list) {
            let named: BTreeSet<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(named, fields);
            for (name, cell) in header.iter().zip(cells(line)) {
                let said = match &row[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(list) => {
                        list.iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>().join(" ")
                    }
                    number if name.ends_with("time") => {
                        let millis = i64::try_from(number.as_u64().unwrap()).unwrap();
                        let stamp = jiff::Timestamp::from_millisecond(millis).unwrap();
                        format!("{stamp:.3}")
                    }
                    other => other.to_string(),
                };
                let dangerous = said.starts_with(['=', '+', '-', '@']);
                let expected = if dangerous { format!("'{said}") } else { said };
                assert_eq!(cell, expected, "{name}");
            }
        }
    }
}

#[test]
fn a_record_whose_text_would_move_the_cursor_is_no_record_and_gives_no_row() {
    let honest = busy::entries();
    let (last, before) = honest.split_last().unwrap();
    let count = rows(&Busy::of(before).export(&[])).len();
    let at = last.windows(10).position(|bytes| bytes == b"=HYPERLINK").unwrap();
    for hidden in ["\u{1b}[2Jpaid  ", "\u{202e}diap   ", "\u{200b}paid   ", "\u{9b}2J paid "] {
        assert_eq!(hidden.len(), 10);
        let mut changed = last.clone();
        changed[at..at + 10].copy_from_slice(hidden.as_bytes());
        let busy = Busy::of(&[before, &[changed]].concat());
        for words in [
            &["list"][..],
            &["export"],
            &["export", "--format", "csv"],
            &["sample", "--size", "99"],
            &["sample", "--size", "99", "--format", "csv"],
        ] {
            let ran = busy.ran(words);
            assert_eq!(ran.code, Some(1), "{ran:?}");
            let malformed = format!("record {}: record-malformed", before.len());
            assert!(ran.stderr.contains(&malformed), "{ran:?}");
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(
                said.chars().all(|c| c == '\n' || !counterfoil_record::text::is_deceptive(c)),
                "{said:?}"
            );
            assert!(!said.contains("paid  ") && !said.contains("diap"), "{said}");
        }
        assert_eq!(rows(&busy.ran(&["export"]).json()).len(), count);
    }
}
