//! A verification as SARIF 2.1.0 (OASIS), for pages that show what scanners find.
//!
//! One run, one result for each finding. A result's fingerprint is `SHA-256("counterfoil/finding/1" 00 || origin 00 || code
//! 00 || record or "")`: it stays the same from run to run, also where words change.

use alloc::collections::BTreeSet;
use core::fmt::Write as _;
use std::path::Path;

use counterfoil_audit::{Finding, Report, Verdict};
use counterfoil_record::Hash32;
use serde_json::{Value, json};

use super::meaning;

/// The rule of a verdict that is no finding.
const INSUFFICIENT: &str = "insufficient";

/// The report on `evidence`.
pub(super) fn sarif(report: &Report, evidence: &Path) -> Value {
    let codes: BTreeSet<_> = report.findings.iter().map(|it| (it.code.code(), it.code.meaning())).collect();
    let insufficiency = (report.verdict == Verdict::Insufficient).then_some((INSUFFICIENT, meaning(report)));
    let rules: Vec<Value> = codes
        .into_iter()
        .chain(insufficiency)
        .map(|(code, meaning)| json!({"id": code, "shortDescription": {"text": meaning}}))
        .collect();
    let mut results: Vec<Value> = report.findings.iter().map(|it| result(report, it, evidence)).collect();
    if report.verdict == Verdict::Insufficient {
        results.push(insufficient(report, evidence));
    }
    let notes: Vec<Value> = report
        .not_checked
        .iter()
        .map(|it| json!({"level": "note", "descriptor": {"id": it.code}, "message": message(&it.detail)}))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "counterfoil",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": report.verdict != Verdict::Undecided,
                "exitCode": report.exit_code,
                "toolExecutionNotifications": notes,
            }],
            "results": results,
            "properties": {
                "verdict": report.verdict,
                "origin": report.scope.origin,
                "records": report.scope.records,
                "root": report.scope.root,
                "bundle": report.scope.bundle,
            },
        }],
    })
}

/// A page that shows results alone must not show a log that is not verified as one without faults.
fn insufficient(report: &Report, evidence: &Path) -> Value {
    let origin = report.scope.origin.as_deref().unwrap_or_default();
    let fingerprint =
        Hash32::of(&[b"counterfoil/finding/1\0", origin.as_bytes(), b"\0", INSUFFICIENT.as_bytes(), b"\0"]);
    let partial = report.not_checked.iter().filter(|it| it.code.is_partial()).map(|it| it.code.code());
    let reasons: Vec<&str> = partial.collect();
    let assurance = report.assurance.map_or("none", |level| level.code());
    json!({
        "ruleId": INSUFFICIENT,
        "level": "warning",
        "message": message(&format!("below the required assurance: it is {assurance} {}", reasons.join(" "))),
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(evidence)}}}],
        "partialFingerprints": {"counterfoilFinding/v1": fingerprint},
    })
}

fn result(report: &Report, finding: &Finding, evidence: &Path) -> Value {
    let record = finding.index.map(|index| index.to_string()).unwrap_or_default();
    let origin = report.scope.origin.as_deref().unwrap_or_default();
    let parts = [origin, finding.code.code(), record.as_str()].map(str::as_bytes);
    let [origin, code, index] = parts;
    let fingerprint = Hash32::of(&[b"counterfoil/finding/1\0", origin, b"\0", code, b"\0", index]);
    let level = if finding.code.is_undecided() { "warning" } else { "error" };
    let text = if finding.detail.is_empty() { finding.code.code() } else { finding.detail.as_str() };
    let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri(evidence)}}});
    if let (Some(index), Some(location)) = (finding.index, location.as_object_mut()) {
        let logical = json!([{"fullyQualifiedName": format!("record/{index}"), "kind": "member"}]);
        location.insert("logicalLocations".into(), logical);
    }
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": message(text),
        "locations": [location],
        "partialFingerprints": {"counterfoilFinding/v1": fingerprint},
    })
}

/// A message in which nothing is a link: `[text](target)` would be one.
fn message(text: &str) -> Value {
    json!({"text": text.replace("](", "] (")})
}

/// A path as a relative reference (RFC 3986): every byte but those that mean nothing there is written with `%`. Two slashes
/// in front would name another host.
fn uri(path: &Path) -> String {
    let mut out = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte == b'/' && out == "/" {
            continue;
        }
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // A string takes whatever is written to it.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{message, uri};

    #[test]
    fn a_path_is_a_reference_to_this_host_and_no_scheme() {
        for (path, reference) in [
            ("log.sqlite", "log.sqlite"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("//evil.example/log", "/evil.example/log"),
            ("///evil.example//log", "/evil.example//log"),
            ("a//b", "a//b"),
            ("a\u{202e}\n?#", "a%E2%80%AE%0A%3F%23"),
        ] {
            assert_eq!(uri(Path::new(path)), reference);
        }
    }

    #[test]
    fn a_message_has_no_link() {
        assert_eq!(message("a [b](javascript:1) [c] (d)")["text"], "a [b] (javascript:1) [c] (d)");
    }
}
