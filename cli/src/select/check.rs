//! `check-export`: whether a file is what its query gives.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use counterfoil_audit::Verdict;
use counterfoil_record::Text;
use counterfoil_review::payments::Query;
use counterfoil_review::words::safe;
use serde::Deserialize;
use serde_json::Value;

use super::Audit;
use super::export::{COLUMNS, TOOL, lines};
use super::page::foot;
use crate::args::{CheckExport, ExportFormat};
use crate::exit::{Exit, Failure, note};
use crate::screen::{json_text, page};

/// The longest line of an export, in bytes. A manifest in JSON is one line, with totals of some 300 bytes for each asset.
const LINE_MOST: u64 = 16 * 1024 * 1024;
/// The most lines that a manifest in CSV has: a line for each asset among them.
const STATED_MOST: usize = 100_000;

/// What of a manifest says how the file came about.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Stated {
    log: Size,
    tool: Text,
    query: Query,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Size {
    records: u64,
}

pub(crate) fn run(args: &CheckExport) -> Result<Exit, Failure> {
    let (format, stated) = read_head(&args.file)?;
    if stated.tool.as_str() != TOOL {
        note(format_args!("the file is by {}, and is checked by {TOOL}", stated.tool));
    }
    let audit = Audit::of(&args.log, args.trust.as_deref(), Some(stated.log.records), &mut ())?;
    audit.warn();
    let verdict = audit.report.verdict;
    let held = audit.report.scope.records;
    let difference = if !is_tool(stated.tool.as_str()) {
        Some(format!("tool: it names no version of counterfoil, but {}", cut(stated.tool.as_str())))
    } else if stated.log.records > held {
        Some(format!("it is of {} records, the log has {held}", stated.log.records))
    } else {
        compare(&audit, &stated, format, &args.file)?
    };
    let Some(difference) = difference else {
        let (name, query) = (safe(args.file.display()), json_text(&stated.query)?);
        let (chosen, population) = (audit.chosen(&stated.query).len(), audit.population.rows.len());
        let size = stated.log.records;
        let since = if size < held {
            format!(", as it stood after {size} of its {held} records")
        } else {
            String::new()
        };
        page(format_args!(
            "{name} is what the log gives{since}: {chosen} of {population} payment requests\n  query {query}\n{}",
            foot(&audit)
        ))?;
        return Ok(Exit::Verdict(verdict));
    };
    page(format_args!("{} differs: {}", safe(args.file.display()), safe(difference)))?;
    let sound = matches!(verdict, Verdict::Verified | Verdict::Insufficient);
    Ok(Exit::Verdict(if sound { Verdict::Failed } else { verdict }))
}

/// Whether that is what an export of any version says by what it was made. The log does not know: it takes this from the file.
fn is_tool(tool: &str) -> bool {
    let number = |it: &str| it.parse::<u32>().is_ok_and(|number| number.to_string() == it);
    let Some(version) = tool.strip_prefix("counterfoil ") else { return false };
    let (release, rest) = version.find(['-', '+']).map_or((version, ""), |at| version.split_at(at));
    let parts: Vec<&str> = release.split('.').collect();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-+.".contains(&byte);
    parts.len() == 3 && parts.into_iter().all(number) && rest.bytes().all(is_word)
}

/// The lines of a file, each of bounded length.
struct Lines<'p> {
    path: &'p Path,
    file: BufReader<File>,
    count: u64,
}

impl<'p> Lines<'p> {
    fn open(path: &'p Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::at(path.display(), error))?;
        Ok(Self { path, file: BufReader::new(file), count: 0 })
    }

    /// The next line with its end; none after the last.
    fn next(&mut self) -> Result<Option<String>, Failure> {
        self.count = self.count.saturating_add(1);
        let place = || format!("{}: line {}", self.path.display(), self.count);
        let mut line = Vec::new();
        let mut bounded = self.file.by_ref().take(LINE_MOST.saturating_add(1));
        let len = bounded.read_until(b'\n', &mut line).map_err(|error| Failure::at(place(), error))?;
        if u64::try_from(len).is_ok_and(|len| len > LINE_MOST) {
            return Err(Failure::at(place(), format_args!("longer than {LINE_MOST} bytes")));
        }
        let line = String::from_utf8(line).map_err(|_| Failure::at(place(), "not UTF-8"))?;
        Ok(Some(line).filter(|line| !line.is_empty()))
    }
}

