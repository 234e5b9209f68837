//! Commands in files: one JSON line, as `govern` takes it.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use counterfoil_enforce::Command;

use crate::evidence::read_text;
use crate::exit::Failure;
use crate::screen::{json_line, json_text};

/// Reads a file with one command.
pub(super) fn read(path: &Path) -> Result<Command, Failure> {
    let text = read_text(path)?;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(Failure::at(path.display(), "must be one command, on one line"));
    };
    serde_json::from_str(line).map_err(|error| Failure::at(path.display(), error))
}

/// Where the command goes, with the statements that stand there already.
pub(super) struct Destination<'a> {
    path: Option<&'a Path>,
    /// The file is there, and holds this very command.
    there: bool,
}

impl<'a> Destination<'a> {
    /// `command` with the statements that the file at `path` has for the same command; without them if there is no file.
    pub(super) fn of(path: Option<&'a Path>, mut command: Command) -> Result<(Self, Command), Failure> {
        let Some(file) = path.filter(|path| path.symlink_metadata().is_ok()) else {
            return Ok((Self { path, there: false }, command));
        };
        let mut found = read(file)?;
        let so_far = found.statements_mut().map(core::mem::take);
        match (so_far, command.statements_mut().map(core::mem::take)) {
            (Some(so_far), Some(_)) if found == command => {
                if let Some(statements) = command.statements_mut() {
                    *statements = so_far;
                }
                Ok((Self { path, there: true }, command))
            }
            _ => Err(Failure::at(file.display(), "is there already, and is not this command")),
        }
    }

    /// Writes the command: to stdout, to a new file, or in the place of the file that held it without this statement.
    pub(super) fn write(&self, command: &Command) -> Result<(), Failure> {
        let Some(path) = self.path else { return json_line(command) };
        let line = json_text(command)?;
        let written = if self.there {
            let part = path.with_added_extension("part");
            create(&part, &line).and_then(|()| fs::rename(&part, path))
        } else {
            create(path, &line)
        };
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::at(path.display(), "is there already"),
            _ => Failure::at(path.display(), error),
        })
    }
}

fn create(path: &Path, line: &str) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    writeln!(file, "{line}")?;
    file.sync_all()
}
