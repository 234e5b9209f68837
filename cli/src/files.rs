//! Files that a command makes: never over another, and taken away again where they cannot be written to their end.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use crate::exit::Failure;

/// Looks whether a file or a folder can be made there, before the work for it is done.
pub(crate) fn is_free(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::at(path.display(), "is there already"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.map(fs::metadata) {
        Some(Err(error)) => Err(Failure::at(path.display(), error)),
        _ => Ok(()),
    }
}

/// Makes a file with what `write` writes. One that is there already stays as it is; one that could not be written to
/// its end is taken away again.
pub(crate) fn make(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::at(path.display(), error);
    let mut out = BufWriter::new(File::create_new(path).map_err(failed)?);
    let written = write(&mut out)
        .and_then(|()| out.into_inner().map_err(io::IntoInnerError::into_error))
        .and_then(|file| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written.map_err(failed)
}