/// What the beginning of the file says that it is.
fn read_head(path: &Path) -> Result<(ExportFormat, Stated), Failure> {
    let mut lines = Lines::open(path)?;
    let first = lines.next()?.unwrap_or_default();
    let no_export = || Failure::at(path.display(), "not an export: it begins with no manifest");
    if let Some(begun) = first.strip_prefix("{\"manifest\":") {
        let manifest = begun.trim_end().strip_suffix(",\"rows\":[").ok_or_else(no_export)?;
        let stated = serde_json::from_str(manifest)
            .map_err(|error| Failure::at(format_args!("{}: manifest", path.display()), error))?;
        return Ok((ExportFormat::Json, stated));
    }
    if !first.starts_with("#export,") {
        return Err(no_export());
    }
    let (mut records, mut tool, mut query) = (None, None, None);
    for _ in 0..STATED_MOST {
        let Some(line) = lines.next()?.filter(|line| line.starts_with('#')) else { break };
        match cells(&line).as_deref() {
            Some([name, value]) if name == "#records" => records = Some(value.clone()),
            Some([name, value]) if name == "#tool" => tool = Some(value.clone()),
            Some([name, value]) if name == "#query" => query = Some(value.clone()),
            _ => {}
        }
    }
    let value = |name: &str, value: Option<String>| {
        value.ok_or_else(|| Failure::at(path.display(), format_args!("has no line `{name}`")))
    };
    let bad = |name: &str, error: &dyn core::fmt::Display| {
        Failure::at(format_args!("{}: {name}", path.display()), error)
    };
    let records = value("#records", records)?.parse().map_err(|error| bad("#records", &error))?;
    let tool = value("#tool", tool)?.parse().map_err(|error| bad("#tool", &error))?;
    let query = serde_json::from_str(&value("#query", query)?).map_err(|error| bad("#query", &error))?;
    Ok((ExportFormat::Csv, Stated { log: Size { records }, tool, query }))
}

/// The first difference between the file and what its query gives.
fn compare(
    audit: &Audit,
    stated: &Stated,
    format: ExportFormat,
    path: &Path,
) -> Result<Option<String>, Failure> {
    let mut file = Lines::open(path)?;
    let mut difference = None;
    lines(audit, &stated.query, stated.tool.as_str(), format, &mut |given| {
        if difference.is_none() {
            let found = file.next()?;
            if found.as_deref().and_then(|found| found.strip_suffix('\n')) != Some(given) {
                difference = Some(told(format, file.count, given, found.as_deref()));
            }
        }
        Ok(())
    })?;
    if difference.is_none()
        && let Some(found) = file.next()?
    {
        let more = of_csv(&found).filter(|_| format == ExportFormat::Csv).and_then(|it| payment(&it));
        let what = more.map_or_else(
            || "it goes on after its end".to_owned(),
            |payment| format!("payment {payment} is not selected"),
        );
        difference = Some(format!("line {}: {what}", file.count));
    }
    Ok(difference)
}

