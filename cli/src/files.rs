//! Files that a command makes: new, whole and durable, or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use crate::exit::Failure;

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
