//! An audit that was saved, and the trust that names it.

use core::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use counterfoil_audit::{Snapshot, Trust};
use counterfoil_decide::state::LogKey;
use counterfoil_record::Hash32;
use counterfoil_record::key::{NamedKey, PublicKey};
use counterfoil_review::words::is_visible;
use counterfoil_store::SqliteReader;

use crate::evidence::Pass;
use crate::exit::{Failure, note};
use crate::files;

/// The longest saved audit that is read, in bytes: 1 GiB.
const SAVED_MOST: u64 = 1024 * 1024 * 1024;

/// Goes on from the saved audit at `path`.
pub(super) fn resume<'l>(log: &'l SqliteReader, trust: Trust, path: &Path) -> Result<Pass<'l>, Failure> {
    let failed = |error: std::io::Error| Failure::at(path.display(), error);
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(SAVED_MOST).read_to_end(&mut bytes).map_err(failed)?;
    Pass::resume(log, trust, &bytes).map_err(|failure| failure.within(path.display()))
}

/// Makes `dir` with the audit and the trust that names it. `checkpoint` is the note that the audit met when it had the
/// size of `snapshot`.
pub(super) fn save(
    dir: &Path,
    checkpoint: &str,
    trust: &Trust,
    keys: &[LogKey],
    snapshot: &Snapshot,
) -> Result<(), Failure> {
    // A trust that pins less than the one before would let the log be cut.
    if let Some(pinned) = trust.checkpoint.as_ref().map(|it| it.size).filter(|size| *size > snapshot.size) {
        let size = snapshot.size;
        let message = format_args!(
            "nothing is saved: the log's checkpoint is of {size} records, the trust pins one of {pinned}"
        );
        return Err(Failure::new(message));
    }
    let bytes = snapshot.to_file();
    fs::create_dir(dir).map_err(|error| Failure::at(dir.display(), error))?;
    files::make(&dir.join("audit"), |out| out.write_all(&bytes))?;
    let text = trust_text(trust, keys, checkpoint, Hash32::of(&[&bytes]));
    files::make(&dir.join("trust.toml"), |out| out.write_all(text.as_bytes()))?;
    note(format_args!("saved after {} records in {}", snapshot.size, dir.display()));
    Ok(())
}

/// `trust` with the log's checkpoint pinned and the audit named.
fn trust_text(trust: &Trust, keys: &[LogKey], checkpoint: &str, audited: Hash32) -> String {
    let later = keys.iter().skip(1).filter_map(|key| {
        let key = PublicKey::from_bytes(key.key.0).ok()?;
        Some(format!("\"{}\"", NamedKey::new(trust.origin.clone(), key).ok()?))
    });
    let later: Vec<String> = later.collect();
    let mut lines = vec![
        "# What an auditor believes before looking at the log. Keep it where the log's operator cannot change it.".into(),
        format!("origin = \"{}\"", trust.origin),
        format!("log = \"{}\"", trust.log),
        format!("later = [{}]", later.join(", ")),
        format!("require = \"{}\"", trust.require.code()),
    ];
    lines.extend(trust.policy.map(|policy| format!("policy = \"{policy}\"")));
    lines.extend(trust.max_age.map(|age| format!("max_age = \"{}ms\"", age.millis())));
    lines.push(format!("audited = \"{audited}\""));
    lines.push(format!("checkpoint = \"\"\"\n{}\"\"\"\n", toml_string(checkpoint)));
    lines.join("\n")
}

/// What stands between the quotes of a TOML string of several lines. Who signed a checkpoint beside the log chose a name.
fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push(c),
            '"' | '\\' => out.extend(['\\', c]),
            c if is_visible(c) => out.push(c),
            // A string takes whatever is written to it.
            c => drop(write!(out, "\\U{:08X}", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::toml_string;

    #[test]
    fn a_checkpoint_is_read_back_from_the_trust_file_whoever_signed_it() {
        for text in [
            "log.example/a\n4\nroot=\n\n\u{2014} log.example/a c2ln\n",
            "\u{2014} \"\"\" c2ln\n\u{2014} a\\ c2ln\n\u{2014} \\n\\u0041 c2ln\n",
            "\u{2014} \u{7f}\u{202e}\u{e0041}\u{10ffff}\u{9b} c2ln\n",
        ] {
            let file = format!("checkpoint = \"\"\"\n{}\"\"\"\n", toml_string(text));
            let read: toml::Table = toml::from_str(&file).unwrap();
            assert_eq!(read["checkpoint"].as_str(), Some(text), "{file}");
            assert!(file.chars().all(|c| c == '\n' || counterfoil_review::words::is_visible(c)), "{file}");
        }
    }
}
