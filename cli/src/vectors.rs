//! `vectors`: runs every test vector of a folder. `testvectors/README.md` describes the formats.

mod decision;
mod evidence;

use counterfoil_review::words::safe;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::args::Vectors;
use crate::evidence::read_text;
use crate::exit::{Exit, Failure};
use crate::screen::line;

/// A vector, by its kind.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Vector {
    Decision(decision::Decision),
    Evidence(evidence::Evidence),
}

pub(crate) fn run(args: &Vectors) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    find(&args.dir, &mut files)?;
    files.sort();
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for file in &files {
        match try_vector(file)? {
            Ok(()) => passed = passed.saturating_add(1),
            Err(difference) => {
                failed = failed.saturating_add(1);
                line(safe(format_args!("{}: {difference}", file.display())))?;
            }
        }
    }
    line(format_args!("{passed} passed, {failed} failed"))?;
    match (passed, failed) {
        (0, 0) => Err(Failure::at(args.dir.display(), "there is no vector in this folder")),
        (_, 0) => Ok(Exit::Done),
        _ => Err(Failure::check("a vector does not come out as it says")),
    }
}

/// Collects the JSON files named as vectors: those in folders called `decision` and `evidence`.
fn find(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = fs::read_dir(dir).map_err(|error| Failure::at(dir.display(), error))?;
    for entry in entries {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let named = |name: &str| path.parent().and_then(Path::file_name).is_some_and(|parent| parent == name);
        // A link could lead back up.
        if kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "json")
            && (named("decision") || named("evidence"))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Runs one vector: the inner error is what came out differently.
fn try_vector(file: &Path) -> Result<Result<(), String>, Failure> {
    let text = read_text(file)?;
    let vector: Vector = serde_json::from_str(&text).map_err(|error| Failure::at(file.display(), error))?;
    Ok(match vector {
        Vector::Decision(decision) => decision.run(),
        Vector::Evidence(evidence) => evidence.run(),
    })
}
