//! The page of `report`: well-formed, complete, its numbers those of `export`, its proofs those of the log.
//!
//! The page is read with a parser of XML, which takes nothing that is not well-formed: text that came out of its place would end
//! an element or begin one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

#[path = "common/busy.rs"]
mod busy;
mod common;
#[path = "report/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_record::Hash32;
use counterfoil_record::verdict::Code;
use counterfoil_store::{Records as _, SqliteReader};
use counterfoil_testkit::scene::{Ask, Scene};
use counterfoil_tlog::{Hash, leaf_hash, verify_inclusion};
use roxmltree::{Document, Node};
use serde_json::{Value, json};

use busy::{Busy, FORMULA};
use common::{Demo, args, run};
use page::{amount, by_id, parsed, report, section, text, with_class};

/// What the page shows of each payment: its index, its status, the exposure.
fn payments(page: &Document<'_>) -> Vec<(String, String, String)> {
    let details = with_class(page.root(), "payment");
    let shown = details.map(|it| {
        let said = |tag: &str| it.descendants().find(|node| node.has_tag_name(tag)).unwrap();
        let exposure = said("data").attribute("value").unwrap().to_owned();
        (text(said("b")), text(with_class(it, "status").next().unwrap()), exposure)
    });
    shown.collect()
}

fn rows(export: &Value) -> Vec<(String, String, String)> {
    let shown = export["rows"].as_array().unwrap().iter().map(|row| {
        let exposure = row["exposure"].as_str().unwrap_or_default().to_owned();
        (row["payment"].to_string(), row["status"].as_str().unwrap().to_owned(), exposure)
    });
    shown.collect()
}

fn assert_is_the_export(text_of_page: &str, export: &Value) {
    let page = parsed(text_of_page);
    let manifest = &export["manifest"];
    assert_eq!(by_id(&page, "count").attribute("value").unwrap(), manifest["count"].to_string());
    assert_eq!(by_id(&page, "population").attribute("value").unwrap(), manifest["population"].to_string());
    assert_eq!(json!(text(by_id(&page, "root"))), manifest["log"]["root"]);
    assert_eq!(payments(&page), rows(export));
    assert_has_the_totals(&page, manifest);
}

fn assert_has_the_totals(page: &Document<'_>, manifest: &Value) {
    let totals: Vec<Value> = with_class(page.root(), "asset")
        .map(|it| {
            let id = text(with_class(it, "id").next().unwrap());
            let sums = ["exposure", "settled", "returned", "reserved", "owed"].map(|sum| amount(it, sum));
            json!([id, amount(it, "count"), sums])
        })
        .collect();
    let stated: Vec<Value> = manifest["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let sums = ["exposure", "settled", "returned", "reserved", "owed"].map(|sum| it[sum].clone());
            json!([it["asset"].as_str().unwrap_or_default(), it["count"].to_string(), sums])
        })
        .collect();
    assert_eq!(totals, stated);
}

#[test]
fn its_numbers_are_those_of_the_export_whatever_is_selected() {
    let busy = Busy::new();
    for options in [
        &[][..],
        &["--outcome", "deny"],
        &["--status", "settled", "--status", "open"],
        &["--asset", "usdc", "--most", "0.50 usdc"],
        &["--agent", "scout", "--outcome", "hold"],
        &["--at", "40"],
    ] {
        let (ran, page) = report(&busy.log(), Some(&busy.trust()), options);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_is_the_export(&page, &busy.export(options));
    }
}

