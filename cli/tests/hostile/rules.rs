//! What holds for an output in each form, by rules that the product does not state.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use regex::Regex;
use serde_json::Value;

use crate::texts::FORGED;

/// The form of an output. One that is new is a variant with its rules in [`Form::read`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// For a terminal.
    Text,
    /// A table, with lines that begin with `#` before its header.
    Csv,
    /// One document.
    Json,
    /// A document in each line.
    Lines,
    Junit,
    Sarif,
    /// A page for a browser.
    Html,
}

impl Form {
    /// Holds `output` against the rules of its form, and gives what a reader of that form reads.
    pub fn read(self, output: &str) -> String {
        visible(output);
        match self {
            Self::Text => text(output),
            Self::Csv => csv(output),
            Self::Json => json(output),
            Self::Lines => output.lines().map(json).collect::<Vec<_>>().join("\n"),
            Self::Junit => junit(output),
            Self::Sarif => sarif(output),
            Self::Html => html(output),
        }
    }
}

/// Control and format characters, private use, what is not assigned, separators of lines and paragraphs; and what is none of
/// these and invisible all the same. `\n` parts the lines of every form.
fn forbidden() -> &'static Regex {
    static FORBIDDEN: OnceLock<Regex> = OnceLock::new();
    FORBIDDEN.get_or_init(|| {
        Regex::new(concat!(
            r"[[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}",
            r"\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{3164}\x{fe00}-\x{fe0f}\x{ffa0}\x{e0100}-\x{e01ef}]",
            r"--[\n]]"
        ))
        .unwrap()
    })
}

/// True if a reader may not see every character of it.
pub fn hides(text: &str) -> bool {
    forbidden().is_match(text)
}

fn visible(output: &str) {
    let found = forbidden().find(output).map(|it| it.as_str().escape_unicode().to_string());
    assert_eq!(found, None, "in {output:?}");
}

/// What is read on a terminal: as it stands. Nothing in it begins a line that was not meant to be one.
pub fn text(output: &str) -> String {
    visible(output);
    for line in output.lines() {
        let said = line.trim_start_matches([' ', '!', '|']).trim_start_matches("counterfoil: ");
        assert!(!said.starts_with(FORGED) || line.contains("in its place"), "a forged line: {output}");
    }
    output.to_owned()
}

/// A cell begins no formula, wherever a spreadsheet takes it to begin.
fn csv(output: &str) -> String {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(output.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), output.lines().count(), "a row is a line: {output}");
    let header = rows.iter().position(|row| !row[0].starts_with('#')).unwrap();
    assert!(rows[header].iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    for row in &rows[header..] {
        assert_eq!(row.len(), rows[header].len(), "{row:?}");
    }
    for cell in rows.iter().flatten() {
        for part in cell.split([';', '\t']) {
            let part = part.trim_start_matches([' ', '"']);
            let formula = part.starts_with([
                '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
            ]);
            assert!(!formula, "{cell:?}");
        }
    }
    rows.iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A document. The strings in it are what they are, hidden characters and all: nothing is lost.
fn json(output: &str) -> String {
    let mut strings = Vec::new();
    let value: Value = serde_json::from_str(output).unwrap_or_else(|error| panic!("{error}: {output}"));
    collect(&value, &mut strings);
    strings.join("\n")
}

fn collect(value: &Value, strings: &mut Vec<String>) {
    match value {
        Value::String(text) => strings.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, strings)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            strings.push(name.clone());
            collect(value, strings);
        }),
        _ => {}
    }
}

/// The elements and attributes of the form, and none that a text could have added; no comment, section or instruction.
fn junit(output: &str) -> String {
    const ELEMENTS: [&str; 6] = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"];
    const ATTRIBUTES: [&str; 9] =
        ["name", "tests", "failures", "errors", "disabled", "skipped", "classname", "type", "message"];
    let mut reader = Reader::from_str(output);
    reader.config_mut().check_end_names = true;
    let (mut said, mut depth) = (Vec::new(), 0_u32);
    let mut element = |start: &BytesStart<'_>| {
        let name = String::from_utf8(start.name().as_ref().to_vec()).unwrap();
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}> in {output}");
        for attribute in start.attributes() {
            let attribute = attribute.unwrap();
            let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            assert!(ATTRIBUTES.contains(&key.as_str()), "{key} in {output}");
            let raw = core::str::from_utf8(&attribute.value).unwrap();
            assert!(!raw.contains('<'), "{raw}");
            said.push(quick_xml::escape::unescape(raw).unwrap().into_owned());
        }
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                element(&start);
                depth += 1;
            }
            Event::Empty(start) => element(&start),
            Event::End(_) => depth -= 1,
            Event::Decl(_) => assert!(output.starts_with("<?xml ")),
            Event::Text(text) => assert_eq!(text.decode().unwrap().trim(), "", "{output}"),
            Event::Eof => break,
            other => panic!("{other:?} in {output}"),
        }
    }
    assert_eq!(depth, 0);
    let said = said.join("\n");
    visible(&said);
    said
}

/// A document whose places are relative references, and whose messages have no links.
fn sarif(output: &str) -> String {
    let value: Value = serde_json::from_str(output).unwrap();
    assert_eq!((&value["version"], value["runs"].as_array().map(Vec::len)), (&"2.1.0".into(), Some(1)));
    let run = &value["runs"][0];
    let rules: BTreeSet<&str> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(id).collect();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        assert!(rules.contains(result["ruleId"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().contains("]("), "{result}");
        for place in result["locations"].as_array().unwrap() {
            let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            let plain = uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b));
            assert!(plain && !uri.starts_with("//"), "{uri}");
        }
    }
    json(output)
}

/// The elements and attributes of a page that does nothing, each closed as it was opened; no comment, section or instruction.
fn html(output: &str) -> String {
    const ELEMENTS: [&str; 38] = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section",
        "article", "div", "h1", "h2", "h3", "p", "a", "b", "strong", "span", "code", "pre", "data", "ul",
        "ol", "li", "dl", "dt", "dd", "details", "summary", "svg", "rect", "path", "time", "em", "br",
    ];
    const ATTRIBUTES: [&str; 19] = [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "id",
        "href",
        "value",
        "open",
        "role",
        "aria-label",
        "aria-hidden",
        "viewBox",
        "preserveAspectRatio",
        "width",
        "height",
        "x",
        "d",
    ];
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let page = roxmltree::Document::parse_with_options(output, options).unwrap();
    let mut said = Vec::new();
    for node in page.descendants() {
        assert!(!node.is_comment() && !node.is_pi(), "{node:?}");
        if node.is_element() {
            assert!(ELEMENTS.contains(&node.tag_name().name()), "{node:?}");
        }
        for attribute in node.attributes() {
            assert!(ATTRIBUTES.contains(&attribute.name()), "{attribute:?}");
            assert!(attribute.name() != "href" || attribute.value().starts_with('#'), "{attribute:?}");
            said.push(attribute.value());
        }
        said.extend(node.text().filter(|_| node.is_text()));
    }
    let raw = output.replace("<!DOCTYPE html>", "");
    assert!(!raw.contains("<!") && !raw.contains("<?"), "a section or an instruction");
    let said = said.join("\n");
    visible(&said);
    said
}

fn id(rule: &Value) -> &str {
    rule["id"].as_str().unwrap()
}
