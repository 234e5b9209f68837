//! `vectors`: runs every test vector of a folder. `testvectors/README.md` describes the formats.

mod decision;
mod evidence;
mod question;

pub(crate) use question::{Expected, Vector, answer};

use counterfoil_review::words::safe;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::args::Vectors;
use crate::evidence::read_text;
use crate::exit::{Exit, Failure};
use crate::screen::{line, page};

/// The longest question that is read, in bytes.
const QUESTION_MOST: u64 = 32 * 1024 * 1024;

pub(crate) fn run(args: &Vectors) -> Result<Exit, Failure> {
    let Some(dir) = &args.dir else { return answer_stdin() };
    let files = files(dir)?;
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
        (0, 0) => Err(Failure::at(dir.display(), "there is no vector in this folder")),
        (_, 0) => Ok(Exit::Done),
        _ => Err(Failure::check("a vector does not come out as it says")),
    }
}

/// Answers one question on stdin, as `conform` asks it.
fn answer_stdin() -> Result<Exit, Failure> {
    let mut text = String::new();
    let read = io::stdin().lock().take(QUESTION_MOST).read_to_string(&mut text);
    read.map_err(|error| Failure::at("stdin", error))?;
    let question = serde_json::from_str(&text).map_err(|error| Failure::at("stdin", error))?;
    let answered = answer(question).map_err(|error| Failure::at("stdin", error))?;
    page(answered.json()?)?;
    Ok(Exit::Code(answered.exit_code()))
}

/// Every vector under `dir`, in the order of their paths.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    find(dir, &mut files)?;
    files.sort();
    Ok(files)
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
    let vector = read(file)?;
    Ok(answer(vector.question).and_then(|answered| vector.expected.difference(&answered).map_or(Ok(()), Err)))
}

/// Reads a vector.
pub(crate) fn read(file: &Path) -> Result<Vector, Failure> {
    Vector::parse(&read_text(file)?).map_err(|error| Failure::at(file.display(), error))
}