#[test]
fn a_summary_has_the_totals_and_the_exceptions_and_neither_runs_nor_payments() {
    let busy = Busy::new();
    let (_, whole) = report(&busy.log(), Some(&busy.trust()), &[]);
    let (ran, summary) = report(&busy.log(), Some(&busy.trust()), &["--summary"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (whole, page) = (parsed(&whole), parsed(&summary));
    assert_has_the_totals(&page, &busy.export(&[])["manifest"]);
    for same in ["scope", "exceptions", "totals", "budgets", "exposure", "people", "policies"] {
        // When it was made differs, and how the text is parted by links.
        let words = |page| {
            let said = section(page, same).replace(' ', "");
            said.split_once("audited2").map_or(said.clone(), |(before, _)| before.to_owned())
        };
        assert_eq!(words(&page), words(&whole), "{same}");
    }
    for left_out in ["run", "payment", "proof"] {
        assert_eq!(with_class(page.root(), left_out).count(), 0, "{left_out}");
        assert!(with_class(whole.root(), left_out).count() > 0, "{left_out}");
    }
    let ids: BTreeSet<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
    let links = page.descendants().filter_map(|node| node.attribute("href"));
    for link in links {
        assert!(ids.contains(link.trim_start_matches('#')), "{link} leads nowhere");
    }
    let notes: Vec<String> = with_class(page.root(), "note").map(text).collect();
    assert!(notes.len() == 1 && notes[0].starts_with("A summary: "), "{notes:?}");
}

#[test]
fn a_code_stands_beside_what_it_means() {
    let busy = Busy::new();
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    let said = section(&parsed(&html), "exceptions");
    let rows = busy.export(&[])["rows"].as_array().unwrap().clone();
    let mut codes = 0;
    for row in &rows {
        for code in row["other_codes"].as_array().unwrap() {
            let code = Code::from_code(code.as_str().unwrap()).unwrap();
            let meaning = code.meaning().trim_end_matches('.');
            assert!(said.contains(&format!("{meaning} ({code})")), "{code}: {said}");
            codes += 1;
        }
    }
    assert!(codes > 0);
}

#[test]
fn every_proof_on_it_leads_from_a_record_of_the_log_to_the_root() {
    let busy = Busy::new();
    let (_, page) = report(&busy.log(), Some(&busy.trust()), &[]);
    let (page, export) = (parsed(&page), busy.export(&[]));
    let log = SqliteReader::open(&busy.log()).unwrap();
    let hash = |hex: &str| Hash::new(hex::decode(hex).unwrap().try_into().unwrap());
    let root = hash(&text(by_id(&page, "root")));
    let mut proved = Vec::new();
    for proof in with_class(page.root(), "proof") {
        let said = text(proof);
        let (head, path) = said.split_once('\n').unwrap();
        let (record, leaf) = head.strip_prefix("record ").unwrap().split_once(", leaf ").unwrap();
        let record: u64 = record.parse().unwrap();
        assert_eq!(hash(leaf), leaf_hash(&log.read(record).unwrap().unwrap()));
        let path: Vec<Hash> = path.lines().map(hash).collect();
        verify_inclusion(&hash(leaf), record, log.len(), &path, &root).unwrap();
        proved.push(json!(record));
    }
    let decided: Vec<Value> =
        export["rows"].as_array().unwrap().iter().map(|row| row["decided"].clone()).collect();
    assert_eq!(proved, decided);
}

#[test]
fn each_payment_has_the_reasons_that_explain_gives() {
    let demo = Demo::new();
    let (_, page) = report(&demo.log(), Some(&demo.trust_file()), &[]);
    let page = parsed(&page);
    let trust = demo.trust_file();
    let mut compared = 0;
    for payment in with_class(page.root(), "payment") {
        let number = text(payment.descendants().find(|node| node.has_tag_name("b")).unwrap());
        let mut words = args(&["explain"], &[&demo.log()]);
        words.extend(args(&[&number, "--trust"], &[&trust]));
        let explained = run(words);
        assert_eq!(explained.code, Some(0), "{explained:?}");
        let reasons = text(with_class(payment, "reasons").next().unwrap());
        let checks = explained.stdout.lines().filter(|line| {
            ["  pass ", "  fail ", "  needs", "  canno", "  permi"].iter().any(|it| line.starts_with(it))
        });
        for line in checks {
            assert!(reasons.contains(line), "{number}: {line}\n{reasons}");
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared} lines");
}

#[test]
fn what_happened_is_under_its_heading() {
    let busy = Busy::new();
    let (ran, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    let count = busy.export(&[])["manifest"]["count"].clone();
    assert!(
        ran.stdout.ends_with(&format!("page.html: {count} of {count} payment requests, verified\n")),
        "{ran:?}"
    );
    let page = parsed(&html);
    let kinds: BTreeSet<String> = by_id(&page, "exceptions")
        .descendants()
        .filter(|node| node.has_tag_name("summary"))
        .map(|node| text(node).split(':').next().unwrap().to_owned())
        .collect();
    let all = [
        "Held, and void before it was decided",
        "Facts with a mark",
        "Owed, because the transaction failed",
        "Outcome unknown",
        "Allowed, settled in part or not at all",
        "Waiting for people",
        "Not allowed",
    ];
    assert_eq!(kinds, all.map(str::to_owned).into());
}

#[test]
fn a_name_that_is_chosen_to_do_harm_stands_there_as_text() {
    let busy = Busy::new();
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    assert!(html.contains("=HYPERLINK(&#34;https://evil.example&#34;,&#34;pay, now&#34;)"), "as text");
    let page = parsed(&html);
    assert!(text(by_id(&page, "payments")).contains(FORMULA));
}

/// Whether a row of the export is of a kind.
type Kind<'k> = &'k dyn Fn(&Value) -> bool;

#[test]
fn each_exception_is_under_the_heading_that_its_row_of_the_export_asks_for() {
    let busy = Busy::new();
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    let (page, export) = (parsed(&html), busy.export(&[]));
    let listed = |heading: &str| -> BTreeSet<String> {
        let details = by_id(&page, "exceptions")
            .descendants()
            .find(|node| node.has_tag_name("details") && text(*node).trim_start().starts_with(heading));
        let links = details.unwrap().descendants().filter(|node| node.has_tag_name("a"));
        links.map(|node| node.attribute("href").unwrap().trim_start_matches("#p").to_owned()).collect()
    };
    let having = |is_one: Kind<'_>| -> BTreeSet<String> {
        let rows = export["rows"].as_array().unwrap().iter();
        rows.filter(|row| is_one(row)).map(|row| row["payment"].to_string()).collect()
    };
    let number = |row: &Value, field: &str| row[field].as_str().map_or(0, |it| it.parse::<u128>().unwrap());
    let kinds: [(&str, Kind<'_>); 7] = [
        ("Facts with a mark", &|row| row["other_codes"] != json!([])),
        ("Owed", &|row| number(row, "owed") > 0),
        ("Outcome unknown", &|row| row["status"] == "unknown"),
        ("Waiting", &|row| row["status"] == "held"),
        ("Held, and void", &|row| row["status"] == "void"),
        ("Not allowed", &|row| ["deny", "cannot-decide", "refused"].iter().any(|it| row["outcome"] == *it)),
        ("Allowed, settled", &|row| {
            let ended = ["settled", "failed", "expired"].iter().any(|it| row["status"] == *it);
            ended && row["outcome"] == "allow" && number(row, "settled") < number(row, "exposure")
        }),
    ];
    for (heading, is_one) in kinds {
        let expected = having(is_one);
        assert!(!expected.is_empty(), "{heading}");
        assert_eq!(listed(heading), expected, "{heading}");
    }
    // Everything that is reserved or owed, and nothing else.
    let open: BTreeSet<String> = by_id(&page, "exposure")
        .descendants()
        .filter_map(|node| node.attribute("href"))
        .map(|link| link.trim_start_matches("#p").to_owned())
        .collect();
    assert_eq!(open, having(&|row| number(row, "reserved") > 0 || number(row, "owed") > 0));
    assert!(section(&page, "exposure").contains("; it can settle until 20"));
}

#[test]
fn the_demonstration_is_told_as_it_was() {
    let demo = Demo::new();
    let (_, html) = report(&demo.log(), Some(&demo.trust_file()), &[]);
    let page = parsed(&html);
    let (people, budgets, runs) =
        (section(&page, "people"), section(&page, "budgets"), section(&page, "runs"));
    assert!(people.contains("alice 2 times yes, 0 times no 2"), "{people}");
    assert!(
        people.contains("approve as finance, payment against record 14: accepted: payment 14"),
        "{people}"
    );
    let hour = "agent researcher: 5.25 of 5.25 usdc, 100.0 %, after payment 102 ; 27 allowed";
    assert!(budgets.contains("It stood in the way of 1 decision. ") && budgets.contains(hour), "{budgets}");
    assert!(
        runs.contains(
            "report-17 of researcher for dana run 3, opened 2026-11-23T03:51:24.300Z, open at the end"
        ),
        "{runs}"
    );
    assert!(runs.contains("Phases: explore, commit, execute. Payments: "), "{runs}");
    let policy = fs::read_to_string(demo.dir.join("policy.toml")).unwrap();
    let source = by_id(&page, "policies").descendants().find(|node| node.has_tag_name("pre")).unwrap();
    assert_eq!(text(source), policy.trim_end());
    let trust = Hash32::of(&[&fs::read(demo.trust_file()).unwrap()]);
    assert!(section(&page, "scope").contains(&format!("trust file SHA-256 {trust}")));
}

#[test]
fn the_bar_of_an_asset_is_divided_as_its_sums_are() {
    let busy = Busy::new();
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    let page = parsed(&html);
    let mut drawn = 0;
    for asset in with_class(page.root(), "asset") {
        let sum = |class| amount(asset, class).parse::<u128>().unwrap();
        let band = |class| -> Option<(u128, u128)> {
            let rect = with_class(asset, class).find(|node| node.has_tag_name("rect"))?;
            let number = |name| rect.attribute(name).unwrap().parse::<u128>().unwrap();
            Some((number("x"), number("width")))
        };
        let (asked, settled, returned) = (sum("exposure"), sum("settled"), sum("returned"));
        let Some(kept) = band("kept") else {
            assert_eq!(asked, 0);
            continue;
        };
        let at = |part: u128| 1000 * part / asked;
        let ends = [at(settled - returned), at(settled), at(settled + sum("reserved"))];
        assert_eq!(kept, (0, ends[0]));
        assert_eq!(band("returned").unwrap(), (ends[0], ends[1] - ends[0]));
        assert_eq!(band("open").unwrap(), (ends[1], ends[2] - ends[1]));
        drawn += usize::from(ends[0] > 0 && ends[2] < 1000);
    }
    assert!(drawn > 0);
}

#[test]
fn of_many_groups_of_a_budget_the_most_used_are_shown_and_the_others_counted() {
    let mut scene = Scene::new("many", "", &counterfoil_testkit::policy::plain());
    for run in 0..25_u128 {
        let opened = scene.open_run_of(&format!("run-{run}"), "researcher", "carol");
        let amount = 10_000 + run;
        let paid = scene
            .script
            .submit(Ask::new(opened, "one", amount).url("https://data.example/v1/tick").command());
        assert!(paid.permit.is_some(), "{paid:?}");
        scene.script.wait(61_000);
    }
    let busy = Busy::of(&scene.script.entries());
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    let page = parsed(&html);
    let budget = by_id(&page, "budgets")
        .descendants()
        .find(|node| node.has_tag_name("article") && text(*node).trim_start().starts_with("run-total"));
    let budget = budget.unwrap();
    assert_eq!(with_class(budget, "group").count(), 20);
    let said = text(budget);
    assert!(said.contains("And 5 groups that were used less."), "{said}");
    let day = by_id(&page, "budgets")
        .descendants()
        .find(|node| node.has_tag_name("article") && text(*node).trim_start().starts_with("agent-day"));
    assert!(!text(day.unwrap()).contains("used less"));
}

#[test]
fn what_the_page_is_not_of_is_said_first() {
    let busy = Busy::new();
    let notes = |options: &[&str]| -> Vec<String> {
        let (_, html) = report(&busy.log(), Some(&busy.trust()), options);
        let page = parsed(&html);
        with_class(page.root(), "note").map(text).collect()
    };
    assert_eq!(notes(&[]), Vec::<String>::new());
    let records = SqliteReader::open(&busy.log()).unwrap().len();
    assert_eq!(
        notes(&["--at", "40"]),
        [format!("As the log stood after its first 40 of {records} records. The verdict is on all of them.")]
    );
    let selected = notes(&["--outcome", "deny"]);
    assert!(selected[0].ends_with(r#"that this selects: {"outcome":["deny"]}"#), "{selected:?}");
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &["--run", "nothing"]);
    assert!(
        section(&parsed(&html), "exceptions").contains("None among the payment requests that were selected")
    );
}

#[test]
fn a_log_with_a_gap_has_no_proofs_and_the_page_says_so() {
    let busy = Busy::new();
    let file = rusqlite::Connection::open(busy.log()).unwrap();
    let gone = file.execute("DELETE FROM record WHERE idx = 20", []).unwrap();
    assert_eq!(gone, 1);
    drop(file);
    let (ran, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let page = parsed(&html);
    assert_eq!(with_class(page.root(), "proof").count(), 0);
    assert!(section(&page, "payments").contains("There is no path from their records to a root"));
    let notes: Vec<String> = with_class(page.root(), "note").map(text).collect();
    assert!(notes[0].contains("entry-missing"), "{notes:?}");
}

#[test]
fn a_line_of_a_policy_stands_there_whole_however_long_it_is() {
    let long = format!("# {}the end\n", "a long remark, ".repeat(300));
    let text_of = format!("{long}{}", counterfoil_testkit::policy::plain());
    let mut script = counterfoil_testkit::script::Script::with_policy(&text_of);
    script.wait(1);
    let busy = Busy::of(&script.entries());
    let (_, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    assert!(html.contains(long.trim_end()));
}

#[test]
fn it_allows_itself_nothing_but_its_own_style() {
    let demo = Demo::new();
    let (_, html) = report(&demo.log(), Some(&demo.trust_file()), &[]);
    let page = parsed(&html);
    let style = text(page.descendants().find(|node| node.has_tag_name("style")).unwrap());
    let digest = STANDARD.encode(Hash32::of(&[style.as_bytes()]).bytes());
    let rule =
        page.descendants().find(|node| node.attribute("http-equiv") == Some("Content-Security-Policy"));
    let expected =
        format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
    assert_eq!(rule.unwrap().attribute("content").unwrap(), expected);
    for node in page.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["script", "link", "img", "iframe", "object", "form", "base"].contains(&name), "<{name}>");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{name}");
            assert!(name != "href" || value.starts_with('#'), "{value}");
        }
    }
}

#[test]
fn every_link_leads_somewhere_and_no_name_is_given_twice() {
    let busy = Busy::new();
    for options in [&[][..], &["--outcome", "deny"], &["--at", "40"]] {
        let (_, html) = report(&busy.log(), Some(&busy.trust()), options);
        let page = parsed(&html);
        let ids: Vec<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        let names: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(names.len(), ids.len());
        let links = page.descendants().filter_map(|node| node.attribute("href"));
        let lost: Vec<&str> = links.filter(|link| !names.contains(link.trim_start_matches('#'))).collect();
        assert_eq!(lost, Vec::<&str>::new(), "{options:?}");
    }
}

#[test]
fn of_a_log_that_fails_it_shows_what_is_wrong_first() {
    let mut entries = busy::entries();
    let middle = entries.len() / 2;
    let last = entries[middle].len() - 1;
    entries[middle][last] ^= 1;
    let busy = Busy::of(&entries);
    let (ran, html) = report(&busy.log(), Some(&busy.trust()), &[]);
    assert_eq!(ran.code, Some(1));
    let page = parsed(&html);
    let verdict = with_class(page.root(), "verdict").next().unwrap();
    assert_eq!(verdict.attribute("class"), Some("verdict failed"));
    let found = text(with_class(page.root(), "findings").next().unwrap());
    assert!(found.contains(&format!("record {middle}: record-signature")), "{found}");
    assert!(payments(&page).len() > 3, "what followed is shown all the same");
    let notes: Vec<String> = with_class(page.root(), "note").map(text).collect();
    assert_eq!(notes[0], format!("1 finding, the first of them record {middle}: record-signature."));
    assert!(notes[1].starts_with(&format!("Only the first {middle} of ")), "{notes:?}");
    assert!(section(&page, "scope").contains("assurance none, because of the findings"));
}

#[test]
fn without_trust_it_says_that_nothing_is_pinned() {
    let busy = Busy::new();
    let (ran, html) = report(&busy.log(), None, &[]);
    assert_eq!(ran.code, Some(3));
    let page = parsed(&html);
    assert!(text(by_id(&page, "scope")).contains("no-trust"));
    assert!(text(with_class(page.root(), "verdict").next().unwrap()).starts_with("insufficient: "));
}

#[test]
fn a_file_that_is_there_already_stays_as_it_is() {
    let busy = Busy::new();
    let there = busy.path("there.html");
    fs::write(&there, "mine").unwrap();
    let mut words = args(&["report"], &[&busy.log()]);
    words.extend(args(&["-o"], &[&there]));
    let ran = run(words);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("there.html: is there already"), "{ran:?}");
    assert_eq!(fs::read_to_string(there).unwrap(), "mine");
}
