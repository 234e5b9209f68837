//! `check-export`: a file is what its query gives, or the first difference is named.
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

use std::fs;

use counterfoil_review::words::safe;

use busy::{Busy, entries};
use common::{Ran, args, run};

const FORMATS: [&str; 2] = ["json", "csv"];

fn export(busy: &Busy, format: &str, options: &[&str]) -> String {
    busy.said(&[&["export", "--format", format], options].concat())
}

/// What is said of a file that differs.
fn differs(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = ran.stdout.split_once(" differs: ").unwrap_or_else(|| panic!("{ran:?}")).1;
    assert_eq!(said.lines().count(), 1, "{ran:?}");
    said.trim_end()
}

/// The lines of an export, with something done to them.
fn changed(text: &str, change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

#[test]
fn what_export_wrote_is_what_the_log_gives() {
    let busy = Busy::new();
    for format in FORMATS {
        for options in [
            &[][..],
            &["--agent", "@SUM", "--least", "0.01 usdc", "--open"],
            &["--asset", "doge"],
            &["--at", "0"],
            &[
                "--at",
                "17",
                "--since",
                "2026-11-23T00:00:00.010Z",
                "--outcome",
                "allow",
                "--status",
                "settled",
            ],
        ] {
            let text = busy.ran(&[&["export", "--format", format], options].concat()).stdout;
            let ran = busy.check(&text);
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
            let rows = text.lines().filter(|line| line.contains("eip155:") && !line.contains("manifest"));
            let rows = rows.filter(|line| !line.starts_with('#')).count();
            // A prefix does not pass for the whole.
            let size = options.iter().skip_while(|word| **word != "--at").nth(1);
            let since = size.map_or_else(String::new, |size| {
                format!(", as it stood after {size} of its {} records", entries().len())
            });
            let said = format!("is what the log gives{since}: {rows} of ");
            assert!(ran.stdout.contains(&said), "{said}: {ran:?}");
        }
    }
}

#[test]
fn an_export_of_a_log_that_has_grown_since_still_checks() {
    let all = entries();
    let before = Busy::of(&all[..all.len() - 6]);
    let after = Busy::of(&all);
    for format in FORMATS {
        let text = export(&before, format, &[]);
        assert_ne!(text, export(&after, format, &[]));
        assert_eq!(text, export(&after, format, &["--at", &(all.len() - 6).to_string()]));
        assert_eq!(after.check(&text).code, Some(0));
        // Of records that the log does not have, nothing can be said but that.
        let later = export(&after, format, &[]);
        let held = all.len() - 6;
        assert_eq!(
            differs(&before.check(&later)),
            format!("it is of {} records, the log has {held}", all.len())
        );
    }
}

#[test]
fn each_row_that_is_taken_out_is_named() {
    let busy = Busy::new();
    for format in FORMATS {
        let text = export(&busy, format, &[]);
        let is_row = |line: &str| {
            line.starts_with(['{', ',']) && line.contains("\"payment\":") || line.starts_with("payment,")
        };
        let first = text.lines().position(is_row).unwrap() + usize::from(format == "csv");
        let last = text.lines().count() - usize::from(format == "json");
        let numbers: Vec<u64> = busy.export(&[])["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["payment"].as_u64().unwrap())
            .collect();
        assert_eq!(last - first, numbers.len(), "{format}");
        for (at, payment) in (first..last).zip(numbers) {
            let without = changed(&text, |lines| drop(lines.remove(at)));
            let said = format!("line {}: payment {payment} is missing", at + 1);
            assert_eq!(differs(&busy.check(&without)), said, "{format}");
        }
    }
}

#[test]
fn a_row_that_is_taken_out_of_the_totals_too_is_noticed_by_the_count() {
    let busy = Busy::new();
    let (count, json) = (busy.export(&[])["manifest"]["count"].as_u64().unwrap(), export(&busy, "json", &[]));
    let less = count - 1;
    let without = changed(&json, |lines| {
        lines.remove(5);
        lines[0] = lines[0].replace(&format!(":{count},"), &format!(":{less},"));
    });
    assert!(
        without.contains(&format!("\"population\":{less},"))
            && without.contains(&format!("\"count\":{less},"))
    );
    let said = differs_of(&busy, &without);
    assert_eq!(said, format!("line 1: count: the file says {less}, the log gives {count}"));
    let population = format!("\"population\":{count},");
    let fewer = json.replacen(&population, &format!("\"population\":{less},"), 1);
    let said = differs_of(&busy, &fewer);
    assert_eq!(said, format!("line 1: population: the file says {less}, the log gives {count}"));
    let csv = changed(&export(&busy, "csv", &[]), |lines| {
        for line in lines.iter_mut() {
            *line = line.replace(&format!("#count,{count}"), &format!("#count,{less}"));
        }
        lines.pop();
    });
    let said = differs_of(&busy, &csv);
    assert_eq!(said, format!("line 14: #count 1: the file says {less}, the log gives {count}"));
}

fn differs_of(busy: &Busy, text: &str) -> String {
    differs(&busy.check(text)).to_owned()
}

#[test]
fn every_kind_of_change_is_named_where_it_stands() {
    let busy = Busy::new();
    let json = export(&busy, "json", &["--agent", "researcher"]);
    let csv = export(&busy, "csv", &["--agent", "researcher"]);
    let begin = csv.lines().position(|line| line.starts_with("payment,")).unwrap() + 1;
    let number = |line: &str| line.split_once(',').unwrap().0.to_owned();
    let rows: Vec<String> = csv.lines().skip(begin).map(number).collect();
    let (root, zeros) = ("\"root\":\"", "0".repeat(64));
    let lied = |text: &str| {
        let at = text.find(root).unwrap() + root.len();
        format!("{}{zeros}{}", &text[..at], &text[at + 64..])
    };
    let said = differs_of(&busy, &lied(&json));
    assert!(
        said.starts_with(&format!("line 1: log.root: the file says \"{zeros}\", the log gives \"")),
        "{said}"
    );
    let status = json.replacen("\"status\":\"settled\"", "\"status\":\"failed\"", 1);
    let said = differs_of(&busy, &status);
    let named = format!("payment {}: status: the file says \"failed\", the log gives \"settled\"", rows[0]);
    assert_eq!(said, format!("line 2: {named}"));
    let amount = changed(&csv, |lines| lines[begin + 1] = lines[begin + 1].replace(",120000,", ",120001,"));
    let said = differs_of(&busy, &amount);
    let named = format!("payment {}: exposure: the file says 120001, the log gives 120000", rows[1]);
    assert_eq!(said, format!("line {}: {named}", begin + 2));
    for (text, at) in [(&json, 1), (&csv, begin)] {
        let swapped = changed(text, |lines| lines.swap(at + 1, at + 2));
        let said = format!("line {}: payment {} is missing", at + 2, rows[1]);
        assert_eq!(differs_of(&busy, &swapped), said);
        let twice = changed(text, |lines| lines.insert(at + 2, lines[at + 1].clone()));
        let said = format!("line {}: payment {} is not selected, or stands here again", at + 3, rows[1]);
        assert_eq!(differs_of(&busy, &twice), said);
        let last = changed(text, |lines| {
            let row = lines[at + rows.len() - 1].replacen(rows.last().unwrap(), "999", 1);
            lines.insert(at + rows.len(), row);
        });
        let said = format!("line {}: payment 999 is not selected", at + rows.len() + 1);
        assert_eq!(differs_of(&busy, &last), said);
        let more = format!("{text}and more\n");
        let line = text.lines().count() + 1;
        assert_eq!(differs_of(&busy, &more), format!("line {line}: it goes on after its end"));
        let crlf = text.replace('\n', "\r\n");
        assert!(differs_of(&busy, &crlf).contains("it says the same in other bytes"));
        let cut = text.trim_end();
        assert!(differs_of(&busy, cut).contains(&format!("line {}", line - 1)));
        // The query is another's: the rows are then too few or too many, or the totals differ.
        let other = text
            .replace("researcher\"\"]", "scout\"\"]")
            .replace("\"agent\":[\"researcher\"]", "\"agent\":[\"scout\"]");
        assert_ne!(&other, text);
        assert!(differs_of(&busy, &other).starts_with("line 1"), "{}", differs_of(&busy, &other));
    }
}

#[test]
fn another_log_another_trust_and_a_log_that_fails_are_told_apart() {
    let busy = Busy::new();
    let text = export(&busy, "csv", &[]);
    let demo = common::Demo::new();
    let file = busy.path("file");
    fs::write(&file, &text).unwrap();
    let other = run(args(&["check-export"], &[&demo.log(), &file, "--trust".as_ref(), &demo.trust_file()]));
    assert_eq!(
        differs(&other),
        "line 2: #origin 1: the file says log.test.example/agents, the log gives counterfoil.example/demo"
    );
    let untrusted = run(args(&["check-export"], &[&busy.log(), &file]));
    assert_eq!(differs(&untrusted), "line 8: #verdict 1: the file says verified, the log gives insufficient");
    // An export that says of itself that the log is not sound is what the log gives, and the exit code says so.
    let exported = run(args(&["export"], &[&busy.log()]));
    fs::write(&file, exported.stdout).unwrap();
    let same = run(args(&["check-export"], &[&busy.log(), &file]));
    assert_eq!(same.code, Some(3), "{same:?}");
    assert!(same.stdout.contains("is what the log gives"), "{same:?}");
    let database = rusqlite::Connection::open(busy.log()).unwrap();
    database.execute("UPDATE record SET bytes = x'00' WHERE idx = 9", []).unwrap();
    drop(database);
    let failed = busy.check(&text);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.stderr.contains("record 9: record-malformed"), "{failed:?}");
    assert!(differs(&failed).starts_with("line 6: #followed 1: "), "{failed:?}");
}

#[test]
fn what_is_no_export_is_refused_with_its_reason() {
    let busy = Busy::new();
    let json = export(&busy, "json", &[]);
    let csv = export(&busy, "csv", &[]);
    let long = format!("#export,1\n#query,{}\n", "x".repeat(17 << 20));
    let deep = format!("{{\"manifest\":{{\"x\":{},\"rows\":[\n]}}\n", "[".repeat(200_000));
    for (text, reason) in [
        (String::new(), "not an export"),
        ("payment,time\n".into(), "not an export"),
        (json.replacen(",\"rows\":[\n", "\n", 1), "not an export"),
        (json.replacen("\"query\":{}", "\"query\":{\"payer\":[\"x\"]}", 1), "unknown field `payer`"),
        (json.replacen("\"query\":{}", "\"query\":{\"least\":\"much\"}", 1), "not an amount"),
        (json.replacen("\"query\":{}", "\"query\":3", 1), "manifest"),
        (csv.replacen("#query", "#request", 1), "has no line `#query`"),
        (csv.replacen("#records,", "#records,-", 1), "#records"),
        (csv.replacen("#query,{}", "#query,{", 1), "#query"),
        (csv.replacen("#tool,counterfoil", "#tool,\u{1b}[2Jcounterfoil", 1), "#tool"),
        (long, "longer than 16777216 bytes"),
        (deep, "EOF while parsing a list"),
    ] {
        let ran = busy.check(&text);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{reason}: {ran:?}");
        assert!(ran.stderr.contains(reason) && ran.stderr.contains("exported"), "{reason}: {ran:?}");
        assert!(!ran.stderr.contains('\u{1b}'));
    }
    fs::write(busy.path("binary"), [b'#', b'e', 0xff, 0xfe, b'\n']).unwrap();
    for path in ["binary", "nothing", "."] {
        let path = busy.path(path);
        let ran = busy.ran(&["check-export", path.to_str().unwrap()]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.stderr.contains(path.to_str().unwrap()), "{ran:?}");
    }
}

#[test]
fn a_file_by_another_version_is_checked_and_that_is_said() {
    let busy = Busy::new();
    for format in FORMATS {
        let tool = format!("counterfoil {}", env!("CARGO_PKG_VERSION"));
        let text = export(&busy, format, &[]).replacen(&tool, "counterfoil 0.0.1", 1);
        let ran = busy.check(&text);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(
            ran.stderr,
            format!("counterfoil: the file is by counterfoil 0.0.1, and is checked by {tool}\n")
        );
    }
}

#[test]
fn what_names_the_tool_says_nothing_else() {
    let busy = Busy::new();
    let ours = format!("counterfoil {}", env!("CARGO_PKG_VERSION"));
    for format in FORMATS {
        let text = export(&busy, format, &[]);
        for tool in [
            &format!("{ours}; reconciled with the chain: no differences"),
            "counterfoil 01.0.0",
            "counterfoil 0.1",
            "counterfoil 0.1.0.0",
            "counterfoil +1.0.0",
            "counterfoil  0.1.0",
            "another 0.1.0",
            "counterfoil 0.1.4294967296",
        ] {
            let ran = busy.check(&text.replacen(&ours, tool, 1));
            let shown = safe(tool);
            let said = ran
                .stdout
                .contains(&format!("differs: tool: it names no version of counterfoil, but {shown}"));
            assert_eq!((ran.code, said), (Some(1), true), "{format}: {ran:?}");
        }
    }
}

#[test]
fn every_byte_that_is_changed_in_an_export_is_noticed() {
    let all = entries();
    let busy = Busy::of(&all[..9]);
    for format in FORMATS {
        let text = export(&busy, format, &["--status", "settled"]);
        assert!(text.lines().any(|line| line.contains("settled")), "{text}");
        for at in (0..text.len()).step_by(7) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
            let ran = busy.check(&String::from_utf8(bytes).unwrap());
            let tool = ran.stderr.contains("the file is by");
            assert!(matches!(ran.code, Some(1 | 2)) || tool, "{format}, byte {at}: {ran:?}");
        }
    }
}