/// How a line differs from the one that should be there.
fn told(format: ExportFormat, number: u64, given: &str, found: Option<&str>) -> String {
    let place = format!("line {number}");
    let fields = |line: &str| match format {
        ExportFormat::Json => of_json(line),
        ExportFormat::Csv => of_csv(line),
    };
    let given_fields = fields(given);
    let given_payment = given_fields.as_ref().and_then(payment);
    let missing = || match &given_payment {
        Some(payment) => format!("{place}: payment {payment} is missing"),
        None => format!("{place}: the file ends before {}", cut(given)),
    };
    let Some(found) = found else { return missing() };
    let (Some(given_fields), Some(found_fields)) = (given_fields, fields(found)) else {
        return format!("{place}: it is {}, the log gives {}", cut(found), cut(given));
    };
    let found_payment = payment(&found_fields);
    let number = |payment: &Option<String>| payment.as_ref().and_then(|it| it.parse::<u64>().ok());
    match (number(&given_payment), number(&found_payment)) {
        (Some(given), Some(found)) if found > given => return missing(),
        (None, Some(found)) => return format!("{place}: payment {found} is not selected"),
        (Some(given), Some(found)) if found < given => {
            return format!("{place}: payment {found} is not selected, or stands here again");
        }
        (Some(_), None) => return missing(),
        _ => {}
    }
    let about = given_payment.map(|payment| format!("payment {payment}: ")).unwrap_or_default();
    for (name, value) in &given_fields {
        match found_fields.iter().find(|it| it.0 == *name) {
            Some((_, other)) if other == value => {}
            Some((_, other)) => {
                let (other, value) = (cut(other), cut(value));
                return format!("{place}: {about}{name}: the file says {other}, the log gives {value}");
            }
            None => return format!("{place}: {about}{name} is missing"),
        }
    }
    let more = found_fields.iter().find(|it| given_fields.iter().all(|given| given.0 != it.0));
    match more {
        Some((name, _)) => format!("{place}: {about}{name} is no field of an export"),
        None => format!("{place}: {about}it says the same in other bytes"),
    }
}

/// The fields of a line, each with its value as text.
type Fields = Vec<(String, String)>;

fn payment(fields: &Fields) -> Option<String> {
    fields.iter().find(|(name, _)| name == "payment").map(|(_, value)| value.clone())
}

fn of_json(line: &str) -> Option<Fields> {
    let text = line.trim_end_matches(['\n', '\r']);
    let text = text.strip_prefix(',').unwrap_or(text);
    if text == "]}" {
        return Some(Fields::new());
    }
    let value: Value = match text.strip_prefix("{\"manifest\":") {
        Some(begun) => serde_json::from_str(begun.strip_suffix(",\"rows\":[")?).ok()?,
        None => serde_json::from_str(text).ok()?,
    };
    let mut fields = Fields::new();
    flatten(&mut fields, "", value.as_object()?);
    Some(fields)
}

/// Objects within objects, but not within lists: `log.root`.
fn flatten(fields: &mut Fields, within: &str, object: &serde_json::Map<String, Value>) {
    for (name, value) in object {
        match value.as_object() {
            Some(inner) if within.is_empty() && !inner.is_empty() => {
                flatten(fields, &format!("{name}."), inner);
            }
            _ => fields.push((format!("{within}{name}"), value.to_string())),
        }
    }
}

fn of_csv(line: &str) -> Option<Fields> {
    let cells = cells(line)?;
    let first = cells.first()?.clone();
    if first.starts_with('#') {
        let numbered = cells.into_iter().skip(1).zip(1_u64..);
        return Some(numbered.map(|(cell, at)| (format!("{first} {at}"), cell)).collect());
    }
    let named = COLUMNS.iter().map(ToString::to_string);
    (cells.len() == COLUMNS.len() && first != "payment").then(|| named.zip(cells).collect())
}

fn cells(line: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

/// A value as far as it fits in a message.
fn cut(value: &str) -> String {
    const MOST: usize = 100;
    let value = value.trim_end_matches(['\n', '\r']);
    if value.chars().count() <= MOST {
        return value.to_owned();
    }
    format!("{}...", value.chars().take(MOST).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_this_command_of_any_version() {
        let said = |version: &str| is_tool(&format!("counterfoil {version}"));
        for version in [env!("CARGO_PKG_VERSION"), "10.0.0", "0.2.0-rc.1", "1.0.0+build.5", "1.0.0-a+b"] {
            assert!(said(version), "{version}");
        }
        for version in
            ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0 -", "1.0.0-<b>", "99999999999.0.0"]
        {
            assert!(!said(version), "{version}");
        }
        assert!(!is_tool("another 1.0.0") && !is_tool("counterfoil1.0.0"));
    }
}
